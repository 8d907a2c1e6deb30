"""The status bar: target host, dialect, rate and next cycle; a click leads to the place."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QStatusBar, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import CycleProgress, JobState, JobStatus
from looop_gui.ui import formats
from looop_gui.ui.dialects import dialect_word


class StatusLine(QStatusBar):
    """Emits `place_wanted` with the key of the page that the clicked field belongs to."""

    place_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.host = self._field("settings", self.tr("Target host; opens the settings"))
        self.dialect = self._field("settings", self.tr("Dialect; opens the settings"))
        self.rate = self._field("overview", self.tr("Requests a second; opens the overview"))
        self.next_cycle = self._field("overview", self.tr("Next cycle; opens the overview"))
        for field in (self.host, self.dialect):
            self.addWidget(field)
        for field in (self.rate, self.next_cycle):
            self.addPermanentWidget(field)
        self._job: JobState | None = None
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)

    def show_connection(self, connection: Connection | None) -> None:
        """Show what is fixed about a connection."""
        self._job = None
        for field in (self.host, self.dialect, self.rate, self.next_cycle):
            field.setVisible(connection is not None and field in (self.host, self.dialect))
        if connection is not None:
            self.host.setText(urlsplit(connection.target.tenant_url).netloc or self.tr("No target"))
            self.dialect.setText(dialect_word(connection.target.dialect))

    def show_job(self, state: JobState) -> None:
        """Show when the next cycle is."""
        self._job = state
        self.next_cycle.show()
        if state.running_cycle is None:
            self.rate.hide()
        self._count_down()
        counting = state.next_cycle is not None and state.running_cycle is None
        (self._second.start if counting else self._second.stop)()

    def show_progress(self, progress: CycleProgress) -> None:
        """Show the rate of the running cycle."""
        self.rate.setText(
            self.tr("{0} requests/s").format(formats.rate(progress.requests_per_second))
        )
        self.rate.show()

    def _count_down(self) -> None:
        job = self._job
        if job is None:
            return
        if job.running_cycle is not None:
            words = self.tr("Cycle running")
        elif job.status is JobStatus.QUARANTINE:
            words = self.tr("Quarantine")
        elif job.next_cycle is not None:
            left = formats.until(job.next_cycle, datetime.now(UTC))
            words = self.tr("Next cycle in {0}").format(left)
        else:
            words = self.tr("Provisioning is off")
        self.next_cycle.setText(words)

    def _field(self, place: str, name: str) -> QPushButton:
        field = QPushButton()
        field.setToolTip(name)
        field.setAccessibleName(name)
        field.clicked.connect(lambda _checked: self.place_wanted.emit(place))
        field.hide()
        return field
