"""The root command. Subcommands are imported only when they are used, so that each starts fast."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from looop_gui import __version__
from looop_gui.cli.display import has_display

Command = TypeVar("Command", bound=Callable[..., None])

COMMANDS = {
    "connections": ("looop_gui.cli.connections", "The saved connections."),
    "demo": ("looop_gui.cli.demo", "The demo: a company, a tenant, and what happens between them."),
    "directory": ("looop_gui.cli.directory", "Generate a demo directory as files."),
    "drift": ("looop_gui.cli.drift", "What was changed in the target by hand."),
    "evaluate": ("looop_gui.cli.evaluate", "Evaluate an expression, or a file of them."),
    "explain": ("looop_gui.cli.explain", "Why somebody is in scope, or not."),
    "lint": ("looop_gui.cli.lint", "Problems of a connection's mappings."),
    "logs": ("looop_gui.cli.logs", "The provisioning log, filtered, as a table or files."),
    "mapping": ("looop_gui.cli.mapping", "Export, import, compare and restore mappings."),
    "pause": ("looop_gui.cli.pause", "Turn provisioning of a connection off."),
    "provision-on-demand": (
        "looop_gui.cli.provision_on_demand",
        "Provision one person or group now.",
    ),
    "reset": ("looop_gui.cli.reset", "Forget chosen parts of a connection's state."),
    "restart": ("looop_gui.cli.restart", "Make the next cycle an initial one."),
    "retry": ("looop_gui.cli.retry", "Try objects that failed in the next cycle."),
    "result": ("looop_gui.cli.result", "What came of a cycle, as a page or as JSON."),
    "resume": ("looop_gui.cli.resume", "Turn provisioning of a connection on."),
    "run": ("looop_gui.cli.run", "Stay in the foreground and keep the interval."),
    "scope": ("looop_gui.cli.scope", "Evaluate scoping filters over cases in a file."),
    "serve": ("looop_gui.cli.serve", "Run the embedded Looop tenant alone."),
    "status": ("looop_gui.cli.status", "How the job of a connection stands."),
    "sync": ("looop_gui.cli.sync", "Run provisioning cycles."),
    "tenant": ("looop_gui.cli.tenant", "Look into a running tenant and switch its faults."),
    "test-connection": ("looop_gui.cli.test_connection", "Test a tenant URL and its secret token."),
    "undo": ("looop_gui.cli.undo", "Put back what a run did."),
}
"""Command name to the module that defines `command`, and its line in the help: told here, because
the help of the root command must not import every module."""


@dataclass
class ApplicationOpener:
    """What the commands share: how to open the window, and the data folder of the root command.

    `open_application` takes the data folder (None: the usual one) and the number of people of the
    demo directory (None: no demo mode), and returns the exit code; `self_check` proves that what is
    installed works. The window is a floor above the command line, so the entry hands both in.
    """

    open_application: Callable[[Path | None, int | None], int]
    self_check: Callable[[], int]
    data_folder: Path | None = None


class LazyGroup(click.Group):
    """A click group that imports the module of a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module_name, _ = COMMANDS[cmd_name]
        command = importlib.import_module(module_name).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module_name}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands in the help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


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
@click.option("--self-check", is_flag=True, help="Open, sync with the embedded tenant, and exit.")
@click.version_option(__version__, prog_name="looop-gui")
@click.pass_context
def root(ctx: click.Context, data_dir: Path | None, self_check: bool) -> None:
    """Set up, test and run SCIM provisioning. Without a command, open the application."""
    opener = ctx.obj
    if isinstance(opener, ApplicationOpener):
        opener.data_folder = data_dir
        if self_check:
            sys.exit(opener.self_check())
        if ctx.invoked_subcommand is None:
            if not has_display():
                raise click.UsageError(
                    "There is no display that answers, to open the window on. See the commands with"
                    " looop-gui --help; looop-gui demo --headless shows the demo in the terminal."
                )
            sys.exit(opener.open_application(data_dir, None))


unused_data_dir_option = click.option(
    "--data-dir", type=click.Path(), hidden=True, expose_value=False
)
"""Accepted as everywhere by a command that needs no stored data."""


def data_dir_option(function: Callable[..., None]) -> Callable[..., None]:
    """The `--data-dir` option for a subcommand; without it, the root command's counts."""

    def choose(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
        named: Path | None = ctx.find_root().params.get("data_dir")
        return value or named

    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        callback=choose,
        help="Where connections, state and logs are kept.",
    )(function)


inline_token_option = click.option(
    "--allow-inline-token", is_flag=True, help="Accept a token in a connection file."
)
"""The option of a command that takes a connection file and asks its target."""

allow_guard_option = click.option(
    "--allow-guard",
    metavar="TOKEN",
    default="",
    help="Let pass once exactly what a guard held back; a stopped cycle tells the token.",
)
"""The option of a command whose cycle a guard may stop."""


def json_option(form: str) -> Callable[[Command], Command]:
    """The `--json` option, which is handed on as `as_json`; `form` says what comes out."""
    return click.option("--json", "as_json", is_flag=True, help=f"{form} on standard output.")
