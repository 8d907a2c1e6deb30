"""What provision on demand puts into the journal, and when it is known what became of it."""

from collections.abc import Iterable
from datetime import datetime

from looop_gui.engine.conversation import ObjectOutcome
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState
from looop_gui.model.provisioning_log import WireExchange

CUT_OFF = (
    "Provision on demand was cut off before the first cycle. The next cycle looks in the target "
    "for what was being written."
)

_SERVER_ERROR = 500


def standing_in(identifier: str, connection_id: str, began: datetime) -> Cycle:
    """The row of an on demand before the first cycle of all, as it is told where it was cut off."""
    return Cycle(
        identifier,
        connection_id,
        CycleKind.INITIAL,
        CycleState.FAILED,
        began,
        began,
        sentence=CUT_OFF,
        ended_by=CycleEnd.CRASH,
    )


def is_in_doubt(outcome: ObjectOutcome, exchanges: Iterable[WireExchange]) -> bool:
    """True for a failure after which it is not known whether a write has arrived."""
    return outcome.failed and any(
        one.method != "GET" and (one.status == 0 or one.status >= _SERVER_ERROR)
        for one in exchanges
    )
