"""Embedded tenants: child processes that keep their users, port and token, and end with us."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.connection import Application, Connection
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError, TargetError
from looop_gui.services.events import TenantChanged
from looop_gui.services.services import Services
from looop_gui.services.tenant_process import start_tenant
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.draft import SetupDraft

SCHEMA = default_schema(Application.DEMO)


async def test_a_tenant_runs_and_its_console_answers(services: Services) -> None:
    told: list[TenantChanged] = []
    services.events.subscribe(TenantChanged, told.append)
    assert not (await services.tenants.info("t1")).running
    tenant = await services.tenants.start("t1", organisation_domain="contoso.looop.example")
    assert tenant.organisation_domain == "contoso.looop.example"
    assert tenant.scim_endpoint.startswith("http://127.0.0.1:")
    assert tenant.token is not None
    assert tenant.token.reveal() not in repr(tenant)
    info = await services.tenants.info("t1")
    assert (info.running, info.users, info.groups) == (True, 0, 0)
    assert await services.tenants.start("t1") == tenant
    page = await services.tenants.users("t1")
    assert (page.total, page.rows) == (0, ())
    assert (await services.tenants.groups("t1", "x", newest_first=True)).total == 0
    assert TenantChanged("t1") in told


async def test_faults_and_quirks_are_switched(services: Services) -> None:
    await services.tenants.start("t1")
    faults = await services.tenants.set_fault("t1", "latency=50ms")
    latency = next(fault for fault in faults if fault.name == "latency")
    assert (latency.on, latency.setting) == (True, "latency=50ms")
    assert latency.sentence
    faults = await services.tenants.set_fault("t1", "latency", on=False)
    assert not any(fault.on for fault in faults)
    quirk = (await services.tenants.quirks("t1"))[0]
    await services.tenants.set_quirk("t1", quirk.name)
    assert (await services.tenants.info("t1")).quirks == (quirk.name,)
    with pytest.raises(TargetError, match="did not do that"):
        await services.tenants.set_fault("t1", "nonsense")


async def test_a_new_token_replaces_the_old_one(services: Services, connection: Connection) -> None:
    tenant = await services.tenants.start("t1")
    assert tenant.token is not None
    target = replace(connection.target, tenant_url=tenant.scim_endpoint)
    fresh = await services.tenants.reset_token("t1")
    old = await services.connection_test.run(target, tenant.token, SCHEMA, lambda _: None)
    new = await services.connection_test.run(target, fresh, SCHEMA, lambda _: None)
    assert old.failure is not None
    assert (old.failure.identifier, new.passed) == ("authentication", True)


async def test_started_again_it_keeps_users_port_and_token(
    services: Services, connection: Connection
) -> None:
    tenant = await services.tenants.start("c1")
    target = replace(connection.target, tenant_url=tenant.scim_endpoint)
    demo = replace(connection, application=Application.DEMO, target=target)
    await services.connections.create(demo, tenant.token)
    await services.provisioning.run_cycle("c1")
    before = await services.tenants.info("c1")
    assert before.users > 0
    await services.tenants.stop("c1")
    await services.tenants.stop("c1")
    assert not (await services.tenants.info("c1")).running
    again = await services.tenants.start("c1")
    assert (again.scim_endpoint, again.token) == (tenant.scim_endpoint, tenant.token)
    assert (await services.tenants.info("c1")).users == before.users
    row = (await services.tenants.users("c1", limit=1)).rows[0]
    assert row.user_name
    whole = await services.tenants.resource("c1", ObjectType.USER, row.id)
    assert whole["userName"] == row.user_name
    assert row.attributes["userName"] == row.user_name


async def test_a_connection_follows_its_tenant_to_another_port(
    services: Services, connection: Connection, data_folder: Path
) -> None:
    tenant = await services.tenants.start("c1")
    target = replace(connection.target, tenant_url=tenant.scim_endpoint)
    demo = replace(connection, application=Application.DEMO, target=target)
    await services.connections.create(demo, tenant.token)
    await services.tenants.stop("c1")
    port = tenant.scim_endpoint.partition("127.0.0.1:")[2].partition("/")[0]
    blocker = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", int(port))
    try:
        moved = await services.tenants.start("c1")
    finally:
        blocker.close()
    assert moved.scim_endpoint != tenant.scim_endpoint
    saved = await services.connections.get("c1")
    assert saved.target.tenant_url == moved.scim_endpoint
    assert await services.connections.token("c1") == moved.token


async def test_a_tenant_that_ends_by_itself_is_told(services: Services) -> None:
    await services.tenants.start("t1")
    ended = asyncio.Event()
    services.events.subscribe(TenantChanged, lambda _: ended.set())
    process = services.tenants._running["t1"].process
    os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait_for(ended.wait(), 10)
    assert not (await services.tenants.info("t1")).running
    with pytest.raises(TargetError, match="does not run"):
        await services.tenants.users("t1")
    assert (await services.tenants.start("t1")).token is not None


async def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    process = await asyncio.to_thread(
        start_tenant, tmp_path / "t", port=0, token=None, organisation_domain=""
    )
    assert process.process.stdin is not None
    process.process.stdin.close()
    assert await asyncio.to_thread(process.process.wait, 10) == 0
    process.stop()


async def test_the_token_is_not_among_the_arguments(services: Services) -> None:
    tenant = await services.tenants.start("t1")
    assert tenant.token is not None
    arguments = services.tenants._running["t1"].process.args
    assert tenant.token.reveal() not in str(arguments)


async def test_what_cannot_start_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "tenant.sqlite3").write_bytes(b"no database " * 100)
    with pytest.raises(TargetError, match="could not be started") as raised:
        await asyncio.to_thread(start_tenant, folder, port=0, token=None, organisation_domain="")
    assert "tenant.log" in raised.value.next_step


async def test_deleting_a_connection_removes_its_tenant(
    services: Services, connection: Connection, data_folder: Path
) -> None:
    tenant = await services.tenants.start("c1")
    await services.connections.create(connection, tenant.token)
    assert (data_folder / "demo" / "c1").exists()
    await services.connections.delete("c1")
    assert not (data_folder / "demo" / "c1").exists()
    assert not (await services.tenants.info("c1")).running


async def test_discarding_a_set_up_removes_its_tenant(
    services: Services, connection: Connection, data_folder: Path
) -> None:
    tenant = await services.tenants.start("c1")
    await services.connections.save_draft(SetupDraft(id="c1"))
    await services.connections.create(connection, tenant.token)
    await services.connections.discard_draft("c1")
    assert (await services.tenants.info("c1")).running
    await services.tenants.start("d2")
    await services.connections.save_draft(SetupDraft(id="d2"))
    await services.connections.discard_draft("d2")
    assert not (await services.tenants.info("d2")).running
    assert sorted(path.name for path in (data_folder / "demo").iterdir()) == ["c1"]


async def test_an_id_cannot_lead_out_of_the_folder(services: Services) -> None:
    for identifier in ("../x", "", "a/b", "."):
        with pytest.raises(ConfigurationError):
            await services.tenants.start(identifier)


async def test_a_window_waits_for_its_own_tenant_whoever_listens_where_it_was(
    services: Services, connection: Connection
) -> None:
    stranger = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with stranger:
        port = stranger.sockets[0].getsockname()[1]
        target = replace(connection.target, tenant_url=f"http://127.0.0.1:{port}/scim/v2")
        demo = replace(connection, application=Application.DEMO, target=target)
        saved = await services.connections.create(demo, None)

        started = await services.tenants.started(saved)

        tenant = await services.tenants.start(saved.id)
        assert started.target.tenant_url == tenant.scim_endpoint
        assert started.target.tenant_url != target.tenant_url
        assert (await services.tenants.info(saved.id)).running
    plain = replace(connection, application=Application.LOOOP)
    assert await services.tenants.started(plain) == plain
