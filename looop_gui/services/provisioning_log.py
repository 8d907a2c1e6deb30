"""The provisioning log as a service: pages of rows, whole entries, and how they divide."""

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
from looop_gui.store.log_retention import delete_older
from looop_gui.store.log_sorting import count_parts, read_sorted_rows
from looop_gui.store.provisioning_log import (
    count_rows,
    latest_keys,
    read_census,
    read_entry,
    read_rows,
)

__all__ = ["LogCensus", "LogFilter", "LogRow", "ProvisioningLogService"]


class ProvisioningLogService:
    """What can be asked of the provisioning log; everything comes from the store, newest first.

    All methods raise StoreError when the database cannot be read.
    """

    def __init__(self, worker: StoreWorker) -> None:
        self._worker = worker
        self._parts: tuple[tuple[LogFilter, LogOrder, int | None], tuple[int, ...]] | None = None

    async def count(self, log_filter: LogFilter) -> int:
        """How many entries the filter lets through."""
        return await self._worker.run(count_rows, log_filter)

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
                await self._counts(log_filter, order, up_to_key),
                up_to_key=up_to_key,
                offset=offset,
                limit=limit,
            )
        return await self._worker.run(
            read_rows, log_filter, before_key=before_key, offset=offset, limit=limit
        )

    async def _counts(
        self, log_filter: LogFilter, order: LogOrder, up_to_key: int | None
    ) -> tuple[int, ...]:
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
