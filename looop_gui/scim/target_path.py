"""Target attribute paths of a mapping, compiled to read from and write into a resource (c.4).

A path is `displayName`, `name.givenName`, `emails[type eq "work"].value` or one of these behind a
schema's URN. Reading is tolerant, because targets are: names in any letter case, booleans as text.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter_tree import AttributePath, Comparison
from looop_gui.scim.messages import (
    GROUP_SCHEMA,
    USER_SCHEMA,
    JsonObject,
    JsonValue,
)
from looop_gui.scim.path import parse_path

_CORE_SCHEMAS = frozenset({USER_SCHEMA.casefold(), GROUP_SCHEMA.casefold()})
ROLE_TYPE = "WindowsAzureActiveDirectoryRole"


@dataclass(frozen=True, slots=True)
class TargetPath:
    """One target attribute. `extension` is the URN of a schema other than the core ones, or "".

    `filter_name` and `filter_value` choose one element of a multi-valued attribute; both are empty
    where there is no filter. `sub` is the sub-attribute or "". `is_plain` is true for a name alone.
    """

    text: str
    extension: str
    name: str
    filter_name: str
    filter_value: JsonValue
    sub: str
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        alone = not (self.extension or self.filter_name or self.sub)
        object.__setattr__(self, "is_plain", alone)

    @property
    def filtered(self) -> bool:
        """True when the path chooses an element by a value filter."""
        return bool(self.filter_name)

    def read(self, resource: JsonObject) -> JsonValue | None:
        """The value in a resource as it stands; None when there is none."""
        container: Any = resource
        if self.extension:
            container = member(resource, self.extension)
            if not isinstance(container, dict):
                return None
        value = member(container, self.name)
        if self.filter_name:
            value = self._element(value)
        if self.sub and value is not None:
            value = _sub_value(value, self.sub)
        return None if value is None or value == [] or value == {} else value

    def write(self, resource: JsonObject, value: JsonValue) -> None:
        """Put a value into a resource that is being built, making what lies on the way.

        All sub-attributes with the same filter meet in one element, which carries the filter's
        attribute too (section c.4).
        """
        container = resource
        if self.extension:
            container = resource.setdefault(self.extension, {})
        if self.filter_name:
            container = self._element_to_write(container.setdefault(self.name, []))
        elif self.sub:
            container = container.setdefault(self.name, {})
        container[self.sub or self.name] = value

    def _element(self, elements: Any) -> JsonValue | None:
        if not isinstance(elements, list):
            elements = [elements]
        wanted = comparable(self.filter_value)
        for element in elements:
            if isinstance(element, dict):
                held = comparable(member(element, self.filter_name))
                if held == wanted:
                    return element
        return None

    def _element_to_write(self, elements: list[JsonValue]) -> JsonObject:
        found = self._element(elements)
        if isinstance(found, dict):
            return found
        element: JsonObject = {self.filter_name: self.filter_value}
        elements.append(element)
        return element


@lru_cache(maxsize=2048)
def target_path(text: str) -> TargetPath:
    """Compile a target attribute's name. Raises ValueError when it is not a path of section c.4."""
    try:
        path = parse_path(text)
    except ScimProtocolError as error:
        raise ValueError(error.detail) from error
    filter_name, filter_value = _filter_of(path, text)
    urn = path.urn or ""
    return TargetPath(
        text=text,
        extension="" if urn.casefold() in _CORE_SCHEMAS else urn,
        name=path.name,
        filter_name=filter_name,
        filter_value=filter_value,
        sub=path.sub_attribute or "",
    )


def member(container: Any, name: str) -> JsonValue | None:
    """A member of a JSON object by name in any letter case (RFC 7643 section 2.1)."""
    if not isinstance(container, dict):
        return None
    if name in container:
        return container[name]
    folded = name.casefold()
    for key, value in container.items():
        if key.casefold() == folded:
            return value
    return None


def comparable(value: JsonValue | None) -> JsonValue | None:
    """A value such that "True" equals true and texts are compared without letter case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.casefold()
    return value


def reference_id(value: JsonValue | None) -> str | None:
    """The id in a manager's or member's value, be it an object or plain text (section g.4)."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) and value else None


def _filter_of(path: AttributePath, text: str) -> tuple[str, JsonValue]:
    if path.value_filter is None:
        return "", ""
    condition = path.value_filter
    if not isinstance(condition, Comparison) or condition.operator != "eq":
        raise ValueError(f"The filter of {text} is not of the form name eq value.")
    name, value = condition.path.name, condition.value
    if name.casefold() == "primary" and isinstance(value, str):
        value = value.casefold() == "true"
    return name, value


def _sub_value(value: Any, sub: str) -> JsonValue | None:
    if isinstance(value, list):
        found = [item for item in (member(element, sub) for element in value) if item is not None]
        return found or None
    return member(value, sub)
