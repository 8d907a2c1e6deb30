"""The lock of a connection's cycles: one engine at a time, whatever process it is in.

The operating system drops it when its holder dies. Who changes the state of a job takes it, too: a
cycle that runs meanwhile would store the old state again, or write what was just refused.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from looop_gui.model.connection import Connection
from looop_gui.store.database import Database
from looop_gui.store.instance_lock import InstanceLock

P = ParamSpec("P")
Result = TypeVar("Result")


def cycle_lock(data_folder: Path, connection: Connection) -> InstanceLock:
    """The lock of a connection's cycles."""
    return InstanceLock(
        data_folder / "locks",
        f"cycle-{_name(connection)}",
        sentence=f"A provisioning cycle of {connection.name} is running already.",
        next_step="Stop it or wait for its end, then try again.",
    )


def run_lock(data_folder: Path, connection: Connection) -> InstanceLock:
    """The lock of whoever keeps a connection's interval without a window."""
    return InstanceLock(
        data_folder / "locks",
        f"run-{_name(connection)}",
        sentence=f"Another looop-gui run keeps the interval of {connection.name} already.",
        next_step="End that one first.",
    )


def _name(connection: Connection) -> str:
    return hashlib.sha256(connection.id.encode()).hexdigest()[:16]


def while_none_runs(
    database: Database,
    connection: Connection,
    function: Callable[Concatenate[Database, str, P], Result],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Result:
    """Call `function(database, connection.id, ...)` with no cycle anywhere meanwhile.

    Raises StoreBusyError when one runs.
    """
    with cycle_lock(database.path.parent, connection):
        return function(database, connection.id, *args, **kwargs)
