"""`looop-gui retry`: what failed and waits, and to have some of it tried in the next cycle."""

from pathlib import Path

import click

from looop_gui.cli.json_names import told
from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, USAGE, opened_services, run, write_json
from looop_gui.model.job import Escrow
from looop_gui.services.chosen_connection import choose_connection


@click.command()
@click.argument("connection")
@click.argument("objects", nargs=-1, metavar="[OBJECT]...")
@click.option("--all", "everything", is_flag=True, help="Everything that waits.")
@json_option("A JSON array")
@data_dir_option
def command(
    connection: str,
    objects: tuple[str, ...],
    everything: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Make objects of CONNECTION that failed due in the next cycle.

    OBJECT is the object id in the source. Without one, what waits is listed, and until when.

    \b
    Exit codes: 0 done, 2 usage or configuration, or an OBJECT that does not wait.
    """
    run(_retry(connection, objects, everything, as_json, data_dir))


async def _retry(
    chosen: str, objects: tuple[str, ...], everything: bool, as_json: bool, data_dir: Path | None
) -> int:
    async with opened_services(data_dir) as services:
        connection = (await choose_connection(services, chosen, with_token=False)).connection
        waiting = await services.provisioning.waiting(connection)
        wanted = {one.source_id for one in waiting} if everything else set(objects)
        shown = waiting
        if wanted:
            shown = await services.provisioning.retry(connection, wanted)
    if as_json:
        write_json(told(shown))
    else:
        for line in _lines(shown, due=bool(wanted)):
            click.echo(line)
    unknown = wanted - {one.source_id for one in shown}
    for source_id in sorted(unknown):
        click.echo(f"{source_id} does not wait to be tried again.", err=True)
    return USAGE if unknown else DONE


def _lines(escrows: list[Escrow], *, due: bool) -> list[str]:
    if not escrows:
        return [] if due else ["Nothing waits to be tried again."]
    return [
        f"{one.object_type} {one.source_id}: {one.error_code}, tried {one.attempts} times, "
        + ("due in the next cycle" if due else f"waits until {one.next_attempt:%Y-%m-%d %H:%M} UTC")
        for one in escrows
    ]
