"""The filters of the provisioning log as chips, and its search field."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction, ProvisioningStatus
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, link_button
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.search_field import SearchField


class FilterBar(QWidget):
    """`changed` carries the new `LogFilter`. Chips of one kind widen, kinds narrow each other."""

    changed = Signal(object)

    def __init__(self, theme: Theme, connection_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filter = LogFilter(connection_id)
        self._words: dict[str, str] = {}
        self.search = SearchField(theme, self.tr("Search names, ids and reasons"))
        self.search.searched.connect(lambda text: self._change(replace(self._filter, text=text)))
        self.status_chips = {
            status: self._chip(STATUS_SIGNS[status].word, self._status_toggler(status))
            for status in ProvisioningStatus
        }
        for status, chip in self.status_chips.items():
            theme.dress(chip, STATUS_SIGNS[status].icon, STATUS_SIGNS[status].role)
        self.action_chip = self._chip(self.tr("Action"), None)
        self.action_chip.setMenu(self._action_menu())
        self.type_chips = {
            ObjectType.USER: self._chip(self.tr("People"), self._type_toggler(ObjectType.USER)),
            ObjectType.GROUP: self._chip(self.tr("Groups"), self._type_toggler(ObjectType.GROUP)),
        }
        self.narrowing_chip = button(theme, "", self._widen, icon="x", look="chip")
        self.clear_button = link_button(theme, self.tr("Clear the filters"), self.clear)
        self._lay_out()
        self._show()

    @property
    def log_filter(self) -> LogFilter:
        """The filter as it is set."""
        return self._filter

    def narrow(
        self,
        words: str,
        *,
        source_id: str = "",
        cycle_id: str = "",
        error_code: str = "",
        statuses: frozenset[ProvisioningStatus] = frozenset(),
        actions: frozenset[ProvisioningAction] = frozenset(),
    ) -> None:
        """Show one person, cycle or code only; `words` is what the chip for it says."""
        self._words["narrowing"] = words
        self._change(
            replace(
                LogFilter(self._filter.connection_id),
                source_id=source_id,
                cycle_id=cycle_id,
                error_code=error_code,
                statuses=statuses,
                actions=actions,
            )
        )

    def clear(self) -> None:
        """Show everything again."""
        self.search.clear()
        self._change(LogFilter(self._filter.connection_id))

    def _change(self, log_filter: LogFilter) -> None:
        if log_filter != self._filter:
            self._filter = log_filter
            self._show()
            self.changed.emit(log_filter)

    def _status_toggler(self, status: ProvisioningStatus) -> Callable[[], None]:
        def toggle() -> None:
            self._change(replace(self._filter, statuses=self._filter.statuses ^ {status}))

        return toggle

    def _type_toggler(self, kind: ObjectType) -> Callable[[], None]:
        def toggle() -> None:
            chosen = None if self._filter.object_type is kind else kind
            self._change(replace(self._filter, object_type=chosen))

        return toggle

    def _widen(self) -> None:
        self._change(replace(self._filter, source_id="", cycle_id="", error_code=""))

    def _action_menu(self) -> QMenu:
        menu = QMenu(self)
        self._action_lines: dict[ProvisioningAction, QAction] = {}
        for action in ProvisioningAction:
            sign = ACTION_SIGNS[action]
            line = menu.addAction(sign.word)
            line.setCheckable(True)
            self._theme.dress(line, sign.icon, sign.role)
            line.triggered.connect(lambda _on, one=action: self._toggle_action(one))
            self._action_lines[action] = line
        return menu

    def _toggle_action(self, action: ProvisioningAction) -> None:
        self._change(replace(self._filter, actions=self._filter.actions ^ {action}))

    def _show(self) -> None:
        for status, chip in self.status_chips.items():
            chip.setChecked(status in self._filter.statuses)
        for kind, chip in self.type_chips.items():
            chip.setChecked(self._filter.object_type is kind)
        for action, line in self._action_lines.items():
            line.setChecked(action in self._filter.actions)
        chosen = [
            ACTION_SIGNS[one].word for one in ProvisioningAction if one in self._filter.actions
        ]
        self.action_chip.setChecked(bool(chosen))
        self.action_chip.setText(", ".join(chosen) if chosen else self.tr("Action"))
        narrowed = bool(self._filter.source_id or self._filter.cycle_id or self._filter.error_code)
        self.narrowing_chip.setVisible(narrowed)
        self.narrowing_chip.setText(self._words.get("narrowing", ""))
        self.clear_button.setVisible(self._filter != LogFilter(self._filter.connection_id))
        self.updateGeometry()

    def _chip(self, words: str, action: Callable[[], None] | None) -> QPushButton:
        chip = button(self._theme, words, action, look="chip")
        chip.setCheckable(True)
        return chip

    def _lay_out(self) -> None:
        self._theme.dress(self.narrowing_chip, "x", Role.TEXT_MUTED)
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setSpacing(6)
        for chip in (
            *self.status_chips.values(),
            self.action_chip,
            *self.type_chips.values(),
            self.narrowing_chip,
            self.clear_button,
        ):
            flow.addWidget(chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.search, 1)
        self.tail = QHBoxLayout()
        self.tail.setSpacing(GRID)
        top.addLayout(self.tail)
        layout.addLayout(top)
        layout.addWidget(chips)
