"""`looop-gui result`: what came of a cycle, as a page to attach to a change request or as JSON."""

import sys
from pathlib import Path

import click

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.cycle_results import write_result
from looop_gui.services.result_page import result_content


@click.command("result")
@click.argument("connection")
@click.option("--cycle", default="", help="The id of a cycle; else the last that has ended.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file: .html is a page that stands alone, .json JSON; else JSON on standard output.",
)
@data_dir_option
def command(connection: str, cycle: str, output: Path | None, data_dir: Path | None) -> None:
    """What came of a cycle of CONNECTION: changes, failures, requests, and the plan it applied.

    What may hold a secret does not leave: it is hidden as in the exports of the log.

    \b
    Exit codes: 0 done, 2 usage or configuration.
    """
    run(_result(connection, cycle, output, data_dir))


async def _result(name: str, cycle: str, output: Path | None, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        result = await services.results.result_of(chosen.connection, chosen.schema, cycle)
        if output is None:
            sys.stdout.write(result_content(result, as_page=False).decode())
            sys.stdout.flush()
            return DONE
        await write_result(output, result)
        click.echo(f"The result is in {output}.", err=True)
    return DONE
