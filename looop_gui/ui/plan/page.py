"""The page *Plan*: it is made by a dry run in the engine, read, thinned out, applied, exported.

While a dry run or the application of a plan is under way, the bar says how far it is and ends it.
"""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from looop_gui.engine.plan_patterns import plan_sentence
from looop_gui.model.connection import Connection
from looop_gui.model.job import Cycle, CycleEnd, CycleProgress
from looop_gui.model.plan import Plan
from looop_gui.services.events import CycleProgressed
from looop_gui.services.plan_page import plan_content
from looop_gui.ui import formats
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.plan.review import PlanReview
from looop_gui.ui.result_export import ResultExport
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.undo_argument import UndoArgument
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.page import Page


class PlanPage(Page):
    """`show_plan` shows a plan that was made elsewhere."""

    help_topic = "plan"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Plan"))
        self._say_what(None)
        self._desk = desk
        self._id = connection_id
        self.tasks = Tasks(self)
        self.results = ResultExport(self, desk, self.tasks, connection_id)
        self.of_draft = False
        self._document: ConfigurationDocument | None = None
        self._making: asyncio.Task[Plan] | None = None
        self._writing_to = ""
        self.make_button = self.header.add_action(self.tr("Make the plan"), self.make, "eye")
        self.export_button = self.header.add_action(self.tr("Export"), self._ask_file, "download")
        self.apply_button = self.header.set_primary(
            self.tr("Apply exactly this plan"), self._ask_apply, "play"
        )
        self.review = PlanReview(desk.theme, self.reject)
        self.empty = EmptyState(
            desk.theme,
            "eye",
            self.tr("No plan is open"),
            self.tr("A dry run asks the tenant and writes nothing."),
            self.tr("Make the plan"),
            self.make,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.review)
        self.body.addWidget(self._stack, 1)
        self.review.changed.connect(self._show_buttons)
        desk.bridge.cycle_progressed.connect(self._take_progress)
        self._show_buttons()

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown, with what was left out."""
        return self.review.plan

    def refresh(self) -> None:
        """Look whether there is a draft; a plan that is shown stays."""
        opening = self._desk.documents.open(self._desk.services, self._id)
        self.tasks.start(opening, self._take_document, replace="document")

    def focus_search(self) -> None:
        """Search in the plan."""
        self.review.search.setFocus()

    def make(self) -> None:
        """Make the plan anew, of the draft where there is one."""
        if self._busy:
            return
        document = self._document
        draft = document is not None and document.modified
        making = self._desk.services.dry_runs.plan_saved(
            self._id,
            document.schema if document is not None and draft else None,
            document.settings if document is not None and draft else None,
            self._show_asking,
        )
        self.banner.clear()
        self.loading.begin(self.tr("Asking the tenant; nothing is written"), self._cancel)
        self._making = self.tasks.start(
            making, lambda plan: self.show_plan(plan, of_draft=draft), self._fail
        )
        self._show_buttons()

    def show_argument(self, argument: object) -> None:
        """Make the plan of the undo of a run."""
        if not isinstance(argument, UndoArgument) or self._busy:
            return
        making = self._desk.services.undo.plan_saved(
            self._id,
            argument.cycle_id,
            disable=argument.disable,
            on_progress=self._show_asking,
        )
        self._drop()
        self.banner.clear()
        self.loading.begin(self.tr("Asking the tenant; nothing is written"), self._cancel)
        self._making = self.tasks.start(making, self.show_plan, self._fail)
        self._show_buttons()

    def show_plan(self, plan: Plan, *, of_draft: bool = False) -> None:
        """Show a plan."""
        self.loading.end()
        self.of_draft = of_draft
        self.review.show_plan(plan)
        self._stack.setCurrentWidget(self.review)
        self._say_what(plan)
        self._say_dry_run(plan)
        self._show_buttons()

    def _say_what(self, plan: Plan | None) -> None:
        undo = plan is not None and plan.undo is not None
        self.header.set_sentence(
            self.tr("Every request that the undo of a run would send.")
            if undo
            else self.tr("Every request that the next cycle would send.")
        )

    def reject(self) -> None:
        """Give up a plan that a guard objects to; nothing of it is written."""
        self._drop()
        self.banner.say(
            Tone.INFO,
            self.tr("The plan was rejected. Nothing was written."),
            self.tr("Correct the source, the scope or the limits, and make the plan again."),
        )

    def kept(self) -> Plan | None:
        """The plan without what was left out."""
        return self.review.kept()

    @property
    def _busy(self) -> bool:
        making = self._making is not None and not self._making.done()
        return making or bool(self._writing_to)

    def _show_asking(self, progress: CycleProgress) -> None:
        self._show_progress(self.tr("Asking the tenant; nothing is written"), progress)

    def _take_progress(self, event: CycleProgressed) -> None:
        if self._writing_to and event.progress.connection_id == self._id:
            words = self.tr("Writing to {0}").format(self._writing_to)
            self._show_progress(words, event.progress)

    def _show_progress(self, words: str, progress: CycleProgress) -> None:
        phase = str(progress.phase)
        if progress.total:
            done, total = formats.count(progress.done), formats.count(progress.total)
            phase = self.tr("{0}: {1} of {2}").format(phase, done, total)
        self.loading.progress(progress.done, progress.total, f"{words}. {phase}")

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
        self._writing_to = ""
        self.show_failure(error)
        self._show_buttons()

    def _say_dry_run(self, plan: Plan) -> None:
        if plan.undo is not None:
            tone = Tone.WARNING if plan.guard else Tone.INFO
            words = self.tr("DRY RUN of an undo: nothing was written")
            more = self.tr(
                "It undoes the cycle of {0}. Before it is applied, provisioning is paused: the "
                "next cycle would do it all again."
            ).format(plan.undo.began)
        elif plan.guard:
            tone, words = Tone.WARNING, self.tr("DRY RUN: a guard would stop this cycle")
            more = plan.tenant_url if plan.guards else plan.guard
        elif self.of_draft:
            tone, words = Tone.INFO, self.tr("DRY RUN of the draft: nothing was written")
            more = self.tr("Save the draft and make the plan again to apply it.")
        else:
            tone, words = Tone.INFO, self.tr("DRY RUN: nothing was written")
            more = plan.tenant_url
        self.banner.say(tone, words, more, closable=False)

    def _show_buttons(self) -> None:
        busy = self._busy
        self.make_button.setEnabled(not busy)
        # While something is under way, the bar says what; the empty state would contradict it.
        self.empty.setVisible(not busy and self._stack.currentWidget() is self.empty)
        self.export_button.setEnabled(self.plan is not None)
        reason = self._why_not_apply()
        self.apply_button.setEnabled(not reason and not busy)
        self.apply_button.setToolTip(reason)

    def _why_not_apply(self) -> str:
        kept = self.kept()
        if kept is None:
            return self.tr("Make the plan first.")
        if self.of_draft:
            return self.tr("This is a plan of the draft. Save it and make the plan again.")
        if self.review.is_stopped():
            return self.tr("A guard stops this plan. Allow its list once, or leave people out.")
        return "" if kept.objects else self.tr("There is nothing to write.")

    def _ask_apply(self) -> None:
        self.tasks.start(self._desk.services.connections.get(self._id), self._ask_about)

    def _ask_about(self, connection: Connection) -> None:
        kept = self.kept()
        if kept is None:
            return
        allow = self.review.guards.allowed
        words = self.tr("{0} It is written to {1}, and nothing else is.").format(
            plan_sentence(kept), kept.tenant_url
        )
        if kept.consequences:
            words += " " + " ".join(kept.consequences)
        if kept.undo is not None:
            words += " " + self.tr("Provisioning is paused first.")
        if allow:
            words += " " + self.tr("What the guards object to is allowed once: {0}").format(
                kept.guard
            )
        ConfirmDialog(
            self.theme,
            self.window(),
            question=self.tr("Apply exactly this plan"),
            sentence=words,
            verb=self.tr("Apply"),
            on_confirm=lambda: self._apply(kept, allow),
            name_to_type=connection.name if connection.production else "",
            destructive=connection.production or allow,
        ).open()

    def _apply(self, plan: Plan, allow: bool) -> None:
        self._writing_to = plan.tenant_url
        words = self.tr("Writing to {0}").format(plan.tenant_url)
        self.banner.say(
            Tone.WARNING,
            words,
            self.tr("Each object is looked at again before it is written."),
            action=self.tr("Open the overview"),
            on_action=lambda: self._desk.go_to("overview", None),
            closable=False,
        )
        provisioning = self._desk.services.provisioning
        stop = provisioning.stop
        self.loading.begin(words, lambda: self.tasks.start(stop(self._id)))
        applying = provisioning.apply_plan(self._id, plan, allow=allow)
        self.tasks.start(applying, self._say_applied, self._fail)
        self._show_buttons()

    def _drop(self) -> None:
        self.loading.end()
        self.review.clear()
        self._stack.setCurrentWidget(self.empty)
        self._show_buttons()

    def _say_applied(self, cycle: Cycle) -> None:
        self._writing_to = ""
        self._drop()
        done = cycle.ended_by is CycleEnd.COMPLETED
        counts = cycle.users + cycle.groups
        words = self.tr("Created {0}, updated {1}, disabled {2}, deleted {3}, failed {4}.").format(
            *(
                formats.count(number)
                for number in (
                    counts.created,
                    counts.updated,
                    counts.disabled,
                    counts.deleted,
                    counts.failed,
                )
            )
        )
        self.banner.say(
            Tone.SUCCESS if done and not counts.failed else Tone.WARNING,
            self.tr("The plan was applied") if done else self.tr("The plan was not applied whole"),
            f"{words} {cycle.sentence}".strip(),
            action=self.tr("Export the result"),
            on_action=lambda: self.results.ask(cycle.id),
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


def _write(path: Path, plan: Plan) -> None:
    content = plan_content(plan, as_page=path.suffix.lower() != ".json")
    path.touch(mode=0o600)
    path.write_bytes(content)
