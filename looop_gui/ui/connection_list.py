"""The connections of the side bar as a model, and how a line is painted: dot, name, production."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import JobState, JobStatus
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import JOB_SIGNS, Sign
from looop_gui.ui.theme import CAPTION_SIZE, GRID, Theme
from looop_gui.ui.widgets.state_dot import paint_dot

AnyIndex = QModelIndex | QPersistentModelIndex
CONNECTION_ROLE = Qt.ItemDataRole.UserRole
SIGN_ROLE = Qt.ItemDataRole.UserRole + 1
RUNNING_ROLE = Qt.ItemDataRole.UserRole + 2
ROW = 34
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


class ConnectionListModel(QAbstractListModel):
    """One line a connection, with the state of its job."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connections: list[Connection] = []
        self._jobs: dict[str, JobState] = {}
        self._collapsed = False
        theme.changed.connect(self._repaint)

    def show_connections(self, connections: list[Connection]) -> None:
        """Show these."""
        self.beginResetModel()
        self._connections = list(connections)
        self.endResetModel()

    def show_job(self, state: JobState) -> None:
        """Show a job's new state."""
        self._jobs[state.connection_id] = state
        row = self.row_of(state.connection_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def is_running(self, connection_id: str) -> bool:
        """Whether a cycle of that connection is known to run."""
        job = self._jobs.get(connection_id)
        return job is not None and job.running_cycle is not None

    def set_collapsed(self, collapsed: bool) -> None:
        """Show initials only, or names."""
        self._collapsed = collapsed
        self._repaint()

    def row_of(self, connection_id: str) -> int:
        """The row of a connection, -1 when it is not there."""
        rows = (row for row, one in enumerate(self._connections) if one.id == connection_id)
        return next(rows, -1)

    def connection_at(self, row: int) -> Connection | None:
        """The connection of a row."""
        return self._connections[row] if 0 <= row < len(self._connections) else None

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many connections there are."""
        return 0 if parent is not None and parent.isValid() else len(self._connections)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, tool tip, and what the delegate needs."""
        connection = self.connection_at(index.row())
        if connection is None or not index.isValid():
            return None
        sign = self._sign(connection)
        if role == Qt.ItemDataRole.DisplayRole:
            return connection.name[:2] if self._collapsed else connection.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            production = self.tr(" (production)") if connection.production else ""
            return f"{connection.name}{production}: {sign.word}"
        values = {CONNECTION_ROLE: connection, SIGN_ROLE: sign}
        if role == RUNNING_ROLE:
            return self.is_running(connection.id)
        return values.get(role)

    def _sign(self, connection: Connection) -> Sign:
        job = self._jobs.get(connection.id)
        return JOB_SIGNS[job.status if job is not None else JobStatus.NOT_RUN]

    def _repaint(self) -> None:
        if self._connections:
            self.dataChanged.emit(self.index(0), self.index(len(self._connections) - 1))


class ConnectionDelegate(QStyledItemDelegate):
    """Paints the state dot, the connection's colour, its name and the word *production*."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Rows of equal height."""
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint the line; the background (hover, selection) is the style's."""
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        text = plain.text
        plain.text = ""
        widget = option.widget
        widget.style().drawControl(
            widget.style().ControlElement.CE_ItemViewItem, plain, painter, widget
        )
        connection = index.data(CONNECTION_ROLE)
        sign = index.data(SIGN_ROLE)
        painter.save()
        space = QRectF(option.rect).adjusted(GRID, 0, -GRID, 0)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        dot_left = space.right() - 12 if mirrored else space.left()
        dot = QRectF(dot_left, space.center().y() - 6, 12, 12)
        role = Role.ACCENT if index.data(RUNNING_ROLE) else sign.role
        paint_dot(painter, dot, self._theme, role, filled=True)
        words = space.adjusted(0, 0, -20, 0) if mirrored else space.adjusted(20, 0, 0, 0)
        words = self._paint_production(painter, connection, words, mirrored)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.setFont(option.font)
        painter.setPen(self._theme.colour(Role.TEXT))
        shown = option.fontMetrics.elidedText(
            text, Qt.TextElideMode.ElideRight, round(words.width())
        )
        painter.drawText(words, int(side | _MIDDLE), shown)
        self._paint_colour(painter, connection, QRectF(option.rect), mirrored)
        painter.restore()

    def _paint_colour(
        self, painter: QPainter, connection: Connection, space: QRectF, mirrored: bool
    ) -> None:
        if not connection.colour:
            return
        left = space.right() - 4 if mirrored else space.left() + 1
        stripe = QRectF(left, space.top() + 8, 3, space.height() - 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Role(connection.colour)))
        painter.drawRoundedRect(stripe, 1.5, 1.5)

    def _paint_production(
        self, painter: QPainter, connection: Connection, space: QRectF, mirrored: bool
    ) -> QRectF:
        """Paint the word that marks a production connection; returns the room that is left."""
        if not connection.production or space.width() < 120:
            return space
        font = painter.font()
        font.setPixelSize(CAPTION_SIZE - 1)
        painter.setFont(font)
        word = self.tr("production")
        width = painter.fontMetrics().horizontalAdvance(word) + 12
        left = space.left() if mirrored else space.right() - width
        badge = QRectF(left, space.center().y() - 9, width, 18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour(Role.DANGER), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(badge, 4, 4)
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), word)
        margin = width + GRID
        return space.adjusted(margin, 0, 0, 0) if mirrored else space.adjusted(0, 0, -margin, 0)
