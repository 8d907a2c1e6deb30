"""The people and groups of the source as a table."""

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.services.roster import AccountState, RosterRow, ScopeReason
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import RowsModel

NAME, ADDRESS, ASSIGNMENT, SCOPE, STATE = range(5)


class RosterModel(RowsModel[RosterRow]):
    """Name, address, assignment with role, scope, state of the account."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def row_of(self, object_id: str) -> int:
        """The row of an object, -1 when it is not shown."""
        found = (row for row, one in enumerate(self._rows) if one.entry.id == object_id)
        return next(found, -1)

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Name"),
            self.tr("User principal name"),
            self.tr("Assignment"),
            self.tr("Scope"),
            self.tr("Account"),
        )

    def assignment_words(self, row: RosterRow) -> str:
        """The roles and how they reach the object, in words."""
        if not row.roles:
            return self.tr("Not assigned")
        names = ", ".join(role.display_name or role.value for role in row.roles)
        return names if row.direct else self.tr("{0} (through a group)").format(names)

    def scope_words(self, reason: ScopeReason) -> str:
        """In scope, or what keeps it out."""
        return {
            ScopeReason.IN_SCOPE: self.tr("In scope"),
            ScopeReason.INACTIVE: self.tr("Not active"),
            ScopeReason.NOT_ASSIGNED: self.tr("Not assigned"),
            ScopeReason.ROLE: self.tr("Default Access excluded"),
            ScopeReason.FILTER: self.tr("Filtered out"),
            ScopeReason.NOT_PROVISIONED: self.tr("Groups are off"),
        }[reason]

    def state_words(self, row: RosterRow) -> str:
        """Enabled, disabled or deleted."""
        if row.entry.object_type is ObjectType.GROUP and row.state is AccountState.ACTIVE:
            return self.tr("{0} members").format(len(row.entry.members))
        return {
            AccountState.ACTIVE: self.tr("Enabled"),
            AccountState.DISABLED: self.tr("Disabled"),
            AccountState.DELETED: self.tr("Deleted"),
        }[row.state]

    def words(self, row: RosterRow, column: int) -> str:
        """The text of a cell."""
        match column:
            case 0:
                return row.entry.display_name
            case 1:
                value = row.entry.attributes.get("userPrincipalName", "")
                return value if isinstance(value, str) else ""
            case 2:
                return self.assignment_words(row)
            case 3:
                return self.scope_words(row.reason)
            case _:
                return self.state_words(row)

    def icon(self, row: RosterRow, column: int) -> QIcon | None:
        """Person or group, scope, and an account that is not enabled."""
        if column == NAME:
            return self._theme.cell_icon(OBJECT_ICONS[row.entry.object_type], Role.TEXT_MUTED)
        if column == SCOPE:
            if row.in_scope:
                return self._theme.cell_icon("circle-check", Role.SUCCESS)
            return self._theme.cell_icon("circle-slash", Role.TEXT_MUTED)
        if column == STATE and row.state is not AccountState.ACTIVE:
            disabled = row.state is AccountState.DISABLED
            icon, role = ("ban", Role.WARNING) if disabled else ("trash-2", Role.DANGER)
            return self._theme.cell_icon(icon, role)
        return None

    def whole(self, row: RosterRow, column: int) -> str:
        """The id of the object, or the words."""
        return row.entry.id if column == NAME else self.words(row, column)

    def colour(self, row: RosterRow, column: int) -> QColor:
        """Scope and account in their colours; what says little steps back."""
        return self._theme.colour(_role(row, column))


def _role(row: RosterRow, column: int) -> Role:
    if column == SCOPE:
        return Role.SUCCESS if row.in_scope else Role.TEXT_MUTED
    if column == ADDRESS or (column == ASSIGNMENT and not row.roles):
        return Role.TEXT_MUTED
    if column == STATE and row.state is not AccountState.ACTIVE:
        return Role.WARNING if row.state is AccountState.DISABLED else Role.DANGER
    return Role.TEXT
