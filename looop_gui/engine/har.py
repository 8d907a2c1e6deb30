"""The recorded traffic as HTTP Archive 1.2 entries, which browsers and proxies open."""

from datetime import UTC
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from looop_gui.engine.object_summary import change_id
from looop_gui.model.provisioning_log import ProvisioningLogEntry, WireExchange

VERSION = "1.2"
HTTP_VERSION = "HTTP/1.1"


def har_entries(entry: ProvisioningLogEntry) -> list[dict[str, Any]]:
    """An archive entry for each exchange of a log entry."""
    comment = f"{entry.action.value} {entry.object_type.value} {entry.source_id}"
    return [_entry(exchange, comment, change_id(entry)) for exchange in entry.exchanges]


def _entry(exchange: WireExchange, comment: str, change: str) -> dict[str, Any]:
    milliseconds = exchange.duration_milliseconds
    return {
        "startedDateTime": exchange.started.astimezone(UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{comment}, attempt {exchange.attempt}, change {change}",
    }


def _request(exchange: WireExchange) -> dict[str, Any]:
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(tuple(query)),
        "headersSize": -1,
        "bodySize": len(exchange.request_body.encode()),
    }
    if exchange.request_body:
        kind = _header(exchange.request_headers, "content-type")
        request["postData"] = {"mimeType": kind, "params": [], "text": exchange.request_body}
    return request


def _response(exchange: WireExchange) -> dict[str, Any]:
    size = len(exchange.response_body.encode())
    response: dict[str, Any] = {
        "status": exchange.status,
        "statusText": _phrase(exchange.status),
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(exchange.response_headers),
        "content": {
            "size": size,
            "mimeType": _header(exchange.response_headers, "content-type"),
            "text": exchange.response_body,
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }
    if exchange.failure:
        response["comment"] = exchange.failure
    return response


def _pairs(items: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _header(headers: tuple[tuple[str, str], ...], wanted: str) -> str:
    for name, value in headers:
        if name.casefold() == wanted:
            return value
    return ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
