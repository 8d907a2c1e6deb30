"""A table model whose rows are read in pages, the next one when the reader comes to the end."""

from collections.abc import Awaitable, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

Row = TypeVar("Row")
RowOfPage = TypeVar("RowOfPage", covariant=True)
Asked = tuple[object, ...]

PAGE_ROWS = 200


class RowPage(Protocol[RowOfPage]):
    """How many rows there are in all, and a page of them."""

    @property
    def total(self) -> int:
        """How many rows there are in all."""

    @property
    def rows(self) -> Sequence[RowOfPage]:
        """The rows of the page."""


class GrowingRows(RowsModel[Row], Generic[Row]):
    """Subclasses give `titles`, `data` and `page`. `counted` carries how many rows there are."""

    counted = Signal(int)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._tasks = Tasks(owner)
        self._rows: list[Row] = []
        self._total = 0
        self._asked: Asked = ()
        self._reading = False

    def page(self, offset: int, limit: int) -> Awaitable[RowPage[Row]]:
        """A page of what is wanted now."""
        raise NotImplementedError

    def read_first(self, *asked: object) -> None:
        """Read the first page; `asked` is what is wanted, so that an older answer is told apart."""
        self._asked = asked
        self._reading = True
        self._tasks.start(self._page(0), self._take_first, self._stop_reading, replace="rows")

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Whether there are more."""
        return not parent.isValid() and len(self._rows) < self._total and not self._reading

    def fetchMore(self, parent: AnyIndex) -> None:
        """Read the next page."""
        if self.canFetchMore(parent):
            self._reading = True
            self._tasks.start(
                self._page(len(self._rows)), self._take_more, self._stop_reading, replace="rows"
            )

    async def _page(self, offset: int) -> tuple[Asked, RowPage[Row]]:
        asked = self._asked
        return asked, await self.page(offset, PAGE_ROWS)

    def _take_first(self, answer: tuple[Asked, RowPage[Row]]) -> None:
        asked, page = answer
        if asked != self._asked:
            return
        self.beginResetModel()
        self._rows = list(page.rows)
        self._total = page.total
        self._reading = False
        self.endResetModel()
        self.counted.emit(page.total)

    def _take_more(self, answer: tuple[Asked, RowPage[Row]]) -> None:
        asked, page = answer
        if asked == self._asked and page.rows:
            start = len(self._rows)
            self.beginInsertRows(QModelIndex(), start, start + len(page.rows) - 1)
            self._rows += page.rows
            self._total = page.total
            self.endInsertRows()
        self._reading = False

    def _stop_reading(self, error: Exception) -> None:
        self._reading = False
        raise error
