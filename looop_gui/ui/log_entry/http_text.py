"""A recorded HTTP exchange as text to read and as commands to copy. The token is never in it."""

import json
import shlex
from collections.abc import Iterable

from looop_gui.model.provisioning_log import WireExchange

VARIABLE = "LOOOP_TOKEN"
"""The environment variable that copied commands take the token from."""

_LEFT_OUT = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "host",
        "content-length",
        "connection",
        "accept-encoding",
    }
)
_PARAMETERS = {"content-type": "-ContentType", "user-agent": "-UserAgent"}
_SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"


def request_text(exchange: WireExchange) -> str:
    """The request line, headers and body, pretty-printed where it is JSON."""
    return _message(
        f"{exchange.method} {exchange.url}", exchange.request_headers, exchange.request_body
    )


def response_text(exchange: WireExchange) -> str:
    """The status, headers and body of the response, or why there was none."""
    if not exchange.status:
        return exchange.failure or "No response."
    return _message(f"HTTP {exchange.status}", exchange.response_headers, exchange.response_body)


def as_curl(exchange: WireExchange) -> str:
    """The request as a curl command; the token is taken from an environment variable."""
    # Without --globoff curl takes brackets and braces of a filter for a range of addresses.
    parts = ["curl", "--globoff", "--request", exchange.method, shlex.quote(exchange.url)]
    for name, value in _sendable(exchange.request_headers):
        parts += ["--header", shlex.quote(f"{name}: {value}")]
    parts += ["--header", f'"Authorization: Bearer ${VARIABLE}"']
    if exchange.request_body:
        parts += ["--data-raw", shlex.quote(exchange.request_body)]
    return " ".join(parts)


def as_httpie(exchange: WireExchange) -> str:
    """The request as an HTTPie command."""
    parts = ["http", "--ignore-stdin", exchange.method, shlex.quote(exchange.url)]
    headers = _sendable(exchange.request_headers)
    parts += [shlex.quote(f"{name}:{_httpie_value(value)}") for name, value in headers]
    parts.append(f'"Authorization:Bearer ${VARIABLE}"')
    if exchange.request_body:
        parts += ["--raw", shlex.quote(exchange.request_body)]
    return " ".join(parts)


def as_powershell(exchange: WireExchange) -> str:
    """The request as a PowerShell command.

    Windows PowerShell refuses Content-Type and User-Agent among the headers, and sends a text as
    Latin-1; so they have their own parameters, and the body is given as bytes.
    """
    parts = [f"Invoke-RestMethod -Method {exchange.method} -Uri {_quoted(exchange.url)}"]
    headers = []
    for name, value in _sendable(exchange.request_headers):
        parameter = _PARAMETERS.get(name.casefold())
        if parameter:
            parts.append(f"{parameter} {_quoted(value)}")
        else:
            headers.append(f"{_quoted(name)} = {_quoted(value)}")
    headers.append(f'"Authorization" = "Bearer $env:{VARIABLE}"')
    parts.append(f"-Headers @{{ {'; '.join(headers)} }}")
    if exchange.request_body:
        body = _quoted(exchange.request_body)
        parts.append(f"-Body ([System.Text.Encoding]::UTF8.GetBytes({body}))")
    return " ".join(parts)


def pretty(body: str) -> str:
    """JSON with indentation; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _message(first: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines += ["", pretty(body)]
    return "\n".join(lines)


def _sendable(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.casefold() not in _LEFT_OUT]


def _httpie_value(value: str) -> str:
    """A header's value as HTTPie reads it: an @ in front would name a file, a = would be data."""
    return f"\\{value}" if value[:1] in ("@", "=", ":") else value


def _quoted(text: str) -> str:
    """A PowerShell text in single quotes; it takes typographic ones for such, too."""
    doubled = "".join(2 * letter if letter in _SINGLE_QUOTES else letter for letter in text)
    return f"'{doubled}'"
