"""`looop-gui pause`: turns the provisioning status of a saved connection off."""

from pathlib import Path

import click

from looop_gui.cli.connections import NO_SWITCH, found_connection
from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run


@click.command()
@click.argument("connection")
@data_dir_option
def command(connection: str, data_dir: Path | None) -> None:
    """Turn the provisioning status of a saved CONNECTION off: no cycle begins by itself.

    The state is kept; resume goes on from the watermark (section f.9 of the reference).
    """
    run(_pause(connection, data_dir))


async def _pause(name: str, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name, NO_SWITCH)
        await services.provisioning.set_provisioning(connection.id, False)
    click.echo(f"{connection.name} is paused. Links, watermark and log are kept.")
    return DONE
