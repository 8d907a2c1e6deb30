"""The editors that the wizard embeds; handed in, as the folders of `ui` do not know each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import Application
from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk


class EmbeddedEditor(Protocol):
    """An editor of the document that also shows real people of the source directory."""

    @property
    def widget(self) -> QWidget:
        """What is put into the page."""

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Use these people and groups for samples, values and counts."""


MappingEditorMaker = Callable[
    [Desk, ConfigurationDocument, ObjectType, Application], EmbeddedEditor
]


@dataclass(frozen=True, slots=True)
class WizardParts:
    """How to make the embedded editors: mapping tables, scope, and the log of a connection."""

    mapping_editor: MappingEditorMaker
    scope_editor: Callable[[Desk, ConfigurationDocument], EmbeddedEditor]
    log: Callable[[Desk, str], QWidget]
