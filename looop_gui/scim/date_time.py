"""Reads the dateTime values of SCIM (RFC 7643 section 2.3.5: xsd:dateTime)."""

import re
from datetime import UTC, datetime

_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,20})?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def parse_date_time(text: str) -> datetime | None:
    """The moment a text names, or None when it is not a dateTime; without an offset it is UTC."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
