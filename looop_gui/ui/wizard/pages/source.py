"""Source directory: the demo company, or a folder of files with a preview of how it is read."""

from dataclasses import replace

from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.setup.draft import SetupStep
from looop_gui.sources.preview import SourcePreview
from looop_gui.ui import formats
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.labels import hint, strong
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.number_field import NumberField
from looop_gui.ui.wizard.choice_card import ChoiceCard
from looop_gui.ui.wizard.files_panel import FilesPanel
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession


class SourcePage(WizardPage):
    """Where the people come from."""

    step = SetupStep.SOURCE
    wide = True

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Where do the people come from?"),
            self.tr(
                "The source directory is read at each cycle and never written, except the demo"
                " company, which you can edit here."
            ),
        )
        self._tasks = Tasks(self)
        self._group = QButtonGroup(self)
        self.demo = ChoiceCard(
            theme,
            self._group,
            "building-2",
            self.tr("Demo company"),
            self.tr("Made-up people with departments, managers, guests and groups."),
        )
        self.files = ChoiceCard(
            theme,
            self._group,
            "folder-open",
            self.tr("Export of your directory"),
            self.tr("A folder with users.csv from the Entra portal, or Graph JSON."),
        )
        self.company_size = NumberField(self.tr("Number of people"), 10, 100_000)
        self.company_size.setGroupSeparatorShown(True)
        self.company_number = NumberField(self.tr("Company number"), 1, 9_999)
        for field in (self.company_size, self.company_number):
            field.setKeyboardTracking(False)
        names = tuple(d.name for d in session.document.schema.source_user_attributes)
        self.panel = FilesPanel(theme, names)
        self.loading = LoadingBar(theme)
        self.found = strong("")
        self._panels = QStackedWidget()
        self._remembered: dict[SourceType, SourceSettings] = {}
        self._lay_out()
        self._connect()

    def enter(self) -> None:
        """Show the settings and read the source."""
        settings = self.session.draft.source
        chosen = self.files if settings.type is SourceType.FILES else self.demo
        chosen.radio.setChecked(True)
        self._show(settings)
        self._read()
        chosen.radio.setFocus()

    def leave(self) -> None:
        """Hand over a folder that was typed last."""
        self.panel.folder.editingFinished.emit()

    def _lay_out(self) -> None:
        cards = QHBoxLayout()
        cards.setSpacing(2 * GRID)
        cards.addWidget(self.demo, 1)
        cards.addWidget(self.files, 1)
        self.body.addLayout(cards)
        self.body.addSpacing(GRID)
        self.body.addWidget(self.loading)
        self._company = self._company_panel()
        self._panels.addWidget(self._company)
        self._panels.addWidget(self.panel)
        self.body.addWidget(self._panels, 1)

    def _company_panel(self) -> QWidget:
        panel = QWidget()
        line = QHBoxLayout()
        line.setSpacing(GRID)
        for words, field in (
            (self.tr("Number of people"), self.company_size),
            (self.tr("Company number"), self.company_number),
        ):
            label = QLabel(words)
            label.setBuddy(field)
            line.addWidget(label)
            line.addWidget(field)
            line.addSpacing(2 * GRID)
        line.addStretch(1)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(line)
        layout.addWidget(
            hint(self.tr("Each number makes another company; the same number makes the same one."))
        )
        layout.addSpacing(GRID)
        layout.addWidget(self.found)
        layout.addStretch(1)
        return panel

    def _connect(self) -> None:
        self.demo.radio.toggled.connect(lambda on: self._choose(SourceType.DEMO) if on else None)
        self.files.radio.toggled.connect(lambda on: self._choose(SourceType.FILES) if on else None)
        self.company_size.valueChanged.connect(self._change_company)
        self.company_number.valueChanged.connect(self._change_company)
        self.panel.changed.connect(self._take)
        self.session.snapshot_read.connect(self._take_snapshot)
        self.session.failed.connect(self._fail)

    def _choose(self, source_type: SourceType) -> None:
        """Another kind of source; what was entered for the other one comes back with it."""
        present = self.session.draft.source
        if present.type is not source_type:
            self._remembered[present.type] = present
            other = self._remembered.get(source_type, SourceSettings(source_type))
            self._take(other)

    def _change_company(self) -> None:
        source = self.session.draft.source
        if source.type is not SourceType.DEMO:
            return
        users, seed = self.company_size.value(), self.company_number.value()
        # A company is made once in its folder, so that another one needs another folder.
        folder = f"demo/{self.session.draft.id}/company-{users}-{seed}"
        self._take(replace(source, users=users, seed=seed, folder=folder))

    def _take(self, settings: SourceSettings) -> None:
        self.banner.clear()
        if settings == self.session.draft.source:
            self.session.forget_source()
        self.session.set_source(settings)
        self._show(settings)
        self._read()

    def _read(self) -> None:
        source = self.session.draft.source
        if source.type is SourceType.FILES and not source.folder:
            return
        self.loading.begin(self.tr("Reading the source directory"))
        if source.type is SourceType.FILES:
            previewing = self.session.services.directory.preview(source)
            self._tasks.start(previewing, self._take_preview, self._unreadable, replace="preview")
        self.session.read_source()

    def _show(self, settings: SourceSettings) -> None:
        is_files = settings.type is SourceType.FILES
        self._panels.setCurrentWidget(self.panel if is_files else self._company)
        self.demo.show_chosen(not is_files)
        self.files.show_chosen(is_files)
        if is_files:
            self.panel.show_settings(settings)
            return
        for field, value in (
            (self.company_size, settings.users),
            (self.company_number, settings.seed),
        ):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)

    def _take_preview(self, preview: SourcePreview) -> None:
        self.panel.show_preview(preview)

    def _unreadable(self, error: Exception) -> None:
        self.loading.end()
        self.panel.show_unreadable(str(error))

    def _take_snapshot(self, snapshot: DirectorySnapshot) -> None:
        self.loading.end()
        self.found.setText(
            self.tr("{users} people and {groups} groups, {assignments} assignments.").format(
                users=formats.count(len(snapshot.users)),
                groups=formats.count(len(snapshot.groups)),
                assignments=formats.count(len(snapshot.assignments)),
            )
        )

    def _fail(self) -> None:
        self.loading.end()
