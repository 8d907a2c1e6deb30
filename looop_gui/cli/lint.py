"""`looop-gui lint`: what is wrong or doubtful about a connection's mappings."""

from pathlib import Path
from typing import Any

import click

from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, SOME_FAILED, opened_services, run, write_json
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.setup.lint import MappingFinding, Severity, lint_schema
from looop_gui.setup.lint_settings import lint_settings

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@click.command()
@click.argument("connection")
@json_option("A JSON array")
@data_dir_option
def command(connection: str, as_json: bool, data_dir: Path | None) -> None:
    """Check the mappings of CONNECTION, a saved connection or a connection file.

    Neither the tenant nor the secret token is needed.

    \b
    Exit codes: 0 clean or only warnings, 1 errors found, 2 usage or configuration.
    """
    run(_lint(connection, data_dir, as_json))


async def _lint(name: str, data_dir: Path | None, as_json: bool) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
    connection = chosen.connection
    findings = lint_schema(
        chosen.schema,
        application=connection.application,
        extended=connection.settings.extended_functions,
    ) + lint_settings(connection.settings, chosen.schema)
    if as_json:
        write_json([finding_as_json(finding) for finding in findings])
    else:
        print_findings(findings)
    return SOME_FAILED if has_errors(findings) else DONE


def has_errors(findings: tuple[MappingFinding, ...]) -> bool:
    """True when a finding keeps the mappings from being saved."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def print_findings(findings: tuple[MappingFinding, ...]) -> None:
    """One line a finding, and how many there are."""
    for finding in findings:
        word = click.style(f"{finding.severity:<8}", fg=_COLOURS.get(finding.severity))
        place = f"{finding.object_type} {finding.target_attribute}".strip()
        click.echo(f"{word} {place}: {finding.sentence} [{finding.identifier}]")
        if finding.fix is not None:
            click.echo(f"{'':<8} Fix: {finding.fix.title}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    rest = len(findings) - errors
    click.echo(f"{errors} errors, {rest} warnings and notes." if findings else "No findings.")


def finding_as_json(finding: MappingFinding) -> dict[str, Any]:
    """A finding for programs; `row` counts the object mapping's attribute mappings from 0."""
    span = finding.span
    return {
        "objectType": finding.object_type,
        "targetAttribute": finding.target_attribute,
        "identifier": finding.identifier,
        "severity": finding.severity,
        "sentence": finding.sentence,
        "row": finding.row,
        "span": None if span is None else {"start": span.start, "end": span.end},
        "fix": finding.fix.title if finding.fix else None,
    }
