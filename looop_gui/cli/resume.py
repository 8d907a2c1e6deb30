"""`looop-gui resume`: turns the provisioning status of a saved connection on."""

from pathlib import Path

import click

from looop_gui.cli.connections import NO_SWITCH, found_connection
from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run


@click.command()
@click.argument("connection")
@data_dir_option
def command(connection: str, data_dir: Path | None) -> None:
    """Turn the provisioning status of a saved CONNECTION on and lift a quarantine.

    The next cycle is due at once and goes on from the watermark: the window, looop-gui run or
    looop-gui sync runs it.
    """
    run(_resume(connection, data_dir))


async def _resume(name: str, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name, NO_SWITCH)
        await services.provisioning.make_ready(connection.id)
    click.echo(f"{connection.name} is on. Its next cycle is due now and goes on from where it was.")
    return DONE
