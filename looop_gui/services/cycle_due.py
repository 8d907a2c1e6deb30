"""What a cycle has to do though its source is as it was."""

from datetime import datetime

from looop_gui.engine.grace import deletion_is_due
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.job import CycleKind
from looop_gui.services.cycle_resuming import StoredState


def may_rest(
    state: StoredState, settings: ConnectionSettings, kind: CycleKind, now: datetime
) -> bool:
    """True when there is nothing to do as long as the source is as at the watermark."""
    if kind is CycleKind.INITIAL or state.escrows or settings.relink_references:
        return False
    if state.journal.results or state.journal.pending:
        return False
    days = settings.delete_grace_days
    return not any(deletion_is_due(link, days, now) for link in state.links.values())
