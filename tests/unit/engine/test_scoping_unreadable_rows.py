"""Somebody whose row cannot be read has not left: nothing is deleted, nothing changed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from looop_gui.engine.cycle import CycleInput, plan_cycle
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.decisions import Decision
from looop_gui.engine.rules import compile_rules
from looop_gui.model.connection import Application, ConnectionSettings, Dialect
from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.model.job import CycleKind, Link
from looop_gui.setup.default_mappings import default_schema


@pytest.mark.parametrize("kind", CycleKind)
@pytest.mark.parametrize(
    ("given", "decisions"),
    [
        ({}, [Decision.DELETE]),
        ({"unreadable": frozenset({"ann"})}, []),
        ({"unreadable": frozenset({"bob"})}, [Decision.DELETE]),
        ({"nameless": frozenset({"ann lee", "a@b.c"})}, []),
        ({"nameless": frozenset({"bob lee"})}, [Decision.DELETE]),
        ({"incomplete": frozenset({ObjectType.USER})}, []),
        ({"incomplete": frozenset({ObjectType.GROUP})}, [Decision.DELETE]),
    ],
)
def test_only_people_who_are_really_gone_are_deleted(
    kind: CycleKind, given: dict[str, Any], decisions: list[Decision]
) -> None:
    rules = compile_rules(
        default_schema(Application.LOOOP), ConnectionSettings(), Dialect.ENTRA_LEGACY, "Looop"
    )
    snapshot = DirectorySnapshot({}, {}, (), "digest", **given)
    work = plan_cycle(
        CycleInput(
            snapshot=snapshot,
            links={"ann": Link("ann", "t1", ObjectType.USER, "Ann Lee")},
            watermark=None,
            escrows={},
            rules=rules,
            scope=CycleScope(rules, snapshot),
            now=datetime(2026, 11, 24, tzinfo=UTC),
            began=datetime(2026, 11, 24, tzinfo=UTC),
        ),
        kind,
    )
    assert [task.decision for task in work.tasks()] == decisions
