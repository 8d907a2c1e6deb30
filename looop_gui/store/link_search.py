"""Links for a list on the screen: searched, paged, one by one."""

import sqlite3
from datetime import datetime

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.store.database import Database

_COLUMNS = (
    "source_id, target_id, object_type, display_name, managed, disabled, source_digest, manager,"
    " leaving_since"
)


def find_links(
    database: Database,
    job: int,
    text: str = "",
    object_type: ObjectType | None = None,
    *,
    offset: int = 0,
    limit: int = 200,
) -> tuple[int, tuple[Link, ...]]:
    """How many links have the text in a name or id, and a page of them by name.

    The members of groups are left out.
    """
    conditions = "job = ?"
    values: list[object] = [job]
    for word in text.split():
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        conditions += (
            " AND (display_name LIKE ? ESCAPE '\\' OR source_id LIKE ? ESCAPE '\\'"
            " OR target_id LIKE ? ESCAPE '\\')"
        )
        values += [f"%{escaped}%"] * 3
    if object_type is not None:
        conditions += " AND object_type = ?"
        values.append(object_type)
    with database.reading() as connection:
        total = connection.execute(
            f"SELECT count(*) FROM links WHERE {conditions}",  # noqa: S608 - constants
            values,
        ).fetchone()[0]
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM links WHERE {conditions}"  # noqa: S608 - constants
            " ORDER BY display_name COLLATE NOCASE, source_id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
    links = (_link(row) for row in rows)
    return int(total), tuple(links)


def leaving_links(database: Database, job: int) -> list[Link]:
    """The links that wait to be deleted, the longest waiting first; without members."""
    with database.reading() as connection:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM links WHERE job = ? AND leaving_since IS NOT NULL"  # noqa: S608 - constants
            " ORDER BY leaving_since, source_id",
            (job,),
        ).fetchall()
    return [_link(row) for row in rows]


def _link(row: sqlite3.Row) -> Link:
    leaving_since = row["leaving_since"]
    return Link(
        source_id=row["source_id"],
        target_id=row["target_id"],
        object_type=ObjectType(row["object_type"]),
        display_name=row["display_name"],
        managed=bool(row["managed"]),
        disabled=bool(row["disabled"]),
        source_digest=row["source_digest"],
        manager=row["manager"],
        leaving_since=datetime.fromisoformat(leaving_since) if leaving_since else None,
    )
