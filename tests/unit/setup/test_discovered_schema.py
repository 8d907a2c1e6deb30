"""A template from /Schemas: paths with their metadata, mappings, and what is odd."""

import copy
from typing import Any

import pytest

from looop_gui import resources
from looop_gui.model.connection import Application
from looop_gui.model.mapping import AttributeType, Mutability
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.discovered_schema import DiscoveredTemplate, discovered_template

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACME = "urn:acme:scim:schemas:2.0:User"


def published(name: str = "rfc") -> tuple[dict[str, Any], dict[str, Any]]:
    whole = resources.read_json("schemas", "sets", f"{name}.json")
    schemas = [
        resources.read_json("schemas", each) if isinstance(each, str) else each
        for each in whole["schemas"]
    ]
    return {"Resources": schemas}, {"Resources": whole["resourceTypes"]}


def template(change: Any = None) -> DiscoveredTemplate:
    schemas, types = copy.deepcopy(published())
    if change:
        change({each["id"].rpartition(":")[2]: each for each in schemas["Resources"]}, schemas)
    return discovered_template(schemas, types)


def attribute(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(a for a in schema["attributes"] if a["name"] == name)
    return found


def user_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in schemas["Resources"] if each["id"].endswith("core:2.0:User")
    )
    return found


@pytest.mark.parametrize("name", ["rfc", "looop", "generic"])
def test_well_formed_schemas_give_the_generic_mappings_without_oddities(name: str) -> None:
    found = discovered_template(*published(name))
    generic = default_schema(Application.GENERIC)
    assert found.oddities == ()
    assert found.schema.user_mapping == generic.user_mapping
    assert found.schema.group_mapping == generic.group_mapping


def test_attributes_become_paths_with_their_metadata() -> None:
    listed = {a.name: a for a in template().schema.target_user_attributes}
    assert listed["id"].anchor
    assert listed["userName"].required
    assert listed["userName"].filterable
    assert listed["active"].type is AttributeType.BOOLEAN
    assert "name.givenName" in listed
    assert 'emails[type eq "work"].value' in listed
    assert 'phoneNumbers[type eq "fax"].value' in listed
    assert 'roles[primary eq "True"].display' in listed
    assert f"{ENTERPRISE}:department" in listed
    assert listed[f"{ENTERPRISE}:manager"].type is AttributeType.REFERENCE
    assert listed[f"{ENTERPRISE}:manager"].referenced_objects == (ENTERPRISE,)
    assert not {"meta", "password", "groups", "schemas"} & listed.keys()
    groups = {a.name: a for a in template().schema.target_group_attributes}
    assert groups["members"].type is AttributeType.REFERENCE
    assert len(groups["members"].referenced_objects) == 2


def test_an_extension_is_mapped_where_names_agree() -> None:
    schemas, _ = published()
    extension = {
        "id": ACME,
        "name": "Acme",
        "attributes": [
            {"name": "City", "type": "string"},
            {"name": "floor", "type": "integer", "canonicalValues": ["1", "2"]},
            {"name": "country", "type": "string", "mutability": "readOnly"},
        ],
    }
    found = discovered_template({"Resources": [*schemas["Resources"], extension]})
    listed = {a.name: a for a in found.schema.target_user_attributes}
    assert listed[f"{ACME}:floor"].type is AttributeType.INTEGER
    assert listed[f"{ACME}:floor"].canonical_values == ("1", "2")
    assert listed[f"{ACME}:country"].mutability is Mutability.READ_ONLY
    mapped = {m.target_attribute: m.source for m in found.schema.user_mapping.attribute_mappings}
    assert mapped[f"{ACME}:City"] == "city"
    assert f"{ACME}:country" not in mapped


def test_resource_types_say_what_an_extension_extends() -> None:
    schemas, types = copy.deepcopy(published())
    strange = {"id": "urn:acme:things", "name": "T", "attributes": [{"name": "colour"}]}
    schemas["Resources"].append(strange)
    group = next(each for each in types["Resources"] if each["name"] == "Group")
    group["schemaExtensions"] = [{"schema": "urn:acme:things"}]
    found = discovered_template(schemas, types).schema
    assert "urn:acme:things:colour" in {a.name for a in found.target_group_attributes}
    assert "urn:acme:things:colour" not in {a.name for a in found.target_user_attributes}


def without_active(_: Any, schemas: dict[str, Any]) -> None:
    user = user_schema(schemas)
    user["attributes"] = [a for a in user["attributes"] if a["name"] not in ("active", "title")]


def case_exact_name(_: Any, schemas: dict[str, Any]) -> None:
    attribute(user_schema(schemas), "userName").update(caseExact=True, uniqueness="none")


def text_active(_: Any, schemas: dict[str, Any]) -> None:
    attribute(user_schema(schemas), "active").update(type="string", mutability="readOnly")


def plain_manager(_: Any, schemas: dict[str, Any]) -> None:
    enterprise = next(each for each in schemas["Resources"] if each["id"] == ENTERPRISE)
    attribute(enterprise, "manager").update(type="string", subAttributes=[])


def required_custom(_: Any, schemas: dict[str, Any]) -> None:
    user_schema(schemas)["attributes"].append({"name": "badge", "required": True, "type": "guid"})


def twice(_: Any, schemas: dict[str, Any]) -> None:
    user_schema(schemas)["attributes"].append({"name": "UserName"})
    schemas["Resources"].append(schemas["Resources"][0])
    schemas["Resources"].append({"name": "no id"})


def complex_custom(_: Any, schemas: dict[str, Any]) -> None:
    parts = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    box = {"name": "box", "type": "complex", "multiValued": True, "subAttributes": parts}
    schemas["Resources"].append({"id": ACME, "name": "Acme", "attributes": [box]})


def no_groups(_: Any, schemas: dict[str, Any]) -> None:
    schemas["Resources"] = [e for e in schemas["Resources"] if not e["id"].endswith("Group")]


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (without_active, ["no active, which provisioning needs", "not mapped: active, title"]),
        (case_exact_name, ["userName is case exact", "not said to be unique"]),
        (text_active, ["active is string and not boolean", "nobody can be disabled"]),
        (plain_manager, ["manager is string and not complex"]),
        (required_custom, ["badge is required for users", "unknown type guid"]),
        (twice, ["names UserName twice", "published twice", "cannot be read"]),
        (complex_custom, ["neither type nor primary", "3 sub-attributes"]),
        (no_groups, ["There is no schema of groups"]),
    ],
)
def test_oddities_are_pointed_out(change: Any, sentences: list[str]) -> None:
    oddities = "\n".join(template(change).oddities)
    for sentence in sentences:
        assert sentence in oddities


def test_without_active_there_is_no_mapping_of_it() -> None:
    rows = template(without_active).schema.user_mapping.attribute_mappings
    assert not {"active", "title"} & {row.target_attribute for row in rows}


@pytest.mark.parametrize("body", [None, {}, [], "<html>", {"Resources": "x"}, {"Resources": [7]}])
def test_nothing_usable_gives_the_generic_template_and_says_so(body: Any) -> None:
    found = discovered_template(body)
    assert found.schema == default_schema(Application.GENERIC)
    assert "publishes no schemas" in "\n".join(found.oddities)
