"""What happened, told to whoever listens. All events are published on the loop's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from looop_gui.model.job import CycleProgress, JobState

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class ConnectionsChanged:
    """These connections were made, changed or deleted."""

    connection_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftsChanged:
    """Drafts of the wizard were kept or discarded."""


@dataclass(frozen=True, slots=True)
class MappingChanged:
    """A version of the mappings was saved."""

    connection_id: str
    version: int


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """The source directory was edited; the sentence says how."""

    connection_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class JobChanged:
    """The state of a job changed."""

    state: JobState


@dataclass(frozen=True, slots=True)
class CycleProgressed:
    """A running cycle's counters; five to ten times a second."""

    progress: CycleProgress


@dataclass(frozen=True, slots=True)
class LogAppended:
    """Entries were appended to the provisioning log."""

    connection_id: str
    cycle_id: str
    count: int


@dataclass(frozen=True, slots=True)
class CertificateChanged:
    """It was checked whether another cycle would write nothing."""

    connection_id: str


@dataclass(frozen=True, slots=True)
class TenantChanged:
    """An embedded tenant was started, stopped or set otherwise."""

    tenant_id: str


@dataclass(frozen=True, slots=True)
class MailChanged:
    """The outbox changed; `problem` is why a mail could not be sent, or ""."""

    problem: str


@dataclass(frozen=True, slots=True)
class EngineEnded:
    """The engine process ended by itself; the sentence says what is safe."""

    sentence: str


class Events:
    """Who listens to which kind of event."""

    def __init__(self) -> None:
        self._callbacks: dict[type[Any], list[Callable[[Any], None]]] = {}

    def subscribe(self, event_type: type[E], callback: Callable[[E], None]) -> Callable[[], None]:
        """Call `callback` for every event of exactly that type; the result ends it."""
        callbacks = self._callbacks.setdefault(event_type, [])
        callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in callbacks:
                callbacks.remove(callback)

        return unsubscribe

    def publish(self, event: object) -> None:
        """Call the listeners in the order in which they subscribed.

        One may subscribe or unsubscribe meanwhile; that counts from the next event on.
        """
        for callback in tuple(self._callbacks.get(type(event), ())):
            callback(event)
