"""The page *Plan*: from a sentence to patterns, to people, to the text of each request; and on.

The plan is made by a dry run in the engine. It is shown, rows can be left out, and exactly what is
left can be applied.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.engine.plan_patterns import PlanPattern, has_pattern, plan_patterns, plan_sentence
from looop_gui.model.connection import Connection
from looop_gui.model.job import Cycle, CycleEnd, CycleProgress
from looop_gui.model.plan import Plan, PlannedObject
from looop_gui.services.plan_page import plan_content, request_text
from looop_gui.ui import formats
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_tabs import PropertiesTab
from looop_gui.ui.plan.plan_model import CHANGES, REQUESTS, PlanModel
from looop_gui.ui.signs import ACTION_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, fixed_font
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.labels import ElidedLabel, caption, prose, section
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.table import Table

PATTERN_ROLE = Qt.ItemDataRole.UserRole
MOST_PATTERNS = 200


class PlanPage(Page):
    """`show_plan` shows a plan that was made elsewhere."""

    help_topic = "plan"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Plan"))
        self.header.set_sentence(self.tr("Every request that the next cycle would send."))
        self._desk = desk
        self._id = connection_id
        self.tasks = Tasks(self)
        self.plan: Plan | None = None
        self.of_draft = False
        self._document: ConfigurationDocument | None = None
        self._making: asyncio.Task[Plan] | None = None
        self.make_button = self.header.add_action(self.tr("Make the plan"), self.make, "eye")
        self.export_button = self.header.add_action(self.tr("Export"), self._ask_file, "download")
        self.apply_button = self.header.set_primary(
            self.tr("Apply exactly this plan"), self._ask_apply, "play"
        )
        self.sentence = section("")
        self.facts = caption("")
        self.patterns = PlainList(self.tr("Patterns of changes"))
        self.search = SearchField(desk.theme, self.tr("Person or group"))
        self.model = PlanModel(desk.theme, self)
        self.table = Table(self.tr("Objects of the plan"))
        self.table.show_model(self.model, (190, 96, 84, 0), optional=(REQUESTS, CHANGES))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.name = ElidedLabel("")
        self.name.setProperty("look", "section")
        self.reason = prose("")
        self.properties = PropertiesTab(desk.theme)
        self.request = _request_field(self.tr("Requests"))
        self.empty = EmptyState(
            desk.theme,
            "eye",
            self.tr("No plan has been made yet"),
            self.tr("A dry run asks the tenant and writes nothing."),
            self.tr("Make the plan"),
            self.make,
        )
        self._lay_out()
        self._connect()
        self._show_buttons()

    def refresh(self) -> None:
        """Look whether there is a draft; a plan that is shown stays."""
        opening = self._desk.documents.open(self._desk.services, self._id)
        self.tasks.start(opening, self._take_document, replace="document")

    def focus_search(self) -> None:
        """Search in the plan."""
        self.search.setFocus()

    def make(self) -> None:
        """Make the plan anew, of the draft where there is one."""
        if self._making is not None and not self._making.done():
            return
        document = self._document
        draft = document is not None and document.modified
        making = self._desk.services.dry_runs.plan_saved(
            self._id,
            document.schema if document is not None and draft else None,
            document.settings if document is not None and draft else None,
            self._show_progress,
        )
        self.banner.clear()
        self.loading.begin(self.tr("Asking the tenant; nothing is written"), self._cancel)
        self._making = self.tasks.start(
            making, lambda plan: self.show_plan(plan, of_draft=draft), self._fail
        )
        self._show_buttons()

    def _show_progress(self, progress: CycleProgress) -> None:
        counted = self.tr("{0}: {1} of {2}").format(
            progress.phase, formats.count(progress.done), formats.count(progress.total)
        )
        asking = self.tr("Asking the tenant; nothing is written")
        words = f"{asking}. {counted if progress.total else progress.phase}"
        self.loading.progress(progress.done, progress.total, words)

    def show_plan(self, plan: Plan, *, of_draft: bool = False) -> None:
        """Show a plan."""
        self.loading.end()
        self.plan, self.of_draft = plan, of_draft
        self.model.left_out.clear()
        self.sentence.setText(plan_sentence(plan))
        requests = sum(len(planned.requests) for planned in plan.objects)
        self.facts.setText(
            self.tr("{0} requests in the dialect {1}, {2} cycle, made {3}").format(
                formats.count(requests), plan.dialect.value, plan.kind.value, formats.utc(plan.made)
            )
        )
        self._show_patterns(plan)
        self._show_rows()
        self._stack.setCurrentWidget(self._review)
        self._say_dry_run(plan)
        self._show_buttons()

    def kept(self) -> Plan | None:
        """The plan without what was left out."""
        if self.plan is None:
            return None
        out = self.model.left_out
        return replace(
            self.plan, objects=tuple(one for one in self.plan.objects if one.source_id not in out)
        )

    def _connect(self) -> None:
        self.search.searched.connect(self._show_rows)
        self.patterns.currentItemChanged.connect(self._show_rows)
        self.model.left_out_changed.connect(self._show_buttons)
        self.table.selectionModel().currentRowChanged.connect(self._show_object)
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.table)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self._toggle)

    def _take_document(self, document: ConfigurationDocument) -> None:
        self._document = document
        draft = document.modified
        words = self.tr("Make the plan of the draft") if draft else self.tr("Make the plan")
        self.make_button.setText(words)

    def _cancel(self) -> None:
        if self._making is not None:
            self._making.cancel()
            self._making = None
        self.loading.end()
        self._show_buttons()

    def _fail(self, error: Exception) -> None:
        self.show_failure(error)
        self._show_buttons()

    def _say_dry_run(self, plan: Plan) -> None:
        if plan.guard:
            self.banner.say(
                Tone.WARNING, self.tr("DRY RUN: a guard would stop this cycle"), plan.guard
            )
        elif self.of_draft:
            self.banner.say(
                Tone.INFO,
                self.tr("DRY RUN of the draft: nothing was written"),
                self.tr("Save the draft and make the plan again to apply it."),
            )
        else:
            self.banner.say(Tone.INFO, self.tr("DRY RUN: nothing was written"), plan.tenant_url)

    def _show_patterns(self, plan: Plan) -> None:
        self.patterns.blockSignals(True)
        self.patterns.clear()
        everything = QListWidgetItem(self.tr("Everything"))
        self.patterns.addItem(everything)
        for pattern in plan_patterns(plan)[:MOST_PATTERNS]:
            sign = ACTION_SIGNS[pattern.action]
            count, shape = formats.count(pattern.count), self.tr(pattern.shape.value)
            short = pattern.attribute.rpartition(":")[2]
            item = QListWidgetItem(f"{count} · {short} {shape}")
            item.setIcon(self.theme.icon(sign.icon, sign.role))
            item.setToolTip(f"{self.tr(sign.word)}: {pattern.attribute} {shape}: {count}")
            item.setData(PATTERN_ROLE, pattern)
            self.patterns.addItem(item)
        self.patterns.setCurrentItem(everything)
        self.patterns.blockSignals(False)

    def _show_rows(self) -> None:
        if self.plan is None:
            return
        item = self.patterns.currentItem()
        pattern = item.data(PATTERN_ROLE) if item is not None else None
        text = self.search.text().strip().casefold()
        rows = [
            one
            for one in self.plan.objects
            if (not isinstance(pattern, PlanPattern) or has_pattern(one, pattern))
            and text in one.source_name.casefold()
        ]
        self.model.show_rows(rows)
        if rows:
            self.table.selectRow(0)
        self._show_object()

    def _show_object(self) -> None:
        one = self.model.row_at(self.table.current_row())
        self.name.setText(one.source_name if one is not None else "")
        self.reason.setText(one.reason if one is not None else self.tr("Nothing is selected."))
        self.properties.show_properties(one.changes if one is not None else ())
        self.request.setPlainText(_requests_text(one) if one is not None else "")

    def _toggle(self) -> None:
        self.model.toggle(self.table.current_row())

    def _show_buttons(self) -> None:
        busy = self._making is not None and not self._making.done()
        self.make_button.setEnabled(not busy)
        self.export_button.setEnabled(self.plan is not None)
        reason = self._why_not_apply()
        self.apply_button.setEnabled(not reason and not busy)
        self.apply_button.setToolTip(reason)
        if self.plan is not None:
            out = len(self.model.left_out)
            words = self.tr("{0} left out; a space leaves out what is selected").format(out)
            self.left_out.setText(words)

    def _why_not_apply(self) -> str:
        kept = self.kept()
        if kept is None:
            return self.tr("Make the plan first.")
        if self.of_draft:
            return self.tr("This is a plan of the draft. Save it and make the plan again.")
        if kept.guard:
            return self.tr("A guard stops this cycle. The overview shows what it held back.")
        return "" if kept.objects else self.tr("There is nothing to write.")

    def _ask_apply(self) -> None:
        def decide(connection: Connection) -> None:
            kept = self.kept()
            if kept is None:
                return
            ConfirmDialog(
                self.theme,
                self.window(),
                question=self.tr("Apply exactly this plan"),
                sentence=self.tr("{0} It is written to {1}, and nothing else is.").format(
                    plan_sentence(kept), kept.tenant_url
                ),
                verb=self.tr("Apply"),
                on_confirm=lambda: self._apply(kept),
                name_to_type=connection.name if connection.production else "",
                destructive=connection.production,
            ).open()

        self.tasks.start(self._desk.services.connections.get(self._id), decide)

    def _apply(self, plan: Plan) -> None:
        self.banner.say(
            Tone.WARNING,
            self.tr("Writing to {0}").format(plan.tenant_url),
            self.tr("The overview shows how far it is and can stop it."),
            action=self.tr("Open the overview"),
            on_action=lambda: self._desk.go_to("overview", None),
            closable=False,
        )
        self.apply_button.setEnabled(False)
        applying = self._desk.services.provisioning.apply_plan(self._id, plan)
        self.tasks.start(applying, self._say_applied, self._fail)

    def _say_applied(self, cycle: Cycle) -> None:
        self.plan = None
        self.model.show_rows(())
        self._stack.setCurrentWidget(self.empty)
        self._show_buttons()
        done = cycle.ended_by is CycleEnd.COMPLETED
        counts = cycle.users + cycle.groups
        words = self.tr("Created {0}, updated {1}, disabled {2}, deleted {3}, failed {4}.").format(
            counts.created, counts.updated, counts.disabled, counts.deleted, counts.failed
        )
        self.banner.say(
            Tone.SUCCESS if done and not counts.failed else Tone.WARNING,
            self.tr("The plan was applied") if done else self.tr("The plan was not applied whole"),
            f"{words} {cycle.sentence}".strip(),
            action=self.tr("Open the provisioning log"),
            on_action=lambda: self._desk.go_to("provisioning_log", None),
        )

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the plan"), "plan.html")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Page (*.html)"), self.tr("JSON (*.json)")])
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write what is kept of the plan to a file: JSON, or else a page."""
        kept = self.kept()
        if kept is not None:
            self.tasks.start(
                asyncio.to_thread(_write, path, kept),
                lambda _none: self._desk.say(
                    self.tr("The plan is in {0}").format(path.name), "", None
                ),
            )

    def _lay_out(self) -> None:
        self.left_out = caption("")
        left = Card(self.tr("Patterns"))
        left.body.addWidget(self.patterns, 1)
        left.setMinimumWidth(220)
        middle = Card(self.tr("People and groups"))
        middle.body.addWidget(self.search)
        middle.body.addWidget(self.table, 1)
        middle.body.addWidget(self.left_out)
        right = Card(self.tr("Requests"))
        right.body.addWidget(self.name)
        right.body.addWidget(self.reason)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setHandleWidth(GRID)
        both.addWidget(self.properties)
        both.addWidget(self.request)
        right.body.addWidget(both, 1)
        columns = QHBoxLayout()
        columns.setSpacing(2 * GRID)
        columns.addWidget(left, 2)
        columns.addWidget(middle, 5)
        columns.addWidget(right, 4)
        self._review = QWidget()
        layout = QVBoxLayout(self._review)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.sentence)
        layout.addWidget(self.facts)
        layout.addLayout(columns, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._review)
        self.body.addWidget(self._stack, 1)


def _write(path: Path, plan: Plan) -> None:
    content = plan_content(plan, as_page=path.suffix.lower() != ".json")
    path.touch(mode=0o600)
    path.write_bytes(content)


def _requests_text(planned: PlannedObject) -> str:
    return "\n\n".join(request_text(request) for request in planned.requests)


def _request_field(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setProperty("look", "code")
    field.setFont(fixed_font())
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    return field
