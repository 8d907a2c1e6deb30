"""*Link to…*: chooses the person or group that an account belongs to, by keyboard alone."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.services.account_discovery import Account
from looop_gui.ui.desk import Desk
from looop_gui.ui.links.source_list import SourceList
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import prose


class LinkDialog(QDialog):
    """Opened with `open()`; those who match already lead the list. `on_choice` is told who."""

    def __init__(
        self,
        desk: Desk,
        connection_id: str,
        account: Account,
        kind: ObjectType,
        on_choice: Callable[[DirectoryObject], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question = self.tr("Link {0} to").format(account.name)
        self.setWindowTitle(question)
        self.setMinimumSize(460, 440)
        self._on_choice = on_choice
        self.sources = SourceList(desk, connection_id)
        self.link_button = primary_button(desk.theme, self.tr("Link"), self._link)
        self.cancel_button = button(desk.theme, self.tr("Cancel"), self.reject)
        layout = dialog_layout(self, question)
        if account.sentence:
            layout.addWidget(prose(account.sentence, muted=True))
        layout.addWidget(self.sources, 1)
        layout.addLayout(dialog_foot(self.cancel_button, self.link_button))
        for one in (self.link_button, self.cancel_button):
            one.setAutoDefault(False)
        self.sources.chosen.connect(self._choose)
        self.sources.show_kind(kind, account.source_ids)
        self.sources.search.setFocus()

    def _link(self) -> None:
        one = self.sources.current
        if one is not None:
            self._choose(one)

    def _choose(self, one: DirectoryObject) -> None:
        self.accept()
        self._on_choice(one)
