"""What two configurations differ in, said in words."""

from dataclasses import replace
from typing import Any

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
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
from looop_gui.setup.schema_diff import schema_differences

BEFORE = default_schema(Application.GENERIC)
SALES = FilterClause("department", FilterOperator.EQUALS, "Sales")


def with_rows(*rows: AttributeMapping) -> SynchronizationSchema:
    mapping = replace(BEFORE.user_mapping, attribute_mappings=rows)
    return replace(BEFORE, user_mapping=mapping)


def with_title(**changes: Any) -> SynchronizationSchema:
    return with_rows(
        *(
            replace(row, **changes) if row.target_attribute == "title" else row
            for row in BEFORE.user_mapping.attribute_mappings
        )
    )


def differences_in_words(
    before: SynchronizationSchema, after: SynchronizationSchema
) -> tuple[str, ...]:
    return tuple(difference.sentence for difference in schema_differences(before, after))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"mapping_type": MappingType.EXPRESSION, "source": "ToUpper([jobTitle], )"},
            "title: Direct jobTitle -> Expression ToUpper([jobTitle], )",
        ),
        (
            {"mapping_type": MappingType.CONSTANT, "source": "x"},
            'title: Direct jobTitle -> Constant "x"',
        ),
        ({"mapping_type": MappingType.NONE, "source": ""}, "title: Direct jobTitle -> None"),
        ({"default_value": "x"}, 'title: default value if null none -> "x"'),
        ({"matching_priority": 2}, "title: matching precedence none -> 2"),
        (
            {"flow_type": FlowType.OBJECT_ADD_ONLY},
            "title: apply this mapping Always -> Only during object creation",
        ),
        (
            {"flow_behavior": FlowBehavior.FLOW_ALWAYS},
            "title: flow behavior FlowWhenChanged -> FlowAlways",
        ),
        ({"unknown": {"graph": {}}}, None),
    ],
)
def test_a_changed_row(changes: dict[str, Any], sentence: str | None) -> None:
    expected = () if sentence is None else (sentence,)
    assert differences_in_words(BEFORE, with_title(**changes)) == expected


def test_rows_added_removed_and_moved() -> None:
    rows = BEFORE.user_mapping.attribute_mappings
    added = AttributeMapping("nickName", MappingType.DIRECT, "displayName")
    assert differences_in_words(BEFORE, with_rows(*rows, added)) == (
        "nickName: added, Direct displayName",
    )
    assert differences_in_words(with_rows(*rows, added), BEFORE) == (
        "nickName: removed (was Direct displayName)",
    )
    assert differences_in_words(BEFORE, with_rows(*rows[1:], rows[0])) == (
        "Mapping: order of rows as it was -> changed",
    )


def test_two_rows_with_one_target_are_told_apart() -> None:
    first = AttributeMapping("title", MappingType.DIRECT, "jobTitle")
    second = AttributeMapping("title", MappingType.DIRECT, "department")
    changed = replace(second, source="city")
    assert differences_in_words(with_rows(first, second), with_rows(first, changed)) == (
        "title: Direct department -> Direct city",
    )


def test_switches_of_an_object_mapping() -> None:
    both = TargetObjectActions.CREATE | TargetObjectActions.UPDATE
    changed = replace(
        BEFORE, group_mapping=replace(BEFORE.group_mapping, enabled=False, actions=both)
    )
    assert differences_in_words(BEFORE, changed) == (
        "Group Mapping: enabled Yes -> No",
        "Group Mapping: target object actions Create, Update, Delete -> Create, Update",
    )


def test_scoping_filters_added_changed_and_removed() -> None:
    def scoped(*groups: FilterGroup) -> SynchronizationSchema:
        mapping = replace(BEFORE.user_mapping, scope=ScopingFilter(groups))
        return replace(BEFORE, user_mapping=mapping)

    title = FilterClause("jobTitle", FilterOperator.IS_NOT_NULL)
    one, two = FilterGroup("Sales", (SALES,)), FilterGroup("Sales", (SALES, title))
    assert differences_in_words(BEFORE, scoped(one)) == (
        'Scoping filter: "Sales" added, department EQUALS "Sales"',
    )
    assert differences_in_words(scoped(one), scoped(two)) == (
        'Scoping filter: "Sales" department EQUALS "Sales" ->'
        ' department EQUALS "Sales" AND jobTitle IS NOT NULL',
    )
    assert differences_in_words(scoped(one), BEFORE) == (
        'Scoping filter: "Sales" removed (was department EQUALS "Sales")',
    )


def test_attribute_lists() -> None:
    definition = AttributeDefinition("urn:acme:2.0:User:floor")
    longer = replace(BEFORE, target_user_attributes=(*BEFORE.target_user_attributes, definition))
    assert differences_in_words(BEFORE, longer) == (
        "Target attribute list: urn:acme:2.0:User:floor added, String",
    )
    other = replace(definition, type=AttributeType.INTEGER, required=True)
    changed = replace(BEFORE, target_user_attributes=(*BEFORE.target_user_attributes, other))
    assert differences_in_words(longer, changed) == (
        "Target attribute list: urn:acme:2.0:User:floor type String -> Integer",
        "Target attribute list: urn:acme:2.0:User:floor required No -> Yes",
    )


def test_nothing_and_everything() -> None:
    assert schema_differences(BEFORE, BEFORE) == ()
    found = schema_differences(default_schema(Application.LOOOP), BEFORE)
    assert {difference.object_type for difference in found} == {ObjectType.USER, ObjectType.GROUP}
    back = schema_differences(BEFORE, default_schema(Application.LOOOP))
    assert len(back) == len(found)
