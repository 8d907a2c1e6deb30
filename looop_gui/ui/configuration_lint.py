"""Watches a document and says what lint finds in it, a moment after each change."""

import asyncio

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.expressions.findings import Severity
from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.setup.lint import MappingFinding, lint_schema
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.tasks import Tasks

RESTS_MILLISECONDS = 60


class ConfigurationLint(QWidget):
    """`found` carries all findings. Runs in a worker thread; only the newest run counts."""

    found = Signal(object)

    def __init__(
        self, document: ConfigurationDocument, application: Application, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.hide()
        self.application = application
        self._document = document
        self._tasks = Tasks(self)
        self.findings: tuple[MappingFinding, ...] = ()
        self._rest = QTimer(self, singleShot=True, interval=RESTS_MILLISECONDS)
        self._rest.timeout.connect(self.run)
        document.changed.connect(self._begin)

    def run(self) -> None:
        """Look at the document now."""
        self._tasks.start(self._lint(), self._take, replace="lint")

    def _begin(self) -> None:
        self._rest.start()

    def errors(self, object_type: ObjectType) -> tuple[str, ...]:
        """The sentences of the errors that block saving the mapping of that object type."""
        return tuple(
            finding.sentence
            for finding in self.findings
            if finding.object_type is object_type and finding.severity is Severity.ERROR
        )

    async def _lint(self) -> tuple[MappingFinding, ...]:
        return await asyncio.to_thread(
            lint_schema,
            self._document.schema,
            application=self.application,
            extended=self._document.settings.extended_functions,
        )

    def _take(self, findings: tuple[MappingFinding, ...]) -> None:
        self.findings = findings
        self.found.emit(findings)
