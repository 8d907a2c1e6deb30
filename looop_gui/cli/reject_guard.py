"""`looop-gui sync --reject-guard`: what a guard held back is refused, and nothing runs any more."""

from pathlib import Path
from typing import NoReturn

import click
from click.core import ParameterSource

from looop_gui.cli.cycle_display import JsonLines
from looop_gui.cli.running import DONE, exit_code_of, opened_services, run, write_json
from looop_gui.model.errors import WorkbenchError
from looop_gui.services.chosen_connection import ChosenConnection, choose_connection

_MAY_GO_WITH = ("connection", "reject_guard", "as_json", "allow_inline_token", "data_dir")


def refuse_other_options(ctx: click.Context) -> None:
    """Raise click.UsageError where an option is given that only a cycle has."""
    given = [
        parameter.opts[0]
        for parameter in ctx.command.params
        if parameter.name not in _MAY_GO_WITH
        and ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"--reject-guard runs no cycle, and {given[0]} is about one.")


def reject(name: str, token: str, as_json: bool, data_dir: Path | None) -> NoReturn:
    """Refuse what the token stands for, and leave the program."""
    run(_reject(name, token, as_json, data_dir))


async def _reject(name: str, token: str, as_json: bool, data_dir: Path | None) -> int:
    try:
        return await _rejected(name, token, as_json, data_dir)
    except WorkbenchError as error:
        if not as_json:
            raise
        JsonLines().problem(error.sentence, error.safe, error.next_step)
        return exit_code_of(error)


async def _rejected(name: str, token: str, as_json: bool, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        chosen = await choose_connection(services, name, with_token=False)
        await services.provisioning.reject(chosen.connection, token)
        state = await services.provisioning.job_of(chosen.connection)
    sentence = "What the guard held back is rejected. Nothing of it was written."
    if as_json:
        write_json(
            {
                "event": "rejected",
                "guardToken": token,
                "sentence": sentence,
                "status": state.status,
                "quarantine": state.quarantine.reason if state.quarantine else None,
                "nextStep": _what_follows(chosen),
            }
        )
    else:
        click.echo(f"{sentence} {_what_follows(chosen)}")
    return DONE


def _what_follows(chosen: ChosenConnection) -> str:
    correct = "Correct the source or the scope"
    if chosen.saved:
        return f"{chosen.connection.name} is paused. {correct}, then looop-gui resume."
    return (
        f"A connection file is not paused by this: its next cycle meets the guard again. {correct} "
        "first."
    )
