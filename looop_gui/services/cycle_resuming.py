"""The stored state from which a cycle starts, and what a cycle that was cut off leaves to do."""

import asyncio
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from looop_gui.engine.conversation import ObjectTask, Pass
from looop_gui.engine.unfinished import NOTHING_UNFINISHED, Unfinished
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import HINTS_APART, Cycle, CycleKind, Escrow, Link
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.services.cycle_blocks import REFERENCES_LEFT
from looop_gui.services.cycle_counts import OutcomeCounts
from looop_gui.store.cycles import cycle_configuration, running_cycle
from looop_gui.store.database import Database
from looop_gui.store.escrows import load_escrows
from looop_gui.store.jobs import StoredJob, load_job, open_job
from looop_gui.store.journal import JournalState, joined_hints, load_journal
from looop_gui.store.links import load_links

NO_RESULT = "none"
NO_JOURNAL = JournalState({}, {})


@dataclass(frozen=True, slots=True)
class StoredState:
    """A job as a cycle finds it; `cut_off` is the number and row of a cycle without an end."""

    job: StoredJob
    links: dict[str, Link]
    escrows: dict[str, Escrow]
    cut_off: tuple[int, Cycle] | None
    journal: JournalState
    cut_off_configuration: str = ""


def load_state(database: Database, connection_id: str) -> StoredState:
    """The state of a connection's job; the job is made when there is none. Raises StoreError."""
    job = open_job(database, connection_id)
    cut_off = running_cycle(database, connection_id)
    return StoredState(
        job=job,
        links=load_links(database, job.number),
        escrows=load_escrows(database, job.number),
        cut_off=cut_off,
        journal=load_journal(database, job.number, cut_off[0] if cut_off is not None else None),
        cut_off_configuration=cycle_configuration(database, cut_off[0]) if cut_off else "",
    )


def peek_state(database: Database, connection_id: str) -> StoredState:
    """The state of a connection's job without making one; for a dry run. Raises StoreError."""
    job = load_job(database, connection_id)
    if job is None:
        nothing = StoredJob(0, connection_id, None, None, paused=False, next_cycle=None)
        return StoredState(nothing, {}, {}, None, NO_JOURNAL)
    return StoredState(
        job=job,
        links=load_links(database, job.number),
        escrows=load_escrows(database, job.number),
        cut_off=None,
        journal=only_uncertain(load_journal(database, job.number, None)),
    )


def is_outdated(state: StoredState, kind: CycleKind, configuration_digest: str) -> bool:
    """True when the cut-off cycle cannot be gone on with: what is due now is another one."""
    if state.cut_off is None:
        return False
    cycle = state.cut_off[1]
    if state.cut_off_configuration != configuration_digest:
        return True
    return kind is CycleKind.INITIAL and cycle.kind is CycleKind.INCREMENTAL


def outdated_sentence(cycle: Cycle) -> str:
    """How a cycle ended that was cut off and is not gone on with."""
    if cycle.kind is CycleKind.UNDO:
        return "The undo was cut off. Undone again, it leaves what was put back already as it is."
    return "The cycle was cut off, and the configuration has changed since."


def only_uncertain(journal: JournalState) -> JournalState:
    """What of a journal a new cycle must know: whom the old one was working on."""
    return JournalState({}, journal.pending, journal.since)


def unfinished_work(journal: JournalState) -> Unfinished:
    """What the journal of a cut-off cycle says was done, and what may have been."""
    if not journal.results and not journal.pending:
        return NOTHING_UNFINISHED
    objects = journal.results.get(Pass.OBJECT, {})
    return Unfinished(
        done=frozenset(objects),
        references_left=frozenset(
            source_id for source_id, result in objects.items() if result.endswith(REFERENCES_LEFT)
        ),
        references_done=frozenset(journal.results.get(Pass.REFERENCES, {})),
        uncertain=journal.pending.get(Pass.OBJECT, {}),
        references_uncertain=frozenset(journal.pending.get(Pass.REFERENCES, ())),
    )


def may_have_written(end: BaseException, exchanges: Iterable[WireExchange]) -> bool:
    """True when a conversation that was ended early may have written; `exchanges` were answered.

    One that was cancelled may have a write under way.
    """
    cancelled = isinstance(end, asyncio.CancelledError)
    return cancelled or any(exchange.method != "GET" for exchange in exchanges)


def unsure_hints(task: ObjectTask, which: Pass) -> str | None:
    """By what that can be found which an earlier attempt may have created, for a task left out.

    None when no attempt of this pass may have arrived: nothing has to be remembered then.
    """
    if which is Pass.REFERENCES:
        return "" if task.references_uncertain else None
    if task.unsure is None:
        return "" if task.uncertain else None
    return HINTS_APART.join(f"{task.object_type} {value}" for value in task.unsure.values)


def recount(counts: OutcomeCounts, journal: JournalState) -> None:
    """Count again what a cut-off cycle had counted."""
    for which in (Pass.OBJECT, Pass.REFERENCES):
        words = {**journal.reopened.get(which, {}), **journal.results.get(which, {})}
        for source_id, result in words.items():
            kind, _, word = result.removesuffix(REFERENCES_LEFT).partition(" ")
            if word != NO_RESULT:
                counts.add_word(ObjectType(kind), source_id, word)


def unknown_outcomes(
    journal: JournalState,
    interrupted: Mapping[str, Mapping[str, str]],
    settled: Mapping[str, set[str]],
    failed: Container[str] | None = None,
) -> dict[str, dict[str, str]]:
    """Whose writes may have arrived at the end of a cycle: from before and not settled, or now.

    A cycle that completed has settled everybody but those that `failed`.
    """
    unknown: dict[str, dict[str, str]] = {}
    for which in Pass:
        done = settled.get(which, set())
        before = journal.pending.get(which, {})
        unknown[which] = {
            key: hint
            for key, hint in before.items()
            if key not in done and (failed is None or key in failed)
        }
        for key, hint in interrupted.get(which, {}).items():
            unknown[which][key] = joined_hints(unknown[which].get(key, ""), hint)
    return unknown
