"""`looop-gui mapping`: mappings taken to Entra and back, and their versions."""

import asyncio
from pathlib import Path

import click

from looop_gui.cli.connections import found_connection
from looop_gui.cli.lint import has_errors, print_findings
from looop_gui.cli.root import data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import DONE, SOME_FAILED, opened_services, run, write_json
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.services.chosen_connection import choose_connection, read_schema_file
from looop_gui.services.discovered_mappings import discover_mappings
from looop_gui.services.mappings import VersionContent
from looop_gui.services.services import Services
from looop_gui.setup.synchronization_schema import to_graph_text

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("mapping")
def command() -> None:
    """Export, import and compare mappings, and bring versions back.

    Files are Entra's synchronizationSchema, as its schema editor downloads and accepts it.
    """


@command.command("export")
@click.argument("connection")
@click.option("--output", type=_FILE, help="A file to write; else standard output.")
@click.option("--version", "number", type=click.IntRange(0), help="0: the default mappings.")
@data_dir_option
def export_command(
    connection: str, output: Path | None, number: int | None, data_dir: Path | None
) -> None:
    """Write the mappings of CONNECTION for Entra's schema editor.

    Credentials, scope mode and notifications are not in it, as in Entra.
    """
    run(_export(connection, output, number, data_dir))


@command.command("import")
@click.argument("connection")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--comment", default="", help="What the history says; else the file's name.")
@click.option("--force", is_flag=True, help="Save even when errors are found.")
@data_dir_option
def import_command(
    connection: str, file: Path, comment: str, force: bool, data_dir: Path | None
) -> None:
    """Save FILE as the next version of the mappings of CONNECTION.

    What the file has besides is kept for the next export; what was not understood is listed.

    \b
    Exit codes: 0 saved, 1 errors found and nothing saved, 2 usage or configuration.
    """
    run(_import(connection, file, comment or f"Imported {file.name}", force, data_dir))


@command.command("diff")
@click.argument("connection")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--from", "older", type=click.IntRange(0), help="A version; 0: the default mappings.")
@click.option("--to", "newer", type=click.IntRange(0), help="A version; else the newest.")
@json_option("A JSON array")
@data_dir_option
def diff_command(
    connection: str,
    file: Path | None,
    older: int | None,
    newer: int | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Say in words what differs between two versions, or what FILE would change.

    Without a file and without options, the newest version is compared with the one before it.
    With FILE, CONNECTION may also be a connection file.
    """
    if file is not None and newer is not None:
        raise click.UsageError("Give a file or --to, not both.")
    run(_diff(connection, file, older, newer, as_json, data_dir))


@command.command("history")
@click.argument("connection")
@json_option("A JSON array")
@data_dir_option
def history_command(connection: str, as_json: bool, data_dir: Path | None) -> None:
    """List the versions of the configuration of CONNECTION, the newest first.

    Every save is one: of the mappings, the scoping filters and the settings.
    """
    run(_history(connection, as_json, data_dir))


@command.command("restore")
@click.argument("connection")
@click.argument("version", type=click.IntRange(0))
@data_dir_option
def restore_command(connection: str, version: int, data_dir: Path | None) -> None:
    """Bring VERSION back, its settings too, as a new version; 0 restores the default mappings."""
    run(_restore(connection, version, data_dir))


@command.command("discover")
@click.argument("connection")
@click.option("--output", type=_FILE, help="A file to write; else standard output.")
@inline_token_option
@data_dir_option
def discover_command(
    connection: str, output: Path | None, allow_inline_token: bool, data_dir: Path | None
) -> None:
    """Make a template from what the target of CONNECTION publishes under /Schemas.

    Nothing is saved: look through the file, then import it. What is missing or odd about the
    schemas is told on standard error.

    \b
    Exit codes: 0 written, 2 usage or configuration, 4 connection or credentials.
    """
    run(_discover(connection, output, allow_inline_token, data_dir))


async def _export(name: str, output: Path | None, number: int | None, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        if number is None:
            chosen = await choose_connection(services, name, with_token=False)
            schema = chosen.schema
        else:
            connection = await found_connection(services, name)
            schema = await services.mappings.version_schema(connection.id, number)
    return await _deliver(schema, output)


async def _discover(
    name: str, output: Path | None, allow_inline_token: bool, data_dir: Path | None
) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, allow_inline_token=allow_inline_token)
        template = await discover_mappings(chosen.connection.target, chosen.token)
    for oddity in template.oddities:
        click.echo(oddity, err=True)
    return await _deliver(template.schema, output)


async def _deliver(schema: SynchronizationSchema, output: Path | None) -> int:
    text = to_graph_text(schema)
    if output is None:
        click.echo(text, nl=False)
        return DONE
    await asyncio.to_thread(_write, output, text)
    click.echo(f"The mappings were written to {output}.", err=True)
    return DONE


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}.") from error


async def _import(name: str, file: Path, comment: str, force: bool, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name)
        imported = await asyncio.to_thread(read_schema_file, file)
        for note in imported.notes:
            click.echo(note, err=True)
        findings = await services.mappings.lint(connection.id, imported.schema)
        if has_errors(findings) and not force:
            print_findings(findings)
            click.echo("Nothing was saved. Add --force to save in spite of errors.", err=True)
            return SOME_FAILED
        version = await services.mappings.save(connection.id, imported.schema, comment)
    click.echo(f"Version {version.number} was saved.", err=True)
    for change in version.changes:
        click.echo(change)
    return DONE


async def _diff(
    name: str,
    file: Path | None,
    older: int | None,
    newer: int | None,
    as_json: bool,
    data_dir: Path | None,
) -> int:
    async with opened_services(data_dir) as services:
        if file is not None and older is None:
            chosen = await choose_connection(services, name, with_token=False)
            imported = await asyncio.to_thread(read_schema_file, file)
            before, after = VersionContent(chosen.schema), VersionContent(imported.schema)
        else:
            connection = await found_connection(services, name)
            before, after = await _compared(services, connection.id, file, older, newer)
        compared = await services.mappings.compare_contents(before, after)
    changes = [difference.sentence for difference in compared]
    if as_json:
        write_json(changes)
    else:
        for change in changes:
            click.echo(change)
        if not changes:
            click.echo("Nothing differs.", err=True)
    return DONE


async def _compared(
    services: Services,
    connection_id: str,
    file: Path | None,
    older: int | None,
    newer: int | None,
) -> tuple[VersionContent, VersionContent]:
    """What to compare: a version with a file, or with another version."""
    mappings = services.mappings
    versions = await mappings.versions(connection_id)
    newest = versions[0].number if versions else 0
    if file is not None and older is not None:
        imported = await asyncio.to_thread(read_schema_file, file)
        before = VersionContent(await mappings.version_schema(connection_id, older))
        return before, VersionContent(imported.schema)
    last = newest if newer is None else newer
    first = max(0, last - 1) if older is None else older
    after = await mappings.version(connection_id, last)
    return await mappings.version(connection_id, first), after


async def _history(name: str, as_json: bool, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name)
        versions = await services.mappings.versions(connection.id)
    if as_json:
        write_json(versions)
        return DONE
    for version in versions:
        click.echo(f"{version.number:>4}  {version.time:%Y-%m-%d %H:%M} UTC  {version.comment}")
        for change in version.changes:
            click.echo(f"      {change}")
    click.echo("   0  the application's default mappings")
    return DONE


async def _restore(name: str, number: int, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = await found_connection(services, name)
        version = await services.mappings.restore(connection.id, number)
    click.echo(f"{version.comment} as version {version.number}.", err=True)
    for change in version.changes:
        click.echo(change)
    return DONE
