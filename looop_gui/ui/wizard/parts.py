"""The editors that the wizard embeds; handed in, as the folders of `ui` do not know each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.ui.configuration_document import ConfigurationDocument


class EmbeddedEditor(Protocol):
    """An editor of the document that also shows real people of the source directory."""

    @property
    def widget(self) -> QWidget:
        """What is put into the page."""

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Use these people and groups for samples, values and counts."""


class EmbeddedLog(Protocol):
    """The provisioning log of one connection."""

    @property
    def widget(self) -> QWidget:
        """What is put into the page."""


@dataclass(frozen=True, slots=True)
class WizardParts:
    """How to make the embedded editors: mapping tables, scope, and the log of a connection."""

    mapping_editor: Callable[[ConfigurationDocument, ObjectType], EmbeddedEditor]
    scope_editor: Callable[[ConfigurationDocument], EmbeddedEditor]
    log: Callable[[str], EmbeddedLog]
