"""Carries a drift check within a cycle: when it is due, the reading, and its log entries."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.drift import Candidate, Drift, drift_of
from looop_gui.engine.drift_check import Reading, candidates, read_one, read_people
from looop_gui.engine.view import CycleView
from looop_gui.model.connection import Connection, DriftCheck
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftedObject, DriftReport
from looop_gui.model.job import Cycle
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
    WireExchange,
)
from looop_gui.scim.messages import JsonObject
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_asking import Asking
from looop_gui.store.jobs import StoredJob

TARGET_DRIFT = "TargetDrift"
"""The error code of log entries about an object that the target holds otherwise."""


class DriftSetting(Protocol):
    """What of a cycle's setting decides whether the drift is checked."""

    connection: Connection
    plan: Plan | None
    drift: DriftCheck | None
    clock: Clock


def drift_mode(setting: DriftSetting, job: StoredJob) -> DriftCheck:
    """Whether a cycle that begins now checks the drift: as it is told, else as the settings say.

    A plan has been made with its check; what it repairs is looked at again, due or not.
    """
    settings = setting.connection.settings
    mode = settings.drift_check
    if setting.drift is not None:
        return setting.drift
    if setting.plan is not None:
        return mode if mode is DriftCheck.REPAIR else DriftCheck.OFF
    if mode is DriftCheck.OFF or job.drift_checked is None:
        return mode
    passed = setting.clock.now() - job.drift_checked
    # A check that lies ahead is one from before the clock was set back.
    due = passed < timedelta(0) or passed >= timedelta(hours=settings.drift_hours)
    return mode if due else DriftCheck.OFF


@dataclass(frozen=True, slots=True)
class DriftFound:
    """A report, and what a repair has to know, by source id."""

    report: DriftReport
    drifts: dict[str, Drift]


async def check_drift(
    asking: Asking,
    given: CycleInput,
    work: CycleWork,
    view: CycleView,
    began: Callable[[int], None],
    done: Callable[[], None],
) -> DriftFound:
    """Compare the target with what is expected. Raises StoppedError.

    `began` is told how many objects are compared, `done` is called for each.
    """
    people = await asyncio.to_thread(candidates, given, work, ObjectType.USER)
    groups = await asyncio.to_thread(candidates, given, work, ObjectType.GROUP)
    began(len(people) + len(groups))
    listed = await asking.converse(read_people(given, len(people)), _not_recorded)
    checking = Checking(asking, done)
    for one in people:
        resource = listed.get(one.link.target_id)
        if resource is not None:
            checking.readings[one.link.source_id] = Reading(resource)
            done()
    await checking.read([*people, *groups], given.rules.settings.concurrency)
    readings = checking.readings
    drifts = await asyncio.to_thread(_compared, given, [*people, *groups], readings, view)
    report = DriftReport(
        users=len(people),
        groups=len(groups),
        unread=sum(1 for one in readings.values() if not one.known),
        objects=tuple(one.found for one in drifts.values()),
    )
    return DriftFound(report, drifts)


class Checking:
    """Reads what is not known yet, some at a time."""

    def __init__(self, asking: Asking, done: Callable[[], None]) -> None:
        self.readings: dict[str, Reading] = {}
        self._asking = asking
        self._done = done

    async def read(self, wanted: Sequence[Candidate], concurrency: int) -> None:
        """Read those that are not in `readings` yet. Raises StoppedError."""
        left = iter([one for one in wanted if one.link.source_id not in self.readings])

        async def work() -> None:
            for one in left:
                reading = await self._asking.converse(read_one(one), _not_recorded)
                self.readings[one.link.source_id] = reading
                self._done()

        tasks = [asyncio.create_task(work()) for _ in range(max(1, concurrency))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _compared(
    given: CycleInput, wanted: list[Candidate], readings: dict[str, Reading], view: CycleView
) -> dict[str, Drift]:
    """In a thread: the objects that differ, by source id."""
    resources: dict[str, JsonObject] = {
        key: one.resource for key, one in readings.items() if one.resource is not None
    }
    view.shown.take(given.rules.users.manager, resources.values(), resources.values())
    drifts: dict[str, Drift] = {}
    for one in wanted:
        reading = readings.get(one.link.source_id)
        if reading is None or not reading.known:
            continue
        drift = drift_of(
            given.rules, one, reading.resource, view.shown, given.links, view.owners, view.context
        )
        if drift is not None:
            drifts[one.link.source_id] = drift
    return drifts


def drift_entry(
    found: DriftedObject, cycle: Cycle, time: datetime
) -> tuple[ProvisioningLogEntry, str]:
    """The log entry for an object that is only reported, and its summary."""
    changes = tuple(
        ModifiedProperty(one.attribute, one.actual, one.expected) for one in found.differences
    )
    step = ProvisioningStep(
        "DriftCheck",
        StepType.MATCHING,
        ProvisioningStatus.WARNING,
        f"{found.object_type} '{found.source_name}' was compared with the target",
        {one.display_name: f"{one.old_value or ''} → {one.new_value or ''}" for one in changes},
    )
    entry = ProvisioningLogEntry(
        id="",
        time=time,
        connection_id=cycle.connection_id,
        cycle_id=cycle.id,
        object_type=found.object_type,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.WARNING,
        source_id=found.source_id,
        source_name=found.source_name,
        target_id=found.target_id,
        target_name=None,
        duration_milliseconds=0.0,
        steps=(step,),
        modified_properties=changes,
        error=ErrorInformation(
            TARGET_DRIFT,
            found.sentence,
            "Repair it on the page Links, or let the drift check repair what it finds.",
        ),
    )
    return entry, found.sentence


def _not_recorded(_exchange: WireExchange) -> None:
    """What a comparison reads belongs to no object."""
