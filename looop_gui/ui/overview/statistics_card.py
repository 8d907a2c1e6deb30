"""*Statistics to date* as the portal's provisioning page shows them (section f.10)."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from looop_gui.services.job_statistics import JobStatistics, job_statistics
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import ElidedLabel, caption

COLUMNS = 3


class StatisticsCard(Card):
    """Reads the statistics of one connection's job when asked to."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Statistics to date"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._values: dict[str, QLabel] = {}
        self._lay_out()

    def read(self) -> None:
        """Read the statistics as they stand now."""
        reading = job_statistics(self._desk.services.provisioning, self._id)
        self._tasks.start(reading, self._show, replace="statistics")

    def value(self, name: str) -> str:
        """What is shown for a field of `JobStatistics`."""
        return self._values[name].text()

    def _show(self, statistics: JobStatistics) -> None:
        for name in _MOMENTS:
            self._show_moment(name, getattr(statistics, name))
        for name in _NUMBERS:
            self._values[name].setText(formats.count(getattr(statistics, name)))
        took = formats.duration(statistics.seconds) if statistics.cycles else self.tr("never")
        self._values["seconds"].setText(took)
        self._values["activity_id"].setText(statistics.activity_id or self.tr("never"))
        self._values["job_id"].setText(statistics.job_id)
        done = statistics.to_date
        words = self.tr("{0} created, {1} updated, {2} disabled, {3} deleted, {4} failed")
        numbers = (done.created, done.updated, done.disabled, done.deleted, done.failed)
        self._values["to_date"].setText(words.format(*map(formats.count, numbers)))

    def _show_moment(self, name: str, moment: datetime | None) -> None:
        label = self._values[name]
        if moment is None:
            label.setText(self.tr("never"))
            label.setToolTip("")
            return
        label.setText(f"{formats.day_and_time(moment)} ({formats.ago(moment, datetime.now(UTC))})")
        label.setToolTip(formats.utc(moment))

    def _words(self) -> dict[str, str]:
        return {
            "last_execution": self.tr("Last cycle ended"),
            "last_successful_execution": self.tr("Last successful cycle"),
            "last_successful_execution_with_exports": self.tr("Last one that exported"),
            "steady_state_first_achieved": self.tr("Steady state first reached"),
            "steady_state_last_achieved": self.tr("Steady state last reached"),
            "seconds": self.tr("Duration of the last cycle"),
            "cycles": self.tr("Cycles"),
            "requests": self.tr("Requests"),
            "successive_complete_failures": self.tr("Failed cycles in a row"),
            "activity_id": self.tr("Activity identifier"),
            "job_id": self.tr("Job identifier"),
            "to_date": self.tr("All that was done"),
        }

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(GRID)
        for place, (name, words) in enumerate(self._words().items()):
            value = ElidedLabel("")
            value.setAccessibleName(words)
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(caption(words))
            cell.addWidget(value)
            self._values[name] = value
            grid.addLayout(cell, *divmod(place, COLUMNS))
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)


_MOMENTS = (
    "last_execution",
    "last_successful_execution",
    "last_successful_execution_with_exports",
    "steady_state_first_achieved",
    "steady_state_last_achieved",
)
_NUMBERS = ("cycles", "requests", "successive_complete_failures")
