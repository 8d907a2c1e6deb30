"""Live results while a mapping is edited: a few people at once, the whole directory behind.

A change starts both anew; only the newest counts. The few people are evaluated as soon as typing
rests for a moment, the whole directory in portions that never hold the window up.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import AttributeMapping
from looop_gui.services.mapping_preview import (
    ChangeCount,
    ObjectPreview,
    count_changes,
    most_different,
    objects_of,
    preview,
    step_through,
)
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.tasks import Tasks

RESTS_MILLISECONDS = 10
COUNT_RESTS_MILLISECONDS = 400


class LiveResults(QWidget):
    """`previewed` carries the previews, `counted` a ChangeCount, `outdated` says it is stale."""

    previewed = Signal(object)
    counted = Signal(object)
    outdated = Signal()
    stepped = Signal(object, str)

    def __init__(
        self, document: ConfigurationDocument, object_type: ObjectType, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.hide()
        self._document = document
        self._object_type = object_type
        self._snapshot: DirectorySnapshot | None = None
        self._tasks = Tasks(self)
        self.people: tuple[DirectoryObject, ...] = ()
        self.previews: tuple[ObjectPreview, ...] = ()
        self._seen = self._mappings
        self._rest = QTimer(self, singleShot=True, interval=RESTS_MILLISECONDS)
        self._rest.timeout.connect(self._evaluate)
        self._count_rest = QTimer(self, singleShot=True, interval=COUNT_RESTS_MILLISECONDS)
        self._count_rest.timeout.connect(self._count)
        document.changed.connect(self._follow)

    @property
    def snapshot(self) -> DirectorySnapshot | None:
        """The directory that the people are from."""
        return self._snapshot

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Take people from this directory; without a choice, five that differ most."""
        self._snapshot = snapshot
        kept = [snapshot.find(person.id) for person in self.people]
        self.people = tuple(person for person in kept if person is not None)
        if not self.people:
            self.choose(most_different(objects_of(snapshot, self._object_type)))
        else:
            self._evaluate()
        self._count_rest.start()

    def choose(self, people: Sequence[DirectoryObject]) -> None:
        """Show these people from now on."""
        self.people = tuple(people)[:5]
        self._evaluate()

    @property
    def _mappings(self) -> tuple[AttributeMapping, ...]:
        return self._document.schema.mapping_of(self._object_type).attribute_mappings

    def step(self, expression: str) -> None:
        """Evaluate an expression step by step for the first of the people."""
        if self._snapshot is None or not self.people:
            return
        person = self.people[0]
        stepping = step_through(
            expression,
            person,
            self._snapshot,
            datetime.now(UTC),
            extended=self._document.settings.extended_functions,
        )
        self._tasks.start(
            stepping,
            lambda steps: self.stepped.emit(steps, person.display_name),
            lambda _mistake: None,
            replace="step",
        )

    def _follow(self) -> None:
        if self._mappings != self._seen:
            self._seen = self._mappings
            self._rest.start()
            self._count_rest.start()
            self.outdated.emit()

    def _evaluate(self) -> None:
        if self._snapshot is None:
            return
        evaluating = preview(
            self._mappings,
            self.people,
            self._snapshot,
            datetime.now(UTC),
            extended=self._document.settings.extended_functions,
        )
        self._tasks.start(evaluating, self._take_previews, replace="preview")

    def _take_previews(self, previews: tuple[ObjectPreview, ...]) -> None:
        self.previews = previews
        self.previewed.emit(previews)

    def _count(self) -> None:
        if self._snapshot is not None:
            self._tasks.start(self._count_all(self._snapshot), replace="count")

    async def _count_all(self, snapshot: DirectorySnapshot) -> None:
        before = self._document.saved.schema.mapping_of(self._object_type).attribute_mappings
        counting = count_changes(
            before,
            self._mappings,
            snapshot,
            self._object_type,
            datetime.now(UTC),
            extended=self._document.settings.extended_functions,
        )
        count: ChangeCount
        async for count in counting:
            self.counted.emit(count)
