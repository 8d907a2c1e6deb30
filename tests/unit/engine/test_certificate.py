"""The no-op certificate names the attribute, what the target makes of it, and what to do."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from looop_gui.engine.certificate import certify
from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.connection import Application, Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind
from looop_gui.model.mapping import AttributeMapping, MappingType, SynchronizationSchema
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction
from looop_gui.setup.default_mappings import default_schema


def plan(*changes: tuple[str, str | None, str]) -> Plan:
    objects = tuple(
        PlannedObject(
            ObjectType.USER,
            f"p{number}",
            f"Person {number}",
            "object",
            ProvisioningAction.UPDATE,
            "update",
            (ModifiedProperty(*change),),
            (PlannedRequest("PATCH", f"/Users/{number}"),),
        )
        for number, change in enumerate(changes)
    )
    return Plan(
        "c",
        "C",
        "https://x",
        Dialect.ENTRA_LEGACY,
        CycleKind.INITIAL,
        datetime(2026, 11, 24, tzinfo=UTC),
        "",
        "",
        objects,
    )


def test_a_plan_without_writes_is_clean() -> None:
    assert certify(plan()).clean


@pytest.mark.parametrize(
    ("held", "wanted", "cause"),
    [
        ("aNN@X.org", "Ann@X.org", "letter case"),
        ("Ann\tLee", "Ann Lee", "blanks"),
        ("+43-123456", "+43 (1) 234-56", "numbers"),
        (None, "u200", "ignores the value silently"),
        ("Engineering department (Graz)", "Engineering department", "shortens or extends"),
        ("Lee, Ann", "Ann Lee", "another one"),
        ("old", "[Redact]", "another one"),
    ],
)
def test_the_cause_is_named(held: str | None, wanted: str, cause: str) -> None:
    certificate = certify(plan(("title", held, wanted)))

    assert not certificate.clean
    assert cause in certificate.changes[0].cause
    assert certificate.changes[0].proposal


def test_the_most_frequent_attribute_comes_first() -> None:
    certificate = certify(
        plan(("a", "x", "X"), ("b", "y", "Y"), ("b", "z", "Z"), ("b", "q", "Q"), ("b", "r", "R"))
    )

    assert [(c.attribute, c.count, len(c.examples)) for c in certificate.changes] == [
        ("b", 4, 3),
        ("a", 1, 1),
    ]
    assert certificate.writes == 5


def schema(mapping_type: MappingType, source: str) -> SynchronizationSchema:
    """A schema with one mapping, to title."""
    known = default_schema(Application.LOOOP)
    mapping = AttributeMapping("title", mapping_type, source)
    return replace(known, user_mapping=replace(known.user_mapping, attribute_mappings=(mapping,)))


@pytest.mark.parametrize(
    ("pairs", "words", "expression"),
    [
        ([("ann@x.org", "Ann@X.org")], "lower case", "ToLower([job])"),
        ([("ANN", "Ann")], "upper case", "ToUpper([job])"),
        ([("Ann", " Ann ")], "both ends", 'Replace([job], , "^ +| +$", , "", , )'),
        ([("A B", "A   B")], "one blank of several", 'Replace([job], , " +", , " ", , )'),
        ([("4312", "+43 (1) 2")], "only the digits", 'Replace([job], , "[^0-9]", , "", , )'),
        ([("+4312", "+43 1 2")], "its plus", 'Replace([job], , "[^0-9+]", , "", , )'),
        ([("AB", "A B")], "all blanks", "StripSpaces([job])"),
        ([("Zoe", "Zoë")], "without their marks", "NormalizeDiacritics([job])"),
        ([("Engin", "Engineer"), ("Boss", "Boss")], "to 5 characters", "Mid([job], 1, 5)"),
        (
            [("ann lee", " Ann Lee")],
            "lower case and",
            'Replace(ToLower([job]), , "^ +| +$", , "", , )',
        ),
    ],
)
def test_the_expression_makes_what_the_target_makes(
    pairs: list[tuple[str, str]], words: str, expression: str
) -> None:
    found = certify(
        plan(*(("title", held, wanted) for held, wanted in pairs)),
        schema(MappingType.DIRECT, "job"),
    ).changes[0]

    assert words in found.cause
    assert found.expression == expression
    assert expression in found.proposal
    compiled = compile_expression(found.expression)
    context = EvaluationContext(datetime(2026, 11, 24, tzinfo=UTC), Random(1))
    assert [compiled({"job": wanted}, context) for _, wanted in pairs] == [
        held for held, _ in pairs
    ]


def test_what_the_mapping_says_already_stays_inside() -> None:
    changes = plan(("Title", "ab", "AB"))

    joined = certify(changes, schema(MappingType.EXPRESSION, 'Join("", [a], [b])')).changes[0]
    fixed = certify(changes, schema(MappingType.CONSTANT, "AB")).changes[0]

    assert joined.expression == 'ToLower(Join("", [a], [b]))'
    assert fixed.expression == 'ToLower("AB")'


def test_one_value_that_does_not_fit_rules_a_normalisation_out() -> None:
    changes = plan(("title", "ab", "AB"), ("title", "cD", "CD"))

    found = certify(changes, schema(MappingType.DIRECT, "job")).changes[0]

    assert found.expression == ""
    assert "caseExact" in found.proposal


def test_a_reference_to_somebody_who_is_not_there_is_no_endless_change() -> None:
    certificate = certify(
        plan(
            ("manager", None, "not-created-731579aa39bc45c9"),
            ("members", None, "u1; not-created-731579aa39bc45c9"),
            ("title", "BOSS", "Boss"),
        )
    )

    assert [change.attribute for change in certificate.changes] == ["title"]
    assert certificate.others == ((ProvisioningAction.UPDATE, 2),)
    assert certificate.writes == 3
