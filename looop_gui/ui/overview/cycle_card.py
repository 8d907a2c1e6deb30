"""The running cycle: its phases with bars, counts, rate and remaining time; else the last one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from looop_gui.model.job import Cycle, CycleKind, CyclePhase, CycleProgress
from looop_gui.ui import formats
from looop_gui.ui.overview.counts_row import CountsRow
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import caption, prose

PHASES = tuple(phase for phase in CyclePhase if phase is not CyclePhase.FINISHED)


class CycleCard(Card):
    """`count_chosen` carries the cycle's id and the name of the number that was clicked."""

    count_chosen = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._theme = theme
        self._cycle_id = ""
        self._rows: dict[CyclePhase, tuple[IconLabel, QProgressBar, QLabel]] = {}
        self.sentence = prose("", muted=True)
        self.phases = QWidget()
        self.counts = CountsRow(theme)
        self.counts.chosen.connect(lambda name: self.count_chosen.emit(self._cycle_id, name))
        self._lay_out()
        self.show_none()

    def show_progress(self, progress: CycleProgress) -> None:
        """Show how far the running cycle is."""
        if progress.cycle_id != self._cycle_id:
            self._cycle_id = progress.cycle_id
            for phase in PHASES:
                self._show_phase(phase, CyclePhase.READ_SOURCE, 0, 0)
        self.heading.setText(self._title(progress.kind, running=True))
        self.say(self._rate(progress))
        self.phases.show()
        self.sentence.hide()
        for phase in PHASES:
            self._show_phase(phase, progress.phase, progress.done, progress.total)
        self.counts.show_counts(progress.users + progress.groups)

    def show_cycle(self, cycle: Cycle) -> None:
        """Show a cycle that has ended."""
        self._cycle_id = cycle.id
        self.heading.setText(self._title(cycle.kind, running=False))
        took = formats.duration(cycle.seconds)
        requests = formats.count(cycle.requests)
        self.say(self.tr("{0}, requests: {1}").format(took, requests))
        self.phases.hide()
        self.sentence.setText(cycle.sentence)
        self.sentence.setVisible(bool(cycle.sentence))
        self.counts.show_counts(cycle.users + cycle.groups)

    def show_none(self) -> None:
        """No cycle has run so far."""
        self.heading.setText(self.tr("Cycle"))
        self.say("")
        self.phases.hide()
        self.sentence.setText(self.tr("Run now starts the first cycle: everybody is evaluated."))
        self.sentence.show()

    def _title(self, kind: CycleKind, *, running: bool) -> str:
        initial = kind is CycleKind.INITIAL
        if running:
            return self.tr("Initial cycle") if initial else self.tr("Incremental cycle")
        return self.tr("Last cycle (initial)") if initial else self.tr("Last cycle (incremental)")

    def _rate(self, progress: CycleProgress) -> str:
        parts = [
            self.tr("{0} requests/s").format(formats.rate(progress.requests_per_second)),
            self._remaining(progress),
        ]
        if progress.retries:
            parts.append(self.tr("{0} retries").format(formats.count(progress.retries)))
        if progress.throttled:
            parts.append(self.tr("throttled {0} times").format(formats.count(progress.throttled)))
        return ", ".join(parts)

    def _remaining(self, progress: CycleProgress) -> str:
        if progress.seconds_remaining is None:
            return self.tr("running for {0}").format(formats.duration(progress.seconds))
        return self.tr("about {0} left").format(
            formats.duration(max(1.0, progress.seconds_remaining))
        )

    def _show_phase(self, phase: CyclePhase, current: CyclePhase, done: int, total: int) -> None:
        icon, bar, numbers = self._rows[phase]
        order = list(CyclePhase)
        before = order.index(phase) < order.index(current)
        if phase is current:
            icon.show_icon("refresh-cw", Role.ACCENT)
            bar.setRange(0, max(total, 1) if total else 0)
            bar.setValue(done)
            numbers.setText(f"{formats.count(done)} / {formats.count(total)}" if total else "")
        elif before:
            icon.show_icon("circle-check", Role.SUCCESS)
            bar.setRange(0, 1)
            bar.setValue(1)
            numbers.setText("")
        else:
            icon.show_icon("circle-dashed", Role.TEXT_MUTED)
            bar.setRange(0, 1)
            bar.setValue(0)
            numbers.setText("")

    def _lay_out(self) -> None:
        grid = QGridLayout(self.phases)
        grid.setContentsMargins(0, 0, 0, GRID)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(6)
        for row, phase in enumerate(PHASES):
            icon = IconLabel(self._theme, "circle-dashed")
            bar = QProgressBar()
            bar.setTextVisible(False)
            bar.setRange(0, 1)
            words = self.tr(phase.value)
            bar.setAccessibleName(words)
            numbers = caption("")
            numbers.setMinimumWidth(110)
            numbers.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(icon, row, 0)
            grid.addWidget(QLabel(words), row, 1)
            grid.addWidget(bar, row, 2, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(numbers, row, 3)
            self._rows[phase] = (icon, bar, numbers)
        grid.setColumnStretch(2, 1)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.phases)
        self.body.addWidget(self.counts)
