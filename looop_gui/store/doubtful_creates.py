"""Which creates of a run may have arrived though nobody knows: for its undo."""

from dataclasses import dataclass, field
from datetime import datetime

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import HINTS_APART
from looop_gui.store.database import Database
from looop_gui.store.escrows import load_escrows
from looop_gui.store.journal import intents_of


@dataclass(frozen=True, slots=True)
class DoubtfulCreates:
    """When a run began and ended, and by source id what it may have created: the names."""

    began: datetime | None = None
    ended: datetime | None = None
    names: dict[str, tuple[ObjectType, tuple[str, ...]]] = field(default_factory=dict)


def doubtful_creates(database: Database, cycle_id: str) -> DoubtfulCreates:
    """Those that were on their way when the run ended, and those that failed so in it."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT number, job, began, ended FROM cycles WHERE id = ?", (cycle_id,)
        ).fetchone()
    if row is None:
        return DoubtfulCreates()
    number, job, began, ended = row
    began = datetime.fromisoformat(began)
    ended = datetime.fromisoformat(ended) if ended else None
    names: dict[str, tuple[ObjectType, tuple[str, ...]]] = {}
    for key, escrow in load_escrows(database, job).items():
        within = began <= escrow.first_failure and (ended is None or escrow.first_failure <= ended)
        if escrow.unsure and within:
            names[key] = (escrow.object_type, (escrow.unsure,))
    for key, hint in intents_of(database, job, number).items():
        hints = [one.partition(" ") for one in hint.split(HINTS_APART) if one]
        if hints:
            more = names[key][1] if key in names else ()
            known = dict.fromkeys((*more, *(name for _, _, name in hints)))
            names[key] = (ObjectType(hints[0][0]), tuple(known))
    return DoubtfulCreates(began, ended, names)
