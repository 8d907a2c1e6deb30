"""Whom the client trusts and which way it takes: certificate authorities and the proxy."""

import ssl
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi

from looop_gui.model.errors import ConfigurationError
from looop_gui.setup.loopback import is_loopback


def ssl_context(ca_file: str = "") -> ssl.SSLContext:
    """The one context for all connections with the same authorities (making one takes 50 ms).

    The system's authorities, certifi's, and those of `ca_file` (PEM) are trusted; TLS 1.2 is the
    least. Raises ConfigurationError when `ca_file` cannot be read.
    """
    try:
        changed = Path(ca_file).expanduser().stat().st_mtime_ns if ca_file else 0
    except OSError as error:
        raise _unreadable(ca_file) from error
    return _context(ca_file, changed)


@lru_cache(maxsize=8)
def _context(ca_file: str, _changed: int) -> ssl.SSLContext:
    """A file that was changed gets another context."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(Path(ca_file).expanduser())
        except (OSError, ssl.SSLError) as error:
            raise _unreadable(ca_file) from error
    return context


def _unreadable(ca_file: str) -> ConfigurationError:
    return ConfigurationError(
        f"The CA file {ca_file} cannot be read as PEM certificates.",
        safe="Nothing was sent.",
        next_step="Choose a file with BEGIN CERTIFICATE lines, or leave the field empty.",
    )


def proxy_for(url: str, configured: str = "") -> str:
    """The proxy's URL for requests to `url`, or "" for none; resolved once for a target.

    `configured` (of the connection) comes first, then the environment and the system's settings
    with their exceptions. This computer itself is never reached through a proxy.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return ""
    if configured:
        return _with_scheme(configured)
    if proxy_bypass(host):
        return ""
    proxies = getproxies()
    return _with_scheme(proxies.get(parts.scheme) or proxies.get("all") or "")


def _with_scheme(proxy: str) -> str:
    if not proxy:
        return ""
    address = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(address).scheme not in ("http", "https"):
        raise ConfigurationError(
            f"The proxy {urlsplit(address).hostname} is not an HTTP proxy.",
            next_step="Give a proxy as http://host:port.",
        )
    return address
