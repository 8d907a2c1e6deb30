"""Output that nobody reads any more: a closed pipe or terminal ends no cycle in the middle."""

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast


class _Patient:
    """A text stream that writes to nowhere once it is lost; `on_lost` is told of that once."""

    def __init__(self, stream: TextIO, on_lost: Callable[[], None]) -> None:
        self._stream = stream
        self._on_lost = on_lost

    def write(self, text: str) -> int:
        """Write, or leave it."""
        try:
            return self._stream.write(text)
        except OSError:
            self._lose()
            return len(text)

    def flush(self) -> None:
        """Flush, or leave it."""
        try:
            self._stream.flush()
        except OSError:
            self._lose()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _lose(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        # What the stream still holds goes there, too, when the program ends.
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        self._on_lost()


def outlive_lost_output(on_lost: Callable[[], None]) -> None:
    """Let what is written from now on be lost where nobody reads it, and call `on_lost` then."""
    for name in ("stdout", "stderr"):
        setattr(sys, name, cast(TextIO, _Patient(getattr(sys, name), on_lost)))
