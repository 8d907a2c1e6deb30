"""Planned requests as they may be read: values that the log hides are hidden in them, too.

Only what is read is so. A plan that is to be applied must hold what it will write.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from looop_gui.engine.importing import REDACTED
from looop_gui.engine.log_exposure import KNOWN_NAMES, Exposure, name_parts
from looop_gui.model.plan import PlannedObject, PlannedRequest
from looop_gui.scim.messages import JsonValue


def readable_request(planned: PlannedObject, request: PlannedRequest) -> PlannedRequest:
    """The request without the values that `Redact` hides, and without what is named as a secret."""
    if request.body is None:
        return request
    hidden = {
        one.display_name.casefold()
        for one in planned.changes
        if REDACTED in (one.old_value, one.new_value)
    }
    names = {part for name in _names(request.body) for part in (name.casefold(), *name_parts(name))}
    exposure = Exposure(KNOWN_NAMES | frozenset(names), frozenset(hidden))
    text = exposure.body(json.dumps(request.body, ensure_ascii=False), "request body")
    return replace(request, body=json.loads(text))


def _names(value: JsonValue) -> Iterator[str]:
    """Every name of a body: its members, and the paths of its operations."""
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str):
            yield path
        for name, item in value.items():
            yield name
            yield from _names(item)
