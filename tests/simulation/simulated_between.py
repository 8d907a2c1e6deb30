"""What the operations between the cycles of a random schedule share."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleState
from looop_gui.scim.messages import ScimRequest
from looop_gui.store.cycles import recent_cycles
from oracle import State
from simulated_engine import CONNECTION
from simulated_schedule import FAULTS, Schedule, _after_cycle, _short
from simulated_target import SimulatedSender
from simulated_undo import content

ATTEMPTS = 4


@dataclass
class Before:
    """What was so before a run: the target, and what the oracle believed."""

    content: dict[str, Any]
    beliefs: dict[str, set[State]]
    since: dict[str, datetime]


@dataclass
class Operations:
    """A schedule with what was so before each of its runs, by cycle id.

    `touched` is the run after which somebody was provisioned on demand.
    """

    schedule: Schedule
    runs: dict[str, Before] = field(default_factory=dict)
    touched: str = ""

    @property
    def random(self) -> Random:
        return self.schedule.random

    def content(self) -> dict[str, Any]:
        return content(self.schedule.tenant)

    def tell(self, words: str) -> None:
        self.schedule.story.append(words)

    def latest(self) -> Cycle | None:
        rows = recent_cycles(self.schedule.engine.open(), CONNECTION)
        return rows[0] if rows else None

    def before(self) -> Before:
        oracle = self.schedule.oracle
        return Before(self.content(), deepcopy(oracle.beliefs), dict(oracle.since))

    def note(self, before: Before) -> None:
        """A run, or a part of one, has begun with this."""
        for row in recent_cycles(self.schedule.engine.open(), CONNECTION):
            self.runs.setdefault(row.id, before)

    def either(self, before: Before) -> None:
        """What was believed before is possible again; who was disabled by it waits anew."""
        oracle = self.schedule.oracle
        for source_id, states in oracle.beliefs.items():
            states |= before.beliefs.get(source_id, {State.NOTHING})
        for key in oracle.since.keys() - before.since.keys():
            is_user = oracle.kinds.get(key) is ObjectType.USER
            if is_user and State.ACTIVE in before.beliefs.get(key, ()):
                del oracle.since[key]


def trouble(operations: Operations) -> int:
    """Switch faults on at times; gives the step at which to crash, 0 for none."""
    schedule, random = operations.schedule, operations.random
    schedule.tenant.faults.clear()
    if not schedule.faulty:
        return 0
    for text in random.sample(FAULTS, random.choice((0, 1, 2))):
        schedule.tenant.faults.switch_on(text)
    return random.randint(1, random.choice((10, 40, 100))) if random.random() < 0.4 else 0


async def calm(operations: Operations) -> None:
    """The trouble is over."""
    operations.schedule.tenant.faults.clear()
    await operations.schedule.clock.sleep(300)


async def is_quiet(operations: Operations) -> bool:
    """True when a cycle has nothing to do, so that all there is to find is drift."""
    schedule, engine = operations.schedule, operations.schedule.engine
    for _ in range(2):
        users = set(schedule.tenant.everything("/Users"))
        before = operations.before()
        cycle = await engine.cycle()
        operations.note(before)
        operations.tell(f"before the drift {_short(cycle)}")
        _after_cycle(schedule, cycle, users)
    sender = engine.sender
    done = cycle is not None and cycle.state is CycleState.SUCCEEDED
    return done and sender is not None and not sender.written and not engine.escrows()


def writes(sender: SimulatedSender) -> list[ScimRequest]:
    """The writes that were sent, those of a bulk request one by one."""
    found: list[ScimRequest] = []
    for one in sender.written:
        if one.path == "/Bulk" and one.body is not None:
            found += [ScimRequest(op["method"], op["path"]) for op in one.body["Operations"]]
        else:
            found.append(one)
    return found
