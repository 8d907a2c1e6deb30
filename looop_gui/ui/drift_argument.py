"""What the page *Links* is told to check for drift at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftArgument:
    """The drift of this connection is wanted."""
