"""The root command. Subcommands are imported only when they are used, so that each starts fast."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from looop_gui import __version__

COMMANDS = {
    "serve": "looop_gui.cli.serve",
    "evaluate": "looop_gui.cli.evaluate",
    "scope": "looop_gui.cli.scope",
    "lint": "looop_gui.cli.lint",
    "explain": "looop_gui.cli.explain",
    "mapping": "looop_gui.cli.mapping",
    "directory": "looop_gui.cli.directory",
    "connections": "looop_gui.cli.connections",
    "test-connection": "looop_gui.cli.test_connection",
    "sync": "looop_gui.cli.sync",
    "demo": "looop_gui.cli.demo",
}
"""Command name to the module that defines `command`."""


@dataclass
class ApplicationOpener:
    """What the commands share: how to open the window, and the data folder of the root command.

    `open_application` takes the data folder (None: the usual one) and the number of people of the
    demo directory (None: no demo mode), and returns the exit code. The window is a floor above the
    command line, so the entry hands it in.
    """

    open_application: Callable[[Path | None, int | None], int]
    data_folder: Path | None = None


class LazyGroup(click.Group):
    """A click group that imports the module of a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name, imported now."""
        module_name = COMMANDS.get(cmd_name)
        if module_name is None:
            return None
        command = importlib.import_module(module_name).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module_name}.command is not a click command")
        return command


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where connections, state and logs are kept.",
)
@click.version_option(__version__, prog_name="looop-gui")
@click.pass_context
def root(ctx: click.Context, data_dir: Path | None) -> None:
    """Set up, test and run SCIM provisioning. Without a command, open the application."""
    opener = ctx.obj
    if isinstance(opener, ApplicationOpener):
        opener.data_folder = data_dir
        if ctx.invoked_subcommand is None:
            sys.exit(opener.open_application(data_dir, None))


def data_dir_option(function: Callable[..., None]) -> Callable[..., None]:
    """The `--data-dir` option for a subcommand; without it, the root command's counts."""

    def choose(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
        opener = ctx.find_root().obj
        return value or (opener.data_folder if isinstance(opener, ApplicationOpener) else None)

    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        callback=choose,
        help="Where connections, state and logs are kept.",
    )(function)
