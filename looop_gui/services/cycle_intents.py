"""Puts the intents of tasks on the disk, some blocks ahead of those that are begun.

A task is begun only when its intent is on the disk. Were a block's intents written only when the
one before had been used up, or those of a wave or of the groups when what comes before them had
ended, all conversations would wait for the disk each time, and for the block of outcomes that is
being written just then. How far ahead depends on how fast the target is: the more intents, the more
has to be looked up after a crash.
"""

import asyncio
from collections.abc import Sequence
from typing import Self

from looop_gui.engine.conversation import ObjectTask, Pass
from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import creation_hint
from looop_gui.engine.view import CycleView
from looop_gui.services.cycle_blocks import CycleMemory

BLOCK = 256
"""How many intents are written at a time, or more where many tasks are begun at once."""

MOST_AHEAD = 8 * BLOCK
"""How many tasks may have their intents on the disk before they are begun, about."""

ROUNDS_AHEAD = 4
"""So many times the tasks that are under way have their intents on the disk from the beginning."""


class Intents:
    """The intents of tasks in their order, as an asynchronous context manager.

    `concurrency` is how many tasks are under way at a time.
    """

    def __init__(
        self,
        blocks: CycleMemory,
        view: CycleView,
        tasks: Sequence[ObjectTask],
        which: Pass,
        concurrency: int,
    ) -> None:
        self._blocks = blocks
        self._view = view
        self._tasks = tasks
        self._which = which
        self._begun = 0
        self._covered = 0
        self._ahead = min(max(BLOCK, ROUNDS_AHEAD * concurrency), MOST_AHEAD)
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Wait for what is being written."""
        if self._writing is not None:
            await asyncio.wait((self._writing,))
            # Without those intents no task was begun; who needed them was told already.
            self._writing.exception()

    async def next(self) -> None:
        """Wait until the intent of the next task is on the disk. Raises StoreError."""
        number = self._begun
        self._begun += 1
        if self._covered <= number:
            await self._wait(number)
        elif self._covered < min(number + self._ahead, len(self._tasks)):
            self._begin()

    async def _wait(self, number: int) -> None:
        """Wait for the disk, and stay further ahead from now on."""
        if self._covered == number > 0:
            self._ahead = min(2 * self._ahead, MOST_AHEAD)
        while self._covered <= number:
            await asyncio.shield(self._begin())

    def _begin(self) -> "asyncio.Task[None]":
        """Write the next block, unless one is being written."""
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return self._writing

    async def _write(self) -> None:
        block = self._tasks[self._covered : self._covered + max(BLOCK, self._ahead // 2)]
        await self._blocks.intend(self._hints(block), self._which)
        self._covered += len(block)
        self._writing = None

    def _hints(self, tasks: Sequence[ObjectTask]) -> dict[str, str]:
        """The intents of tasks that may write, each with a hint for the case of a crash."""
        creates = self._which is Pass.OBJECT
        return {
            task.source_id: creation_hint(task, self._view) if creates else ""
            for task in tasks
            if task.decision is not Decision.SKIP
        }
