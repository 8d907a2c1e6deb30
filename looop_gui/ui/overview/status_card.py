"""The state of a job in one word and one sentence, with its last and next cycle and its totals."""

from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from looop_gui.model.job import Cycle, JobState, JobStatus
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import CYCLE_SIGNS, JOB_SIGNS, Sign
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import ElidedLabel, caption, prose
from looop_gui.ui.widgets.status_badge import StatusBadge


class StatusCard(Card):
    """Counts down to the next cycle while it is visible."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._state: JobState | None = None
        self.badge = StatusBadge(theme)
        self.sentence = prose("")
        self._facts = {
            "last": self.tr("Last cycle"),
            "next": self.tr("Next cycle"),
            "users": self.tr("People in sync"),
            "groups": self.tr("Groups in sync"),
            "escrows": self.tr("Waiting for a retry"),
        }
        self._values: dict[str, QLabel] = {}
        self._lay_out()
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)

    def show_state(self, state: JobState) -> None:
        """Show a job's state."""
        self._state = state
        sign, sentence = self._describe(state)
        self.badge.show_sign(sign)
        self.sentence.setText(sentence)
        self._values["users"].setText(formats.count(state.linked_users))
        self._values["groups"].setText(formats.count(state.linked_groups))
        self._values["escrows"].setText(formats.count(state.escrows))
        self._values["last"].setText(self._last(state.last_cycle))
        self._count_down()

    def set_counting(self, counting: bool) -> None:
        """Count down only while the page is shown."""
        (self._second.start if counting else self._second.stop)()

    def value(self, name: str) -> str:
        """What is shown for last, next, users, groups or escrows."""
        return self._values[name].text()

    def _describe(self, state: JobState) -> tuple[Sign, str]:
        if state.running_cycle is not None:
            running = Sign("refresh-cw", Role.ACCENT, "Running")
            return running, self.tr("A cycle is running now.")
        sentences = {
            JobStatus.NOT_CONFIGURED: self.tr("Credentials or mappings are missing."),
            JobStatus.NOT_RUN: self.tr("Everything is set; no cycle has run so far."),
            JobStatus.ACTIVE: self.tr("Changes of the source reach the target by themselves."),
            JobStatus.PAUSED: self.tr("Provisioning is off: nothing is sent. The state is kept."),
            JobStatus.QUARANTINE: self._quarantine_words(state),
        }
        return JOB_SIGNS[state.status], sentences[state.status]

    def _quarantine_words(self, state: JobState) -> str:
        if state.quarantine is None:
            return ""
        if state.next_cycle is None:
            return self.tr("Nothing is sent until you start it.")
        when = formats.day_and_time(state.quarantine.next_attempt)
        return self.tr("Nothing is sent. It is tried again at {0}, or when you start it.").format(
            when
        )

    def _last(self, cycle: Cycle | None) -> str:
        if cycle is None or cycle.ended is None:
            return self.tr("none so far")
        when = formats.ago(cycle.ended, datetime.now(UTC))
        how = CYCLE_SIGNS[cycle.state].word
        return f"{when} ({how}, {formats.duration(cycle.seconds)})"

    def _count_down(self) -> None:
        state = self._state
        if state is None:
            return
        value = self._values["next"]
        if state.running_cycle is not None:
            value.setText(self.tr("after this one"))
        elif state.next_cycle is None:
            value.setText(self.tr("none planned"))
        else:
            value.setText(
                self.tr("in {0}").format(formats.until(state.next_cycle, datetime.now(UTC)))
            )
            value.setToolTip(formats.utc(state.next_cycle))

    def _lay_out(self) -> None:
        state = QVBoxLayout()
        state.setSpacing(GRID)
        state.addWidget(self.badge)
        state.addWidget(self.sentence)
        state.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(GRID)
        for name, words in self._facts.items():
            value: QLabel = ElidedLabel("") if name == "last" else QLabel("")
            value.setProperty("look", "strong")
            value.setAccessibleName(words)
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(caption(words))
            cell.addWidget(value)
            self._values[name] = value
            grid.addLayout(cell, *_PLACES[name])
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        both = QHBoxLayout()
        both.setSpacing(3 * GRID)
        both.addLayout(state, 4)
        both.addLayout(grid, 6)
        self.body.addLayout(both)


_PLACES = {
    "last": (0, 0, 1, 2),
    "next": (0, 2, 1, 1),
    "users": (1, 0, 1, 1),
    "groups": (1, 1, 1, 1),
    "escrows": (1, 2, 1, 1),
}
