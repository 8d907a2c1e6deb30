"""The page *Overview*: is it all right, what is it doing now, and how did it go so far."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import Cycle, CycleKind, CyclePhase, JobState, JobStatus
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.services.events import CycleProgressed, JobChanged
from looop_gui.services.provisioning_jobs import HELD_BACK
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.drift_argument import DriftArgument
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.overview.adaptation_card import AdaptationCard
from looop_gui.ui.overview.attention_card import AttentionCard
from looop_gui.ui.overview.certificate_card import CertificateCard
from looop_gui.ui.overview.cycle_card import CycleCard
from looop_gui.ui.overview.drift_card import DriftCard
from looop_gui.ui.overview.held_back_banner import HeldBackBanner, holds_back
from looop_gui.ui.overview.history_card import HistoryCard
from looop_gui.ui.overview.leaving_card import LeavingCard
from looop_gui.ui.overview.quarantine_advice import quarantine_advice
from looop_gui.ui.overview.reset_dialog import ResetDialog
from looop_gui.ui.overview.statistics_card import StatisticsCard
from looop_gui.ui.overview.status_card import StatusCard
from looop_gui.ui.overview.undo_dialog import UndoDialog
from looop_gui.ui.overview.waiting_card import WaitingCard
from looop_gui.ui.palettes import Role
from looop_gui.ui.result_export import ResultExport
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.page import Page

CYCLES_SHOWN = 50
COUNT_EVERY = 1.0
"""Seconds of a running cycle after which is counted anew who is in sync."""
_ACTIONS = {
    "created": frozenset({ProvisioningAction.CREATE}),
    "updated": frozenset({ProvisioningAction.UPDATE}),
    "disabled": frozenset({ProvisioningAction.DISABLE}),
    "deleted": frozenset({ProvisioningAction.DELETE}),
}


class OverviewPage(Page):
    """Shows the job of one connection; every number leads to the log entries it counts."""

    help_topic = "overview"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Overview"))
        self._desk = desk
        self._connection_id = connection_id
        self._provisioning = desk.services.provisioning
        self.tasks = Tasks(self)
        self._job: JobState | None = None
        self._counted = 0.0
        self.results = ResultExport(self, desk, self.tasks, connection_id)
        self.status = StatusCard(desk.theme)
        self.cycle = CycleCard(desk.theme)
        self.history = HistoryCard(desk.theme)
        self.attention = AttentionCard(desk, connection_id)
        self.adaptation = AdaptationCard(desk, connection_id)
        self.drift = DriftCard(desk)
        self.waiting = WaitingCard(desk, connection_id)
        self.certificate = CertificateCard(desk, connection_id)
        self.leaving = LeavingCard(desk, connection_id)
        self.statistics = StatisticsCard(desk, connection_id)
        self.held_back = HeldBackBanner(
            desk.theme, self._show_staged, self._decide, self._ask_reject
        )
        self.run_button = self.header.set_primary(self.tr("Run now"), self._run_or_stop, "play")
        self.switch_button = self.header.add_action(self.tr("Start"), self._switch, "power")
        self.more_button = self.header.add_action(self.tr("More"), lambda: None)
        self.more_button.setMenu(self._more_menu())
        self._lay_out()
        bridge = desk.bridge
        bridge.job_changed.connect(self._take_job)
        bridge.cycle_progressed.connect(self._take_progress)
        self.cycle.count_chosen.connect(self._show_count)
        self.history.cycle_chosen.connect(self._show_cycle)

    def refresh(self) -> None:
        """Ask how the job stands and how its cycles went."""
        self.status.set_counting(True)
        self._ask_job()
        self._read_cycles()

    def leave(self) -> None:
        """Stop counting down."""
        self.status.set_counting(False)

    def _take_job(self, event: JobChanged) -> None:
        state = event.state
        if state.connection_id == self._connection_id and self.isVisible():
            self._show_job(state)

    def _take_progress(self, event: CycleProgressed) -> None:
        progress = event.progress
        if progress.connection_id != self._connection_id or not self.isVisible():
            return
        self.history.show_progress(progress)
        if progress.phase is CyclePhase.FINISHED or self._has_ended(progress.cycle_id):
            return
        self.cycle.show_progress(progress)
        counted = abs(progress.seconds - self._counted) < COUNT_EVERY
        if not self._running or not counted:
            self._counted = progress.seconds
            self._ask_job()

    def _has_ended(self, cycle_id: str) -> bool:
        """Whether a progress of that cycle comes late."""
        last = self._job.last_cycle if self._job is not None else None
        return last is not None and last.id == cycle_id and last.ended is not None

    @property
    def _running(self) -> bool:
        return self._job is not None and self._job.running_cycle is not None

    def _ask_job(self) -> None:
        asking = self._provisioning.job(self._connection_id)
        self.tasks.start(asking, self._show_job, replace="job")

    def _read_cycles(self) -> None:
        reading = self._provisioning.cycles(self._connection_id, limit=CYCLES_SHOWN)
        self.tasks.start(reading, self._show_cycles, replace="cycles")

    def _show_cycles(self, cycles: Sequence[Cycle]) -> None:
        self.attention.read()
        self.statistics.read()
        self.waiting.read()
        self.certificate.read()
        self.leaving.read()
        self.history.show_cycles([cycle for cycle in cycles if cycle.ended is not None])
        ended = next((cycle for cycle in cycles if cycle.ended is not None), None)
        if ended is not None and not self._running:
            self.cycle.show_cycle(ended)

    def _show_job(self, state: JobState) -> None:
        former = self._job
        self._job = state
        if former is not None and state.last_cycle != former.last_cycle:
            self._read_cycles()
        self.status.show_state(state)
        self.adaptation.show_state(state)
        self.drift.show_state(state)
        words = self.tr("{0}: {1} people and {2} groups in sync.")
        people, groups = formats.count(state.linked_users), formats.count(state.linked_groups)
        self.header.set_sentence(words.format(self.status.badge.word, people, groups))
        self._show_actions(state)
        self._show_banner(state)

    def _show_actions(self, state: JobState) -> None:
        running = state.running_cycle is not None
        words = self.tr("Stop") if running else self.tr("Run now")
        self.run_button.setText(words)
        icon = "circle-stop" if running else "play"
        self.theme.dress(self.run_button, icon, Role.ON_ACCENT)
        on = state.status not in (JobStatus.PAUSED, JobStatus.NOT_CONFIGURED) and not self._off
        self.switch_button.setText(
            self.tr("Pause provisioning") if on else self.tr("Start provisioning")
        )
        self.theme.dress(self.switch_button, "pause" if on else "power")

    @property
    def _off(self) -> bool:
        """Not run so far or in quarantine, and no next cycle planned: provisioning is off."""
        job = self._job
        return (
            job is not None
            and job.status in (JobStatus.NOT_RUN, JobStatus.QUARANTINE)
            and job.next_cycle is None
            and job.running_cycle is None
        )

    def _show_banner(self, state: JobState) -> None:
        self.held_back.show_state(state)
        quarantine = state.quarantine
        if quarantine is None or holds_back(state):
            self._show_undone(state)
            return
        advice = quarantine_advice(quarantine.reason)
        self.banner.say(
            Tone.DANGER,
            self.tr("The job is in quarantine."),
            f"{quarantine.sentence} {advice.remedy}",
            action=advice.action,
            on_action=lambda: self._desk.go_to(advice.page, advice.argument),
            closable=False,
        )
        self.banner.setAccessibleDescription("quarantine")

    def _show_undone(self, state: JobState) -> None:
        """Why provisioning is paused after an undo."""
        last = state.last_cycle
        undone = last is not None and last.kind is CycleKind.UNDO
        if not undone or state.status is not JobStatus.PAUSED:
            if self.banner.accessibleDescription() in ("quarantine", "undone"):
                self.banner.clear()
            return
        self.banner.say(
            Tone.INFO,
            self.tr("Provisioning is paused, because a run was undone."),
            self.tr(
                "The next cycle would do it again. Correct the source, the scope or the mappings "
                "and look at a dry run; then start provisioning."
            ),
            action=self.tr("Dry run"),
            on_action=lambda: self._desk.go_to("plan", None),
            closable=False,
        )
        self.banner.setAccessibleDescription("undone")

    def _decide(self) -> None:
        """Ask whether what a guard held back may pass once (section f.8)."""
        asking = self._desk.services.connections.get(self._connection_id)
        self.tasks.start(asking, self._ask_allow)

    def _ask_allow(self, connection: Connection) -> None:
        job = self._job
        if job is None or job.quarantine is None:
            return
        more = self.tr(
            "Allowing lets exactly this pass, once. If it was not meant, cancel, correct the "
            "source or the scope, and restart provisioning."
        )
        dialog = ConfirmDialog(
            self.theme,
            self,
            question=self.tr("Let it pass once?"),
            sentence=f"{job.quarantine.sentence} {more}",
            verb=self.tr("Allow once"),
            on_confirm=lambda: self._allow_once(job),
            name_to_type=connection.name if connection.production else "",
        )
        dialog.open()

    def _ask_reject(self) -> None:
        job = self._job
        if job is None or not holds_back(job):
            return
        ConfirmDialog(
            self.theme,
            self,
            question=self.tr("Reject what is held back?"),
            sentence=self.tr(
                "None of it is written. Provisioning is switched off, so that no cycle meets it "
                "again; correct the source or the scope, then start provisioning."
            ),
            verb=self.tr("Reject"),
            on_confirm=lambda: self.tasks.start(self._reject(job)),
        ).open()

    async def _reject(self, asked: JobState) -> None:
        connection = await self._desk.services.connections.get(self._connection_id)
        await self._provisioning.reject(connection, asked.extra[HELD_BACK])

    def _allow_once(self, asked: JobState) -> None:
        if self._job is None or self._job.extra != asked.extra:
            # A cycle of the schedule ended while the dialog was open.
            words = self.tr("What is held back has changed; nothing was allowed. Look at it again.")
            self._desk.say(words, "", None)
            return
        self.tasks.start(self._provisioning.allow_once(self._connection_id))

    def _show_staged(self) -> None:
        # What is not destroyed but renamed or created is staged as another action.
        staged = frozenset({ProvisioningAction.STAGED_DELETE, ProvisioningAction.OTHER})
        last = self._job.last_cycle if self._job is not None else None
        cycle_id = last.id if last is not None else ""
        argument = LogArgument(self.tr("Held back"), cycle_id=cycle_id, actions=staged)
        self._desk.go_to("provisioning_log", argument)

    def _run_or_stop(self) -> None:
        if self._running:
            self.tasks.start(self._provisioning.stop(self._connection_id))
        else:
            self.tasks.start(self._provisioning.start_cycle(self._connection_id))

    def _switch(self) -> None:
        on = self.switch_button.text() == self.tr("Pause provisioning")
        self.tasks.start(self._provisioning.set_provisioning(self._connection_id, not on))

    def _restart(self) -> None:
        self.tasks.start(
            self._provisioning.restart(self._connection_id),
            lambda _nothing: self._desk.say(
                self.tr("Restarted: the next cycle evaluates everybody again."), "", None
            ),
        )

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        lines = (
            (self.tr("Restart provisioning"), "rotate-ccw", self._restart),
            (self.tr("Reset parts of the state…"), "trash-2", self._ask_reset),
            (self.tr("Dry run"), "eye", lambda: self._desk.go_to("plan", None)),
            (self.tr("Undo a run…"), "undo-2", self._ask_undo),
            (self.tr("Check for endless writes"), "scan-search", self.certificate.check),
            (
                self.tr("Provision on demand"),
                "user-search",
                lambda: self._desk.go_to("on_demand", None),
            ),
            (
                self.tr("Check for drift"),
                "scan-search",
                lambda: self._desk.go_to("links", DriftArgument()),
            ),
            (self.tr("Show what is held back"), "archive", self._show_staged),
            (self.tr("Export the result of the last cycle"), "download", self.results.ask),
            (
                self.tr("Open the provisioning log"),
                "scroll-text",
                lambda: self._desk.go_to("provisioning_log", None),
            ),
        )
        for words, icon, run in lines:
            action = menu.addAction(words)
            self.theme.dress(action, icon, Role.TEXT_MUTED)
            action.triggered.connect(lambda _on=False, one=run: one())
        return menu

    def _ask_reset(self) -> None:
        ResetDialog(self._desk, self._connection_id, self).open()

    def _ask_undo(self) -> None:
        UndoDialog(self._desk, self._connection_id, self).open()

    def _show_count(self, cycle_id: str, name: str) -> None:
        statuses = {
            "failed": frozenset({ProvisioningStatus.FAILURE}),
            "skipped": frozenset({ProvisioningStatus.SKIPPED}),
        }.get(name, frozenset({ProvisioningStatus.SUCCESS, ProvisioningStatus.WARNING}))
        argument = LogArgument(
            self.tr("One cycle"),
            cycle_id=cycle_id,
            statuses=statuses,
            actions=_ACTIONS.get(name, frozenset()),
        )
        self._desk.go_to("provisioning_log", argument)

    def _show_cycle(self, cycle_id: str) -> None:
        argument = LogArgument(self.tr("One cycle"), cycle_id=cycle_id)
        self._desk.go_to("provisioning_log", argument)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("look", "page")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.status)
        layout.addWidget(self.cycle)
        layout.addWidget(self.history)
        layout.addWidget(self.attention)
        layout.addWidget(self.waiting)
        layout.addWidget(self.certificate)
        layout.addWidget(self.leaving)
        layout.addWidget(self.drift)
        layout.addWidget(self.adaptation)
        layout.addWidget(self.statistics)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        self.body.addWidget(self.held_back)
        self.body.addWidget(scroll, 1)
