"""The cycles so far as bars, and the live plots of requests and response times."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.job import Cycle, CycleProgress
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import CYCLE_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.chart import Bar, BarChart, LineChart
from looop_gui.ui.widgets.labels import caption

HEIGHT = 200


class HistoryCard(Card):
    """`cycle_chosen` carries the id of the cycle whose bar was clicked."""

    cycle_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._held_up = ("", 0)
        self.bars = BarChart(
            theme,
            self.tr("Cycles: changes and failures, the newest last"),
            unit=self.tr("changes and failures"),
            empty=self.tr("No cycle has ended so far."),
        )
        self.bars.chosen.connect(self.cycle_chosen.emit)
        nothing = self.tr("Shown while a cycle runs.")
        self.rate = LineChart(
            theme, self.tr("Requests a second"), Role.ACCENT, self.tr("req/s"), empty=nothing
        )
        self.times = LineChart(
            theme, self.tr("Response time"), Role.INFO, self.tr("ms"), empty=nothing
        )
        layout = QHBoxLayout()
        layout.setSpacing(3 * GRID)
        for heading, chart, stretch in (
            (self.tr("History of cycles"), self.bars, 4),
            (self.tr("Requests a second (dashed: throttled or tried again)"), self.rate, 3),
            (self.tr("Response time"), self.times, 3),
        ):
            column = QVBoxLayout()
            column.setSpacing(GRID)
            column.addWidget(caption(heading))
            column.addWidget(chart, 1)
            layout.addLayout(column, stretch)
        self.body.addLayout(layout, 1)
        self.setFixedHeight(HEIGHT)

    def show_cycles(self, cycles: Sequence[Cycle]) -> None:
        """Show these cycles (newest first, as the service gives them)."""
        self.bars.show_bars([self._bar(cycle) for cycle in reversed(cycles)])

    def show_progress(self, progress: CycleProgress) -> None:
        """One more point of the plots."""
        held_up = (progress.cycle_id, progress.throttled + progress.retries)
        marked = held_up[0] == self._held_up[0] and held_up[1] > self._held_up[1]
        self._held_up = held_up
        self.rate.append(progress.requests_per_second, marked=marked)
        self.times.append(progress.response_milliseconds)

    def _bar(self, cycle: Cycle) -> Bar:
        counts = cycle.users + cycle.groups
        parts = (
            (float(counts.created), Role.SUCCESS),
            (float(counts.updated), Role.INFO),
            (float(counts.disabled), Role.WARNING),
            (float(counts.deleted), Role.DANGER),
            (float(counts.failed), Role.DANGER),
        )
        words = self.tr("{0}: {1}, {2} created, {3} updated, {4} disabled, {5} failed").format(
            formats.day_and_time(cycle.began),
            CYCLE_SIGNS[cycle.state].word,
            *map(formats.count, (counts.created, counts.updated, counts.disabled, counts.failed)),
        )
        return Bar(cycle.id, tuple(part for part in parts if part[0]), words)
