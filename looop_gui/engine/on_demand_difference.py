"""What a draft of the configuration changes for one object: two results of provision on demand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from looop_gui.engine.plan import PRETENDED_ID
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningLogEntry

ACTION = "action"
REASON = "reason"


@dataclass(frozen=True, slots=True)
class OnDemandDifference:
    """One thing that comes out otherwise: a target attribute, ACTION or REASON.

    None says that the attribute is not written there.
    """

    name: str
    saved: str | None
    draft: str | None


def on_demand_differences(
    saved: ProvisioningLogEntry, draft: ProvisioningLogEntry
) -> tuple[OnDemandDifference, ...]:
    """What the draft does otherwise than the saved configuration, in the order of the draft."""
    found = []
    if (saved.action, saved.status) != (draft.action, draft.status):
        words = [f"{one.action}, {one.status}" for one in (saved, draft)]
        found.append(OnDemandDifference(ACTION, *words))
    reasons = [one.error.reason if one.error else "" for one in (saved, draft)]
    if reasons[0] != reasons[1]:
        found.append(OnDemandDifference(REASON, *reasons))
    before, after = _written(saved.modified_properties), _written(draft.modified_properties)
    for name in dict.fromkeys((*after, *before)):
        pair = before.get(name, _NOT_WRITTEN), after.get(name, _NOT_WRITTEN)
        if pair[0] != pair[1]:
            found.append(OnDemandDifference(name, *(_shown(value) for value in pair)))
    return tuple(found)


_NOT_WRITTEN = object()
_PRETENDED = re.compile(re.escape(PRETENDED_ID) + r"[0-9a-f]+")


def _written(changes: Iterable[ModifiedProperty]) -> dict[str, str | None]:
    """New values by attribute; an id that a dry run made up says nothing."""
    return {
        change.display_name: _PRETENDED.sub(PRETENDED_ID, change.new_value)
        if change.new_value is not None
        else None
        for change in changes
    }


def _shown(value: object) -> str | None:
    """The value; "" where it is taken away."""
    return None if value is _NOT_WRITTEN else str(value or "")
