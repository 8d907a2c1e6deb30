"""Whoever follows somebody waits for that one and for nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.services.cycle_launch import run_cycle
from tests.unit.services.test_cycles import Desk, open_desk


class HeldBack:
    """A target that answers for one person only after it was asked for another."""

    def __init__(self, inner: Any, first: str, other: str, sent: list[str]) -> None:
        self.inner, self.first, self.other, self.sent = inner, first, other, sent
        self.other_came = asyncio.Event()

    async def send(self, request: Any, **options: Any) -> Any:
        if request.method != "POST":
            return await self.inner.send(request, **options)
        name = request.body["userName"].partition("@")[0]
        self.sent.append(name)
        if name == self.other:
            self.other_came.set()
        if name == self.first:
            await self.other_came.wait()
        answer = await self.inner.send(request, **options)
        self.sent.append(f"{name} answered")
        return answer


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        yield opened


async def test_a_slow_manager_keeps_her_own_people_waiting_and_nobody_else(desk: Desk) -> None:
    desk.company.person("slow")
    desk.company.person("quick")
    desk.company.person("hers", manager="slow")
    desk.company.person("his", manager="quick")
    desk.company.person("last", manager="his")
    desk.configure(concurrency=4)
    setting = desk.setting()
    sent: list[str] = []

    @asynccontextmanager
    async def held_back(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield HeldBack(sender, "slow", "last", sent)

    cycle = await run_cycle(
        replace(setting, open_target=held_back),
        None,
        stopping=asyncio.Event(),
        tell=lambda *_: None,
    )

    assert cycle.users.failed == 0
    users = await desk.users()
    for person, manager in (("hers", "slow"), ("his", "quick"), ("last", "his")):
        assert sent.index(f"{manager} answered") < sent.index(person)
        assert ENTERPRISE in users[person], person
        assert users[person][ENTERPRISE]["manager"]["value"] == users[manager]["id"]


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
