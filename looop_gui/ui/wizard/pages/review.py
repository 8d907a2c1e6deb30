"""Review: the set-up in prose with numbers, Provisioning Status, and *Save*."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.model.forecast import Forecast
from looop_gui.services.scope_preview import compare_scope
from looop_gui.setup.draft import SetupStep
from looop_gui.setup.filter_operators import finished
from looop_gui.setup.review import (
    ReviewNumbers,
    ReviewSection,
    forecast_sentences,
    review,
)
from looop_gui.setup.steps import why_not_save
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import hint, prose, strong
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession


class ReviewPage(WizardPage):
    """What will happen, section by section, each leading back to its step."""

    step = SetupStep.REVIEW
    change_wanted = Signal(object)
    forecast_changed = Signal()

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Review"),
            self.tr("Read it once as a colleague would. Nothing was written so far."),
        )
        self._tasks = Tasks(self)
        self.forecast: Forecast | None = None
        self.forecast_card = Card(self.tr("What the first cycle would do"))
        self.forecast_words = prose("")
        self.loading = LoadingBar(theme)
        self.forecast_card.body.addWidget(self.loading)
        self.forecast_card.body.addWidget(self.forecast_words)
        self.sections = QVBoxLayout()
        self.sections.setSpacing(2 * GRID)
        self.status = QCheckBox(self.tr("Provisioning Status: On"))
        existing = session.draft.existing
        self.status.setChecked(session.draft.settings.provisioning_on or not existing)
        self._sections_card = Card()
        self._sections_card.body.addLayout(self.sections)
        self.body.addWidget(self.forecast_card)
        self.body.addWidget(self.status, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addWidget(
            hint(
                self.tr(
                    "On starts the first cycle when you save. Off saves the connection only; it"
                    " can be started later."
                )
            )
        )
        self.body.addSpacing(GRID)
        self.body.addWidget(self._sections_card)
        self.body.addStretch(1)
        self.status.toggled.connect(lambda _on: session.changed.emit())
        session.snapshot_read.connect(self._take_snapshot)
        self._numbers = ReviewNumbers()

    @property
    def provisioning_on(self) -> bool:
        """Whether the first cycle starts with *Save*."""
        return self.status.isChecked()

    def enter(self) -> None:
        """Read the source again if needed, and rehearse the first cycle."""
        self._numbers = ReviewNumbers()
        self.forecast = None
        self._show_sections()
        self.session.read_source()
        self._rehearse()
        self.status.setFocus()

    def why_not_save(self) -> str:
        """Why the connection cannot be saved yet; empty when it can."""
        problem = why_not_save(self.session.draft, self.session.facts)
        return problem.sentence if problem is not None else ""

    def save_text(self) -> str:
        """What the last button does."""
        if self.provisioning_on:
            return self.tr("Save and start provisioning")
        return self.tr("Save")

    def _rehearse(self) -> None:
        problem = why_not_save(self.session.draft, self.session.facts)
        if problem is not None:
            self.forecast_words.setText(
                self.tr("It cannot be said yet. {reason}").format(reason=problem.sentence)
            )
            return
        self.forecast_words.setText("")
        self.loading.begin(self.tr("Comparing the source directory with the target"))
        session = self.session
        connection = session.draft.connection(provisioning_on=False)
        rehearsing = session.services.dry_runs.forecast(
            connection, finished(session.document.schema), session.token
        )
        self._tasks.start(rehearsing, self._take_forecast, self._no_forecast, replace="forecast")

    def _take_forecast(self, forecast: Forecast) -> None:
        self.loading.end()
        self.forecast = forecast
        self._numbers = replace(
            self._numbers, forecast_users=forecast.users, forecast_groups=forecast.groups
        )
        sentences = forecast_sentences(forecast.users, forecast.groups)
        self.forecast_words.setText(" ".join(sentences))
        self._show_sections()
        self.forecast_changed.emit()

    def _no_forecast(self, error: Exception) -> None:
        self.loading.end()
        self.forecast_words.setText(
            self.tr("The first cycle could not be rehearsed: {reason}").format(reason=str(error))
        )

    def _take_snapshot(self, snapshot: DirectorySnapshot) -> None:
        self._numbers = replace(
            self._numbers, users=len(snapshot.users), groups=len(snapshot.groups)
        )
        self._show_sections()
        if self.isVisible():
            self._tasks.start(self._count(snapshot), replace="count")

    async def _count(self, snapshot: DirectorySnapshot) -> None:
        document = self.session.document
        present = (finished(document.schema), document.settings)
        users = await compare_scope(snapshot, present, present, ObjectType.USER)
        groups = await compare_scope(snapshot, present, present, ObjectType.GROUP)
        self._numbers = replace(
            self._numbers,
            users_in_scope=users.in_scope_count,
            groups_in_scope=groups.in_scope_count,
        )
        self._show_sections()

    def _show_sections(self) -> None:
        while self.sections.count():
            item = self.sections.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        session = self.session
        for part in review(session.draft, session.document.schema, self._numbers):
            self.sections.addWidget(self._section(part))

    def _section(self, part: ReviewSection) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * GRID)
        heading = strong(self.tr(part.title))
        heading.setFixedWidth(112)
        heading.setWordWrap(True)
        change = link_button(self.theme, self.tr("Change"))
        change.setAccessibleName(self.tr("Change: {title}").format(title=part.title))
        change.setFixedHeight(20)
        change.clicked.connect(lambda: self.change_wanted.emit(part.step))
        words: QLabel = prose("\n".join(part.sentences))
        for label in (heading, words):
            label.setContentsMargins(0, GRID // 2, 0, 0)
        line.addWidget(heading, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(change, 0, Qt.AlignmentFlag.AlignTop)
        return box
