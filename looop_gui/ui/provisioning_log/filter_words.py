"""What the chips of the log's filters say, and how one kind of restriction is taken away."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from looop_gui.model.provisioning_log import LogFilter
from looop_gui.ui import formats

HOURS = (1, 24, 7 * 24)
"""The times that can be chosen without a date: so many hours back from now."""

REMOVABLE = (
    "times",
    "person",
    "source_id",
    "cycle_id",
    "attribute",
    "error_code",
    "http_status",
    "cause",
)
"""What has a chip of its own only while it restricts the log."""


def without(log_filter: LogFilter, name: str) -> LogFilter:
    """The filter without one of the restrictions of `REMOVABLE`."""
    if name == "times":
        return replace(log_filter, since=None, until=None)
    empty = LogFilter(log_filter.connection_id)
    return replace(log_filter, **{name: getattr(empty, name)})


def chip_words(log_filter: LogFilter, name: str) -> str:
    """What the chip of one of `REMOVABLE` says; "" when it does not restrict."""
    if name == "times":
        return _time_words(log_filter.since, log_filter.until)
    value = getattr(log_filter, name)
    if value is None or value == "":
        return ""
    if name == "http_status" and not value:
        return _tr("No response came")
    known = {
        "person": _tr("Person: {0}"),
        "source_id": _tr("Object: {0}"),
        "cycle_id": _tr("Cycle: {0}"),
        "attribute": _tr("Changed: {0}"),
        "error_code": _tr("Code: {0}"),
        "http_status": _tr("HTTP {0}"),
        "cause": _tr("Skipped: {0}"),
    }
    return known[name].format(value)


def hours_words(hours: int) -> str:
    """How many hours back, in words."""
    if hours == 1:
        return _tr("Last hour")
    if hours % 24 or hours == 24:
        return _tr("Last {0} hours").format(hours)
    return _tr("Last {0} days").format(hours // 24)


def _time_words(since: datetime | None, until: datetime | None) -> str:
    if since and until:
        words = _tr("{0} to {1}")
        return words.format(formats.day_and_time(since), formats.day_and_time(until))
    if since:
        return _tr("Since {0}").format(formats.day_and_time(since))
    return _tr("Before {0}").format(formats.day_and_time(until)) if until else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilterBar", text)
