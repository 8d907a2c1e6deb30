"""A plan says what a run sends, for random directories, configurations and changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.engine.plan import PRETENDED_ID
from looop_gui.mockserver.server import RunningTenant, TenantOptions
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    Dialect,
    MatchingStrategy,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import (
    AppRoleAssignment,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)
from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.model.plan import Plan
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema


class Target:
    """An embedded tenant without a socket; notes what is written, and what became of it."""

    def __init__(self) -> None:
        self.tenant = RunningTenant(TenantOptions(token="plan"))
        self.writes: list[ScimRequest] = []
        self.created: dict[str, str] = {}

    async def send(self, request: ScimRequest, **_: Any) -> ScimResponse:
        await asyncio.sleep(0)
        response = self.tenant.service.answer(request)
        if request.writes:
            self.writes.append(request)
        return response


class World:
    def __init__(self, seed: int, folder: Path, worker: StoreWorker) -> None:
        self.random, self.folder, self.worker = Random(seed), folder, worker
        self.target = Target()
        self.people: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.version = 0
        self.names: dict[str, str] = {}
        random = self.random
        self.connection = Connection(
            "plan",
            "Plan",
            Application.LOOOP,
            TenantConnection("http://127.0.0.1/scim/v2", dialect=random.choice(list(Dialect))),
            SourceSettings(SourceType.FILES),
            ConnectionSettings(
                scope=random.choice(list(ProvisioningScope)),
                matching=random.choice(list(MatchingStrategy)),
                separate_references=random.random() < 0.5,
                member_batch_size=random.choice((1, 2, 100)),
                concurrency=random.choice((1, 4)),
            ),
        )

    def change(self) -> None:
        self.version += 1
        for _ in range(self.random.randrange(1, 8)):
            name = f"p{self.random.randrange(12)}"
            if name in self.people and self.random.random() < 0.25:
                del self.people[name]
            else:
                manager = self.random.choice((None, f"p{self.random.randrange(12)}"))
                self.people[name] = {
                    "userPrincipalName": f"{name}@x.org",
                    "displayName": name,
                    "surname": f"S{self.random.randrange(3)}",
                    "accountEnabled": self.random.choice(("True", "True", "False")),
                    **({"manager": manager} if manager else {}),
                }
        for name in ("g1", "g2", "g3"):
            if self.random.random() < 0.5:
                members = self.random.sample(sorted(self.people), min(3, len(self.people)))
                self.groups[name] = members
            elif self.random.random() < 0.2:
                self.groups.pop(name, None)

    def snapshot(self, *_: object) -> DirectorySnapshot:
        people = {
            name: DirectoryObject(name, ObjectType.USER, given)
            for name, given in self.people.items()
        }
        groups = {
            name: DirectoryObject(
                name, ObjectType.GROUP, {"displayName": name, "members": tuple(members)}
            )
            for name, members in self.groups.items()
        }
        assigned = sorted({*people, *groups})[self.version % 2 :]
        grants = tuple(AppRoleAssignment(name) for name in assigned)
        return DirectorySnapshot(people, groups, grants, f"version {self.version}")

    def setting(self, plan: Plan | None = None) -> CycleSetting:
        @asynccontextmanager
        async def open_target(*_: object) -> AsyncIterator[Target]:
            yield self.target

        return CycleSetting(
            connection=self.connection,
            schema=default_schema(Application.LOOOP),
            token=SecretText("plan"),
            data_folder=self.folder,
            worker=self.worker,
            random=self.random,
            open_target=open_target,
            read_source=self.snapshot,
            source_digest=lambda *_: f"version {self.version}",
            plan=plan,
        )

    async def plan(self) -> Plan:
        return (await rehearse(self.setting(), asyncio.Event())).plan

    async def cycle(self, plan: Plan | None = None) -> Cycle:
        self.target.writes.clear()
        return await run_cycle(
            self.setting(plan), None, stopping=asyncio.Event(), tell=lambda *_: None
        )

    def sent(self) -> list[str]:
        """What was written, with the ids of the target replaced by names; in no order."""
        return sorted(self._named(f"{r.method} {r.path} {r.body}") for r in self.target.writes)

    def planned(self, plan: Plan) -> list[str]:
        return sorted(
            self._named(f"{r.method} {r.path} {r.body}", plan)
            for planned in plan.objects
            for r in planned.requests
        )

    def _named(self, text: str, plan: Plan | None = None) -> str:
        for path in ("/Users", "/Groups"):
            query = (("count", "1000"),)
            listed = self.target.tenant.service.answer(ScimRequest("GET", path, query))
            for resource in listed.body["Resources"]:
                self.names[resource["id"]] = resource.get("userName") or resource["displayName"]
        for identifier, name in self.names.items():
            text = text.replace(identifier, f"<{name}>")
        for planned in plan.objects if plan else ():
            for request in planned.requests:
                if request.method == "POST":
                    name = request.body.get("userName") or request.body["displayName"]
                    text = text.replace(planned.target_id, f"<{name}>")
        return text


@pytest.fixture
async def worker(data_folder: Path) -> AsyncIterator[StoreWorker]:
    opened = await StoreWorker.open(data_folder)
    yield opened
    await opened.close()


@pytest.mark.parametrize("seed", range(12))
async def test_plan_and_run_send_the_same(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = World(seed, data_folder, worker)
    for _ in range(4):
        world.change()
        plan = await world.plan()
        planned = world.planned(plan)

        await world.cycle()

        assert world.sent() == planned


@pytest.mark.parametrize("seed", range(12))
async def test_applying_a_plan_sends_exactly_that(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = World(seed, data_folder, worker)
    for _ in range(3):
        world.change()
        plan = await world.plan()
        planned = world.planned(plan)

        cycle = await world.cycle(plan)

        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert world.sent() == planned
        assert not any(PRETENDED_ID in str(write) for write in world.target.writes)


async def test_rows_that_were_left_out_are_not_touched(
    data_folder: Path, worker: StoreWorker
) -> None:
    world = World(1, data_folder, worker)
    world.connection = replace(
        world.connection,
        settings=replace(world.connection.settings, scope=ProvisioningScope.ALL),
    )
    for name in ("p1", "p2"):
        world.people[name] = {"userPrincipalName": f"{name}@x.org", "displayName": name}
    plan = await world.plan()
    plan = replace(plan, objects=tuple(o for o in plan.objects if o.source_id == "p1"))

    await world.cycle(plan)
    assert [write.body["userName"] for write in world.target.writes] == ["p1@x.org"]

    await world.cycle()
    assert [write.body["userName"] for write in world.target.writes] == ["p2@x.org"]


async def test_a_plan_that_went_stale_stops_before_it_writes_something_else(
    data_folder: Path, worker: StoreWorker
) -> None:
    world = World(1, data_folder, worker)
    world.connection = replace(
        world.connection,
        settings=replace(world.connection.settings, scope=ProvisioningScope.ALL),
    )
    world.people["p1"] = {"userPrincipalName": "p1@x.org", "displayName": "p1", "surname": "A"}
    plan = await world.plan()
    world.people["p1"]["surname"] = "B"
    world.version += 1

    cycle = await world.cycle(plan)

    assert cycle.ended_by is CycleEnd.PLAN
    assert "stale" in cycle.sentence
    assert world.target.writes == []
