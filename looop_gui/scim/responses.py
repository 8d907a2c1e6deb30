"""List responses: written by a service provider, read leniently by a client (RFC 7644 3.4.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from looop_gui.scim.messages import (
    LIST_RESPONSE,
    JsonObject,
    JsonValue,
    lower_names,
    names_schema,
)


@dataclass(frozen=True, slots=True)
class ListResponse:
    """A page of resources, as read. `total_results` counts all that match, over all pages."""

    total_results: int
    start_index: int
    items_per_page: int
    resources: tuple[JsonObject, ...]


def list_response(
    resources: Sequence[JsonObject], total_results: int, start_index: int = 1
) -> JsonObject:
    """The body of a list: `itemsPerPage` is the number of resources in it (section 3.4.2.4)."""
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": total_results,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def read_list_response(body: JsonValue) -> ListResponse:
    """Read a ListResponse of any service provider. Raises ValueError when it is not one.

    `Resources` may be absent; numbers may be texts, and missing ones are made up from the page.
    """
    if not isinstance(body, dict):
        raise ValueError("The answer is not a JSON object.")
    members = lower_names(body)
    if not names_schema(members.get("schemas"), LIST_RESPONSE):
        raise ValueError("The answer does not have the schema of a ListResponse.")
    resources = members.get("resources")
    if resources is None:
        resources = []
    if not isinstance(resources, list) or not all(isinstance(item, dict) for item in resources):
        raise ValueError("The Resources of the answer are not a list of objects.")
    total = _integer(members.get("totalresults"))
    start, page = _integer(members.get("startindex")), _integer(members.get("itemsperpage"))
    return ListResponse(
        total_results=len(resources) if total is None else total,
        start_index=1 if start is None else start,
        items_per_page=len(resources) if page is None else page,
        resources=tuple(resources),
    )


def _integer(value: JsonValue) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return None
