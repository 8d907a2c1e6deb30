"""The engine in a process of its own: orders over standard input, answers, and its end."""

import asyncio
from pathlib import Path

import pytest

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.errors import ConfigurationError, CredentialsError, EngineError
from looop_gui.model.job import CycleEnd, CycleProgress, CycleState
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStep
from looop_gui.services.cycle_setting import read_source
from looop_gui.services.engine_child import ChildEngine
from looop_gui.services.engine_messages import (
    RunMessage,
    decode_answer,
    decode_order,
    encode_message,
    order_message,
    refusal_message,
)
from looop_gui.services.provisioning_on_demand import OnDemandOrder
from tests.unit.services.engine_orders import TOKEN
from tests.unit.services.engine_orders import engine_order as order
from tests.unit.services.engine_orders import tenant as tenant


async def test_orders_are_carried_out_and_told(data_folder: Path, tenant: RunningTenant) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    told: list[CycleProgress] = []
    try:
        forecast = (await engine.rehearse(order(tenant.scim_endpoint))).forecast
        cycle = await engine.run_cycle(
            order(tenant.scim_endpoint), lambda progress, _: told.append(progress)
        )
        person = forecast.by_action[0].names[0][0]
        entry = await engine.provision_on_demand(
            order(tenant.scim_endpoint), OnDemandOrder(person, write=False)
        )
    finally:
        await engine.close()

    assert cycle.state is CycleState.SUCCEEDED
    assert cycle.users == forecast.users
    assert told[-1].users == cycle.users
    assert entry.skip_reason == "RedundantExport"
    assert entry.source_id == person


async def test_the_steps_of_one_object_come_before_its_entry(
    data_folder: Path, tenant: RunningTenant
) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    steps: list[ProvisioningStep] = []
    try:
        forecast = (await engine.rehearse(order(tenant.scim_endpoint))).forecast
        person = forecast.by_action[0].names[0][0]
        entry = await engine.provision_on_demand(
            order(tenant.scim_endpoint),
            OnDemandOrder(person, write=True),
            on_step=steps.append,
        )
    finally:
        await engine.close()

    assert len(steps) > 3
    assert tuple(steps) == entry.steps


async def test_a_refusal_comes_back_as_it_was_raised(
    data_folder: Path, tenant: RunningTenant
) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    try:
        with pytest.raises(CredentialsError):
            await engine.rehearse(order(tenant.scim_endpoint, "wrong-token-altogether"))
        with pytest.raises(ConfigurationError):
            await engine.provision_on_demand(
                order(tenant.scim_endpoint), OnDemandOrder("nobody", write=False)
            )
    finally:
        await engine.close()


async def test_a_stop_reaches_the_running_cycle(data_folder: Path, tenant: RunningTenant) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    running = asyncio.Event()
    try:
        task = asyncio.create_task(
            engine.run_cycle(
                order(tenant.scim_endpoint, users=400),
                lambda progress, _: running.set() if progress.requests > 20 else None,
            )
        )
        await running.wait()
        await engine.stop("child")
        cycle = await task
    finally:
        await engine.close()

    assert cycle.ended_by is CycleEnd.STOPPED
    assert 0 < cycle.users.created < 300


async def test_a_crash_is_told_and_the_next_order_starts_another(
    data_folder: Path, tenant: RunningTenant
) -> None:
    sentences: list[str] = []
    engine = ChildEngine(data_folder, sentences.append)
    running = asyncio.Event()
    try:
        task = asyncio.create_task(
            engine.run_cycle(
                order(tenant.scim_endpoint, users=300),
                lambda progress, _: running.set() if progress.requests > 20 else None,
            )
        )
        await running.wait()
        assert engine.process_id is not None
        engine.kill()
        with pytest.raises(EngineError, match="ended unexpectedly"):
            await task
        assert len(sentences) == 1

        cycle = await engine.run_cycle(order(tenant.scim_endpoint, users=300), lambda *_: None)
    finally:
        await engine.close()

    assert cycle.state is CycleState.SUCCEEDED
    assert cycle.users.created > 250


async def test_the_end_of_standard_input_ends_the_engine(
    data_folder: Path, tenant: RunningTenant
) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    await engine.rehearse(order(tenant.scim_endpoint))

    await engine.close()

    assert engine.process_id is None


def test_messages_are_read_as_they_were_written() -> None:
    sent = RunMessage(1, order_message(order("https://demo.looop.co/scim/v2")))

    read = decode_order(encode_message(sent))

    assert read == sent
    assert read.order.order().token.reveal() == TOKEN


def test_an_error_keeps_its_kind_and_its_words() -> None:
    error = CredentialsError("refused", safe="nothing sent", next_step="reset the token")

    message = decode_answer(encode_message(refusal_message(3, error)))

    assert type(message.error()) is CredentialsError
    assert message.error().next_step == "reset the token"


def test_a_line_that_cannot_be_read_is_not_quoted() -> None:
    line = encode_message(RunMessage(1, order_message(order("https://x")))).replace(b"{", b"(")

    with pytest.raises(EngineError) as caught:
        decode_order(line)

    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_the_entries_of_members_come_before_that_of_their_group(
    data_folder: Path, tenant: RunningTenant
) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    given = order(tenant.scim_endpoint)
    snapshot = read_source(given.connection, data_folder)
    group, members = next(
        (one, found)
        for one in snapshot.groups.values()
        if one.active and len(found := [m for m in one.members if m in snapshot.users][:2]) == 2
    )
    told: list[ProvisioningLogEntry] = []
    try:
        last = await engine.provision_on_demand(
            given, OnDemandOrder(group.id, True, tuple(members)), on_entry=told.append
        )
    finally:
        await engine.close()

    assert [entry.source_id for entry in told] == members
    assert last.source_id == group.id


async def test_a_try_that_nobody_waits_for_ends_in_the_engine(data_folder: Path) -> None:
    async with running_tenant(TenantOptions(token=TOKEN, faults=("latency=20s",))) as slow:
        engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
        given = order(slow.scim_endpoint)
        person = next(iter(read_source(given.connection, data_folder).users))
        try:
            trying = asyncio.create_task(
                engine.provision_on_demand(given, OnDemandOrder(person, write=False))
            )
            # A refusal comes after the order for the try was read.
            with pytest.raises(ConfigurationError):
                await engine.provision_on_demand(given, OnDemandOrder("nobody", write=False))
            trying.cancel()
            with pytest.raises(asyncio.CancelledError):
                await trying
        finally:
            async with asyncio.timeout(8):
                await engine.close()

    assert engine.process_id is None


async def test_a_certificate_comes_without_the_writes_it_is_made_of(
    data_folder: Path, tenant: RunningTenant
) -> None:
    engine = ChildEngine(data_folder, lambda sentence: pytest.fail(sentence))
    try:
        found = await engine.rehearse(
            order(tenant.scim_endpoint), entries=False, objects=False, certified=True
        )
    finally:
        await engine.close()

    assert found.plan.objects == ()
    assert found.certificate is not None
    assert dict(found.certificate.others)["create"] > 20
    assert found.certificate.writes > 20
