"""A bar that says what is happening, shown only when it lasts longer than 200 ms."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import caption

DELAY_MILLISECONDS = 200


class LoadingBar(QWidget):
    """Hidden until work has lasted 200 ms; *Cancel* is there when the work can be cancelled."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = caption("")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = button(theme, self.tr("Cancel"), look="link")
        self._cancel.clicked.connect(self._ask_cancel)
        self._on_cancel: Callable[[], object] | None = None
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MILLISECONDS)
        self._delay.timeout.connect(self.show)
        inner = QVBoxLayout()
        inner.setSpacing(GRID // 2)
        inner.addWidget(self._words)
        inner.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addLayout(inner, 1)
        layout.addWidget(self._cancel)
        self.hide()

    def begin(self, words: str, on_cancel: Callable[[], object] | None = None) -> None:
        """Say what is happening; the bar moves without a number until `progress` is called."""
        self._words.setText(words)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(words)
        self._on_cancel = on_cancel
        self._cancel.setVisible(on_cancel is not None)
        self._delay.start()

    @property
    def words(self) -> str:
        """What it says is happening."""
        return self._words.text()

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Show how far it is, and in other words what is happening; `total` 0 is not known."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        if words:
            self._words.setText(words)
            self._bar.setAccessibleName(words)

    def end(self) -> None:
        """The work is over."""
        self._delay.stop()
        self.hide()

    def _ask_cancel(self) -> None:
        if self._on_cancel is not None:
            self._on_cancel()
