"""The one exception of the SCIM floor: an HTTP status with the RFC's error body."""

from typing import Any

from looop_gui.scim.messages import ERROR


class ScimProtocolError(Exception):
    """A request that must be answered with an error (RFC 7644 section 3.12).

    `status` is the HTTP status, `scim_type` the detail keyword of table 9 or None, `detail` one
    sentence for a person. The detail never quotes more than a short part of what was sent.
    """

    def __init__(self, status: int, scim_type: str | None, detail: str) -> None:
        super().__init__(f"{status} {scim_type or ''} {detail}")
        self.status = status
        self.scim_type = scim_type
        self.detail = detail

    def to_body(self) -> dict[str, Any]:
        """The JSON body of the answer; `status` is text, as RFC 7644 section 3.12 has it."""
        body: dict[str, Any] = {"schemas": [ERROR], "status": str(self.status)}
        if self.scim_type is not None:
            body["scimType"] = self.scim_type
        body["detail"] = self.detail
        return body


def invalid_syntax(detail: str) -> ScimProtocolError:
    """400 invalidSyntax: the body's structure is not the request's (RFC 7644 table 9)."""
    return ScimProtocolError(400, "invalidSyntax", detail)


def invalid_value(detail: str) -> ScimProtocolError:
    """400 invalidValue: a value is missing or does not fit its attribute (RFC 7644 table 9)."""
    return ScimProtocolError(400, "invalidValue", detail)


def invalid_path(detail: str) -> ScimProtocolError:
    """400 invalidPath: a path is malformed or names no attribute (RFC 7644 table 9)."""
    return ScimProtocolError(400, "invalidPath", detail)


def invalid_filter(detail: str) -> ScimProtocolError:
    """400 invalidFilter: a filter cannot be read or compared (RFC 7644 table 9)."""
    return ScimProtocolError(400, "invalidFilter", detail)


def no_target(detail: str) -> ScimProtocolError:
    """400 noTarget: a path yields nothing to operate on (RFC 7644 table 9)."""
    return ScimProtocolError(400, "noTarget", detail)


def mutability_violation(detail: str) -> ScimProtocolError:
    """400 mutability: a readOnly, immutable or required attribute would change (table 9)."""
    return ScimProtocolError(400, "mutability", detail)


def too_many(detail: str) -> ScimProtocolError:
    """400 tooMany: the request asks for more than the service provider does (table 9)."""
    return ScimProtocolError(400, "tooMany", detail)


def shorten(text: object, limit: int = 80) -> str:
    """A value of a request as it may be quoted in a detail: one line, at most `limit` characters.

    Escapes what cannot be encoded, so that a detail is always valid UTF-8.
    """
    shown = str(text) if isinstance(text, str) else repr(text)
    shown = shown[: limit + 1].encode("utf-8", "backslashreplace").decode("utf-8")
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
