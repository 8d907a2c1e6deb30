"""What of an entry of the provisioning log its row is made of, and not its details.

A running cycle keeps no more of an entry until it is written: an entry is some 10 kB in twenty
parts, and hundreds of them would push what the cycle works with out of the processor's cache.
"""

import unicodedata
from datetime import datetime

import msgspec

from looop_gui.model.provisioning_log import ProvisioningLogEntry, StepType

SORT_NAME_LENGTH = 60
"""Names that are the same up to here are sorted by time."""


class _Folded(dict[int, str]):
    """A table for `str.translate` that drops accents and letter case, and learns each letter."""

    def __missing__(self, letter: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(letter))
        plain = "".join(part for part in parts if not unicodedata.combining(part))
        self[letter] = folded = plain.casefold()
        return folded


_FOLDED = _Folded()

Facts = tuple[str, str, str, str, str, tuple[int, ...], str]
"""What a kind is made of: the columns of `log_kinds`, with the statuses of all responses."""


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """An entry without its details. `changed` are the target attributes that were changed."""

    time: datetime
    source_id: str
    source_name: str
    target_id: str | None
    target_name: str | None
    milliseconds: float
    summary: str
    principal: str
    sort_name: str
    facts: Facts
    changed: tuple[str, ...]


def log_line(entry: ProvisioningLogEntry, summary: str) -> LogLine:
    """The line of an entry with its summary."""
    return LogLine(
        entry.time,
        entry.source_id,
        entry.source_name,
        entry.target_id,
        entry.target_name,
        entry.duration_milliseconds,
        summary,
        principal(entry),
        sort_name(entry),
        (
            entry.object_type,
            entry.action,
            entry.status,
            entry.error.error_code if entry.error else "",
            entry.skip_reason,
            tuple([exchange.status for exchange in entry.exchanges]),
            entry.cause,
        ),
        tuple([item.display_name for item in entry.modified_properties]),
    )


def principal(entry: ProvisioningLogEntry) -> str:
    """The userPrincipalName of a person, where the name in the target is another one.

    Words that an entry has anyway are not looked up by a second copy of them.
    """
    for step in entry.steps:
        if step.step_type is StepType.IMPORT:
            name = step.details.get("userPrincipalName", "")
            return "" if name in ("[Redact]", entry.target_name) else name
    return ""


def sort_name(entry: ProvisioningLogEntry) -> str:
    """The name by which an entry is sorted: without accents and letter case."""
    name = entry.source_name or entry.target_name or entry.source_id
    folded = name.casefold() if name.isascii() else name.translate(_FOLDED)
    return folded[:SORT_NAME_LENGTH]
