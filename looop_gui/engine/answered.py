"""Whether the answer to a write is about the resource that was written.

A gateway that mixes answers up, or a target that returns somebody else, must not make the engine
link a person with another account, nor take a change for done. What tells the two apart is what
identifies somebody: a target may write a value in its own way, but hardly every one of them.
"""

from collections.abc import Iterator

from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest, ScimResponse, lower_names
from looop_gui.scim.target_path import member

_IDENTIFYING = {
    "Users": ("userName", "externalId", "emails"),
    "Groups": ("displayName", "externalId"),
}


def is_about_another(request: ScimRequest, response: ScimResponse) -> bool:
    """True when a good answer has a resource, and surely another one than the request's.

    A create is compared by what identifies a person or a group, anything else by its id first:
    there are targets that give another id with another name (quirk 19).
    """
    body = response.body
    if not response.ok or not isinstance(body, dict):
        return False
    endpoint, _, target_id = request.path[1:].partition("/")
    identifying = _IDENTIFYING.get(endpoint, ())
    if _is_repeated(request.body, body, identifying):
        return False
    names = tuple(name.lower() for name in identifying)
    held = set(_values(lower_names(body), names))
    if _written(request, names) & held:
        return False
    if not target_id:
        return bool(held) and bool(_written(request, names))
    answered_id = body.get("id")
    return isinstance(answered_id, str) and answered_id != target_id


def _is_repeated(written: JsonValue, held: JsonObject, names: tuple[str, ...]) -> bool:
    """True when an identifying value stands in both, named and written alike: so it nearly always
    is, and then there is nothing to look at more closely."""
    if not isinstance(written, dict):
        return False
    for name in names:
        value = written.get(name)
        if isinstance(value, str) and value == held.get(name) and value.strip():
            return True
    return False


def _written(request: ScimRequest, names: tuple[str, ...]) -> set[str]:
    """The identifying values that a request writes."""
    body = request.body
    if not isinstance(body, dict):
        return set()
    if request.method != "PATCH":
        return set(_values(lower_names(body), names))
    operations = body.get("Operations")
    values = (
        {str(one.get("path") or "").lower(): one.get("value")}
        for one in (operations if isinstance(operations, list) else [])
        if isinstance(one, dict)
    )
    return {text for one in values for text in _values(one, names)}


def _values(resource: dict[str, JsonValue], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = resource.get(name)
        for one in value if isinstance(value, list) else [value]:
            text = member(one, "value") if isinstance(one, dict) else one
            if isinstance(text, str) and text.strip():
                yield text.strip().casefold()
