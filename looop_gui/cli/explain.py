"""`looop-gui explain`: why somebody is in scope or not, and the smallest change that helps."""

from pathlib import Path
from typing import Any

import click
import msgspec

from looop_gui.cli.root import data_dir_option
from looop_gui.cli.running import DONE, opened_services, run, write_json
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot
from looop_gui.model.errors import ConfigurationError
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.scope_preview import Explanation, explain_scope

_NAMES = ("userPrincipalName", "mail", "displayName", "mailNickname")
_SUGGESTIONS = 5


@click.command()
@click.argument("connection")
@click.option(
    "--user",
    "wanted",
    metavar="ID",
    required=True,
    help="An object id, userPrincipalName, mail or name; of a person or a group.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object on standard output.")
@data_dir_option
def command(connection: str, wanted: str, as_json: bool, data_dir: Path | None) -> None:
    """Explain whether a person or group is in the scope of CONNECTION, and why.

    Neither the tenant nor the secret token is needed.

    \b
    Exit codes: 0 explained, 2 usage, configuration, or nobody found.
    """
    run(_explain(connection, wanted, data_dir, as_json))


async def _explain(name: str, wanted: str, data_dir: Path | None, as_json: bool) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        connection = chosen.connection
        snapshot = await services.directory.snapshot(connection.source, connection.id)
    entry = find_object(snapshot, wanted)
    explanation = await explain_scope(snapshot, (chosen.schema, connection.settings), entry)
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
