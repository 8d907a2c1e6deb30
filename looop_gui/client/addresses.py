"""Which tenant URLs may be used, and how a request's path and query are written."""

import ipaddress
import re
from urllib.parse import quote, quote_plus, urlsplit

import httpx

from looop_gui.model.errors import TenantUrlError
from looop_gui.scim.messages import ScimRequest
from looop_gui.setup.loopback import is_loopback

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]*").fullmatch
_PATH_SAFE = "/-._~!$&'()*+,;=:@"
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}").fullmatch


def usable_url(tenant_url: str) -> str:
    """The tenant URL without a trailing slash. Raises TenantUrlError where it may not be used.

    Only https, and http to this computer itself, carry a secret token.
    """
    parts = _parsed(tenant_url)
    if parts is None or parts.query or parts.fragment or not _is_host(parts.raw_host.decode()):
        raise TenantUrlError(
            f"{tenant_url} is not a tenant URL.",
            safe="Nothing was sent.",
            next_step="A tenant URL looks like https://contoso.looop.co/scim/v2.",
        )
    if parts.scheme == "http" and not is_loopback(parts.host):
        raise TenantUrlError(
            f"{tenant_url} is not encrypted.",
            safe="Nothing was sent, so that nobody on the way can read the secret token.",
            next_step="Use https. Plain http is only for a tenant on this computer.",
        )
    return tenant_url.rstrip("/")


def request_target(request: ScimRequest) -> str:
    """Path and query as Entra writes them: blanks as +, everything else in %XX (section a.4)."""
    path = request.path if _PLAIN_PATH(request.path) else quote(request.path, safe=_PATH_SAFE)
    if not request.query:
        return path
    return path + "?" + "&".join(f"{quote(n)}={quote_plus(v)}" for n, v in request.query)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, comparable. Raises ValueError for what is no URL."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, (parts.hostname or "").casefold(), port


def _parsed(tenant_url: str) -> httpx.URL | None:
    try:
        url = httpx.URL(tenant_url)
    except (httpx.InvalidURL, UnicodeError):
        return None
    return url if url.scheme in ("https", "http") and url.port != 0 else None


def _is_host(host: str) -> bool:
    """An address, or a name whose parts a name server can be asked for."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return all(map(_LABEL, host.rstrip(".").split(".")))
    return True
