"""Keeps the log within its limits of age and number, in the background, in small steps.

What cycles found before they wrote goes with the log's age, and beyond a number of cycles.

Between two steps the database is free for others, so that a running cycle never waits for long.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from looop_gui.model.errors import StoreError
from looop_gui.model.workspace import LogRetention
from looop_gui.services.clock import Clock
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.before_images import delete_old_images, jobs_with_images
from looop_gui.store.log_retention import (
    LogSize,
    delete_older,
    delete_surplus,
    give_back_space,
    log_size,
    logged_jobs,
    merge_words,
)
from looop_gui.store.workspace_settings import load_settings

PERIOD_SECONDS = 3_600.0
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Tidied:
    """What one tidying did; `before` and `after` have the size of the file."""

    deleted: int
    before: LogSize
    after: LogSize


class RetentionService:
    """Applies the retention of the workspace's settings to the log of every job."""

    def __init__(self, worker: StoreWorker, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Tidy now and then every hour, until `close`."""
        self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Stop after the step that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def size(self) -> LogSize:
        """How many entries there are and how large the file is."""
        return await self._worker.run(log_size)

    async def tidy(self, retention: LogRetention | None = None) -> Tidied:
        """Delete what is beyond the limits and give the space back. Raises StoreError."""
        limits = retention or (await self._worker.run(load_settings)).retention
        before = await self.size()
        deleted = 0
        for job in await self._worker.run(logged_jobs):
            deleted += await self._delete_of(job, limits)
        images = 0
        for job in await self._worker.run(jobs_with_images):
            images += await self._delete(delete_old_images, job, self._oldest(limits))
        if deleted or images or before.free_bytes:
            await self._shrink(merge=deleted > 0)
        return Tidied(deleted, before, await self.size())

    async def _delete_of(self, job: int, limits: LogRetention) -> int:
        deleted = 0
        if moment := self._oldest(limits):
            deleted += await self._delete(delete_older, job, moment)
        if limits.entries:
            deleted += await self._delete(delete_surplus, job, limits.entries)
        return deleted

    def _oldest(self, limits: LogRetention) -> datetime | None:
        return self._clock.now() - timedelta(days=limits.days) if limits.days else None

    async def _delete(self, step: Callable[..., int], *values: object) -> int:
        deleted = 0
        while number := await self._worker.run(step, *values):
            deleted += number
            await self._clock.sleep(PAUSE_SECONDS)
        return deleted

    async def _shrink(self, *, merge: bool) -> None:
        while merge and await self._worker.run(merge_words):
            await self._clock.sleep(PAUSE_SECONDS)
        while await self._worker.run(give_back_space):
            await self._clock.sleep(PAUSE_SECONDS)

    async def _keep(self) -> None:
        while True:
            # Locked or full: nothing depends on it, and the next hour tries again.
            with suppress(StoreError):
                await self.tidy()
            await self._clock.sleep(PERIOD_SECONDS)
