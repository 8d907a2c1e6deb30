"""The wire record: what was sent and what came back, with nothing secret in it.

The request's headers are chosen from a list of harmless names, so that a header that authenticates
is never in a record, whatever its name. Where a target echoes the token, it is replaced.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from urllib.parse import quote

import msgspec

from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import ScimResponse

OnExchange = Callable[[WireExchange], None]

RECORDED_REQUEST_HEADERS = ("Accept", "Content-Type", "User-Agent", "If-Match", "If-None-Match")
HIDDEN_RESPONSE_HEADERS = frozenset(
    {"set-cookie", "set-cookie2", "authorization", "proxy-authorization", "authentication-info"}
)
REPLACEMENT = "***"
SHORTEST_SECRET = 8
"""Shorter texts are not replaced: they would be found by chance in harmless places."""


class RequestRecord(msgspec.Struct, frozen=True, gc=False):
    """What is known of a request when it is sent; `headers` are those of `recorded_headers`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    started: datetime
    attempt: int


class Redaction:
    """Replaces the secrets of one target in texts and bytes that come from it.

    Also as they stand in a URL, and with the escapes that JSON and HTML leave to the writer: PHP
    writes a slash as `\\/`, .NET a plus as `\\u002B`.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        kept = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        forms = (
            form for secret in kept for form in (secret, quote(secret, safe=""), quote(secret))
        )
        self._texts = tuple(dict.fromkeys(forms))
        in_json = (msgspec.json.encode(text)[1:-1] for text in self._texts)
        self._bytes = tuple(dict.fromkeys((*(text.encode() for text in self._texts), *in_json)))

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, REPLACEMENT)
        return text

    def texts(self, texts: dict[str, str]) -> dict[str, str]:
        """The same with every secret replaced in the values."""
        joined = "\n".join(texts.values())
        for secret in self._texts:
            if secret in joined:
                return {name: self.text(value) for name, value in texts.items()}
        return texts

    def content(self, content: bytes) -> bytes:
        """The bytes with every secret replaced."""
        content = self._replaced(content)
        if self._bytes and (_escape_in(content) or (b"&" in content and b"&#" in content)):
            plain = _without_escapes(content)
            hidden = self._replaced(plain)
            return content if hidden is plain else hidden
        return content

    def _replaced(self, content: bytes) -> bytes:
        for secret in self._bytes:
            if secret in content:
                content = content.replace(secret, REPLACEMENT.encode())
        return content


_escape_in = re.compile(rb"\\[/u]").search
"""Nearly every body is looked through in vain; two searches for texts take three times as long."""


def _without_escapes(content: bytes) -> bytes:
    """JSON with no more escapes than it must have; other text as if it was HTML."""
    try:
        return msgspec.json.encode(msgspec.json.decode(content))
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return html.unescape(content.decode("utf-8", "replace").replace("\\/", "/")).encode()


def recorded_headers(
    headers: Mapping[str, str], redaction: Redaction
) -> tuple[tuple[str, str], ...]:
    """Those of a request's headers that are recorded."""
    return tuple(
        (name, redaction.text(headers[name]))
        for name in RECORDED_REQUEST_HEADERS
        if name in headers
    )


def wire_exchange(
    request: RequestRecord,
    response: ScimResponse,
    content: bytes,
    milliseconds: float,
    limit: int,
    redaction: Redaction,
) -> WireExchange:
    """The record of one exchange; `content` is the response's body as bytes."""
    return WireExchange(
        method=request.method,
        url=redaction.text(request.url),
        request_headers=request.headers,
        request_body=_text(redaction.content(request.content), limit),
        status=response.status,
        response_headers=tuple(
            [item for item in response.headers.items() if item[0] not in HIDDEN_RESPONSE_HEADERS]
        ),
        response_body=_text(content, limit),
        started=request.started,
        duration_milliseconds=round(milliseconds, 3),
        attempt=request.attempt,
        failure=response.failure_text,
    )


def _text(content: bytes, limit: int) -> str:
    if len(content) <= limit:
        return content.decode("utf-8", "replace")
    kept = content[:limit].decode("utf-8", "ignore")
    return f"{kept}\n... {len(content) - limit} bytes more"
