"""The plans that were applied, kept beside the store, so that a result can be set beside its plan.

A plan names people and is kept for its owner only: the newest of each connection, and none of a
connection that was deleted.
"""

import contextlib
import os
import tempfile
from hashlib import blake2b
from pathlib import Path

import msgspec

from looop_gui.model.plan import Plan

FOLDER = "applied-plans"
MOST_KEPT = 20


def keep_applied_plan(data_folder: Path, cycle_id: str, plan: Plan) -> None:
    """Keep the plan that a cycle applied. A disk that is full costs the comparison, no more."""
    folder = data_folder / FOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(plan))
            Path(name).replace(_place(data_folder, plan.connection_id, cycle_id))
        finally:
            Path(name).unlink(missing_ok=True)
        for old in _of(data_folder, plan.connection_id)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


def applied_plan(data_folder: Path, connection_id: str, cycle_id: str) -> Plan | None:
    """The plan that a cycle applied; None when it applied none, or it is not kept any more."""
    try:
        content = _place(data_folder, connection_id, cycle_id).read_bytes()
        return msgspec.json.decode(content, type=Plan)
    except (OSError, msgspec.DecodeError):
        return None


def forget_applied_plans(data_folder: Path, connection_id: str) -> None:
    """Remove what is kept of a connection."""
    for file in _of(data_folder, connection_id):
        file.unlink(missing_ok=True)


def _of(data_folder: Path, connection_id: str) -> list[Path]:
    """The files of a connection, the oldest first."""
    files = (data_folder / FOLDER).glob(f"{_prefix(connection_id)}-*.json")
    return sorted(files, key=lambda file: file.stat().st_mtime_ns)


def _place(data_folder: Path, connection_id: str, cycle_id: str) -> Path:
    return data_folder / FOLDER / f"{_prefix(connection_id)}-{_digest(cycle_id)}.json"


def _prefix(connection_id: str) -> str:
    return _digest(connection_id)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
