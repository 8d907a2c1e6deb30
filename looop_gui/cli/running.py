"""How every command ends: an error as sentences on standard error, and an exit code."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec

from looop_gui.model.errors import GuardError, QuarantinedError, TargetError, WorkbenchError
from looop_gui.services.data_folder import usual_data_folder
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import Services, close_services, open_services

DONE, SOME_FAILED, USAGE, GUARD, CONNECTION, QUARANTINED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
"""The exit codes of the command line."""


def run(main: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a command's coroutine and leave the program with its exit code."""
    try:
        code = asyncio.run(main)
    except WorkbenchError as error:
        complain(error)
        code = exit_code_of(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def complain(error: WorkbenchError) -> None:
    """What happened, what is safe, what to do next, on standard error."""
    for sentence in (error.sentence, error.safe, error.next_step):
        if sentence:
            click.echo(sentence, err=True)


def exit_code_of(error: WorkbenchError) -> int:
    """The exit code that an error stands for."""
    if isinstance(error, GuardError):
        return GUARD
    if isinstance(error, TargetError):
        return CONNECTION
    if isinstance(error, QuarantinedError):
        return QUARANTINED
    return USAGE


def end_on_signals(end: Callable[[], None]) -> None:
    """Call `end` on the running loop when the program is told to end.

    So it is by SIGHUP, which a closed terminal sends, unless whoever started it ignores that, as
    nohup does.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))


@asynccontextmanager
async def opened_services(data_dir: Path | None) -> AsyncIterator[Services]:
    """The services of the data folder with the engine in this process, closed at the end."""
    folder = data_dir or usual_data_folder()
    services = await open_services(folder, engine=EngineLocation.IN_PROCESS)
    try:
        yield services
    finally:
        await close_services(services)


def write_json(value: object) -> None:
    """One JSON value on a line of standard output, flushed."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()
