"""Edits of a configuration: what drawing a wire, another type and a second source do."""

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.mapping_edits import connect, joined_with, with_type, without_mappings

SCHEMA = default_schema(Application.LOOOP)
USER = ObjectType.USER


def mapping(text: str, mapping_type: MappingType = MappingType.EXPRESSION) -> AttributeMapping:
    return AttributeMapping("name.formatted", mapping_type, text)


def test_a_wire_to_a_free_target_is_a_direct_mapping() -> None:
    target = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:location"
    rows = connect(SCHEMA, USER, "city", target).user_mapping.attribute_mappings
    assert rows[-1] == AttributeMapping(target, MappingType.DIRECT, "city")
    assert rows[:-1] == SCHEMA.user_mapping.attribute_mappings


@pytest.mark.parametrize(
    ("before", "source"),
    [
        (mapping("givenName", MappingType.DIRECT), 'Join(" ", [givenName], [surname])'),
        (mapping('a "b"', MappingType.CONSTANT), 'Join(" ", "a \\"b\\"", [surname])'),
        (mapping('Join("-", [a])'), 'Join("-", [a], [surname])'),
        (mapping('Join("(", [a]) '), 'Join("(", [a], [surname])'),
        (mapping('Join(" ", [a]) = Join("", [b])'), None),
        (mapping("ToUpper([a])"), 'Join(" ", ToUpper([a]), [surname])'),
    ],
)
def test_a_second_source_starts_or_continues_a_join(
    before: AttributeMapping, source: str | None
) -> None:
    expected = source or f'Join(" ", {before.source}, [surname])'
    joined = joined_with(before, "surname")
    assert (joined.mapping_type, joined.source) == (MappingType.EXPRESSION, expected)


def test_the_same_source_twice_changes_nothing() -> None:
    direct = mapping("surname", MappingType.DIRECT)
    assert joined_with(direct, "surname") is direct


@pytest.mark.parametrize(
    ("before", "mapping_type", "source"),
    [
        (mapping("mail", MappingType.DIRECT), MappingType.EXPRESSION, "[mail]"),
        (mapping("[mail]"), MappingType.DIRECT, "mail"),
        (mapping("ToLower([mail])"), MappingType.DIRECT, ""),
        (mapping('a"\\', MappingType.CONSTANT), MappingType.EXPRESSION, '"a\\"\\\\"'),
        (mapping('"a\\"\\\\"'), MappingType.CONSTANT, 'a"\\'),
        (mapping('"a" & "b"'), MappingType.CONSTANT, ""),
        (mapping("mail", MappingType.DIRECT), MappingType.CONSTANT, ""),
    ],
)
def test_another_type_keeps_what_makes_sense(
    before: AttributeMapping, mapping_type: MappingType, source: str
) -> None:
    changed = with_type(before, mapping_type)
    assert (changed.mapping_type, changed.source) == (mapping_type, source)


def test_deleting_rows_leaves_the_others_in_order() -> None:
    rows = SCHEMA.user_mapping.attribute_mappings
    left = without_mappings(SCHEMA, USER, {0, 2}).user_mapping.attribute_mappings
    assert left == (rows[1], *rows[3:])
