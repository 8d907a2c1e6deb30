"""The provisioning log as a service: pages of rows, whole entries, and how they divide."""

from collections.abc import Callable, Mapping
from datetime import datetime

from looop_gui.model.errors import ConfigurationError
from looop_gui.model.provisioning_log import (
    LogCensus,
    LogFilter,
    LogOrder,
    LogRow,
    ProvisioningLogEntry,
)
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.jobs import load_job
from looop_gui.store.log_counting import count_known_rows, count_piece, newest_key, read_census
from looop_gui.store.log_retention import delete_older
from looop_gui.store.log_sorting import LogTop, count_parts, read_sorted_rows, read_top
from looop_gui.store.provisioning_log import latest_keys, read_entry, read_rows

__all__ = ["LogCensus", "LogFilter", "LogRow", "LogTop", "ProvisioningLogService"]

Counted = Callable[[int], object]
"""Told how many entries were counted so far."""


class ProvisioningLogService:
    """What can be asked of the provisioning log; everything comes from the store, newest first.

    All methods raise StoreError when the database cannot be read.
    """

    def __init__(self, worker: StoreWorker) -> None:
        self._worker = worker
        self._parts: tuple[tuple[LogFilter, LogOrder, int | None], Mapping[str, int]] | None = None

    async def count(
        self,
        log_filter: LogFilter,
        *,
        up_to_key: int | None = None,
        above_key: int = 0,
        on_counted: Counted | None = None,
    ) -> int:
        """How many entries the filter lets through, at once or counted piece by piece.

        `on_counted` hears how many there are so far. With bounds of the key only those between
        are counted.
        """
        if up_to_key is None:
            known = await self._worker.run(count_known_rows, log_filter)
            if known is not None:
                return known
            up_to_key = await self._worker.run(newest_key)
        total = 0
        while up_to_key > above_key:
            piece = await self._worker.run(count_piece, log_filter, up_to_key, above_key)
            total += piece.number
            up_to_key = piece.down_to
            if on_counted is not None and up_to_key > above_key:
                on_counted(total)
        return total

    async def top(self, log_filter: LogFilter, order: LogOrder, limit: int = 200) -> LogTop:
        """The first rows of an order, and how many there are where that is known at once."""
        return await self._worker.run(read_top, log_filter, order, limit)

    async def rows(
        self,
        log_filter: LogFilter,
        *,
        offset: int = 0,
        before_key: int | None = None,
        limit: int = 200,
        order: LogOrder = LogOrder.NEWEST,
        up_to_key: int | None = None,
    ) -> list[LogRow]:
        """A page of rows: those older than `before_key`, then `offset` further on.

        In another order than newest first the page begins `offset` rows from the start, and what
        is newer than `up_to_key` is not there.
        """
        if order is not LogOrder.NEWEST:
            return await self._worker.run(
                read_sorted_rows,
                log_filter,
                order,
                await self._counts(log_filter, order, up_to_key) if offset else None,
                up_to_key=up_to_key,
                offset=offset,
                limit=limit,
            )
        return await self._worker.run(
            read_rows, log_filter, before_key=before_key, offset=offset, limit=limit
        )

    async def _counts(
        self, log_filter: LogFilter, order: LogOrder, up_to_key: int | None
    ) -> Mapping[str, int]:
        """The counts of an order's parts, kept for the further pages of the same reading."""
        asked = (log_filter, order, up_to_key)
        kept = self._parts
        if kept is not None and kept[0] == asked:
            return kept[1]
        counts = await self._worker.run(count_parts, log_filter, order, up_to_key=up_to_key)
        self._parts = (asked, counts)
        return counts

    async def entry(self, entry_id: str) -> ProvisioningLogEntry:
        """The whole entry of a row's id. Raises ConfigurationError when it is gone."""
        entry = await self._worker.run(read_entry, int(entry_id)) if entry_id.isdigit() else None
        if entry is None:
            raise ConfigurationError("This entry of the provisioning log does not exist any more.")
        return entry

    async def latest_entry(self, connection_id: str, source_id: str) -> ProvisioningLogEntry | None:
        """The latest entry of an object, or None when it has none."""
        keys = await self._worker.run(latest_keys, connection_id, [source_id])
        return await self._worker.run(read_entry, keys[0]) if keys else None

    async def census(self, log_filter: LogFilter) -> LogCensus:
        """How many entries there are by status, action, error code and skip reason."""
        return await self._worker.run(read_census, log_filter)

    async def delete_before(self, connection_id: str, moment: datetime) -> int:
        """Delete older entries of a connection, in small steps; returns how many."""
        deleted = 0
        job = await self._worker.run(load_job, connection_id)
        while job and (number := await self._worker.run(delete_older, job.number, moment)):
            deleted += number
        return deleted
