"""What a quirk is: a way in which real applications differ from the RFC, at four points.

A quirk may look at the request before the service does, change the answer afterwards, change what
is stored, and hide resources from lists and filters.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from msgspec.structs import replace

from looop_gui.mockserver.resources import Resources
from looop_gui.mockserver.storage.protocol import Record, Storage
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter import parse_filter
from looop_gui.scim.filter_tree import Filter
from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.schema import ResourceType


class QuirkService(Protocol):
    """What a quirk may ask of the service it sits in."""

    storage: Storage
    resources: Resources

    def serve(self, request: ScimRequest) -> ScimResponse:
        """The answer without any quirk."""


class Quirk:
    """A difference; without its own methods it makes none."""

    def before(self, request: ScimRequest, service: QuirkService) -> ScimRequest | ScimResponse:
        """The request to serve, or the answer that keeps it from being served."""
        return request

    def after(
        self, request: ScimRequest, response: ScimResponse, service: QuirkService
    ) -> ScimResponse:
        """The answer to give; `request` is what the client sent."""
        return response

    def keep(self, kind: ResourceType, document: JsonObject) -> JsonObject:
        """The document to store; a changed one is a new object."""
        return document

    def hides(self, record: Record) -> bool:
        """True when lists and filters do not show the resource."""
        return False


def refusal(status: int, detail: str, scim_type: str | None = None) -> ScimResponse:
    """An error answer."""
    return ScimResponse(status, {}, ScimProtocolError(status, scim_type, detail).to_body())


def is_user(request: ScimRequest) -> bool:
    """True for a request to one user."""
    parts = request.path.strip("/").split("/")
    return len(parts) == 2 and parts[0] == "Users" and parts[1] != ".search"


def is_group(request: ScimRequest) -> bool:
    """True for a request to one group."""
    parts = request.path.strip("/").split("/")
    return len(parts) == 2 and parts[0] == "Groups" and parts[1] != ".search"


def is_list(request: ScimRequest) -> bool:
    """True for a list, a filter or a search."""
    if request.path.endswith("/.search"):
        return request.method == "POST"
    return request.method == "GET" and request.path.strip("/") in ("Users", "Groups")


def list_body(request: ScimRequest, response: ScimResponse) -> JsonObject | None:
    """The body of a list that succeeded, otherwise None."""
    body = response.body
    return body if is_list(request) and response.ok and isinstance(body, dict) else None


def resource_id(request: ScimRequest) -> str:
    """The id in a resource's path."""
    return request.path.strip("/").split("/")[1]


def parameter(request: ScimRequest, name: str) -> str | None:
    """A parameter of a query or of a search body, as text."""
    if request.method == "GET":
        return next((v for n, v in request.query if n.lower() == name.lower()), None)
    if isinstance(request.body, dict):
        value = next((v for n, v in request.body.items() if n.lower() == name.lower()), None)
        return None if value is None else str(value)
    return None


def without_parameters(request: ScimRequest, *names: str) -> ScimRequest:
    """The same request without these parameters."""
    lowered = {name.lower() for name in names}
    query = tuple((n, v) for n, v in request.query if n.lower() not in lowered)
    body = request.body
    if is_list(request) and isinstance(body, dict):
        body = {n: v for n, v in body.items() if n.lower() not in lowered}
    return replace(request, query=query, body=body)


def filter_of(request: ScimRequest) -> Filter | None:
    """The filter of a list; None when there is none or it cannot be read."""
    text = parameter(request, "filter") if is_list(request) else None
    try:
        return None if not text else parse_filter(text)
    except ScimProtocolError:
        return None


def operations_of(request: ScimRequest) -> list[JsonObject]:
    """The operations of a PATCH that are objects."""
    if request.method != "PATCH" or not isinstance(request.body, dict):
        return []
    found = next((v for n, v in request.body.items() if n.lower() == "operations"), None)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def changed_attributes(request: ScimRequest) -> Iterator[tuple[str, JsonValue]]:
    """Path and value of everything a PATCH writes, in lower case."""
    for operation in operations_of(request):
        path, value = operation.get("path"), operation.get("value")
        if isinstance(path, str) and path:
            yield path.lower(), value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield name.lower(), inner


def each_resource(
    response: ScimResponse, change: Callable[[JsonObject], JsonObject]
) -> ScimResponse:
    """The answer with each resource in it changed; errors stay as they are."""
    body = response.body
    if not response.ok or not isinstance(body, dict):
        return response
    if isinstance(body.get("Resources"), list):
        return replace(response, body={**body, "Resources": [change(r) for r in body["Resources"]]})
    return replace(response, body=change(body)) if "id" in body else response


def disables(request: ScimRequest) -> bool:
    """True for a PATCH or PUT that sets active to false."""
    if request.method == "PUT" and isinstance(request.body, dict):
        return str(request.body.get("active")).lower() == "false"
    return any(
        path == "active" and str(value).lower() == "false"
        for path, value in changed_attributes(request)
    )
