"""Where everything on the canvas lies, computed from the schema alone.

Sources stand at the left in the order of the targets they feed, so that wires cross little, the
unused ones below. Targets stand at the right, grouped by schema. Expressions and constants are
nodes in between, as high as their target where there is room. Units are pixels at zoom 1.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    SynchronizationSchema,
)
from looop_gui.ui.mappings.attribute_names import schema_title, short_name

ROW = 28
GAP = 4
HEADING = 32
GROUP_GAP = 12
SOURCE_X, SOURCE_WIDTH = 0, 190
NODE_X, NODE_WIDTH = 270, 190
TARGET_X, TARGET_WIDTH = 540, 260
WIDTH = TARGET_X + TARGET_WIDTH
_REFERENCE = re.compile(r'"(?:\\.|[^"\\])*"|\[([^\[\]]+)\]')


class Kind(StrEnum):
    """What a place on the canvas is."""

    HEADING = "heading"
    SOURCE = "source"
    TARGET = "target"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Place:
    """One thing on the canvas. `row` is that of its mapping, -1 where there is none.

    `key` is the attribute's name, of a node its row, of a heading its side and title.
    """

    kind: Kind
    key: str
    text: str
    x: float
    y: float
    width: float
    height: float = ROW
    row: int = -1
    definition: AttributeDefinition | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """A line from the right edge of one place to the left edge of another, for one mapping."""

    row: int
    start: tuple[Kind, str]
    end: tuple[Kind, str]
    mapping_type: MappingType


@dataclass(frozen=True, slots=True)
class CanvasLayout:
    """Everything on the canvas, keyed by kind and key."""

    places: Mapping[tuple[Kind, str], Place]
    wires: tuple[Wire, ...]
    height: float


def lay_out(
    schema: SynchronizationSchema, object_type: ObjectType, *, titles: tuple[str, str, str]
) -> CanvasLayout:
    """The canvas of one object type. `titles`: used sources, unused sources, the core schema."""
    mappings = schema.mapping_of(object_type).attribute_mappings
    first_row = {m.target_attribute: row for row, m in reversed(list(enumerate(mappings)))}
    targets = _targets(
        schema.target_attributes_of(object_type), mappings, first_row, core_title=titles[2]
    )
    heights = {place.key: place.y for place in targets if place.kind is Kind.TARGET}
    sources = _sources(
        schema.source_attributes_of(object_type), mappings, heights, titles=titles[:2]
    )
    nodes = _nodes(mappings, heights)
    places = {(place.kind, place.key): place for place in (*sources, *targets, *nodes)}
    height = max((place.y + place.height for place in places.values()), default=0.0)
    return CanvasLayout(places, tuple(_wires(mappings, places)), height)


def inputs_of(mapping: AttributeMapping) -> tuple[str, ...]:
    """The source attributes that a mapping reads, in the order of their first use."""
    if mapping.mapping_type is MappingType.DIRECT:
        return (mapping.source,) if mapping.source else ()
    if mapping.mapping_type is MappingType.EXPRESSION:
        found = (match.group(1) for match in _REFERENCE.finditer(mapping.source))
        return tuple(dict.fromkeys(name for name in found if name))
    return ()


def _targets(
    definitions: Sequence[AttributeDefinition],
    mappings: Sequence[AttributeMapping],
    first_row: Mapping[str, int],
    *,
    core_title: str,
) -> list[Place]:
    known = {definition.name: definition for definition in definitions if not definition.anchor}
    names = list(dict.fromkeys((*known, *(m.target_attribute for m in mappings))))
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(schema_title(name, core_title), []).append(name)
    places: list[Place] = []
    y = 0.0
    for title, members in grouped.items():
        places.append(_heading("target", title, TARGET_X, y, TARGET_WIDTH))
        y += HEADING
        for name in members:
            row = first_row.get(name, -1)
            text = short_name(name)
            places.append(
                Place(Kind.TARGET, name, text, TARGET_X, y, TARGET_WIDTH, ROW, row, known.get(name))
            )
            y += ROW + GAP
        y += GROUP_GAP
    return places


def _sources(
    definitions: Sequence[AttributeDefinition],
    mappings: Sequence[AttributeMapping],
    heights: Mapping[str, float],
    *,
    titles: Sequence[str],
) -> list[Place]:
    wanted: dict[str, list[float]] = {}
    for mapping in mappings:
        for name in inputs_of(mapping):
            wanted.setdefault(name, []).append(heights.get(mapping.target_attribute, 0.0))
    known = {definition.name: definition for definition in definitions}
    used = sorted(wanted, key=lambda name: (sum(wanted[name]) / len(wanted[name]), name))
    unused = sorted((name for name in known if name not in wanted), key=str.casefold)
    places: list[Place] = []
    y = 0.0
    for title, names in zip(titles, (used, unused), strict=True):
        if not names:
            continue
        places.append(_heading("source", title, SOURCE_X, y, SOURCE_WIDTH))
        y += HEADING
        for name in names:
            definition = known.get(name)
            places.append(
                Place(Kind.SOURCE, name, name, SOURCE_X, y, SOURCE_WIDTH, definition=definition)
            )
            y += ROW + GAP
        y += GROUP_GAP
    return places


def _nodes(mappings: Sequence[AttributeMapping], heights: Mapping[str, float]) -> list[Place]:
    """Nodes at the height of their targets; one that finds its place taken moves down."""
    wanted = sorted(
        (heights.get(mapping.target_attribute, 0.0), row)
        for row, mapping in enumerate(mappings)
        if mapping.mapping_type in (MappingType.EXPRESSION, MappingType.CONSTANT)
    )
    places: list[Place] = []
    free_from = 0.0
    for height, row in wanted:
        y = max(height, free_from)
        text = _node_text(mappings[row])
        places.append(Place(Kind.NODE, str(row), text, NODE_X, y, NODE_WIDTH, ROW, row))
        free_from = y + ROW + GAP
    return places


def _node_text(mapping: AttributeMapping) -> str:
    if mapping.mapping_type is MappingType.CONSTANT:
        return f'"{mapping.source}"'
    return " ".join(mapping.source.split())


def _wires(
    mappings: Sequence[AttributeMapping], places: Mapping[tuple[Kind, str], Place]
) -> Iterable[Wire]:
    for row, mapping in enumerate(mappings):
        target = (Kind.TARGET, mapping.target_attribute)
        node = (Kind.NODE, str(row))
        through_node = node in places
        for name in inputs_of(mapping):
            end = node if through_node else target
            yield Wire(row, (Kind.SOURCE, name), end, mapping.mapping_type)
        if through_node:
            yield Wire(row, node, target, mapping.mapping_type)


def _heading(side: str, title: str, x: float, y: float, width: float) -> Place:
    return Place(Kind.HEADING, f"{side}:{title}", title, x, y, width, HEADING)
