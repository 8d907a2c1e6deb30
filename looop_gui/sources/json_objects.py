"""Reads a JSON array of Graph objects into flat attributes: text, or a tuple of texts.

Booleans become "True" and "False", numbers decimal text, null nothing, a nested object dotted
names (`employeeOrgData.division`), except that onPremisesExtensionAttributes gives its attributes
plainly, as Entra's attribute list has them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from looop_gui.model.directory import AttributeValue, SourceProblem
from looop_gui.model.errors import SourceError
from looop_gui.sources.text_encoding import decode

_PLAIN_CONTAINERS = frozenset({"onPremisesExtensionAttributes"})


@dataclass(frozen=True, slots=True)
class JsonObjects:
    """The objects of a JSON file, flattened; `line_of(index)` is where one begins, 1-based."""

    objects: list[dict[str, AttributeValue]]
    line_of: Callable[[int], int]
    encoding: str
    problems: list[SourceProblem]


def read_json_objects(data: bytes, file: str, encoding: str = "") -> JsonObjects:
    """The objects in `data`: an array, or an object with the array in `value` as Graph answers.

    Raises SourceError, with the line, when it is not JSON or not such an array.
    """
    decoded = decode(data, file, encoding)
    elements = _elements(decoded.text, file)
    line_of = _line_finder(decoded.text, len(elements))
    problems = list(decoded.problems)
    objects: list[dict[str, AttributeValue]] = []
    for index, element in enumerate(elements):
        if isinstance(element, dict):
            objects.append(_flatten(element))
        else:
            objects.append({})
            problems.append(
                SourceProblem(file, line_of(index), "The element is not an object and is left out.")
            )
    return JsonObjects(objects, line_of, decoded.encoding, problems)


def _elements(text: str, file: str) -> list[Any]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        document = _decode_with_line(text, file)
    if isinstance(document, dict):
        document = document.get("value")
    if isinstance(document, list):
        return document
    raise SourceError(
        f"{file} is JSON, but not a list of objects.",
        safe="Nothing was imported.",
        next_step='It should be an array, or an object with the array in "value".',
    )


def _decode_with_line(text: str, file: str) -> Any:
    """The standard library's parser says the line; msgspec only a position in bytes."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(file, f" at line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise _not_json(file, ": it is nested too deep") from error


def _not_json(file: str, why: str) -> SourceError:
    return SourceError(
        f"{file} is not valid JSON{why}.",
        safe="Nothing was imported.",
        next_step="Correct the file or export it again.",
    )


def _flatten(element: Mapping[str, Any], prefix: str = "") -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for name, value in element.items():
        if value.__class__ is str:
            if value:
                attributes[prefix + name] = value
        elif isinstance(value, dict):
            inner = prefix if name in _PLAIN_CONTAINERS else f"{prefix}{name}."
            attributes.update(_flatten(value, inner))
        elif isinstance(value, list):
            if value:
                attributes[prefix + name] = tuple(map(_text, value))
        elif value is not None:
            attributes[prefix + name] = _text(value)
    return attributes


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        identifier = value.get("id")
        return identifier if isinstance(identifier, str) else json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _line_finder(text: str, count: int) -> Callable[[int], int]:
    """Finds the lines only when one is asked for, since most files have no problem."""

    @cache
    def lines() -> list[int]:
        return _element_lines(text, count)

    return lambda index: lines()[index]


def _element_lines(text: str, count: int) -> list[int]:
    scan = json.JSONDecoder().raw_decode
    in_object = text.lstrip()[:1] == "{"
    position = text.find("[", max(text.find('"value"'), 0) if in_object else 0) + 1
    line, counted, found = 1, 0, []
    for _ in range(count):
        while text[position] in ", \t\r\n":
            position += 1
        line += text.count("\n", counted, position)
        counted = position
        found.append(line)
        position = scan(text, position)[1]
    return found
