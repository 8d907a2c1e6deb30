"""Changes of links by hand: asked for production connections, undoable everywhere else."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.confirm import ConfirmDialog


class LinkChanges(QObject):
    """`changed` carries the source id of the object whose link was changed or repaired."""

    changed = Signal(str)

    def __init__(self, desk: Desk, connection_id: str, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk
        self._id = connection_id
        self._owner = owner
        self._links = desk.services.links
        self._tasks = Tasks(owner)

    def unlink(self, source_id: str, name: str) -> None:
        """Break a link."""
        self._ask(
            self.tr("Unlink {0}").format(name),
            self.tr("Nothing is sent. The next cycle looks for an account by the matching rules."),
            self.tr("Unlink"),
            lambda: self._change(
                source_id,
                self._links.unlink(self._id, source_id),
                self.tr("{0} is not linked any more.").format(name),
            ),
        )

    def rematch(self, source_id: str, name: str) -> None:
        """Look for the account by the matching attributes again."""
        self._ask(
            self.tr("Match {0} again").format(name),
            self.tr("The target is asked; nothing is written there."),
            self.tr("Match again"),
            lambda: self._change(
                source_id,
                self._links.rematch(self._id, source_id),
                self.tr("{0} is linked to the account that matches.").format(name),
            ),
        )

    def link(self, source_id: str, name: str, target_id: str, account: str) -> None:
        """Link a source object and an account by hand."""
        self._ask(
            self.tr("Link {0} to {1}").format(name, account),
            self.tr("Nothing is written in the target now; the next cycle writes what differs."),
            self.tr("Link"),
            lambda: self._change(
                source_id,
                self._links.link(self._id, source_id, target_id),
                self.tr("{0} is linked to {1}.").format(name, account),
            ),
        )

    def repair(self, source_id: str, name: str) -> None:
        """Write what differs; always asked, as a write in the target has no undo."""
        self._ask(
            self.tr("Repair {0}").format(name),
            self.tr("The values that differ are written in the target now."),
            self.tr("Repair"),
            lambda: self._tasks.start(
                self._links.repair(self._id, source_id),
                lambda entry: self._repaired(source_id, name, entry),
            ),
            always=True,
        )

    def _ask(
        self,
        question: str,
        sentence: str,
        verb: str,
        go_on: Callable[[], object],
        *,
        always: bool = False,
    ) -> None:
        def decide(connection: Connection) -> None:
            if not connection.production and not always:
                go_on()
                return
            ConfirmDialog(
                self._desk.theme,
                self._owner.window(),
                question=question,
                sentence=sentence,
                verb=verb,
                on_confirm=go_on,
                name_to_type=connection.name if connection.production else "",
                destructive=connection.production,
            ).open()

        self._tasks.start(self._desk.services.connections.get(self._id), decide)

    def _change(self, source_id: str, change: Coroutine[Any, Any, object], words: str) -> None:
        async def work() -> Link | None:
            try:
                before = await self._links.held(self._id, source_id)
            except BaseException:
                change.close()
                raise
            await change
            return before

        self._tasks.start(work(), lambda before: self._say(source_id, before, words))

    def _say(self, source_id: str, before: Link | None, words: str) -> None:
        self._desk.say(words, self.tr("Undo"), lambda: self._undo(source_id, before))
        self.changed.emit(source_id)

    def _undo(self, source_id: str, before: Link | None) -> None:
        self._tasks.start(
            self._links.restore(self._id, source_id, before),
            lambda _none: self.changed.emit(source_id),
        )

    def _repaired(self, source_id: str, name: str, entry: ProvisioningLogEntry) -> None:
        if entry.error is not None:
            words = entry.error.reason
        elif entry.status is ProvisioningStatus.SKIPPED:
            words = self.tr("Nothing was written for {0}: {1}.").format(name, entry.skip_reason)
        else:
            words = self.tr("{0} is repaired.").format(name)
        self._desk.say(words, "", None)
        self.changed.emit(source_id)
