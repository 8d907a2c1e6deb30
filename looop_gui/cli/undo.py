"""`looop-gui undo`: puts back what a run did, by a plan that is made and read like any other."""

from pathlib import Path
from typing import Any

import click

from looop_gui.cli.cycle_display import CycleDisplay, JsonLines, TerminalDisplay
from looop_gui.cli.json_names import told
from looop_gui.cli.plan_file import write_plan
from looop_gui.cli.root import data_dir_option, json_option
from looop_gui.cli.running import DONE, GUARD, SOME_FAILED, opened_services, run, write_json
from looop_gui.cli.sync import exit_code
from looop_gui.engine.plan_patterns import plan_sentence
from looop_gui.engine.undo_guard import undo_token
from looop_gui.model.job import Cycle
from looop_gui.model.plan import Plan
from looop_gui.model.undo import UndoableRun
from looop_gui.services.chosen_connection import ChosenConnection, choose_connection
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.events import CycleProgressed
from looop_gui.services.services import Services

SHORT_ID = 8
SHOWN = 20
"""How many objects that are left alone are listed."""


@click.command()
@click.argument("connection")
@click.argument("run_id", required=False, metavar="[RUN]")
@click.option("--dry-run", is_flag=True, help="Say what would be put back; write nothing anywhere.")
@click.option(
    "--plan-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every request of the undo to this file and send none; .html is a page.",
)
@click.option(
    "--disable",
    is_flag=True,
    help="Disable the people whom the run created instead of deleting them; its groups stay.",
)
@click.option(
    "--allow-guard",
    metavar="TOKEN",
    default="",
    help="Let pass once as many deletes and disables as a guard held back; it tells the token.",
)
@json_option("One JSON object a line")
@data_dir_option
def command(
    connection: str,
    run_id: str | None,
    dry_run: bool,
    plan_out: Path | None,
    disable: bool,
    allow_guard: str,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Undo a run of CONNECTION: give the target back what the run changed.

    RUN is the id of a cycle, or its beginning, or "last". Without RUN, those that can be undone
    are listed. What was changed since is listed and not touched. The connection is paused, because
    the next cycle would do it all again.

    \b
    Exit codes: 0 done, 1 some objects failed or were left as they are, 2 usage or configuration,
    3 stopped by a guard, 4 connection or credentials, 130 interrupted (the state is safe).
    """
    display: CycleDisplay = JsonLines() if as_json else TerminalDisplay()
    undo = _Undo(connection, display, as_json=as_json, disable=disable, plan_out=plan_out)
    undo.dry_run = dry_run or plan_out is not None
    undo.allowed_guard = allow_guard
    run(undo.run(run_id, data_dir))


class _Undo:
    """One run of the command."""

    dry_run = False
    allowed_guard = ""

    def __init__(
        self,
        chosen: str,
        display: CycleDisplay,
        *,
        as_json: bool,
        disable: bool,
        plan_out: Path | None,
    ) -> None:
        self._chosen = chosen
        self._display = display
        self._as_json = as_json
        self._disable = disable
        self._plan_out = plan_out

    async def run(self, run_id: str | None, data_dir: Path | None) -> int:
        """The exit code."""
        async with opened_services(data_dir) as services:
            if run_id is None:
                chosen = await choose_connection(services, self._chosen, with_token=False)
                self._list(await services.undo.runs(chosen.connection.id))
                return DONE
            chosen = await choose_connection(services, self._chosen)
            undone = await services.undo.run_named(chosen.connection.id, run_id)
            order = CycleOrder(chosen.connection, chosen.schema, chosen.token)
            plan = await services.undo.plan(
                order,
                undone.cycle,
                disable=self._disable,
                on_progress=lambda progress: self._display.progress(progress, dry_run=True),
            )
            self._show_plan(plan)
            token = undo_token(plan)
            held = bool(plan.guard) and self.allowed_guard != token
            if held:
                allow = f"To allow exactly this once: --allow-guard {token}"
                self._display.note(f"{plan.guard} {allow}")
            if self.dry_run or held:
                return GUARD if held else _left_code(plan)
            return await self._apply(services, chosen, order, plan)

    async def _apply(
        self, services: Services, chosen: ChosenConnection, order: CycleOrder, plan: Plan
    ) -> int:
        services.events.subscribe(
            CycleProgressed, lambda event: self._display.progress(event.progress)
        )
        was_on = chosen.connection.settings.provisioning_on
        applying = CycleOrder(
            order.connection, order.schema, order.token, None, self.allowed_guard, plan
        )
        cycle = await services.provisioning.run_order(applying)
        state = await services.provisioning.job_of(chosen.connection)
        if was_on:
            self._display.note(_what_follows(chosen))
        self._display.cycle(cycle, state)
        return exit_code(cycle, state) or _left_code(plan)

    def _show_plan(self, plan: Plan) -> None:
        if self._plan_out is not None:
            write_plan(self._plan_out, plan)
            self._display.note(f"The plan is in {self._plan_out}.")
        if self._as_json:
            for one in plan.left_alone:
                write_json({"event": "left-alone", **told(one)})
            write_json({"event": "undo-plan", **_summary(plan), "dryRun": self.dry_run})
            return
        if self.dry_run:
            click.echo("DRY RUN: nothing was written.")
        click.echo(plan_sentence(plan))
        if plan.left_alone:
            click.echo(f"{_counted(len(plan.left_alone))} left as they are:")
        for one in plan.left_alone[:SHOWN]:
            click.echo(f"  {one.object_type} {one.source_name}: {one.reason}")
        if len(plan.left_alone) > SHOWN:
            click.echo(f"  and {len(plan.left_alone) - SHOWN} more; --json lists all.")

    def _list(self, runs: list[UndoableRun]) -> None:
        if self._as_json:
            write_json([_told_run(one) for one in runs])
        elif not runs:
            click.echo("There is no run that can be undone.")
        for one in () if self._as_json else runs:
            cycle = one.cycle
            click.echo(
                f"{cycle.id[:SHORT_ID]}  {cycle.began:%Y-%m-%d %H:%M} UTC  {cycle.kind:<11}  "
                f"{_counted(one.objects)}  {_words(cycle)}{', undone' if one.undone else ''}"
            )


def _told_run(one: UndoableRun) -> dict[str, Any]:
    answer: dict[str, Any] = told(one.cycle)
    del answer["defects"], answer["defectCount"]
    return answer | {"objects": one.objects, "undone": one.undone}


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "cycle": plan.undo.cycle_id if plan.undo is not None else "",
        "objects": len({one.source_id for one in plan.objects}),
        "requests": sum(len(one.requests) for one in plan.objects),
        "leftAlone": len(plan.left_alone),
        "guard": plan.guard or None,
        "guardToken": undo_token(plan) if plan.guard else None,
    }


def _left_code(plan: Plan) -> int:
    return SOME_FAILED if plan.left_alone else DONE


def _words(cycle: Cycle) -> str:
    counts = cycle.users + cycle.groups
    return (
        f"created {counts.created}, updated {counts.updated}, disabled {counts.disabled}, "
        f"deleted {counts.deleted}"
    )


def _counted(number: int) -> str:
    return "1 object" if number == 1 else f"{number} objects"


def _what_follows(chosen: ChosenConnection) -> str:
    again = "the next cycle would do again what was undone"
    correct = "Correct the source, the scope or the mapping first"
    if chosen.saved:
        return f"{chosen.connection.name} is paused: {again}. {correct}, then resume."
    return f"A connection file is not paused by this, and {again}. {correct}."
