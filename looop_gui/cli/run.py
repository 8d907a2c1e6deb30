"""`looop-gui run`: stays in the foreground and keeps the interval, for a service or a container."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.cycle_display import CycleDisplay, JsonLines, TerminalDisplay
from looop_gui.cli.root import data_dir_option, inline_token_option
from looop_gui.cli.running import DONE, opened_services, run
from looop_gui.engine.quarantine import attempt_is_due, has_expired
from looop_gui.model.errors import QuarantinedError, WorkbenchError
from looop_gui.model.job import CycleEnd
from looop_gui.services.chosen_connection import ChosenConnection, choose_connection
from looop_gui.services.clock import SystemClock
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.events import CycleProgressed
from looop_gui.services.services import Services

PAUSED_SECONDS = 2.0
"""How often a paused connection is looked at."""

SHORTEST_WAIT = 60.0
"""Seconds between two attempts of a job in quarantine, at least."""


@click.command()
@click.argument("connection")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@inline_token_option
@data_dir_option
def command(
    connection: str, as_json: bool, allow_inline_token: bool, data_dir: Path | None
) -> None:
    """Run the cycles of CONNECTION at its interval until it is interrupted.

    A job in quarantine is tried at its own, slower times; while a saved connection is paused,
    nothing is. SIGINT and SIGTERM end it cleanly.

    \b
    Exit codes: 0 interrupted and ended, 2 usage or configuration, 5 in quarantine for 28 days.
    """
    display: CycleDisplay = JsonLines() if as_json else TerminalDisplay()
    run(_keep(connection, display, allow_inline_token, data_dir))


async def _keep(
    chosen: str, display: CycleDisplay, allow_inline_token: bool, data_dir: Path | None
) -> int:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with opened_services(data_dir) as services:
        services.events.subscribe(CycleProgressed, lambda event: display.progress(event.progress))
        waiting = False
        while not ended.is_set():
            # Chosen anew for each cycle: a saved connection may have been changed or paused since.
            found = await choose_connection(services, chosen, allow_inline_token=allow_inline_token)
            if found.saved and not found.connection.settings.provisioning_on:
                if not waiting:
                    display.note(f"{found.connection.name} is paused until it is resumed.")
                waiting = True
                await _wait(ended, PAUSED_SECONDS)
                continue
            waiting = False
            await _wait(ended, await _one(services, found, display, ended))
    return DONE


async def _one(
    services: Services, found: ChosenConnection, display: CycleDisplay, ended: asyncio.Event
) -> float:
    """One cycle, stopped when the program is to end; gives the seconds until the next."""
    order = CycleOrder(found.connection, found.schema, found.token)
    running = asyncio.ensure_future(services.provisioning.run_order(order))
    await _first(running, ended)
    if not running.done():
        await services.provisioning.stop(found.connection.id)
    cycle = await running
    state = await services.provisioning.job_of(found.connection)
    display.cycle(cycle, state)
    if found.connection.settings.check_endless_writes and cycle.ended_by is CycleEnd.COMPLETED:
        await _certify(services, order, display, ended)
    now = SystemClock().now()
    if state.quarantine is None:
        return found.connection.settings.interval_minutes * 60.0
    if has_expired(state.quarantine, now):
        raise QuarantinedError(
            "The job has been in quarantine for 28 days and is not tried any more.",
            next_step="Correct the cause, then looop-gui restart.",
        )
    if attempt_is_due(state.quarantine, now):
        return SHORTEST_WAIT
    return max(SHORTEST_WAIT, (state.quarantine.next_attempt - now).total_seconds())


async def _certify(
    services: Services, order: CycleOrder, display: CycleDisplay, ended: asyncio.Event
) -> None:
    """Check whether another cycle would write nothing; what prevents the check ends no service."""
    checking = asyncio.ensure_future(services.certificates.check_order(order))
    await _first(checking, ended)
    if not checking.done():
        checking.cancel()
    with suppress(asyncio.CancelledError):
        try:
            display.certificate(await checking)
        except WorkbenchError as error:
            display.problem(error.sentence, error.safe, error.next_step)


async def _first(task: "asyncio.Future[Any]", ended: asyncio.Event) -> None:
    """Wait for the task, or until the program is to end."""
    ending = asyncio.ensure_future(ended.wait())
    await asyncio.wait((task, ending), return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()


async def _wait(ended: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return
