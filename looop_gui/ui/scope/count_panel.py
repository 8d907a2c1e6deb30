"""How many are in scope, and who leaves and enters with the change that is not saved yet."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.services.scope_preview import ScopeChange
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, ICON_SIZE, Theme
from looop_gui.ui.widgets.labels import caption, prose, section

MOST_NAMES = 200


class CountPanel(QWidget):
    """`sentence` and `change` are what it says, for one object type."""

    def __init__(self, theme: Theme, object_type: ObjectType) -> None:
        super().__init__()
        self._theme = theme
        self._object_type = object_type
        self.sentence = section("")
        self.change = prose("")
        self.names = QListWidget()
        self.names.setAccessibleName(self.tr("Who leaves and enters"))
        self.names.setProperty("look", "flush")
        self.names.setUniformItemSizes(True)
        self.names.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.stale = caption(self.tr("Counting"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (self.sentence, self.change, self.stale):
            layout.addWidget(widget)
        layout.addWidget(self.names, 100)
        layout.addStretch(1)
        self.names.hide()
        self.stale.hide()

    def show_change(self, change: ScopeChange) -> None:
        """Show the numbers and the names."""
        self.stale.hide()
        noun = self._noun(change.total)
        self.sentence.setText(
            self.tr("{inside} of {total} {noun} in scope").format(
                inside=formats.count(change.in_scope_count),
                total=formats.count(change.total),
                noun=noun,
            )
        )
        leaving, entering = len(change.leaving), len(change.entering)
        if leaving or entering:
            self.change.setText(
                self.tr("With this change {leaving} leave, {entering} enter.").format(
                    leaving=formats.count(leaving), entering=formats.count(entering)
                )
            )
        else:
            self.change.setText(self.tr("The same as saved: nobody leaves or enters."))
        self._show_names(change.leaving, change.entering)

    def show_stale(self) -> None:
        """Say that the numbers are being counted anew."""
        self.stale.show()

    def show_refusal(self, sentence: str) -> None:
        """Say why it cannot be counted."""
        self.stale.hide()
        self.sentence.setText(self.tr("Cannot be counted"))
        self.change.setText(sentence)
        self.names.hide()

    def _show_names(
        self, leaving: Sequence[DirectoryObject], entering: Sequence[DirectoryObject]
    ) -> None:
        self.names.clear()
        for entries, icon, role, words in (
            (leaving, "user-minus", Role.WARNING, self.tr("{name} leaves")),
            (entering, "user-plus", Role.SUCCESS, self.tr("{name} enters")),
        ):
            for entry in entries[:MOST_NAMES]:
                item = QListWidgetItem(
                    self._theme.icon(icon, role), words.format(name=entry.display_name)
                )
                item.setData(Qt.ItemDataRole.UserRole, entry.id)
                self.names.addItem(item)
            if len(entries) > MOST_NAMES:
                more = formats.count(len(entries) - MOST_NAMES)
                self.names.addItem(self.tr("and {number} more").format(number=more))
        self.names.setVisible(self.names.count() > 0)

    def _noun(self, number: int) -> str:
        if self._object_type is ObjectType.USER:
            return self.tr("person") if number == 1 else self.tr("people")
        return self.tr("group") if number == 1 else self.tr("groups")
