"""The no-op certificate: whether a second cycle would send anything, why, and what ends it."""

import asyncio
from datetime import UTC, datetime

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from looop_gui.engine.certificate import Certificate, EndlessChange, MappingRepair, repaired
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleProgress
from looop_gui.services.certificates import StoredCertificate
from looop_gui.ui import formats
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.mapping_argument import MappingArgument
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import caption, prose, strong
from looop_gui.ui.widgets.loading_bar import LoadingBar

MOST_SHOWN = 5


class CertificateCard(Card):
    """Hidden until a cycle was completed. A check asks the target and writes nothing."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("No-op certificate"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._checking: asyncio.Task[Certificate] | None = None
        self._possible = False
        self.check_button = button(
            desk.theme, self.tr("Check for endless writes"), self.check, icon="scan-search"
        )
        self.check_button.setToolTip(
            self.tr(
                "Reads everybody in the target and writes nothing. The settings can have this done "
                "after each cycle."
            )
        )
        self.loading = LoadingBar(desk.theme)
        self.icon = IconLabel(desk.theme, "circle-dashed", Role.TEXT_MUTED, 18)
        self.verdict = strong("")
        self.verdict.setWordWrap(True)
        self.problem = prose("")
        self.problem.hide()
        self.changes = QWidget()
        self._rows = QVBoxLayout(self.changes)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2 * GRID)
        self.open_buttons: list[QPushButton] = []
        self._lay_out()
        desk.bridge.certificate_changed.connect(self._take_change)
        self.hide()

    def read(self) -> None:
        """Read what was checked last."""
        self._tasks.start(self._read(), self._show, replace="read")

    def check(self) -> None:
        """Ask the target whether a second cycle would send anything."""
        if self._checking is not None and not self._checking.done():
            return
        self.problem.hide()
        self.show()
        self.loading.begin(self.tr("Asking the tenant; nothing is written"), self._cancel)
        self._checking = self._tasks.start(
            self._desk.services.certificates.check(self._id, self._show_progress),
            lambda _certificate: self.read(),
            self._fail,
        )
        self._checking.add_done_callback(lambda _task: self._end())
        self._show_button()

    async def _read(self) -> StoredCertificate | None:
        certificates = self._desk.services.certificates
        self._possible = await certificates.can_check(self._id)
        return await certificates.latest(self._id)

    def _take_change(self, event: object) -> None:
        if getattr(event, "connection_id", "") == self._id and not self.isHidden():
            self.read()

    def _cancel(self) -> None:
        if self._checking is not None:
            self._checking.cancel()

    def _end(self) -> None:
        if isValid(self):
            self.loading.end()
            self._show_button()

    def _fail(self, error: Exception) -> None:
        words = (getattr(error, name, "") for name in ("sentence", "safe", "next_step"))
        self.problem.setText(" ".join(one for one in words if one) or str(error))
        self.problem.show()

    def _show_progress(self, progress: CycleProgress) -> None:
        words = self.tr("Asking the tenant; nothing is written")
        phase = str(progress.phase)
        if progress.total:
            done, total = formats.count(progress.done), formats.count(progress.total)
            phase = self.tr("{0}: {1} of {2}").format(phase, done, total)
        self.loading.progress(progress.done, progress.total, f"{words}. {phase}")

    def _show_button(self) -> None:
        busy = self._checking is not None and not self._checking.done()
        self.check_button.setEnabled(self._possible and not busy)

    def _show(self, stored: StoredCertificate | None) -> None:
        self.setVisible(stored is not None or self._possible)
        self._show_button()
        self._clear_rows()
        if stored is None:
            self.icon.show_icon("circle-dashed", Role.TEXT_MUTED)
            self.verdict.setText(self.tr("It was not checked yet whether a second cycle writes."))
            self.say("")
            return
        certificate = stored.certificate
        self._show_verdict(certificate)
        self._show_time(stored)
        for change in certificate.changes[:MOST_SHOWN]:
            self._add_change(change)
        self._add_others(certificate)

    def _show_verdict(self, certificate: Certificate) -> None:
        if certificate.clean:
            self.icon.show_icon("circle-check", Role.SUCCESS)
            self.verdict.setText(self.tr("A second cycle would send 0 writes."))
            return
        self.icon.show_icon("triangle-alert", Role.WARNING)
        writes = formats.count(certificate.writes)
        words = self.tr("A second cycle would write again: {0}. Requests that would be sent: {1}.")
        names = ", ".join(one.attribute.rpartition(":")[2] for one in certificate.changes)
        if names:
            self.verdict.setText(words.format(names, writes))
        else:
            self.verdict.setText(self.tr("A second cycle would send {0} writes.").format(writes))

    def _show_time(self, stored: StoredCertificate) -> None:
        when = formats.ago(stored.made, datetime.now(UTC))
        words = self.tr("checked {0}").format(when)
        if stored.outdated:
            words = self.tr("checked {0}; a cycle has run since").format(when)
        self.say(words)
        self.note.setToolTip(formats.utc(stored.made))

    def _add_change(self, change: EndlessChange) -> None:
        row = QWidget()
        people = change.object_type is ObjectType.USER
        kind = self.tr("people: {0}") if people else self.tr("groups: {0}")
        head = QHBoxLayout()
        head.setSpacing(GRID)
        name = strong(change.attribute.rpartition(":")[2] or change.attribute)
        name.setToolTip(change.attribute)
        head.addWidget(name)
        head.addWidget(caption(kind.format(formats.count(change.count))), 1)
        opening = button(
            self._desk.theme,
            self.tr("Open in mapping editor"),
            lambda: self._open(change),
            icon="arrow-right-left",
        )
        opening.setAccessibleName(self.tr("Open in mapping editor: {0}").format(change.attribute))
        if change.repair is not MappingRepair.BY_HAND:
            opening.setToolTip(self.tr("With the proposal as an unsaved change"))
        head.addWidget(opening)
        self.open_buttons.append(opening)
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        held, wanted = change.examples[0] if change.examples else ("", "")
        example = self.tr('Wanted "{0}", held "{1}".').format(wanted, held)
        if not held:
            example = self.tr('Wanted "{0}", held nothing.').format(wanted)
        layout.addWidget(prose(f"{change.cause} {example}"))
        layout.addWidget(prose(change.proposal, muted=True))
        self._rows.addWidget(row)

    def _add_others(self, certificate: Certificate) -> None:
        more = len(certificate.changes) - MOST_SHOWN
        if more > 0:
            words = self.tr("And attributes that are not shown here: {0}.")
            self._rows.addWidget(caption(words.format(formats.count(more))))
        for action, count in certificate.others:
            words = self.tr("{0}: {1}. They, or whom they refer to, failed or changed since.")
            said = words.format(ACTION_SIGNS[action].word, formats.count(count))
            self._rows.addWidget(prose(said, muted=True))
        for one in certificate.left_behind[:MOST_SHOWN]:
            self._rows.addWidget(prose(f"{one.source_name}: {one.sentence}"))
        more = len(certificate.left_behind) - MOST_SHOWN
        if more > 0:
            words = self.tr("And more that the target keeps of what was deleted: {0}.")
            self._rows.addWidget(caption(words.format(formats.count(more))))
        self.changes.setVisible(self._rows.count() > 0)

    def _clear_rows(self) -> None:
        self.open_buttons.clear()
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.changes.hide()

    def _open(self, change: EndlessChange) -> None:
        opening = self._desk.documents.open(self._desk.services, self._id)
        self._tasks.start(opening, lambda document: self._propose(document, change))

    def _propose(self, document: ConfigurationDocument, change: EndlessChange) -> None:
        """Put the proposal into the draft, and show it where it can be looked at and saved."""
        edited = repaired(document.schema, change)
        if edited is not None:
            words = self.tr("Proposal of the no-op certificate for {0}").format(change.attribute)
            document.edit_schema(words, edited)
        argument = MappingArgument(change.object_type, change.attribute)
        self._desk.go_to("mappings", argument)

    def _lay_out(self) -> None:
        self.buttons.addWidget(self.check_button)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.icon)
        top.addWidget(self.verdict, 1)
        self.body.addWidget(self.loading)
        self.body.addLayout(top)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.changes)
