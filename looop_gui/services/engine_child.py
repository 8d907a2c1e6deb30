"""The engine in a process of its own, as the window has it: started when first needed.

A thread reads the child's answers and hands them to the loop. When the child ends by itself, every
order that waits is refused with EngineError, and EngineEnded is published; the next order starts a
new child, which goes on with the cycle that was cut off.
"""

import asyncio
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from looop_gui.engine.record import OnStep
from looop_gui.model.errors import EngineError
from looop_gui.model.job import Cycle
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.cycle_rehearsal import DryRun, OnProgress
from looop_gui.services.engine_local import CycleOrder, Tell
from looop_gui.services.engine_messages import (
    CancelMessage,
    CycleMessage,
    DryRunMessage,
    EntryMessage,
    FromEngine,
    MemberEntryMessage,
    OnDemandMessage,
    ProgressMessage,
    RefusalMessage,
    RehearseMessage,
    RunMessage,
    StepMessage,
    StopMessage,
    ToEngine,
    decode_answer,
    encode_message,
    order_message,
)
from looop_gui.services.provisioning_on_demand import OnDemandOrder, OnEntry
from looop_gui.services.tenant_process import program_command, program_environment

ENDED = "The engine process ended unexpectedly."
STOP_SECONDS = 10.0


class ChildEngine:
    """Sends orders to the engine process. `on_end` gets a sentence when it ended by itself."""

    def __init__(self, data_folder: Path, on_end: Callable[[str], None]) -> None:
        self._data_folder = data_folder
        self._on_end = on_end
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tell: dict[int, Tell] = {}
        self._on_step: dict[int, OnStep] = {}
        self._on_entry: dict[int, OnEntry] = {}
        self._numbers = 0
        self._closing = False

    async def run_cycle(self, order: CycleOrder, tell: Tell) -> Cycle:
        """Run a cycle to its end. Raises WorkbenchError as the engine did."""
        number = self._next_number()
        self._tell[number] = tell
        try:
            result: Cycle = await self._asked(number, RunMessage(number, order_message(order)))
        finally:
            self._tell.pop(number, None)
        return result

    async def rehearse(
        self,
        order: CycleOrder,
        on_progress: OnProgress | None = None,
        *,
        entries: bool = True,
        objects: bool = True,
        certified: bool = False,
    ) -> DryRun:
        """What a cycle would do. Raises WorkbenchError as the engine did."""
        number = self._next_number()
        if on_progress is not None:
            self._tell[number] = lambda progress, _: on_progress(progress)
        message = RehearseMessage(number, order_message(order), entries, objects, certified)
        try:
            result: DryRun = await self._asked(number, message)
        except asyncio.CancelledError:
            self._withdraw(number)
            raise
        finally:
            self._tell.pop(number, None)
        return result

    async def provision_on_demand(
        self,
        order: CycleOrder,
        demand: OnDemandOrder,
        *,
        on_step: OnStep | None = None,
        on_entry: OnEntry | None = None,
    ) -> ProvisioningLogEntry:
        """Provision one object now. Raises WorkbenchError as the engine did."""
        number = self._next_number()
        message = OnDemandMessage(number, order_message(order), demand)
        if on_step is not None:
            self._on_step[number] = on_step
        if on_entry is not None:
            self._on_entry[number] = on_entry
        try:
            result: ProvisioningLogEntry = await self._asked(number, message)
        except asyncio.CancelledError:
            if not demand.write:
                self._withdraw(number)
            raise
        finally:
            self._on_step.pop(number, None)
            self._on_entry.pop(number, None)
        return result

    async def stop(self, connection_id: str) -> None:
        """Stop the running cycle of a connection at once; harmless when none runs."""
        if self._process is not None:
            await self._send(StopMessage(connection_id))

    async def close(self) -> None:
        """Let the engine stop what runs and end; one that does not is killed."""
        self._closing = True
        process = self._process
        if process is not None:
            await asyncio.to_thread(_end, process)

    @property
    def process_id(self) -> int | None:
        """The engine's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def kill(self) -> None:
        """End the engine at once, as a crash would; what was written stays recorded."""
        if self._process is not None:
            self._process.kill()

    def _withdraw(self, number: int) -> None:
        """Tell the engine that nobody waits any more, and do not wait for that either."""
        if self._process is not None:
            line = encode_message(CancelMessage(number))
            loop = asyncio.get_running_loop()
            told = loop.run_in_executor(None, _write, self._process, line)
            told.add_done_callback(_looked_at)

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    async def _asked(self, number: int, message: ToEngine) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await self._send(message)
            return await future
        finally:
            self._waiting.pop(number, None)

    async def _send(self, message: ToEngine) -> None:
        process = self._process or self._start()
        await asyncio.to_thread(_write, process, encode_message(message))

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [*program_command(), "--engine", "--data-dir", str(self._data_folder)]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=program_environment(),
            )
        except OSError as error:
            raise EngineError(f"The engine could not be started: {error.strerror}.") from error
        self._process = process
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=self._read, args=(process, loop), name="engine", daemon=True
        ).start()
        return process

    def _read(self, process: "subprocess.Popen[bytes]", loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: hand each answer to the loop, and tell the end."""
        stdout = process.stdout
        if stdout is not None:
            for line in stdout:
                loop.call_soon_threadsafe(self._take, decode_answer(line))
        process.wait()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._ended, process)

    def _take(self, answer: FromEngine) -> None:
        if isinstance(answer, ProgressMessage | StepMessage | MemberEntryMessage):
            self._pass_on(answer)
            return
        future = self._waiting.get(answer.number)
        if future is None or future.done():
            return
        match answer:
            case CycleMessage(cycle=cycle):
                future.set_result(cycle)
            case DryRunMessage(dry_run=dry_run):
                future.set_result(dry_run)
            case EntryMessage(entry=entry):
                future.set_result(entry)
            case RefusalMessage():
                future.set_exception(answer.error())

    def _pass_on(self, answer: ProgressMessage | StepMessage | MemberEntryMessage) -> None:
        """Tell what happens before the end to whoever wants to know."""
        number = answer.number
        match answer:
            case ProgressMessage(progress=progress, entries=entries) if number in self._tell:
                self._tell[number](progress, entries)
            case StepMessage(step=step) if number in self._on_step:
                self._on_step[number](step)
            case MemberEntryMessage(entry=entry) if number in self._on_entry:
                self._on_entry[number](entry)

    def _ended(self, process: "subprocess.Popen[bytes]") -> None:
        if self._process is process:
            self._process = None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        error = EngineError(
            ENDED,
            safe="The journal is whole, and what was written is recorded.",
            next_step="Start provisioning again; it goes on where it was.",
        )
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)
        if not self._closing:
            self._on_end(f"{ENDED} {error.safe} {error.next_step}")


def _write(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    """In a thread: write a line. Raises EngineError when the engine is gone."""
    stdin = process.stdin
    try:
        if stdin is None:
            raise BrokenPipeError
        stdin.write(line)
        stdin.flush()
    except (OSError, ValueError):
        # Not chained: the traceback's locals hold the line, and the line may hold a secret.
        raise EngineError(ENDED, next_step="Start provisioning again.") from None


def _looked_at(told: "asyncio.Future[None]") -> None:
    """An engine that is gone has nothing to withdraw from."""
    if not told.cancelled():
        told.exception()


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
