"""The last page: the first cycle as it happens, with counts, remaining time, and its log."""

from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import Cycle, CycleProgress, JobState
from looop_gui.services.events import CycleProgressed, JobChanged
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.signs import CYCLE_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.error_panel import describe
from looop_gui.ui.widgets.labels import ElidedLabel, caption, section
from looop_gui.ui.widgets.status_badge import StatusBadge
from looop_gui.ui.wizard.count_row import CountRow
from looop_gui.ui.wizard.parts import WizardParts
from looop_gui.ui.wizard.session import WizardSession


class LivePage(QWidget):
    """Watches the job of the connection that was saved."""

    def __init__(
        self, desk: Desk, session: WizardSession, connection: Connection, parts: WizardParts
    ) -> None:
        super().__init__()
        self._desk = desk
        self._services = session.services
        self._connection = connection
        self._tasks = Tasks(self)
        self._job: JobState | None = None
        self._progress: CycleProgress | None = None
        self.heading = ElidedLabel(self.tr("Provisioning {name}").format(name=connection.name))
        self.heading.setProperty("look", "title")
        self.badge = StatusBadge(desk.theme)
        self.banner = Banner(desk.theme)
        self.sentence = section("")
        self.detail = caption("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the cycle"))
        self.counts = CountRow(desk.theme)
        self.next_cycle = caption("")
        self.run = button(desk.theme, self.tr("Run now"), self._run, icon="play")
        self.stop = button(desk.theme, self.tr("Stop"), self._stop, icon="circle-stop")
        self.log = parts.log(desk, connection.id)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._show_next)
        self._lay_out()
        desk.bridge.job_changed.connect(self._take_job)
        desk.bridge.cycle_progressed.connect(self._take_progress)

    @property
    def job(self) -> JobState | None:
        """The state of the job as last heard."""
        return self._job

    def enter(self) -> None:
        """Ask how the job stands and watch from then on."""
        self._second.start()
        self._show()
        self._tasks.start(self._services.provisioning.job(self._connection.id), self._show_job)
        self.run.setFocus()

    def show_failure(self, error: Exception) -> None:
        """Say in the banner what went wrong."""
        what, why, safe, next_step = describe(error)
        more = " ".join(part for part in (why, safe, next_step) if part)
        self.banner.say(Tone.DANGER, what, more)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.heading, 1)
        top.addWidget(self.badge)
        top.addSpacing(GRID)
        top.addWidget(self.run)
        top.addWidget(self.stop)
        card = Card()
        line = QHBoxLayout()
        line.addWidget(self.sentence, 1)
        line.addWidget(self.next_cycle)
        card.body.addLayout(line)
        card.body.addWidget(self.bar)
        card.body.addWidget(self.detail)
        card.body.addSpacing(GRID // 2)
        card.body.addWidget(self.counts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self.banner)
        layout.addWidget(card)
        layout.addWidget(self.log, 1)

    def _run(self) -> None:
        self.run.setEnabled(False)
        self.banner.clear()
        starting = self._services.provisioning.start_cycle(self._connection.id)
        self._tasks.start(starting, None, self._not_started)

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self._tasks.start(self._services.provisioning.stop(self._connection.id))

    def _not_started(self, error: Exception) -> None:
        self.run.setEnabled(True)
        self.show_failure(error)

    def _take_job(self, event: JobChanged) -> None:
        if event.state.connection_id == self._connection.id:
            self._show_job(event.state)

    def _show_job(self, job: JobState) -> None:
        self._job = job
        if job.running_cycle is None:
            self._progress = None
        self._show()

    def _take_progress(self, event: CycleProgressed) -> None:
        if event.progress.connection_id != self._connection.id:
            return
        self._progress = event.progress
        self._show()

    def _show(self) -> None:
        job = self._job
        running = job is not None and job.running_cycle is not None
        self.run.setEnabled(job is not None and not running)
        self.stop.setEnabled(running)
        self.bar.setVisible(running)
        self.detail.setVisible(running)
        if running and self._progress is not None:
            self._show_progress(self._progress)
        elif running:
            self.sentence.setText(self.tr("The cycle is starting"))
            self.bar.setRange(0, 0)
        elif job is not None and job.last_cycle is not None:
            self._show_ended(job.last_cycle)
        elif job is not None:
            self.sentence.setText(self.tr("No cycle has run yet. Press Run now to start one."))
        self._show_badge()
        self._show_next()

    def _show_badge(self) -> None:
        cycle = None if self._job is None else self._job.running_cycle or self._job.last_cycle
        if cycle is not None:
            self.badge.show_sign(CYCLE_SIGNS[cycle.state])

    def _show_progress(self, progress: CycleProgress) -> None:
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        self.sentence.setText(
            self.tr("{phase}: {done} of {total}").format(
                phase=self.tr(progress.phase.value),
                done=formats.count(progress.done),
                total=formats.count(progress.total),
            )
        )
        parts = [
            self.tr("{rate} requests/s").format(rate=formats.rate(progress.requests_per_second)),
            self.tr("{time} so far").format(time=formats.duration(progress.seconds)),
        ]
        if progress.seconds_remaining is not None:
            left = formats.duration(progress.seconds_remaining)
            parts.append(self.tr("about {time} left").format(time=left))
        if progress.throttled:
            times = formats.count(progress.throttled)
            parts.append(self.tr("asked to slow down {times} times").format(times=times))
        self.detail.setText(" · ".join(parts))
        self.counts.show_counts(progress.users, progress.groups)

    def _show_ended(self, cycle: Cycle) -> None:
        words = self.tr("The {kind} cycle ended after {time}").format(
            kind=self.tr(cycle.kind.value), time=formats.duration(cycle.seconds)
        )
        self.sentence.setText(f"{words}. {cycle.sentence}".strip())
        self.counts.show_counts(cycle.users, cycle.groups)

    def _show_next(self) -> None:
        job = self._job
        if job is None or job.running_cycle is not None or job.next_cycle is None:
            self.next_cycle.setText("")
            return
        left = formats.until(job.next_cycle, datetime.now(UTC))
        self.next_cycle.setText(self.tr("Next cycle in {time}").format(time=left))
        self.next_cycle.setToolTip(formats.utc(job.next_cycle))
