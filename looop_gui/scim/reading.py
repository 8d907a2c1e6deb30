"""Functions that read the values of an attribute out of a resource, made once per path."""

from collections.abc import Callable
from typing import Any

from looop_gui.scim.messages import JsonObject
from looop_gui.scim.schema import ResolvedAttribute

ValuesReader = Callable[[Any], list[Any]]


def values_reader(
    resolved: ResolvedAttribute, element_test: Callable[[Any], bool] | None = None
) -> ValuesReader:
    """A function that lists all values that are not null at a path of a resource.

    `element_test` chooses among the values of a multi-valued attribute before a sub-attribute is
    read. Names are in the schema's spelling, as validation leaves them.
    """
    if resolved.attribute is None:
        raise ValueError("A whole schema has no values.")
    name, extension = resolved.attribute.name, resolved.extension
    sub = None if resolved.sub_attribute is None else resolved.sub_attribute.name
    if extension is None and element_test is None and sub is None:
        return lambda resource: _listed(resource.get(name))

    def read(resource: JsonObject) -> list[Any]:
        container = resource if extension is None else resource.get(extension)
        found = _listed(container.get(name)) if isinstance(container, dict) else []
        if element_test is not None:
            found = [element for element in found if element_test(element)]
        return found if sub is None else _sub_values(found, sub)

    return read


def values_of_sub_attribute(name: str) -> ValuesReader:
    """A function that lists the value of one sub-attribute of a complex value: none or one."""

    def read(element: Any) -> list[Any]:
        value = element.get(name) if isinstance(element, dict) else None
        return [] if value is None else [value]

    return read


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _sub_values(elements: list[Any], sub: str) -> list[Any]:
    found: list[Any] = []
    for element in elements:
        value = element.get(sub) if isinstance(element, dict) else None
        if isinstance(value, list):
            found.extend(value)
        elif value is not None:
            found.append(value)
    return found
