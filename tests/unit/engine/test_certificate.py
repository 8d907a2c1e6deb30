"""The no-op certificate names the attribute, what the target makes of it, and what to do."""

from datetime import UTC, datetime

import pytest

from looop_gui.engine.certificate import certify
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction


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
        ("ann@x.org", "Ann@X.org", "letter case"),
        ("Ann Lee", " Ann  Lee", "blanks"),
        ("+43123456", "+43 (1) 234-56", "numbers"),
        (None, "u200", "does not return"),
        ("Engineer", "Engineering department", "shortens"),
        ("Lee, Ann", "Ann Lee", "another value"),
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
