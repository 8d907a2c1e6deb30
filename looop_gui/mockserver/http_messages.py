"""One HTTP request, one HTTP answer, and how the answer travels, as values."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

import msgspec

from looop_gui.scim.messages import ERROR, MEDIA_TYPE

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {
    code: f"HTTP/1.1 {code} {phrase}\r\n".encode("ascii") for code, phrase in _REASONS.items()
}
_USUAL_FIELDS = (
    "Accept",
    "Accept-Encoding",
    "Authorization",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Host",
    "If-Match",
    "User-Agent",
)
FIELD_NAMES = {
    spelled.encode("ascii"): name.lower()
    for name in _USUAL_FIELDS
    for spelled in (name, name.lower())
}
"""The names of usual request headers as they are sent, and in lower case."""

_BODYLESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer travels to the client.

    `delay` is in seconds before the first byte. `bytes_per_second` lets the body drip.
    `keep_bytes` cuts the body after so many bytes and closes the connection. `reset` breaks the
    connection without any answer.
    """

    delay: float = 0.0
    bytes_per_second: float | None = None
    keep_bytes: int | None = None
    reset: bool = False

    @property
    def prompt(self) -> bool:
        """True when the answer goes out at once and whole."""
        return self is PROMPT or self == PROMPT


PROMPT = Delivery()


@dataclass(slots=True)
class HttpRequest:
    """A complete request. `target` is the raw request target, header names are in lower case."""

    method: str
    target: bytes
    headers: Mapping[str, str]
    body: bytes = b""
    keep_alive: bool = True


@dataclass(slots=True)
class HttpAnswer:
    """A response to send. `close` ends the connection after it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = MEDIA_TYPE
    delivery: Delivery = field(default=PROMPT)
    close: bool = False


def error_answer(
    status: int,
    detail: str,
    scim_type: str | None = None,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    close: bool = False,
) -> HttpAnswer:
    """An answer with the error body of RFC 7644 section 3.12."""
    body: dict[str, object] = {"schemas": [ERROR], "status": str(status), "detail": detail}
    if scim_type is not None:
        body["scimType"] = scim_type
    return HttpAnswer(status, msgspec.json.encode(body), headers, close=close)


def head_bytes(answer: HttpAnswer, *, keep_alive: bool) -> bytes:
    """The status line and the header section of an answer, with the blank line after it.

    Content-Length tells the length of the whole body even where the delivery cuts it.
    """
    head = _status_line(answer.status) + _date_line()
    if answer.status not in _BODYLESS:
        if answer.body:
            head += _content_type_line(answer.media_type)
        head += b"Content-Length: %d\r\n" % len(answer.body)
    if answer.headers:
        lines = "".join([f"{name}: {value}\r\n" for name, value in answer.headers])
        head += lines.encode("latin-1", "replace")
    return head + (b"\r\n" if keep_alive else b"Connection: close\r\n\r\n")


_OFFER = frozenset({"upgrade", "http2-settings"})


def head_without_offer(request: HttpRequest, version: str) -> bytes:
    """The head of a request as it would be without its offer of another protocol."""
    lines = [request.method.encode("latin-1") + b" " + request.target + f" HTTP/{version}".encode()]
    for name, value in request.headers.items():
        kept = value
        if name == "connection":
            options = (option.strip() for option in value.split(","))
            kept = ", ".join(option for option in options if option.lower() not in _OFFER)
        if kept and name not in _OFFER and name != "expect":
            lines.append(f"{name}: {kept}".encode("latin-1"))
    return b"\r\n".join((*lines, b"", b""))


def _status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or f"HTTP/1.1 {status} Status\r\n".encode("ascii")


_CONTENT_TYPES = {MEDIA_TYPE: b"Content-Type: application/scim+json\r\n"}


def _content_type_line(media_type: str) -> bytes:
    line = _CONTENT_TYPES.get(media_type)
    return line if line is not None else f"Content-Type: {media_type}\r\n".encode("latin-1")


class _DateLine:
    """The Date header of the current second, made once a second."""

    __slots__ = ("line", "second")

    def __init__(self) -> None:
        self.second = 0
        self.line = b""

    def __call__(self) -> bytes:
        second = int(time.time())
        if second != self.second:
            self.second = second
            self.line = f"Date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")
        return self.line


_date_line = _DateLine()
