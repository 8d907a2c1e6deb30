"""The order of a list (RFC 7644 section 3.4.2.3)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from looop_gui.scim.comparing import fold
from looop_gui.scim.date_time import parse_date_time
from looop_gui.scim.errors import invalid_path, shorten
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.path import parse_path
from looop_gui.scim.reading import values_reader
from looop_gui.scim.schema import ResolvedAttribute, ResourceType, SchemaAttribute, SchemaSet
from looop_gui.scim.values import is_primary

SortKey = tuple[bool, Any]

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def sort_key(
    sort_by: str, schema_set: SchemaSet, resource_type: ResourceType
) -> Callable[[JsonObject], SortKey]:
    """A key function for `sorted`; use `reverse=True` for `sortOrder` descending.

    What has no value comes last ascending and first descending. Text is ordered by `caseExact`, a
    multi-valued attribute by its primary value or else its first, a complex one by its `value`.
    Raises ScimProtocolError 400 invalidPath for text that is no path; an attribute that the type
    lacks leaves everything without a value.
    """
    path = parse_path(sort_by)
    resolved = schema_set.definition(resource_type).resolve_leniently(path)
    if path.value_filter is not None:
        raise invalid_path(f"'{shorten(sort_by)}' cannot be sorted by.")
    if resolved is None or resolved.attribute is None:
        return lambda _: (True, "")
    attribute = resolved.attribute
    leaf = resolved.sub_attribute or attribute.by_name.get("value") or attribute
    read = values_reader(ResolvedAttribute(resolved.extension, attribute))

    def key(resource: JsonObject) -> SortKey:
        values = read(resource)
        chosen = next(filter(is_primary, values), values[0] if values else None)
        if leaf is not attribute:
            chosen = chosen.get(leaf.name) if isinstance(chosen, dict) else None
        ordered = _ordered(leaf, chosen)
        return (True, "") if ordered is None else (False, ordered)

    return key


def _ordered(attribute: SchemaAttribute, value: Any) -> Any:
    if attribute.type == "boolean":
        return value if isinstance(value, bool) else None
    if attribute.type in ("integer", "decimal"):
        return value if isinstance(value, int | float) else None
    if attribute.type == "dateTime":
        return (parse_date_time(value) or _EARLIEST) if isinstance(value, str) else None
    return fold(attribute, value) if isinstance(value, str) else None
