"""What must be confirmed before an undo writes: many deletes or disables at once (section f.8)."""

from dataclasses import replace
from hashlib import blake2b

from looop_gui.engine.guard_verdict import UNSENT, Guard
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.plan import GuardedObject, Plan, PlanGuard, PlannedObject
from looop_gui.model.provisioning_log import ProvisioningAction

_DESTROYING = (ProvisioningAction.DELETE, ProvisioningAction.DISABLE)


def undo_guard(plan: Plan, settings: ConnectionSettings) -> PlanGuard | None:
    """Accidental deletion prevention about the plan of an undo; None when it does not object."""
    destroyed = _destroyed(plan)
    if not settings.prevent_accidental_deletion or len(destroyed) <= settings.deletion_threshold:
        return None
    return PlanGuard(
        guard=Guard.ACCIDENTAL_DELETION,
        sentence=f"This undo would delete or disable {len(destroyed)} people and groups, more than "
        f"the threshold of {settings.deletion_threshold}.",
        next_step="Look at who it concerns. Allow it once, or leave some of them out.",
        objects=tuple(
            GuardedObject(one.object_type, one.source_id, one.source_name, one.action.value)
            for one in destroyed
        ),
        most=settings.deletion_threshold,
    )


def guarded(plan: Plan, settings: ConnectionSettings) -> Plan:
    """The plan of an undo with what the guard says about it."""
    guard = undo_guard(plan, settings)
    if guard is None:
        return replace(plan, guard="", guards=(), guard_token="")
    sentence = f"{guard.sentence} {UNSENT}"
    return replace(plan, guard=sentence, guards=(guard,), guard_token=undo_token(plan))


def undo_token(plan: Plan) -> str:
    """Names the cycle that is undone and exactly what the plan would delete or disable."""
    held = sorted(f"{one.object_type} {one.source_id} {one.action}" for one in _destroyed(plan))
    cycle_id = plan.undo.cycle_id if plan.undo is not None else ""
    text = "\n".join((cycle_id, *held))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _destroyed(plan: Plan) -> list[PlannedObject]:
    return [one for one in plan.objects if one.action in _DESTROYING]
