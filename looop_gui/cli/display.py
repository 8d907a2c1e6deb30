"""Whether a window can be opened here.

A variable may name a display that is gone (an ended session, a closed tunnel), and Qt then aborts
the whole process. So the display is reached over its socket first, which takes no noticeable time.
"""

import os
import re
import socket
import sys
from pathlib import Path

_REACH_SECONDS = 3.0
_X_DISPLAY = re.compile(
    r"(?:(?P<protocol>[a-z]+)/)?(?P<host>[^:/]*|\[.+\]):(?P<number>\d+)(?:\.\d+)?"
)
_X_SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108 - where every X server has it
_X_PORT = 6000


def has_display() -> bool:
    """Whether a window can be opened here, as far as can be told without trying."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    wayland, x_display = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    return bool(wayland and _wayland_answers(wayland)) or bool(x_display and _x_answers(x_display))


def _wayland_answers(name: str) -> bool:
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return _reaches(socket.AF_UNIX, str(Path(folder, name)))


def _x_answers(display: str) -> bool:
    if display.startswith("/"):  # launchd names the socket itself
        return _reaches(socket.AF_UNIX, display.rpartition(":")[0] or display)
    found = _X_DISPLAY.fullmatch(display)
    if found is None:
        return False
    path, host = f"{_X_SOCKETS}{found['number']}", found["host"].strip("[]")
    if host in ("", "unix") or found["protocol"] in ("unix", "local"):
        # Linux has the same name without a file, too, where /tmp is another one.
        return _reaches(socket.AF_UNIX, path) or _reaches(socket.AF_UNIX, f"\0{path}")
    port = _X_PORT + int(found["number"])
    try:
        with socket.create_connection((host, port), timeout=_REACH_SECONDS):
            return True
    except (OSError, OverflowError, UnicodeError):
        return False


def _reaches(family: int, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(_REACH_SECONDS)
            connection.connect(address)
    except (OSError, ValueError):
        return False
    return True
