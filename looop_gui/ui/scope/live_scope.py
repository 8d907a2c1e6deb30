"""Counts who is in scope while the scope is edited, and who leaves and enters with the change."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.services.scope_preview import (
    Explanation,
    ScopeChange,
    compare_scope,
    explain_scope,
    frequent_values,
    scope_groups,
)
from looop_gui.setup.filter_operators import finished
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument
from looop_gui.ui.tasks import Tasks

RESTS_MILLISECONDS = 120


class LiveScope(QWidget):
    """`counted` carries the object type and its ScopeChange; only the newest question counts."""

    counted = Signal(object, object)
    grouped = Signal(object, object)
    explained = Signal(object)
    outdated = Signal()
    refused = Signal(str)

    def __init__(self, document: ConfigurationDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._document = document
        self.snapshot: DirectorySnapshot | None = None
        self._person: DirectoryObject | None = None
        self._tasks = Tasks(self)
        self._rest = QTimer(self, singleShot=True, interval=RESTS_MILLISECONDS)
        self._rest.timeout.connect(self.count)
        document.changed.connect(self._follow)
        self._seen = _deciding(document.configuration)

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Count in this directory."""
        self.snapshot = snapshot
        if self._person is not None:
            self._person = snapshot.find(self._person.id)
        self.count()

    def count(self) -> None:
        """Count now, for people and for groups, and explain the chosen person again."""
        if self.snapshot is None:
            return
        self._tasks.start(self._count_all(self.snapshot), None, self._refuse, replace="count")
        self._explain()

    def explain(self, person: DirectoryObject) -> None:
        """Explain that person or group, now and after each change."""
        self._person = person
        self._explain()

    def offer_values(self, offer: object, object_type: ObjectType, attribute: str) -> None:
        """Hand the real values of an attribute to a clause."""
        if self.snapshot is not None and callable(offer):
            reading = frequent_values(self.snapshot, object_type, attribute)
            self._tasks.start(reading, offer)

    async def _count_all(self, snapshot: DirectorySnapshot) -> None:
        """One question after the other, so that the window has the processor in between."""
        saved, present = _pair(self._document.saved), _pair(self._document.configuration)
        for object_type in ObjectType:
            change: ScopeChange = await compare_scope(snapshot, saved, present, object_type)
            self.counted.emit(object_type, change)
        for object_type, groups in (await scope_groups(snapshot, present)).items():
            self.grouped.emit(object_type, groups)

    def _explain(self) -> None:
        if self.snapshot is None or self._person is None:
            return
        explaining = explain_scope(self.snapshot, _pair(self._document.configuration), self._person)
        self._tasks.start(explaining, self._take, self._refuse, replace="explain")

    def _take(self, explanation: Explanation) -> None:
        self.explained.emit(explanation)

    def _refuse(self, error: Exception) -> None:
        self.refused.emit(str(error))

    def _follow(self, configuration: Configuration) -> None:
        deciding = _deciding(configuration)
        if deciding != self._seen:
            self._seen = deciding
            self.outdated.emit()
            self._rest.start()


def _pair(configuration: Configuration) -> tuple[SynchronizationSchema, ConnectionSettings]:
    return finished(configuration.schema), configuration.settings


def _deciding(configuration: Configuration) -> tuple[object, ...]:
    """What decides the scope; other edits need no new count."""
    settings = configuration.settings
    mappings = (configuration.schema.user_mapping, configuration.schema.group_mapping)
    return (
        settings.scope,
        settings.exclude_default_access,
        settings.regex_search,
        tuple((mapping.scope, mapping.enabled, mapping.matching) for mapping in mappings),
    )
