"""Keeps before-images on the disk before the writes go out that they are of.

An image that came with the outcome only would be lost in a crash between the two, and with it what
an undo needs. What is created needs none: its intent says so. All images that are waiting at a time
go in one transaction, so that many conversations wait for the disk together.
"""

import asyncio
from collections.abc import Iterable

from looop_gui.engine.conversation import Pass
from looop_gui.model.before_image import BeforeImage
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.before_images import save_ahead
from looop_gui.store.database import Database


class ImagesAhead:
    """The images of the writes of one cycle that are about to go out."""

    def __init__(self, worker: StoreWorker, cycle: int) -> None:
        self._worker = worker
        self._cycle = cycle
        self._images: list[tuple[Pass, BeforeImage]] = []
        self._next: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, images: Iterable[BeforeImage], which: Pass) -> None:
        """Wait until the images are on the disk. Raises StoreError."""
        self._images += [(which, image) for image in images]
        if self._next is None:
            self._next = asyncio.create_task(self._write(self._writing))
            # Whoever waits is told; perhaps nobody does any more, where the cycle has ended.
            self._next.add_done_callback(_looked_at)
        await asyncio.shield(self._next)

    async def _write(self, before: "asyncio.Task[None] | None") -> None:
        if before is not None and not before.done():
            await asyncio.wait((before,))
        images, self._images = self._images, []
        self._writing, self._next = self._next, None
        await self._worker.run(_save, self._cycle, images)


def _looked_at(task: "asyncio.Task[None]") -> None:
    if not task.cancelled():
        task.exception()


def _save(database: Database, cycle: int, images: list[tuple[Pass, BeforeImage]]) -> None:
    with database.transaction() as connection:
        save_ahead(connection, cycle, images)
