"""Lint of the settings: those that contradict each other, or the mappings."""

from collections.abc import Iterator

from looop_gui.expressions.findings import Severity
from looop_gui.model.connection import ConnectionSettings, DriftCheck
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import SynchronizationSchema, TargetObjectActions
from looop_gui.setup.lint_case import MappingFinding, sources_of

_IS_SOFT_DELETED = "IsSoftDeleted"


def lint_settings(
    settings: ConnectionSettings, schema: SynchronizationSchema | None = None
) -> tuple[MappingFinding, ...]:
    """What has no effect as it is set; without a schema, what can be said without one."""
    found = [*_grace(settings), *_drift(settings)]
    if schema is not None:
        found += [*_grace_of(settings, schema), *_drift_of(settings, schema)]
    return tuple(found)


def _grace(settings: ConnectionSettings) -> Iterator[MappingFinding]:
    if settings.delete_grace_days and settings.append_only:
        yield _finding(
            "grace-and-append-only",
            "Append only never deletes anything, so the grace period has no effect.",
        )


def _grace_of(
    settings: ConnectionSettings, schema: SynchronizationSchema
) -> Iterator[MappingFinding]:
    mapping = schema.mapping_of(ObjectType.USER)
    if not settings.delete_grace_days or settings.append_only or not mapping.enabled:
        return
    if TargetObjectActions.DELETE not in mapping.actions:
        yield _finding(
            "grace-without-delete",
            "The mapping does not let people be deleted, so the grace period has no effect.",
        )
        return
    disables = any(_IS_SOFT_DELETED in sources_of(row) for row in mapping.attribute_mappings)
    if not disables or TargetObjectActions.UPDATE not in mapping.actions:
        yield _finding(
            "grace-without-disable",
            "Nothing disables an account: no mapping uses IsSoftDeleted, or people may not be "
            "updated. Whoever waits for the deletion stays active until then.",
        )


def _drift(settings: ConnectionSettings) -> Iterator[MappingFinding]:
    if settings.drift_check is DriftCheck.REPAIR and settings.append_only:
        yield _finding(
            "drift-and-append-only",
            "Append only disables nobody, so an account that was enabled in the target is not "
            "disabled again by the drift check.",
        )


def _drift_of(
    settings: ConnectionSettings, schema: SynchronizationSchema
) -> Iterator[MappingFinding]:
    mapping = schema.mapping_of(ObjectType.USER)
    cannot = TargetObjectActions.UPDATE not in mapping.actions
    if settings.drift_check is DriftCheck.REPAIR and mapping.enabled and cannot:
        yield _finding(
            "drift-without-update",
            "The mapping does not let people be updated, so the drift check repairs none of them.",
        )


def _finding(identifier: str, sentence: str) -> MappingFinding:
    return MappingFinding(ObjectType.USER, "", identifier, Severity.WARNING, sentence)
