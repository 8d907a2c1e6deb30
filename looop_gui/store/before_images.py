"""Before-images: what each cycle found before it wrote, in the order in which it wrote.

They are kept apart from the journal, which a cycle clears at its end. Each has a row, in which the
paths of attributes, which are the same for everybody, are named by number. What a cycle created is
most of an initial cycle and had nothing before: hundreds of those are stored together, compressed.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import zstandard

from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.store.database import Database
from looop_gui.store.rows import insert_rows

KEPT_CYCLES = 50
"""Of so many cycles of a job, the latest that wrote something, before-images are kept."""

STEP_IMAGES = 500
DROPPED_AT_ONCE = 5_000

PACKED_IMAGES = 256
"""So many images are stored together at most; so they can be deleted in small steps."""

_PACK = "pack"
"""Stands in `kind` for a row with several images of what was created."""

_LEVEL = 1
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder()
_decode_pack = msgspec.msgpack.Decoder(list[BeforeImage]).decode

_FIRST_ROWS = (
    "SELECT number FROM (SELECT number, sum(images) OVER (ORDER BY number) - images AS before"
    " FROM before_images WHERE cycle = ?) WHERE before < ?"
)
"""The rows of a cycle from its first on, until so many images are in them."""


def save_images(connection: sqlite3.Connection, cycle: int, images: Sequence[BeforeImage]) -> None:
    """Store what a cycle found. Called inside a transaction."""
    for created, some in groupby(images, key=lambda one: one.kind is ImageKind.CREATED):
        (_save_packed if created else _save_each)(connection, cycle, tuple(some))


def _save_packed(connection: sqlite3.Connection, cycle: int, images: Sequence[BeforeImage]) -> None:
    compress = zstandard.ZstdCompressor(level=_LEVEL).compress
    for start in range(0, len(images), PACKED_IMAGES):
        pack = images[start : start + PACKED_IMAGES]
        connection.execute(
            "INSERT INTO before_images"
            " (cycle, kind, object_type, source_id, target_id, content, images)"
            " VALUES (?, ?, '', '', '', ?, ?)",
            (cycle, _PACK, compress(_ENCODER.encode(pack)), len(pack)),
        )


def _save_each(connection: sqlite3.Connection, cycle: int, images: Sequence[BeforeImage]) -> None:
    paths = _paths(connection, images)
    insert_rows(
        connection,
        "INSERT INTO before_images (cycle, kind, object_type, source_id, target_id, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (cycle, one.kind, one.object_type, one.source_id, one.target_id, _content(one, paths))
            for one in images
        ],
    )


def save_ahead(
    connection: sqlite3.Connection, cycle: int, images: Sequence[tuple[str, BeforeImage]]
) -> None:
    """Store what writes of a cycle, each of a pass, are about to change.

    Called inside a transaction.
    """
    paths = _paths(connection, [one for _, one in images])
    insert_rows(
        connection,
        "INSERT INTO before_images"
        " (cycle, kind, object_type, source_id, target_id, content, ahead)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(cycle, one.kind, one.object_type, one.source_id, one.target_id),
                *(_content(one, paths), which),
            )
            for which, one in images
        ],
    )


def drop_ahead(
    connection: sqlite3.Connection, cycle: int, settled: Iterable[tuple[str, str]]
) -> None:
    """Forget what was kept ahead of writes whose outcome is stored: pass and source id.

    Called inside a transaction.
    """
    connection.executemany(
        "DELETE FROM before_images WHERE cycle = ? AND ahead = ? AND source_id = ?",
        [(cycle, which, source_id) for which, source_id in settled],
    )


def keep_ahead(database: Database, cycle: int) -> frozenset[str]:
    """Keep for good what a cycle that was cut off had kept ahead of writes; gives the source ids.

    Whoever goes on with it looks at the target, and keeps anew what it finds there.
    """
    with database.transaction() as connection:
        rows = connection.execute(
            "SELECT source_id FROM before_images WHERE cycle = ? AND ahead IS NOT NULL", (cycle,)
        ).fetchall()
        connection.execute(
            "UPDATE before_images SET ahead = NULL WHERE cycle = ? AND ahead IS NOT NULL", (cycle,)
        )
    return frozenset(str(row[0]) for row in rows)


def load_images(database: Database, cycle_id: str) -> list[BeforeImage]:
    """What a cycle found, in the order in which it wrote."""
    with database.reading() as connection:
        paths = {number: path for path, number in _known_paths(connection).items()}
        rows = connection.execute(
            "SELECT kind, object_type, source_id, target_id, content FROM before_images"
            " WHERE cycle = (SELECT number FROM cycles WHERE id = ?) ORDER BY number",
            (cycle_id,),
        ).fetchall()
    return [image for row in rows for image in _images(row, paths)]


def deleted_images(database: Database, connection_id: str, limit: int) -> list[BeforeImage]:
    """What the cycles of a connection have deleted, the latest first; undone deletions, too."""
    with database.reading() as connection:
        paths = {number: path for path, number in _known_paths(connection).items()}
        rows = connection.execute(
            "SELECT kind, object_type, source_id, target_id, content FROM before_images"
            " WHERE kind = ? AND cycle IN (SELECT cycles.number FROM cycles"
            " JOIN jobs ON jobs.number = cycles.job WHERE jobs.connection_id = ?)"
            " ORDER BY number DESC LIMIT ?",
            (ImageKind.DELETED, connection_id, limit),
        ).fetchall()
    return [_image(row, paths) for row in rows]


def newest_images(
    database: Database, connection_id: str, source_ids: Sequence[str]
) -> list[BeforeImage]:
    """What was found before some objects of a connection were written, the newest first."""
    wanted = frozenset(source_ids)
    chosen = msgspec.json.encode(source_ids).decode()
    with database.reading() as connection:
        paths = {number: path for path, number in _known_paths(connection).items()}
        rows = connection.execute(
            "SELECT kind, object_type, source_id, target_id, content FROM before_images"
            " WHERE (kind = ? OR source_id IN (SELECT value FROM json_each(?)))"
            " AND cycle IN (SELECT cycles.number FROM cycles"
            " JOIN jobs ON jobs.number = cycles.job WHERE jobs.connection_id = ?)"
            " ORDER BY number DESC",
            (_PACK, chosen, connection_id),
        ).fetchall()
    found = (image for row in rows for image in reversed(_images(row, paths)))
    return [image for image in found if image.source_id in wanted]


def images_of_cycles(database: Database, connection_id: str) -> dict[str, int]:
    """How many before-images each cycle of a connection has, by cycle id."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT cycles.id, sum(images) FROM before_images"
            " JOIN cycles ON cycles.number = before_images.cycle"
            " JOIN jobs ON jobs.number = cycles.job WHERE jobs.connection_id = ?"
            " GROUP BY cycles.id",
            (connection_id,),
        ).fetchall()
    return {str(row[0]): int(row[1]) for row in rows}


def jobs_with_images(database: Database) -> tuple[int, ...]:
    """The jobs whose cycles have before-images."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT DISTINCT job FROM cycles WHERE number IN (SELECT cycle FROM before_images)"
        ).fetchall()
    return tuple(int(row[0]) for row in rows)


def delete_old_images(
    database: Database,
    job: int,
    before: datetime | None,
    keep: int = KEPT_CYCLES,
    limit: int = STEP_IMAGES,
) -> int:
    """Delete a job's images that are too old or of too early a cycle, until `limit` are gone.

    Returns how many, which may be more for those that stand together. Without `before`, age does
    not count.
    """
    with database.transaction() as connection:
        cycles = connection.execute(
            "SELECT number, began FROM cycles WHERE job = ? AND number IN"
            " (SELECT cycle FROM before_images) ORDER BY number DESC",
            (job,),
        ).fetchall()
        gone = [
            number
            for place, (number, began) in enumerate(cycles)
            if place >= keep or (before is not None and datetime.fromisoformat(began) < before)
        ]
        deleted = 0
        for number in gone:
            deleted += _delete_first(connection, number, limit - deleted)
            if deleted >= limit:
                break
    return deleted


def drop_surplus_images(connection: sqlite3.Connection, job: int) -> None:
    """Forget the earliest cycle beyond those that are kept, or a part of it if it is large.

    Called at the end of each cycle, so that it also happens where nothing else tidies. Called
    inside a transaction.
    """
    row = connection.execute(
        "SELECT number FROM cycles WHERE job = ? AND EXISTS"
        " (SELECT 1 FROM before_images WHERE cycle = cycles.number)"
        " ORDER BY number DESC LIMIT 1 OFFSET ?",
        (job, KEPT_CYCLES),
    ).fetchone()
    if row is not None:
        _delete_first(connection, row[0], DROPPED_AT_ONCE)


def _delete_first(connection: sqlite3.Connection, cycle: int, limit: int) -> int:
    """Delete the first images of a cycle, `limit` of them or some more; returns how many."""
    values = (cycle, limit)
    row = connection.execute(
        f"SELECT total(images) FROM before_images WHERE number IN ({_FIRST_ROWS})",  # noqa: S608
        values,
    ).fetchone()
    connection.execute(f"DELETE FROM before_images WHERE number IN ({_FIRST_ROWS})", values)  # noqa: S608
    return int(row[0])


def _known_paths(connection: sqlite3.Connection) -> dict[str, int]:
    return {str(p): int(n) for n, p in connection.execute("SELECT number, path FROM before_paths")}


def _paths(connection: sqlite3.Connection, images: Iterable[BeforeImage]) -> dict[str, int]:
    """The numbers of all paths that the images name; new ones are stored."""
    known = _known_paths(connection)
    new = {value[0] for one in images for value in one.values} - known.keys()
    if not new:
        return known
    connection.executemany(
        "INSERT INTO before_paths (path) VALUES (?)", [(p,) for p in sorted(new)]
    )
    return _known_paths(connection)


def _content(image: BeforeImage, paths: dict[str, int]) -> bytes:
    values = [(paths[path], before, after) for path, before, after in image.values]
    if image.kind is ImageKind.CREATED and not image.withheld:
        return _ENCODER.encode((image.name, values))
    flags = (image.managed, image.disabled, image.doubtful, image.lost)
    rest = (image.resource, image.added, image.removed, image.withheld)
    return _ENCODER.encode((image.name, values, flags, rest))


def _images(row: sqlite3.Row, paths: dict[int, str]) -> list[BeforeImage]:
    if row["kind"] == _PACK:
        return _decode_pack(zstandard.ZstdDecompressor().decompress(row["content"]))
    return [_image(row, paths)]


def _image(row: sqlite3.Row, paths: dict[int, str]) -> BeforeImage:
    kind, object_type, source_id, target_id, content = row
    name, values, *more = _DECODER.decode(content)
    known: dict[str, Any] = {}
    if more:
        (known["managed"], known["disabled"], known["doubtful"], known["lost"]), rest = more
        resource, added, removed, withheld = rest
        known |= {"resource": resource, "added": tuple(added), "removed": tuple(removed)}
        known["withheld"] = tuple(withheld)
    return BeforeImage(
        ImageKind(kind),
        ObjectType(object_type),
        source_id,
        target_id,
        name,
        tuple((paths[number], before, after) for number, before, after in values),
        **known,
    )
