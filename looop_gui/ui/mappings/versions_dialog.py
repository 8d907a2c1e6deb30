"""The history of the mappings: every saved version, what it changed, compare and restore."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from looop_gui.services.mappings import MappingVersion
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import caption, prose, section


class VersionsDialog(QDialog):
    """Opened with `open()`. Select one version to see what it changed, two to compare them."""

    def __init__(self, desk: Desk, connection_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("History of the mappings"))
        self.resize(760, 480)
        self._desk = desk
        self._connection_id = connection_id
        self._tasks = Tasks(self)
        self.versions: tuple[MappingVersion, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Versions"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.title = section("")
        self.note = caption("")
        self.changes = QListWidget()
        self.changes.setAccessibleName(self.tr("Changes"))
        self.changes.setWordWrap(True)
        self.restore = button(
            desk.theme, self.tr("Bring this version back"), self._restore, icon="rotate-ccw"
        )
        self.empty = prose(
            self.tr("The default mappings are in use. Every save makes a version here."),
            muted=True,
        )
        self._lay_out()
        self.list.itemSelectionChanged.connect(self._show_selected)
        self._tasks.start(desk.services.mappings.versions(connection_id), self._show_versions)

    def _lay_out(self) -> None:
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(2 * GRID, 0, 0, 0)
        inner.setSpacing(GRID)
        for widget in (self.title, self.note, self.changes):
            inner.addWidget(widget)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.restore)
        inner.addLayout(foot)
        splitter = QSplitter()
        splitter.addWidget(self.list)
        splitter.addWidget(right)
        splitter.setSizes([300, 460])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(
            caption(self.tr("Select a version to see what it changed, or two to compare them."))
        )
        layout.addWidget(self.empty)
        layout.addWidget(splitter, 1)
        self.restore.setEnabled(False)

    def _show_versions(self, versions: tuple[MappingVersion, ...]) -> None:
        self.versions = versions
        self.list.clear()
        for version in versions:
            time = formats.day_and_time(version.time)
            words = self.tr("Version {number} · {time}").format(number=version.number, time=time)
            item = QListWidgetItem(f"{words}\n{version.comment}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, version.number)
            item.setToolTip(formats.utc(version.time))
            self.list.addItem(item)
        default = QListWidgetItem(self.tr("Default mappings"))
        default.setData(Qt.ItemDataRole.UserRole, 0)
        self.list.addItem(default)
        self.empty.setVisible(not versions)
        self.list.setCurrentRow(0)

    def _numbers(self) -> list[int]:
        chosen = (item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems())
        return sorted(int(number) for number in chosen)

    def _show_selected(self) -> None:
        numbers = self._numbers()
        newest = self.versions[0].number if self.versions else 0
        self.restore.setEnabled(len(numbers) == 1 and numbers[0] != newest)
        self.changes.clear()
        if len(numbers) == 1:
            self._show_one(numbers[0])
        elif len(numbers) >= 2:
            older, newer = numbers[0], numbers[-1]
            self.title.setText(
                self.tr("From version {older} to version {newer}").format(older=older, newer=newer)
            )
            self.note.setText("")
            comparing = self._desk.services.mappings.compare(self._connection_id, older, newer)
            self._tasks.start(comparing, self._show_changes, replace="compare")

    def _show_one(self, number: int) -> None:
        version = next((v for v in self.versions if v.number == number), None)
        if version is None:
            self.title.setText(self.tr("Default mappings"))
            self.note.setText(self.tr("What a new connection starts with."))
            return
        self.title.setText(self.tr("Version {number}").format(number=number))
        self.note.setText(version.comment)
        self._show_changes(version.changes)

    def _show_changes(self, changes: tuple[str, ...]) -> None:
        self.changes.clear()
        self.changes.addItems(list(changes) or [self.tr("No difference.")])

    def _restore(self) -> None:
        numbers = self._numbers()
        if len(numbers) == 1:
            self.restore.setEnabled(False)
            restoring = self._desk.services.mappings.restore(self._connection_id, numbers[0])
            self._tasks.start(restoring, lambda _version: self._say_restored(numbers[0]))

    def _say_restored(self, number: int) -> None:
        words = self.tr("Version {number} is in use again.").format(number=number)
        if not number:
            words = self.tr("The default mappings are in use again.")
        self._desk.say(words, "", None)
        reading = self._desk.services.mappings.versions(self._connection_id)
        self._tasks.start(reading, self._show_versions)
