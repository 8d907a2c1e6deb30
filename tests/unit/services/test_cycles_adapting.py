"""What a target makes the job do is done over the wire, remembered, shown, and forgotten."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.connection import Dialect
from looop_gui.model.job import SHOWN, Adaptation, CycleEnd, CycleState
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import RehearsalSender, rehearse
from looop_gui.services.provisioning_jobs import ADAPTED, read_job, reset_job
from looop_gui.services.provisioning_on_demand import OnDemandOrder, provision_on_demand
from looop_gui.store.jobs import open_job
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk


def three_and_a_group(desk: Desk) -> None:
    desk.company.person("ann")
    desk.company.person("bob", manager="ann")
    desk.company.person("cyd")
    desk.company.group("sales", "ann", "bob")


@pytest.mark.parametrize(
    ("quirk", "way"),
    [
        ("patch-not-implemented", "put"),
        ("patch-not-advertised", "put"),
        ("patch-not-routed", "put"),
        ("patch-without-path-only", "pathless"),
    ],
)
async def test_a_target_is_kept_equal_in_the_way_that_it_takes(
    data_folder: Path, quirk: str, way: str
) -> None:
    async with open_desk(data_folder, quirks=(quirk,)) as desk:
        three_and_a_group(desk)
        assert (await desk.cycle()).state is CycleState.SUCCEEDED
        assert await desk.groups() == {"Sales": {"ann", "bob"}}

        desk.company.person("ann", surname="Other")
        desk.company.person("cyd", accountEnabled="False")
        desk.company.group("sales", "bob")
        planned = await rehearse(desk.setting(), asyncio.Event())
        assert (await desk.cycle()).state is CycleState.SUCCEEDED
        assert (await desk.worker.run(read_job, desk.connection)).extra[ADAPTED] == way
        assert {request.method for request in planned.writes} == (
            {"PUT"} if way == "put" else {"PATCH"}
        )

        users = await desk.users()
        assert users["ann"]["name"]["familyName"] == "Other"
        assert not users["cyd"]["active"]
        assert await desk.groups() == {"Sales": {"bob"}}
        desk.company.version += 1
        assert (await desk.cycle()).users.updated == 0


@pytest.mark.parametrize("quirk", ["patch-not-implemented", "patch-without-path-only"])
async def test_what_is_cleared_goes_in_each_way(data_folder: Path, quirk: str) -> None:
    async with open_desk(data_folder, quirks=(quirk,)) as desk:
        desk.configure(clear_on_null=True)
        desk.company.person("ann", department="Sales")
        await desk.cycle()
        assert (await desk.users())["ann"][ENTERPRISE]["department"] == "Sales"

        desk.company.person("ann", department=None, surname=None)
        await desk.cycle()

        ann = (await desk.users())["ann"]
        assert "department" not in ann.get(ENTERPRISE, {})
        assert ann["name"] == {"givenName": "Ann"}
        desk.company.version += 1
        assert (await desk.cycle()).users.updated == 0


async def test_a_job_remembers_until_it_is_reset(data_folder: Path) -> None:
    async with open_desk(data_folder, quirks=("patch-not-implemented",)) as desk:
        three_and_a_group(desk)
        await desk.cycle()
        assert (await desk.worker.run(read_job, desk.connection)).extra[ADAPTED] == "put"

        desk.company.person("ann", surname="Other")
        cycle = await desk.cycle()
        # The probe; the link is read, then read and written whole: no PATCH is tried.
        assert cycle.requests == 4

        await desk.worker.run(lambda store: reset_job(store, "cycles", full=False))
        assert ADAPTED not in (await desk.worker.run(read_job, desk.connection)).extra


async def test_the_dry_run_begins_in_the_remembered_dialect(data_folder: Path) -> None:
    async with open_desk(data_folder, preset="rfc") as desk:
        three_and_a_group(desk)
        await desk.cycle()
        job = await desk.worker.run(open_job, "cycles")
        desk.company.person("ann", surname="Other")

        plan = (await rehearse(desk.setting(), asyncio.Event())).plan

        assert job.adaptation & ~SHOWN == Adaptation.RFC7644 | Adaptation.ASKED
        assert plan.dialect is Dialect.RFC7644
        desk.configure(adapt_dialect=False)
        plan = (await rehearse(desk.setting(), asyncio.Event())).plan
        assert plan.dialect is Dialect.ENTRA_LEGACY


class Advertising:
    """A target that tells in its configuration whether it has PATCH, and counts the questions."""

    def __init__(self, body: object) -> None:
        self.body = body
        self.asked: list[str] = []

    async def send(self, request: ScimRequest, **_options: object) -> ScimResponse:
        self.asked.append(request.path)
        await asyncio.sleep(0)  # Others go on meanwhile, as they do during a real request.
        return ScimResponse(200 if self.body is not None else 404, body=self.body)


@pytest.mark.parametrize(
    ("configuration", "status"),
    [
        ({"patch": {"supported": False}}, 501),
        ({"Patch": {"supported": "False"}}, 501),
        ({"patch": {"supported": True}}, 204),
        ({}, 204),
        (None, 204),
    ],
)
async def test_a_dry_run_asks_once_whether_there_is_patch(
    configuration: object, status: int
) -> None:
    target = Advertising(configuration)
    sender = RehearsalSender(target)

    patches = [sender.send(ScimRequest("PATCH", f"/Users/u{one}", body={})) for one in range(2)]
    answers = await asyncio.gather(*patches)

    assert {answer.status for answer in answers} == {status}
    assert target.asked == ["/ServiceProviderConfig"]
    assert len(sender.written) == (0 if status == 501 else 2)


async def test_a_plan_equals_its_run_where_put_is_advertised(data_folder: Path) -> None:
    """The configuration is read before the first write, so even the first plan has no PATCH."""
    async with open_desk(data_folder, quirks=("patch-not-advertised",)) as desk:
        three_and_a_group(desk)

        plan = (await rehearse(desk.setting(), asyncio.Event())).plan
        sent = [request for planned in plan.objects for request in planned.requests]
        assert "PATCH" not in {request.method for request in sent}

        cycle = await run_cycle(
            replace(desk.setting(), plan=plan),
            None,
            stopping=asyncio.Event(),
            tell=lambda _progress, _entries: None,
        )
        assert cycle.ended_by is CycleEnd.COMPLETED
        assert await desk.groups() == {"Sales": {"ann", "bob"}}


async def test_the_configuration_is_asked_once(data_folder: Path) -> None:
    async with open_desk(data_folder) as desk:
        three_and_a_group(desk)
        await desk.cycle()
        job = await desk.worker.run(open_job, "cycles")
        assert job.adaptation & ~SHOWN is Adaptation.ASKED
        assert ADAPTED not in (await desk.worker.run(read_job, desk.connection)).extra

        desk.company.person("ann", surname="Other")
        # The probe; the link is read and patched.
        assert (await desk.cycle()).requests == 3


async def test_on_demand_takes_the_way_that_is_advertised(data_folder: Path) -> None:
    async with open_desk(data_folder, quirks=("patch-not-advertised",)) as desk:
        three_and_a_group(desk)
        await desk.cycle()
        await desk.worker.run(lambda store: reset_job(store, "cycles", full=False))
        desk.company.person("ann", surname="Other")

        entry = await provision_on_demand(desk.setting(), OnDemandOrder("ann", write=True))

        assert entry.error is None
        assert [one.method for one in entry.exchanges] == ["GET", "GET", "PUT"]
        assert (await desk.users())["ann"]["name"]["familyName"] == "Other"


async def test_a_manager_that_comes_back_with_an_address_has_arrived_without_a_path(
    data_folder: Path,
) -> None:
    async with open_desk(data_folder, quirks=("patch-without-path-only",)) as desk:
        for name in ("ann", "bob", "cyd"):
            desk.company.person(name)
        await desk.cycle()
        desk.company.person("bob", manager="ann")
        desk.company.person("cyd", manager="ann", surname="New")

        cycle = await desk.cycle()

        assert (cycle.users.updated, cycle.users.failed) == (2, 0)
        users = await desk.users()
        assert users["bob"][ENTERPRISE]["manager"]["value"] == users["ann"]["id"]
        job = await desk.worker.run(open_job, "cycles")
        assert Adaptation.PATHLESS in job.adaptation
