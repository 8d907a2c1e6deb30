"""Reads a SCIM request out of an HTTP request: target, query, media type and JSON body.

Each way in which it can be unreadable has its own answer, as RFC 7644 sections 3.12 and 3.1 and
HTTP itself have it.
"""

from codecs import BOM_UTF8
from urllib.parse import unquote, unquote_to_bytes

import msgspec

from looop_gui.mockserver.http_messages import HttpRequest
from looop_gui.scim.errors import ScimProtocolError, invalid_syntax
from looop_gui.scim.messages import JsonValue, ScimRequest

NESTING_LIMIT = 32
"""How deep the arrays and objects of a body may be nested; SCIM itself needs six levels."""

_MEDIA_TYPES = frozenset({"application/scim+json", "application/json"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_decode = msgspec.json.Decoder().decode


def read_target(target: bytes) -> tuple[str, str]:
    """The raw path and query text of a request target. Raises ScimProtocolError 400."""
    try:
        text = target.decode("utf-8")
    except UnicodeDecodeError:
        raise ScimProtocolError(400, None, "The request target is not UTF-8.") from None
    if not text.startswith("/"):
        text = _path_of_absolute(text)
    text = text.partition("#")[0]
    path, _, query = text.partition("?")
    return path, query


def _path_of_absolute(text: str) -> str:
    """The path of a target in absolute form (RFC 9112 section 3.2.2)."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return text
    slash = rest.find("/")
    return rest[slash:] if slash >= 0 else "/"


def read_scim_request(request: HttpRequest, path: str, query: str) -> ScimRequest:
    """The SCIM request; `path` is below the base path and still escaped.

    Raises ScimProtocolError with the answer to give.
    """
    method = "GET" if request.method == "HEAD" else request.method
    body = read_body(request) if method in _WITH_BODY else None
    return ScimRequest(
        method, _unescape(path, "path"), read_query(query), tuple(request.headers.items()), body
    )


def read_query(query: str) -> tuple[tuple[str, str], ...]:
    """Names and values of a query, `+` being a blank. Raises ScimProtocolError 400."""
    if not query:
        return ()
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((_unescape_plus(name), _unescape_plus(value)))
    return tuple(pairs)


def _unescape_plus(text: str) -> str:
    return _unescape(text.replace("+", " "), "query")


def _unescape(text: str, part: str) -> str:
    if "%" not in text:
        return text
    try:
        if text.isascii():
            return unquote_to_bytes(text).decode("utf-8")
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ScimProtocolError(
            400, "invalidValue", f"The {part} holds an escape that is not UTF-8."
        ) from None


def read_body(request: HttpRequest) -> JsonValue:
    """The JSON value of the body, None when it is empty. Raises ScimProtocolError 400 or 415."""
    if not request.body:
        return None
    check_media_type(request.headers.get("content-type"))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ScimProtocolError(415, None, "The body must not be compressed.")
    return parse_json(request.body)


def check_media_type(content_type: str | None) -> None:
    """Raise ScimProtocolError 415 unless the body is SCIM, JSON, or of no stated type."""
    if content_type is None or content_type in _MEDIA_TYPES:
        return
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() not in _MEDIA_TYPES:
        raise ScimProtocolError(
            415, None, "The body must be application/scim+json or application/json."
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in (
            "utf-8",
            "utf8",
            "us-ascii",
        ):
            raise ScimProtocolError(415, None, "The character set of the body must be UTF-8.")


def parse_json(data: bytes) -> JsonValue:
    """Parse a body. Raises ScimProtocolError 400 invalidSyntax for what is not plain JSON."""
    try:
        # RFC 8259 section 8.1 lets a reader ignore a byte order mark.
        value = _decode(data.removeprefix(BOM_UTF8))
    except UnicodeDecodeError:
        raise invalid_syntax("The body is not valid UTF-8.") from None
    except RecursionError:
        raise invalid_syntax(f"The body is nested deeper than {NESTING_LIMIT} levels.") from None
    except msgspec.DecodeError as error:
        raise invalid_syntax(f"The body is not valid JSON: {error}.") from None
    # A body cannot be nested deeper than it has opening brackets.
    if data.count(b"{") + data.count(b"[") > NESTING_LIMIT:
        _check_depth(value)
    return value


def _check_depth(value: JsonValue) -> None:
    level = [value]
    for _ in range(NESTING_LIMIT):
        # The parser makes these two types and no others.
        level = [
            one
            for node in level
            for one in (node.values() if type(node) is dict else node)
            if type(one) is dict or type(one) is list
        ]
        if not level:
            return
    raise invalid_syntax(f"The body is nested deeper than {NESTING_LIMIT} levels.")
