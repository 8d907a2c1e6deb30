"""PATCH by RFC 7644 section 3.5.2, and where the conducts differ."""

import copy

import pytest

from looop_gui.scim.conduct import GENERIC, LOOOP, RFC, Conduct
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.messages import PATCH_OP
from looop_gui.scim.patch import PatchOutcome, apply_patch
from looop_gui.scim.schema import ResourceType, SchemaSet

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP_URN = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
WORK = {"value": "bjensen@example.com", "type": "work", "primary": True}
HOME = {"value": "babs@jensen.org", "type": "home"}


def add(path: str | None, value: object) -> dict:
    return {"op": "add", "value": value} | ({} if path is None else {"path": path})


def replace(path: str | None, value: object) -> dict:
    return {"op": "replace", "value": value} | ({} if path is None else {"path": path})


def remove(path: str, **more: object) -> dict:
    return {"op": "remove", "path": path, **more}


def patch(*operations: dict) -> dict:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


# id: operations, then the expected value of each named member (None: unassigned).
CHANGES: dict[str, tuple[list[dict], dict]] = {
    "3.5.2.1 add a simple attribute": ([add("nickName", "Babs")], {"nickName": "Babs"}),
    "3.5.2.1 add over a value replaces it": ([add("title", "Chief")], {"title": "Chief"}),
    "3.5.2.1 add without a path": (
        [add(None, {"nickName": "Babs", "title": "Chief"})],
        {"nickName": "Babs", "title": "Chief"},
    ),
    "3.5.2.1 add without a path appends to multi-valued": (
        [add(None, {"emails": [{"value": "b@x.org", "type": "other"}]})],
        {"emails": [WORK, HOME, {"value": "b@x.org", "type": "other"}]},
    ),
    "3.5.2.1 add to multi-valued": (
        [add("emails", [{"value": "b@x.org", "type": "other"}])],
        {"emails": [WORK, HOME, {"value": "b@x.org", "type": "other"}]},
    ),
    "3.5.2.1 add one object to multi-valued": (
        [add("emails", {"value": "b@x.org", "type": "other"})],
        {"emails": [WORK, HOME, {"value": "b@x.org", "type": "other"}]},
    ),
    "3.5.2.1 add what is there already": ([add("emails", [HOME])], {"emails": [WORK, HOME]}),
    "3.5.2.1 add to multi-valued that is unassigned": (
        [add("roles", [{"value": "admin"}])],
        {"roles": [{"value": "admin"}]},
    ),
    "3.5.2.1 add a sub-attribute": (
        [add("name.middleName", "Jane")],
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Jensen",
                "givenName": "Barbara",
                "middleName": "Jane",
            }
        },
    ),
    "3.5.2.1 add sub-attributes of a complex attribute": (
        [add("name", {"middleName": "Jane", "familyName": "Smith"})],
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Smith",
                "givenName": "Barbara",
                "middleName": "Jane",
            }
        },
    ),
    "3.5.2.1 add at a value filter": (
        [add('emails[type eq "home"].display', "Home")],
        {"emails": [WORK, HOME | {"display": "Home"}]},
    ),
    "3.5.2.1 add an object at a value filter merges": (
        [add('emails[type eq "home"]', {"display": "Home"})],
        {"emails": [WORK, HOME | {"display": "Home"}]},
    ),
    "3.5.2.1 add an extension": (
        [add(LOOOP_URN, {"area": "North"})],
        {LOOOP_URN: {"area": "North"}, "schemas": [CORE, ENTERPRISE, LOOOP_URN]},
    ),
    "3.5.2 primary moves with add": (
        [add("emails", [{"value": "b@x.org", "type": "other", "primary": True}])],
        {
            "emails": [
                WORK | {"primary": False},
                HOME,
                {"value": "b@x.org", "type": "other", "primary": True},
            ]
        },
    ),
    "3.5.2 primary moves with replace": (
        [replace('emails[type eq "home"].primary', True)],
        {"emails": [WORK | {"primary": False}, HOME | {"primary": True}]},
    ),
    "3.5.2 primary moves when an equal value is added": (
        [add("emails", [HOME | {"primary": True}])],
        {"emails": [WORK | {"primary": False}, HOME | {"primary": True}]},
    ),
    "3.5.2.2 remove a simple attribute": ([remove("title")], {"title": None}),
    "3.5.2.2 remove what is unassigned": ([remove("nickName")], {"nickName": None}),
    "3.5.2.2 remove a sub-attribute": (
        [remove("name.formatted")],
        {"name": {"familyName": "Jensen", "givenName": "Barbara"}},
    ),
    "3.5.2.2 remove a complex attribute": ([remove("name")], {"name": None}),
    "3.5.2.2 remove multi-valued": ([remove("emails")], {"emails": None}),
    "3.5.2.2 remove by a value filter": ([remove('emails[type eq "home"]')], {"emails": [WORK]}),
    "3.5.2.2 remove by a compound value filter": (
        [remove('emails[type eq "work" and value ew "example.com"]')],
        {"emails": [HOME]},
    ),
    "3.5.2.2 remove the last value": (
        [remove('emails[type eq "home"]'), remove('emails[type eq "work"]')],
        {"emails": None},
    ),
    "3.5.2.2 remove a sub-attribute by a value filter": (
        [remove('emails[type eq "work"].primary')],
        {"emails": [{"value": "bjensen@example.com", "type": "work"}, HOME]},
    ),
    "3.5.2.2 remove an attribute of an extension": (
        [remove(f"{ENTERPRISE}:department")],
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
            }
        },
    ),
    "3.5.2.2 remove an extension": (
        [remove(ENTERPRISE)],
        {ENTERPRISE: None, "schemas": [CORE]},
    ),
    "3.5.2.3 replace a simple attribute": ([replace("title", "Chief")], {"title": "Chief"}),
    "3.5.2.3 replace what is unassigned": ([replace("nickName", "Babs")], {"nickName": "Babs"}),
    "3.5.2.3 replace with null unassigns": ([replace("title", None)], {"title": None}),
    "3.5.2.3 replace with an empty list unassigns": ([replace("emails", [])], {"emails": None}),
    "3.5.2.3 replace keeps empty text": ([replace("title", "")], {"title": ""}),
    "3.5.2.3 replace without a path": (
        [replace(None, {"title": "Chief", "name": {"givenName": "Ann"}, "active": False})],
        {
            "title": "Chief",
            "active": False,
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Jensen",
                "givenName": "Ann",
            },
        },
    ),
    "3.5.2.3 replace without a path, extension as an object": (
        [replace(None, {ENTERPRISE: {"department": "Sales"}})],
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Sales",
                "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
            }
        },
    ),
    "3.5.2.3 replace multi-valued": (
        [replace("emails", [{"value": "n@x.org"}])],
        {"emails": [{"value": "n@x.org"}]},
    ),
    "3.5.2.3 replace a value by filter": (
        [replace('emails[type eq "work"]', {"value": "n@x.org", "type": "work"})],
        {"emails": [{"value": "n@x.org", "type": "work"}, HOME]},
    ),
    "3.5.2.3 replace a value by filter keeps what the filter says": (
        [replace('emails[type eq "work"]', {"value": "n@x.org"})],
        {"emails": [{"value": "n@x.org", "type": "work"}, HOME]},
    ),
    "3.5.2.3 replace a sub-attribute by filter": (
        [replace('emails[type eq "work"].value', "n@x.org")],
        {"emails": [WORK | {"value": "n@x.org"}, HOME]},
    ),
    "3.5.2.3 replace a sub-attribute by filter, letter case aside": (
        [replace('Emails[Type EQ "WORK"].Value', "n@x.org")],
        {"emails": [WORK | {"value": "n@x.org"}, HOME]},
    ),
    "3.5.2.3 replace a sub-attribute of all values": (
        [replace("emails.display", "Mail")],
        {"emails": [WORK | {"display": "Mail"}, HOME | {"display": "Mail"}]},
    ),
    "3.5.2.3 replace a sub-attribute": (
        [replace("name.familyName", "Smith")],
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Smith",
                "givenName": "Barbara",
            }
        },
    ),
    "3.10 replace by URN": ([replace(f"{CORE}:title", "Chief")], {"title": "Chief"}),
    "3.10 replace a sub-attribute by URN": (
        [replace(f"{CORE}:name.familyName", "Smith")],
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Smith",
                "givenName": "Barbara",
            }
        },
    ),
    "3.10 replace in an extension": (
        [replace(f"{ENTERPRISE}:manager.value", "77")],
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Tour Operations",
                "manager": {"value": "77"},
            }
        },
    ),
    "3.10 a URN in any letter case": (
        [replace(f"{LOOOP_URN.lower()}:AREA", "North")],
        {LOOOP_URN: {"area": "North"}},
    ),
    "3.5.2 operations apply in order": (
        [add("nickName", "A"), replace("nickName", "B"), remove("nickName"), add("nickName", "C")],
        {"nickName": "C"},
    ),
    "3.5.2 op in any letter case": (
        [{"op": "Replace", "path": "title", "value": "Chief"}, {"OP": "REMOVE", "Path": "name"}],
        {"title": "Chief", "name": None},
    ),
}


@pytest.mark.parametrize("conduct", [RFC, LOOOP], ids=lambda conduct: conduct.name)
@pytest.mark.parametrize(("operations", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_patch_changes(
    operations: list[dict],
    expected: dict,
    conduct: Conduct,
    barbara: dict,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    before = copy.deepcopy(barbara)
    outcome = apply_patch(barbara, patch(*operations), schema_set, user_type, conduct)
    assert barbara == before, "the resource given must stay as it is"
    assert {name: outcome.resource.get(name) for name in expected} == expected
    untouched = set(before) - set(expected) - {"schemas"}
    assert {name: outcome.resource.get(name) for name in untouched} == {
        name: before[name] for name in untouched
    }
    assert outcome.changed is (outcome.resource != before)


REFUSED: dict[str, tuple[object, str]] = {
    "3.5.2 not an object": ([], "invalidSyntax"),
    "3.5.2 without schemas": ({"Operations": [add("title", "x")]}, "invalidSyntax"),
    "3.5.2 other schemas": (
        {"schemas": [CORE], "Operations": [add("title", "x")]},
        "invalidSyntax",
    ),
    "3.5.2 without operations": ({"schemas": [PATCH_OP]}, "invalidSyntax"),
    "3.5.2 operations no list": ({"schemas": [PATCH_OP], "Operations": {}}, "invalidSyntax"),
    "3.5.2 operation no object": (patch("add"), "invalidSyntax"),  # type: ignore[arg-type]
    "3.5.2 unknown op": (patch({"op": "move", "path": "title", "value": "x"}), "invalidSyntax"),
    "3.5.2 op missing": (patch({"path": "title", "value": "x"}), "invalidSyntax"),
    "3.5.2 op no text": (patch({"op": 1, "path": "title", "value": "x"}), "invalidSyntax"),
    "3.5.2 path no text": (patch({"op": "add", "path": 5, "value": "x"}), "invalidPath"),
    "3.5.2.1 add without a value": (patch({"op": "add", "path": "title"}), "invalidValue"),
    "3.5.2.3 replace without a value": (patch({"op": "replace", "path": "title"}), "invalidValue"),
    "3.5.2.1 text without a path": (patch(add(None, "x")), "invalidValue"),
    "3.5.2.1 list without a path": (patch(add(None, [{"title": "x"}])), "invalidValue"),
    "3.5.2.2 remove without a path": (patch({"op": "remove"}), "noTarget"),
    "3.5.2.2 remove a required attribute": (patch(remove("userName")), "mutability"),
    "3.5.2.3 unassign a required attribute": (patch(replace("userName", None)), "mutability"),
    "3.5.2.3 empty a required attribute": (patch(replace("userName", "")), "invalidValue"),
    "3.5.2.2 remove a read-only attribute": (patch(remove("id")), "mutability"),
    "3.5.2.2 remove schemas": (patch(remove("schemas")), "mutability"),
    "3.5.2.3 replace a read-only attribute": (patch(replace("id", "x")), "mutability"),
    "3.5.2.3 replace groups": (patch(replace("groups", [{"value": "g"}])), "mutability"),
    "3.5.2.3 replace a part of meta": (patch(replace("meta.version", "1")), "mutability"),
    "3.5.2.3 read-only in a value": (patch(replace(None, {"id": "x"})), "mutability"),
    "3.5.2.3 read-only sub-attribute": (
        patch(replace(f"{ENTERPRISE}:manager.displayName", "x")),
        "mutability",
    ),
    "3.5.2.3 wrong type, boolean": (patch(replace("active", "maybe")), "invalidValue"),
    "3.5.2.3 wrong type, number for text": (patch(replace("title", 5)), "invalidValue"),
    "3.5.2.3 wrong type, object for text": (patch(replace("title", {"a": 1})), "invalidValue"),
    "3.5.2.3 wrong type, list of two for text": (
        patch(replace("title", ["a", "b"])),
        "invalidValue",
    ),
    "3.5.2.3 wrong type, number for complex": (patch(replace("name", 5)), "invalidValue"),
    "3.5.2.3 wrong type, number for multi-valued": (patch(replace("emails", 5)), "invalidValue"),
    "3.5.2.3 wrong type of a sub-attribute": (
        patch(replace("emails", [{"value": 5}])),
        "invalidValue",
    ),
    "3.5.2 path of nothing": (patch(replace("bogus", "x")), "invalidPath"),
    "3.5.2 sub-attribute of nothing": (patch(replace("name.bogus", "x")), "invalidPath"),
    "3.5.2 sub-attribute of a simple one": (patch(replace("title.x", "x")), "invalidPath"),
    "3.5.2 unknown URN": (patch(replace("urn:x:2.0:User:title", "x")), "invalidPath"),
    "3.5.2 malformed path": (patch(replace("emails[", "x")), "invalidPath"),
    "3.5.2 malformed path, dots": (patch(replace("a..b", "x")), "invalidPath"),
    "3.5.2 malformed path, behind brackets": (
        patch(replace('emails[type eq "work"]value', "x")),
        "invalidPath",
    ),
    "3.5.2 malformed filter": (patch(replace("emails[type]", {"value": "x"})), "invalidFilter"),
    "3.5.2 filter on a single value": (patch(replace('name[x eq "y"]', {})), "invalidPath"),
    "3.5.2 ordering booleans": (
        patch(replace("emails[primary gt true].value", "x")),
        "invalidFilter",
    ),
    "2.4 two primary values": (
        patch(replace("emails", [WORK, HOME | {"primary": True}])),
        "invalidValue",
    ),
    "3.5.2 two values become primary": (patch(replace("emails.primary", True)), "invalidValue"),
    "3.5.2 no target for a filter other than eq": (
        patch(replace('emails[value co "nothing"].value', "x")),
        "noTarget",
    ),
    "text that is not Unicode": (patch(replace("title", "\ud800")), "invalidValue"),
}


@pytest.mark.parametrize("conduct", [RFC, GENERIC, LOOOP], ids=lambda conduct: conduct.name)
@pytest.mark.parametrize(("body", "scim_type"), REFUSED.values(), ids=REFUSED.keys())
def test_a_patch_is_refused(
    body: object,
    scim_type: str,
    conduct: Conduct,
    barbara: dict,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    before = copy.deepcopy(barbara)
    with pytest.raises(ScimProtocolError) as refused:
        apply_patch(barbara, body, schema_set, user_type, conduct)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)
    assert barbara == before


def test_3_5_2_all_operations_or_none(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    before = copy.deepcopy(barbara)
    body = patch(
        replace("title", "Chief"),
        add("emails", [{"value": "x@y.z", "type": "other", "primary": True}]),
        replace("name.familyName", "Smith"),
        replace("bogus", 1),
    )
    with pytest.raises(ScimProtocolError):
        apply_patch(barbara, body, schema_set, user_type, LOOOP)
    assert barbara == before


# id: operation, refused by the RFC conduct with, accepted by the lenient ones as.
DIFFERENCES: dict[str, tuple[dict, str, dict]] = {
    "unmatched_value_filter_creates, replace": (
        replace('emails[type eq "other"].value', "o@x.org"),
        "noTarget",
        {"emails": [WORK, HOME, {"type": "other", "value": "o@x.org"}]},
    ),
    "unmatched_value_filter_creates, add": (
        add('phoneNumbers[type eq "fax"].value', "1"),
        "noTarget",
        {
            "phoneNumbers": [
                {"value": "555-555-5555", "type": "work"},
                {"value": "555-555-4444", "type": "mobile"},
                {"type": "fax", "value": "1"},
            ]
        },
    ),
    "unmatched_value_filter_creates, two terms": (
        add('roles[type eq "x" and primary eq "True"].value', "admin"),
        "noTarget",
        {"roles": [{"type": "x", "primary": True, "value": "admin"}]},
    ),
    "unmatched_remove_accepted": (
        remove('emails[type eq "other"]'),
        "noTarget",
        {"emails": [WORK, HOME]},
    ),
    "members_removed_by_value": (
        remove("emails", value=[{"value": "babs@jensen.org"}]),
        "invalidValue",
        {"emails": [WORK]},
    ),
    "booleans_as_text": (replace("active", "False"), "invalidValue", {"active": False}),
    "text_for_complex": (
        add(f"{ENTERPRISE}:manager", "77"),
        "invalidValue",
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Tour Operations",
                "manager": {"value": "77"},
            }
        },
    ),
    "values_in_lists": (
        replace(f"{ENTERPRISE}:manager", [{"value": "77", "$ref": "../Users/77"}]),
        "invalidValue",
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Tour Operations",
                "manager": {"value": "77", "$ref": "../Users/77"},
            }
        },
    ),
    "empty_replace_removes, null added": (add("title", None), "invalidValue", {"title": None}),
    "empty_replace_removes, text": (
        replace(f"{ENTERPRISE}:manager", ""),
        "invalidValue",
        {ENTERPRISE: {"employeeNumber": "701984", "department": "Tour Operations"}},
    ),
    "flat_keys": (
        replace(None, {"name.givenName": "Ann", f"{ENTERPRISE}:department": "Sales"}),
        "invalidPath",
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Jensen",
                "givenName": "Ann",
            },
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Sales",
                "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
            },
        },
    ),
    "unqualified_extension_attributes": (
        replace("costCenter", "4130"),
        "invalidPath",
        {
            ENTERPRISE: {
                "employeeNumber": "701984",
                "department": "Tour Operations",
                "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
                "costCenter": "4130",
            }
        },
    ),
    "unknown_attributes_ignored, without a path": (
        replace(None, {"bogus": 1, "title": "Chief"}),
        "invalidPath",
        {"title": "Chief"},
    ),
    "unknown_attributes_ignored, sub-attribute": (
        replace("name", {"bogus": 1, "givenName": "Ann"}),
        "invalidSyntax",
        {
            "name": {
                "formatted": "Ms. Barbara J Jensen, III",
                "familyName": "Jensen",
                "givenName": "Ann",
            }
        },
    ),
    "free_text_references": (
        replace("profileUrl", "my page"),
        "invalidValue",
        {"profileUrl": "my page"},
    ),
}


@pytest.mark.parametrize(
    ("operation", "scim_type", "expected"), DIFFERENCES.values(), ids=DIFFERENCES.keys()
)
def test_where_the_conducts_differ(
    operation: dict,
    scim_type: str,
    expected: dict,
    barbara: dict,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        apply_patch(barbara, patch(operation), schema_set, user_type, RFC)
    assert refused.value.scim_type == scim_type
    for conduct in (GENERIC, LOOOP):
        outcome = apply_patch(barbara, patch(operation), schema_set, user_type, conduct)
        assert {name: outcome.resource.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "value", ["", {}, [], None, {"value": ""}, {"value": None}, [{"value": ""}], [""]], ids=repr
)
def test_k_2_25_the_manager_is_cleared_by_an_empty_replace(
    value: object, barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    outcome = _lenient(barbara, replace(f"{ENTERPRISE}:manager", value), schema_set, user_type)
    assert "manager" not in outcome.resource[ENTERPRISE]
    assert outcome.touched == {ENTERPRISE}


@pytest.mark.parametrize(
    "operation",
    [
        replace(None, {"id": "2819c223-7f76-453a-919d-413861904646", "title": "Tour Guide"}),
        add("emails", [HOME]),
        add("schemas", [LOOOP_URN]),
        add(None, {}),
        add("name", {}),
        replace("active", True),
    ],
    ids=str,
)
def test_3_5_2_a_patch_that_changes_nothing_says_so(
    operation: dict, barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    outcome = _lenient(barbara, operation, schema_set, user_type)
    assert (outcome.changed, outcome.touched) == (False, frozenset())
    assert outcome.resource == barbara


def test_k_1_no_operations_at_all(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    assert not apply_patch(barbara, patch(), schema_set, user_type, LOOOP).changed
    with pytest.raises(ScimProtocolError):
        apply_patch(barbara, patch(), schema_set, user_type, RFC)


def test_a_value_must_not_contradict_the_filter_that_creates_it(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    with pytest.raises(ScimProtocolError, match="contradicts"):
        _lenient(
            barbara,
            replace('emails[type eq "other"]', {"type": "home", "value": "x"}),
            schema_set,
            user_type,
        )


def test_immutable_members_keep_their_value(
    schema_set: SchemaSet, group_type: ResourceType
) -> None:
    group = {"displayName": "G", "members": [{"value": "u1", "type": "User"}]}
    with pytest.raises(ScimProtocolError) as refused:
        apply_patch(
            group,
            patch(replace('members[value eq "u1"].value', "u2")),
            schema_set,
            group_type,
            LOOOP,
        )
    assert refused.value.scim_type == "mutability"


def test_a_nested_schema_is_refused(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    value: dict = {"title": "x"}
    for _ in range(5000):
        value = {CORE: value}
    with pytest.raises(ScimProtocolError):
        _lenient(barbara, add(None, value), schema_set, user_type)


def _lenient(
    resource: dict, operation: dict, schema_set: SchemaSet, user_type: ResourceType
) -> PatchOutcome:
    return apply_patch(resource, patch(operation), schema_set, user_type, LOOOP)
