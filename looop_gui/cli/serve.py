"""`looop-gui serve`: the embedded Looop tenant as a program of its own."""

import sys
from pathlib import Path

import click

from looop_gui.cli.root import unused_data_dir_option
from looop_gui.mockserver.conduct import PRESETS
from looop_gui.mockserver.faults import fault_descriptions
from looop_gui.mockserver.quirks import quirk_descriptions
from looop_gui.mockserver.server import DEFAULT_HOST, TenantOptions, serve
from looop_gui.model.errors import ConfigurationError

_FAULT_HELP = "\n".join(
    ["\b", "Faults (--fault, may be repeated):"]
    + [f"  {one.example}" for one in fault_descriptions()]
)


def _list_quirks(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        for quirk in quirk_descriptions():
            click.echo(f"{quirk.name}\n    {quirk.sentence}")
        ctx.exit()


def _list_faults(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        for fault in fault_descriptions():
            click.echo(f"{fault.name}  (for example {fault.example})\n    {fault.sentence}")
        ctx.exit()


@click.command(
    epilog=_FAULT_HELP,
    help=(
        "Run the embedded Looop tenant alone: a SCIM 2.0 service provider on this computer.\n\n"
        "The first line on standard output is JSON with the SCIM endpoint and the token. The"
        " tenant stops cleanly on SIGTERM and SIGINT."
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free port.")
@click.option("--token", envvar="LOOOP_GUI_SERVE_TOKEN", help="The token; else one is generated.")
@click.option("--token-from-stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--organisation-domain", help="The tenant's organisation domain.")
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    default="looop",
    show_default=True,
    help="The tenant's conduct.",
)
@click.option("--quirk", "quirks", multiple=True, metavar="NAME", help="See --list-quirks.")
@click.option("--fault", "faults", multiple=True, metavar="FAULT", help="See --list-faults.")
@click.option("--seed", type=int, help="Makes faults, ids and people repeatable.")
@click.option("--users", type=click.IntRange(0), default=0, help="People to begin with.")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="An SQLite file to keep everything in; else memory.",
)
@click.option(
    "--schemas",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with schemas and resource types of your own.",
)
@click.option("--console", is_flag=True, help="Also serve the control API below /console.")
@click.option(
    "--listen",
    "host",
    default=DEFAULT_HOST,
    show_default=True,
    metavar="ADDRESS",
    help="The address to listen at.",
)
@click.option("--allow-remote", is_flag=True, help="Allow an address beyond this computer.")
@click.option("--exit-with-parent", is_flag=True, help="Stop when standard input ends.")
@unused_data_dir_option
@click.option(
    "--list-quirks",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_quirks,
    help="Print the quirks, and end.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_faults,
    help="Print the faults, and end.",
)
def command(
    port: int,
    token: str | None,
    token_from_stdin: bool,
    organisation_domain: str | None,
    preset: str,
    quirks: tuple[str, ...],
    faults: tuple[str, ...],
    seed: int | None,
    users: int,
    database: Path | None,
    schemas: Path | None,
    console: bool,
    host: str,
    allow_remote: bool,
    exit_with_parent: bool,
) -> None:
    """Read the options and serve until told to stop."""
    if token_from_stdin:
        token = sys.stdin.buffer.readline().decode().strip() or token
    options = TenantOptions(
        host=host,
        port=port,
        token=token,
        organisation_domain=organisation_domain,
        preset=preset,
        quirks=quirks,
        faults=faults,
        seed=seed,
        users=users,
        database=database,
        schemas=schemas,
        console=console,
        allow_remote=allow_remote,
    )
    try:
        serve(options, exit_with_parent=exit_with_parent)
    except ConfigurationError as error:
        click.echo(" ".join(filter(None, (error.sentence, error.safe, error.next_step))), err=True)
        sys.exit(2)
