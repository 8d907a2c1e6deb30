"""One schedule: a random directory, configuration and tenant; then edits, faults and cycles.

Everything follows from the seed. After the last edits the faults end, cycles run until nothing is
left to retry, and the oracle looks at the target; then a further cycle must write nothing.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from looop_gui.model.connection import ConnectionSettings, Dialect, DriftCheck, MatchingStrategy
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ProvisioningScope,
    ScopingFilter,
)
from looop_gui.scim.messages import GROUP_SCHEMA, PATCH_OP, USER_SCHEMA, ScimRequest
from looop_gui.store.provisioning_log import read_rows
from oracle import ENTERPRISE, MANAGED, Inspection, Oracle, Rules
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

FAULTS = (
    *("latency=lognormal:50ms", "latency=exponential:20s", "errors=500@0.1", "errors=502@0.1"),
    *("errors=503@0.1", "error-burst=503:5/20", "error-burst=500:3/10", "html-page=0.1"),
    *("reset-before-write=0.2", "reset-after-write=0.2", "truncated-body=0.1", "broken-json=0.1"),
    *("slow-body=50@0.2", "throttle=requests:5/s,retry-after:date", "maintenance=5s+120s"),
    *("throttle=requests:5/s,retry-after:none", "throttle=github", "throttle=slack"),
    *("token-expiry=20", "disk-full=10", "eventual-consistency=5s", "eventual-consistency=2min"),
    *("reset-after-write=1", "maintenance=1h"),
)
ATTEMPTS = 12
"""How many cycles a day apart may pass until nothing is left to retry."""


class ScheduleError(AssertionError):
    """The target is not what the oracle says; the seed reproduces it."""


@dataclass
class Schedule:
    """The actors of one schedule, and what happened so far."""

    seed: int
    random: Random
    clock: SimulatedClock
    company: SimulatedCompany
    tenant: SimulatedTenant
    engine: SimulatedEngine
    oracle: Oracle
    story: list[str]
    departments: frozenset[str] | None = None
    local: dict[str, dict[str, Any]] | None = None
    local_members: dict[str, set[str]] | None = None
    faulty: bool = True

    @property
    def rules(self) -> Rules:
        return Rules(self.engine.settings, self.departments)


def run_schedule(
    seed: int, *, faulty: bool = True, guarded: bool = False, beyond: bool = False
) -> list[str]:
    """Run the schedule of a seed. Raises ScheduleError with the seed and the story.

    When `guarded`, few deletions are let through, and what is held back is allowed at times. With
    `beyond` there is a grace period, and what is changed in the target is repaired.
    """
    story: list[str] = []
    try:
        with simulated_folder() as folder:
            run_simulated(lambda clock: _play(seed, folder, clock, story, faulty, guarded, beyond))
    except Exception as error:
        told = "\n".join(f"  {line}" for line in story)
        how = ("" if faulty else ", faulty=False") + (", guarded=True" if guarded else "")
        how += ", beyond=True" if beyond else ""
        raise ScheduleError(f"run_schedule({seed}{how}): {error}\n{told}") from error
    return story


async def _play(
    seed: int,
    folder: Any,
    clock: SimulatedClock,
    story: list[str],
    faulty: bool,
    guarded: bool,
    beyond: bool,
) -> None:
    schedule = _prepared(seed, folder, clock, story, faulty)
    random = schedule.random
    if beyond:
        days = random.choice((0, 1, 2, 30))
        schedule.engine.configure(
            delete_grace_days=days,
            drift_check=DriftCheck.REPAIR,
            drift_hours=0,
            skip_out_of_scope_deletions=False,
        )
        story.append(f"grace period of {days} days, drift is repaired")
    if guarded:
        threshold = random.randint(0, 2)
        schedule.engine.configure(prevent_accidental_deletion=True, deletion_threshold=threshold)
        story.append(f"at most {threshold} deletions")
    try:
        for _ in range(random.randint(2, 5)):
            await _one_cycle(schedule)
            for _ in range(random.choice((0, 1, 2, 3, 8))):
                story.append(schedule.company.edit())
            if random.random() < 0.25:
                story.append(_reconfigure(schedule))
            await clock.sleep(random.choice((60, 2_400, 86_400)))
            if beyond:
                _tamper(schedule)
        await _settle(schedule)
        _inspect(schedule)
        await _expect_silence(schedule)
    finally:
        schedule.engine.close()


def _prepared(
    seed: int, folder: Any, clock: SimulatedClock, story: list[str], faulty: bool
) -> Schedule:
    random = Random(seed)
    company = SimulatedCompany(Random(random.random()))
    company.fill(random.randint(1, 14), random.randint(0, 4))
    tenant = SimulatedTenant(clock, seed)
    settings = ConnectionSettings(
        scope=random.choice(list(ProvisioningScope)),
        prevent_accidental_deletion=False,
        skip_out_of_scope_deletions=random.random() < 0.2,
        supports_soft_delete=random.random() < 0.8,
        member_batch_size=random.choice((1, 2, 100)),
        concurrency=random.choice((1, 2, 8)),
        matching=random.choice(list(MatchingStrategy)),
        separate_references=random.random() < 0.4,
        relink_references=random.random() < 0.5,
        adapt_dialect=random.random() < 0.8,
    )
    engine = SimulatedEngine(tenant, folder, random, company.snapshot, settings)
    engine.target = replace(engine.target, dialect=random.choice(list(Dialect)))
    story.append(f"{settings} {engine.target.dialect}")
    oracle = Oracle(company)
    schedule = Schedule(seed, random, clock, company, tenant, engine, oracle, story, faulty=faulty)
    _add_locals(schedule)
    return schedule


def _add_locals(schedule: Schedule) -> None:
    """Accounts that were there before: some of strangers, some of people who will be matched."""
    random, tenant, company = schedule.random, schedule.tenant, schedule.company
    schedule.local, schedule.local_members = {}, {}
    names = [f"local{n}@looop.example" for n in range(random.randint(0, 3))]
    people = list(company.people.values())
    known = random.sample(people, min(len(people), random.randint(0, 3)))
    stranger = ""
    for name in names:
        stranger = tenant.local("/Users", _local_user(name, "Stranger"))
    for person in known:
        name = person.attributes["userPrincipalName"]
        body = _local_user(name.upper() if random.random() < 0.3 else name, "Before")
        tenant.local("/Users", body)
        schedule.oracle.was_local(person.id, "surname", "Before")
        schedule.oracle.was_local(person.id, "givenName", "Local")
        schedule.oracle.was_local(person.id, "department", "Local department")
    for group in random.sample(list(company.groups.values()), min(1, len(company.groups))):
        body = {"schemas": [GROUP_SCHEMA], "displayName": group.attributes["displayName"]}
        body["members"] = [{"value": stranger}] if stranger else []
        group_id = tenant.local("/Groups", body)
        schedule.local_members[group_id] = {stranger}
    schedule.local |= tenant.everything("/Users") | tenant.everything("/Groups")


def _local_user(name: str, surname: str) -> dict[str, Any]:
    return {
        "schemas": [USER_SCHEMA, ENTERPRISE],
        "userName": name,
        "active": True,
        "name": {"givenName": "Local", "familyName": surname},
        ENTERPRISE: {"department": "Local department"},
    }


async def _one_cycle(schedule: Schedule) -> None:
    random, tenant = schedule.random, schedule.tenant
    tenant.faults.clear()
    more: dict[str, Any] = {}
    if schedule.faulty:
        for text in random.sample(FAULTS, random.choice((0, 0, 1, 1, 2, 3))):
            tenant.faults.switch_on(text)
        chance = random.random()
        if chance < 0.3:
            more["kill_at"] = random.randint(1, random.choice((10, 40, 150)))
        elif chance < 0.4:
            more["stop_after"] = random.randint(1, 40)
        elif chance < 0.5:
            first = random.randint(1, 12)
            more["full"] = range(first, first + random.choice((1, 2, 50)))
    kind = random.choice((None, None, None, CycleKind.INITIAL))
    before = set(tenant.everything("/Users"))
    cycle = await schedule.engine.cycle(kind, **more)
    schedule.story.append(f"cycle {more} {tenant.faults.texts} {_short(cycle)}")
    tenant.faults.clear()
    await schedule.clock.sleep(300)
    _after_cycle(schedule, cycle, before)
    if _held_back(schedule, cycle) and random.random() < 0.5:
        await _allow_once(schedule, before)


def _tamper(schedule: Schedule) -> None:
    """An administrator of the target changes accounts that the cycles keep."""
    random, tenant = schedule.random, schedule.tenant
    for target_id, account in tenant.everything("/Users").items():
        states = schedule.oracle.beliefs.get(account.get("externalId", ""), set())
        if not states or not states <= MANAGED or random.random() > 0.2:
            continue
        if random.random() < 0.5:
            operation = {"op": "replace", "path": "active", "value": not account["active"]}
        else:
            operation = {"op": "replace", "path": "name.familyName", "value": "By hand"}
            # It stays with whoever leaves: nothing but active is written then.
            schedule.oracle.was_local(account["externalId"], "surname", "By hand")
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        tenant.change(ScimRequest("PATCH", f"/Users/{target_id}", body=body))
        schedule.story.append(f"by hand {account['externalId']}: {operation}")


def _held_back(schedule: Schedule, cycle: Cycle | None) -> bool:
    """True when a guard stopped a cycle, which must not have written anything then."""
    if cycle is None or cycle.ended_by is not CycleEnd.GUARD:
        return False
    sender = schedule.engine.sender
    if sender is None or sender.written:
        raise AssertionError("a guard stopped the cycle after it had written")
    return True


async def _allow_once(schedule: Schedule, before: set[str]) -> Cycle | None:
    """The next cycle, in which exactly what was held back may pass."""
    token = schedule.engine.job.guard_token
    cycle = await schedule.engine.cycle(allowed_guard=token)
    schedule.story.append(f"allowed once {_short(cycle)}")
    if _held_back(schedule, cycle):
        raise AssertionError("what was allowed was held back again")
    await schedule.clock.sleep(300)
    _after_cycle(schedule, cycle, before)
    return cycle


def _after_cycle(schedule: Schedule, cycle: Cycle | None, before: set[str]) -> None:
    completed = cycle is not None and cycle.ended_by is CycleEnd.COMPLETED
    failing = schedule.engine.escrows()
    began = cycle.began if cycle is not None else None
    schedule.oracle.cycle_ran(schedule.rules, completed, failing, began)
    if cycle is not None:
        _check_log(schedule, cycle)
    if completed and not schedule.faulty and not failing:
        assert cycle is not None
        new = set(schedule.tenant.everything("/Users")) - before
        if len(new) != cycle.users.created:
            raise AssertionError(f"{len(new)} accounts are new, {cycle.users} were counted")
        _inspect(schedule, references=False)


def _check_log(schedule: Schedule, cycle: Cycle) -> None:
    """The log has an object for everything that was counted.

    What a guard held back is in the log and counted as nothing: no outcome was had.
    """
    if cycle.ended_by is CycleEnd.GUARD:
        return
    rows = read_rows(schedule.engine.open(), LogFilter(CONNECTION, cycle_id=cycle.id), limit=10_000)
    strongest: dict[str, str] = {}
    for row in rows:
        word = _WORDS.get(row.action, "skipped") if row.status != "failure" else "failed"
        word = "skipped" if row.status == "skipped" else word
        before = strongest.get(row.source_id, "skipped")
        strongest[row.source_id] = max(before, word, key=_STRENGTH.index)
    counted = cycle.users + cycle.groups
    for word in _STRENGTH:
        logged = sorted(one for one, found in strongest.items() if found == word)
        if getattr(counted, word) != len(logged):
            raise AssertionError(f"{counted} but {word} in the log are {logged}")


_WORDS = {"create": "created", "update": "updated", "disable": "disabled", "delete": "deleted"}
_STRENGTH = ("skipped", "updated", "disabled", "deleted", "created", "failed")


def _reconfigure(schedule: Schedule) -> str:
    random, engine = schedule.random, schedule.engine
    chance = random.random()
    if chance < 0.4:
        engine.configure(scope=random.choice(list(ProvisioningScope)))
        return f"scope {engine.settings.scope}"
    if chance < 0.6:
        engine.restart()
        return "restart"
    names = random.choice((None, ("Sales",), ("R&D", "Sales")))
    schedule.departments = None if names is None else frozenset(names)
    clauses = tuple(
        FilterGroup(name, (FilterClause("department", FilterOperator.EQUALS, name),))
        for name in names or ()
    )
    mapping = replace(engine.schema.user_mapping, scope=ScopingFilter(clauses))
    engine.schema = replace(engine.schema, user_mapping=mapping)
    return f"departments {names}"


async def _settle(schedule: Schedule) -> None:
    """Cycles without faults until nothing is left to retry; then a restart, as f.5 asks for."""
    for attempt in range(ATTEMPTS):
        await schedule.clock.sleep(timedelta(hours=25).total_seconds())
        if attempt == 1:
            schedule.engine.restart()
        before = set(schedule.tenant.everything("/Users"))
        cycle = await schedule.engine.cycle()
        schedule.story.append(f"quiet cycle {_short(cycle)}")
        if _held_back(schedule, cycle):
            cycle = await _allow_once(schedule, before)
        elif cycle is not None:
            _after_cycle(schedule, cycle, before)
        if cycle is None or cycle.ended_by is not CycleEnd.COMPLETED:
            raise AssertionError(f"a cycle without faults ended so: {cycle}")
        if attempt > 1 and cycle.state is CycleState.SUCCEEDED:
            return
    schedule.story.append(f"still failing: {schedule.engine.escrows()}")


def _inspect(schedule: Schedule, *, references: bool = True) -> None:
    inspection = Inspection(
        oracle=schedule.oracle,
        users=schedule.tenant.everything("/Users"),
        groups=schedule.tenant.everything("/Groups"),
        local=schedule.local or {},
        local_members=schedule.local_members or {},
        failing=schedule.engine.escrows(),
        rules=schedule.rules,
        references=references,
    )
    faults = inspection.inspect()
    if faults:
        raise AssertionError("; ".join(faults))


async def _expect_silence(schedule: Schedule) -> None:
    """Neither the next cycle nor a restart has anything to write."""
    for restarts in (False, True):
        if restarts:
            schedule.engine.restart()
        cycle = await schedule.engine.cycle()
        sender = schedule.engine.sender
        assert sender is not None
        failing = schedule.engine.escrows()
        writes = [one for one in sender.written if not failing]
        if writes:
            raise AssertionError(f"a cycle with nothing to do wrote {writes[0]} ({_short(cycle)})")


def _short(cycle: Cycle | None) -> str:
    if cycle is None:
        return "killed"
    users, groups = cycle.users, cycle.groups
    return f"{cycle.kind} {cycle.state} {cycle.ended_by} {users} {groups} {cycle.sentence}"
