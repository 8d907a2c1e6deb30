"""What a drift check remembers of cycles before: deletions, what was written, the certificate."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from looop_gui.engine.certificate import Certificate
from looop_gui.engine.drift_causes import KnownNormalisations
from looop_gui.engine.left_behind import MOST_ASKED
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.connection import DriftCheck
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.before_images import deleted_images, newest_images
from looop_gui.store.certificates import latest_certificate

MOST_EXPLAINED = 2_000
"""Of so many objects that differ it is looked up why."""


@dataclass(frozen=True, slots=True)
class DriftMemory:
    """The store's memory of one connection. All raise StoreError."""

    worker: StoreWorker
    connection_id: str

    async def deleted(self) -> list[BeforeImage]:
        """What cycles have deleted, the latest first."""
        return await self.worker.run(deleted_images, self.connection_id, MOST_ASKED)

    async def written(self, source_ids: Collection[str]) -> dict[str, list[BeforeImage]]:
        """What was found before these objects were written, by source id, the newest first."""
        found: dict[str, list[BeforeImage]] = {}
        chosen = sorted(source_ids)[:MOST_EXPLAINED]
        for image in await self.worker.run(newest_images, self.connection_id, chosen):
            found.setdefault(image.source_id, []).append(image)
        return found

    async def normalisations(self) -> KnownNormalisations:
        """What the latest certificate has named."""
        row = await self.worker.run(latest_certificate, self.connection_id)
        if row is None:
            return KnownNormalisations()
        return KnownNormalisations(msgspec.json.decode(row.document, type=Certificate).changes)


@dataclass(frozen=True, slots=True)
class DriftOrder:
    """Whether and with what memory a cycle checks the drift.

    With `certifies`, a cycle that looks at everybody also looks for what deletions have left.
    """

    mode: DriftCheck = DriftCheck.OFF
    memory: DriftMemory | None = None
    certifies: bool = False
