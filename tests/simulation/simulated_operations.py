"""Schedules of everything else that can be done with a connection, each with an oracle of its own.

Between the cycles of a random schedule somebody undoes the last run, applies a plan that was made
before, provisions one object on demand, checks for drift or resets a part of the job; with faults
and crashes in the seeds that are odd. What each of them must leave in the target is said here in a
few lines; at the end the oracle of the cycles looks at everything as ever.
"""

from collections import Counter
from collections.abc import Callable, Coroutine
from copy import deepcopy
from dataclasses import replace
from typing import Any

from looop_gui.model.connection import DriftCheck
from looop_gui.model.errors import WorkbenchError
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState, ResetScope
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.services.provisioning_jobs import reset_parts
from looop_gui.store.before_images import load_images
from oracle import State
from simulated_between import ATTEMPTS, Operations, calm, is_quiet, trouble, writes
from simulated_engine import CONNECTION, simulated_folder
from simulated_on_demand import demand
from simulated_schedule import (
    Schedule,
    ScheduleError,
    _after_cycle,
    _expect_silence,
    _inspect,
    _one_cycle,
    _prepared,
    _reconfigure,
    _settle,
    _short,
)
from simulated_target import KilledError
from simulated_time import SimulatedClock, run_simulated
from simulated_undo import apply, undo
from simulated_wide import WIDE_OPERATIONS, WIDER, widen

TAKEN = ("Conflict", "DuplicateSourceEntries")  # somebody still has the name
HARMLESS = (ResetScope.ESCROWS, ResetScope.WATERMARK, ResetScope.QUARANTINE_STATE)


Operation = Callable[[Operations], Coroutine[Any, Any, None]]


def run_operations(seed: int) -> list[str]:
    """Run the schedule of a seed. Raises ScheduleError with the seed and the story."""
    story: list[str] = []
    try:
        with simulated_folder() as folder:
            run_simulated(lambda clock: _play(seed, folder, clock, story))
    except Exception as error:
        told = "\n".join(f"  {line}" for line in story)
        raise ScheduleError(f"run_operations({seed}): {error}\n{told}") from error
    return story


async def _play(seed: int, folder: Any, clock: SimulatedClock, story: list[str]) -> None:
    schedule = _prepared(seed, folder, clock, story, faulty=seed % 2 == 1)
    operations = Operations(schedule)
    random, engine = schedule.random, schedule.engine
    await clock.sleep(600)  # what was there before is older than the first run by any clock
    if random.random() < 0.3:
        threshold = random.randint(0, 2)
        engine.configure(prevent_accidental_deletion=True, deletion_threshold=threshold)
        story.append(f"at most {threshold} deletions")
    choices = OPERATIONS
    if seed >= WIDER:
        widen(schedule)
        choices += WIDE_OPERATIONS
    try:
        for _ in range(random.randint(2, 4)):
            before = operations.before()
            await _one_cycle(schedule)
            operations.note(before)
            for _ in range(random.choice((0, 1, 1, 2))):
                await random.choice(choices)(operations)
            for _ in range(random.choice((0, 1, 2, 3, 8))):
                story.append(schedule.company.edit())
            if random.random() < 0.2:
                story.append(_reconfigure(schedule))
            await clock.sleep(random.choice((60, 2_400, 86_400)))
        await _settle(schedule)
        _inspect(schedule)
        await _expect_silence(schedule)
        await _everything_reset(operations)
    finally:
        engine.close()


async def undo_last(operations: Operations) -> None:
    """The target holds what it held before the run, whatever happened to the undo meanwhile."""
    schedule, engine = operations.schedule, operations.schedule.engine
    cycle = operations.latest()
    if cycle is None or cycle.ended is None or cycle.kind is CycleKind.UNDO:
        return
    if cycle.id == operations.touched:
        return
    if not load_images(engine.open(), cycle.id):
        return
    before = operations.runs[cycle.id]
    for attempt in range(ATTEMPTS):
        kill_at = trouble(operations) if attempt == 0 else 0
        faults = list(schedule.tenant.faults.texts)
        try:
            plan, _ = await undo(engine, cycle, apply_it=False)
            ended: Cycle | None = await apply(engine, plan, kill_at)
        except WorkbenchError as error:
            if not faults:
                raise
            operations.tell(f"no undo {faults}: {error}")
            plan, ended = None, None
        except (KilledError, BaseExceptionGroup):
            if not engine.fuse.dead:
                raise
            engine.close()
            plan, ended = None, None
        operations.tell(f"undo {cycle.id[:4]} {kill_at} {faults} {_short(ended)}")
        await calm(operations)
        settled = not faults or plan is None or not plan.left_alone
        if settled and ended is not None and ended.state is CycleState.SUCCEEDED:
            break
    assert ended is not None
    assert plan is not None
    assert ended.state is CycleState.SUCCEEDED, ended.sentence
    alone = [f"{one.source_id} {one.code} {one.reason}" for one in plan.left_alone]
    assert not alone, alone
    _check_undone(before.content, operations.content())
    operations.either(before)
    operations.note(before)


def _check_undone(before: dict[str, Any], after: dict[str, Any]) -> None:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was != now:
            raise AssertionError(f"undone, {name} is {now} and was {was}")


async def apply_plan(operations: Operations) -> None:
    """Nothing but the plan is written; all of it where nothing has changed since."""
    schedule, random, engine = operations.schedule, operations.random, operations.schedule.engine
    plan = (await engine.rehearse()).plan
    latest = operations.latest()  # one that was cut off leaves what it has done or failed as it is
    whole = random.random() < 0.5 and (latest is None or latest.ended is not None)
    if not whole:
        kept = tuple(one for one in plan.objects if random.random() < 0.7)
        plan = replace(plan, objects=kept)
        if random.random() < 0.5:
            operations.tell(f"meanwhile {schedule.company.edit()}")
    kill_at, before = trouble(operations), operations.before()
    allowed = plan.guard_token if random.random() < 0.7 else ""
    faults = list(schedule.tenant.faults.texts)
    accounts = set(schedule.tenant.everything("/Users"))
    cycle = await engine.cycle(plan.kind, plan=plan, kill_at=kill_at, allowed_guard=allowed)
    operations.tell(f"plan of {len(plan.objects)} applied {kill_at} {faults} {_short(cycle)}")
    operations.note(before)
    sender = engine.sender
    await calm(operations)
    if not faults and sender is not None:
        sent = Counter(_shape(one) for one in writes(sender))
        planned = _planned(plan)
        assert not sent - planned, f"beyond the plan: {sent - planned}"
        completed = cycle is not None and cycle.ended_by is CycleEnd.COMPLETED
        if whole and completed and not kill_at:
            assert sent == planned, f"of the plan were left: {planned - sent}"
    if whole:
        _after_cycle(schedule, cycle, accounts)
    else:
        schedule.oracle.cycle_ran(schedule.rules, False, engine.escrows(), schedule.clock.now())


def _planned(plan: Plan) -> Counter[tuple[str, str]]:
    return Counter(_shape(request) for one in plan.objects for request in one.requests)


def _shape(request: Any) -> tuple[str, str]:
    return request.method, request.path.split("/")[1]


async def on_demand(operations: Operations) -> None:
    """One object, or a group with some members, is as a cycle has it; nobody else changes."""
    schedule, random, engine = operations.schedule, operations.random, operations.schedule.engine
    company, latest = schedule.company, operations.latest()
    if latest is not None and latest.ended is None:
        return  # a run that is gone on with later has what was so before it; this is no part of it
    operations.touched = latest.id if latest is not None else ""
    source_id = random.choice([*company.people, *company.groups])
    members: tuple[str, ...] | None = None
    if source_id in company.groups:
        people = [m for m in company.groups[source_id].attributes["members"] if m in company.people]
        members = tuple(random.sample(people, min(len(people), 3)))
    kill_at, before = trouble(operations), deepcopy(schedule.oracle.beliefs)
    faults, owned = list(schedule.tenant.faults.texts), _owned(schedule)
    entry = await demand(engine, source_id, members, kill_at)
    told = "killed" if entry is None else str(entry)
    if isinstance(entry, ProvisioningLogEntry):
        told = f"{entry.action} {entry.status} {entry.error and entry.error.reason}"
        if not faults:
            taken = entry.error is not None and entry.error.error_code in TAKEN
            assert entry.status is not ProvisioningStatus.FAILURE or taken or engine.escrows(), told
    elif entry is not None and not faults:
        raise entry
    operations.tell(f"on demand {source_id} {members} {kill_at} {faults} {told}")
    await calm(operations)
    chosen = {source_id, *(members or ())}
    changed = {owner for owner, one in _owned(schedule).items() if owned.get(owner) != one}
    strangers = changed - chosen
    assert not strangers, f"provisioned on demand {chosen}, changed {strangers}"
    schedule.oracle.cycle_ran(schedule.rules, False, (), schedule.clock.now())
    for key, states in schedule.oracle.beliefs.items():
        if key not in chosen:
            states.clear()
            states |= before.get(key, {State.NOTHING})


def _owned(schedule: Schedule) -> dict[str, Any]:
    """What belongs to whom, without managers and members, who may be among those chosen."""
    tenant = schedule.tenant
    resources = tenant.everything("/Users") | tenant.everything("/Groups")
    return {
        one["externalId"]: {
            k: v for k, v in one.items() if k in ("id", "userName", "name", "active")
        }
        for one in resources.values()
        if "externalId" in one
    }


async def drift(operations: Operations) -> None:
    """A check finds exactly what was changed by hand and changes nothing; a repair undoes it."""
    schedule, engine = operations.schedule, operations.schedule.engine
    if engine.job.watermark is None or not await is_quiet(operations):
        return
    before, by_hand = _owned(schedule), _change_by_hand(operations)
    tampered = operations.content()
    cycle = await engine.cycle(CycleKind.INCREMENTAL, drift=DriftCheck.REPORT)
    operations.tell(f"drift by hand {by_hand} {_short(cycle)}")
    assert cycle is not None
    assert cycle.ended_by is CycleEnd.COMPLETED
    assert engine.job.drift_found == len(by_hand), f"{engine.job.drift_found} of {by_hand} found"
    assert operations.content() == tampered, "a check of the drift has written"
    for attempt in range(ATTEMPTS):
        kill_at, began = trouble(operations) if attempt == 0 else 0, operations.before()
        cycle = await engine.cycle(CycleKind.INCREMENTAL, drift=DriftCheck.REPAIR, kill_at=kill_at)
        operations.note(began)
        operations.tell(f"repair {kill_at} {schedule.tenant.faults.texts} {_short(cycle)}")
        await calm(operations)
        if attempt and cycle is not None and cycle.state is CycleState.SUCCEEDED:
            break
    # What is repaired is written whole: also a manager who came into the scope meanwhile.
    assert _owned(schedule) == before, "not all that was changed by hand was repaired"


def _change_by_hand(operations: Operations) -> list[str]:
    schedule, random, changed = operations.schedule, operations.random, list[str]()
    for target_id, account in schedule.tenant.everything("/Users").items():
        owner = account.get("externalId", "")
        if schedule.oracle.beliefs.get(owner) != {State.ACTIVE} or random.random() < 0.6:
            continue
        person = schedule.company.people.get(owner)
        if person is None or "surname" not in person.attributes:
            continue
        operation: dict[str, Any] = {"op": "replace", "path": "active", "value": False}
        if random.random() < 0.7:
            operation = {"op": "replace", "path": "name.familyName", "value": "By hand"}
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        schedule.tenant.change(ScimRequest("PATCH", f"/Users/{target_id}", body=body))
        changed.append(owner)
    return changed


async def reset_a_part(operations: Operations) -> None:
    """Forgetting escrows, watermark or quarantine changes nothing of what the target must hold."""
    scope = operations.random.choice(HARMLESS)
    reset_parts(operations.schedule.engine.open(), CONNECTION, frozenset({scope}))
    operations.tell(f"reset {scope}")


async def _everything_reset(operations: Operations) -> None:
    """With the links forgotten everybody is found again: the target stays as it is."""
    engine = operations.schedule.engine
    if engine.escrows():
        return
    before = operations.content()
    engine.restart(full=operations.random.random() < 0.5)
    cycle = await engine.cycle(allowed_guard=engine.job.guard_token)
    operations.tell(f"after a reset {_short(cycle)}")
    if cycle is not None and cycle.ended_by is CycleEnd.COMPLETED:
        assert operations.content() == before, "a reset has changed the target"


OPERATIONS: tuple[Operation, ...] = (
    undo_last,
    undo_last,
    apply_plan,
    on_demand,
    drift,
    reset_a_part,
)
