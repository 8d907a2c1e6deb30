"""The provisioning log as values, named as in Graph (provisioningObjectSummary, section i).

An entry and its parts are msgspec's structures: a cycle makes some twenty of them for every object,
and a frozen dataclass takes four to twenty times as long to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from looop_gui.model.directory import ObjectType


class ProvisioningAction(StrEnum):
    """What was done to the target object (section i.1)."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    STAGED_DELETE = "stageddelete"
    DISABLE = "disable"
    OTHER = "other"


class ProvisioningStatus(StrEnum):
    """How it ended (section i.1)."""

    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


class StepType(StrEnum):
    """The kinds of step; each is a file of the engine."""

    IMPORT = "import"
    SCOPING = "scoping"
    MATCHING = "matching"
    PROCESSING = "processing"
    REFERENCE_RESOLUTION = "referenceResolution"
    EXPORT = "export"


class ModifiedProperty(msgspec.Struct, frozen=True, gc=False):
    """One target attribute's change; None where there was or is no value."""

    display_name: str
    old_value: str | None
    new_value: str | None


class ProvisioningStep(msgspec.Struct, frozen=True, gc=False):
    """One step of an entry; `details` is shown as a list of name and value."""

    name: str
    step_type: StepType
    status: ProvisioningStatus
    description: str
    details: Mapping[str, str] = msgspec.field(default_factory=dict)


class ErrorInformation(msgspec.Struct, frozen=True, gc=False):
    """Why an entry failed or was skipped; the code is one of section i.3."""

    error_code: str
    reason: str
    recommended_action: str = ""
    additional_details: str = ""
    error_category: str = "nonServiceFailure"


class WireExchange(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request and its response as recorded, the secret token already hidden.

    Bodies are text, cut where they are long. `status` 0 means that no response came; then
    `failure` says why. Times are UTC and milliseconds.
    """

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: str
    started: datetime
    duration_milliseconds: float
    attempt: int = 1
    failure: str = ""


class ProvisioningLogEntry(msgspec.Struct, frozen=True, gc=False):
    """One line of the provisioning log: one object in one cycle.

    `cause` says of a skipped object why, so shortly that objects with the same cause can be counted
    together ("not assigned", "filter 'Sales NY' clause 2"); it is "" for all others.
    """

    id: str
    time: datetime
    connection_id: str
    cycle_id: str
    object_type: ObjectType
    action: ProvisioningAction
    status: ProvisioningStatus
    source_id: str
    source_name: str
    target_id: str | None
    target_name: str | None
    duration_milliseconds: float
    steps: tuple[ProvisioningStep, ...] = ()
    modified_properties: tuple[ModifiedProperty, ...] = ()
    error: ErrorInformation | None = None
    skip_reason: str = ""
    exchanges: tuple[WireExchange, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the provisioning log is wanted; an empty field does not restrict.

    `connection_id` is the one field that is always given. `text` is looked for in names, source
    ids and reasons, word by word, by beginning; `person` in the same way, in names and ids only.
    `since` counts inclusive, `until` exclusive. `attribute` is a target attribute that was changed,
    `http_status` the status of any response of the entry (0: no response came), `cause` why an
    object was skipped.
    """

    connection_id: str
    statuses: frozenset[ProvisioningStatus] = frozenset()
    actions: frozenset[ProvisioningAction] = frozenset()
    object_type: ObjectType | None = None
    cycle_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source_id: str = ""
    text: str = ""
    error_code: str = ""
    person: str = ""
    attribute: str = ""
    http_status: int | None = None
    cause: str = ""


class LogOrder(StrEnum):
    """The orders that the log is shown in; a minus means descending.

    By action, status and code the newest entry comes first within each of them; by name and by
    duration so where they ascend, and the oldest where they descend.
    """

    NEWEST = "-time"
    OLDEST = "time"
    ACTION = "action"
    ACTION_DESCENDING = "-action"
    STATUS = "status"
    STATUS_DESCENDING = "-status"
    CODE = "code"
    CODE_DESCENDING = "-code"
    NAME = "name"
    NAME_DESCENDING = "-name"
    DURATION = "duration"
    DURATION_DESCENDING = "-duration"


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log's table, without its steps; `key` grows with time.

    `summary` is a short sentence: the reason of a failure or skip, else what was changed.
    """

    key: int
    id: str
    time: datetime
    object_type: ObjectType
    action: ProvisioningAction
    status: ProvisioningStatus
    source_id: str
    source_name: str
    target_name: str
    error_code: str
    skip_reason: str
    summary: str
    duration_milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LogCensus:
    """How many entries there are by status, action, error code, skip reason and cause of a skip."""

    total: int
    by_status: Mapping[ProvisioningStatus, int]
    by_action: Mapping[ProvisioningAction, int]
    by_error_code: Mapping[str, int]
    by_skip_reason: Mapping[str, int]
    by_cause: Mapping[str, int] = field(default_factory=dict)
