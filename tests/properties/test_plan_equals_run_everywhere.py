"""A plan says what a run sends whatever is switched on: Bulk, PUT, grace, append only, guards.

The other property test has the usual configurations; here every setting that changes what is sent
is drawn, and the target is one with PATCH or without.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec import structs

from looop_gui.engine.plan import PRETENDED_ID
from looop_gui.mockserver.server import RunningTenant, TenantOptions
from looop_gui.model.connection import Dialect
from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.model.plan import Plan, PlannedRequest
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.store_worker import StoreWorker
from tests.properties.test_plan_equals_run import Target, World

SEEDS = range(18)
QUIRKS = ("", "", "patch-not-advertised", "members-never-returned", "patch-answers-204")


class UnpackingTarget(Target):
    """Notes the writes inside bulk requests one by one."""

    def __init__(self, quirk: str) -> None:
        super().__init__()
        quirks = (quirk,) if quirk else ()
        self.tenant = RunningTenant(TenantOptions(token="plan", quirks=quirks))
        self.bulks = 0

    async def send(self, request: ScimRequest, **options: Any) -> ScimResponse:
        if request.path == "/Bulk":
            # Over the wire the operations would be encoded; some hold bodies that are already.
            body = msgspec.json.decode(msgspec.json.encode(request.body))
            request = structs.replace(request, body=body)
        response = await super().send(request, **options)
        if request.writes and request.path == "/Bulk":
            self.writes.remove(request)
            self.bulks += 1
            self.writes += [
                ScimRequest(one["method"], one["path"], body=one.get("data"))
                for one in request.body["Operations"]
            ]
        return response


class AnyWorld(World):
    """A world in which everything that changes requests is drawn."""

    def __init__(self, seed: int, folder: Path, worker: StoreWorker) -> None:
        super().__init__(seed, folder, worker)
        draw = Random(seed * 7919 + 1)
        self.quirk = draw.choice(QUIRKS)
        self.target = UnpackingTarget(self.quirk)
        self.nested = draw.random() < 0.5
        settings = replace(
            self.connection.settings,
            bulk=draw.random() < 0.5,
            append_only=draw.random() < 0.2,
            clear_on_null=draw.random() < 0.4,
            delete_grace_days=draw.choice((0, 0, 3)),
            relink_references=draw.random() < 0.4,
            expand_nested_groups=draw.random() < 0.4,
            supports_soft_delete=draw.random() < 0.8,
            skip_out_of_scope_deletions=draw.random() < 0.2,
            limit_creates=draw.choice((0, 0, 2)),
            limit_disables_percent=draw.choice((0, 0, 20)),
            limit_members_removed=draw.choice((0, 0, 1)),
        )
        target = replace(self.connection.target, dialect=draw.choice(list(Dialect)))
        self.connection = replace(self.connection, settings=settings, target=target)

    def change(self) -> None:
        super().change()
        if self.nested and {"g1", "g2"} <= self.groups.keys():
            self.groups["g1"] = [one for one in self.groups["g1"] if one != "g2"] + ["g2"]

    def sent(self) -> list[str]:
        """As planned; of a resource that is written whole, without what the target adds."""
        return sorted(self._named(written(one)) for one in self.target.writes)

    def planned(self, plan: Plan) -> list[str]:
        requests = [request for one in plan.objects for request in one.requests]
        return sorted(self._named(written(one), plan) for one in requests)

    async def allowed(self, token: str, plan: Plan | None = None) -> Cycle:
        """A cycle in which exactly what a guard held back may pass."""
        self.target.writes.clear()
        original = self.setting

        def setting(given: Plan | None = None):
            return replace(original(given), allowed_guard=token)

        self.setting = setting  # type: ignore[method-assign]
        try:
            return await self.cycle(plan)
        finally:
            self.setting = original  # type: ignore[method-assign]


def written(request: ScimRequest | PlannedRequest) -> str:
    """A write as a text that does not depend on the order of members."""
    body = request.body
    if request.method == "PUT":
        body = {name: body[name] for name in body if name not in ("schemas", "id", "meta")}
        # The target gives members back with $ref and type, which the plan cannot know.
        if "members" in body:
            body["members"] = [one["value"] for one in body["members"]]
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return f"{request.method} {request.path} {text}"


@pytest.fixture
async def worker(data_folder: Path) -> AsyncIterator[StoreWorker]:
    opened = await StoreWorker.open(data_folder)
    yield opened
    await opened.close()


async def through_guards(world: AnyWorld, plan: Plan, applied: Plan | None) -> Cycle:
    """The cycle of a plan; where a guard objects, first stopped, then allowed."""
    if not plan.guard_token:
        return await world.cycle(applied)
    stopped = await world.cycle(applied)
    assert stopped.ended_by is CycleEnd.GUARD
    assert world.target.writes == []
    return await world.allowed(plan.guard_token, applied)


@pytest.mark.parametrize("seed", SEEDS)
async def test_plan_and_run_send_the_same(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = AnyWorld(seed, data_folder, worker)
    for _ in range(4):
        world.change()
        plan = await world.plan()
        planned = world.planned(plan)

        await through_guards(world, plan, None)

        assert world.sent() == planned, f"{world.quirk} {world.connection.settings}"


@pytest.mark.parametrize("seed", SEEDS)
async def test_applying_a_plan_sends_exactly_that(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = AnyWorld(seed, data_folder, worker)
    for _ in range(3):
        world.change()
        plan = await world.plan()
        planned = world.planned(plan)

        cycle = await through_guards(world, plan, plan)

        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert "was not sent" not in cycle.sentence
        assert world.sent() == planned, f"{world.quirk} {world.connection.settings}"
        assert not any(PRETENDED_ID in str(write) for write in world.target.writes)


async def test_every_setting_that_changes_requests_is_met(
    data_folder: Path, worker: StoreWorker
) -> None:
    met: Counter[str] = Counter()
    for seed in SEEDS:
        world = AnyWorld(seed, data_folder, worker)
        settings = world.connection.settings
        met[world.quirk] += 1
        for name in ("bulk", "append_only", "clear_on_null", "delete_grace_days", "limit_creates"):
            met[name] += bool(getattr(settings, name))
        met[world.connection.target.dialect] += 1

    wanted = {*QUIRKS, *Dialect, "bulk", "append_only", "clear_on_null", "delete_grace_days"}
    assert all(met[name] for name in wanted)
