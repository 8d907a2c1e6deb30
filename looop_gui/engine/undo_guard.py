"""What must be confirmed before an undo writes: many deletes or disables at once (section f.8)."""

from hashlib import blake2b

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningAction

_DESTROYING = (ProvisioningAction.DELETE, ProvisioningAction.DISABLE)


def undo_guard(plan: Plan, settings: ConnectionSettings) -> str:
    """The sentence of accidental deletion prevention about the plan of an undo, or ""."""
    number = sum(planned.action in _DESTROYING for planned in plan.objects)
    if not settings.prevent_accidental_deletion or number <= settings.deletion_threshold:
        return ""
    return (
        f"This undo would delete or disable {number} people and groups, more than the threshold of "
        f"{settings.deletion_threshold}. Nothing was sent to the target."
    )


def undo_token(plan: Plan) -> str:
    """Names the cycle that is undone and exactly what the plan would delete or disable."""
    held = sorted(
        f"{planned.object_type} {planned.source_id} {planned.action}"
        for planned in plan.objects
        if planned.action in _DESTROYING
    )
    cycle_id = plan.undo.cycle_id if plan.undo is not None else ""
    text = "\n".join((cycle_id, *held))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
