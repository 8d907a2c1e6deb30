"""The history of the mappings: every version and the draft, compared side by side, restored."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from looop_gui.services.mappings import MappingVersion, SchemaDifference, VersionContent
from looop_gui.ui import formats
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.difference_model import DifferenceModel
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, ROW_HEIGHT
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import caption, prose, section
from looop_gui.ui.widgets.table import Table

DRAFT = -1
"""Stands for what is edited and not saved, where the versions have their numbers (0: default)."""


class VersionsDialog(QDialog):
    """Opened with `open()`. Select one version to see what it changed, two to compare them."""

    def __init__(
        self,
        desk: Desk,
        connection_id: str,
        document: ConfigurationDocument | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("History of the mappings"))
        self.resize(1040, 560)
        self._desk = desk
        self._connection_id = connection_id
        self._document = document
        self._tasks = Tasks(self)
        self.versions: tuple[MappingVersion, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Versions"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.title = section("")
        self.note = caption("")
        self.differences = DifferenceModel(desk.theme, self)
        self.table = Table(self.tr("Differences of two versions, side by side"))
        self.table.show_model(self.differences, (110, 170, 200, 0))
        self.table.setWordWrap(True)
        rows = self.table.verticalHeader()
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.same = prose(self.tr("No difference."), muted=True)
        self.same.hide()
        self.restore = button(
            desk.theme, self.tr("Bring this version back"), self._restore, icon="rotate-ccw"
        )
        self.empty = prose(
            self.tr("The default mappings are in use. Every save makes a version here."),
            muted=True,
        )
        self._lay_out()
        self.list.itemSelectionChanged.connect(self._show_selected)
        if document is not None:
            document.saved_state_changed.connect(self._read_versions)
        self._read_versions()

    def _lay_out(self) -> None:
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(2 * GRID, 0, 0, 0)
        inner.setSpacing(GRID)
        for widget in (self.title, self.note, self.same):
            inner.addWidget(widget)
        inner.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.restore)
        inner.addLayout(foot)
        splitter = QSplitter()
        splitter.addWidget(self.list)
        splitter.addWidget(right)
        splitter.setSizes([270, 770])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(
            caption(
                self.tr(
                    "Select a version to see what it changed, or any two with Ctrl to compare them."
                )
            )
        )
        layout.addWidget(self.empty)
        layout.addWidget(splitter, 1)
        self.restore.setEnabled(False)

    def _read_versions(self) -> None:
        reading = self._desk.services.mappings.versions(self._connection_id)
        self._tasks.start(reading, self._show_versions, replace="versions")

    def _show_versions(self, versions: tuple[MappingVersion, ...]) -> None:
        self.versions = versions
        self.list.clear()
        if self._draft is not None:
            self._add(DRAFT, self._name(DRAFT))
        for version in versions:
            time = formats.day_and_time(version.time)
            words = self.tr("Version {number} · {time}").format(number=version.number, time=time)
            item = self._add(version.number, f"{words}\n{version.comment}".rstrip())
            item.setToolTip(formats.utc(version.time))
        self._add(0, self._name(0))
        self.empty.setVisible(not versions)
        self.list.setCurrentRow(0)

    def _add(self, number: int, words: str) -> QListWidgetItem:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, number)
        self.list.addItem(item)
        return item

    @property
    def _draft(self) -> VersionContent | None:
        """What is edited and not saved; None while all is as it was saved."""
        document = self._document
        if document is None:
            return None
        draft = VersionContent(document.schema, document.settings)
        saved = VersionContent(document.saved.schema, document.saved.settings)
        return None if draft == saved else draft

    def _name(self, number: int) -> str:
        if number == DRAFT:
            return self.tr("Draft, not saved")
        if not number:
            return self.tr("Default mappings")
        return self.tr("Version {number}").format(number=number)

    def _numbers(self) -> list[int]:
        """What is selected, the oldest first: the list shows the newest first."""
        items = sorted(self.list.selectedItems(), key=self.list.row, reverse=True)
        return [int(item.data(Qt.ItemDataRole.UserRole)) for item in items]

    def _show_selected(self) -> None:
        numbers = self._numbers()
        newest = self.versions[0].number if self.versions else 0
        self.restore.setEnabled(len(numbers) == 1 and numbers[0] not in (newest, DRAFT))
        if len(numbers) == 1:
            self._show_one(numbers[0])
        elif len(numbers) >= 2:
            self.note.setText("")
            self._compare(numbers[0], numbers[-1])

    def _show_one(self, number: int) -> None:
        """Compare with the one before it, which the default mappings do not have."""
        comments = {version.number: version.comment for version in self.versions}
        self.note.setText(comments.get(number, ""))
        row = self.list.row(self.list.selectedItems()[0])
        if row + 1 < self.list.count():
            before = self.list.item(row + 1)
            self._compare(int(before.data(Qt.ItemDataRole.UserRole)), number)
            return
        self.title.setText(self._name(number))
        self.note.setText(self.tr("What a new connection starts with."))
        self._compare(number, number)

    def _compare(self, older: int, newer: int) -> None:
        if older != newer:
            words = self.tr("{older} compared with {newer}")
            self.title.setText(words.format(older=self._name(older), newer=self._name(newer)))
        comparing = self._compared(older, newer)
        self._tasks.start(comparing, self._show_differences, replace="compare")

    async def _compared(self, older: int, newer: int) -> tuple[SchemaDifference, ...]:
        mappings = self._desk.services.mappings
        if DRAFT not in (older, newer):
            return await mappings.compare(self._connection_id, older, newer)
        before = await self._content(older)
        return await mappings.compare_contents(before, await self._content(newer))

    async def _content(self, number: int) -> VersionContent:
        mappings = self._desk.services.mappings
        if number == DRAFT:
            return self._draft or VersionContent(await mappings.schema(self._connection_id))
        content = await mappings.version(self._connection_id, number)
        newest = self.versions[0].number if self.versions else 0
        if content.settings is None and number == newest and self._document is not None:
            # The settings in use belong to the version in use, also where it was saved without.
            return replace(content, settings=self._document.saved.settings)
        return content

    def _show_differences(self, differences: tuple[SchemaDifference, ...]) -> None:
        self.differences.show_differences(differences)
        self.table.setVisible(bool(differences))
        self.same.setVisible(not differences and len(self._numbers()) > 1)

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
        self._read_versions()
