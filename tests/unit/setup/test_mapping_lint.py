"""Every rule of the configuration's lint: what it finds, and what its fix leaves."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    FlowType,
    MappingType,
    ObjectMapping,
    SynchronizationSchema,
)
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint import ACTIVE_EXPRESSION, MappingFinding, Severity, lint_schema

DEFAULTS = default_schema(Application.LOOOP)
EXTENSION = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:"


def direct(target: str, source: str, **fields: object) -> AttributeMapping:
    return replace(AttributeMapping(target, MappingType.DIRECT, source), **fields)  # type: ignore[arg-type]


def expression(target: str, source: str, **fields: object) -> AttributeMapping:
    return replace(AttributeMapping(target, MappingType.EXPRESSION, source), **fields)  # type: ignore[arg-type]


def users(*rows: AttributeMapping, remove: str = "") -> SynchronizationSchema:
    """The default configuration with rows replaced (by target) or added, and one left out."""
    changed = {row.target_attribute: row for row in rows}
    old = [
        changed.pop(row.target_attribute, row)
        for row in DEFAULTS.user_mapping.attribute_mappings
        if row.target_attribute != remove
    ]
    mapping = replace(DEFAULTS.user_mapping, attribute_mappings=(*old, *changed.values()))
    return replace(DEFAULTS, user_mapping=mapping)


def findings(
    schema: SynchronizationSchema, application: Application = Application.LOOOP
) -> tuple[MappingFinding, ...]:
    return lint_schema(schema, application=application)


def fixed(schema: SynchronizationSchema, finding: MappingFinding) -> SynchronizationSchema:
    assert finding.fix is not None
    assert finding.fix.title
    return with_mapping(schema, finding.fix.mapping)


def with_mapping(schema: SynchronizationSchema, mapping: ObjectMapping) -> SynchronizationSchema:
    if mapping.object_type is ObjectType.USER:
        return replace(schema, user_mapping=mapping)
    return replace(schema, group_mapping=mapping)


@pytest.mark.parametrize("application", Application)
def test_defaults_are_clean(application: Application) -> None:
    schema = default_schema(application)
    assert lint_schema(schema, application=application) == ()


CASES = [
    ("unknown-attribute", "error", users(direct("externalId", "objectID")), True),
    ("unknown-attribute", "error", users(direct("externalId", "zzz")), False),
    ("unknown-attribute", "error", users(expression("externalId", "ToLower([maill])")), True),
    ("unknown-target", "error", users(direct("externalID2", "mail")), True),
    ("read-only-target", "error", users(direct("id", "objectId")), True),
    ("unsupported-target", "error", users(direct("password", "mail")), True),
    ("unsupported-target", "error", users(direct('photos[type eq "photo"].value', "mail")), True),
    ("required-without-source", "error", users(remove="userName"), True),
    (
        "required-without-source",
        "error",
        users(AttributeMapping("userName", MappingType.NONE, matching_priority=1)),
        True,
    ),
    ("no-matching-attribute", "error", users(direct("userName", "userPrincipalName")), True),
    (
        "matching-not-filterable",
        "error",
        users(direct("externalId", "objectId", matching_priority=2)),
        True,
    ),
    (
        "matching-random",
        "error",
        users(expression("userName", "Guid()", matching_priority=1)),
        False,
    ),
    (
        "matching-precedence",
        "error",
        users(direct("externalId", "objectId", matching_priority=1)),
        False,
    ),
    (
        "matching-nullable",
        "warning",
        users(direct("userName", "employeeId", matching_priority=1)),
        False,
    ),
    ("not-a-function", "warning", users(expression("externalId", "[objectId]")), True),
    ("not-a-function", "warning", users(expression("externalId", '"x"')), True),
    ("multi-valued-to-single", "error", users(direct("externalId", "proxyAddresses")), True),
    (
        "multi-valued-to-single",
        "error",
        users(expression("externalId", 'Split([mail], "@")')),
        True,
    ),
    ("reference-to-text", "error", users(direct("externalId", "manager")), False),
    (
        "text-to-reference",
        "error",
        users(direct("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "mail")),
        False,
    ),
    ("active-from-account-enabled", "warning", users(direct("active", "accountEnabled")), True),
    (
        "active-from-account-enabled",
        "warning",
        users(expression("active", "Not(Not([accountEnabled]))")),
        True,
    ),
    (
        "active-without-soft-delete",
        "warning",
        users(AttributeMapping("active", MappingType.CONSTANT, "True")),
        True,
    ),
    ("active-not-mapped", "warning", users(remove="active"), True),
    (
        "constant-rejected",
        "error",
        users(AttributeMapping("active", MappingType.CONSTANT, "yes")),
        False,
    ),
    (
        "constant-rejected",
        "error",
        users(expression("active", 'Switch([IsSoftDeleted], , "False", "1", "True", "0")')),
        False,
    ),
    (
        "random-always",
        "warning",
        users(expression("externalId", "Guid()")),
        True,
    ),
    (
        "select-unique-value",
        "error",
        users(expression("externalId", "SelectUniqueValue([mail], [objectId])")),
        True,
    ),
    (
        "select-unique-value-matching",
        "error",
        users(expression("userName", "SelectUniqueValue([mail], [objectId])", matching_priority=1)),
        True,
    ),
    ("syntax-error", "error", users(expression("externalId", "ToLower(")), False),
    ("iif-null", "warning", users(expression("externalId", 'IIF([mail] = "", "x", [mail])')), True),
]


@pytest.mark.parametrize(("identifier", "severity", "schema", "fixable"), CASES)
def test_rules(
    identifier: str, severity: str, schema: SynchronizationSchema, fixable: bool
) -> None:
    found = {each.identifier: each for each in findings(schema)}
    assert identifier in found
    finding = found[identifier]
    assert finding.severity == severity
    assert finding.object_type is ObjectType.USER
    assert finding.sentence.endswith((".", "?"))
    if finding.row is not None:
        row = schema.user_mapping.attribute_mappings[finding.row]
        assert row.target_attribute == finding.target_attribute
    assert (finding.fix is not None) is fixable
    if fixable:
        after = {each.identifier for each in findings(fixed(schema, finding))}
        assert identifier not in after


def test_two_mappings_of_one_target() -> None:
    rows = (*DEFAULTS.user_mapping.attribute_mappings, direct("ExternalId", "mail"))
    schema = with_mapping(DEFAULTS, replace(DEFAULTS.user_mapping, attribute_mappings=rows))
    (finding,) = findings(schema)
    assert (finding.identifier, finding.row) == ("duplicate-target", len(rows) - 1)
    assert fixed(schema, finding) == DEFAULTS


def test_canonical_values() -> None:
    locale = AttributeDefinition("locale", canonical_values=("en", "de"))
    targets = (*DEFAULTS.target_user_attributes, locale)
    for row, accepted in (
        (AttributeMapping("locale", MappingType.CONSTANT, "EN"), True),
        (AttributeMapping("locale", MappingType.CONSTANT, "fr"), False),
        (AttributeMapping("locale", MappingType.NONE, default_value="fr"), False),
        (expression("locale", 'Switch([country], "en", "DE", "de")'), True),
        (expression("locale", 'Switch([country], "en", "FR", "fr")'), False),
    ):
        schema = replace(users(row), target_user_attributes=targets)
        assert bool(findings(schema)) is not accepted
        assert all(each.identifier == "constant-rejected" for each in findings(schema))


def test_the_default_of_active_is_the_documented_one() -> None:
    schema = users(direct("active", "accountEnabled"))
    (finding,) = findings(schema)
    assert finding.fix is not None
    rows = {row.target_attribute: row for row in finding.fix.mapping.attribute_mappings}
    assert rows["active"].source == ACTIVE_EXPRESSION
    assert fixed(schema, finding) == DEFAULTS


def test_random_values_may_be_drawn_once() -> None:
    row = expression("externalId", "Guid()", flow_type=FlowType.OBJECT_ADD_ONLY)
    assert findings(users(row)) == ()


def test_custom_attributes_of_a_gallery_application_may_have_several_values() -> None:
    """Section c.3: only gallery applications may have such."""
    target = AttributeDefinition(EXTENSION + "tags", multivalued=True)
    schema = users(direct(target.name, "proxyAddresses"))
    schema = replace(schema, target_user_attributes=(*DEFAULTS.target_user_attributes, target))
    assert findings(schema) == ()
    (finding,) = findings(schema, Application.GENERIC)
    assert finding.identifier == "custom-attribute"


def test_the_place_inside_an_expression() -> None:
    schema = users(expression("externalId", "ToLower([maill])"))
    (finding,) = findings(schema)
    assert finding.span is not None
    assert (finding.span.start, finding.span.end) == (8, 15)
    assert finding.target_attribute == "externalId"


def test_groups() -> None:
    rows = (direct("externalId", "objectId"), direct("members", "displayName"))
    mapping = replace(DEFAULTS.group_mapping, attribute_mappings=rows)
    schema = replace(DEFAULTS, group_mapping=mapping)
    found = findings(schema)
    assert {each.object_type for each in found} == {ObjectType.GROUP}
    assert {each.identifier for each in found} == {
        "text-to-reference",
        "required-without-source",
        "no-matching-attribute",
    }
    (required,) = (each for each in found if each.identifier == "required-without-source")
    assert "nobody" in required.sentence or required.target_attribute == "displayName"
    switched_off = replace(schema, group_mapping=replace(mapping, enabled=False))
    assert findings(switched_off) == ()


def test_extended_functions_are_admitted_by_the_setting() -> None:
    schema = users(expression("externalId", "Trim([objectId])"))
    (finding,) = findings(schema)
    assert finding.identifier == "extended-function"
    assert lint_schema(schema, application=Application.LOOOP, extended=True) == ()


def test_findings_come_in_the_order_of_the_rows() -> None:
    schema = users(
        expression("externalId", "ToLower("), direct("active", "accountEnabled"), remove="userName"
    )
    found = findings(schema)
    rows = [each.row for each in found if each.row is not None]
    assert rows == sorted(rows)
    assert found[-1].row is None


def test_without_lists_nothing_is_unknown() -> None:
    empty = replace(
        users(direct("anything", "whatever")),
        source_user_attributes=(),
        target_user_attributes=(),
    )
    assert not {each.identifier for each in findings(empty)} & {
        "unknown-attribute",
        "unknown-target",
    }


def test_severities_are_words() -> None:
    assert [each.value for each in Severity] == ["error", "warning"]
    assert AttributeType.REFERENCE == "Reference"
