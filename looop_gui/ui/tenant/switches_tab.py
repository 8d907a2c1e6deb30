"""Faults and quirks of the tenant: how real targets misbehave, each with a switch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from looop_gui.ui.theme import GRID, fixed_font
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import hint

if TYPE_CHECKING:
    from looop_gui.services.tenants import TenantSwitch


class SwitchesTab(QScrollArea):
    """`fault_wanted` and `quirk_wanted` carry the text to switch and whether on."""

    fault_wanted = Signal(str, bool)
    quirk_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.faults: dict[str, SwitchRow] = {}
        self.quirks: dict[str, SwitchRow] = {}
        self._faults = Card(self.tr("Faults"), self.tr("trouble that comes and goes"))
        self._quirks = Card(self.tr("Quirks"), self.tr("how some applications are"))
        inner = QWidget()
        inner.setProperty("look", "page")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._faults)
        layout.addWidget(self._quirks)
        layout.addStretch(1)
        self.setWidget(inner)

    def show_faults(self, switches: Iterable[TenantSwitch]) -> None:
        """Show all faults and which are on."""
        for switch in switches:
            row = self.faults.get(switch.name)
            if row is None:
                row = SwitchRow(switch, with_setting=switch.example != switch.name)
                row.switched.connect(self.fault_wanted.emit)
                self.faults[switch.name] = row
                self._faults.body.addWidget(row)
            row.show_switch(switch)

    def show_quirks(self, switches: Iterable[TenantSwitch]) -> None:
        """Show all quirks and which are on."""
        for switch in switches:
            row = self.quirks.get(switch.name)
            if row is None:
                row = SwitchRow(switch, with_setting=False)
                row.switched.connect(self.quirk_wanted.emit)
                self.quirks[switch.name] = row
                self._quirks.body.addWidget(row)
            row.show_switch(switch)


class SwitchRow(QWidget):
    """A check box with the name, what it does, and for a fault the text of its setting."""

    switched = Signal(str, bool)

    def __init__(self, switch: TenantSwitch, *, with_setting: bool) -> None:
        super().__init__()
        self._name = switch.name
        self.box = QCheckBox(switch.name)
        self.box.setAccessibleDescription(switch.sentence)
        self.setting = QLineEdit(switch.setting or switch.example)
        self.setting.setFont(fixed_font())
        self.setting.setCursorPosition(0)
        self.setting.setMaximumWidth(240)
        self.setting.setAccessibleName(self.tr("Setting of {0}").format(switch.name))
        self.setting.setVisible(with_setting)
        self.box.clicked.connect(self._switch)
        self.setting.returnPressed.connect(lambda: self._switch(True))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.box)
        sentence = hint(switch.sentence)
        sentence.setContentsMargins(28, 0, 0, 0)
        words.addWidget(sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addLayout(words, 1)
        layout.addWidget(self.setting)

    def show_switch(self, switch: TenantSwitch) -> None:
        """Show whether it is on."""
        self.box.setChecked(switch.on)
        if switch.on and switch.setting:
            self.setting.setText(switch.setting)

    def _switch(self, on: bool) -> None:
        text = self.setting.text().strip() if not self.setting.isHidden() else self._name
        self.switched.emit(text if on else self._name, on)
