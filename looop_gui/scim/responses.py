"""List responses, as a service provider writes them (RFC 7644 section 3.4.2)."""

from collections.abc import Sequence

from looop_gui.scim.messages import LIST_RESPONSE, JsonObject


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
