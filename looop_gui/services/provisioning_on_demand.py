"""Provision on demand: one object now, with every step to see (section h)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from looop_gui.engine.conversation import ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.cycle import CycleInput, plan_cycle
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.provisioning import provision
from looop_gui.engine.record import OnStep
from looop_gui.engine.rules import compile_rules
from looop_gui.engine.view import CycleView
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import CycleKind, Link
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus, WireExchange
from looop_gui.services.cycle_asking import Asking
from looop_gui.services.cycle_entry import log_entry, summary
from looop_gui.services.cycle_launch import CycleSetting, ceiling, cycle_lock
from looop_gui.services.cycle_rehearsal import RehearsalSender
from looop_gui.services.cycle_resuming import StoredState, load_state, peek_state
from looop_gui.store.database import Database
from looop_gui.store.links import delete_links, save_links
from looop_gui.store.provisioning_log import append_entries, read_entry


async def provision_on_demand(
    setting: CycleSetting, source_id: str, *, write: bool, on_step: OnStep | None = None
) -> ProvisioningLogEntry:
    """Provision one object; without `write`, say what would happen and leave no trace.

    `on_step` is told of each step as it happens; the entry repeats them all.

    Raises ConfigurationError when the source has no such object, StoreBusyError while a cycle of
    this connection runs, SourceError, CredentialsError, StoreError.
    """
    if not write:
        return await _provisioned(setting, source_id, write=False, on_step=on_step)
    with cycle_lock(setting.data_folder, setting.connection):
        return await _provisioned(setting, source_id, write=True, on_step=on_step)


async def _provisioned(
    setting: CycleSetting, source_id: str, *, write: bool, on_step: OnStep | None
) -> ProvisioningLogEntry:
    connection, clock = setting.connection, setting.clock
    rules = compile_rules(
        setting.schema, connection.settings, connection.target.dialect, connection.name
    )
    state = await setting.worker.run(load_state if write else peek_state, connection.id)
    snapshot = await asyncio.to_thread(setting.read_source, connection, setting.data_folder)
    now = clock.now()
    given = CycleInput(
        snapshot=_narrowed(snapshot, source_id),
        links={key: link for key, link in state.links.items() if key == source_id},
        watermark=None,
        escrows={},
        rules=rules,
        scope=CycleScope(rules, snapshot),
        now=now,
        began=now,
    )
    task = _only_task(given, source_id)
    links = dict(state.links)
    owners = {link.target_id: key for key, link in links.items()}
    context = EvaluationContext(now, setting.random)
    view = CycleView(rules, links, context, now, owners=owners, on_step=on_step)
    view.adapt(state.job.adaptation)
    exchanges: list[WireExchange] = []
    began = clock.monotonic()
    async with setting.open_target(connection, setting.token) as sender:
        asking = Asking(
            sender if write else RehearsalSender(sender),
            clock,
            setting.random,
            requests_per_second=ceiling(connection),
        )
        outcomes: list[ObjectOutcome] = []
        for which in Pass:
            outcome = await asking.converse(provision(task, which, view), exchanges.append)
            if outcome is not None:
                outcomes.append(outcome)
                if outcome.link is not None:
                    links[source_id] = outcome.link
            if outcome is None or outcome.failed or not outcome.references_left:
                break
    merged = _merged(outcomes)
    entry = log_entry(
        merged,
        connection_id=connection.id,
        cycle_id="",
        time=now,
        milliseconds=(clock.monotonic() - began) * 1000,
        exchanges=exchanges,
    )
    if not write:
        return entry
    return await setting.worker.run(_store, state, merged, entry)


def _narrowed(snapshot: DirectorySnapshot, source_id: str) -> DirectorySnapshot:
    """The snapshot with one object only. Raises ConfigurationError when it is not there."""
    person, group = snapshot.users.get(source_id), snapshot.groups.get(source_id)
    if person is None and group is None:
        raise ConfigurationError(
            "The source directory has no object with this id.",
            safe="Nothing was sent.",
            next_step="Search for the person or group again.",
        )
    return replace(
        snapshot,
        users={source_id: person} if person is not None else {},
        groups={source_id: group} if group is not None else {},
    )


def _only_task(given: CycleInput, source_id: str) -> ObjectTask:
    work = plan_cycle(given, CycleKind.INITIAL)
    for task in work.tasks():
        if task.source_id == source_id:
            return task
    kind = "people" if source_id in given.snapshot.users else "groups"
    raise ConfigurationError(
        f"The attribute mapping of {kind} is not enabled, or the object is no longer managed "
        "because it left the scope.",
        safe="Nothing was sent.",
    )


def _merged(outcomes: Sequence[ObjectOutcome]) -> ObjectOutcome:
    """Both passes as one outcome; the first says what was done, unless it was nothing."""
    first, last = outcomes[0], outcomes[-1]
    if len(outcomes) == 1:
        return first
    main = last if first.status is ProvisioningStatus.SKIPPED or last.failed else first
    return replace(
        main,
        steps=first.steps + last.steps,
        modified_properties=first.modified_properties + last.modified_properties,
        link=last.link or first.link,
        target_name=first.target_name or last.target_name,
    )


def _store(
    database: Database, state: StoredState, outcome: ObjectOutcome, entry: ProvisioningLogEntry
) -> ProvisioningLogEntry:
    job = state.job.number
    links: tuple[Link, ...] = (outcome.link,) if outcome.link is not None else ()
    with database.transaction() as connection:
        if outcome.unlink:
            delete_links(connection, job, [outcome.task.source_id])
        else:
            save_links(connection, job, links, state.links)
        key, _ = append_entries(connection, job, 0, [(entry, summary(outcome))])
    return read_entry(database, key) or entry
