"""`looop-gui test-connection`: Test Connection (reference section a.4) on the command line."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.root import data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import CONNECTION, DONE, opened_services, run, write_json
from looop_gui.model.connection import Application, TenantConnection
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.secret import SecretText
from looop_gui.services.checks import Check, CheckState, ConnectionTestResult
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.clock import SystemClock
from looop_gui.services.connection_test import ConnectionTestService
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.secret_token import trimmed_token
from looop_gui.setup.tenant_url import advise

_WORDS = {
    CheckState.PASSED: ("passed", "green"),
    CheckState.WARNING: ("warning", "yellow"),
    CheckState.FAILED: ("FAILED", "red"),
    CheckState.SKIPPED: ("skipped", "bright_black"),
}
_SHOWN_DETAIL = 500


@click.command()
@click.argument("connection", required=False)
@click.option("--tenant-url", metavar="URL", help="Test this URL instead of a connection.")
@click.option("--token-env", metavar="VAR", help="The variable that holds the secret token.")
@click.option(
    "--application",
    type=click.Choice(["looop", "generic"]),
    default="looop",
    show_default=True,
    help="With --tenant-url: whose matching attributes are asked for.",
)
@click.option("--ca-file", metavar="FILE", default="", help="With --tenant-url: PEM authorities.")
@click.option(
    "--prove-write",
    is_flag=True,
    help="Then create, read, update, disable and delete one disposable user.",
)
@json_option("A JSON object")
@inline_token_option
@data_dir_option
def command(
    connection: str | None,
    tenant_url: str | None,
    token_env: str | None,
    application: str,
    ca_file: str,
    prove_write: bool,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> None:
    """Test CONNECTION, a saved connection or a connection file, or a URL with its token.

    Nothing is written without --prove-write.

    \b
    Exit codes: 0 passed, 2 usage or configuration, 4 connection or credentials.
    """
    if (connection is None) == (tenant_url is None):
        raise click.UsageError("Name a connection, or give --tenant-url URL.")
    if connection is not None:
        run(_test_connection(connection, data_dir, allow_inline_token, prove_write, as_json))
    typed = _typed(str(tenant_url), token_env, Application(application), ca_file)
    run(_test(typed, prove_write, as_json))


@dataclass(frozen=True, slots=True)
class _Credentials:
    """What is tested."""

    target: TenantConnection
    token: SecretText
    schema: SynchronizationSchema


async def _test_connection(
    name: str, data_dir: Path | None, allow_inline_token: bool, prove_write: bool, as_json: bool
) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, allow_inline_token=allow_inline_token)
        for note in chosen.notes:
            click.echo(note, err=True)
        credentials = _Credentials(chosen.connection.target, chosen.token, chosen.schema)
        return await _test(credentials, prove_write, as_json)


def _typed(
    tenant_url: str, token_env: str | None, application: Application, ca_file: str
) -> _Credentials:
    advice = advise(tenant_url, application)
    for correction in advice.corrections:
        click.echo(correction, err=True)
    if advice.problem:
        click.echo(advice.problem, err=True)
    token = os.environ.get(token_env, "") if token_env else ""
    if token_env and not token:
        click.echo(f"The environment variable {token_env} is not set or is empty.", err=True)
        sys.exit(CONNECTION)
    target = TenantConnection(advice.url, dialect=advice.dialect, ca_file=ca_file)
    return _Credentials(target, SecretText(trimmed_token(token)), default_schema(application))


async def _test(given: _Credentials, prove_write: bool, as_json: bool) -> int:
    service = ConnectionTestService(SystemClock())
    show = _ignore if as_json else _show
    tested = await service.run(given.target, given.token, given.schema, show)
    proved: ConnectionTestResult | None = None
    if prove_write and tested.passed:
        proved = await service.prove_write(given.target, given.token, given.schema, show)
    passed = tested.passed and (proved is None or proved.passed)
    if as_json:
        write_json(_as_json(tested, proved, passed=passed))
    else:
        if proved is not None and proved.left_behind:
            click.echo(proved.left_behind, err=True)
        click.echo("The connection works." if passed else "The connection does not work yet.")
    return DONE if passed else CONNECTION


def _ignore(_check: Check) -> None:
    """Nothing is shown while JSON is made."""


def _show(check: Check) -> None:
    """One line a check, when it has ended; what to do below it."""
    if check.state not in _WORDS or (check.state is CheckState.SKIPPED and not check.sentence):
        return
    word, colour = _WORDS[check.state]
    click.echo(f"{click.style(f'{word:<8}', fg=colour)} {check.title}: {check.sentence}")
    if check.next_step:
        click.echo(f"{'':<8} {check.next_step}")
    if check.state is CheckState.FAILED:
        for name, value in check.details:
            text = value if len(value) <= _SHOWN_DETAIL else f"{value[:_SHOWN_DETAIL]} ..."
            indented = text.replace("\n", f"\n{'':<13}")
            click.echo(f"{'':<10} {name}: {indented}")


def _as_json(
    tested: ConnectionTestResult, proved: ConnectionTestResult | None, *, passed: bool
) -> dict[str, Any]:
    result: dict[str, Any] = {"passed": passed, "checks": [_check(c) for c in tested.checks]}
    if proved is not None:
        result["proveWrite"] = {
            "checks": [_check(check) for check in proved.checks],
            "leftBehind": proved.left_behind,
        }
    return result


def _check(check: Check) -> dict[str, Any]:
    return {
        "identifier": check.identifier,
        "title": check.title,
        "state": check.state,
        "sentence": check.sentence,
        "nextStep": check.next_step,
        "code": check.code,
        "details": dict(check.details),
    }
