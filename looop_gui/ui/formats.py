"""Numbers, times and durations as people read them, in the locale of the window."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone


def count(number: int) -> str:
    """A whole number with the locale's separators."""
    return QLocale().toString(number)


def day_and_time(time: datetime) -> str:
    """The local date and time; only the time when it is of today."""
    local = _local(time)
    if local.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(local.time(), "HH:mm:ss")
    return QLocale().toString(local, "d MMM yyyy HH:mm")


def utc(time: datetime) -> str:
    """The time in UTC, for tool tips."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """A duration in its two largest units: 850 ms, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def until(time: datetime, now: datetime) -> str:
    """How long until a time, as a countdown: 39:12 or 2:05:00."""
    left = max(0, round((time - now).total_seconds()))
    minutes, seconds = divmod(left, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ago(time: datetime, now: datetime) -> str:
    """How long ago, roughly: just now, 3 min ago, 2 h ago, else the date."""
    seconds = (now - time).total_seconds()
    if seconds < 10:
        return QCoreApplication.translate("Formats", "just now")
    if seconds < 86_400:
        coarse = seconds if seconds < 60 else seconds - seconds % 60
        return QCoreApplication.translate("Formats", "{0} ago").format(duration(coarse))
    return day_and_time(time)


def rate(per_second: float) -> str:
    """Requests a second, with one decimal below ten."""
    return QLocale().toString(per_second, "f", 1 if per_second < 10 else 0)


def _local(time: datetime) -> QDateTime:
    milliseconds = round(time.timestamp() * 1000)
    moment = QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone(QTimeZone.Initialization.UTC))
    return moment.toLocalTime()
