"""The running cycle: its phases with bars, counts, rate and remaining time; else the last one."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QWidget

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
        self._paces: dict[CyclePhase, _Pace] = {}
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
            self._paces.clear()
        self._measure(progress)
        self.heading.setText(self._title(progress.kind, running=True))
        self.say(self._rate(progress))
        self.phases.show()
        self.sentence.hide()
        for phase in PHASES:
            self._show_phase(phase, progress)
        self._show_slowed(progress)
        self.counts.show_counts(progress.users + progress.groups)

    def show_cycle(self, cycle: Cycle) -> None:
        """Show a cycle that has ended."""
        self._cycle_id = cycle.id
        self.heading.setText(self._title(cycle.kind, running=False))
        took = formats.duration(cycle.seconds)
        requests = formats.count(cycle.requests)
        self.say(self.tr("{0}, requests: {1}").format(took, requests))
        self.phases.hide()
        self._slowed_line.hide()
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
        if kind is CycleKind.UNDO:
            return self.tr("Undo of a run") if running else self.tr("Last run (an undo)")
        if running:
            return self.tr("Initial cycle") if initial else self.tr("Incremental cycle")
        return self.tr("Last cycle (initial)") if initial else self.tr("Last cycle (incremental)")

    def phase_words(self, phase: CyclePhase) -> str:
        """What stands beside the bar of a phase: count, rate and remaining time."""
        return self._rows[phase][2].text()

    def _rate(self, progress: CycleProgress) -> str:
        rate = self.tr("{0} requests/s").format(formats.rate(progress.requests_per_second))
        running = self.tr("running for {0}").format(formats.duration(progress.seconds))
        return f"{rate}, {running}"

    def _show_slowed(self, progress: CycleProgress) -> None:
        parts = []
        if progress.throttled:
            words = self.tr("The target asked to wait {0} times (429).")
            parts.append(words.format(formats.count(progress.throttled)))
        if progress.retries:
            parts.append(self.tr("{0} retries.").format(formats.count(progress.retries)))
        self.slowed.setText(" ".join(parts))
        self._slowed_line.setVisible(bool(parts))

    def _measure(self, progress: CycleProgress) -> None:
        pace = self._paces.get(progress.phase)
        if pace is None:
            pace = _Pace(progress.done, progress.seconds)
            self._paces[progress.phase] = pace
        pace.done, pace.total, pace.until = progress.done, progress.total, progress.seconds

    def _numbers(self, phase: CyclePhase, progress: CycleProgress) -> str:
        pace = self._paces.get(phase)
        if pace is None or not pace.done:
            return ""
        current = phase is progress.phase
        of_all = f" / {formats.count(pace.total)}" if current and pace.total else ""
        parts = [f"{formats.count(pace.done)}{of_all}"]
        if pace.rate:
            parts.append(self.tr("{0}/s").format(formats.rate(pace.rate)))
        if current and progress.seconds_remaining is not None:
            left = formats.duration(max(1.0, progress.seconds_remaining))
            parts.append(self.tr("about {0} left").format(left))
        return ", ".join(parts)

    def _show_phase(self, phase: CyclePhase, progress: CycleProgress) -> None:
        icon, bar, numbers = self._rows[phase]
        order = list(CyclePhase)
        numbers.setText(self._numbers(phase, progress))
        if phase is progress.phase:
            icon.show_icon("refresh-cw", Role.ACCENT)
            bar.setRange(0, max(progress.total, 1) if progress.total else 0)
            bar.setValue(progress.done)
        elif order.index(phase) < order.index(progress.phase):
            icon.show_icon("circle-check", Role.SUCCESS)
            bar.setRange(0, 1)
            bar.setValue(1)
        else:
            icon.show_icon("circle-dashed", Role.TEXT_MUTED)
            bar.setRange(0, 1)
            bar.setValue(0)

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
            numbers.setMinimumWidth(240)
            numbers.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(icon, row, 0)
            grid.addWidget(QLabel(words), row, 1)
            grid.addWidget(bar, row, 2, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(numbers, row, 3)
            self._rows[phase] = (icon, bar, numbers)
        grid.setColumnStretch(2, 1)
        self.slowed = prose("")
        self._slowed_line = QWidget()
        slowed = QHBoxLayout(self._slowed_line)
        slowed.setContentsMargins(0, 0, 0, 0)
        slowed.setSpacing(GRID)
        slowed.addWidget(IconLabel(self._theme, "triangle-alert", Role.WARNING))
        slowed.addWidget(self.slowed, 1)
        self._slowed_line.hide()
        self.body.addWidget(self.sentence)
        self.body.addWidget(self._slowed_line)
        self.body.addWidget(self.phases)
        self.body.addWidget(self.counts)


@dataclass(slots=True)
class _Pace:
    """How a phase goes, in seconds of the cycle: where it was first seen, and where last."""

    first_done: int
    since: float
    done: int = 0
    total: int = 0
    until: float = 0.0

    @property
    def rate(self) -> float:
        """Objects a second while it was watched; 0 when that cannot be said."""
        seconds = self.until - self.since
        return (self.done - self.first_done) / seconds if seconds > 0 else 0.0
