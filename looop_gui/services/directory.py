"""The source directory of a connection: read in a thread, kept while its digest stays."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService, placed_source
from looop_gui.services.events import DirectoryChanged, Events
from looop_gui.sources.demo import prepare_demo
from looop_gui.sources.editing import DirectoryEditor
from looop_gui.sources.preview import SourcePreview, preview
from looop_gui.sources.source import open_source, source_folder
from looop_gui.sources.typical_day import typical_day

Edited = TypeVar("Edited", str, tuple[str, ...])

_SEARCHED = ("displayName", "userPrincipalName", "mail", "givenName", "surname", "mailNickname")


class DirectoryService:
    """What can be asked of source directories. Methods raise SourceError with a sentence."""

    def __init__(
        self, data_folder: Path, connections: ConnectionService, events: Events, clock: Clock
    ) -> None:
        self._data_folder = data_folder
        self._clock = clock
        self._connections = connections
        self._events = events
        self._kept: dict[SourceSettings, DirectorySnapshot] = {}

    async def snapshot(
        self, source: SourceSettings, connection_id: str, *, refresh: bool = False
    ) -> DirectorySnapshot:
        """All people, groups and assignments of a source.

        The files are looked at each time and read only when they changed, or with `refresh`.
        """
        placed = placed_source(source, connection_id)
        return await asyncio.to_thread(self._read, placed, refresh)

    async def preview(self, source: SourceSettings) -> SourcePreview:
        """How a folder of files would be read: encoding, columns, first rows, defects."""
        folder = source_folder(source, self._data_folder)
        return await asyncio.to_thread(
            preview, folder, source.encoding, source.delimiter, source.columns
        )

    async def edit(self, connection_id: str, edit: Callable[[DirectoryEditor], str]) -> str:
        """Edit the directory of a connection; gives the sentence that says what changed.

        `edit` is called in a thread, e.g. `lambda editor: editor.set_enabled(person, False)`.
        """
        sentence = await self._edited(connection_id, edit)
        self._events.publish(DirectoryChanged(connection_id, sentence))
        return sentence

    async def typical_day(self, connection_id: str, seed: int) -> tuple[str, ...]:
        """Let a day pass in the company; gives a sentence for each change."""
        sentences = await self._edited(connection_id, partial(typical_day, seed=seed))
        told = f"A day passed: {len(sentences)} changes."
        self._events.publish(DirectoryChanged(connection_id, told))
        return sentences

    async def search(
        self, connection_id: str, text: str, limit: int = 50
    ) -> tuple[DirectoryObject, ...]:
        """People, then groups, whose name or address has `text`, or whose id it is."""
        connection = await self._connections.get(connection_id)
        snapshot = await self.snapshot(connection.source, connection_id)
        return await asyncio.to_thread(_found, snapshot, text.strip().casefold(), limit)

    async def _edited(
        self, connection_id: str, edit: Callable[[DirectoryEditor], Edited]
    ) -> Edited:
        connection = await self._connections.get(connection_id)
        source = placed_source(connection.source, connection_id)

        def work() -> Edited:
            folder = source_folder(source, self._data_folder)
            if source.type is SourceType.DEMO:
                prepare_demo(folder, source)
            return edit(DirectoryEditor(folder, self._clock.now, source))

        return await asyncio.to_thread(work)

    def _read(self, source: SourceSettings, refresh: bool) -> DirectorySnapshot:
        directory = open_source(source, self._data_folder)
        kept = self._kept.get(source)
        if kept is not None and not refresh and directory.digest() == kept.digest:
            return kept
        snapshot = directory.read()
        self._kept.clear()
        self._kept[source] = snapshot
        return snapshot


def _found(snapshot: DirectorySnapshot, text: str, limit: int) -> tuple[DirectoryObject, ...]:
    """Those that begin with the text come before those that contain it."""
    beginning: list[DirectoryObject] = []
    containing: list[DirectoryObject] = []
    for item in (*snapshot.users.values(), *snapshot.groups.values()):
        rank = _rank(item, text)
        if rank == 1:
            containing.append(item)
        elif rank == 2:
            beginning.append(item)
            if len(beginning) == limit:
                break
    return tuple((beginning + containing)[:limit])


def _rank(item: DirectoryObject, text: str) -> int:
    """2 when a value begins with the text, 1 when one contains it, 0 when none does."""
    if item.id.casefold() == text:
        return 2
    rank = 0
    for name in _SEARCHED:
        value = item.attributes.get(name)
        if isinstance(value, str):
            folded = value.casefold()
            if folded.startswith(text):
                return 2
            if text in folded:
                rank = 1
    return rank
