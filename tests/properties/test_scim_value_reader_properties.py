"""A compiled reader gives what the general functions give, and refuses what they refuse."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui import resources
from looop_gui.scim.conduct import GENERIC, RFC
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.schema import SchemaAttribute, schema_set_from_json
from looop_gui.scim.value_readers import compile_elements_reader, compile_reader
from looop_gui.scim.values import read_attribute_value, read_elements

SCHEMAS = schema_set_from_json(
    resources.read_json("schemas", "sets", "looop.json"),
    lambda name: resources.read_json("schemas", name),
)
OWN = SchemaAttribute(
    "badge",
    "complex",
    multi_valued=True,
    sub_attributes=(
        SchemaAttribute("value", "integer", required=True),
        SchemaAttribute("kind", canonical_values=("Gold", "Silver")),
        SchemaAttribute("since", "dateTime"),
        SchemaAttribute("seen", mutability="readOnly"),
    ),
)
DEFINITIONS = [SCHEMAS.definition(kind) for kind in SCHEMAS.resource_types]
ATTRIBUTES = [
    OWN,
    *(attribute for one in DEFINITIONS for attribute in one.core.values()),
    *(
        attribute
        for one in DEFINITIONS
        for extension in one.extensions.values()
        for attribute in extension.attributes.values()
    ),
]
conducts = st.sampled_from([RFC, GENERIC, replace(RFC, canonical_values_enforced=True)])
scalars = st.sampled_from(
    [None, True, 1, 1.5, "", "a", "é", "\ud800", "true", "7", "Gold", "2020-01-01T00:00:00Z"]
)


def values_of(attribute: SchemaAttribute) -> st.SearchStrategy[Any]:
    """What clients may send for it: mostly of the right form, in any spelling of the names."""
    one: st.SearchStrategy[Any] = scalars
    if attribute.sub_attributes:
        names = [sub.name for sub in attribute.sub_attributes]
        spelled = st.sampled_from([*names, names[0].upper(), "unknown"])
        one = st.dictionaries(spelled, scalars | st.lists(scalars, max_size=2), max_size=5)
    return st.lists(one, max_size=4) | one | scalars


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ATTRIBUTES), st.data(), conducts)
def test_a_compiled_reader_does_what_the_general_functions_do(
    attribute: SchemaAttribute, data: st.DataObject, conduct: Any
) -> None:
    value = data.draw(values_of(attribute))
    expected = outcome(read_attribute_value, attribute, value, conduct)
    assert outcome(compile_reader(attribute, conduct), value) == expected
    if attribute.multi_valued:
        elements = outcome(read_elements, attribute, value, conduct)
        assert outcome(compile_elements_reader(attribute, conduct), value) == elements


def outcome(call: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """What a call returns, or the whole error that it raises; types count, True is not 1."""
    try:
        return "read", repr(call(*arguments))
    except ScimProtocolError as error:
        return "refused", error.to_body()
