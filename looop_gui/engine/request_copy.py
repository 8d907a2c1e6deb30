"""A recorded request as text to paste into a terminal: cURL, HTTPie, PowerShell.

The secret token was never recorded. In its place stands a variable of the shell, TOKEN.
"""

import shlex

from looop_gui.model.provisioning_log import WireExchange

_MADE_BY_THE_TOOL = frozenset({"content-length", "host", "accept-encoding"})
TOKEN_VARIABLE = "TOKEN"  # noqa: S105 - the name of a variable, not a token


def as_curl(exchange: WireExchange) -> str:
    """The request for curl in a POSIX shell, with the token taken from $TOKEN."""
    words = ["curl", "--globoff", "--request", exchange.method, exchange.url]
    for name, value in _headers(exchange):
        words += ["--header", f"{name}: {value}"]
    lines = [shlex.join(words), f'--header "Authorization: Bearer ${TOKEN_VARIABLE}"']
    if exchange.request_body:
        lines.append(f"--data-binary {shlex.quote(_no_file(exchange.request_body))}")
    return " \\\n  ".join(lines)


def as_httpie(exchange: WireExchange) -> str:
    """The request for HTTPie in a POSIX shell; the body is given as it was recorded."""
    words = ["http", "--ignore-stdin"]
    if exchange.request_body:
        words += ["--raw", exchange.request_body]
    words += [exchange.method, exchange.url]
    words += [f"{name}:{value}" for name, value in _headers(exchange)]
    return f'{shlex.join(words)} \\\n  "Authorization:Bearer ${TOKEN_VARIABLE}"'


def as_powershell(exchange: WireExchange) -> str:
    """The request for PowerShell's Invoke-WebRequest, with the token from $env:TOKEN."""
    headers = [("Authorization", f'"Bearer $env:{TOKEN_VARIABLE}"')]
    kind = ""
    for name, value in _headers(exchange):
        if name.casefold() == "content-type":
            kind = value
        else:
            headers.append((name, _literal(value)))
    lines = "\n".join(f"  {_literal(name)} = {value}" for name, value in headers)
    command = f"Invoke-WebRequest -Method {exchange.method} -Uri {_literal(exchange.url)}"
    command += f" -Headers @{{\n{lines}\n}}"
    if exchange.request_body:
        if kind:
            command += f" -ContentType {_literal(kind)}"
        command += f" -Body ([Text.Encoding]::UTF8.GetBytes({_literal(exchange.request_body)}))"
    return command


def _headers(exchange: WireExchange) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in exchange.request_headers
        if name.casefold() not in _MADE_BY_THE_TOOL and name.casefold() != "authorization"
    ]


def _no_file(body: str) -> str:
    """A body that curl does not take for the name of a file; JSON may begin with a blank."""
    return f" {body}" if body.startswith("@") else body


def _literal(text: str) -> str:
    """A PowerShell text in single quotes, of which it knows several characters."""
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return f"'{text}'"
