"""Provisioning as a service: status, schedule, restart, quarantine, events, on demand, forecast."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import ConfigurationError, StoreBusyError, StoreFullError
from looop_gui.model.job import CycleEnd, CycleKind, JobState, JobStatus
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.services.connections import ConnectionService
from looop_gui.services.dry_runs import DryRunService
from looop_gui.services.engine_local import LocalEngine
from looop_gui.services.events import CycleProgressed, Events, JobChanged, LogAppended
from looop_gui.services.provisioning import ProvisioningService
from looop_gui.services.provisioning_log import ProvisioningLogService
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.store.tokens import TokenStore

TOKEN = "token-of-the-service-tests"


class HandClock:
    """A clock that a test sets; sleeping waits until it was set far enough."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        self._changed = asyncio.Event()
        self.sleepers = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        self.sleepers += 1
        while self._now < until:
            await self._changed.wait()
        self.sleepers -= 1

    def advance(self, **time: float) -> None:
        self._now += timedelta(**time)
        self._changed.set()
        self._changed = asyncio.Event()


@dataclass
class Office:
    connections: ConnectionService
    provisioning: ProvisioningService
    dry_runs: DryRunService
    log: ProvisioningLogService
    events: Events
    clock: HandClock
    tenant: RunningTenant
    connection: Connection

    def waiting_for(self, condition) -> "asyncio.Future[JobState]":
        """The first job state that satisfies the condition."""
        future: asyncio.Future[JobState] = asyncio.get_running_loop().create_future()

        def listen(event: JobChanged) -> None:
            if not future.done() and condition(event.state):
                future.set_result(event.state)

        self.events.subscribe(JobChanged, listen)
        return future

    async def refuse_token(self) -> None:
        await self.connections.set_token(
            self.connection.id, "another-token-altogether", TokenStorage.MEMORY
        )


@pytest.fixture
async def office(data_folder: Path) -> AsyncIterator[Office]:
    async with running_tenant(TenantOptions(token=TOKEN)) as tenant:
        clock, events = HandClock(), Events()
        worker = await StoreWorker.open(data_folder)
        connections = ConnectionService(worker, TokenStore(data_folder), events, clock)
        connection = await connections.create(
            Connection(
                "office",
                "Office",
                Application.LOOOP,
                TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
                SourceSettings(SourceType.DEMO, users=30),
                ConnectionSettings(scope=ProvisioningScope.ALL),
            ),
            TOKEN,
        )

        async def schema_of(_connection_id: str):
            return default_schema(Application.LOOOP)

        engine = LocalEngine(data_folder, worker, clock=clock)
        provisioning = ProvisioningService(
            engine,
            connections,
            schema_of,
            worker,
            events,
            clock,
        )
        log = ProvisioningLogService(worker)
        dry_runs = DryRunService(engine, provisioning.order_of)
        yield Office(connections, provisioning, dry_runs, log, events, clock, tenant, connection)
        await provisioning.close()
        await worker.close()


async def test_a_job_that_never_ran_says_so(office: Office) -> None:
    assert (await office.provisioning.job("office")).status is JobStatus.NOT_RUN


async def test_on_starts_a_cycle_and_plans_the_next(office: Office) -> None:
    ended = office.waiting_for(lambda state: state.last_cycle is not None)

    await office.provisioning.set_provisioning("office", True)
    state = await ended

    assert state.status is JobStatus.ACTIVE
    assert state.linked_users > 20
    assert state.next_cycle == office.clock.now() + timedelta(minutes=40)
    assert state.running_cycle is None


async def test_off_keeps_the_state_and_plans_nothing(office: Office) -> None:
    ended = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    await ended

    await office.provisioning.set_provisioning("office", False)
    state = await office.provisioning.job("office")

    assert state.status is JobStatus.PAUSED
    assert state.next_cycle is None
    assert state.watermark is not None


async def test_the_interval_is_kept(office: Office) -> None:
    first = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    initial = (await first).last_cycle
    office.provisioning.start_schedule()

    second = office.waiting_for(
        lambda state: state.last_cycle is not None and state.last_cycle.id != initial.id
    )
    office.clock.advance(minutes=39)
    await _schedule_looked(office.clock)
    assert not second.done()
    office.clock.advance(minutes=1, seconds=10)
    cycle = (await second).last_cycle

    assert cycle.kind is CycleKind.INCREMENTAL
    assert len(await office.provisioning.cycles("office")) == 2


@pytest.mark.parametrize(("taken", "until_next"), [(10, 30), (50, 0)])
async def test_the_interval_lies_between_two_starts(
    office: Office, taken: int, until_next: int
) -> None:
    connection = await office.connections.get("office")
    on = replace(connection.settings, provisioning_on=True)
    await office.connections.update(replace(connection, settings=on))
    advanced: list[CycleProgressed] = []

    def take_long(event: CycleProgressed) -> None:
        if not advanced:
            office.clock.advance(minutes=taken)
        advanced.append(event)

    office.events.subscribe(CycleProgressed, take_long)
    await office.provisioning.run_cycle("office")
    state = await office.provisioning.job("office")

    assert state.next_cycle == office.clock.now() + timedelta(minutes=until_next)


async def _schedule_looked(clock: HandClock) -> None:
    """Let the schedule look at the clock and lie down again."""
    while clock.sleepers == 0:
        await asyncio.sleep(0)


async def test_only_one_cycle_of_a_connection_runs(office: Office) -> None:
    await office.provisioning.start_cycle("office")

    with pytest.raises(StoreBusyError):
        await office.provisioning.start_cycle("office")


async def test_events_tell_progress_and_entries(office: Office) -> None:
    progress: list[CycleProgressed] = []
    entries: list[LogAppended] = []
    office.events.subscribe(CycleProgressed, progress.append)
    office.events.subscribe(LogAppended, entries.append)

    cycle = await office.provisioning.run_cycle("office")

    assert progress[-1].progress.users == cycle.users
    total = await office.log.count(LogFilter("office"))
    assert sum(event.count for event in entries) == total > 30


async def test_a_restart_clears_the_watermark_and_keeps_the_links(office: Office) -> None:
    await office.provisioning.run_cycle("office")

    await office.provisioning.restart("office")
    state = await office.provisioning.job("office")
    assert state.watermark is None
    assert state.linked_users > 20

    cycle = await office.provisioning.run_cycle("office")
    assert cycle.kind is CycleKind.INITIAL
    assert cycle.users.created == cycle.users.updated == 0


async def test_a_full_reset_breaks_the_links_and_finds_everybody_again(office: Office) -> None:
    before = await office.provisioning.run_cycle("office")

    await office.provisioning.restart("office", full=True)
    assert (await office.provisioning.job("office")).linked_users == 0

    cycle = await office.provisioning.run_cycle("office")
    assert cycle.users.created == 0
    assert (await office.provisioning.job("office")).linked_users == before.users.created


async def test_a_refused_token_is_a_quarantine_that_a_good_cycle_lifts(office: Office) -> None:
    await office.refuse_token()
    refused = await office.provisioning.run_cycle("office")
    state = await office.provisioning.job("office")

    assert refused.ended_by is CycleEnd.CREDENTIALS
    assert state.status is JobStatus.QUARANTINE
    assert state.quarantine.next_attempt == office.clock.now() + timedelta(hours=6)

    await office.connections.set_token("office", TOKEN, TokenStorage.MEMORY)
    await office.provisioning.run_cycle("office")
    assert (await office.provisioning.job("office")).quarantine is None


async def test_a_full_disk_does_not_end_the_schedule(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    initial = (await first).last_cycle
    known, looks = office.connections.list, []

    async def full_at_first() -> list[Connection]:
        looks.append(1)
        if len(looks) == 1:
            raise StoreFullError("The disk is full.")
        return await known()

    monkeypatch.setattr(office.connections, "list", full_at_first)
    office.provisioning.start_schedule()
    second = office.waiting_for(
        lambda state: state.last_cycle is not None and state.last_cycle.id != initial.id
    )
    await _schedule_looked(office.clock)
    office.clock.advance(minutes=41)

    assert (await second).last_cycle.kind is CycleKind.INCREMENTAL


async def test_a_quarantined_job_is_tried_when_its_time_has_come(office: Office) -> None:
    await office.refuse_token()
    ended = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    first = await ended
    assert first.next_cycle == first.quarantine.next_attempt
    office.provisioning.start_schedule()

    second = office.waiting_for(
        lambda state: state.quarantine is not None and state.quarantine.attempts == 1
    )
    office.clock.advance(hours=5, minutes=59)
    await _schedule_looked(office.clock)
    assert not second.done()
    office.clock.advance(minutes=2)

    assert (await second).quarantine.began < office.clock.now() - timedelta(hours=6)


async def test_after_28_days_of_quarantine_the_job_is_switched_off(office: Office) -> None:
    await office.refuse_token()
    ended = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    await ended
    off = office.waiting_for(lambda state: state.next_cycle is None)

    office.clock.advance(days=28, hours=1)
    office.provisioning.start_schedule()
    await off

    connection = await office.connections.get("office")
    assert not connection.settings.provisioning_on


async def test_on_demand_shows_the_steps_and_writes_when_told_to(office: Office) -> None:
    forecast = await office.dry_runs.forecast(
        office.connection, default_schema(Application.LOOOP), SecretText(TOKEN)
    )
    person = next(g for g in forecast.by_action if g.action == "create").names[0][0]

    tried = await office.provisioning.provision_on_demand("office", person, write=False)
    assert tried.action is ProvisioningAction.CREATE
    assert await office.log.count(LogFilter("office")) == 0

    done = await office.provisioning.provision_on_demand("office", person, write=True)
    assert [step.step_type for step in done.steps] == [step.step_type for step in tried.steps]
    assert done.target_id
    assert (await office.log.entry(done.id)).source_id == person

    again = await office.provisioning.provision_on_demand("office", person, write=True)
    assert again.skip_reason == "RedundantExport"


async def test_on_demand_of_somebody_unknown_is_refused(office: Office) -> None:
    with pytest.raises(ConfigurationError, match="no object with this id"):
        await office.provisioning.provision_on_demand("office", "nobody", write=True)


async def test_a_forecast_leaves_no_trace(office: Office) -> None:
    unsaved = replace(office.connection, id="unsaved", name="Unsaved")

    forecast = await office.dry_runs.forecast(
        unsaved, default_schema(Application.LOOOP), SecretText(TOKEN)
    )

    assert forecast.users.created > 20
    assert any("would create" in sentence for sentence in forecast.sentences)
    assert await office.provisioning.cycles("unsaved") == []
    assert (await office.provisioning.job_of(unsaved)).status is JobStatus.NOT_RUN
