"""`looop-gui restart`: forget watermark, escrows and quarantine, as the portal's Restart does."""

from pathlib import Path

import click

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run
from looop_gui.services.chosen_connection import choose_connection


@click.command()
@click.argument("connection")
@click.option("--full", is_flag=True, help="Break the links, too: everybody is matched anew.")
@data_dir_option
def command(connection: str, full: bool, data_dir: Path | None) -> None:
    """Clear the state of CONNECTION, so that the next cycle is an initial one.

    Links stay, unless --full. Nothing is sent to the target.
    """
    run(_restart(connection, full, data_dir))


async def _restart(chosen: str, full: bool, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = (await choose_connection(services, chosen, with_token=False)).connection
        await services.provisioning.reset(connection, full=full)
    links = "The links are broken" if full else "The links are kept"
    click.echo(f"The next cycle of {connection.name} is an initial one. {links}.")
    return DONE
