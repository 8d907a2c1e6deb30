"""The bridge from the services' events to Qt signals, at most one of a kind a frame.

Events of the services arrive whenever something happens; a view can show ten states a second. The
bridge keeps the newest event of each kind and connection and emits it when the next frame is due,
so that a burst costs one repaint. Appended log rows are added up instead of replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from looop_gui.services.events import (
    CertificateChanged,
    ConnectionsChanged,
    CycleProgressed,
    DirectoryChanged,
    DraftsChanged,
    EngineEnded,
    JobChanged,
    LogAppended,
    MailChanged,
    MappingChanged,
    TenantChanged,
)

if TYPE_CHECKING:
    from looop_gui.services.events import Events

FRAME_MILLISECONDS = 100


class Bridge(QObject):
    """Each signal carries the event itself; `connect_events` starts it once services are open."""

    connections_changed = Signal(object)
    drafts_changed = Signal(object)
    mapping_changed = Signal(object)
    directory_changed = Signal(object)
    job_changed = Signal(object)
    cycle_progressed = Signal(object)
    log_appended = Signal(object)
    tenant_changed = Signal(object)
    engine_ended = Signal(object)
    mail_changed = Signal(object)
    certificate_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: dict[tuple[type, str], object] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._emit_pending)

    def connect_events(self, events: Events) -> None:
        """Listen to everything the services tell."""
        for kind in _SIGNALS:
            self._unsubscribe.append(events.subscribe(kind, self._keep))

    def disconnect_events(self) -> None:
        """Listen no more; what waits is dropped."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._frame.stop()
        self._pending.clear()

    def _keep(self, event: object) -> None:
        key = (type(event), _subject(event))
        former = self._pending.get(key)
        if isinstance(event, LogAppended) and isinstance(former, LogAppended):
            event = LogAppended(event.connection_id, event.cycle_id, former.count + event.count)
        self._pending[key] = event
        if not self._frame.isActive():
            self._frame.start()

    def _emit_pending(self) -> None:
        events = list(self._pending.values())
        self._pending.clear()
        for event in events:
            signal = getattr(self, _SIGNALS[type(event)])
            signal.emit(event)


_SIGNALS: dict[type, str] = {
    ConnectionsChanged: "connections_changed",
    DraftsChanged: "drafts_changed",
    MappingChanged: "mapping_changed",
    DirectoryChanged: "directory_changed",
    JobChanged: "job_changed",
    CycleProgressed: "cycle_progressed",
    LogAppended: "log_appended",
    TenantChanged: "tenant_changed",
    EngineEnded: "engine_ended",
    MailChanged: "mail_changed",
    CertificateChanged: "certificate_changed",
}


def _subject(event: object) -> str:
    """What an event is about: newer events replace older ones about the same."""
    if isinstance(event, JobChanged):
        return event.state.connection_id
    if isinstance(event, CycleProgressed):
        return event.progress.connection_id
    if isinstance(event, TenantChanged):
        return event.tenant_id
    if isinstance(event, ConnectionsChanged | DraftsChanged | EngineEnded):
        return ""
    return str(getattr(event, "connection_id", ""))
