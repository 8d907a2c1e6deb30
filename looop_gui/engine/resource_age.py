"""How old a resource says that it is: whether an attempt of this program can have made it."""

from datetime import datetime, timedelta

from looop_gui.scim.date_time import parse_date_time
from looop_gui.scim.messages import JsonObject

CLOCK_SKEW = timedelta(minutes=5)
"""How far the target's clock may be behind this computer's."""


def made_after(resource: JsonObject, moment: datetime) -> bool:
    """True when the resource says that it is younger than a moment."""
    made = _created(resource)
    return made is not None and made > moment


def made_since(resource: JsonObject, moment: datetime) -> bool:
    """True unless the resource says that it is older than a moment (RFC 7643 section 3.1)."""
    made = _created(resource)
    return made is None or made >= moment - CLOCK_SKEW


def _created(resource: JsonObject) -> datetime | None:
    meta = resource.get("meta")
    created = meta.get("created") if isinstance(meta, dict) else None
    return parse_date_time(created) if isinstance(created, str) else None
