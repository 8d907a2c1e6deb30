"""Settings that contradict each other or the mappings."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import Application, ConnectionSettings, DriftCheck
from looop_gui.model.mapping import SynchronizationSchema, TargetObjectActions
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint_settings import lint_settings

PLAIN = default_schema(Application.LOOOP)


def without_actions(actions: TargetObjectActions) -> SynchronizationSchema:
    allowed = PLAIN.user_mapping.actions & ~actions
    return replace(PLAIN, user_mapping=replace(PLAIN.user_mapping, actions=allowed))


def without_soft_deletion() -> SynchronizationSchema:
    rows = tuple(
        row for row in PLAIN.user_mapping.attribute_mappings if "IsSoftDeleted" not in row.source
    )
    return replace(PLAIN, user_mapping=replace(PLAIN.user_mapping, attribute_mappings=rows))


@pytest.mark.parametrize(
    ("settings", "schema", "expected"),
    [
        ({}, PLAIN, []),
        ({"delete_grace_days": 30}, PLAIN, []),
        ({"delete_grace_days": 30}, None, []),
        ({"delete_grace_days": 30, "append_only": True}, None, ["grace-and-append-only"]),
        ({"delete_grace_days": 30, "append_only": True}, PLAIN, ["grace-and-append-only"]),
        ({"delete_grace_days": 30}, without_soft_deletion(), ["grace-without-disable"]),
        ({"delete_grace_days": 0}, without_soft_deletion(), []),
        (
            {"delete_grace_days": 30},
            without_actions(TargetObjectActions.UPDATE),
            ["grace-without-disable"],
        ),
        (
            {"delete_grace_days": 30},
            without_actions(TargetObjectActions.DELETE),
            ["grace-without-delete"],
        ),
        ({"drift_check": DriftCheck.REPAIR}, PLAIN, []),
        (
            {"drift_check": DriftCheck.REPAIR, "append_only": True},
            None,
            ["drift-and-append-only"],
        ),
        ({"drift_check": DriftCheck.REPORT, "append_only": True}, None, []),
        (
            {"drift_check": DriftCheck.REPAIR},
            without_actions(TargetObjectActions.UPDATE),
            ["drift-without-update"],
        ),
    ],
)
def test_what_has_no_effect_is_found(
    settings: dict[str, object], schema: SynchronizationSchema | None, expected: list[str]
) -> None:
    found = lint_settings(replace(ConnectionSettings(), **settings), schema)  # type: ignore[arg-type]

    assert [one.identifier for one in found] == expected
    assert all(one.sentence.endswith(".") for one in found)
