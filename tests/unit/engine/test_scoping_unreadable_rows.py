"""Somebody whose row cannot be read has not left: nothing is deleted, nothing changed."""

from datetime import UTC, datetime

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
    ("unreadable", "decisions"), [(frozenset({"ann"}), []), (frozenset(), [Decision.DELETE])]
)
def test_only_people_who_are_really_gone_are_deleted(
    kind: CycleKind, unreadable: frozenset[str], decisions: list[Decision]
) -> None:
    rules = compile_rules(
        default_schema(Application.LOOOP), ConnectionSettings(), Dialect.ENTRA_LEGACY, "Looop"
    )
    snapshot = DirectorySnapshot({}, {}, (), "digest", unreadable=unreadable)
    work = plan_cycle(
        CycleInput(
            snapshot=snapshot,
            links={"ann": Link("ann", "t1", ObjectType.USER, "Ann")},
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
