"""The quirks that are switched on, and the list of those there are."""

from collections.abc import Iterable
from dataclasses import dataclass
