"""Whether a window can be opened here."""

import os
import sys


def has_display() -> bool:
    """Whether a window can be opened here, as far as can be told without trying."""
    if sys.platform in ("win32", "darwin"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)
