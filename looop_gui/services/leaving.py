"""Who waits to be deleted, and until when: the grace period of a connection as a list."""

from dataclasses import dataclass
from datetime import datetime

from looop_gui.engine.grace import deletion_time
from looop_gui.model.connection import Connection
from looop_gui.model.directory import ObjectType
from looop_gui.store.database import Database
from looop_gui.store.jobs import load_job
from looop_gui.store.link_search import leaving_links


@dataclass(frozen=True, slots=True)
class LeavingObject:
    """A person or group that waits, by the name in the target; `until` is when it is deleted."""

    object_type: ObjectType
    source_id: str
    name: str
    since: datetime
    until: datetime


def read_leaving(database: Database, connection: Connection) -> list[LeavingObject]:
    """Everybody who waits to be deleted, the next one first. Raises StoreError."""
    job = load_job(database, connection.id)
    days = connection.settings.delete_grace_days
    found = []
    for link in leaving_links(database, job.number) if job is not None else ():
        until = deletion_time(link, days)
        if link.leaving_since is not None and until is not None:
            found.append(
                LeavingObject(
                    link.object_type, link.source_id, link.display_name, link.leaving_since, until
                )
            )
    return found
