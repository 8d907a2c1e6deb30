"""Saved views of the log, and the census of those who were skipped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from looop_gui.model.errors import ConfigurationError
from looop_gui.model.provisioning_log import LogCensus, LogFilter, ProvisioningStatus
from looop_gui.model.workspace import LogView
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.log_counting import (
    census_of,
    count_known_rows,
    count_piece,
    newest_key,
    read_census,
)
from looop_gui.store.log_views import delete_view, load_views, save_view


@dataclass(frozen=True, slots=True)
class SkipGroup:
    """Skipped entries with one cause, and the filter that shows just these."""

    cause: str
    count: int
    log_filter: LogFilter


@dataclass(frozen=True, slots=True)
class SkipCensus:
    """All who were skipped under a filter, the largest group first.

    `complete` is False while older entries are still to be counted.
    """

    total: int
    groups: tuple[SkipGroup, ...]
    log_filter: LogFilter
    complete: bool = True

    @property
    def sentence(self) -> str:
        """ "212 skipped: 180 not assigned, 30 filter 'Sales NY' clause 2, 2 no mail"."""
        if not self.total:
            return "Nobody was skipped."
        parts = ", ".join(f"{group.count} {group.cause}" for group in self.groups)
        return f"{self.total} skipped: {parts}" if parts else f"{self.total} skipped"


class LogViewService:
    """What can be asked of views. All methods raise StoreError."""

    def __init__(self, worker: StoreWorker) -> None:
        self._worker = worker

    async def list(self, connection_id: str) -> tuple[LogView, ...]:
        """The saved views of a connection by name."""
        return await self._worker.run(load_views, connection_id)

    async def save(self, view: LogView) -> LogView:
        """Keep a view in place of one of its name; a shortcut is taken from whoever had it.

        Raises ConfigurationError for a view without a name.
        """
        kept = replace(view, name=view.name.strip())
        if not kept.name:
            raise ConfigurationError("The view has no name.", next_step="Give it a name.")
        for other in await self.list(view.log_filter.connection_id):
            same_name = other.name.casefold() == kept.name.casefold()
            if kept.shortcut and other.shortcut == kept.shortcut and not same_name:
                await self._worker.run(save_view, replace(other, shortcut=""))
        await self._worker.run(save_view, kept)
        return kept

    async def delete(self, connection_id: str, name: str) -> None:
        """Forget a view; harmless when there is none."""
        await self._worker.run(delete_view, connection_id, name)

    async def skips(
        self, log_filter: LogFilter, on_counted: Callable[[SkipCensus], object] | None = None
    ) -> SkipCensus:
        """Who was skipped of what a filter lets through, by cause.

        Words and times are counted piece by piece; `on_counted` hears what there is so far.
        """
        skipped = replace(log_filter, statuses=frozenset({ProvisioningStatus.SKIPPED}))
        run = self._worker.run
        if await run(count_known_rows, skipped) is not None:
            return _skip_census(await run(read_census, skipped), skipped)
        by_kind: Counter[int] = Counter()
        up_to_key = await run(newest_key)
        while True:
            piece = await run(count_piece, skipped, up_to_key, kinds=True)
            by_kind += piece.by_kind
            up_to_key = piece.down_to
            census = await run(census_of, by_kind)
            if not up_to_key:
                return _skip_census(census, skipped)
            if on_counted is not None:
                on_counted(_skip_census(census, skipped, complete=False))


def _skip_census(census: LogCensus, skipped: LogFilter, *, complete: bool = True) -> SkipCensus:
    groups = (
        SkipGroup(cause, count, replace(skipped, cause=cause))
        for cause, count in census.by_cause.items()
    )
    ordered = sorted(groups, key=lambda group: (-group.count, group.cause))
    return SkipCensus(census.total, tuple(ordered), skipped, complete)


def view_as_text(view: LogView) -> str:
    """A view as one line of JSON, e.g. for the settings of a window."""
    return msgspec.json.encode(view).decode()


def view_from_text(text: str) -> LogView | None:
    """The view of such a line; None for anything that is not one."""
    try:
        return msgspec.json.decode(text, type=LogView)
    except msgspec.DecodeError:
        return None
