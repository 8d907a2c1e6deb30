"""How fast a connection may be asked: its ceiling, and the limits of a known application."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from looop_gui.engine.request_limits import ALLOWANCES, Allowance
from looop_gui.model.connection import Connection
from looop_gui.setup.loopback import is_loopback


@dataclass(frozen=True, slots=True)
class RequestPace:
    """Requests per second at most, 0 for no ceiling, and the allowances that are kept as well.

    Without `writes` what writes does not count, as it is not sent in a dry run.
    """

    requests_per_second: float = 0.0
    allowances: tuple[Allowance, ...] = ()
    writes: bool = True


UNLIMITED: Final = RequestPace()


def pace_of(connection: Connection, *, writes: bool = True) -> RequestPace:
    """The pace of a connection; on this computer itself there is no limit."""
    if is_loopback(urlsplit(connection.target.tenant_url).hostname or ""):
        return UNLIMITED
    settings = connection.settings
    return RequestPace(settings.requests_per_second, ALLOWANCES[settings.request_limits], writes)
