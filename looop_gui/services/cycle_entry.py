"""Makes the entry of the provisioning log, and its one-line summary, from an outcome."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import structs

from looop_gui.engine.conversation import ObjectOutcome
from looop_gui.engine.skip_cause import skip_cause
from looop_gui.model.provisioning_log import (
    ProvisioningLogEntry,
    ProvisioningStatus,
    WireExchange,
)

SHOWN_PROPERTIES = 3


def log_entry(
    outcome: ObjectOutcome,
    *,
    connection_id: str,
    cycle_id: str,
    time: datetime,
    milliseconds: float,
    exchanges: Sequence[WireExchange],
) -> ProvisioningLogEntry:
    """The entry; its id is given by the store."""
    task = outcome.task
    entry = ProvisioningLogEntry(
        id="",
        time=time,
        connection_id=connection_id,
        cycle_id=cycle_id,
        object_type=task.object_type,
        action=outcome.action,
        status=outcome.status,
        source_id=task.source_id,
        source_name=task.source_name,
        target_id=outcome.target_id,
        target_name=outcome.target_name,
        duration_milliseconds=round(milliseconds, 1),
        steps=outcome.steps,
        modified_properties=outcome.modified_properties,
        error=outcome.error,
        skip_reason=outcome.skip_reason,
        exchanges=tuple(exchanges),
    )
    if entry.status is not ProvisioningStatus.SKIPPED:
        return entry
    return structs.replace(entry, cause=skip_cause(entry))


def summary(outcome: ObjectOutcome) -> str:
    """What happened in a few words: the reason, or the attributes that were written."""
    if outcome.status in (ProvisioningStatus.FAILURE, ProvisioningStatus.SKIPPED):
        return outcome.error.reason if outcome.error else ""
    return _named(tuple([item.display_name for item in outcome.modified_properties]))


@lru_cache(maxsize=1_024)
def _named(properties: tuple[str, ...]) -> str:
    """The first of the attributes that were written; the same for most objects of a cycle."""
    names = list(dict.fromkeys(properties))
    short = [name.rpartition(":")[2] or name for name in names[:SHOWN_PROPERTIES]]
    more = len(names) - SHOWN_PROPERTIES
    return ", ".join(short) + (f" and {more} more" if more > 0 else "")
