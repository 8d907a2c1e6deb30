"""What the target holds now for the sample person, beside what the edited mappings would give.

A dry run on demand answers it: nothing is written. Only for a saved connection.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.provisioning_log import LogFilter, ProvisioningLogEntry, ProvisioningStatus
from looop_gui.services.services import Services
from looop_gui.setup.filter_operators import finished
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.tasks import Tasks

RESTS_MILLISECONDS = 700
MOST_FAILED = 50


class TargetComparison(QWidget):
    """`compared` carries target attribute to what the target holds, for those that differ.

    `said` carries a sentence: that all is the same, how many differ, or why it cannot be told.
    """

    compared = Signal(object)
    said = Signal(str)
    failed_found = Signal(object)

    def __init__(
        self,
        services: Services,
        document: ConfigurationDocument,
        object_type: ObjectType,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.hide()
        self._services = services
        self._document = document
        self._object_type = object_type
        self._tasks = Tasks(self)
        self.connection_id = ""
        self._person: DirectoryObject | None = None
        self._on = False
        self._rest = QTimer(self, singleShot=True, interval=RESTS_MILLISECONDS)
        self._rest.timeout.connect(self._compare)
        document.changed.connect(self._follow)

    def switch(self, on: bool) -> None:
        """Compare from now on, or no more."""
        self._on = on
        if on:
            self._compare()
        else:
            self.compared.emit({})
            self.said.emit("")

    def show_person(self, person: DirectoryObject | None) -> None:
        """Compare for that person or group."""
        changed = person is not None and (self._person is None or person.id != self._person.id)
        self._person = person
        if changed and self._on:
            self._compare()

    def find_failed(self, snapshot: DirectorySnapshot) -> None:
        """Look for those that failed last; `failed_found` carries up to five of them."""
        self._tasks.start(self._failed(snapshot), self.failed_found.emit)

    def _follow(self) -> None:
        if self._on:
            self._rest.start()

    def _compare(self) -> None:
        if not self._on or self._person is None or not self.connection_id:
            return
        self.said.emit(self.tr("Asking the target"))
        asking = self._services.provisioning.provision_on_demand(
            self.connection_id,
            self._person.id,
            write=False,
            schema=finished(self._document.schema),
        )
        self._tasks.start(asking, self._take, self._refuse, replace="compare")

    def _take(self, entry: ProvisioningLogEntry) -> None:
        if not self._on:
            return
        differing = {p.display_name: p.old_value or "" for p in entry.modified_properties}
        self.compared.emit(differing)
        if entry.error is not None:
            self.said.emit(entry.error.reason)
        elif entry.skip_reason:
            self.said.emit(entry.skip_reason)
        elif not differing:
            self.said.emit(self.tr("The target holds the same for {name}.").format(name=self._name))
        else:
            names = ", ".join(readable(name) for name in differing)
            self.said.emit(
                self.tr("For {name} the target differs in: {names}.").format(
                    name=self._name, names=names
                )
            )

    def _refuse(self, error: Exception) -> None:
        self.compared.emit({})
        self.said.emit(str(error))

    async def _failed(self, snapshot: DirectorySnapshot) -> tuple[DirectoryObject, ...]:
        wanted = LogFilter(
            self.connection_id,
            statuses=frozenset({ProvisioningStatus.FAILURE}),
            object_type=self._object_type,
        )
        rows = await self._services.provisioning_log.rows(wanted, limit=MOST_FAILED)
        found = (snapshot.find(source) for source in dict.fromkeys(row.source_id for row in rows))
        return tuple(entry for entry in found if entry is not None)[:5]

    @property
    def _name(self) -> str:
        return self._person.display_name if self._person is not None else ""
