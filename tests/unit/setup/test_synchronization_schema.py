"""Import and export of Entra's synchronizationSchema (section j): nothing gets lost."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    FlowBehavior,
    FlowType,
    MappingType,
    SynchronizationSchema,
    TargetObjectActions,
)
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator, ScopingFilter
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.synchronization_schema import (
    import_schema,
    import_text,
    to_graph,
    to_graph_text,
)

SAMPLE = Path(__file__).parents[2] / "samples/schemas/imported-synchronization-schema.json"
DOCUMENT: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
BADGE = "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge"


def imported() -> SynchronizationSchema:
    return import_schema(DOCUMENT).schema


def edited(schema: SynchronizationSchema, target: str, **changes: Any) -> SynchronizationSchema:
    mapping = schema.user_mapping
    rows = tuple(
        replace(row, **changes) if row.target_attribute == target else row
        for row in mapping.attribute_mappings
    )
    return replace(schema, user_mapping=replace(mapping, attribute_mappings=rows))


def users(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["synchronizationRules"][1]["objectMappings"][0]
    return found


def test_a_round_trip_changes_nothing_not_even_the_order() -> None:
    assert json.dumps(to_graph(imported())) == json.dumps(DOCUMENT)


def test_a_second_round_trip_is_the_same() -> None:
    text = to_graph_text(imported())
    again = import_text(text).schema
    assert again == imported()
    assert to_graph_text(again) == text


def test_the_mappings_are_read_by_their_types() -> None:
    read = {
        m.target_attribute: (m.mapping_type, m.source, m.default_value)
        for m in imported().user_mapping.attribute_mappings
    }
    assert read == {
        "userName": (MappingType.DIRECT, "userPrincipalName", None),
        "active": (MappingType.EXPRESSION, "Not([IsSoftDeleted])", "False"),
        "userType": (MappingType.CONSTANT, 'Employee "A"', None),
        "locale": (MappingType.NONE, "", "en"),
        "nickName": (MappingType.EXPRESSION, 'Join(" ", [givenName', None),
        BADGE: (MappingType.EXPRESSION, 'Append([employeeId], "-x")', None),
    }


def test_flow_actions_scope_and_attribute_lists_are_read() -> None:
    schema = imported()
    rows = {m.target_attribute: m for m in schema.user_mapping.attribute_mappings}
    assert rows["active"].flow_type is FlowType.OBJECT_ADD_ONLY
    assert rows["active"].flow_behavior is FlowBehavior.FLOW_ALWAYS
    assert rows["userType"].flow_type is FlowType.ALWAYS
    assert [m.target_attribute for m in schema.user_mapping.matching] == ["userName", BADGE]
    assert not schema.group_mapping.enabled
    both = TargetObjectActions.CREATE | TargetObjectActions.UPDATE
    assert schema.group_mapping.actions == both
    first = schema.user_mapping.scope.groups[0]
    assert first.clauses == (
        FilterClause("department", FilterOperator.EQUALS, "Marketing"),
        FilterClause("jobTitle", FilterOperator.IS_NOT_NULL),
    )
    definitions = {a.name: a for a in schema.target_user_attributes}
    assert list(definitions) == ["id", "userName", BADGE]
    assert definitions["userName"].filterable
    assert definitions[BADGE].filterable
    assert schema.source_user_attributes[2].referenced_objects == ("User",)


def test_what_was_not_understood_is_listed() -> None:
    notes = "\n".join(import_schema(DOCUMENT).notes)
    for expected in (
        "provisioningTaskIdentifier",
        'object mapping "Devices"',
        "inputFilterGroups",
        "objectId IsMemberOf a group",
        "futureField",
        '"Sometimes" is not a known FlowType',
        "expression of nickName cannot be read",
        '"Guid" is not a known AttributeType',
        "no attribute list of the source's groups",
    ):
        assert expected in notes


def test_a_clause_that_is_not_understood_lets_nobody_pass() -> None:
    group = imported().user_mapping.scope.groups[1]
    assert group.clauses == (FilterClause("objectId", FilterOperator.EQUALS, ""),)


@pytest.mark.parametrize(
    ("target", "changes", "expected"),
    [
        ("userName", {"source": "mail"}, {"source": {
            "expression": "[mail]", "name": "mail", "parameters": [], "type": "Attribute"}}),
        ("active", {"default_value": None}, {"defaultValue": None}),
        ("userType", {"matching_priority": 3}, {"matchingPriority": 3}),
        ("nickName", {"flow_type": FlowType.OBJECT_ADD_ONLY}, {"flowType": "ObjectAddOnly"}),
        ("locale", {"target_attribute": "timezone"}, {"targetAttributeName": "timezone"}),
        ("locale", {"mapping_type": MappingType.CONSTANT, "source": "de"}, {"source": {
            "expression": '"de"', "name": "de", "parameters": [], "type": "Constant"}}),
    ],
)  # fmt: skip
def test_an_edit_changes_its_field_and_nothing_else(
    target: str, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    document = copy.deepcopy(DOCUMENT)
    (row,) = [r for r in users(document)["attributeMappings"] if r["targetAttributeName"] == target]
    row.update(expected)
    assert to_graph(edited(imported(), target, **changes)) == document


def test_an_edited_clause_leaves_the_others_as_they_were() -> None:
    schema = imported()
    first, second = schema.user_mapping.scope.groups
    sales = FilterClause("department", FilterOperator.EQUALS, "Sales")
    scope = ScopingFilter((replace(first, clauses=(sales, first.clauses[1])), second))
    schema = replace(schema, user_mapping=replace(schema.user_mapping, scope=scope))
    document = copy.deepcopy(DOCUMENT)
    clause = users(document)["scope"]["groups"][0]["clauses"][0]
    clause["targetOperand"]["values"] = ["Sales"]
    assert to_graph(schema) == document


def test_a_scope_taken_away_leaves_what_had_no_effect() -> None:
    schema = imported()
    schema = replace(schema, user_mapping=replace(schema.user_mapping, scope=ScopingFilter()))
    scope = users(to_graph(schema))["scope"]
    assert scope["groups"] == []
    assert scope["inputFilterGroups"] == [{"name": "early", "clauses": []}]


def test_rows_and_attributes_are_added_and_removed() -> None:
    schema = imported()
    mapping = schema.user_mapping
    added = AttributeMapping("title", MappingType.EXPRESSION, 'Switch([a], , "x", "y")')
    rows = (*mapping.attribute_mappings[1:], added)
    definition = AttributeDefinition("urn:acme:2.0:User:floor", AttributeType.INTEGER)
    schema = replace(
        schema,
        user_mapping=replace(mapping, attribute_mappings=rows, actions=TargetObjectActions.CREATE),
        target_user_attributes=(*schema.target_user_attributes, definition),
    )
    document = to_graph(schema)
    written = users(document)
    names = [row["targetAttributeName"] for row in written["attributeMappings"]]
    assert names == ["active", "userType", "locale", "nickName", BADGE, "title"]
    assert written["flowTypes"] == "Add"
    last = written["attributeMappings"][-1]["source"]
    assert last["expression"] == 'Switch([a], , "x", "y")'
    assert [p["key"] for p in last["parameters"]] == ["source", "key1", "value1"]
    listed = document["directories"][1]["objects"][0]["attributes"]
    assert listed[-1]["type"] == "Integer"
    assert import_text(to_graph_text(schema)).schema.user_mapping.attribute_mappings == rows


@pytest.mark.parametrize("application", Application)
def test_default_mappings_come_back_whole(application: Application) -> None:
    schema = default_schema(application)
    result = import_text(to_graph_text(schema))
    assert result.schema == schema
    assert result.notes == ()


def test_a_document_without_groups_has_the_default_ones_switched_off() -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["synchronizationRules"][1]["objectMappings"][1]
    result = import_schema(document)
    assert not result.schema.group_mapping.enabled
    assert any("no mapping of groups" in note for note in result.notes)
    assert to_graph(result.schema) == document
    enabled = replace(
        result.schema, group_mapping=replace(result.schema.group_mapping, enabled=True)
    )
    rules = to_graph(enabled)["synchronizationRules"]
    assert [m["sourceObjectName"] for m in rules[1]["objectMappings"]] == ["User", "Group"]
    assert len(rules[0]["objectMappings"]) == 1


def test_an_edited_list_that_the_file_lacks_is_added() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["directories"] = []
    schema = import_schema(document).schema
    assert to_graph(schema) == document
    more = (*schema.target_user_attributes, AttributeDefinition("urn:acme:2.0:User:floor"))
    directories = to_graph(replace(schema, target_user_attributes=more))["directories"]
    assert [d["name"] for d in directories] == ["customappsso"]
    assert directories[0]["objects"][0]["attributes"][-1]["name"] == "urn:acme:2.0:User:floor"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", '{"synchronizationRules": []}', "[" * 100_000,
     '{"synchronizationRules": [{"objectMappings": [{"sourceObjectName": "Worker"}]}]}',
     '{"synchronizationRules": {"a": 1}, "directories": "x"}'],
)  # fmt: skip
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        import_text(text)


def test_strange_values_inside_do_not_break_the_import() -> None:
    document = copy.deepcopy(DOCUMENT)
    mapping = users(document)
    mapping["attributeMappings"].append({"targetAttributeName": 7, "matchingPriority": "x"})
    mapping["attributeMappings"].append({"source": {"type": 3, "parameters": [{"value": 1}]}})
    mapping["scope"]["groups"].append({"name": None, "clauses": [{"targetOperand": 5}]})
    document["directories"].append({"name": "customappsso", "objects": [{"attributes": None}]})
    schema = import_schema(document).schema
    assert json.dumps(to_graph(schema)["directories"]) == json.dumps(document["directories"])
    assert FilterGroup("", (FilterClause("", FilterOperator.EQUALS, ""),)) in (
        schema.user_mapping.scope.groups
    )
