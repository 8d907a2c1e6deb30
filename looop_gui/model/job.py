"""The state of a provisioning job: links, watermark, escrows, quarantine, cycles (section f)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag, StrEnum

import msgspec

from looop_gui.model.directory import ObjectType, SourceProblem


class CycleKind(StrEnum):
    """Initial cycles evaluate every object; incremental ones those that changed.

    UNDO puts back what an earlier cycle did.
    """

    INITIAL = "initial"
    INCREMENTAL = "incremental"
    UNDO = "undo"


class CycleState(StrEnum):
    """How a cycle stands or ended (Graph taskExecution.state plus what a desk needs)."""

    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ENTRY_LEVEL_ERRORS = "EntryLevelErrors"
    STOPPED = "Stopped"


class CyclePhase(StrEnum):
    """What a running cycle does now, in this order."""

    READ_SOURCE = "Read source"
    EVALUATE_SCOPE = "Evaluate scope"
    MATCH = "Match"
    EXPORT = "Export"
    REFERENCES = "References"
    GROUPS = "Groups"
    MEMBERS = "Members"
    FINISHED = "Finished"


class ResetScope(StrEnum):
    """Which parts of a job's state are forgotten (Graph's resetScope, section f.9)."""

    ESCROWS = "Escrows"
    WATERMARK = "Watermark"
    QUARANTINE_STATE = "QuarantineState"
    CONNECTOR_DATA_STORE = "ConnectorDataStore"
    FULL = "Full"


class JobStatus(StrEnum):
    """Graph's synchronizationStatus code (section f.10)."""

    NOT_CONFIGURED = "NotConfigured"
    NOT_RUN = "NotRun"
    ACTIVE = "Active"
    PAUSED = "Paused"
    QUARANTINE = "Quarantine"


class Adaptation(IntFlag):
    """What a target has made the job do otherwise than Entra; remembered until a restart.

    RFC7644: write in the plain form of the standard. PUT: write whole resources, without PATCH.
    PATHLESS: change people by operations without a path. PATCHED_GROUPS: patch groups all the same,
    because the target ignores the members of one that is written whole. REFERENCE: send a manager's
    address, too. ASKED is no other way of
    writing: the target's configuration was read, and what it says is known. SHOWS_MANAGERS and
    SHOWS_MEMBERS are none either: the target has shown such references, and a restart keeps them.
    """

    NONE = 0
    RFC7644 = 1
    PUT = 2
    PATHLESS = 4
    ASKED = 8
    PATCHED_GROUPS = 16
    REFERENCE = 32
    SHOWS_MANAGERS = 64
    SHOWS_MEMBERS = 128


SHOWN = Adaptation.SHOWS_MANAGERS | Adaptation.SHOWS_MEMBERS
"""What is remembered of a target that is no way of writing and outlives a restart."""


class QuarantineReason(StrEnum):
    """Graph's quarantine reasons (section f.7)."""

    BASE_ESCROW_THRESHOLD = "EncounteredBaseEscrowThreshold"
    TOTAL_ESCROW_THRESHOLD = "EncounteredTotalEscrowThreshold"
    ESCROW_PROPORTION_THRESHOLD = "EncounteredEscrowProportionThreshold"
    QUARANTINE_EXCEPTION = "EncounteredQuarantineException"
    UNKNOWN = "Unknown"
    ON_DEMAND = "QuarantinedOnDemand"
    TOO_MANY_DELETES = "TooManyDeletes"
    INGESTION_INTERRUPTED = "IngestionInterrupted"


HINTS_APART = "\x1f"
"""Between the hints of one intent, where several attempts may have created something."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """A stored pair of source object and target resource (Graph object connection).

    `managed` is False after a scope exit was exported: nothing more is sent until the object is
    in scope again (section f.4). `disabled` says that the last export set active to False.
    `source_digest` is of the object as last exported with success; `members` are the source ids
    last exported as members of a group, `manager` the source id last exported as manager.
    `identity` has digests of the names it was last exported under (`engine.identity`), or is "".
    `leaving_since` is set while the object waits to be deleted: when its grace period began.
    """

    source_id: str
    target_id: str
    object_type: ObjectType
    display_name: str
    managed: bool = True
    disabled: bool = False
    source_digest: str = ""
    manager: str = ""
    members: frozenset[str] = frozenset()
    identity: str = ""
    leaving_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watermark:
    """Where the last completed cycle stood: the source's digest and the configuration's.

    `source_users` and `source_groups` are how many the source had then; 0 when it is not known.
    """

    source_digest: str
    configuration_digest: str
    time: datetime
    source_users: int = 0
    source_groups: int = 0


@dataclass(frozen=True, slots=True)
class Escrow:
    """An object that failed and is kept for retry (section f.6).

    `digest` is of the source object that failed: a changed object is tried at once. `unsure` is the
    matching value of an object whose create may have arrived, or "".
    """

    source_id: str
    object_type: ObjectType
    first_failure: datetime
    attempts: int
    next_attempt: datetime
    is_reference: bool
    error_code: str
    digest: str = ""
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Why and since when a job is in quarantine, and when it is tried again (section f.7)."""

    reason: QuarantineReason
    sentence: str
    began: datetime
    next_attempt: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class CycleCounts:
    """Numbers of one cycle for one object type or for all."""

    created: int = 0
    updated: int = 0
    disabled: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: "CycleCounts") -> "CycleCounts":
        return CycleCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.disabled + other.disabled,
            self.deleted + other.deleted,
            self.skipped + other.skipped,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class CycleProgress:
    """What a running cycle tells, five to ten times a second: counters and phase, never rows."""

    connection_id: str
    cycle_id: str
    kind: CycleKind
    phase: CyclePhase
    done: int
    total: int
    users: CycleCounts
    groups: CycleCounts
    requests: int
    retries: int
    throttled: int
    requests_per_second: float
    response_milliseconds: float
    seconds: float
    seconds_remaining: float | None


class CycleEnd(StrEnum):
    """What ended a cycle; the command line's exit code follows from it."""

    COMPLETED = "completed"
    GUARD = "guard"
    PLAN = "plan"
    CREDENTIALS = "credentials"
    TARGET = "target"
    SOURCE = "source"
    STORE = "store"
    STOPPED = "stopped"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Cycle:
    """A finished or running cycle of a connection.

    `defects` are the first of the `defect_count` defects that it found in its source; who ran the
    cycle is told them, its stored row has only the sentence. `undoes` is the id of the cycle that
    it undoes, or "".
    """

    id: str
    connection_id: str
    kind: CycleKind
    state: CycleState
    began: datetime
    ended: datetime | None
    users: CycleCounts = field(default_factory=CycleCounts)
    groups: CycleCounts = field(default_factory=CycleCounts)
    requests: int = 0
    sentence: str = ""
    ended_by: CycleEnd = CycleEnd.COMPLETED
    defects: tuple[SourceProblem, ...] = ()
    defect_count: int = 0
    undoes: str = ""

    @property
    def seconds(self) -> float:
        """Its duration; 0 while it has not ended, and where the clock was set back meanwhile."""
        return max(0.0, (self.ended - self.began).total_seconds()) if self.ended else 0.0


@dataclass(frozen=True, slots=True)
class JobState:
    """The job of one connection as it stands.

    `leaving` counts who waits to be deleted; the first of them is at `next_deletion`. The last
    drift check was at `drift_checked` in the cycle `drift_cycle`; so many objects differed.
    """

    connection_id: str
    status: JobStatus
    watermark: Watermark | None = None
    quarantine: Quarantine | None = None
    last_cycle: Cycle | None = None
    running_cycle: Cycle | None = None
    next_cycle: datetime | None = None
    linked_users: int = 0
    linked_groups: int = 0
    escrows: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)
    leaving: int = 0
    next_deletion: datetime | None = None
    drift_checked: datetime | None = None
    drift_found: int = 0
    drift_cycle: str = ""
