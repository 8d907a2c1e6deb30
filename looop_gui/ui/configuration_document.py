"""One configuration while it is edited: mappings, scope and settings, with undo and redo.

All editors are views of one document. An edit replaces the frozen schema or settings by another
one and is a command on the undo stack, so that undo works across mappings, scope and settings and
survives a save. Edits of one field that follow each other become one step of undo.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.settings_draft import Particulars

_MERGE_IDENTIFIER = 1


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is edited together; the wizard's draft has its particulars elsewhere (None)."""

    schema: SynchronizationSchema
    settings: ConnectionSettings
    particulars: Particulars | None = None


class ConfigurationDocument(QObject):
    """The configuration that the editors show. `changed` carries the new Configuration.

    `restored` says that unsaved changes of an earlier run were put on top.
    """

    changed = Signal(object)
    saved_state_changed = Signal(bool)

    def __init__(self, configuration: Configuration, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._configuration = configuration
        self._saved = configuration
        self.restored = False
        self._saves = 0
        self._settings_problem = ""
        self.undo_stack = QUndoStack(self)

    @property
    def configuration(self) -> Configuration:
        """Schema and settings as they stand."""
        return self._configuration

    @property
    def schema(self) -> SynchronizationSchema:
        """The mappings and scoping filters as they stand."""
        return self._configuration.schema

    @property
    def settings(self) -> ConnectionSettings:
        """The settings as they stand."""
        return self._configuration.settings

    @property
    def saved(self) -> Configuration:
        """The configuration as it was last loaded or saved."""
        return self._saved

    @property
    def settings_problem(self) -> str:
        """What keeps the settings from being saved, from whichever page; empty when nothing."""
        return self._settings_problem

    def say_settings_problem(self, words: str) -> None:
        """Tell the other pages what is wrong with the settings."""
        if words != self._settings_problem:
            self._settings_problem = words
            self.saved_state_changed.emit(self.modified)

    @property
    def modified(self) -> bool:
        """Whether anything differs from what is saved."""
        return self._configuration != self._saved

    def edit_schema(self, text: str, schema: SynchronizationSchema, *, merge: str = "") -> None:
        """Change the schema. `text` names the edit in the Undo command; equal `merge` keys join."""
        self._push(text, replace(self._configuration, schema=schema), merge)

    def edit_settings(self, text: str, settings: ConnectionSettings, *, merge: str = "") -> None:
        """Change the settings, as `edit_schema` does the schema."""
        self._push(text, replace(self._configuration, settings=settings), merge)

    def edit_connection(
        self,
        text: str,
        settings: ConnectionSettings,
        particulars: Particulars | None,
        *,
        merge: str = "",
    ) -> None:
        """Change settings and particulars in one step, as `edit_schema` does the schema."""
        edited = replace(self._configuration, settings=settings, particulars=particulars)
        self._push(text, edited, merge)

    def load(self, configuration: Configuration) -> None:
        """Show another configuration as the saved one and forget all undo steps."""
        self.undo_stack.clear()
        self._saved = configuration
        self.show_configuration(configuration)

    def take_over(self, text: str, saved: Configuration) -> None:
        """Show what was saved elsewhere, as one step; the steps before it stay."""
        self._saved = saved
        self._push(text, saved, "")
        self.saved_state_changed.emit(self.modified)

    def mark_saved(self, saved: Configuration | None = None) -> None:
        """Say that this configuration (else the present one) is saved; undo steps stay."""
        self._saved = saved or self._configuration
        # What is typed after a save is a step of its own, so that undo stops at what was saved.
        self._saves += 1
        self.saved_state_changed.emit(self.modified)

    def show_configuration(self, configuration: Configuration) -> None:
        """Put a configuration in place; called by the undo commands."""
        was_modified = self.modified
        self._configuration = configuration
        self.changed.emit(configuration)
        if was_modified is not self.modified:
            self.saved_state_changed.emit(self.modified)

    def _push(self, text: str, configuration: Configuration, merge: str) -> None:
        if configuration != self._configuration:
            key = f"{merge} {self._saves}" if merge else ""
            self.undo_stack.push(_Edit(self, text, configuration, key))


class _Edit(QUndoCommand):
    """One edit: the configuration before and after it."""

    def __init__(
        self, document: ConfigurationDocument, text: str, after: Configuration, merge: str
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before = document.configuration
        self._after = after
        self._merge = merge

    def id(self) -> int:
        """Commands with a merge key may join; -1 never joins."""
        return _MERGE_IDENTIFIER if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Join with the next edit of the same field."""
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Put the configuration after the edit in place."""
        self._document.show_configuration(self._after)

    def undo(self) -> None:
        """Put the configuration before the edit back."""
        self._document.show_configuration(self._before)


def changed_rows(before: Sequence[object], after: Sequence[object]) -> tuple[int, int, int]:
    """Where two sequences differ: equal items at the start, then the numbers of old and new ones.

    >>> changed_rows("abcd", "axcd")
    (1, 1, 1)
    """
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, len(before) - start - end, len(after) - start - end
