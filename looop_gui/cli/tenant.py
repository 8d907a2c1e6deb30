"""`looop-gui tenant`: looks into a running tenant and switches its faults and quirks.

It speaks to the console of a tenant that was started with `serve --console`, whose first line on
standard output says where that is and what its key is; save the line and name it with `--from`.
"""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any, TextIO
from urllib.parse import quote, urlsplit

import click

from looop_gui.cli.root import unused_data_dir_option

_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Console:
    """Where the console of a tenant is, and its key."""

    endpoint: str
    key: str = field(repr=False)

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """The answer to one request; ends the command when there is none or it is a refusal."""
        parts = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=_SECONDS
        )
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, parts.path + path, data, headers)
            response = connection.getresponse()
            said = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _UnreachableError(f"The tenant does not answer: {error}.") from None
        finally:
            connection.close()
        if response.status == 401:
            raise _UnreachableError("The console key is wrong.")
        if response.status != 200:
            raise _RefusedError(str(said.get("detail", response.status)))
        return said


class _UnreachableError(click.ClickException):
    exit_code = 4


class _RefusedError(click.ClickException):
    exit_code = 2


@click.group(help="Look into a running tenant (serve --console) and switch faults and quirks.")
@click.option(
    "--from",
    "first_line",
    type=click.File(),
    help="A file with the first line that serve --console printed; - is standard input.",
)
@click.option("--console-endpoint", envvar="LOOOP_GUI_CONSOLE_ENDPOINT", help="In place of --from.")
@click.option("--console-key", envvar="LOOOP_GUI_CONSOLE_KEY", help="Better in the environment.")
@unused_data_dir_option
@click.pass_context
def command(
    ctx: click.Context,
    first_line: TextIO | None,
    console_endpoint: str | None,
    console_key: str | None,
) -> None:
    """Find the console."""
    if first_line is not None:
        try:
            said = json.loads(first_line.readline())
            console_endpoint, console_key = said["consoleEndpoint"], said["consoleKey"]
        except (ValueError, KeyError, TypeError):
            raise _RefusedError(
                "The file does not begin with the first line of serve --console."
            ) from None
    if not console_endpoint or not console_key:
        raise click.UsageError(
            "Say where the console is: --from FILE, or LOOOP_GUI_CONSOLE_ENDPOINT and"
            " LOOOP_GUI_CONSOLE_KEY."
        )
    ctx.obj = Console(console_endpoint, console_key)


@command.command(help="The tenant's domain, endpoint, counts and what is switched on, as JSON.")
@unused_data_dir_option
@click.pass_obj
def info(console: Console) -> None:
    """Print the tenant and its request counters."""
    _print({**console.ask("GET", "/tenant"), **console.ask("GET", "/requests")})


@command.command("reset-token", help="Make a new token; the old one fails at once.")
@unused_data_dir_option
@click.pass_obj
def reset_token(console: Console) -> None:
    """Print the new token."""
    _print(console.ask("POST", "/token"))


@command.command(help="The users or groups that have arrived, as JSON.")
@click.argument("noun", type=click.Choice(["users", "groups"]))
@click.option("--search", default="", help="Only those that mention this.")
@click.option(
    "--start", type=click.IntRange(1), default=1, show_default=True, help="The first, from 1 on."
)
@click.option(
    "--count", type=click.IntRange(0, 500), default=100, show_default=True, help="How many."
)
@click.option("--changed", is_flag=True, help="The last changed first.")
@unused_data_dir_option
@click.pass_obj
def resources(
    console: Console, noun: str, search: str, start: int, count: int, changed: bool
) -> None:
    """Print a page of users or groups."""
    query = f"startIndex={start}&count={count}&search={quote(search, safe='')}"
    _print(console.ask("GET", f"/{noun}?{query}{'&sort=changed' if changed else ''}"))


@command.command(help="List the faults, or switch some on (latency=50ms) or off (--off latency).")
@click.argument("texts", nargs=-1, metavar="[FAULT]...")
@click.option("--off", multiple=True, metavar="NAME", help="Switch one off.")
@click.option("--clear", is_flag=True, help="Switch all off first.")
@unused_data_dir_option
@click.pass_obj
def faults(console: Console, texts: tuple[str, ...], off: tuple[str, ...], clear: bool) -> None:
    """Switch faults and print those that are on."""
    _switch(console, "fault", texts, off, clear)


@command.command(
    help="List the quirks, or switch some on (page-cap-50) or off (--off page-cap-50)."
)
@click.argument("names", nargs=-1, metavar="[QUIRK]...")
@click.option("--off", multiple=True, metavar="NAME", help="Switch one off.")
@click.option("--clear", is_flag=True, help="Switch all off first.")
@unused_data_dir_option
@click.pass_obj
def quirks(console: Console, names: tuple[str, ...], off: tuple[str, ...], clear: bool) -> None:
    """Switch quirks and print those that are on."""
    _switch(console, "quirk", names, off, clear)


def _switch(
    console: Console, noun: str, on: tuple[str, ...], off: tuple[str, ...], clear: bool
) -> None:
    path = f"/{noun}s"
    said = console.ask("DELETE" if clear else "GET", path)
    for name in off:
        said = console.ask("DELETE", f"{path}/{quote(name, safe='')}")
    for text in on:
        said = console.ask("POST", path, {noun: text})
    if not (on or off or clear):
        for one in said["available"]:
            mark = "on " if any(_named(text, one["name"]) for text in said["on"]) else "   "
            click.echo(f"{mark} {one.get('example', one['name'])}\n        {one['sentence']}")
        return
    _print({"on": said["on"]})


def _named(text: str, name: str) -> bool:
    return text.partition("=")[0] == name


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
