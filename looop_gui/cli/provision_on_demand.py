"""`looop-gui provision-on-demand`: one person or group now, with every step to see (section h)."""

import json
from pathlib import Path

import click
import msgspec

from looop_gui.cli.root import data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import DONE, SOME_FAILED, opened_services, run, write_json
from looop_gui.model.connection import Dialect
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus, WireExchange
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.provisioning_on_demand import OnDemandOrder, on_demand_dialect


@click.command()
@click.argument("connection")
@click.option("--user", "user", metavar="ID", default="", help="A person's object id.")
@click.option("--group", "group", metavar="ID", default="", help="A group's object id.")
@click.option(
    "--member",
    "members",
    metavar="ID",
    multiple=True,
    help="With --group: only this member goes with it, provisioned first; up to five times.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing anywhere.")
@click.option(
    "--dialect",
    type=click.Choice([dialect.value for dialect in Dialect]),
    help="How PATCH requests are written, this time; legacy is what Entra does on demand.",
)
@json_option("A JSON object")
@inline_token_option
@data_dir_option
def command(
    connection: str,
    user: str,
    group: str,
    members: tuple[str, ...],
    dry_run: bool,
    dialect: str | None,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> None:
    """Provision one person or group of CONNECTION now, and show the steps.

    Without --member a group goes with all its members that are provisioned already.

    \b
    Exit codes: 0 done or nothing to do, 1 it failed, 2 usage or configuration,
    4 connection or credentials.
    """
    if bool(user) == bool(group):
        raise click.UsageError("Give either --user ID or --group ID.")
    if members and not group:
        raise click.UsageError("--member goes with --group ID.")
    demand = OnDemandOrder(
        user or group, not dry_run, members or None, Dialect(dialect) if dialect else None
    )
    run(_provision(connection, demand, as_json, allow_inline_token, data_dir))


async def _provision(
    chosen: str,
    demand: OnDemandOrder,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> int:
    entries: list[ProvisioningLogEntry] = []
    async with opened_services(data_dir) as services:
        found = await choose_connection(services, chosen, allow_inline_token=allow_inline_token)
        order = CycleOrder(found.connection, found.schema, found.token)
        last = await services.provisioning.provision_order_on_demand(
            order, demand, on_entry=entries.append
        )
    entries.append(last)
    if as_json:
        told = [msgspec.to_builtins(entry) for entry in entries]
        write_json(told if len(told) > 1 else told[0])
    else:
        if not demand.write:
            click.echo("DRY RUN: nothing was written.")
        click.echo(f"Dialect: {demand.dialect or on_demand_dialect(found.connection)}")
        for entry in entries:
            _show(entry)
    failed = any(entry.status is ProvisioningStatus.FAILURE for entry in entries)
    return SOME_FAILED if failed else DONE


def _show(entry: ProvisioningLogEntry) -> None:
    click.echo(f"{entry.object_type} {entry.source_name}: {entry.action}, {entry.status}")
    for number, step in enumerate(entry.steps, 1):
        click.echo(f"{number}. {step.step_type}: {step.description} ({step.status})")
        for name, value in step.details.items():
            click.echo(f"     {name}: {value}")
    for item in entry.modified_properties:
        click.echo(f"   {item.display_name}: {item.old_value or '-'} -> {item.new_value or '-'}")
    for exchange in entry.exchanges:
        if exchange.method not in ("GET", "HEAD"):
            _show_write(exchange)
    if entry.error is not None:
        click.echo(f"{entry.error.error_code}: {entry.error.reason}")
        if entry.error.recommended_action:
            click.echo(entry.error.recommended_action)


def _show_write(exchange: WireExchange) -> None:
    """A request that writes, and what came of it."""
    click.echo(f"   {exchange.method} {exchange.url}: {exchange.status or exchange.failure}")
    try:
        body = json.dumps(json.loads(exchange.request_body), ensure_ascii=False)
    except ValueError:
        body = exchange.request_body
    if body:
        click.echo(f"     {body}")
