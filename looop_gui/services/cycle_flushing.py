"""Writes the blocks of a running cycle in the background, a few times a second."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from looop_gui.model.errors import StoreError

FLUSH_SECONDS = 0.15


class Flushing:
    """Calls `flush` again and again while its block runs, and once more at its end.

    A disk that is full stops the cycle: `stopping` is set, and the store's error comes out at the
    end of the block.
    """

    def __init__(self, flush: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
        self._flush = flush
        self._stopping = stopping
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._flush_until_ended())

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        if self._task is not None:
            await self._task

    async def _flush_until_ended(self) -> None:
        try:
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._ended.wait(), FLUSH_SECONDS)
                await self._flush()
        except StoreError:
            self._stopping.set()
            raise
