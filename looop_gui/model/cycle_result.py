"""What came of a cycle, to be kept, read and attached to a change request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle
from looop_gui.model.provisioning_log import (
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
)


class PlannedOutcome(StrEnum):
    """What became of an object of the plan that a cycle applied."""

    WRITTEN = "written as planned"
    FAILED = "failed"
    NOT_WRITTEN = "not written"


@dataclass(frozen=True, slots=True)
class ResultRequest:
    """A request that was sent: its method, its path, and the status of the answer (0: none)."""

    method: str
    path: str
    status: int


@dataclass(frozen=True, slots=True)
class ResultObject:
    """What was done with an object; `sentence` says why it failed or was held back, or is ""."""

    time: datetime
    object_type: ObjectType
    source_id: str
    source_name: str
    target_id: str
    action: ProvisioningAction
    status: ProvisioningStatus
    error_code: str
    sentence: str
    changes: tuple[ModifiedProperty, ...]
    requests: tuple[ResultRequest, ...]


@dataclass(frozen=True, slots=True)
class ComparedObject:
    """An object of the plan and what became of it: so many requests planned, so many written."""

    object_type: ObjectType
    source_id: str
    source_name: str
    action: ProvisioningAction
    planned: int
    written: int
    outcome: PlannedOutcome


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """The plan that a cycle applied beside its result."""

    made: datetime
    sentence: str
    objects: tuple[ComparedObject, ...]

    def count(self, outcome: PlannedOutcome) -> int:
        """How many objects of the plan came to this."""
        return sum(1 for one in self.objects if one.outcome is outcome)


@dataclass(frozen=True, slots=True)
class CycleResult:
    """A cycle that has ended. Values that may not leave are hidden in it already.

    `objects` are those that were written, failed or held back, in the order of the log; `skipped`
    counts the others by their reason. `answers` counts the requests about objects by method and
    status; those of the probe and of lists are in the cycle's total only.
    """

    connection_name: str
    tenant_url: str
    cycle: Cycle
    objects: tuple[ResultObject, ...]
    skipped: tuple[tuple[str, int], ...]
    answers: tuple[tuple[str, int, int], ...]
    plan: PlanComparison | None = None
