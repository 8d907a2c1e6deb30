"""Why the person or group of an entry is in scope or not now, and the smallest change.

It is worked out when the tab is looked at, not before: the whole directory may have to be read.
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.log_explanation import explain_logged
from looop_gui.services.scope_preview import Explanation
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import caption, hint, prose, strong
from looop_gui.ui.widgets.scroll import put_into
from looop_gui.ui.widgets.status_badge import StatusBadge

IN_SCOPE = Sign("circle-check", Role.SUCCESS, "In scope")
OUT_OF_SCOPE = Sign("circle-minus", Role.TEXT_MUTED, "Out of scope")


class ExplainTab(QScrollArea):
    """`explained` carries the Explanation, or None when the object is gone from the source."""

    explained = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = Tasks(self)
        self._entry: ProvisioningLogEntry | None = None
        self._asked = False
        self.setAccessibleName(self.tr("Explain"))
        self.setWidgetResizable(True)

    def show_entry(self, entry: ProvisioningLogEntry) -> None:
        """Explain the object of this entry, at once if the tab is looked at."""
        same = self._entry is not None and self._entry.source_id == entry.source_id
        self._entry = entry
        if not (same and self._asked):
            self._asked = False
            self._say(self.tr("Reading the directory"))
            if self.isVisible():
                self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        """Work it out, each time anew: directory and configuration may have changed."""
        super().showEvent(event)
        if not event.spontaneous():
            self._ask()

    def _ask(self) -> None:
        if self._entry is None:
            return
        self._asked = True
        services = self._desk.services
        explaining = explain_logged(
            services.connections,
            services.mappings,
            services.directory,
            self._entry.connection_id,
            self._entry.source_id,
        )
        self._tasks.start(explaining, self._show, self._fail, replace="explain")

    def _show(self, explanation: Explanation | None) -> None:
        if explanation is None:
            self._say(self.tr("The person or group is not in the source directory any more."))
        else:
            self._show_explanation(explanation)
        self.explained.emit(explanation)

    def _show_explanation(self, explanation: Explanation) -> None:
        body, layout = _body()
        badge = StatusBadge(self._desk.theme)
        badge.show_sign(IN_SCOPE if explanation.in_scope else OUT_OF_SCOPE)
        summary = strong(explanation.summary)
        summary.setWordWrap(True)
        layout.addWidget(badge)
        layout.addWidget(summary)
        layout.addWidget(caption(self.tr("Why")))
        for reason in explanation.reasons:
            layout.addWidget(prose(reason))
        if explanation.steps:
            layout.addSpacing(GRID)
            layout.addWidget(caption(self.tr("Smallest change")))
            for step in explanation.steps:
                layout.addWidget(prose(f"• {step.sentence}"))
        layout.addSpacing(GRID)
        layout.addWidget(
            hint(
                self.tr(
                    "By the directory and the saved configuration of now. What the cycle found"
                    " is under Steps."
                )
            )
        )
        layout.addStretch(1)
        put_into(self, body)

    def _say(self, words: str) -> None:
        body, layout = _body()
        layout.addWidget(prose(words, muted=True))
        layout.addStretch(1)
        put_into(self, body)

    def _fail(self, error: Exception) -> None:
        self._say(str(error))
        self.explained.emit(None)


def _body() -> tuple[QWidget, QVBoxLayout]:
    body = QWidget()
    layout = QVBoxLayout(body)
    layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
    layout.setSpacing(GRID)
    return body, layout
