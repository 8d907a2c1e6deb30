"""Links in pages from the store; the target's states are those that were read, else as written."""

from collections.abc import Awaitable, Mapping

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.services.link_comparison import LinkPage, LinkRow, LinkService, SideState
from looop_gui.ui.links.side_signs import SIDE_SIGNS
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.growing_rows import GrowingRows

NAME, SOURCE, TARGET, TARGET_ID = range(4)


class LinkModel(GrowingRows[LinkRow]):
    """Those that fit a search."""

    def __init__(
        self, theme: Theme, links: LinkService, connection_id: str, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._theme = theme
        self._links = links
        self._id = connection_id
        self._states: dict[str, SideState] = {}
        self._text = ""
        self._type: ObjectType | None = None

    def read(self, text: str, object_type: ObjectType | None) -> None:
        """Read the first page of those that have the text."""
        self._text, self._type = text, object_type
        self.read_first(text, object_type)

    def page(self, offset: int, limit: int) -> Awaitable[LinkPage]:
        """A page of those that fit the search."""
        return self._links.links(self._id, self._text, self._type, offset=offset, limit=limit)

    def row_of(self, source_id: str) -> int:
        """The row of a source object among those read, -1 when it is not there."""
        found = (at for at, row in enumerate(self._rows) if row.link.source_id == source_id)
        return next(found, -1)

    def show_states(self, states: Mapping[str, SideState]) -> None:
        """Show how these objects' accounts stand in the target now."""
        self._states.update(states)
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def target_state(self, row: LinkRow) -> tuple[SideState, bool]:
        """How the account stands, and whether that was read rather than remembered."""
        read = self._states.get(row.link.source_id)
        if read is not None:
            return read, True
        return (SideState.DISABLED if row.link.disabled else SideState.ACTIVE), False

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Name"),
            self.tr("In the source"),
            self.tr("In the target"),
            self.tr("Id of the account"),
        )

    def words(self, row: LinkRow, column: int) -> str:
        """Name, how both sides stand, and the account's id."""
        if column == NAME:
            return row.source_name
        if column == SOURCE:
            return SIDE_SIGNS[row.source].word
        if column == TARGET:
            return SIDE_SIGNS[self.target_state(row)[0]].word
        return row.link.target_id

    def whole(self, row: LinkRow, column: int) -> str:
        """With the id of the object, and whether a state was read."""
        if column == TARGET and not self.target_state(row)[1]:
            return self.tr("As it was last written; Check in the target reads it.")
        if column == NAME:
            return f"{row.source_name}\n{row.link.source_id}"
        return self.words(row, column)

    def icon(self, row: LinkRow, column: int) -> QIcon | None:
        """Person or group, and how each side stands."""
        if column == NAME:
            return self._theme.cell_icon(OBJECT_ICONS[row.link.object_type], Role.TEXT_MUTED)
        if column == TARGET_ID:
            return None
        sign = SIDE_SIGNS[row.source if column == SOURCE else self.target_state(row)[0]]
        return self._theme.cell_icon(sign.icon, sign.role)

    def colour(self, row: LinkRow, column: int) -> QColor:
        """Ids and states that were not read step back."""
        muted = column == TARGET_ID or (column == TARGET and not self.target_state(row)[1])
        return self._theme.colour(Role.TEXT_MUTED if muted else Role.TEXT)
