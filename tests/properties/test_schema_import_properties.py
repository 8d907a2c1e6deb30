"""Any damage to a synchronizationSchema is refused or survives the round trip."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui.model.errors import ConfigurationError
from looop_gui.setup.synchronization_schema import import_schema, to_graph

SAMPLE = Path(__file__).parents[1] / "samples/schemas/imported-synchronization-schema.json"
DOCUMENT = json.loads(SAMPLE.read_text(encoding="utf-8"))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            found += places(inner, (*path, key))
    return found


PLACES = places(DOCUMENT)
values = st.sampled_from(
    (None, True, 0, -1.5, "", "x", [], {}, [None], {"a": 1}, [[1]], ["x", 2], "Function", "User")
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=4))
def test_a_damaged_document_is_refused_or_comes_back_as_it_was(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    document = copy.deepcopy(DOCUMENT)
    for path, value in changes:
        holder = document
        for key in path[:-1]:
            holder = holder[key] if isinstance(holder, dict | list) and _has(holder, key) else None
        if isinstance(holder, dict | list) and _has(holder, path[-1]):
            holder[path[-1]] = copy.deepcopy(value)
    try:
        result = import_schema(document)
    except ConfigurationError:
        return
    assert json.dumps(to_graph(result.schema)) == json.dumps(document)


def _has(holder: Any, key: Any) -> bool:
    if isinstance(holder, dict):
        return key in holder
    return isinstance(key, int) and key < len(holder)
