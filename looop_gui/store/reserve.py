"""A reserve of room on the disk, given up when the disk is full, so that an end can be stored.

A cycle that meets a full disk could not even write that it has ended, and nobody would see why it
stopped. A file of the data folder holds as much room as the last block and the cycle's row need.
"""

import contextlib
import os
from pathlib import Path

FILE_NAME = "reserve"
SIZE = 1 << 20
"""Bytes; a block of some hundred entries with the pages that it changes."""


def keep_reserve(data_folder: Path) -> bool:
    """Take the room unless it is taken; False where there is none, which harms nothing."""
    path = data_folder / FILE_NAME
    try:
        if path.exists() and path.stat().st_size == SIZE:
            return True
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return False
    return True


def give_up_reserve(data_folder: Path) -> bool:
    """Give the room back to the disk; True when there was some."""
    try:
        (data_folder / FILE_NAME).unlink()
    except OSError:
        return False
    return True
