"""`looop-gui status`: how the job of a connection stands."""

import shlex
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.json_names import told
from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, QUARANTINED, opened_services, run, write_json
from looop_gui.model.job import JobState
from looop_gui.services.certificates import StoredCertificate
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.provisioning_jobs import ADAPTED, HELD_BACK


@click.command()
@click.argument("connection")
@json_option("A JSON object")
@data_dir_option
def command(connection: str, as_json: bool, data_dir: Path | None) -> None:
    """Say how the job of CONNECTION stands: last cycle, watermark, links, escrows, quarantine.

    \b
    Exit codes: 0 done, 2 usage or configuration, 5 quarantined.
    """
    run(_status(connection, as_json, data_dir))


async def _status(chosen: str, as_json: bool, data_dir: Path | None) -> int:
    async with opened_services(data_dir) as services:
        connection = (await choose_connection(services, chosen, with_token=False)).connection
        state = await services.provisioning.job_of(connection)
        stored = await services.certificates.latest(connection.id)
    if as_json:
        write_json(_answer(state) | {"certificate": told(stored)})
    else:
        for line in [*_lines(connection.name, state), *_certificate_lines(stored)]:
            click.echo(line)
    return DONE if state.quarantine is None else QUARANTINED


def _answer(state: JobState) -> dict[str, Any]:
    """The state as JSON, without what a stored cycle does not have."""
    answer: dict[str, Any] = told(state)
    for cycle in (answer["lastCycle"], answer["runningCycle"]):
        if cycle is not None:
            del cycle["defects"], cycle["defectCount"]
    return answer


def _certificate_lines(stored: StoredCertificate | None) -> list[str]:
    if stored is None:
        return []
    since = "; a cycle has run since" if stored.outdated else ""
    writes = stored.certificate.writes
    return [
        f"No-op certificate: a second cycle would send {writes} writes, "
        f"checked {stored.made:%Y-%m-%d %H:%M} UTC{since}"
    ]


def _lines(name: str, state: JobState) -> list[str]:
    lines = [f"{name}: {state.status}"]
    if state.last_cycle is not None:
        cycle = state.last_cycle
        lines.append(
            f"Last cycle: {cycle.kind}, {cycle.state}, began {cycle.began:%Y-%m-%d %H:%M} UTC"
        )
        if cycle.sentence:
            lines.append(cycle.sentence)
    if state.watermark is not None:
        lines.append(f"Watermark: {state.watermark.time:%Y-%m-%d %H:%M} UTC")
    lines.append(f"Linked: {state.linked_users} people, {state.linked_groups} groups")
    if state.escrows:
        lines.append(f"Waiting to be tried again: {state.escrows}")
    if state.next_deletion is not None:
        lines.append(
            f"Waiting to be deleted: {state.leaving}, "
            f"the first at {state.next_deletion:%Y-%m-%d %H:%M} UTC"
        )
    if state.drift_checked is not None:
        number = state.drift_found
        words = "1 object differs" if number == 1 else f"{number} objects differ"
        lines.append(
            f"Drift check: {words if number else 'nothing differs'}, "
            f"{state.drift_checked:%Y-%m-%d %H:%M} UTC"
        )
    if adapted := state.extra.get(ADAPTED):
        lines.append(f"Written as the target takes it, until a restart: {adapted}")
    if state.quarantine is not None:
        quarantine = state.quarantine
        lines.append(
            f"Quarantine: {quarantine.reason} since {quarantine.began:%Y-%m-%d %H:%M} UTC, "
            f"tried again {quarantine.next_attempt:%Y-%m-%d %H:%M} UTC"
        )
        lines.append(quarantine.sentence)
    if token := state.extra.get(HELD_BACK):
        sync = f"looop-gui sync {shlex.quote(name)}"
        lines.append(f"To allow exactly this once: {sync} --allow-guard {token}")
        lines.append(f"To refuse it: {sync} --reject-guard {token}")
    return lines
