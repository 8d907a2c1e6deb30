"""The page *Scope* of a connection."""

from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.setup.filter_operators import scope_problems
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.configuration_page import ConfigurationPage
from looop_gui.ui.desk import Desk
from looop_gui.ui.scope.editor import ScopeEditor


class ScopePage(ConfigurationPage):
    """Who is provisioned: scope mode, scoping filters, counts, explanation, census."""

    help_topic = "scope"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk, connection_id, "", "")
        self.header.set_title(self.tr("Scope"))
        self._usual_sentence = self.tr("Who is provisioned, and what leaving the scope means.")
        self.header.set_sentence(self._usual_sentence)
        self.editor: ScopeEditor | None = None

    def build(self, document: ConfigurationDocument, connection: Connection) -> QWidget:
        """The scope editor."""
        self.editor = ScopeEditor(self.desk, document)
        return self.editor

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Count in this directory."""
        if self.editor is not None:
            self.editor.show_snapshot(snapshot)

    def why_not_save(self) -> str:
        """The first clause that cannot be used."""
        problems = scope_problems(self.document.schema) if self.document is not None else ()
        return problems[0] if problems else ""

    def show_argument(self, argument: object) -> None:
        """Explain a person or group, by source id."""
        if isinstance(argument, str) and argument and self.editor is not None:
            for panels in self.editor.panels.values():
                panels.side.setCurrentIndex(1)
                panels.explain.choose(argument)
