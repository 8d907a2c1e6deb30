"""`looop-gui drift`: what was changed in the target by hand, and to have it written again."""

from pathlib import Path

import click

from looop_gui.cli.json_names import told
from looop_gui.cli.root import allow_guard_option, data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import DONE, SOME_FAILED, opened_services, run, write_json
from looop_gui.cli.sync import exit_code
from looop_gui.model.drift import DriftedObject, DriftReport
from looop_gui.model.job import Cycle
from looop_gui.services.chosen_connection import choose_connection
from looop_gui.services.engine_local import CycleOrder


@click.command()
@click.argument("connection")
@click.option("--repair", is_flag=True, help="Run a cycle that writes what differs, too.")
@allow_guard_option
@json_option("One JSON object a line")
@inline_token_option
@data_dir_option
def command(
    connection: str,
    repair: bool,
    allow_guard: str,
    as_json: bool,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> None:
    """Compare the target of CONNECTION with what the last cycle left there.

    All linked people and groups are compared, with their members. Nothing is written without
    --repair.

    \b
    Exit codes: 0 nothing differs or all was repaired, 1 something differs or failed, 2 usage or
    configuration, 3 stopped by a guard, 4 connection or credentials, 5 quarantined.
    """
    drift = _Drift(connection, allow_guard, as_json, allow_inline_token)
    run(drift.run(data_dir, repair=repair))


class _Drift:
    """One run of the command."""

    def __init__(
        self, chosen: str, allowed_guard: str, as_json: bool, allow_inline_token: bool
    ) -> None:
        self._chosen = chosen
        self._allowed_guard = allowed_guard
        self._as_json = as_json
        self._allow_inline_token = allow_inline_token

    async def run(self, data_dir: Path | None, *, repair: bool) -> int:
        """The exit code."""
        async with opened_services(data_dir) as services:
            chosen = await choose_connection(
                services, self._chosen, allow_inline_token=self._allow_inline_token
            )
            order = CycleOrder(chosen.connection, chosen.schema, chosen.token)
            report = await services.drift.check_order(order)
            self._tell_report(report)
            if not repair or not report.repairable:
                return SOME_FAILED if report.objects else DONE
            order = CycleOrder(
                chosen.connection, chosen.schema, chosen.token, allowed_guard=self._allowed_guard
            )
            cycle = await services.drift.repair_order(order)
            state = await services.provisioning.job_of(chosen.connection)
            self._tell_cycle(cycle)
            stays = len(report.objects) > report.repairable
            return exit_code(cycle, state) or (SOME_FAILED if stays else DONE)

    def _tell_report(self, report: DriftReport) -> None:
        if self._as_json:
            objects, normalised = (
                [told(one) | {"sentence": one.sentence} for one in listed]
                for listed in (report.objects, report.normalised)
            )
            write_json(
                {"event": "drift", **told(report), "objects": objects, "normalised": normalised}
            )
            return
        for one in (*report.objects, *report.normalised):
            for line in _lines(one):
                click.echo(line)
        compared = f"Compared: {report.users} people, {report.groups} groups."
        unread = f" Could not be read: {report.unread}." if report.unread else ""
        click.echo(f"{report.sentence or 'Nothing differs in the target.'} {compared}{unread}")

    def _tell_cycle(self, cycle: Cycle) -> None:
        total = cycle.users + cycle.groups
        if self._as_json:
            write_json({"event": "repair", "state": cycle.state, **told(total)})
            return
        click.echo(
            f"Repaired by a cycle: {cycle.state}, {total.created} created, {total.updated} "
            f"updated, {total.disabled} disabled, {total.failed} failed."
        )
        if cycle.sentence:
            click.echo(cycle.sentence)


def _lines(found: DriftedObject) -> list[str]:
    head = f"{found.object_type} {found.source_name} ({found.source_id}): {found.sentence}"
    return [head] + [
        f"    {one.attribute}: expected {_quoted(one.expected)}, actual {_quoted(one.actual)}"
        for one in found.differences
    ]


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f'"{value}"'
