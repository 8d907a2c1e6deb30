"""The table of the log: columns that are chosen, moved and made wider, and remembered as text."""

from PySide6.QtCore import QAbstractItemModel, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from looop_gui.ui.provisioning_log.log_cells import COLUMN_NAMES, NAME, SUMMARY, TIME, USUAL_COLUMNS
from looop_gui.ui.widgets.table import LEAST_LAST, Table

_GIVE_WAY = (SUMMARY, TIME)
"""Columns that are hidden, in this order, where there is not enough room."""


class LogTable(Table):
    """`columns_changed` says that columns were chosen, moved or made wider by the person."""

    columns_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, compact=True, parent=parent)
        self._kept_widths: dict[int, int] = {}
        self._chosen: tuple[str, ...] = USUAL_COLUMNS
        self._restoring = False
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_menu)
        header.sectionMoved.connect(self._take_move)
        header.sectionResized.connect(self._take_width)
        self.column_menu = QMenu(self.tr("Columns"), self)

    def show_log(self, model: QAbstractItemModel, widths: tuple[int, ...]) -> None:
        """Show the model of the log with the usual columns."""
        self.show_model(model, widths)
        self._kept_widths = dict(enumerate(widths))
        for column, name in enumerate(COLUMN_NAMES):
            words = str(model.headerData(column, Qt.Orientation.Horizontal))
            line = self.column_menu.addAction(words)
            line.setCheckable(True)
            line.setEnabled(column != NAME)
            line.triggered.connect(lambda on, one=name: self._choose(one, on))
        self.show_columns(USUAL_COLUMNS)

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen columns in their order."""
        header = self.horizontalHeader()
        order = sorted(range(len(COLUMN_NAMES)), key=header.visualIndex)
        return tuple(COLUMN_NAMES[at] for at in order if COLUMN_NAMES[at] in self._chosen)

    def show_columns(self, names: tuple[str, ...]) -> None:
        """Show these columns in this order; the person or group is always there."""
        known = tuple(dict.fromkeys(name for name in names if name in COLUMN_NAMES))
        if COLUMN_NAMES[NAME] not in known:
            known = (COLUMN_NAMES[NAME], *known)
        self._restoring = True
        header = self.horizontalHeader()
        self._chosen = known
        hidden = tuple(name for name in COLUMN_NAMES if name not in known)
        for at, name in enumerate((*known, *hidden)):
            header.moveSection(header.visualIndex(COLUMN_NAMES.index(name)), at)
        for line, name in zip(self.column_menu.actions(), COLUMN_NAMES, strict=True):
            line.setChecked(name in known)
        self._make_room()
        self._restoring = False

    def layout_text(self) -> str:
        """The chosen columns with their widths, to be remembered."""
        widths = (self._kept_widths[COLUMN_NAMES.index(name)] for name in self.columns)
        return " ".join(f"{n}={w}" for n, w in zip(self.columns, widths, strict=True))

    def restore_layout(self, text: str) -> None:
        """Show what `layout_text` gave; what is not understood is left out."""
        parts = [part.partition("=") for part in text.split()]
        widths = {n: int(w) for n, _, w in parts if n in COLUMN_NAMES and w.isdigit()}
        if not widths:
            return
        self.show_columns(tuple(widths))
        self._restoring = True
        for name, width in widths.items():
            if width:
                self._kept_widths[COLUMN_NAMES.index(name)] = width
                self.setColumnWidth(COLUMN_NAMES.index(name), width)
        self._make_room()
        self._restoring = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide columns where the table becomes narrow, and show them again."""
        QTableView.resizeEvent(self, event)
        self._make_room()

    def _make_room(self) -> None:
        room = self.viewport().width()
        columns = [COLUMN_NAMES.index(name) for name in self.columns]
        needs = {column: self._kept_widths[column] or LEAST_LAST for column in columns}
        if columns:
            needs[columns[-1]] = LEAST_LAST
        shown = set(columns)
        for column in _GIVE_WAY:
            if sum(needs[one] for one in shown) > room:
                shown.discard(column)
        restoring, self._restoring = self._restoring, True
        for column in range(len(COLUMN_NAMES)):
            if self.isColumnHidden(column) is (column in shown):
                self.setColumnHidden(column, column not in shown)
        self._restoring = restoring

    def _choose(self, name: str, on: bool) -> None:
        kept = tuple(one for one in self.columns if one != name)
        self.show_columns((*kept, name) if on else kept)
        self.columns_changed.emit()

    def _take_move(self, _column: int, _from: int, _to: int) -> None:
        if not self._restoring:
            self.columns_changed.emit()

    def _take_width(self, column: int, before: int, after: int) -> None:
        # A hidden column is one of width 0, and the last one takes what is left: no choices.
        if self._restoring or not before or not after or column == self._last_shown:
            return
        self._kept_widths[column] = after
        self.columns_changed.emit()

    @property
    def _last_shown(self) -> int:
        header = self.horizontalHeader()
        shown = (at for at in range(len(COLUMN_NAMES)) if not self.isColumnHidden(at))
        return max(shown, key=header.visualIndex, default=-1)

    def _open_menu(self, place: QPoint) -> None:
        self.column_menu.popup(self.horizontalHeader().mapToGlobal(place))
