"""`looop-gui sync`: provisioning cycles from the command line, on the engine of the window."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from looop_gui.cli.cycle_display import CycleDisplay, JsonLines, TerminalDisplay
from looop_gui.cli.lost_output import outlive_lost_output
from looop_gui.cli.plan_file import read_plan, write_plan
from looop_gui.cli.reject_guard import refuse_other_options, reject
from looop_gui.cli.root import allow_guard_option, data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import (
    CONNECTION,
    DONE,
    GUARD,
    INTERRUPTED,
    QUARANTINED,
    SOME_FAILED,
    USAGE,
    end_on_signals,
    exit_code_of,
)
from looop_gui.model.connection import Dialect
from looop_gui.model.errors import WorkbenchError
from looop_gui.model.job import (
    Cycle,
    CycleEnd,
    CycleKind,
    CycleProgress,
    CycleState,
    JobState,
)
from looop_gui.services.chosen_connection import ChosenConnection, choose_connection
from looop_gui.services.cycle_results import write_result
from looop_gui.services.data_folder import usual_data_folder
from looop_gui.services.engine_local import CycleOrder, EngineLocation
from looop_gui.services.engine_process import fast_loop, prepare_process
from looop_gui.services.events import CycleProgressed
from looop_gui.services.services import Services, close_services, open_services

T = TypeVar("T")


@click.command()
@click.argument("connection")
@click.option(
    "--cycle",
    "kind",
    type=click.Choice(["auto", "initial", "incremental"]),
    default="auto",
    show_default=True,
    help="auto goes on from the watermark; initial evaluates everybody.",
)
@click.option("--cycles", type=click.IntRange(1), default=1, help="How many, one after the other.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing anywhere.")
@click.option(
    "--plan-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --dry-run: write every request that would be sent to this file; .html is a page.",
)
@click.option(
    "--apply-plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Write exactly what this plan says; stop where it does not fit any more.",
)
@click.option(
    "--result-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what came of the (last) cycle to this file; .html is a page.",
)
@click.option(
    "--certify",
    is_flag=True,
    help="Then check that another cycle would write nothing, and say why if it would.",
)
@click.option(
    "--dialect",
    type=click.Choice([dialect.value for dialect in Dialect]),
    help="How PATCH requests are written, this time; else as the connection says.",
)
@json_option("One JSON object a line")
@allow_guard_option
@click.option(
    "--reject-guard",
    metavar="TOKEN",
    default="",
    help="Refuse what a guard held back and turn provisioning off; no cycle is run.",
)
@inline_token_option
@data_dir_option
@click.pass_context
def command(
    ctx: click.Context,
    connection: str,
    kind: str,
    cycles: int,
    dry_run: bool,
    plan_out: Path | None,
    apply_plan: Path | None,
    result_out: Path | None,
    certify: bool,
    dialect: str | None,
    as_json: bool,
    allow_guard: str,
    reject_guard: str,
    allow_inline_token: bool,
    data_dir: Path | None,
) -> None:
    """Run provisioning cycles of CONNECTION, a saved connection or a connection file.

    \b
    Exit codes: 0 done, 1 some objects failed, 2 usage or configuration, 3 stopped by a guard,
    4 connection or credentials, 5 quarantined, 130 interrupted (the state is safe).
    """
    if reject_guard:
        refuse_other_options(ctx)
        reject(connection, reject_guard, as_json, data_dir)
    if apply_plan is not None and (dry_run or plan_out is not None or cycles > 1):
        raise click.UsageError("A plan is applied once, by one cycle that is no dry run.")
    if result_out is not None and (dry_run or plan_out is not None):
        raise click.UsageError("A dry run has no result; --plan-out writes its plan.")
    folder = data_dir or usual_data_folder()
    wanted = None if kind == "auto" else CycleKind(kind)
    display: CycleDisplay = JsonLines() if as_json else TerminalDisplay()
    sync = _Sync(folder, connection, wanted, cycles, dry_run, allow_inline_token, display)
    sync.allowed_guard = allow_guard
    sync.plan_out, sync.apply_plan = plan_out, apply_plan
    sync.result_out, sync.certify = result_out, certify
    sync.dialect = Dialect(dialect) if dialect else None
    prepare_process()
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        code = runner.run(sync.run())
    sys.exit(code)


class _InterruptedError(Exception):
    """A dry run was stopped by a signal."""


class _Sync:
    """One run of the command."""

    def __init__(
        self,
        folder: Path,
        chosen: str,
        kind: CycleKind | None,
        cycles: int,
        dry_run: bool,
        allow_inline_token: bool,
        display: CycleDisplay,
    ) -> None:
        self._folder = folder
        self._chosen = chosen
        self._kind = kind
        self._cycles = cycles
        self._dry_run = dry_run
        self._allow_inline_token = allow_inline_token
        self._display = display
        self._interrupted = False
        self._rehearsing: asyncio.Future[Any] | None = None
        self.allowed_guard = ""
        self.plan_out: Path | None = None
        self.apply_plan: Path | None = None
        self.result_out: Path | None = None
        self.certify = False
        self.dialect: Dialect | None = None

    async def run(self) -> int:
        """The exit code."""
        try:
            services = await open_services(self._folder, engine=EngineLocation.IN_PROCESS)
            try:
                return await self._with(services)
            finally:
                await close_services(services)
        except WorkbenchError as error:
            self._display.problem(error.sentence, error.safe, error.next_step)
            return exit_code_of(error)

    async def _with(self, services: Services) -> int:
        chosen = await choose_connection(
            services, self._chosen, allow_inline_token=self._allow_inline_token
        )
        if self.dialect is not None:
            target = replace(chosen.connection.target, dialect=self.dialect)
            connection = replace(chosen.connection, target=target)
            chosen = replace(chosen, connection=connection)
        for note in chosen.notes:
            self._display.note(note)
        self._stop_on_interrupt(services, chosen.connection.id)
        try:
            if self._dry_run or self.plan_out is not None:
                return await self._forecast(services, chosen)
            return await self._cycles_of(services, chosen)
        except _InterruptedError:
            return INTERRUPTED

    async def _cycles_of(self, services: Services, chosen: ChosenConnection) -> int:
        plan = read_plan(self.apply_plan, chosen.connection) if self.apply_plan else None
        for sentence in plan.consequences if plan is not None else ():
            self._display.note(sentence)
        services.events.subscribe(
            CycleProgressed, lambda event: self._display.progress(event.progress)
        )
        code, cycle = DONE, None
        for number in range(self._cycles):
            # Only the first cycle is forced to a kind: what follows goes on from it.
            kind = self._kind if number == 0 or self._kind is CycleKind.INITIAL else None
            order = CycleOrder(
                chosen.connection, chosen.schema, chosen.token, kind, self.allowed_guard, plan
            )
            cycle = await services.provisioning.run_order(order)
            state = await services.provisioning.job_of(chosen.connection)
            completed = cycle.ended_by is CycleEnd.COMPLETED
            certify = self.certify or chosen.connection.settings.check_endless_writes
            if certify and completed and number == self._cycles - 1:
                await self._certify(services, order)
            self._display.cycle(cycle, state)
            code = max(code, INTERRUPTED if self._interrupted else exit_code(cycle, state))
            if not completed:
                break
        if self.result_out is not None and cycle is not None:
            await self._write_result(services, chosen, cycle.id, self.result_out)
        return code

    async def _write_result(
        self, services: Services, chosen: ChosenConnection, cycle_id: str, path: Path
    ) -> None:
        result = await services.results.result_of(chosen.connection, chosen.schema, cycle_id)
        await write_result(path, result)
        self._display.note(f"The result is in {path}.")

    async def _forecast(self, services: Services, chosen: ChosenConnection) -> int:
        order = CycleOrder(
            chosen.connection, chosen.schema, chosen.token, self._kind, self.allowed_guard
        )
        dry_run = await self._rehearsed(services.dry_runs.dry_run(order, self._show_rehearsing))
        forecast = dry_run.forecast
        self._display.dry_run(dry_run)
        if self.plan_out is not None:
            write_plan(self.plan_out, dry_run.plan)
            self._display.note(f"The plan is in {self.plan_out}.")
        if forecast.guard:
            return GUARD
        return SOME_FAILED if (forecast.users + forecast.groups).failed else DONE

    async def _certify(self, services: Services, order: CycleOrder) -> None:
        certifying = services.certificates.check_order(order, self._show_rehearsing)
        # Interrupted here, the cycle before is told all the same.
        with suppress(_InterruptedError):
            self._display.certificate(await self._rehearsed(certifying))

    async def _rehearsed(self, rehearsing: Coroutine[Any, Any, T]) -> T:
        """The end of a dry run. Raises _InterruptedError when it was stopped."""
        task = asyncio.ensure_future(rehearsing)
        self._rehearsing = task
        try:
            return await task
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
            self._display.note("The dry run was stopped. It has written nothing.")
            raise _InterruptedError from None
        finally:
            self._rehearsing = None

    def _show_rehearsing(self, progress: CycleProgress) -> None:
        self._display.progress(progress, dry_run=True)

    def _stop_on_interrupt(self, services: Services, connection_id: str) -> None:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            self._interrupted = True
            if self._rehearsing is not None:
                self._rehearsing.cancel()
                return  # a dry run has nothing to record
            self._display.note("Stopping; what was written is recorded.")
            task = loop.create_task(services.provisioning.stop(connection_id))
            self._stopping = task

        end_on_signals(stop)
        outlive_lost_output(lambda: None)


def exit_code(cycle: Cycle, state: JobState) -> int:
    """The exit code that the end of a cycle stands for."""
    match cycle.ended_by:
        case CycleEnd.GUARD | CycleEnd.PLAN:
            return GUARD
        case CycleEnd.CREDENTIALS | CycleEnd.TARGET:
            return CONNECTION
        case CycleEnd.SOURCE | CycleEnd.STORE:
            return USAGE
        case CycleEnd.STOPPED:
            return INTERRUPTED
        case _:
            if state.quarantine is not None:
                return QUARANTINED
            return SOME_FAILED if cycle.state is CycleState.ENTRY_LEVEL_ERRORS else DONE
