"""The steps at the left of the wizard, each with its state: to do, current, done, attention."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from looop_gui.setup.draft import SetupStep
from looop_gui.setup.steps import StepState, StepStatus
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme, mark
from looop_gui.ui.widgets.labels import caption

_SIGNS = {
    StepState.TO_DO: ("circle-dashed", Role.TEXT_MUTED),
    StepState.CURRENT: ("circle-dot", Role.ACCENT),
    StepState.DONE: ("circle-check", Role.SUCCESS),
    StepState.NEEDS_ATTENTION: ("triangle-alert", Role.WARNING),
}


WIDTH, NARROW_WIDTH = 232, 52


class StepList(QWidget):
    """A button a step; `chosen` carries the step that was pressed."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[SetupStep, QPushButton] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "surface")
        self.setFixedWidth(WIDTH)
        self._narrow = False
        self._heading = caption(self.tr("Set up a connection"))
        mark(self._heading, "overline")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(GRID, 2 * GRID, GRID, 2 * GRID)
        self._layout.setSpacing(2)
        self._heading.setContentsMargins(GRID, 0, 0, GRID)
        self._layout.addWidget(self._heading)
        self.live = self._make_button(self._live_title())
        self.live.setEnabled(False)
        theme.dress(self.live, *_SIGNS[StepState.TO_DO])
        self._layout.addWidget(self.live)
        self._layout.addStretch(1)

    def show_heading(self, text: str) -> None:
        """Say what is being set up."""
        self._heading.setText(text)

    def show_statuses(
        self, statuses: Iterable[StepStatus], reachable: frozenset[SetupStep]
    ) -> None:
        """Show these steps in order; those that are not reachable cannot be pressed."""
        shown = list(statuses)
        wanted = {status.step for status in shown}
        for step, button in self._buttons.items():
            button.setVisible(step in wanted)
        for position, status in enumerate(shown):
            button = self._button(status.step, position + 1)
            self._show(button, status, status.step in reachable)

    def show_narrow(self, narrow: bool) -> None:
        """Show icons only where the window is small; the names stay as tool tips."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        self.setFixedWidth(NARROW_WIDTH if narrow else WIDTH)
        self._heading.setVisible(not narrow)
        for step, button in self._buttons.items():
            button.setText("" if narrow else self.title_of(step))
        self.live.setText("" if narrow else self._live_title())

    def _live_title(self) -> str:
        return self.tr("First synchronization")

    def show_live(self) -> None:
        """Every step is behind; nothing can be pressed while the first cycle is watched."""
        for button in self._buttons.values():
            button.setChecked(False)
            button.setEnabled(False)
            self._theme.dress(button, *_SIGNS[StepState.DONE])
        self.live.setEnabled(True)
        self.live.setChecked(True)
        self._theme.dress(self.live, *_SIGNS[StepState.CURRENT])

    def state_text(self, step: SetupStep) -> str:
        """What a screen reader says of a step."""
        return self._buttons[step].accessibleName()

    def button_of(self, step: SetupStep) -> QPushButton:
        """The button of a step."""
        return self._buttons[step]

    def title_of(self, step: SetupStep) -> str:
        """The name of a step."""
        return {
            SetupStep.WELCOME: self.tr("Application"),
            SetupStep.PREPARATION: self.tr("Get your token"),
            SetupStep.CREDENTIALS: self.tr("Admin credentials"),
            SetupStep.NOTIFICATION: self.tr("Notification"),
            SetupStep.SOURCE: self.tr("Source directory"),
            SetupStep.USER_MAPPINGS: self.tr("User mappings"),
            SetupStep.GROUP_MAPPINGS: self.tr("Group mappings"),
            SetupStep.SCOPE: self.tr("Scope"),
            SetupStep.REVIEW: self.tr("Review"),
        }[step]

    def _button(self, step: SetupStep, position: int) -> QPushButton:
        if step not in self._buttons:
            button = self._make_button("" if self._narrow else self.title_of(step))
            button.clicked.connect(lambda _checked=False: self.chosen.emit(step))
            self._buttons[step] = button
            self._layout.insertWidget(position, button)
        return self._buttons[step]

    def _make_button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("look", "step")
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _show(self, button: QPushButton, status: StepStatus, reachable: bool) -> None:
        current = status.state is StepState.CURRENT
        button.setChecked(current)
        button.setEnabled(reachable or current)
        self._theme.dress(button, *_SIGNS[status.state])
        word = {
            StepState.TO_DO: self.tr("to do"),
            StepState.CURRENT: self.tr("current"),
            StepState.DONE: self.tr("done"),
            StepState.NEEDS_ATTENTION: self.tr("needs attention"),
        }[status.state]
        button.setAccessibleName(f"{self.title_of(status.step)}, {word}")
        lines = [self.title_of(status.step)] if self._narrow else []
        button.setToolTip("\n".join([*lines, status.reason or word]))
