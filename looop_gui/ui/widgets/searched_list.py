"""A list that is searched: the field and its tools above, the table or why it is empty below."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.table import Table


class SearchedList(QWidget):
    """`tools` stand beside the search field, `filters` in a line of their own below it."""

    def __init__(
        self,
        search: SearchField,
        table: Table,
        empty: EmptyState,
        *,
        tools: Sequence[QWidget] = (),
        filters: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._table = table
        self._empty = empty
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(search, 1)
        for tool in tools:
            top.addWidget(tool)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        if filters is not None:
            layout.addWidget(filters)
        layout.addWidget(self._stack, 1)

    def show_table(self, shown: bool) -> None:
        """Show the table, or why it is empty."""
        self._stack.setCurrentWidget(self._table if shown else self._empty)
