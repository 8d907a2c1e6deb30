"""Disabled first, deleted when the grace period is over: over the wire, day by day."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState, Link
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction, ProvisioningLogEntry
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.store.jobs import open_job
from looop_gui.store.links import load_links
from looop_gui.store.provisioning_log import read_entry, read_rows
from tests.unit.services.test_cycles import Desk, open_desk
from tests.unit.services.test_undo_run import undo

BEGIN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Calendar:
    """The clock of the desk: real but for the day."""

    inner: Any
    days: float = 0.0

    def now(self) -> datetime:
        return BEGIN + timedelta(days=self.days)

    def monotonic(self) -> float:
        return float(self.inner.monotonic())

    async def sleep(self, seconds: float) -> None:
        await self.inner.sleep(seconds)


class DatedDesk:
    """A desk whose day is chosen."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.company = desk.company
        self.calendar = Calendar(desk.setting().clock)
        plain = desk.setting

        def setting() -> CycleSetting:
            return replace(plain(), clock=self.calendar)

        desk.setting = setting  # type: ignore[method-assign]

    async def cycle(self, day: float, kind: CycleKind | None = None, **more: Any) -> Cycle:
        self.calendar.days = day
        return await self.desk.cycle(kind, **more)

    async def link(self, source_id: str) -> Link | None:
        job = await self.desk.worker.run(open_job, "cycles")
        links = await self.desk.worker.run(load_links, job.number)
        return links.get(source_id)

    async def active(self) -> dict[str, bool]:
        return {name: user["active"] for name, user in (await self.desk.users()).items()}

    async def last_entry(self, source_id: str) -> ProvisioningLogEntry:
        worker = self.desk.worker
        wanted = LogFilter("cycles", source_id=source_id)
        rows = await worker.run(lambda store: read_rows(store, wanted, limit=1))
        entry = await worker.run(read_entry, rows[0].key)
        assert entry is not None
        return entry


@pytest.fixture
async def dated(data_folder: Path) -> AsyncIterator[DatedDesk]:
    async with open_desk(data_folder) as desk:
        for name in ("ann", "bob", "cyd"):
            desk.company.person(name)
        desk.company.group("sales", "ann", "bob")
        desk.configure(delete_grace_days=30)
        dated = DatedDesk(desk)
        await dated.cycle(0)
        yield dated


async def test_who_is_gone_is_disabled_and_deleted_after_the_time(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    dated.company.group("sales", "bob")

    cycle = await dated.cycle(1)

    assert (cycle.users.disabled, cycle.users.deleted) == (1, 0)
    assert await dated.active() == {"ann": False, "bob": True, "cyd": True}
    link = await dated.link("ann")
    assert link is not None
    assert link.leaving_since == BEGIN + timedelta(days=1)
    entry = await dated.last_entry("ann")
    assert entry.action is ProvisioningAction.DISABLE
    told = " ".join(str(step.details.get("reason", "")) for step in entry.steps)
    assert "deleted from the source" in told
    assert "2026-12-25 12:00 UTC, 30 days from now" in told

    assert (await dated.cycle(15)).users.disabled == 0
    assert "ann" in await dated.active()
    # The source is as it was, and yet the cycle knows that it is time.
    assert (await dated.cycle(31)).users.deleted == 1
    assert await dated.active() == {"bob": True, "cyd": True}
    assert await dated.link("ann") is None
    told = " ".join(
        str(step.details.get("reason", "")) for step in (await dated.last_entry("ann")).steps
    )
    assert "The grace period of 30 days since 2026-11-25 12:00 UTC is over." in told


async def test_the_time_begins_anew_after_an_undo(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    disabling = await dated.cycle(1)

    await undo(dated.desk, disabling)

    assert (await dated.active())["ann"]
    assert (await dated.cycle(40)).users.disabled == 1
    link = await dated.link("ann")
    assert link is not None
    assert link.leaving_since == BEGIN + timedelta(days=40)


async def test_who_comes_back_in_time_has_the_same_account(dated: DatedDesk) -> None:
    before = (await dated.desk.users())["ann"]["id"]
    person = dated.company.users["ann"]
    dated.company.remove("ann")
    await dated.cycle(1)
    dated.company.users["ann"] = person
    dated.company.version += 1

    cycle = await dated.cycle(20)

    assert (cycle.users.created, cycle.users.updated) == (0, 1)
    users = await dated.desk.users()
    assert (users["ann"]["id"], users["ann"]["active"]) == (before, True)
    link = await dated.link("ann")
    assert link is not None
    assert link.leaving_since is None
    await dated.cycle(60)
    assert "ann" in await dated.active()


async def test_who_comes_back_under_another_id_takes_the_account_over(dated: DatedDesk) -> None:
    before = (await dated.desk.users())["ann"]["id"]
    dated.company.remove("ann")
    await dated.cycle(1)
    dated.company.person("new", userPrincipalName="ann@contoso.com", mail="ann@contoso.com")

    assert (await dated.cycle(2)).state is CycleState.SUCCEEDED

    assert (await dated.desk.users())["ann"]["id"] == before
    assert await dated.link("ann") is None
    await dated.cycle(60)
    assert (await dated.active())["ann"]


async def test_who_comes_back_disabled_is_not_deleted_any_more(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    await dated.cycle(1)
    dated.company.person("ann", accountEnabled="False")

    await dated.cycle(2)
    await dated.cycle(60)

    assert await dated.active() == {"ann": False, "bob": True, "cyd": True}


async def test_a_group_stays_as_it_is_until_the_time(dated: DatedDesk) -> None:
    dated.company.remove("sales")

    cycle = await dated.cycle(1)

    assert (cycle.groups.deleted, cycle.groups.failed) == (0, 0)
    assert await dated.desk.groups() == {"Sales": {"ann", "bob"}}
    assert (await dated.last_entry("sales")).skip_reason == "AwaitsDeletion"
    await dated.cycle(15, CycleKind.INITIAL)
    assert await dated.desk.groups() == {"Sales": {"ann", "bob"}}
    assert (await dated.cycle(31)).groups.deleted == 1
    assert await dated.desk.groups() == {}


async def test_an_application_that_would_delete_disables_first(dated: DatedDesk) -> None:
    """Where whoever is disabled would be deleted, a grace period comes first."""
    dated.desk.configure(supports_soft_delete=False)
    await dated.cycle(0)
    dated.company.person("ann", accountEnabled="False")

    assert (await dated.cycle(1)).users.disabled == 1
    assert (await dated.active())["ann"] is False
    assert (await dated.cycle(2)).users.disabled == 0
    assert (await dated.cycle(31)).users.deleted == 1
    assert "ann" not in await dated.active()


async def test_who_is_gone_in_the_target_already_is_forgotten(dated: DatedDesk) -> None:
    ann = (await dated.desk.users())["ann"]["id"]
    await dated.desk.tamper("DELETE", f"/Users/{ann}")
    dated.company.remove("ann")
    dated.company.group("sales", "bob")

    cycle = await dated.cycle(1)

    assert (cycle.users.deleted, cycle.users.failed) == (1, 0)
    assert await dated.link("ann") is None


async def test_the_plan_disables_now_and_deletes_then(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    dated.company.group("sales", "bob")
    dated.calendar.days = 1
    plan = (await rehearse(dated.desk.setting(), asyncio.Event())).plan
    assert [(p.source_id, str(p.action)) for p in plan.objects] == [
        ("ann", "disable"),
        ("sales", "update"),
    ]
    assert "30 days from now" in plan.objects[0].reason
    await dated.cycle(1)

    dated.calendar.days = 31
    plan = (await rehearse(dated.desk.setting(), asyncio.Event())).plan
    assert [(p.source_id, str(p.action)) for p in plan.objects] == [("ann", "delete")]


async def test_guards_count_a_disable_first_and_a_deletion_then(dated: DatedDesk) -> None:
    dated.desk.configure(limit_deletes=0, limit_disables=1, deletion_threshold=1)
    dated.company.remove("ann")
    dated.company.remove("bob")
    stopped = await dated.cycle(1)
    assert stopped.ended_by is CycleEnd.GUARD
    assert "disable 2 people" in stopped.sentence

    dated.desk.configure(limit_disables=0, deletion_threshold=2)
    await dated.cycle(1)
    assert await dated.active() == {"ann": False, "bob": False, "cyd": True}

    dated.desk.configure(deletion_threshold=1)
    stopped = await dated.cycle(31)
    assert stopped.ended_by is CycleEnd.GUARD
    assert "delete 2 people" in stopped.sentence
    assert set(await dated.active()) == {"ann", "bob", "cyd"}


async def test_append_only_wins_and_what_waited_goes_on_later(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    await dated.cycle(1)
    dated.desk.configure(append_only=True)
    await dated.cycle(40)
    assert set(await dated.active()) == {"ann", "bob", "cyd"}

    dated.desk.configure(append_only=False)
    await dated.cycle(41)
    assert set(await dated.active()) == {"bob", "cyd"}


async def test_without_a_grace_period_what_waits_is_deleted(dated: DatedDesk) -> None:
    dated.company.remove("ann")
    await dated.cycle(1)
    dated.desk.configure(delete_grace_days=0)

    assert (await dated.cycle(2)).users.deleted == 1
