"""The inspector at the right of a page: shows the selected thing, resizable and remembered."""

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.labels import ElidedLabel

MINIMUM_WIDTH = 300
USUAL_WIDTH = 440
LARGEST_SHARE = 0.48


class Inspector(QFrame):
    """A heading with a close button and a body; hidden until something is selected."""

    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.setMinimumWidth(MINIMUM_WIDTH)
        self._heading = ElidedLabel("")
        self._heading.setProperty("look", "section")
        self._note = ElidedLabel("")
        self._note.setProperty("look", "caption")
        self.close_button = icon_button(theme, "x", self.tr("Close the details"), self._close)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._heading)
        words.addWidget(self._note)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(2 * GRID, 12, GRID, GRID)
        self.head.addLayout(words, 1)
        self.head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(self.head)
        layout.addLayout(self.body, 1)
        self.hide()

    def show_heading(self, heading: str, note: str = "") -> None:
        """Show the inspector with what it is about."""
        self._heading.setText(heading)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(heading)
        was_hidden = self.isHidden()
        self.show()
        if was_hidden:
            self.opened.emit()

    @property
    def heading(self) -> str:
        """What it is about now."""
        return self._heading.text()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class InspectorSplitter(QSplitter):
    """Content at the start and an inspector at the end; its width is remembered by name."""

    def __init__(
        self, name: str, content: QWidget, inspector: Inspector, settings: QSettings | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHandleWidth(2 * GRID)
        self._name = f"splitters/{name}"
        self._settings = settings
        self.addWidget(content)
        self.addWidget(inspector)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.setCollapsible(0, False)
        self.setCollapsible(1, False)
        if self.isRightToLeft():
            # Qt's splitter puts the first of its widgets one pixel beyond its edge then.
            self.setContentsMargins(0, 0, 1, 0)
        width = USUAL_WIDTH
        if settings is not None:
            width = int(str(settings.value(self._name, USUAL_WIDTH)))
        self._width = width
        self.setSizes([10_000, width])
        self.splitterMoved.connect(self._remember)
        inspector.opened.connect(self._share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the inspector leaves the larger part to the content."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Give the inspector the width it had, but never the larger part."""
        whole = self.width() - self.handleWidth()
        most = max(MINIMUM_WIDTH, round(whole * LARGEST_SHARE))
        inspector = min(self._width, most)
        self.setSizes([max(whole - inspector, 1), inspector])

    def _remember(self) -> None:
        if self.sizes()[1] > 0:
            self._width = self.sizes()[1]
            if self._settings is not None:
                self._settings.setValue(self._name, self._width)
