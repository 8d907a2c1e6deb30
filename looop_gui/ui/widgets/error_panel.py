"""An error as a person needs it: what happened, why, what is safe, what next, Copy details."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.errors import WorkbenchError
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import prose, section


class ErrorPanel(QFrame):
    """Hidden until `show_error`; then it stands where the content would be."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._theme = theme
        self._what = section("")
        self._what.setWordWrap(True)
        self._safe = prose("")
        self._next = prose("")
        self._why = prose("", muted=True)
        self._details = ""
        self.copy_button = button(theme, self.tr("Copy details"), self._copy, icon="copy")
        self.retry_button = button(theme, self.tr("Try again"), icon="rotate-cw")
        self._retry: Callable[[], object] | None = None
        self.retry_button.clicked.connect(lambda: self._retry() if self._retry else None)
        self._lay_out()
        self.hide()

    def show_error(
        self, error: Exception, retry: Callable[[], object] | None = None, details: str = ""
    ) -> None:
        """Show an error; `details` is what *Copy details* gives besides the sentences."""
        what, why, safe, next_step = describe(error)
        for label, text in (
            (self._what, what),
            (self._why, why),
            (self._safe, safe),
            (self._next, next_step),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._details = "\n".join(part for part in (what, why, safe, next_step, details) if part)
        self._retry = retry
        self.retry_button.setVisible(retry is not None)
        self.setAccessibleName(what)
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(GRID)
        for label in (self._what, self._why, self._safe, self._next):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        words.addSpacing(GRID // 2)
        words.addLayout(buttons)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(12)
        icon = IconLabel(self._theme, "octagon-alert", Role.DANGER, 24)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)


def describe(error: BaseException) -> tuple[str, str, str, str]:
    """What happened, why, what is safe and what to do next, as sentences (empty where unknown)."""
    if isinstance(error, WorkbenchError):
        why = str(error.__cause__) if error.__cause__ is not None else ""
        return error.sentence, why, error.safe, error.next_step
    return (
        "Something in this application went wrong.",
        f"{type(error).__name__}: {error}",
        "Nothing that was acknowledged is lost.",
        "Try again; if it happens again, copy the details into a report.",
    )
