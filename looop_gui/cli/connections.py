"""`looop-gui connections`: the saved connections of a data folder."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.json_names import told
from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, USAGE, opened_services, run, write_json
from looop_gui.model.connection import Connection, TokenStorage
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import JobState
from looop_gui.model.secret import SecretText
from looop_gui.services.chosen_connection import choose_connection, choose_file
from looop_gui.services.services import Services


@click.group("connections", invoke_without_command=True)
@json_option("A JSON array")
@data_dir_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, data_dir: Path | None) -> None:
    """List, show, add and delete saved connections. Without a command, list them."""
    if ctx.invoked_subcommand is None:
        run(_list(data_dir, as_json))


@command.command("list")
@json_option("A JSON array")
@data_dir_option
def list_command(as_json: bool, data_dir: Path | None) -> None:
    """List the saved connections with their state."""
    run(_list(data_dir, as_json))


@command.command("show")
@click.argument("name")
@json_option("A JSON object")
@data_dir_option
def show_command(name: str, as_json: bool, data_dir: Path | None) -> None:
    """Show a connection's settings and its job. The secret token is never shown."""
    run(_show(data_dir, name, as_json))


@command.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
def delete_command(name: str, yes: bool, data_dir: Path | None) -> None:
    """Delete a connection with its token, mappings, links and state.

    The provisioning log is kept, and nothing is changed in the tenant.
    """
    run(_delete(data_dir, name, yes))


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Another name than the file's.")
@data_dir_option
def add_command(file: Path, name: str, data_dir: Path | None) -> None:
    """Save the connection that a connection FILE describes, with its mappings.

    From then on its name can be used, and mappings have versions. What cycles with the file have
    linked stays linked. A token written in the file is not taken over.
    """
    run(_add(data_dir, file, name))


@command.command("set-token")
@click.argument("connection")
@data_dir_option
def set_token_command(connection: str, data_dir: Path | None) -> None:
    """Keep another secret token for CONNECTION, where its tokens are kept.

    The token is asked for, or read from standard input; it is never an argument. CONNECTION is a
    saved connection, or a connection file whose token is in the keyring.
    """
    if sys.stdin.isatty():
        token = click.prompt("Secret token", hide_input=True, err=True)
    else:
        token = sys.stdin.read()
    run(_set_token(data_dir, connection, SecretText(token.strip())))


async def _set_token(data_dir: Path | None, name: str, token: SecretText) -> int:
    if not token:
        click.echo("No token was given.", err=True)
        return USAGE
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        storage = chosen.connection.target.token_storage
        if storage in (TokenStorage.MEMORY, TokenStorage.ENVIRONMENT):
            click.echo(f"The token of {chosen.connection.name} is {_WHERE[storage]}.", err=True)
            return USAGE
        await services.connections.keep_token(chosen.connection, token)
    click.echo(f"The secret token of {chosen.connection.name} was kept.", err=True)
    return DONE


async def _add(data_dir: Path | None, file: Path, name: str) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_file(services, file)
        connection = replace(chosen.connection, name=name or chosen.connection.name)
        if any(saved.id == connection.id for saved in await services.connections.list()):
            raise ConfigurationError(
                f"The connection of {file} is saved already.",
                safe="Nothing was changed.",
                next_step="See it with looop-gui connections.",
            )
        if connection.target.token_storage is TokenStorage.MEMORY:
            target = replace(connection.target, token_storage=TokenStorage.KEYRING)
            connection = replace(connection, target=target)
        saved = await services.connections.create(connection, None)
        await services.mappings.save(saved.id, chosen.schema, comment=f"From {file.name}")
    for note in chosen.notes:
        click.echo(note, err=True)
    click.echo(f"The connection {saved.name} was saved.", err=True)
    if saved.target.token_storage is not TokenStorage.ENVIRONMENT:
        click.echo(f'Keep its token with: looop-gui connections set-token "{saved.name}"', err=True)
    return DONE


_WHERE = {
    TokenStorage.MEMORY: "kept in the memory of a window only; enter it there",
    TokenStorage.ENVIRONMENT: "read from an environment variable; set it there",
}


async def _list(data_dir: Path | None, as_json: bool) -> int:
    async with opened_services(data_dir) as services:
        found = [
            (connection, await services.provisioning.job_of(connection))
            for connection in await services.connections.list()
        ]
    if as_json:
        write_json([_described(connection, job) for connection, job in found])
    elif not found:
        click.echo("There are no saved connections. Make one with looop-gui.", err=True)
    else:
        _print_table(found)
    return DONE


async def _show(data_dir: Path | None, name: str, as_json: bool) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name)
        job = await services.provisioning.job_of(connection)
        versions = await services.mappings.versions(connection.id)
    described = _described(connection, job) | {"mappingVersions": len(versions)}
    if as_json:
        write_json(described)
    else:
        for label, value in _flattened(described):
            click.echo(f"{label:<42} {value}")
    return DONE


async def _delete(data_dir: Path | None, name: str, yes: bool) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name)
        if not yes:
            if not sys.stdin.isatty():
                click.echo("Add --yes to delete without being asked.", err=True)
                return USAGE
            if not click.confirm(f"Delete the connection {connection.name}?", err=True):
                click.echo("Nothing was deleted.", err=True)
                return DONE
        await services.connections.delete(connection.id)
    click.echo(f"The connection {connection.name} was deleted.", err=True)
    return DONE


NO_VERSIONS = (
    "A connection file keeps no versions; its mappings are the file that its schema names."
)
NO_SWITCH = (
    "A connection file is turned on and off by its provisioningStatus; looop-gui connections add"
    " saves it."
)


async def found_connection(
    services: Services, name: str, of_a_file: str = NO_VERSIONS
) -> Connection:
    """The saved connection of that name. Raises ConfigurationError where there is none.

    `of_a_file` says what to do where a connection file was named.
    """
    connection = await services.connections.find(name)
    if connection is None:
        is_file = await asyncio.to_thread(Path(name).is_file)
        raise ConfigurationError(
            f"There is no saved connection named {name}.",
            next_step=of_a_file if is_file else "See those there are with looop-gui connections.",
        )
    return connection


def _described(connection: Connection, job: JobState) -> dict[str, Any]:
    """A connection as JSON: what `connections show` and the list give."""
    last = job.last_cycle
    return {
        "id": connection.id,
        "name": connection.name,
        "application": connection.application,
        "production": connection.production,
        "target": told(connection.target),
        "source": told(connection.source),
        "settings": told(connection.settings),
        "job": {
            "status": job.status,
            "linkedUsers": job.linked_users,
            "linkedGroups": job.linked_groups,
            "escrows": job.escrows,
            "quarantine": job.quarantine.sentence if job.quarantine else None,
            "lastCycle": told(last) if last else None,
            "nextCycle": job.next_cycle.isoformat() if job.next_cycle else None,
        },
    }


def _print_table(found: list[tuple[Connection, JobState]]) -> None:
    rows = [("NAME", "APPLICATION", "STATUS", "PROVISIONING", "TENANT URL")]
    for connection, job in found:
        on = "on" if connection.settings.provisioning_on else "off"
        application = connection.application.value
        rows.append((connection.name, application, job.status, on, connection.target.tenant_url))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[4]]))


def _flattened(value: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for name, item in value.items():
        label = f"{prefix}{name}"
        if isinstance(item, dict):
            lines += _flattened(item, f"{label}.")
        elif item not in (None, "", [], ()):
            lines.append((label, item))
    return lines
