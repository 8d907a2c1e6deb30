"""A create of a plan that fails: whoever refers to it goes without, and the rest is applied."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.connection import Dialect
from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.model.provisioning_log import LogFilter, LogRow
from looop_gui.scim.messages import ERROR, ScimRequest, ScimResponse
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.store.provisioning_log import read_rows
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk
from tests.unit.services.test_thinned_undo import plan_undo
from tests.unit.services.test_undo_run import run_undo

REFUSED = ScimResponse(400, body={"schemas": [ERROR], "detail": "no licence left", "status": "400"})


@pytest.fixture(params=list(Dialect))
async def desk(request: pytest.FixtureRequest, data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        target = replace(opened.connection.target, dialect=request.param)
        opened.connection = replace(opened.connection, target=target)
        for name in ("ann", "bob", "cyd", "dan"):
            opened.company.person(name)
        opened.company.person("cyd", manager="bob")
        opened.company.group("sales", "ann", "bob")
        opened.company.group("all", "bob", "cyd", "dan")
        yield opened


class Refusing:
    """A target that does not create one person."""

    def __init__(self, inner: Any, name: str) -> None:
        self.inner, self.name = inner, name

    async def send(self, request: ScimRequest, **options: Any) -> ScimResponse:
        name = request.body.get("userName", "") if isinstance(request.body, dict) else ""
        if request.method == "POST" and name.startswith(self.name):
            return REFUSED
        answer: ScimResponse = await self.inner.send(request, **options)
        return answer


def refusing(setting: CycleSetting, name: str) -> CycleSetting:
    @asynccontextmanager
    async def opened(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield Refusing(sender, name)

    return replace(setting, open_target=opened)


async def rows_of(desk: Desk, cycle: Cycle) -> dict[str, LogRow]:
    wanted = LogFilter("cycles", cycle_id=cycle.id)
    rows = await desk.worker.run(lambda store: read_rows(store, wanted, limit=50))
    return {row.source_id: row for row in reversed(rows)}


async def test_a_failed_create_does_not_make_the_plan_stale(desk: Desk) -> None:
    plan = (await rehearse(desk.setting(), asyncio.Event())).plan

    setting = refusing(replace(desk.setting(), plan=plan), "bob")
    cycle = await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)

    assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
    assert (cycle.users.created, cycle.users.failed, cycle.groups.created) == (3, 1, 2)
    assert (
        "1 person refers to bob@contoso.com, who failed, as manager; their manager is written by a "
        "later cycle."
    ).replace("bob@contoso.com", "Bob") in cycle.sentence
    assert await desk.groups() == {"Sales": {"ann"}, "All": {"cyd", "dan"}}
    await desk.cycle()
    users = await desk.users()
    assert users["cyd"][ENTERPRISE]["manager"]["value"] == users["bob"]["id"]
    assert await desk.groups() == {"Sales": {"ann", "bob"}, "All": {"bob", "cyd", "dan"}}


async def test_the_groups_of_somebody_who_cannot_be_made_anew_say_so(desk: Desk) -> None:
    await desk.cycle()
    desk.company.remove("bob")
    desk.company.group("sales", "ann")
    desk.company.group("all", "cyd")
    plan = await plan_undo(desk, await desk.cycle())

    setting = refusing(replace(desk.setting(), plan=plan), "bob")
    undone = await run_undo(setting, stopping=asyncio.Event(), tell=lambda *_: None)

    assert undone.ended_by is CycleEnd.COMPLETED, undone.sentence
    rows = await rows_of(desk, undone)
    why = "bob@contoso.com could not be made anew (The target answered 400 to POST /Users: no"
    assert rows["sales"].summary.startswith(f"A member from before the cycle is missing: {why}")
    assert rows["cyd"].summary.startswith(f"The manager from before the cycle is missing: {why}")
    assert await desk.groups() == {"Sales": {"ann"}, "All": {"cyd", "dan"}}
