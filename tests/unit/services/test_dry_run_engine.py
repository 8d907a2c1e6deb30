"""A dry run in the engine process: it tells how far it is, and ends when nobody waits any more."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from looop_gui.mockserver.gateway import ScimGateway
from looop_gui.mockserver.http_messages import HttpRequest
from looop_gui.mockserver.server import RunningTenant
from looop_gui.model.connection import MatchingStrategy
from looop_gui.model.errors import CredentialsError
from looop_gui.model.job import CyclePhase, CycleProgress
from looop_gui.services.dry_runs import DryRunService
from looop_gui.services.engine_child import ChildEngine
from looop_gui.services.engine_local import CycleOrder
from tests.unit.services.engine_orders import engine_order
from tests.unit.services.engine_orders import tenant as tenant

order = partial(engine_order, matching=MatchingStrategy.FILTER)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that reach the tenant, those with a wrong token included."""
    seen: list[str] = []
    begin = ScimGateway.begin

    def counted(self: ScimGateway, request: HttpRequest):
        seen.append(request.method)
        return begin(self, request)

    monkeypatch.setattr(ScimGateway, "begin", counted)
    return seen


@pytest.fixture
async def engine(data_folder: Path) -> AsyncIterator[ChildEngine]:
    opened = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    yield opened
    await opened.close()


async def test_a_dry_run_gives_forecast_and_plan_at_once_and_tells_how_far_it_is(
    engine: ChildEngine, tenant: RunningTenant
) -> None:
    told: list[CycleProgress] = []

    # So many that it is told while they are gone through, several times a second.
    found = await engine.rehearse(order(tenant.scim_endpoint, users=600), told.append)

    people = [o for o in found.plan.objects if o.requests[0].path == "/Users"]
    assert len(people) == found.forecast.users.created > 50
    assert found.forecast.entries
    assert any(one.phase is CyclePhase.EXPORT and 0 < one.done <= one.total for one in told)


async def test_only_what_was_asked_for_comes_back(
    engine: ChildEngine, tenant: RunningTenant
) -> None:
    async def no_order(connection_id: str) -> CycleOrder:
        raise AssertionError(connection_id)

    service, given = DryRunService(engine, no_order), order(tenant.scim_endpoint)
    forecast = await service.forecast(given.connection, given.schema, given.token)
    plan = await service.plan(given)

    assert not forecast.entries
    assert forecast.users.created == sum(o.requests[0].path == "/Users" for o in plan.objects)


async def test_a_cancelled_dry_run_asks_nothing_more(
    engine: ChildEngine, tenant: RunningTenant, asked: list[str]
) -> None:
    running = asyncio.Event()
    endpoint = tenant.scim_endpoint
    task = asyncio.create_task(
        engine.rehearse(
            order(endpoint, users=2000),
            lambda progress: running.set() if progress.done > 20 else None,
        )
    )
    await running.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    counts = []
    for _ in range(4):
        with pytest.raises(CredentialsError):
            await engine.rehearse(order(endpoint, "another-token-altogether"))
        counts.append(len(asked))
    first, second, third = (b - a for a, b in pairwise(counts))
    assert second == third == first > 0
    assert "POST" not in asked


async def test_a_dry_run_does_not_keep_a_closing_window_waiting(
    engine: ChildEngine, tenant: RunningTenant, asked: list[str]
) -> None:
    running = asyncio.Event()
    task = asyncio.create_task(
        engine.rehearse(
            order(tenant.scim_endpoint, users=5000),
            lambda progress: running.set() if progress.done > 20 else None,
        )
    )
    await running.wait()

    await engine.close()

    assert len(asked) < 3000
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
