"""`looop-gui demo`: the whole tool on an invented company and an embedded tenant."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from looop_gui.cli.display import has_display
from looop_gui.cli.root import ApplicationOpener, data_dir_option

DEFAULT_USERS = 200


@click.command()
@click.option("--headless", is_flag=True, help="Run the demo in the terminal, without a window.")
@click.option(
    "--users",
    type=click.IntRange(1, 1_000_000),
    default=DEFAULT_USERS,
    show_default=True,
    help="How many people the invented company has.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, others.")
@data_dir_option
@click.pass_context
def command(
    ctx: click.Context, headless: bool, users: int, seed: int, data_dir: Path | None
) -> None:
    """Try everything offline: an invented company is provisioned to an embedded Looop tenant.

    With a display the application opens in demo mode. Without one, or with --headless, the demo
    runs in the terminal: test of the connection, initial cycle, a typical day of changes,
    incremental cycle. Unless --data-dir is given, a headless demo keeps nothing.
    """
    opener = ctx.find_root().obj
    if not headless and not has_display():
        click.echo("There is no display that answers: the demo runs in the terminal.", err=True)
        headless = True
    if not headless and isinstance(opener, ApplicationOpener):
        sys.exit(opener.open_application(data_dir, users))
    from looop_gui.cli.demo_run import run_demo
    from looop_gui.cli.running import run

    with ExitStack() as stack:
        folder = data_dir or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="looop-gui-demo-"))
        )
        run(run_demo(folder, users, seed, kept=data_dir is not None))
