"""What mappings give for real people: live results, steps of an expression, and change counts.

Pure evaluation in worker threads, in portions of a few milliseconds so that a window stays smooth;
nothing is read from or written to a target.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from looop_gui.engine.entitlement import entitled
from looop_gui.engine.importing import imported_attributes
from looop_gui.expressions.compile import compile_mappings
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.roles import role_text
from looop_gui.expressions.parser import parse, parse_recovering
from looop_gui.expressions.trace import TraceStep, trace
from looop_gui.expressions.tree import attributes_of
from looop_gui.expressions.values import (
    EvaluationContext,
    EvaluationOptions,
    FlowControl,
    Result,
)
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import (
    AttributeValue,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)
from looop_gui.model.mapping import AttributeMapping, MappingType

MOST_SAMPLED = 200
PORTION = 25
"""How many objects are evaluated before the thread lets others go on."""

Attributes = dict[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class PreviewValue:
    """What one mapping gives for one object: the source values, the result, or the problem.

    `result` is None where nothing flows; `is_default` says that it is the default if null.
    """

    source: str
    result: str | None
    problem: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ObjectPreview:
    """The values of all mappings for one object, in their order."""

    source_id: str
    name: str
    values: tuple[PreviewValue, ...]


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many objects a changed mapping alters, of all that were looked at so far.

    Of the altered ones, `case_only` differ in letter case alone, `emptied` have no value any more,
    `filled` had none before, `failed` cannot be evaluated any more. `examples` are names of
    the first altered ones.
    """

    looked_at: int
    total: int
    altered: int = 0
    case_only: int = 0
    emptied: int = 0
    filled: int = 0
    failed: int = 0
    examples: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether everybody was looked at."""
        return self.looked_at >= self.total


async def preview(
    mappings: Sequence[AttributeMapping],
    objects: Sequence[DirectoryObject],
    snapshot: DirectorySnapshot,
    now: datetime,
    *,
    extended: bool = False,
) -> tuple[ObjectPreview, ...]:
    """The values of all mappings for a few objects."""
    return await asyncio.to_thread(preview_now, mappings, objects, snapshot, now, extended=extended)


def preview_now(
    mappings: Sequence[AttributeMapping],
    objects: Sequence[DirectoryObject],
    snapshot: DirectorySnapshot,
    now: datetime,
    *,
    extended: bool = False,
) -> tuple[ObjectPreview, ...]:
    """As `preview`, in the calling thread; a few milliseconds for five people."""
    compiled = compile_mappings(mappings, EvaluationOptions(extended=extended))
    context = _context(now, snapshot)
    view = AttributeView(snapshot)
    previews = []
    for source in objects:
        attributes = view.of(source)
        results = compiled(attributes, context)
        values = tuple(
            _value(mapping, result, attributes, redacted)
            for mapping, result, redacted in zip(mappings, results, compiled.redacted, strict=True)
        )
        previews.append(ObjectPreview(source.id, source.display_name, values))
    return tuple(previews)


async def step_through(
    expression: str,
    source: DirectoryObject,
    snapshot: DirectorySnapshot,
    now: datetime,
    *,
    extended: bool = False,
) -> tuple[TraceStep, ...]:
    """The value of every part of an expression for one object. Raises ExpressionSyntaxError."""

    def run() -> tuple[TraceStep, ...]:
        tree = parse(expression)
        attributes = AttributeView(snapshot).of(source)
        options = EvaluationOptions(extended=extended)
        return trace(tree, attributes, _context(now, snapshot), options)

    return await asyncio.to_thread(run)


async def count_changes(
    before: Sequence[AttributeMapping],
    after: Sequence[AttributeMapping],
    snapshot: DirectorySnapshot,
    object_type: ObjectType,
    now: datetime,
    *,
    extended: bool = False,
) -> AsyncIterator[ChangeCount]:
    """How many objects of the whole directory the changed mappings alter; counts as it goes.

    Mappings are compared by their target attribute. Cancel the iteration to stop.
    """
    options = EvaluationOptions(extended=extended)
    old, new = compile_mappings(before, options), compile_mappings(after, options)
    old_rows = {m.target_attribute: i for i, m in enumerate(before)}
    new_rows = {m.target_attribute: i for i, m in enumerate(after)}
    context = _context(now, snapshot)
    objects = list(objects_of(snapshot, object_type))
    view = AttributeView(snapshot)
    count = ChangeCount(0, len(objects))

    def compare(part: Sequence[DirectoryObject]) -> list[tuple[str, set[str]]]:
        found = []
        for source in part:
            attributes = view.of(source)
            was, now_is = old(attributes, context), new(attributes, context)
            kinds = {
                _difference(
                    was[old_rows[target]] if target in old_rows else None,
                    now_is[new_rows[target]] if target in new_rows else None,
                )
                for target in {*old_rows, *new_rows}
            } - {""}
            if kinds:
                found.append((source.display_name, kinds))
        return found

    yield count
    for start in range(0, len(objects), PORTION):
        part = objects[start : start + PORTION]
        found = await asyncio.to_thread(compare, part)
        count = _added(count, len(part), found)
        if count.finished or start % (PORTION * 8) == 0:
            yield count


async def sorted_names(
    snapshot: DirectorySnapshot, object_type: ObjectType
) -> tuple[tuple[str, str], ...]:
    """Name and source id of all people or groups, by name whatever the letter case."""

    def collect() -> tuple[tuple[str, str], ...]:
        named = ((each.display_name, each.id) for each in objects_of(snapshot, object_type))
        return tuple(sorted(named, key=lambda pair: pair[0].casefold()))

    return await asyncio.to_thread(collect)


def objects_of(snapshot: DirectorySnapshot, object_type: ObjectType) -> Iterable[DirectoryObject]:
    """All people or all groups of a snapshot."""
    is_user = object_type is ObjectType.USER
    return (snapshot.users if is_user else snapshot.groups).values()


class AttributeView:
    """The attributes of objects as expressions see them, the computed ones included.

    IsSoftDeleted is taken from the object alone: whether it is in scope is not asked here.
    """

    def __init__(self, snapshot: DirectorySnapshot) -> None:
        self._grants = entitled(snapshot, ConnectionSettings()).grants

    def of(self, source: DirectoryObject) -> Attributes:
        """The attributes of one object."""
        grants = self._grants.get(source.id, ())
        roles = tuple(dict.fromkeys(role_text(grant.role) for grant in grants))
        return imported_attributes(source, soft_deleted=not source.active, roles=roles)


def most_different(
    objects: Iterable[DirectoryObject], number: int = 5
) -> tuple[DirectoryObject, ...]:
    """A few objects that differ most: each adds the most attribute patterns not yet shown.

    A pattern is an attribute with the shape of its value (absent, plain, with marks, long). Of a
    large directory an even sample is looked at, so that it takes a few milliseconds.
    """
    everybody = list(objects)
    sample = everybody[:: max(1, len(everybody) // MOST_SAMPLED)]
    remaining = {source.id: (source, _patterns(source)) for source in sample}
    chosen: list[DirectoryObject] = []
    seen: set[tuple[str, str]] = set()
    while remaining and len(chosen) < number:
        best = max(remaining.values(), key=lambda entry: len(entry[1] - seen))
        chosen.append(best[0])
        seen |= best[1]
        del remaining[best[0].id]
    return tuple(chosen)


def _patterns(source: DirectoryObject) -> set[tuple[str, str]]:
    found = {("active", str(source.active))}
    for name, value in source.attributes.items():
        text = value if isinstance(value, str) else "; ".join(value)
        shape = "".join(
            (
                "" if text.isascii() else "u",
                "l" if len(text) > 30 else "",
                "s" if " " in text else "",
                "p" if any(c in "'’-#" for c in text) else "",
            )
        )
        found.add((name, shape or "plain"))
    return found


def _context(now: datetime, snapshot: DirectorySnapshot) -> EvaluationContext:
    return EvaluationContext(now, secrets.SystemRandom(), default_domain=snapshot.default_domain)


def _value(
    mapping: AttributeMapping,
    result: Result | EvaluationError,
    attributes: Attributes,
    redacted: bool,
) -> PreviewValue:
    source = _inputs(mapping, attributes)
    if isinstance(result, EvaluationError):
        return PreviewValue(source, None, result.sentence)
    text = _text(result)
    if text is not None:
        return PreviewValue(source, "[Redact]" if redacted else text)
    if mapping.default_value is not None:
        return PreviewValue(source, mapping.default_value, is_default=True)
    return PreviewValue(source, None)


def _inputs(mapping: AttributeMapping, attributes: Attributes) -> str:
    """The source values that a mapping reads: `givenName: Anna; surname: ...`."""
    if mapping.mapping_type is MappingType.DIRECT:
        return _shown(attributes.get(mapping.source)) or ""
    if mapping.mapping_type is not MappingType.EXPRESSION:
        return ""
    names = _names_in(mapping.source)
    return "; ".join(f"{name}: {_shown(attributes.get(name)) or ''}" for name in names)


@lru_cache(maxsize=512)
def _names_in(expression: str) -> tuple[str, ...]:
    """The attributes of an expression, whole or half-written: asked for each person and letter."""
    tree = parse_recovering(expression).tree
    return tuple(sorted(attributes_of(tree))) if tree is not None else ()


def _shown(value: AttributeValue | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return "; ".join(value)


def _text(result: Result | EvaluationError) -> str | None:
    """A result as text; None where nothing flows."""
    if result is None or isinstance(result, (FlowControl, EvaluationError)):
        return None
    return _shown(result)


def _difference(was: Result | EvaluationError, now_is: Result | EvaluationError) -> str:
    if isinstance(now_is, EvaluationError):
        return "" if isinstance(was, EvaluationError) else "failed"
    before, after = _text(was), _text(now_is)
    if before == after or not (before or after):
        return ""
    if not after:
        return "emptied"
    if not before:
        return "filled"
    return "case" if before.casefold() == after.casefold() else "value"


def _added(count: ChangeCount, looked_at: int, found: list[tuple[str, set[str]]]) -> ChangeCount:
    def having(kind: str, *, only: bool = False) -> int:
        return sum(kinds == {kind} if only else kind in kinds for _, kinds in found)

    examples = (*count.examples, *(name for name, _ in found))[:5]
    return ChangeCount(
        count.looked_at + looked_at,
        count.total,
        count.altered + len(found),
        count.case_only + having("case", only=True),
        count.emptied + having("emptied"),
        count.filled + having("filled"),
        count.failed + having("failed"),
        examples,
    )
