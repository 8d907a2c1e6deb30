"""`looop-gui logs`: the provisioning log on the terminal and as files."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    LogFilter,
    LogRow,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.log_export import LogFormat
from looop_gui.services.services import Services

TABLE = "table"
TABLE_LIMIT = 100
_FILE = click.Path(dir_okay=False, path_type=Path)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HEADINGS = ("TIME", "ACTION", "STATUS", "TYPE", "NAME", "CODE", "WHAT HAPPENED")


class _Moment(click.ParamType[datetime]):
    """A date, a date and time (without a zone: UTC), or an age as 30m, 6h, 2d, 1w."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment in UTC."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        unit = _UNITS.get(text[-1:])
        if unit and text[:-1].isdecimal() and len(text) < 9:
            return datetime.now(UTC) - timedelta(**{unit: int(text[:-1])})
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f'"{text}" is neither a date (2026-11-24T09:00) nor an age (2d).', param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Output:
    format: str
    path: Path | None
    limit: int | None


@click.command("logs")
@click.argument("connection")
@click.option(
    "--status",
    multiple=True,
    type=click.Choice([status.value for status in ProvisioningStatus], case_sensitive=False),
    help="May be given more than once.",
)
@click.option(
    "--action",
    multiple=True,
    type=click.Choice([action.value for action in ProvisioningAction], case_sensitive=False),
    help="May be given more than once.",
)
@click.option(
    "--type",
    "object_type",
    type=click.Choice([kind.value for kind in ObjectType], False),
    help="Only people, or only groups.",
)
@click.option("--user", default="", help="Name, userPrincipalName or id of a person or group.")
@click.option("--attribute", default="", help="A target attribute that was changed.")
@click.option("--since", type=_Moment(), help="From this moment on; also an age as 6h or 2d.")
@click.option("--until", type=_Moment(), help="Before this moment.")
@click.option("--text", default="", help="Words in names, ids and reasons, by their beginning.")
@click.option("--cycle", default="", help="The id of a cycle; looop-gui sync prints it.")
@click.option("--error-code", default="", help="For example Conflict.")
@click.option("--http-status", type=click.IntRange(0, 999), help="0: no response came.")
@click.option("--cause", default="", help='Why skipped, for example "not assigned".')
@click.option("--limit", type=click.IntRange(min=1), help=f"A table has {TABLE_LIMIT} without it.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice([TABLE, *(item.value for item in LogFormat)]),
    default=TABLE,
    show_default=True,
    help="How it is written.",
)
@click.option("--output", type=_FILE, help="A file to write; else standard output.")
@data_dir_option
def command(
    connection: str,
    status: tuple[str, ...],
    action: tuple[str, ...],
    object_type: str | None,
    user: str,
    attribute: str,
    since: datetime | None,
    until: datetime | None,
    text: str,
    cycle: str,
    error_code: str,
    http_status: int | None,
    cause: str,
    limit: int | None,
    output_format: str,
    output: Path | None,
    data_dir: Path | None,
) -> None:
    """Show or export the provisioning log of CONNECTION, the newest entry first.

    What may hold a secret does not leave: unknown headers, parameters and fields are left out.

    \b
    csv     Entra's three tables; with --output, three files beside each other
    json    an array of Graph's provisioningObjectSummary; ndjson: one a line
    har     the HTTP traffic, for browsers and proxies

    \b
    Exit codes: 0 done, 2 usage or configuration.
    """
    wanted = LogFilter(
        connection_id="",
        statuses=frozenset(ProvisioningStatus(one) for one in status),
        actions=frozenset(ProvisioningAction(one) for one in action),
        object_type=ObjectType(object_type) if object_type else None,
        cycle_id=cycle,
        since=since,
        until=until,
        text=text,
        error_code=error_code,
        person=user,
        attribute=attribute,
        http_status=http_status,
        cause=cause,
    )
    run(_logs(connection, wanted, _Output(output_format, output, limit), data_dir))


async def _logs(name: str, wanted: LogFilter, output: _Output, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        log_filter = replace(wanted, connection_id=chosen.connection.id)
        if output.format == TABLE:
            await _table(services, log_filter, output)
        else:
            await _export(services, log_filter, LogFormat(output.format), output)
    return DONE


async def _export(
    services: Services, log_filter: LogFilter, log_format: LogFormat, output: _Output
) -> None:
    export = services.log_export
    if output.path is None:
        number = await export.write(log_filter, log_format, sys.stdout, limit=output.limit)
        sys.stdout.flush()
        if log_format is LogFormat.CSV:
            click.echo("Steps and changes are written with --output only.", err=True)
        click.echo(f"{number} entries.", err=True)
        return
    result = await export.export(log_filter, log_format, output.path, limit=output.limit)
    files = ", ".join(str(file) for file in result.files)
    click.echo(f"{result.entries} entries were written to {files}.", err=True)


async def _table(services: Services, log_filter: LogFilter, output: _Output) -> None:
    limit = output.limit or TABLE_LIMIT
    total = await services.provisioning_log.count(log_filter)
    rows = await services.provisioning_log.rows(log_filter, limit=limit)
    lines = _lines(rows)
    if output.path is not None:
        output.path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    else:
        for line in lines:
            click.echo(line)
    more = f"; the newest {len(rows)} are shown" if total > len(rows) else ""
    click.echo(f"{total} entries{more}.", err=True)


def _lines(rows: list[LogRow]) -> list[str]:
    table = [
        _HEADINGS,
        *(
            (
                row.time.strftime("%Y-%m-%d %H:%M:%SZ"),
                row.action.value,
                row.status.value,
                row.object_type.value,
                _plain(row.source_name or row.source_id),
                row.error_code,
                _plain(row.summary),
            )
            for row in rows
        ),
    ]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADINGS) - 1)]
    return [
        "  ".join(
            [*(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in table
    ]


def _plain(text: str) -> str:
    """A text without characters that a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)
