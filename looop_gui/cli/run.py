"""`looop-gui run`: stays in the foreground and keeps the interval, for a service or a container."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.cycle_display import CycleDisplay, JsonLines, TerminalDisplay
from looop_gui.cli.lost_output import outlive_lost_output
from looop_gui.cli.root import data_dir_option, inline_token_option, json_option
from looop_gui.cli.running import DONE, end_on_signals, opened_services, run
from looop_gui.engine.quarantine import attempt_is_due, has_expired
from looop_gui.model.errors import QuarantinedError, StoreBusyError, WorkbenchError
from looop_gui.model.job import CycleEnd, Quarantine
from looop_gui.services.chosen_connection import ChosenConnection, choose_connection
from looop_gui.services.clock import SystemClock
from looop_gui.services.cycle_lock import run_lock
from looop_gui.services.data_folder import usual_data_folder
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.events import CycleProgressed
from looop_gui.services.services import Services

PAUSED_SECONDS = 2.0
"""How often a paused connection is looked at."""

SHORTEST_WAIT = 60.0
"""Seconds until what could not be done now is tried again, at least."""


@click.command()
@click.argument("connection")
@json_option("One JSON object a line")
@inline_token_option
@data_dir_option
def command(
    connection: str, as_json: bool, allow_inline_token: bool, data_dir: Path | None
) -> None:
    """Run the cycles of CONNECTION at its interval until it is interrupted.

    A job in quarantine is tried at its own, slower times; while a saved connection is paused,
    nothing is. A cycle that takes longer than the interval is followed by the next at once. SIGINT,
    SIGTERM, SIGHUP, and output that nobody reads any more end it cleanly; standard input is not
    read.

    \b
    Exit codes: 0 interrupted and ended, 2 usage or configuration, 5 in quarantine for 28 days.
    """
    display: CycleDisplay = JsonLines() if as_json else TerminalDisplay()
    run(_keep(connection, display, allow_inline_token, data_dir))


async def _keep(
    chosen: str, display: CycleDisplay, allow_inline_token: bool, data_dir: Path | None
) -> int:
    ended = asyncio.Event()
    end_on_signals(ended.set)
    outlive_lost_output(ended.set)
    async with opened_services(data_dir) as services:
        services.events.subscribe(CycleProgressed, lambda event: display.progress(event.progress))
        # Whatever is wrong at the beginning is for whoever starts it; later it may pass.
        found = await choose_connection(services, chosen, allow_inline_token=allow_inline_token)
        with run_lock(data_dir or usual_data_folder(), found.connection):
            keeper = _Keeper(services, display, ended, chosen, allow_inline_token)
            await keeper.keep(found)
    return DONE


class _Keeper:
    """Keeps the interval of one connection until `ended` is set."""

    def __init__(
        self,
        services: Services,
        display: CycleDisplay,
        ended: asyncio.Event,
        chosen: str,
        allow_inline_token: bool,
    ) -> None:
        self._services = services
        self._display = display
        self._ended = ended
        self._chosen = chosen
        self._allow_inline_token = allow_inline_token
        self._has_run = False

    async def keep(self, found: ChosenConnection) -> None:
        """Cycle after cycle. Raises WorkbenchError where not even the first could begin."""
        told_paused = False
        while not self._ended.is_set():
            if found.saved and not found.connection.settings.provisioning_on:
                if not told_paused:
                    self._display.note(f"{found.connection.name} is paused until it is resumed.")
                told_paused = True
                await _wait(self._ended, PAUSED_SECONDS)
            else:
                told_paused = False
                await _wait(self._ended, await self._one(found))
            if not self._ended.is_set():
                found = await self._chosen_anew(found)

    async def _chosen_anew(self, found: ChosenConnection) -> ChosenConnection:
        """A saved connection may have been changed or paused since; a file may just be written.

        Raises WorkbenchError for a saved connection that is there no more.
        """
        while not self._ended.is_set():
            try:
                return await choose_connection(
                    self._services, self._chosen, allow_inline_token=self._allow_inline_token
                )
            except WorkbenchError as error:
                if found.saved:
                    raise
                self._display.problem(error.sentence, error.safe, error.next_step)
            await _wait(self._ended, SHORTEST_WAIT)
        return found

    async def _one(self, found: ChosenConnection) -> float:
        """One cycle, and the seconds until the next is due."""
        started = time.monotonic()
        interval = found.connection.settings.interval_minutes * 60.0
        try:
            wait = await self._cycle(found)
        except StoreBusyError as error:
            # Somebody runs a cycle of it by hand; that is no reason for a service to end.
            self._display.problem(error.sentence, error.safe, "It is tried again in a minute.")
            return SHORTEST_WAIT
        except QuarantinedError:
            raise
        except WorkbenchError as error:
            if not self._has_run:
                raise
            self._display.problem(error.sentence, error.safe, error.next_step)
            wait = None
        self._has_run = True
        return until_next(interval, time.monotonic() - started) if wait is None else wait

    async def _cycle(self, found: ChosenConnection) -> float | None:
        """One cycle, stopped when the program is to end; seconds to wait in a quarantine."""
        services = self._services
        order = CycleOrder(found.connection, found.schema, found.token)
        running = asyncio.ensure_future(services.provisioning.run_order(order))
        await _first(running, self._ended)
        if not running.done():
            await services.provisioning.stop(found.connection.id)
        cycle = await running
        state = await services.provisioning.job_of(found.connection)
        self._display.cycle(cycle, state)
        if found.connection.settings.check_endless_writes and cycle.ended_by is CycleEnd.COMPLETED:
            await _certify(services, order, self._display, self._ended)
        return None if state.quarantine is None else _quarantined(state.quarantine)


def until_next(interval: float, taken: float) -> float:
    """Seconds until the next start: an interval lies between two starts (section f.3)."""
    return max(0.0, interval - taken)


def _quarantined(quarantine: Quarantine) -> float:
    now = SystemClock().now()
    if has_expired(quarantine, now):
        raise QuarantinedError(
            "The job has been in quarantine for 28 days and is not tried any more.",
            next_step="Correct the cause, then looop-gui restart.",
        )
    if attempt_is_due(quarantine, now):
        return SHORTEST_WAIT
    return max(SHORTEST_WAIT, (quarantine.next_attempt - now).total_seconds())


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
