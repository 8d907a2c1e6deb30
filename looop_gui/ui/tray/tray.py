"""The tray icon: the worst state of all jobs, and desktop notes about what deserves attention.

Where the desktop has no tray, nothing is made and nothing is missed: the window says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import JobState, JobStatus
from looop_gui.services.events import JobChanged
from looop_gui.ui.bridge import Bridge
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import JOB_SIGNS, Sign
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme

if TYPE_CHECKING:
    from looop_gui.services.services import Services

RUNNING = Sign("refresh-cw", Role.ACCENT, "Running")
QUIET_KEY = "doNotDisturb"
WORST_FIRST = (
    JobStatus.QUARANTINE,
    JobStatus.NOT_CONFIGURED,
    JobStatus.ACTIVE,
    JobStatus.PAUSED,
    JobStatus.NOT_RUN,
)


class TrayIcon(Protocol):
    """What is used of `QSystemTrayIcon`."""

    def setIcon(self, icon: QIcon) -> None:
        """Show another icon."""

    def setToolTip(self, tip: str) -> None:
        """Say something when pointed at."""

    def showMessage(self, title: str, message: str, icon: QSystemTrayIcon.MessageIcon) -> None:
        """Show a note of the desktop."""

    def show(self) -> None:
        """Appear."""

    def hide(self) -> None:
        """Disappear."""


class Tray(QObject):
    """Follows all jobs. `wanted` asks for the window, with a connection's id or ""."""

    wanted = Signal(str)
    quit_wanted = Signal()

    def __init__(
        self,
        services: Services,
        theme: Theme,
        bridge: Bridge,
        settings: QSettings,
        parent: QWidget,
        icon: TrayIcon | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._settings = settings
        self._tasks = Tasks(parent)
        self._names: dict[str, str] = {}
        self._jobs: dict[str, JobState] = {}
        self._noted = ""
        self.menu = QMenu(parent)
        self._fill_menu()
        self.icon: TrayIcon = icon if icon is not None else self._make_icon()
        bridge.job_changed.connect(self._take_job)
        bridge.connections_changed.connect(self._read_again)
        theme.changed.connect(self._show_state)
        self._show_state()
        self.icon.show()
        self.read()

    @property
    def quiet(self) -> bool:
        """Whether the person asked not to be disturbed; remembered between starts."""
        return str(self._settings.value(QUIET_KEY, "false")).lower() == "true"

    @property
    def words(self) -> str:
        """What the icon says when pointed at."""
        busy = [self._names[one] for one, job in self._known() if job.running_cycle is not None]
        if busy:
            return self.tr("A cycle is running: {0}").format(", ".join(busy))
        held = [self._names[key] for key, job in self._known() if job.quarantine is not None]
        if held:
            return self.tr("In quarantine: {0}").format(", ".join(held))
        return self.tr("Provisioning: {0}").format(self._sign().word)

    def read(self) -> None:
        """Read which connections there are and how their jobs stand."""
        self._tasks.start(self._services.connections.list(), self._take_names, replace="names")

    def _read_again(self, _event: object) -> None:
        self.read()

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def _take_names(self, connections: Sequence[Connection]) -> None:
        self._names = {one.id: one.name for one in connections}
        for one in connections:
            if one.id not in self._jobs:
                asking = self._services.provisioning.job(one.id)
                self._tasks.start(asking, self._begin_job, replace=f"job {one.id}")
        self._show_state()

    def _begin_job(self, state: JobState) -> None:
        self._jobs.setdefault(state.connection_id, state)
        self._show_state()

    def _take_job(self, event: JobChanged) -> None:
        state = event.state
        before = self._jobs.get(state.connection_id)
        self._jobs[state.connection_id] = state
        self._show_state()
        note = self._note(before, state)
        if note:
            self._tasks.start(self._tell(state.connection_id, note))

    def _note(self, before: JobState | None, state: JobState) -> str:
        """What is worth a note: a new quarantine, or a cycle that left failures."""
        if before is None:
            return ""
        now, then = state.quarantine, before.quarantine
        if now is not None and (then is None or then.reason is not now.reason):
            return now.sentence
        cycle = state.last_cycle
        if cycle is None or cycle == before.last_cycle or cycle.ended is None:
            return ""
        failed = cycle.users.failed + cycle.groups.failed
        return self.tr("Failed in the last cycle: {0}").format(failed) if failed else ""

    async def _tell(self, connection_id: str, note: str) -> None:
        settings = await self._services.notifications.settings()
        if self.quiet or settings.quiet_hours.quiet_at(datetime.now().astimezone().time()):
            return
        self._noted = connection_id
        name = self._names.get(connection_id, "")
        self.icon.showMessage(name, note, QSystemTrayIcon.MessageIcon.Warning)

    def _known(self) -> list[tuple[str, JobState]]:
        return [(key, job) for key, job in self._jobs.items() if key in self._names]

    def _sign(self) -> Sign:
        states = [job for _key, job in self._known()]
        if any(job.quarantine is not None for job in states):
            return JOB_SIGNS[JobStatus.QUARANTINE]
        if any(job.running_cycle is not None for job in states):
            return RUNNING
        found = {job.status for job in states}
        worst = next((one for one in WORST_FIRST if one in found), JobStatus.NOT_RUN)
        return JOB_SIGNS[worst]

    def _show_state(self) -> None:
        sign = self._sign()
        self.icon.setIcon(self._theme.icon(sign.icon, sign.role))
        self.icon.setToolTip(self.words)

    def _fill_menu(self) -> None:
        self.menu.addAction(self.tr("Show the window")).triggered.connect(
            lambda _checked=False: self.wanted.emit("")
        )
        self.quiet_action = self.menu.addAction(self.tr("Do not disturb"))
        self.quiet_action.setCheckable(True)
        self.quiet_action.setChecked(self.quiet)
        self.quiet_action.toggled.connect(lambda on: self._settings.setValue(QUIET_KEY, on))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Quit")).triggered.connect(
            lambda _checked=False: self.quit_wanted.emit()
        )

    def _make_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self)
        icon.setContextMenu(self.menu)
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(lambda: self.wanted.emit(self._noted))
        return icon

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.wanted.emit("")


def make_tray(
    services: Services, theme: Theme, bridge: Bridge, settings: QSettings, parent: QWidget
) -> Tray | None:
    """The tray icon, or None where the desktop has no tray."""
    if not QSystemTrayIcon.isSystemTrayAvailable():
        return None
    return Tray(services, theme, bridge, settings, parent)
