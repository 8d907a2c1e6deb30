"""One SCIM request and one SCIM response as values, the same for client and service provider."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

JsonValue = Any
JsonObject = dict[str, Any]

MEDIA_TYPE = "application/scim+json"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_USER_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class ScimRequest(msgspec.Struct, frozen=True, gc=False):
    """A request to a service provider.

    `path` begins with a slash and is relative to the tenant URL, unescaped ("/Users/2819c223").
    `query` holds unescaped names and values in order. `body` is the JSON value to send, or None.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: JsonValue | None = None

    @property
    def writes(self) -> bool:
        """True when the request may change the target (RFC 7644 section 3.1, less .search)."""
        return self.method not in ("GET", "HEAD") and not self.path.endswith("/.search")


class FailureKind(StrEnum):
    """Why no usable response came. Only the first two are known not to have reached the target."""

    NAME_RESOLUTION = "name-resolution"
    CONNECT = "connect"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection-lost"
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"


class ScimResponse(msgspec.Struct, frozen=True, gc=False):
    """A response of a service provider, or the failure to get one.

    `status` 0 means that none came, and `failure` says why. `body` is the parsed JSON or None;
    `text` is the raw text when it was not JSON. Header names are in lower case.
    """

    status: int
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: JsonValue | None = None
    text: str = ""
    failure: FailureKind | None = None
    failure_text: str = ""

    @property
    def ok(self) -> bool:
        """True for a 2xx status."""
        return 200 <= self.status < 300


def lower_names(value: JsonObject) -> JsonObject:
    """The members of an object by their name in lower case (RFC 7643 section 2.1)."""
    return {name.lower(): inner for name, inner in value.items()}


def names_schema(schemas: JsonValue, urn: str) -> bool:
    """True when `schemas`, a list or a single text, names a URN in any letter case."""
    named = schemas if isinstance(schemas, list) else [schemas]
    wanted = urn.lower()
    return any(isinstance(item, str) and item.lower() == wanted for item in named)
