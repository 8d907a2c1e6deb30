"""The details of a person or group of the source: assignment, edits, attributes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.directory import AppRole, ObjectType
from looop_gui.services.roster import AccountState, RosterRow
from looop_gui.ui.desk import Desk
from looop_gui.ui.directory.roster_model import RosterModel
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.inspector import Inspector
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import caption, prose, section
from looop_gui.ui.widgets.scroll import put_into
from looop_gui.ui.widgets.status_badge import StatusBadge

_FIRST = ("userPrincipalName", "mail", "givenName", "surname", "jobTitle", "department", "manager")


class ObjectInspector(Inspector):
    """Says what the person wants: the page carries it out."""

    assign_wanted = Signal(str, str)
    unassign_wanted = Signal(str)
    enable_wanted = Signal(str, bool)
    delete_wanted = Signal(str, bool)
    restore_wanted = Signal(str)
    attribute_wanted = Signal(str, str, str)

    def __init__(self, desk: Desk, model: RosterModel, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent)
        self._desk = desk
        self._model = model
        self.row: RosterRow | None = None
        self.badge = StatusBadge(desk.theme)
        self.why = prose("", muted=True)
        self.role = QComboBox()
        self.role.setEditable(True)
        self.role.setAccessibleName(self.tr("Role"))
        self.assign_button = primary_button(desk.theme, self.tr("Assign"), self._assign)
        self.unassign_button = button(desk.theme, self.tr("Unassign"), self._unassign)
        self.enable_button = button(desk.theme, self.tr("Disable"), self._enable)
        self.delete_button = button(desk.theme, self.tr("Delete"), self._delete, icon="trash-2")
        self.remove_button = button(
            desk.theme, self.tr("Delete for good"), self._remove, look="danger"
        )
        self.attribute = QComboBox()
        self.attribute.setAccessibleName(self.tr("Attribute"))
        self.value = QLineEdit()
        self.value.setAccessibleName(self.tr("New value"))
        self.value.setPlaceholderText(self.tr("New value"))
        self.change_button = button(desk.theme, self.tr("Change"), self._change)
        self.attribute.currentTextChanged.connect(self._show_value)
        self.value.returnPressed.connect(self._change)
        self.log_button = button(desk.theme, self.tr("Log entries"), self._open_log)
        self.demand_button = button(desk.theme, self.tr("Provision on demand"), self._on_demand)
        self.facts = KeyValues()
        self._edits = QWidget()
        self._lay_out()

    def show_row(self, row: RosterRow, roles: tuple[AppRole, ...], *, editable: bool) -> None:
        """Show a person or group; `editable` says whether the source can be changed here."""
        self.row = row
        person = row.entry.object_type is ObjectType.USER
        self.show_heading(row.entry.display_name, row.entry.id)
        self.badge.show_sign(_scope_sign(row), self._model.scope_words(row.reason))
        self.why.setText(self._sentence(row))
        self._show_roles(roles)
        self.unassign_button.setVisible(row.direct)
        self.assign_button.setText(self.tr("Assign") if not row.direct else self.tr("Add role"))
        self._edits.setVisible(editable and person)
        deleted = row.state is AccountState.DELETED
        disabled = row.state is AccountState.DISABLED
        self.enable_button.setText(self.tr("Enable") if disabled else self.tr("Disable"))
        self.enable_button.setVisible(not deleted)
        self.delete_button.setText(self.tr("Restore") if deleted else self.tr("Delete"))
        self.remove_button.setVisible(deleted)
        for widget in (self.role, self.assign_button, self.unassign_button):
            widget.setEnabled(editable)
        self._show_attributes(row)

    def _sentence(self, row: RosterRow) -> str:
        words = self._model.assignment_words(row)
        return f"{words}. {self._model.state_words(row)}."

    def _show_roles(self, roles: tuple[AppRole, ...]) -> None:
        self.role.clear()
        self.role.addItem(self.tr("Default Access"), "")
        for role in roles:
            if role.value:
                self.role.addItem(role.display_name or role.value, role.value)

    def _show_attributes(self, row: RosterRow) -> None:
        values = {
            name: value if isinstance(value, str) else self.tr("{0} values").format(len(value))
            for name, value in row.entry.attributes.items()
        }
        names = [name for name in _FIRST if name in values]
        names += sorted(name for name in values if name not in _FIRST)
        self.facts.show_values((name, values[name]) for name in names)
        chosen = self.attribute.currentText()
        self.attribute.blockSignals(True)
        self.attribute.clear()
        self.attribute.addItems([name for name in names if name != "members"])
        self.attribute.setCurrentText(chosen if chosen in names else "jobTitle")
        self.attribute.blockSignals(False)
        self._show_value(self.attribute.currentText())

    def _show_value(self, name: str) -> None:
        value = self.row.entry.attributes.get(name, "") if self.row is not None else ""
        self.value.setText(value if isinstance(value, str) else "")

    def _assign(self) -> None:
        if self.row is not None:
            at = self.role.findText(self.role.currentText())
            role = self.role.itemData(at) if at >= 0 else self.role.currentText().strip()
            self.assign_wanted.emit(self.row.entry.id, role)

    def _unassign(self) -> None:
        if self.row is not None:
            self.unassign_wanted.emit(self.row.entry.id)

    def _enable(self) -> None:
        if self.row is not None:
            enabled = self.row.state is AccountState.DISABLED
            self.enable_wanted.emit(self.row.entry.id, enabled)

    def _delete(self) -> None:
        if self.row is None:
            return
        if self.row.state is AccountState.DELETED:
            self.restore_wanted.emit(self.row.entry.id)
        else:
            self.delete_wanted.emit(self.row.entry.id, False)

    def _remove(self) -> None:
        if self.row is not None:
            self.delete_wanted.emit(self.row.entry.id, True)

    def _change(self) -> None:
        if self.row is not None:
            name, value = self.attribute.currentText(), self.value.text().strip()
            self.attribute_wanted.emit(self.row.entry.id, name, value)

    def _open_log(self) -> None:
        if self.row is not None:
            self._desk.go_to("provisioning_log", self.row.entry.id)

    def _on_demand(self) -> None:
        if self.row is not None:
            self._desk.go_to("on_demand", self.row.entry.id)

    def _lay_out(self) -> None:
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.badge)
        layout.addWidget(self.why)
        layout.addLayout(_side_by_side(self.demand_button, self.log_button))
        layout.addSpacing(GRID)
        layout.addWidget(section(self.tr("Assignment")))
        layout.addWidget(self.role)
        layout.addLayout(_side_by_side(self.assign_button, self.unassign_button))
        layout.addSpacing(GRID)
        edits = QVBoxLayout(self._edits)
        edits.setContentsMargins(0, 0, 0, GRID)
        edits.setSpacing(GRID)
        edits.addWidget(section(self.tr("Change the source")))
        edits.addWidget(caption(self.tr("The next cycle carries the change to the target.")))
        edits.addWidget(self.attribute)
        value = QHBoxLayout()
        value.setSpacing(GRID)
        value.addWidget(self.value, 1)
        value.addWidget(self.change_button)
        edits.addLayout(value)
        edits.addLayout(_side_by_side(self.enable_button, self.delete_button, self.remove_button))
        layout.addWidget(self._edits)
        layout.addWidget(section(self.tr("Attributes")))
        layout.addWidget(self.facts)
        layout.addStretch(1)
        scroll = QScrollArea()
        put_into(scroll, inner)
        self.body.addWidget(scroll, 1)


def _side_by_side(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(GRID)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def _scope_sign(row: RosterRow) -> Sign:
    if row.in_scope:
        return Sign("circle-check", Role.SUCCESS, "In scope")
    return Sign("circle-slash", Role.TEXT_MUTED, "Not in scope")
