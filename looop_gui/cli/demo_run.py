"""The demo in the terminal: from an empty tenant to the second cycle, step by step."""

import sys
from pathlib import Path

import click

from looop_gui.cli.cycle_display import TerminalDisplay
from looop_gui.cli.running import CONNECTION, DONE, SOME_FAILED, opened_services
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.services.checks import Check, CheckState
from looop_gui.services.events import CycleProgressed
from looop_gui.services.services import Services
from looop_gui.services.tenants import RunningTenant

NAME = "Looop demo"
_SHOWN_CHANGES = 12
_SHOWN_ENTRIES = 8


async def run_demo(folder: Path, users: int, seed: int, *, kept: bool) -> int:
    """Run the whole demo in a data folder; gives the exit code."""
    async with opened_services(folder) as services:
        _heading(1, "An embedded Looop tenant")
        connection_id = services.connections.new_id()
        tenant = await services.tenants.start(connection_id)
        click.echo(f"{tenant.organisation_domain} listens at {tenant.scim_endpoint}.")
        connection = await _make_connection(services, tenant, users, seed)
        demo = _Demo(services, connection)
        await demo.show_directory()
        if not await demo.test_connection():
            return CONNECTION
        initial = await demo.cycle(4, "The initial cycle")
        await demo.change_directory(seed)
        incremental = await demo.cycle(6, "The incremental cycle")
        await demo.show_entries(incremental)
        await demo.show_tenant()
        if kept:
            click.echo(f"\nThe connection {connection.name} is kept in {folder}.")
    return _exit_code(initial, incremental)


async def _make_connection(
    services: Services, tenant: RunningTenant, users: int, seed: int
) -> Connection:
    taken = {connection.name for connection in await services.connections.list()}
    numbered = (f"{NAME} {number}" for number in range(2, len(taken) + 3))
    name = NAME if NAME not in taken else next(one for one in numbered if one not in taken)
    connection = Connection(
        id=tenant.tenant_id,
        name=name,
        application=Application.DEMO,
        target=TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
        source=SourceSettings(SourceType.DEMO, seed=seed, users=users),
        settings=ConnectionSettings(concurrency=16),
    )
    return await services.connections.create(connection, tenant.token)


class _Demo:
    """The steps of the demo on one connection."""

    def __init__(self, services: Services, connection: Connection) -> None:
        self._services = services
        self._connection = connection
        self._display = TerminalDisplay()
        services.events.subscribe(
            CycleProgressed, lambda event: self._display.progress(event.progress)
        )

    async def show_directory(self) -> None:
        _heading(2, "An invented company")
        connection = self._connection
        snapshot = await self._services.directory.snapshot(connection.source, connection.id)
        click.echo(
            f"{len(snapshot.users)} people and {len(snapshot.groups)} groups, "
            f"{len(snapshot.assignments)} assignments to the application."
        )

    async def test_connection(self) -> bool:
        """True when Test Connection passed."""
        _heading(3, "Test Connection")
        services, connection = self._services, self._connection
        token = await services.connections.token_of(connection)
        schema = await services.mappings.schema(connection.id)
        result = await services.connection_test.run(connection.target, token, schema, _show_check)
        return result.passed

    async def cycle(self, number: int, title: str) -> Cycle:
        _heading(number, title)
        provisioning = self._services.provisioning
        cycle = await provisioning.run_cycle(self._connection.id)
        self._display.cycle(cycle, await provisioning.job(self._connection.id))
        return cycle

    async def change_directory(self, seed: int) -> None:
        _heading(5, "A typical day")
        sentences = await self._services.directory.typical_day(self._connection.id, seed)
        _print_some(sentences, _SHOWN_CHANGES, "changes")

    async def show_entries(self, cycle: Cycle) -> None:
        _heading(7, "What the incremental cycle did")
        chosen = LogFilter(connection_id=self._connection.id, cycle_id=cycle.id)
        rows = await self._services.provisioning_log.rows(chosen, limit=_SHOWN_ENTRIES)
        total = await self._services.provisioning_log.count(chosen)
        for row in rows:
            click.echo(f"  {row.action:<8} {row.status:<8} {row.source_name}: {row.summary}")
        if total > len(rows):
            click.echo(f"  ... and {total - len(rows)} more entries")

    async def show_tenant(self) -> None:
        _heading(8, "The tenant now")
        info = await self._services.tenants.info(self._connection.id)
        click.echo(f"{info.users} users and {info.groups} groups.")


def _heading(number: int, title: str) -> None:
    click.echo(click.style(f"\n{number}. {title}", bold=sys.stdout.isatty()))


def _show_check(check: Check) -> None:
    if check.state not in (CheckState.PENDING, CheckState.RUNNING) and check.sentence:
        click.echo(f"  {check.state:<8} {check.title}: {check.sentence}")
        if check.next_step:
            click.echo(f"  {'':<8} {check.next_step}")


def _print_some(sentences: tuple[str, ...], shown: int, noun: str) -> None:
    for sentence in sentences[:shown]:
        click.echo(f"  {sentence}")
    if len(sentences) > shown:
        click.echo(f"  ... and {len(sentences) - shown} more {noun}")


def _exit_code(*cycles: Cycle) -> int:
    if any(cycle.ended_by is not CycleEnd.COMPLETED for cycle in cycles):
        return SOME_FAILED
    failed = sum((cycle.users + cycle.groups).failed for cycle in cycles)
    return SOME_FAILED if failed else DONE
