"""A short note at the bottom of the window that something was done, with Undo where it can be."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from looop_gui.ui.theme import GRID

STAY_MILLISECONDS = 8_000


class Toast(QFrame):
    """One note at a time; a newer one replaces it. It never takes the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self._words = QLabel()
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self._action: Callable[[], object] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._words)
        layout.addWidget(self._button)
        self._stay = QTimer(self, singleShot=True, interval=STAY_MILLISECONDS)
        self._stay.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(
        self, words: str, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Show a note for eight seconds; `action` (e.g. Undo) is its button."""
        self._words.setText(words)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._action = on_action
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()
        self._stay.start()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _act(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()

    def _place(self) -> None:
        self.adjustSize()
        window = self.parentWidget()
        if window is not None:
            left = (window.width() - self.width()) // 2
            self.move(left, window.height() - self.height() - 6 * GRID)
