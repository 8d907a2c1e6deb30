"""The accounts of the target as a table; a source object can be dropped onto one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.model.job import Link
from looop_gui.services.account_discovery import Account, AccountDiscovery, AccountState
from looop_gui.ui.links.side_signs import ACCOUNT_SIGNS
from looop_gui.ui.links.source_list import SOURCE_OBJECT
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

NAME, STATE, WHY = range(3)


class AccountModel(RowsModel[Account]):
    """`link_wanted` carries a source id, its name and the account that it was dropped onto."""

    link_wanted = Signal(str, str, object)

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme = theme
        self._read: tuple[Account, ...] = ()
        self._accounts: tuple[Account, ...] = ()
        self._text = ""
        self._state: AccountState | None = None

    def show_discovery(self, discovery: AccountDiscovery | None) -> None:
        """Show what was read; None shows nothing."""
        self._read = self._accounts = discovery.accounts if discovery is not None else ()
        self._narrow()

    def narrow(self, text: str, state: AccountState | None) -> None:
        """Show only those with the text and in the state."""
        self._text, self._state = text.casefold(), state
        self._narrow()

    def show_link(self, source_id: str, link: Link | None) -> None:
        """Follow a change of one object's link without reading the target again."""
        self._accounts = tuple(
            self._linked(before, now, source_id, link)
            for before, now in zip(self._read, self._accounts, strict=True)
        )
        self._narrow()

    @property
    def counts(self) -> Mapping[AccountState, int]:
        """How many accounts are in each state."""
        return Counter(account.state for account in self._accounts)

    def row_of(self, target_id: str) -> int:
        """The row of an account, -1 when it is not shown."""
        found = (at for at, row in enumerate(self._rows) if row.target_id == target_id)
        return next(found, -1)

    def titles(self) -> tuple[str, ...]:
        """Name, state, why."""
        return (self.tr("Account"), self.tr("What it is"), self.tr("Why"))

    def words(self, row: Account, column: int) -> str:
        """Name, state, why."""
        return (row.name, ACCOUNT_SIGNS[row.state].word, row.sentence)[column]

    def whole(self, row: Account, column: int) -> str:
        """The id of the account, or why it is what it is."""
        if column == NAME:
            return f"{row.name}\n{row.target_id}"
        return row.sentence or ACCOUNT_SIGNS[row.state].word

    def icon(self, row: Account, column: int) -> QIcon | None:
        """What it is."""
        sign = ACCOUNT_SIGNS[row.state]
        return self._theme.cell_icon(sign.icon, sign.role) if column == STATE else None

    def colour(self, row: Account, column: int) -> QColor:
        """Reasons and disabled accounts step back."""
        muted = column == WHY or row.active is False
        return self._theme.colour(Role.TEXT_MUTED if muted else Role.TEXT)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """An account that is not linked takes what is dropped onto it."""
        flags = super().flags(index)
        account = self.row_at(index.row()) if index.isValid() else None
        if account is not None and account.state is not AccountState.LINKED:
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        """What can be dropped."""
        return [SOURCE_OBJECT]

    def supportedDropActions(self) -> Qt.DropAction:
        """Dropping leaves the list that was dragged from as it is."""
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: AnyIndex
    ) -> bool:
        """Only a source object, and only onto an account that is not linked."""
        return data.hasFormat(SOURCE_OBJECT) and bool(
            self.flags(parent) & Qt.ItemFlag.ItemIsDropEnabled
        )

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: AnyIndex
    ) -> bool:
        """Ask for the link; False keeps the list that was dragged from as it is."""
        if self.canDropMimeData(data, action, row, column, parent):
            source_id = data.data(SOURCE_OBJECT).toStdString()
            self.link_wanted.emit(source_id, data.text(), self.row_at(parent.row()))
        return False

    def _linked(self, before: Account, now: Account, source_id: str, link: Link | None) -> Account:
        if link is not None and link.target_id == now.target_id:
            return replace(now, state=AccountState.LINKED, source_ids=(source_id,), sentence="")
        if now.state is not AccountState.LINKED or now.source_ids != (source_id,):
            return now
        if before.state is not AccountState.LINKED:
            return before
        words = self.tr("No longer linked. Read the accounts again to see what it is.")
        return replace(now, state=AccountState.LOCAL, source_ids=(), sentence=words)

    def _narrow(self) -> None:
        self.show_rows(
            [
                account
                for account in self._accounts
                if (self._state is None or account.state is self._state)
                and (self._text in account.name.casefold() or self._text in account.target_id)
            ]
        )
