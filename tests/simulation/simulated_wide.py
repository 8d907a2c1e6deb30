"""Wider schedules: a grace period, Bulk, targets without PATCH and with quirks; pauses; lost links.

Quirks are those with which everything still has to end exactly right.
"""

import asyncio
from datetime import datetime
from itertools import pairwise
from typing import Any

from looop_gui.model.connection import Connection
from looop_gui.model.job import Cycle, CycleEnd, CycleKind
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.events import Events
from looop_gui.services.provisioning import ProvisioningService
from looop_gui.store.database import FILE_NAME
from oracle import State
from simulated_between import ATTEMPTS, Operations, calm, is_quiet, trouble, writes
from simulated_engine import SimulatedEngine, SimulatedWorker, _empty_database
from simulated_schedule import Schedule, _after_cycle, _short

WIDER = 6_000_000
"""Seeds from here are for these."""

WITHOUT_PATCH = ("patch-not-advertised", "patch-not-implemented", "patch-not-routed")
PATCH_FORMS = ("lowercase-ops-only", "member-removal-by-filter-only", "patch-needs-path")
QUIRKS = (
    "conflict-as-400",
    "conflict-without-scimtype",
    "count-breaks",
    "excluded-attributes-ignored",
    "filter-username-only",
    "filter-without-and",
    "items-per-page-missing",
    "lowercase-ops-only",
    "manager-as-text",
    "member-removal-by-filter-only",
    "paging-ignored",
    "paging-never-ends",
    "patch-answers-204",
    "patch-answers-empty-200",
    "patch-needs-path",
    "schemas-missing",
    "total-results-of-page",
)
INTERVAL = 5


def widen(schedule: Schedule) -> None:
    """Draw what makes the schedule wider."""
    random, engine = schedule.random, schedule.engine
    days = random.choice((0, 0, 1, 2, 30))
    engine.configure(bulk=random.random() < 0.4, delete_grace_days=days, interval_minutes=INTERVAL)
    if days:
        engine.configure(skip_out_of_scope_deletions=False)
    quirks = random.sample(QUIRKS, random.choice((0, 0, 1, 2)))
    if random.random() < 0.3:
        # What has no PATCH has no opinion about its form.
        quirks = [one for one in quirks if one not in PATCH_FORMS]
        quirks.append(random.choice(WITHOUT_PATCH))
    for quirk in quirks:
        schedule.tenant.quirks.switch_on(quirk)
    # Whoever has one of them fails, or is left as she is, where writes may not be adapted.
    if quirks:
        engine.configure(adapt_dialect=True)
    schedule.story.append(f"wide: {days} days, bulk {engine.settings.bulk}, {quirks}")


class _Connections:
    """The one connection, saved where the engine looks."""

    def __init__(self, engine: SimulatedEngine) -> None:
        self._engine = engine

    async def get(self, _connection_id: str) -> Connection:
        return self._engine.connection

    async def list(self) -> list[Connection]:
        return [self._engine.connection]

    async def update(self, connection: Connection) -> Connection:
        self._engine.settings = connection.settings
        return connection

    async def token_of(self, _connection: Connection) -> None:
        return None


class _Worker:
    """The store of the engine, which may be opened anew."""

    def __init__(self, engine: SimulatedEngine) -> None:
        self._engine = engine

    async def run(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return await SimulatedWorker(self._engine.open()).run(function, *args, **kwargs)


class _Scheduled:
    """The engine as the schedule starts it; the oracle sees every cycle."""

    def __init__(self, operations: Operations) -> None:
        self.began: list[Cycle] = []
        self.times: list[tuple[datetime, datetime]] = []
        self._operations = operations

    async def run_cycle(self, order: CycleOrder, _tell: Any) -> Cycle:
        operations = self._operations
        schedule = operations.schedule
        users, before = set(schedule.tenant.everything("/Users")), operations.before()
        began = schedule.clock.now()
        cycle = await schedule.engine.cycle(order.kind)
        self.times.append((began, schedule.clock.now()))
        assert cycle is not None
        operations.note(before)
        operations.tell(f"by itself {schedule.tenant.faults.texts} {_short(cycle)}")
        self.began.append(cycle)
        _after_cycle(schedule, cycle, users)
        return cycle

    async def stop(self, _connection_id: str) -> None:
        """Nothing is stopped."""

    async def close(self) -> None:
        """Nothing is open."""


async def pause(operations: Operations) -> None:
    """Started, cycles begin by themselves; paused, none does, whatever passes; resumed, at once."""
    schedule, engine = operations.schedule, operations.schedule.engine
    latest = operations.latest()
    if latest is not None and latest.ended is None:
        return
    if schedule.faulty:
        trouble(operations)
    scheduled = _Scheduled(operations)
    service = _service(operations, scheduled)
    service.start_schedule()
    await service.set_provisioning(engine.connection.id, True)
    await schedule.clock.sleep(60 * INTERVAL * 2.5)
    await _idle(service, schedule)
    _check_interval(scheduled.times)
    await service.set_provisioning(engine.connection.id, False)
    await calm(operations)
    ran, before = len(scheduled.began), operations.content()
    for restarts in (False, True):
        if restarts:
            await service.close()
            service = _service(operations, scheduled)
            service.start_schedule()
        operations.tell(f"paused: {schedule.company.edit()}")
        await schedule.clock.sleep(60 * INTERVAL * 2)
    assert len(scheduled.began) == ran, "a cycle began though the connection was paused"
    assert operations.content() == before, "something was written though it was paused"
    watermark = engine.job.watermark
    began = schedule.clock.now()
    await service.set_provisioning(engine.connection.id, True)
    await _idle(service, schedule)
    resumed = scheduled.began[ran]
    at_once = (scheduled.times[ran][0] - began).total_seconds() < 1
    assert at_once, "resuming has not begun a cycle at once"
    goes_on = watermark is not None and resumed.ended_by is CycleEnd.COMPLETED
    assert not goes_on or resumed.kind is CycleKind.INCREMENTAL, "it has not gone on"
    await service.set_provisioning(engine.connection.id, False)
    await service.close()
    await calm(operations)


def _service(operations: Operations, scheduled: _Scheduled) -> ProvisioningService:
    engine: Any = operations.schedule.engine

    async def schema_of(_connection_id: str) -> Any:
        return engine.schema

    connections: Any = _Connections(engine)
    worker: Any = _Worker(engine)
    started: Any = scheduled
    clock: Any = operations.schedule.clock
    return ProvisioningService(started, connections, schema_of, worker, Events(), clock)


async def _idle(service: ProvisioningService, schedule: Schedule) -> None:
    """Wait until no cycle runs."""
    while running := tuple(service._running.values()):
        await asyncio.wait(running)
    await schedule.clock.sleep(0)


def _check_interval(times: list[tuple[datetime, datetime]]) -> None:
    """An interval lies between two starts, at least; more only where a cycle took longer."""
    assert times, "turned on, no cycle has begun"
    interval = 60 * INTERVAL
    for (began, ended), (later, _) in pairwise(times):
        apart, took = (later - began).total_seconds(), (ended - began).total_seconds()
        assert interval - 1 <= apart <= max(interval, took) + 11, f"{apart} s between two starts"


async def lost_database(operations: Operations) -> None:
    """With a new database everybody is found again: nobody is made twice, nothing changes."""
    schedule, engine = operations.schedule, operations.schedule.engine
    if engine.job.watermark is None:
        return
    engine.restart()  # it writes managers who came into the scope, as a new database does
    if not await is_quiet(operations):
        return
    before, tenant = operations.content(), schedule.tenant
    engine.close()
    for path in engine.folder.glob(f"{FILE_NAME}*"):
        path.unlink()
    (engine.folder / FILE_NAME).write_bytes(_empty_database())
    (engine.folder / FILE_NAME).chmod(0o600)
    operations.runs.clear()
    operations.touched = ""
    _forget_links(operations)
    for attempt in range(ATTEMPTS):
        kill_at = trouble(operations) if attempt == 0 else 0
        faults, users = list(tenant.faults.texts), set(tenant.everything("/Users"))
        began = operations.before()
        cycle = await engine.cycle(kill_at=kill_at)
        operations.note(began)
        operations.tell(f"a new database {kill_at} {faults} {_short(cycle)}")
        await calm(operations)
        _after_cycle(schedule, cycle, users)
        sender = engine.sender
        made = [one for one in writes(sender) if one.method == "POST"] if sender else []
        assert faults or not made, f"found again, yet {made[0]} was sent"
        if cycle is not None and cycle.ended_by is CycleEnd.COMPLETED and not engine.escrows():
            break
    after = operations.content()
    schedule.oracle.lost -= {link.target_id for link in engine.links().values()}
    changed = [one for one in before.keys() | after.keys() if before.get(one) != after.get(one)]
    told = [(before.get(one), after.get(one)) for one in changed]
    assert not changed, f"a new database has changed the target: {told}"


def _forget_links(operations: Operations) -> None:
    """Nobody is managed any more who is not found again; what is held in the target stays."""
    schedule = operations.schedule
    company, oracle = schedule.company, schedule.oracle
    known = company.people.keys() | company.groups.keys()
    for source_id, states in oracle.beliefs.items():
        table = _LEFT if source_id in known else _GONE
        oracle.beliefs[source_id] = {table.get(one, one) for one in states}
    oracle.since.clear()
    everything = schedule.tenant.everything("/Users") | schedule.tenant.everything("/Groups")
    oracle.lost |= everything.keys()
    assert schedule.local_members is not None
    for group_id, group in schedule.tenant.everything("/Groups").items():
        held = {member["value"] for member in group.get("members", ())}
        schedule.local_members.setdefault(group_id, set()).update(held)


_LEFT = {
    State.ACTIVE: State.LEFT_ACTIVE,
    State.DISABLED: State.LEFT_DISABLED,
    State.LEAVING: State.LEFT_DISABLED,
}
_GONE = {
    **{State.ACTIVE: State.ORPHAN_ACTIVE, State.LEFT_ACTIVE: State.ORPHAN_ACTIVE},
    **{State.DISABLED: State.ORPHAN_DISABLED, State.LEFT_DISABLED: State.ORPHAN_DISABLED},
    State.LEAVING: State.ORPHAN_DISABLED,
}

WIDE_OPERATIONS = (pause, pause, lost_database)
