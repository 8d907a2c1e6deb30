"""`looop-gui provision-on-demand`: one person or group now, with every step to see (section h)."""

from pathlib import Path

import click
import msgspec

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, SOME_FAILED, opened_services, run, write_json
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.engine_local import CycleOrder


@click.command()
@click.argument("connection")
@click.option("--user", "user", metavar="ID", default="", help="A person's object id.")
@click.option("--group", "group", metavar="ID", default="", help="A group's object id.")
@click.option(
    "--member",
    "members",
    metavar="ID",
    multiple=True,
    help="With --group: a member to provision before the group; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing anywhere.")
@click.option("--json", "as_json", is_flag=True, help="The entry as JSON on standard output.")
@click.option("--allow-inline-token", is_flag=True, help="Accept a token in a connection file.")
@data_dir_option
def command(
    connection: str,
    user: str,
    group: str,
    members: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> None:
    """Provision one person or group of CONNECTION now, and show the steps.

    \b
    Exit codes: 0 done or nothing to do, 1 it failed, 2 usage or configuration,
    4 connection or credentials.
    """
    if bool(user) == bool(group):
        raise click.UsageError("Give either --user ID or --group ID.")
    if members and not group:
        raise click.UsageError("--member goes with --group ID.")
    ids = (*members, user or group)
    run(_provision(connection, ids, dry_run, as_json, allow_inline_token, data_dir))


async def _provision(
    chosen: str,
    source_ids: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> int:
    async with opened_services(data_dir) as services:
        found = await choose_connection(services, chosen, allow_inline_token=allow_inline_token)
        order = CycleOrder(found.connection, found.schema, found.token)
        entries = [
            await services.provisioning.provision_order_on_demand(
                order, source_id, write=not dry_run
            )
            for source_id in source_ids
        ]
    if as_json:
        told = [msgspec.to_builtins(entry) for entry in entries]
        write_json(told if len(told) > 1 else told[0])
    else:
        for entry in entries:
            _show(entry, dry_run)
    failed = any(entry.status is ProvisioningStatus.FAILURE for entry in entries)
    return SOME_FAILED if failed else DONE


def _show(entry: ProvisioningLogEntry, dry_run: bool) -> None:
    if dry_run:
        click.echo("DRY RUN: nothing was written.")
    for number, step in enumerate(entry.steps, 1):
        click.echo(f"{number}. {step.step_type}: {step.description} ({step.status})")
        for name, value in step.details.items():
            click.echo(f"     {name}: {value}")
    for item in entry.modified_properties:
        click.echo(f"   {item.display_name}: {item.old_value or '-'} -> {item.new_value or '-'}")
    if entry.error is not None:
        click.echo(f"{entry.error.error_code}: {entry.error.reason}")
        if entry.error.recommended_action:
            click.echo(entry.error.recommended_action)
