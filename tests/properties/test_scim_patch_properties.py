"""PATCH, create and replace: whatever is sent, the schema's invariants hold or a 400 is raised."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui import resources
from looop_gui.scim.conduct import GENERIC, RFC
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.membership import membership_changes
from looop_gui.scim.messages import PATCH_OP
from looop_gui.scim.patch import apply_patch
from looop_gui.scim.projection import project
from looop_gui.scim.schema import SchemaAttribute, schema_set_from_json
from looop_gui.scim.validation import validate_create, validate_replace

SCHEMAS = schema_set_from_json(
    resources.read_json("schemas", "sets", "looop.json"),
    lambda name: resources.read_json("schemas", name),
)
USER, GROUP = SCHEMAS.resource_types
CORE = USER.schema
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"

texts = st.sampled_from(["a", "B", "ann@x.org", "", "True", "false", "é", "\ud800"])
json_values = st.recursive(
    texts | st.booleans() | st.none() | st.integers(-5, 5) | st.just(1.5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "type", "primary", "display", "$ref", "givenName", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
emails = st.lists(
    st.fixed_dictionaries(
        {"value": st.sampled_from(["a@x", "b@x", "c@x"])},
        optional={"type": st.sampled_from(["work", "home"]), "primary": st.booleans()},
    ),
    max_size=3,
)
PATHS = [
    "userName",
    "title",
    "active",
    "name",
    "name.givenName",
    "emails",
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    'emails[type eq "other" and primary eq true].value',
    "emails[primary eq true].primary",
    'emails[value sw "a"]',
    "emails.type",
    "roles",
    'roles[primary eq "True"].value',
    "x509Certificates",
    "id",
    "meta",
    "groups",
    "schemas",
    "bogus",
    "emails[",
    ENTERPRISE,
    f"{ENTERPRISE}:department",
    f"{ENTERPRISE}:manager",
    f"{ENTERPRISE}:manager.value",
    f"{LOOOP}:area",
    "area",
]
operations = st.builds(
    lambda op, path, value: {
        k: v
        for k, v in {"op": op, "path": path, "value": value}.items()
        if v is not None or k == "value"
    },
    st.sampled_from(["add", "Replace", "remove", "replace", "Add", "Remove"]),
    st.none() | st.sampled_from(PATHS),
    json_values
    | emails
    | st.dictionaries(st.sampled_from(PATHS), json_values | emails, max_size=3),
)
patches = st.lists(operations, max_size=5).map(
    lambda listed: {"schemas": [PATCH_OP], "Operations": listed}
)
bodies = st.fixed_dictionaries(
    {"schemas": st.just([CORE]), "userName": st.sampled_from(["ann", "bob", ""])},
    optional={
        "title": json_values,
        "active": json_values,
        "name": json_values,
        "emails": json_values | emails,
        "roles": json_values,
        "x509Certificates": json_values,
        "profileUrl": json_values,
        "bogus": json_values,
        "id": json_values,
        ENTERPRISE: json_values
        | st.dictionaries(st.sampled_from(["manager", "department"]), json_values),
        LOOOP: st.dictionaries(st.sampled_from(["area", "startAt", "x"]), json_values),
    },
)
conducts = st.sampled_from([GENERIC, RFC])
START = {
    "schemas": [CORE, ENTERPRISE],
    "id": "1",
    "userName": "ann",
    "title": "Guide",
    "active": True,
    "name": {"givenName": "Ann"},
    "emails": [{"value": "a@x", "type": "work", "primary": True}, {"value": "b@x"}],
    ENTERPRISE: {"department": "Sales", "manager": {"value": "2"}},
}


@settings(max_examples=300, deadline=None)
@given(st.lists(patches, max_size=4), conducts)
def test_patches_keep_the_invariants(sequence: list[dict], conduct: Any) -> None:
    resource = copy.deepcopy(START)
    for patch in sequence:
        before = copy.deepcopy(resource)
        outcome = accepted(apply_patch, resource, patch, SCHEMAS, USER, conduct)
        assert resource == before, "the resource given is never changed"
        if outcome is None:
            continue
        assert outcome.changed is (outcome.resource != before)
        assert set(outcome.touched) == {
            name
            for name in {*before, *outcome.resource} - {"schemas"}
            if before.get(name) != outcome.resource.get(name)
        }
        resource = outcome.resource
        check_stored(resource)
        assert resource["id"] == "1"


@settings(max_examples=200, deadline=None)
@given(bodies, bodies, conducts)
def test_creates_and_replaces_keep_the_invariants(first: dict, second: dict, conduct: Any) -> None:
    sent = copy.deepcopy(first)
    stored = accepted(validate_create, first, SCHEMAS, USER, conduct)
    assert first == sent
    if stored is None:
        return
    assert "id" not in stored
    check_stored(stored)
    # What is stored can be sent again and stays as it is.
    assert validate_create(stored, SCHEMAS, USER, conduct) == stored
    old = stored | {"id": "1"}
    replaced = accepted(validate_replace, old, second, SCHEMAS, USER, conduct)
    if replaced is not None:
        assert replaced["id"] == "1"
        check_stored(replaced)


@settings(max_examples=200, deadline=None)
@given(json_values, conducts)
def test_any_body_is_read_or_refused(body: Any, conduct: Any) -> None:
    accepted(apply_patch, START, body, SCHEMAS, USER, conduct)
    accepted(validate_create, body, SCHEMAS, USER, conduct)
    accepted(validate_replace, START, body, SCHEMAS, USER, conduct)
    assert accepted(membership_changes, body, SCHEMAS, GROUP, conduct) is None


def accepted(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a call returns, or None when it refuses what it got with a 400."""
    try:
        return call(*arguments)
    except ScimProtocolError as error:
        if error.status != 400 or not json.dumps(error.to_body()).encode("utf-8"):
            raise
        return None


members = st.lists(st.sampled_from(["u1", "u2", "u3", "u4"]), max_size=3)
member_values = members.map(lambda ids: [{"value": one} for one in ids])
member_operations = (
    st.builds(
        lambda op, value: {"op": op, "path": "members", "value": value},
        st.sampled_from(["add", "replace", "remove"]),
        member_values,
    )
    | st.sampled_from(["u1", "u2", "u5"]).map(
        lambda one: {"op": "remove", "path": f'members[value eq "{one}"]'}
    )
    | st.builds(
        lambda op, value: {"op": op, "value": {"members": value, "externalId": "x"}},
        st.sampled_from(["add", "replace"]),
        member_values,
    )
    | st.just({"op": "remove", "path": "members"})
    | st.just({"op": "replace", "path": "displayName", "value": "H"})
)


@settings(max_examples=200, deadline=None)
@given(members, st.lists(member_operations, min_size=1, max_size=5))
def test_membership_changes_mean_what_the_full_way_means(
    held: list[str], listed: list[dict]
) -> None:
    body = {"schemas": [PATCH_OP], "Operations": listed}
    group: dict[str, Any] = {"schemas": [GROUP.schema], "displayName": "G"}
    distinct = list(dict.fromkeys(held))
    if distinct:
        group["members"] = [{"value": one} for one in distinct]
    full = apply_patch(group, body, SCHEMAS, GROUP, GENERIC).resource
    changes = membership_changes(body, SCHEMAS, GROUP, GENERIC)
    if changes is None:
        assert full.get("members") == group.get("members")
        return
    kept = set() if changes.replaced else set(distinct) - set(changes.removed)
    after = kept | {member["value"] for member in changes.added}
    assert after == {member["value"] for member in full.get("members", ())}
    rest = {name: value for name, value in group.items() if name != "members"}
    if changes.remaining is not None:
        rest = apply_patch(rest, changes.remaining, SCHEMAS, GROUP, GENERIC).resource
    assert rest == {name: value for name, value in full.items() if name != "members"}


@settings(max_examples=100, deadline=None)
@given(bodies, st.lists(st.sampled_from(PATHS), max_size=3), st.lists(st.sampled_from(PATHS)))
def test_a_projection_shows_a_part_and_always_the_id(
    body: dict, asked: list[str], excluded: list[str]
) -> None:
    stored = accepted(validate_create, body, SCHEMAS, USER, GENERIC)
    if stored is None:
        return
    stored["id"] = "1"
    shown = project(stored, SCHEMAS, USER, asked, excluded)
    assert shown["id"] == "1"
    assert shown["schemas"] == stored["schemas"]
    assert is_part(shown, stored)


def is_part(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return all(name in whole and is_part(part[name], whole[name]) for name in part)
    if isinstance(part, list):
        return all(any(is_part(one, other) for other in whole) for one in part)
    return bool(part == whole)


def check_stored(resource: dict) -> None:
    """Stored form: known names in the schema's spelling, right types, nothing null or empty."""
    definition = SCHEMAS.definition(USER)
    extensions = {extension.urn: extension for extension in definition.extensions.values()}
    assert resource["userName"].strip()
    assert resource["schemas"] == [CORE, *(urn for urn in extensions if urn in resource)]
    for name, value in resource.items():
        if name in extensions:
            assert value
            for inner, held in value.items():
                check_value(extensions[name].attributes[inner.lower()], inner, held)
        else:
            check_value(definition.core[name.lower()], name, value)
    assert json.dumps(resource, ensure_ascii=False).encode("utf-8")


def check_value(attribute: SchemaAttribute, name: str, value: Any) -> None:
    assert name == attribute.name
    assert value is not None
    if attribute.multi_valued:
        assert isinstance(value, list)
        assert value
        if attribute.type == "complex":
            assert sum(element.get("primary") is True for element in value) <= 1
    for element in value if attribute.multi_valued else [value]:
        if attribute.type == "complex":
            assert isinstance(element, dict)
            assert element
            for inner, held in element.items():
                check_value(attribute.by_name[inner.lower()], inner, held)
        elif attribute.type == "boolean":
            assert isinstance(element, bool)
        else:
            assert isinstance(element, str)
