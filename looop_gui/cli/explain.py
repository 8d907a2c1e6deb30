"""`looop-gui explain`: why somebody is in scope or not, and the smallest change that helps."""

from pathlib import Path
from typing import Any

import click
import msgspec

from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, opened_services, run, write_json
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot
from looop_gui.model.errors import ConfigurationError
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.scope_preview import Census, Explanation, explain_scope, scope_census

_NAMES = ("userPrincipalName", "mail", "displayName", "mailNickname")
_SUGGESTIONS = 5


@click.command()
@click.argument("connection")
@click.option(
    "--user",
    "wanted",
    metavar="ID",
    help="An object id, userPrincipalName, mail or name; of a person or a group.",
)
@click.option(
    "--census", is_flag=True, help="Everybody who is skipped, counted by the reason, instead."
)
@json_option("A JSON object")
@data_dir_option
def command(
    connection: str, wanted: str | None, census: bool, as_json: bool, data_dir: Path | None
) -> None:
    """Explain whether a person or group is in the scope of CONNECTION, and why.

    Neither the tenant nor the secret token is needed.

    \b
    Exit codes: 0 explained, 2 usage, configuration, or nobody found.
    """
    if (wanted is None) != census:
        raise click.UsageError("Give either --user ID or --census.")
    run(_explain(connection, wanted, data_dir, as_json))


async def _explain(name: str, wanted: str | None, data_dir: Path | None, as_json: bool) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        connection = chosen.connection
        snapshot = await services.directory.snapshot(connection.source, connection.id)
    configuration = chosen.schema, connection.settings
    if wanted is None:
        taken = await scope_census(snapshot, configuration)
        write_json(_census_as_json(taken)) if as_json else _print_census(taken)
        return DONE
    explanation = await explain_scope(snapshot, configuration, find_object(snapshot, wanted))
    if as_json:
        write_json(_as_json(explanation))
    else:
        _print(explanation)
    return DONE


def find_object(snapshot: DirectorySnapshot, wanted: str) -> DirectoryObject:
    """The one person or group meant. Raises ConfigurationError for none or several."""
    found = snapshot.find(wanted)
    if found is not None:
        return found
    text = wanted.strip().casefold()
    everybody = (*snapshot.users.values(), *snapshot.groups.values())
    for attribute in _NAMES:
        matches = [one for one in everybody if _text(one, attribute) == text]
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(one.id for one in matches[:_SUGGESTIONS])
            raise ConfigurationError(
                f"There are {len(matches)} with the {attribute} {wanted}.",
                next_step=f"Give an object id: {ids}.",
            )
    near = [one.display_name for one in everybody if text in one.display_name.casefold()]
    hint = f"Did you mean {', '.join(near[:_SUGGESTIONS])}?" if near else ""
    raise ConfigurationError(
        f"There is nobody named {wanted} in the source directory.", next_step=hint
    )


def _text(entry: DirectoryObject, attribute: str) -> str:
    value = entry.attributes.get(attribute)
    return value.casefold() if isinstance(value, str) else ""


def _print(explanation: Explanation) -> None:
    click.echo(explanation.summary)
    for reason in explanation.reasons:
        click.echo(f"  {reason}")
    if explanation.steps:
        click.echo("The smallest change:")
    for step in explanation.steps:
        click.echo(f"  {step.sentence}")


def _as_json(explanation: Explanation) -> dict[str, Any]:
    entry, evaluation = explanation.entry, explanation.evaluation
    return {
        "id": entry.id,
        "displayName": entry.display_name,
        "objectType": entry.object_type,
        "inScope": explanation.in_scope,
        "summary": explanation.summary,
        "reasons": explanation.reasons,
        "facts": {
            "active": evaluation.active,
            "assigned": evaluation.assigned,
            "hasRequiredRole": evaluation.has_required_role,
            "filterPassed": evaluation.filter_passed,
        },
        "possible": explanation.possible,
        "steps": [
            {
                "kind": step.kind,
                "sentence": step.sentence,
                "attribute": step.attribute or None,
                "value": step.value,
                "role": step.role.display_name if step.role else None,
                "clauses": [msgspec.to_builtins(clause) for clause in step.clauses],
            }
            for step in explanation.steps
        ],
    }


def _print_census(census: Census) -> None:
    click.echo(f"{census.users_in_scope:,} of {census.users:,} people are in scope.")
    click.echo(f"{census.groups_in_scope:,} of {census.groups:,} groups are in scope.")
    for row in census.rows:
        click.echo(f"{row.count:>8,}  {row.object_type:<6} {row.sentence}")
        named = ", ".join(entry.display_name or entry.id for entry in row.entries[:_SUGGESTIONS])
        click.echo(f"{'':<17}{named}{', ...' if row.count > _SUGGESTIONS else ''}")


def _census_as_json(census: Census) -> dict[str, Any]:
    return {
        "users": census.users,
        "usersInScope": census.users_in_scope,
        "groups": census.groups,
        "groupsInScope": census.groups_in_scope,
        "skipped": [
            {
                "objectType": row.object_type,
                "cause": row.cause,
                "sentence": row.sentence,
                "count": row.count,
                "ids": [entry.id for entry in row.entries],
            }
            for row in census.rows
        ],
    }
