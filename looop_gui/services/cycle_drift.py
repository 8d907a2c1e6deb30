"""Carries a drift check within a cycle: when it is due, the reading, and its log entries."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.drift import Candidate, Drift, drift_of, drifted_object
from looop_gui.engine.drift_causes import (
    KnownNormalisations,
    classified,
    kept_manager,
    may_keep_manager,
)
from looop_gui.engine.drift_check import Reading, candidates, read_one, read_people
from looop_gui.engine.left_behind import (
    find_absent,
    find_standing,
    of_kept_ids,
    unknown_members,
)
from looop_gui.engine.view import CycleView
from looop_gui.model.connection import DriftCheck
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftedObject, DriftKind, DriftReport
from looop_gui.model.job import Cycle
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
from looop_gui.services.cycle_asking import Asking
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.drift_memory import DriftMemory, DriftOrder
from looop_gui.store.jobs import StoredJob

TARGET_DRIFT = "TargetDrift"
"""The error code of log entries about an object that the target holds otherwise."""


def drift_mode(setting: CycleSetting, job: StoredJob) -> DriftCheck:
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


def drift_order(setting: CycleSetting, mode: DriftCheck) -> DriftOrder:
    """The mode with what is remembered of the connection."""
    memory = DriftMemory(setting.worker, setting.connection.id)
    return DriftOrder(mode, memory, setting.certifies)


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
    memory: DriftMemory | None = None,
) -> DriftFound:
    """Compare the target with what is expected. Raises StoppedError, and StoreError of `memory`.

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
    wanted = [*people, *groups]
    await checking.read(wanted, given.rules.settings.concurrency)
    readings = checking.readings
    drifts = await asyncio.to_thread(_compared, given, wanted, readings, view)
    drifts, normalised = await _explained(given, wanted, readings, drifts, memory)
    standing = await _with_left_behind(asking, wanted, readings, listed, view, drifts, memory)
    report = DriftReport(
        users=len(people),
        groups=len(groups),
        unread=sum(1 for one in readings.values() if not one.known),
        objects=(*(one.found for one in drifts.values()), *standing),
        normalised=tuple(normalised),
    )
    return DriftFound(report, drifts)


async def _explained(
    given: CycleInput,
    wanted: Sequence[Candidate],
    readings: Mapping[str, Reading],
    drifts: dict[str, Drift],
    memory: DriftMemory | None,
) -> tuple[dict[str, Drift], list[DriftedObject]]:
    """The drifts with their causes, and what is normalised and so none."""
    rule = given.rules.users.manager
    managed = {
        one.link.source_id: (one, resource)
        for one in wanted
        if (resource := _read(readings, one)) is not None and may_keep_manager(rule, one, resource)
    }
    if memory is None or not (drifts or managed):
        return drifts, []
    known = await memory.normalisations() if drifts else KnownNormalisations()
    images = await memory.written(drifts.keys() | managed.keys())
    if rule is not None:
        for key, (candidate, resource) in managed.items():
            kept = kept_manager(rule, candidate, resource, images.get(key, ()))
            if kept is not None and key not in drifts:
                drifts[key] = kept
    explained: dict[str, Drift] = {}
    normalised = []
    for key, drift in drifts.items():
        rest, own_way = classified(drift, known, images.get(key, ()), given.links)
        if rest is not None:
            explained[key] = rest
        if own_way is not None:
            normalised.append(own_way)
    return explained, normalised


async def _with_left_behind(
    asking: Asking,
    wanted: Sequence[Candidate],
    readings: Mapping[str, Reading],
    listed: Mapping[str, JsonObject],
    view: CycleView,
    drifts: dict[str, Drift],
    memory: DriftMemory | None,
) -> list[DriftedObject]:
    """Put members that are nobody's into the drifts; gives what stayed after its deletion."""
    groups = {one.link.source_id: one for one in wanted if one.link.object_type is ObjectType.GROUP}
    found = await kept_members(asking, groups, readings, view, listed)
    for key, ids in found.items():
        told = of_kept_ids(ids)
        before = drifts.get(key)
        if before is None:
            one = drifted_object(groups[key], DriftKind.CHANGED, (told,))
            drifts[key] = Drift(one, references=True, left_behind=tuple(ids))
        else:
            one = replace(before.found, differences=(*before.found.differences, told))
            drifts[key] = replace(before, found=one, references=True, left_behind=tuple(ids))
    if memory is None:
        return []
    return await standing_of(asking, view, memory)


async def kept_members(
    asking: Asking,
    groups: Mapping[str, Candidate],
    readings: Mapping[str, Reading],
    view: CycleView,
    known: Mapping[str, JsonObject],
) -> dict[str, list[str]]:
    """The members that are nobody's in the target, by the source id of their group."""
    resources = {key: resource for key, one in groups.items() if (resource := _read(readings, one))}
    unknown = unknown_members(resources, view.owners)
    if not unknown:
        return {}
    ids = [one for found in unknown.values() for one in found]
    absent = await asking.converse(find_absent(ids, known), _not_recorded)
    kept = {key: [one for one in found if one in absent] for key, found in unknown.items()}
    return {key: found for key, found in kept.items() if found}


async def standing_of(asking: Asking, view: CycleView, memory: DriftMemory) -> list[DriftedObject]:
    """What cycles have deleted and is there all the same."""
    deleted = await memory.deleted()
    if not deleted:
        return []
    return await asking.converse(find_standing(deleted, view.owners), _not_recorded)


def _read(readings: Mapping[str, Reading], one: Candidate) -> JsonObject | None:
    reading = readings.get(one.link.source_id)
    return reading.resource if reading is not None and reading.known else None


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
            _NEXT_STEPS.get(
                found.kind,
                "Repair it on the page Links, or let the drift check repair what it finds.",
            ),
        ),
    )
    return entry, found.sentence


_NEXT_STEPS = {
    DriftKind.STAYS: "Delete it in the target itself, or ask who runs the target why it stays.",
}


def _not_recorded(_exchange: WireExchange) -> None:
    """What a comparison reads belongs to no object."""
