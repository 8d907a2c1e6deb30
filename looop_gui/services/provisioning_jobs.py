"""The state of a job as the store has it, and the resets that change it (sections f.9, f.10)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from looop_gui.model.connection import Connection
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import (
    SHOWN,
    Adaptation,
    Cycle,
    Escrow,
    JobState,
    JobStatus,
    ResetScope,
)
from looop_gui.services.leaving import read_leaving
from looop_gui.store.cycles import recent_cycles
from looop_gui.store.database import Database
from looop_gui.store.escrows import count_escrows, delete_escrows, load_escrows, save_escrows
from looop_gui.store.jobs import (
    StoredJob,
    load_job,
    open_job,
    save_adaptation,
    save_guard,
    save_quarantine,
    save_schedule,
    save_watermark,
)
from looop_gui.store.journal import keep_unsure
from looop_gui.store.links import count_links, delete_all_links

ADAPTED = "adapted"
"""The key in `JobState.extra` of how the target made the job write: some of "rfc7644", "put",
"pathless", "patched_groups" and "reference", with a comma between."""

HELD_BACK = "heldBack"
"""The key in `JobState.extra` of what a guard held back; with it, that can be allowed once."""


def read_job(database: Database, connection: Connection) -> JobState:
    """The state of a connection's job. Raises StoreError."""
    job = load_job(database, connection.id)
    if job is None:
        return JobState(connection.id, JobStatus.NOT_RUN)
    latest = recent_cycles(database, connection.id, limit=2)
    running = next((cycle for cycle in latest if cycle.ended is None), None)
    last = next((cycle for cycle in latest if cycle.ended is not None), None)
    links = count_links(database, job.number)
    leaving = read_leaving(database, connection)
    return JobState(
        connection_id=connection.id,
        status=_status(connection, job, latest),
        watermark=job.watermark,
        quarantine=job.quarantine,
        last_cycle=last,
        running_cycle=running,
        next_cycle=_next_cycle(job, connection),
        linked_users=links.get(ObjectType.USER, 0),
        linked_groups=links.get(ObjectType.GROUP, 0),
        escrows=count_escrows(database, job.number),
        extra=_extra(job),
        leaving=len(leaving),
        next_deletion=leaving[0].until if leaving else None,
        drift_checked=job.drift_checked,
        drift_found=job.drift_found,
        drift_cycle=job.drift_cycle,
    )


def set_schedule(
    database: Database,
    connection_id: str,
    next_cycle: datetime | None,
    *,
    lift_quarantine: bool = False,
) -> None:
    """Store when the next cycle starts; starting lifts a quarantine (section f.9)."""
    job = open_job(database, connection_id)
    with database.transaction() as connection:
        save_schedule(connection, job.number, paused=next_cycle is None, next_cycle=next_cycle)
        if lift_quarantine:
            save_quarantine(connection, job.number, None)


RESTART = frozenset({ResetScope.ESCROWS, ResetScope.WATERMARK, ResetScope.QUARANTINE_STATE})
"""What the portal's Restart forgets: everything but the links."""


def reset_job(database: Database, connection_id: str, *, full: bool) -> None:
    """Clear quarantine, watermark and escrows; `full` breaks the links, too (section f.9)."""
    reset_parts(database, connection_id, frozenset({ResetScope.FULL}) if full else RESTART)


def reset_parts(database: Database, connection_id: str, scopes: frozenset[ResetScope]) -> None:
    """Forget these parts of a job (section f.9).

    Which creates may have arrived is not forgotten: nobody is to get a second account.
    """
    job = open_job(database, connection_id)
    escrows = load_escrows(database, job.number)
    full = ResetScope.FULL in scopes
    # Without links everybody is matched anew, which only an initial cycle does.
    initial = full or not scopes.isdisjoint((ResetScope.WATERMARK, ResetScope.CONNECTOR_DATA_STORE))
    with database.transaction() as connection:
        if initial:
            save_watermark(connection, job.number, None)
            kept = Adaptation.NONE if full else job.adaptation & SHOWN
            save_adaptation(connection, job.number, kept)
        if full or ResetScope.QUARANTINE_STATE in scopes:
            save_quarantine(connection, job.number, None)
        if full or ResetScope.ESCROWS in scopes:
            keep_unsure(connection, job.number, escrows.values())
            delete_escrows(connection, job.number)
        if full or ResetScope.CONNECTOR_DATA_STORE in scopes:
            delete_all_links(connection, job.number)


def forget_held_back(database: Database, connection_id: str, token: str) -> None:
    """Forget what a guard held back; the quarantine stays until provisioning is started.

    Raises ConfigurationError when something else than `token` says is held back, or nothing.
    """
    job = open_job(database, connection_id)
    if not job.guard_token:
        raise ConfigurationError("No guard holds anything back.", safe="Nothing was changed.")
    if job.guard_token != token:
        raise ConfigurationError(
            "What the guards hold back is not what this token stands for.",
            safe="Nothing was rejected.",
            next_step=f"Look at the list again; its token is {job.guard_token}.",
        )
    with database.transaction() as connection:
        save_guard(connection, job.number, "")
        save_schedule(connection, job.number, paused=True, next_cycle=None)


def forget_adaptation(database: Database, connection_id: str) -> None:
    """Forget what the target made the job do; the next cycle finds it out again."""
    job = open_job(database, connection_id)
    with database.transaction() as connection:
        save_adaptation(connection, job.number, job.adaptation & SHOWN)


def read_waiting(database: Database, connection_id: str) -> list[Escrow]:
    """The objects that failed and wait to be tried again, the next one first. Raises StoreError."""
    job = load_job(database, connection_id)
    escrows = load_escrows(database, job.number).values() if job is not None else ()
    return sorted(escrows, key=lambda escrow: (escrow.next_attempt, escrow.source_id))


def make_due(
    database: Database, connection_id: str, source_ids: Collection[str], now: datetime
) -> list[Escrow]:
    """Let the next cycle try these objects, whenever it is; gives those that were waiting."""
    job = open_job(database, connection_id)
    chosen = [one for one in read_waiting(database, connection_id) if one.source_id in source_ids]
    due = [replace(one, next_attempt=min(now, one.next_attempt)) for one in chosen]
    with database.transaction() as connection:
        save_escrows(connection, job.number, due)
    return due


def _next_cycle(job: StoredJob, connection: Connection) -> datetime | None:
    """A job in quarantine is tried at the quarantine's own, slower times (section f.7)."""
    if job.quarantine is not None and connection.settings.provisioning_on:
        return job.quarantine.next_attempt
    return job.next_cycle


def _extra(job: StoredJob) -> dict[str, str]:
    extra = {HELD_BACK: job.guard_token} if job.guard_token else {}
    if ways := job.adaptation & ~(Adaptation.ASKED | SHOWN):
        extra[ADAPTED] = ", ".join(str(one.name).lower() for one in ways)
    return extra


def _status(connection: Connection, job: StoredJob, latest: list[Cycle]) -> JobStatus:
    if job.quarantine is not None:
        return JobStatus.QUARANTINE
    if not latest:
        return JobStatus.NOT_RUN
    return JobStatus.ACTIVE if connection.settings.provisioning_on else JobStatus.PAUSED
