"""The engine process: this program run as `--engine --data-dir D` beside a window.

It reads orders from standard input and answers on standard output. It has its own loop (uvloop
where there is one) and its own connection to the store, so the window stays smooth. When standard
input ends, because the window was closed or died, running cycles are stopped and it exits.
"""

import argparse
import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from looop_gui.model.errors import WorkbenchError
from looop_gui.services.engine_local import LocalEngine
from looop_gui.services.engine_messages import (
    CancelMessage,
    CycleMessage,
    DryRunMessage,
    EntryMessage,
    FromEngine,
    MemberEntryMessage,
    OnDemandMessage,
    ProgressMessage,
    RehearseMessage,
    RunMessage,
    StepMessage,
    StopMessage,
    ToEngine,
    decode_order,
    encode_message,
    refusal_message,
)
from looop_gui.services.store_worker import StoreWorker

SWITCH_SECONDS = 0.001


def run_engine_process(arguments: Sequence[str]) -> int:
    """Be the engine of a window until standard input ends; returns the exit code."""
    parser = argparse.ArgumentParser(prog="looop-gui --engine")
    parser.add_argument("--data-dir", type=Path, required=True)
    data_folder = parser.parse_args(arguments).data_dir
    # A Ctrl+C in the terminal is the window's affair; the engine ends with its standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare_process()
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        try:
            runner.run(_serve(data_folder))
        except WorkbenchError as error:
            sys.stderr.write(f"{error.sentence} {error.next_step}\n")
            return 1
    return 0


async def _serve(data_folder: Path) -> None:
    worker = await StoreWorker.open(data_folder)
    engine = LocalEngine(data_folder, worker)
    try:
        await _EngineEnd(engine, _write_line).serve(_lines_of_standard_input())
    finally:
        await engine.close()
        await worker.close()


class _EngineEnd:
    """Carries out orders, each in a task of its own."""

    def __init__(self, engine: LocalEngine, write: Callable[[bytes], None]) -> None:
        self._engine = engine
        self._write = write
        self._tasks: set[asyncio.Task[None]] = set()
        self._rehearsals: dict[int, asyncio.Task[None]] = {}
        self._withdrawn: set[int] = set()

    async def serve(self, lines: "asyncio.Queue[bytes]") -> None:
        """Carry out orders until an empty line says that there are no more."""
        while line := await lines.get():
            message = decode_order(line)
            if isinstance(message, StopMessage):
                await self._engine.stop(message.connection_id)
            elif isinstance(message, CancelMessage):
                self._cancel(message.number)
            elif message.number not in self._withdrawn:
                self._start(message)
        for task in self._rehearsals.values():
            task.cancel()
        await self._engine.close()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def _cancel(self, number: int) -> None:
        """End a dry run; one that has not arrived yet, as two threads write, is not begun."""
        task = self._rehearsals.get(number)
        if task is not None:
            task.cancel()
        else:
            self._withdrawn.add(number)

    def _start(self, message: RunMessage | RehearseMessage | OnDemandMessage) -> None:
        task = asyncio.create_task(self._answer(message.number, self._result(message)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if isinstance(message, RehearseMessage) or _only_tries(message):
            number = message.number
            self._rehearsals[number] = task
            task.add_done_callback(lambda _: self._rehearsals.pop(number))

    async def _answer(self, number: int, result: Awaitable[FromEngine]) -> None:
        try:
            answer = await result
        except WorkbenchError as error:
            answer = refusal_message(number, error)
        self._tell(answer)

    async def _result(self, message: ToEngine) -> FromEngine:
        match message:
            case RunMessage(number, order):
                cycle = await self._engine.run_cycle(
                    order.order(),
                    lambda progress, entries: self._tell(
                        ProgressMessage(number, progress, entries)
                    ),
                )
                return CycleMessage(number, cycle)
            case RehearseMessage(number, order, entries, objects, certified):
                dry_run = await self._engine.rehearse(
                    order.order(),
                    lambda progress: self._tell(ProgressMessage(number, progress, 0)),
                    entries=entries,
                    objects=objects,
                    certified=certified,
                )
                return DryRunMessage(number, dry_run)
            case OnDemandMessage(number, order, demand):
                entry = await self._engine.provision_on_demand(
                    order.order(),
                    demand,
                    on_step=lambda step: self._tell(StepMessage(number, step)),
                    on_entry=lambda member: self._tell(MemberEntryMessage(number, member)),
                )
                return EntryMessage(number, entry)
            case StopMessage() | CancelMessage():
                raise AssertionError("These are carried out at once.")

    def _tell(self, message: FromEngine) -> None:
        self._write(encode_message(message))


def _only_tries(message: RunMessage | RehearseMessage | OnDemandMessage) -> bool:
    """Provision on demand that writes nothing may be cancelled at any moment."""
    return isinstance(message, OnDemandMessage) and not message.demand.write


def _lines_of_standard_input() -> "asyncio.Queue[bytes]":
    """Lines read by a thread, as not every system can wait for standard input; ends with b""."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, b"")

    threading.Thread(target=read, name="orders", daemon=True).start()
    return lines


def _write_line(line: bytes) -> None:
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The window is gone; the end of standard input follows and ends this process.
        return


def prepare_process() -> None:
    """Set Python up for cycles; for a process that runs little else.

    Circles of garbage are looked for less often, as a cycle makes many values and hardly any
    circle: with Python's defaults a twelfth of an initial cycle goes into looking. And threads take
    turns after 1 ms and not 5: the store's needs few turns, and conversations wait for it.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    sys.setswitchinterval(SWITCH_SECONDS)


def fast_loop() -> type[asyncio.AbstractEventLoop] | None:
    """The class of the fastest loop there is; None for asyncio's own."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.Loop
