"""Which attributes an answer holds (RFC 7644 section 3.9, RFC 7643 section 7, returned)."""

import pytest

from looop_gui.scim.projection import project, split_attribute_names
from looop_gui.scim.schema import ResourceType, Schema, SchemaAttribute, SchemaSet

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ALWAYS = {"schemas", "id"}

ASKED = {
    "3.9 one": (["userName"], {"userName"}),
    "3.9 letter case": (["USERNAME"], {"userName"}),
    "3.9 several": (["userName", "title", "active"], {"userName", "title", "active"}),
    "3.9 id alone": (["id"], set()),
    "3.9 unknown": (["bogus"], set()),
    "3.9 malformed": (["userName]", 'emails[type eq "work"]'], set()),
    "3.9 meta": (["meta"], {"meta"}),
    "3.10 core URN": ([f"{CORE}:userName"], {"userName"}),
    "3.10 extension": ([ENTERPRISE], {ENTERPRISE}),
    "3.10 extension attribute": ([f"{ENTERPRISE}:department"], {ENTERPRISE}),
    "3.9 password is never returned": (["password"], set()),
}


@pytest.mark.parametrize(("attributes", "shown"), ASKED.values(), ids=ASKED.keys())
def test_3_9_attributes_narrow(
    attributes: list[str],
    shown: set[str],
    barbara: dict,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    resource = barbara | {"password": "secret"}
    result = project(resource, schema_set, user_type, attributes)
    assert set(result) == ALWAYS | shown


EXCLUDED = {
    "3.9 one": (["title"], {"title"}),
    "3.9 what is always returned stays": (["id", "schemas"], set()),
    "3.9 unknown": (["bogus"], set()),
    "3.10 extension": ([ENTERPRISE], {ENTERPRISE}),
    "3.9 meta": (["meta"], {"meta"}),
    "3.9 letter case": (["EMAILS", "name"], {"emails", "name"}),
}


@pytest.mark.parametrize(("excluded", "gone"), EXCLUDED.values(), ids=EXCLUDED.keys())
def test_3_9_excluded_attributes_go(
    excluded: list[str],
    gone: set[str],
    barbara: dict,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    result = project(barbara, schema_set, user_type, (), excluded)
    assert set(result) == set(barbara) - gone


def test_3_9_sub_attributes(barbara: dict, schema_set: SchemaSet, user_type: ResourceType) -> None:
    asked = ["name.familyName", "emails.value", f"{ENTERPRISE}:manager.value", "meta.version"]
    result = project(barbara, schema_set, user_type, asked)
    assert result["name"] == {"familyName": "Jensen"}
    assert result["emails"] == [{"value": "bjensen@example.com"}, {"value": "babs@jensen.org"}]
    assert result[ENTERPRISE] == {"manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"}}
    assert result["meta"] == {"version": 'W/"3694e05e9dff591"'}


def test_3_9_excluded_sub_attributes(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    excluded = ["name.formatted", "emails.primary", f"{ENTERPRISE}:manager"]
    result = project(barbara, schema_set, user_type, (), excluded)
    assert result["name"] == {"familyName": "Jensen", "givenName": "Barbara"}
    assert all("primary" not in email for email in result["emails"])
    assert set(result[ENTERPRISE]) == {"employeeNumber", "department"}


def test_3_9_a_whole_attribute_and_its_part(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    result = project(barbara, schema_set, user_type, ["name", "name.familyName"])
    assert result["name"] == barbara["name"]


def test_3_9_members_excluded_for_entra(schema_set: SchemaSet, group_type: ResourceType) -> None:
    group = {"schemas": ["g"], "id": "1", "displayName": "G", "members": [{"value": "u"}]}
    assert "members" not in project(group, schema_set, group_type, (), ["members"])


def test_7_returned_rules() -> None:
    urn = "urn:example:2.0:Thing"
    schema = Schema(
        urn,
        "Thing",
        "",
        (
            SchemaAttribute("key", returned="always"),
            SchemaAttribute("usual"),
            SchemaAttribute("dear", returned="request"),
            SchemaAttribute("secret", returned="never"),
            SchemaAttribute(
                "parts",
                "complex",
                multi_valued=True,
                sub_attributes=(
                    SchemaAttribute("value", returned="always"),
                    SchemaAttribute("note"),
                    SchemaAttribute("hidden", returned="never"),
                ),
            ),
        ),
    )
    kind = ResourceType("Thing", "/Things", urn)
    things = SchemaSet([schema], [kind])
    thing = {
        "schemas": [urn],
        "key": "k",
        "usual": "u",
        "dear": "d",
        "secret": "s",
        "parts": [{"value": "v", "note": "n", "hidden": "h"}],
    }
    shown = project(thing, things, kind)
    assert shown == {
        "schemas": [urn],
        "key": "k",
        "usual": "u",
        "parts": [{"value": "v", "note": "n"}],
    }
    assert set(project(thing, things, kind, ["dear"])) == {"schemas", "key", "dear"}
    assert project(thing, things, kind, (), (), ["dear"])["dear"] == "d"
    assert project(thing, things, kind, ["parts.note"])["parts"] == [{"value": "v", "note": "n"}]
    excluded = project(thing, things, kind, (), ["key", "secret", "parts.value"])
    assert (excluded["key"], excluded["parts"]) == ("k", [{"value": "v", "note": "n"}])
    assert "secret" not in project(thing, things, kind, ["secret"])


def test_3_9_names_are_separated_by_commas() -> None:
    assert split_attribute_names(" userName, name.familyName ,,emails") == (
        "userName",
        "name.familyName",
        "emails",
    )
