"""Collects garbage on the GUI thread only.

Python collects reference cycles in whichever thread happens to allocate. A Qt object that ends so
in a worker thread cannot stop its timers, and the next event reaches freed memory. Therefore the
automatic collection is off while a window is open, and a timer of the GUI thread does the work,
the youngest objects first and the oldest rarely, so that no frame waits long.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MILLISECONDS = 1_000
YOUNG_OBJECTS = 2_000
OLD_COLLECTIONS = 10


class GuiGarbage(QObject):
    """`start` takes the collection over, `stop` gives it back to Python, or to whoever had it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_automatic = True
        self._timer = QTimer(self, interval=INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Collect on this thread only, from now on."""
        self._was_automatic = gc.isenabled()
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect by itself again, if it did before."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_automatic:
            gc.enable()

    def collect(self) -> None:
        """Collect what is due."""
        young, middle, old = gc.get_count()
        if old >= OLD_COLLECTIONS:
            gc.collect(2)
        elif middle >= OLD_COLLECTIONS:
            gc.collect(1)
        elif young >= YOUNG_OBJECTS:
            gc.collect(0)
