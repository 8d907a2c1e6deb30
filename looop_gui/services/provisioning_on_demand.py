"""Provision on demand: one object now, with every step to see (section h).

A group goes with up to five of its members, if it is told which: each of them is provisioned first,
with steps of its own, and then added; the other members stay as they are. The target is asked first
whether it answers at all, as Entra's first step does, which is shown only when it fails.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from msgspec import structs

from looop_gui.engine.adapting import learn_ways
from looop_gui.engine.conversation import ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.cycle import CycleInput, plan_cycle
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.failure import defect_failure
from looop_gui.engine.owners import Owners
from looop_gui.engine.probe import probe
from looop_gui.engine.provisioning import creation_hint, provision
from looop_gui.engine.record import ObjectRecord, OnStep
from looop_gui.engine.retry import PROBE_POLICY
from looop_gui.engine.rules import ConnectionRules, compile_rules
from looop_gui.engine.view import CycleView
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.connection import Connection, Dialect
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.errors import ConfigurationError, CredentialsError, TargetError
from looop_gui.model.job import CycleKind
from looop_gui.model.provisioning_log import (
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    WireExchange,
)
from looop_gui.services.cycle_asking import Asking, StoppedError
from looop_gui.services.cycle_blocks import links_after
from looop_gui.services.cycle_entry import log_entry, summary
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.services.cycle_parts import new_guid
from looop_gui.services.cycle_resuming import (
    StoredState,
    load_state,
    may_have_written,
    only_uncertain,
    peek_state,
    unfinished_work,
)
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.on_demand_journal import is_in_doubt, standing_in
from looop_gui.services.on_demand_sender import OnDemandRehearsal
from looop_gui.services.request_pace import pace_of
from looop_gui.store.database import Database
from looop_gui.store.links import delete_links, save_links
from looop_gui.store.on_demand_intents import Intent, begin_on_demand, drop_on_demand
from looop_gui.store.provisioning_log import append_entries, read_entry

MOST_MEMBERS = 5
"""How many members may go with a group (section h)."""

OnEntry = Callable[[ProvisioningLogEntry], None]
"""Told of each member's entry, before the group's own is given."""


def on_demand_dialect(connection: Connection) -> Dialect:
    """The dialect of provision on demand.

    Entra ignores the flag aadOptscim062020 there (section g.7, documented). So does this tool where
    the connection's writes may not be adapted, so as to fail where Entra fails; elsewhere on demand
    writes as a cycle does, so that what is seen here is what a cycle will send.
    """
    target, strict = connection.target, not connection.settings.adapt_dialect
    if target.dialect is Dialect.ENTRA_COMPLIANT and strict:
        return Dialect.ENTRA_LEGACY
    return target.dialect


@dataclass(frozen=True, slots=True)
class OnDemandOrder:
    """Whom to provision. `members` are those that go with a group; None is all it has.

    Without `write` it is said what would happen, and no trace is left. `dialect` None is the one of
    `on_demand_dialect`. `draft` says that the configuration is not saved: what is written so is
    looked at again by the next cycle, which does what the saved one says.
    """

    source_id: str
    write: bool
    members: tuple[str, ...] | None = None
    dialect: Dialect | None = None
    draft: bool = False


async def provision_on_demand(
    setting: CycleSetting,
    order: OnDemandOrder,
    *,
    on_step: OnStep | None = None,
    on_entry: OnEntry | None = None,
) -> ProvisioningLogEntry:
    """Provision one object; the entry of a group comes after those of its chosen members.

    `on_step` is told of each step as it happens; the entry repeats them all.

    Raises ConfigurationError when the source has no such object or the members cannot go with it,
    TargetError and CredentialsError when the target does not answer, StoreBusyError while a cycle
    of this connection runs, SourceError, StoreError.
    """
    lock = cycle_lock(setting.data_folder, setting.connection) if order.write else nullcontext()
    with lock:
        return await _provisioned(setting, order, on_step, on_entry)


async def _provisioned(
    setting: CycleSetting, order: OnDemandOrder, on_step: OnStep | None, on_entry: OnEntry | None
) -> ProvisioningLogEntry:
    connection, clock = setting.connection, setting.clock
    dialect = order.dialect or on_demand_dialect(connection)
    rules = compile_rules(setting.schema, connection.settings, dialect, connection.name)
    load = load_state if order.write else peek_state
    state = await setting.worker.run(load, connection.id)
    snapshot = await asyncio.to_thread(setting.read_source, connection, setting.data_folder)
    tasks = _tasks(setting, order, rules, state, snapshot)
    async with setting.open_target(connection, setting.token) as sender:
        rehearsal = OnDemandRehearsal(sender, clock, connection.target.tenant_url)
        asking = Asking(
            sender if order.write else rehearsal,
            clock,
            setting.random,
            pace=pace_of(connection, writes=order.write),
        )
        await _test(asking, rules, new_guid(setting.random))
        demand = _Demand(setting, order, state, rules, asking, on_step)
        await demand.learn()
        for task, following in pairwise((*tasks, None)):
            entry = await demand.provision(task) if task is not None else None
            if entry is not None and following is None:
                return entry
            if entry is not None and on_entry is not None:
                on_entry(entry)
    raise AssertionError("There is always one task.")


def _tasks(
    setting: CycleSetting,
    order: OnDemandOrder,
    rules: ConnectionRules,
    state: StoredState,
    snapshot: DirectorySnapshot,
) -> list[ObjectTask]:
    """The chosen members, then the object itself. Raises ConfigurationError."""
    now = setting.clock.now()
    given = CycleInput(
        snapshot=snapshot,
        links=state.links,
        watermark=None,
        # Who may have been created already is looked for under the names of then as well.
        escrows={key: one for key, one in state.escrows.items() if one.unsure},
        rules=rules,
        scope=CycleScope(rules, snapshot),
        now=now,
        began=min(now, state.journal.since or now),
        unfinished=unfinished_work(only_uncertain(state.journal)),
    )
    last = _only_task(given, order.source_id)
    if order.members is None:
        return [last]
    members = _checked_members(snapshot, order)
    last = structs.replace(last, chosen_members=frozenset(members))
    return [*(_only_task(given, member) for member in members), last]


def _checked_members(snapshot: DirectorySnapshot, order: OnDemandOrder) -> tuple[str, ...]:
    members = tuple(dict.fromkeys(order.members or ()))
    if order.source_id not in snapshot.groups:
        raise ConfigurationError(
            "Members can be chosen for a group only.", safe="Nothing was sent."
        )
    if len(members) > MOST_MEMBERS:
        raise ConfigurationError(
            f"{len(members)} members are chosen; at most {MOST_MEMBERS} go with a group on demand.",
            safe="Nothing was sent.",
            next_step="Choose fewer, or let a cycle provision the whole group.",
        )
    for member in members:
        if member in snapshot.groups:
            raise ConfigurationError(
                f"'{snapshot.groups[member].display_name}' is a group; a group in a group is not "
                "provisioned on demand.",
                safe="Nothing was sent.",
                next_step="Choose people.",
            )
    return members


def _found(snapshot: DirectorySnapshot, source_id: str) -> DirectoryObject:
    """One object of the source. Raises ConfigurationError when it is not there."""
    found = snapshot.users.get(source_id) or snapshot.groups.get(source_id)
    if found is None:
        raise ConfigurationError(
            f"The source directory has no object with this id: {source_id}.",
            safe="Nothing was sent.",
            next_step="Search for the person or group again. What was deleted in the source is "
            "dealt with by the next cycle.",
        )
    return found


def _only_task(given: CycleInput, source_id: str) -> ObjectTask:
    """What a cycle would do about one object. Raises ConfigurationError."""
    found = _found(given.snapshot, source_id)
    if not given.rules.of(found.object_type).enabled:
        people = found.object_type is ObjectType.USER
        raise ConfigurationError(
            f"The attribute mapping of {'people' if people else 'groups'} is not enabled.",
            safe="Nothing was sent.",
            next_step="Enable it on the page Attribute mapping.",
        )
    is_user = found.object_type is ObjectType.USER
    snapshot = replace(
        given.snapshot,
        users={source_id: found} if is_user else {},
        groups={} if is_user else {source_id: found},
        unreadable=frozenset(),
    )
    link = given.links.get(source_id)
    # One whose leaving was written already has no task; without the link it is a skip with reasons.
    for links in ({source_id: link} if link is not None else {}, {}):
        narrowed = replace(given, snapshot=snapshot, links=links)
        for task in plan_cycle(narrowed, CycleKind.INITIAL).tasks():
            return structs.replace(task, wave=0)
    raise AssertionError("An object of the source is a task of an initial cycle.")


async def _test(asking: Asking, rules: ConnectionRules, identifier: str) -> None:
    """Step 1: does the target answer? Raises TargetError, CredentialsError."""
    failure = await asking.converse(
        probe(rules, ObjectType.USER, identifier), lambda _exchange: None, PROBE_POLICY
    )
    if failure is not None:
        kind = CredentialsError if failure.credentials else TargetError
        raise kind(
            f"Test connection failed. {failure.sentence}",
            safe="Nothing was sent about anybody.",
            next_step="Test Connection in the settings shows which part fails.",
        )


class _Demand:
    """Provisions one object after the other with the same state; a later one sees the links of
    those before it, also in a dry run, where they are pretended."""

    def __init__(
        self,
        setting: CycleSetting,
        order: OnDemandOrder,
        state: StoredState,
        rules: ConnectionRules,
        asking: Asking,
        on_step: OnStep | None,
    ) -> None:
        self._setting = setting
        self._order = order
        self._state = state
        self._asking = asking
        self._links = dict(state.links)
        self._owners = Owners(self._links.values())
        now = setting.clock.now()
        context = EvaluationContext(now, setting.random)
        self._view = CycleView(
            rules, self._links, context, now, owners=self._owners, on_step=on_step
        )
        self._view.adapt(state.job.adaptation)

    async def learn(self) -> None:
        """Ask whether the target has PATCH, unless a cycle has done so."""
        await self._asking.converse(learn_ways(self._view), lambda _exchange: None)

    async def provision(self, task: ObjectTask) -> ProvisioningLogEntry:
        """Both passes over one object; stored where it was really written."""
        setting, exchanges = self._setting, list[WireExchange]()
        time, began = setting.clock.now(), setting.clock.monotonic()
        intent = await self._intend(task, time) if self._order.write else None
        try:
            outcome = await self._outcome(task, exchanges)
        except TargetError as unanswered:
            if intent is not None and not may_have_written(unanswered, exchanges):
                await setting.worker.run(drop_on_demand, intent)
            raise
        entry = log_entry(
            outcome,
            connection_id=setting.connection.id,
            cycle_id="",
            time=time,
            milliseconds=(setting.clock.monotonic() - began) * 1000,
            exchanges=exchanges,
        )
        if intent is None:
            return entry
        if self._order.draft and outcome.link is not None:
            outcome = structs.replace(outcome, link=structs.replace(outcome.link, source_digest=""))
        known = None if is_in_doubt(outcome, exchanges) else intent
        return await setting.worker.run(_store, self._state, outcome, entry, known)

    async def _intend(self, task: ObjectTask, began: datetime) -> Intent:
        """Put on the disk that the object may be written from now on. Raises StoreError."""
        setting = self._setting
        row = standing_in(new_guid(setting.random), setting.connection.id, began)
        hint = creation_hint(task, self._view)
        job = self._state.job.number
        return await setting.worker.run(begin_on_demand, job, row, task.source_id, hint)

    async def _outcome(self, task: ObjectTask, exchanges: list[WireExchange]) -> ObjectOutcome:
        outcomes: list[ObjectOutcome] = []
        for which in Pass:
            outcome = await self._conversed(task, which, exchanges)
            if outcome is not None:
                outcomes.append(outcome)
                self._take(outcome)
            if outcome is None or outcome.failed or not outcome.references_left:
                break
        return _merged(outcomes)

    async def _conversed(
        self, task: ObjectTask, which: Pass, exchanges: list[WireExchange]
    ) -> ObjectOutcome | None:
        """One pass; a defect of ours fails this object, as it would in a cycle."""
        conversation = provision(task, which, self._view)
        try:
            return await self._asking.converse(conversation, exchanges.append)
        except StoppedError:
            raise TargetError(
                self._asking.unanswered,
                safe="What was written before is recorded.",
                next_step="Try again when the target answers.",
            ) from None
        except Exception as defect:  # noqa: BLE001 - the border of a cycle, for one object
            return ObjectRecord(task, ProvisioningAction.OTHER).failed(defect_failure(defect))

    def _take(self, outcome: ObjectOutcome) -> None:
        source_id, link = outcome.task.source_id, outcome.link
        self._links.pop(outcome.taken_from, None)
        if outcome.unlink:
            self._links.pop(source_id, None)
        elif link is not None:
            self._links[source_id] = link
            self._owners.put(link)


def _merged(outcomes: Sequence[ObjectOutcome]) -> ObjectOutcome:
    """Both passes as one outcome; the first says what was done, unless it was nothing."""
    first, last = outcomes[0], outcomes[-1]
    if len(outcomes) == 1:
        return first
    main = last if first.status is ProvisioningStatus.SKIPPED or last.failed else first
    return structs.replace(
        main,
        steps=first.steps + last.steps,
        modified_properties=first.modified_properties + last.modified_properties,
        link=last.link or first.link,
        target_name=first.target_name or last.target_name,
    )


def _store(
    database: Database,
    state: StoredState,
    outcome: ObjectOutcome,
    entry: ProvisioningLogEntry,
    known: Intent | None,
) -> ProvisioningLogEntry:
    """`known` is the intent, where it is known what became of it."""
    job = state.job.number
    links, broken = links_after(state.links, outcome)
    with database.transaction() as connection:
        delete_links(connection, job, broken)
        save_links(connection, job, links, state.links)
        key, _ = append_entries(connection, job, 0, [(entry, summary(outcome))])
        if known is not None:
            known.drop(connection)
    return read_entry(database, key) or entry
