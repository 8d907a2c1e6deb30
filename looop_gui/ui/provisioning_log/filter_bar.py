"""The filters of the provisioning log as chips, and its search field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction, ProvisioningStatus
from looop_gui.ui.palettes import Role
from looop_gui.ui.provisioning_log.filter_words import (
    HOURS,
    REMOVABLE,
    chip_words,
    hours_words,
    without,
)
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, link_button
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.search_field import SearchField


class FilterBar(QWidget):
    """`changed` carries the new `LogFilter`. Chips of one kind widen, kinds narrow each other.

    `more_wanted` asks for the dialog with all that has no chip yet. `hours` above 0 say that the
    filter begins so many hours ago.
    """

    changed = Signal(object)
    more_wanted = Signal()

    def __init__(self, theme: Theme, connection_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filter = LogFilter(connection_id)
        self._words: dict[str, str] = {}
        self.hours = 0
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
        self.time_chip = self._chip(self.tr("Time"), None)
        self.time_chip.setMenu(self._time_menu())
        self.type_chips = {
            ObjectType.USER: self._chip(self.tr("People"), self._type_toggler(ObjectType.USER)),
            ObjectType.GROUP: self._chip(self.tr("Groups"), self._type_toggler(ObjectType.GROUP)),
        }
        self.more_chip = button(
            theme, self.tr("More filters"), self.more_wanted.emit, icon="funnel", look="chip"
        )
        self.removable = {name: self._removable_chip(name) for name in REMOVABLE}
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
        name = "source_id" if source_id else "cycle_id" if cycle_id else "error_code"
        narrowed = LogFilter(
            self._filter.connection_id,
            source_id=source_id,
            cycle_id=cycle_id,
            error_code=error_code,
            statuses=statuses,
            actions=actions,
        )
        self.show_filter(narrowed, {name: words})

    def show_filter(
        self, log_filter: LogFilter, words: dict[str, str] | None = None, *, hours: int = 0
    ) -> None:
        """Set the whole filter; `words` are what single chips say instead of the bare value."""
        self._words |= words or {}
        self.search.show_text(log_filter.text)
        self._change(log_filter, hours)

    def clear(self) -> None:
        """Show everything again."""
        self.show_filter(LogFilter(self._filter.connection_id))

    def remove(self, name: str) -> None:
        """Take one of the removable chips away."""
        self._change(without(self._filter, name))

    def use_hours(self, hours: int) -> None:
        """Show what happened in so many hours until now; 0 for all times."""
        since = datetime.now(UTC) - timedelta(hours=hours) if hours else None
        self._change(replace(self._filter, since=since, until=None), hours)

    def toggle_status(self, status: ProvisioningStatus) -> None:
        """Show a status, or show it no more."""
        self._change(replace(self._filter, statuses=self._filter.statuses ^ {status}))

    def _change(self, log_filter: LogFilter, hours: int | None = None) -> None:
        if hours is not None:
            self.hours = hours
        elif log_filter.since is None:
            self.hours = 0
        if log_filter != self._filter:
            self._filter = log_filter
            self._show()
            self.changed.emit(log_filter)

    def _status_toggler(self, status: ProvisioningStatus) -> Callable[[], None]:
        return lambda: self.toggle_status(status)

    def _type_toggler(self, kind: ObjectType) -> Callable[[], None]:
        def toggle() -> None:
            chosen = None if self._filter.object_type is kind else kind
            self._change(replace(self._filter, object_type=chosen))

        return toggle

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

    def _time_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Any time"), lambda: self.use_hours(0))
        for hours in HOURS:
            menu.addAction(hours_words(hours), self._hours_chooser(hours))
        menu.addSeparator()
        menu.addAction(self.tr("Custom..."), self.more_wanted.emit)
        return menu

    def _hours_chooser(self, hours: int) -> Callable[[], None]:
        return lambda: self.use_hours(hours)

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
        self.time_chip.setChecked(bool(self.hours))
        self.time_chip.setText(hours_words(self.hours) if self.hours else self.tr("Time"))
        for name, chip in self.removable.items():
            words = chip_words(self._filter, name)
            if words and name != "times":
                words = self._words.get(name, words)
            chip.setText(words)
            chip.setToolTip(self.tr("Take this filter away"))
            chip.setVisible(bool(words) and not (name == "times" and self.hours))
        self.clear_button.setVisible(self._filter != LogFilter(self._filter.connection_id))
        self.updateGeometry()

    def _chip(self, words: str, action: Callable[[], None] | None) -> QPushButton:
        chip = button(self._theme, words, action, look="chip")
        chip.setCheckable(True)
        return chip

    def _removable_chip(self, name: str) -> QPushButton:
        chip = button(self._theme, "", lambda: self.remove(name), look="chip")
        self._theme.dress(chip, "x", Role.TEXT_MUTED)
        return chip

    def _lay_out(self) -> None:
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setSpacing(6)
        for chip in (
            *self.status_chips.values(),
            self.action_chip,
            *self.type_chips.values(),
            self.time_chip,
            self.more_chip,
            *self.removable.values(),
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
