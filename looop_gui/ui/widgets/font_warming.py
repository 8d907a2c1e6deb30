"""Loads the fonts for other scripts in quiet moments, so that no table waits when it fills.

A name in a script that was not shown before makes Qt look for a font that has it, which takes up to
4 ms a script; a directory of a whole company has a dozen of them in its first rows.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

PAUSE_MILLISECONDS = 30
SAMPLES = (
    "Ελ",
    "Ел",
    "آر",
    "אב",
    "आद",
    "செ",
    "渡",
    "김",
    "ธน",
    "Ար",
    "გი",
    "বা",
    "తె",
    "አማ",
    "\N{SLIGHTLY SMILING FACE}",
)
"""Two letters of each script, or one picture, that a fallback font is looked up for."""


class FontWarming(QObject):
    """Measures one sample at a time in the font of a widget, then rests."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._waiting = list(SAMPLES)
        self._timer = QTimer(self, interval=PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._warm)
        self._timer.start()

    @property
    def ended(self) -> bool:
        """Whether all fonts were looked up."""
        return not self._waiting

    def _warm(self) -> None:
        if self._waiting:
            QFontMetrics(self._widget.font()).horizontalAdvance(self._waiting.pop())
        else:
            self._timer.stop()
