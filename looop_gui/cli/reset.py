"""`looop-gui reset`: forget chosen parts of a job, by Graph's resetScope names (section f.9)."""

from pathlib import Path

import click

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run
from looop_gui.model.job import ResetScope
from looop_gui.services.chosen_connection import choose_connection


@click.command()
@click.argument("connection")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in ResetScope], case_sensitive=False),
    help="May be repeated. ConnectorDataStore are the links; Full is everything.",
)
@data_dir_option
def command(connection: str, scopes: tuple[str, ...], data_dir: Path | None) -> None:
    """Forget parts of the state of CONNECTION. Nothing is sent to the target.

    Escrows are failures that wait for a retry, Watermark makes the next cycle an initial one,
    QuarantineState lifts a quarantine, ConnectorDataStore breaks the links: everybody is matched
    anew.
    """
    run(_reset(connection, frozenset(ResetScope(scope) for scope in scopes), data_dir))


async def _reset(chosen: str, scopes: frozenset[ResetScope], data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = (await choose_connection(services, chosen, with_token=False)).connection
        await services.provisioning.reset_parts(connection, scopes)
    cleared = ", ".join(scope.value for scope in ResetScope if scope in scopes)
    click.echo(f"Cleared of {connection.name}: {cleared}.")
    return DONE
