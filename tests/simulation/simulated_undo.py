"""Undoing a run of the simulated engine, and a tenant's content as an undo is to restore it."""

import asyncio
import re
from dataclasses import replace
from typing import Any

from looop_gui.model.job import Cycle
from looop_gui.model.plan import Plan
from looop_gui.model.undo import UndoOrder
from looop_gui.services.cycle_launch import CycleSetting
from looop_gui.services.undo_run import rehearse_undo, run_undo
from simulated_engine import SimulatedEngine, SimulatedWorker
from simulated_target import Fuse, SimulatedTenant

ADDED_BY_TARGET = ("id", "meta", "$ref", "groups", "schemas", "display", "displayName")


async def undo(
    engine: SimulatedEngine, cycle: Cycle, *, apply_it: bool = True
) -> tuple[Plan, Cycle]:
    """The plan of the undo of a cycle, and how it ended; the cycle itself if not applied."""
    order = UndoOrder(cycle.id, cycle.began.isoformat())
    plan = (await rehearse_undo(_setting(engine), asyncio.Event(), order)).plan
    assert engine.sender is not None
    assert engine.sender.written == []
    return plan, await apply(engine, plan) if apply_it else cycle


async def apply(engine: SimulatedEngine, plan: Plan, kill_at: int = 0) -> Cycle:
    """Carry out the plan of an undo; what a guard holds back of it is allowed."""
    setting = replace(_setting(engine, kill_at), plan=plan, allowed_guard=plan.guard_token)
    return await run_undo(setting, stopping=asyncio.Event(), tell=lambda *_: None)


def _setting(engine: SimulatedEngine, kill_at: int = 0) -> CycleSetting:
    fuse = engine.fuse = Fuse(kill_at)
    return engine._setting(engine._new_sender(fuse), SimulatedWorker(engine.open(), fuse))


def content(tenant: SimulatedTenant) -> dict[str, Any]:
    """All resources by name."""
    resources = tenant.everything("/Users") | tenant.everything("/Groups")
    names = {
        key: f"{one.get('userName', '')}/{one.get('displayName', '')}"
        if "userName" in one
        else f"group {one['displayName']}"
        for key, one in resources.items()
    }
    return {names[key]: _named(one, names) for key, one in resources.items()}


def _named(value: Any, names: dict[str, str], depth: int = 0) -> Any:
    if isinstance(value, dict):
        left_out = ADDED_BY_TARGET if depth else ("id", "meta", "groups", "schemas")
        kept = {k: _named(v, names, depth + 1) for k, v in value.items() if k not in left_out}
        return {k: v for k, v in kept.items() if v not in (None, [], {}, "")}
    if isinstance(value, list):
        return sorted((_named(item, names, depth + 1) for item in value), key=repr)
    if isinstance(value, str) and _ID.fullmatch(value):
        return names.get(value, "somebody who is gone")
    return value


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
