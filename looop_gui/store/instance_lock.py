"""A lock on a data folder that the operating system drops when its holder ends, even by a crash."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from looop_gui.model.errors import StoreBusyError
from looop_gui.store.sqlite_errors import store_errors


class InstanceLock:
    """An exclusive lock named `name` in a data folder; also one for each connection's cycles.

    `acquire()` raises StoreBusyError at once when somebody else holds it.
    """

    def __init__(
        self, data_folder: Path, name: str = "instance", *, sentence: str = "", next_step: str = ""
    ) -> None:
        self._path = data_folder / f"{name}.lock"
        self._sentence = sentence or f"Another program uses the data folder {data_folder}."
        self._next_step = next_step or "Use the window that is open, or close it and try again."
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """True between a successful `acquire()` and `release()`."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock. Raises StoreBusyError when another holder is there, else StoreError."""
        if self._descriptor is not None:
            return
        with store_errors(self._path):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise StoreBusyError(
                self._sentence,
                safe="Nothing was changed.",
                next_step=self._next_step,
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held. The empty lock file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def _lock(descriptor: int) -> None:
    """Lock the open file without waiting; OSError when it is locked already."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
