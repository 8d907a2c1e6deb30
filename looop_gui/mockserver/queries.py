"""Answers lists, filters and searches (RFC 7644 sections 3.4.2 and 3.4.3).

Three ways, the cheapest that serves: a page straight from the storage, the candidates that an
index names, or a scan of all resources.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter

from looop_gui.mockserver.conduct import TenantConduct
from looop_gui.mockserver.membership import MEMBERS
from looop_gui.mockserver.representation import GROUPS, Representation
from looop_gui.mockserver.resources import Resources
from looop_gui.mockserver.slow_query import PATIENCE, SLICE, SlowQueryError, Steps, work_out
from looop_gui.mockserver.storage.protocol import Record
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter import parse_filter
from looop_gui.scim.filter_tree import Comparison, Filter, Present, ValuePath, nodes
from looop_gui.scim.filtering import compile_filter
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.path import parse_path
from looop_gui.scim.projection import Projection, compile_projection
from looop_gui.scim.responses import list_response
from looop_gui.scim.schema import ResourceType, SchemaSet
from looop_gui.scim.search import SearchRequest
from looop_gui.scim.sorting import SortKey, sort_key

Hidden = Callable[[Record], bool]
"""Says of a record that lists and filters do not show it yet, or no longer."""

_DERIVED = {"meta": "meta", "groups": GROUPS, "members": MEMBERS}
_PROJECTIONS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer shows of each resource of a type."""

    project: Projection
    with_members: bool


class Queries:
    """Lists and searches over the resources of a tenant.

    While `deferring`, `search` raises SlowQueryError when it would have to look at many resources.
    """

    def __init__(
        self,
        resources: Resources,
        representation: Representation,
        schema_set: SchemaSet,
        conduct: TenantConduct,
    ) -> None:
        self._resources = resources
        self._storage = resources.storage
        self._representation = representation
        self._schema_set = schema_set
        self._conduct = conduct
        self._shapes: dict[object, Shape] = {}
        self._worked_out: dict[object, list[Record]] = {}
        self.deferring = False

    def search(
        self, kinds: Sequence[ResourceType], search: SearchRequest, hidden: Hidden | None
    ) -> JsonObject:
        """The ListResponse. Raises ScimProtocolError 400 invalidFilter or invalidPath."""
        conduct = self._conduct
        count = conduct.default_count if search.count is None else search.count
        count = min(count, conduct.maximum_count)
        offset = search.start_index - 1
        if search.filter is None and search.sort_by is None and hidden is None and len(kinds) == 1:
            total = self._storage.count(kinds[0].name)
            records = self._storage.page(kinds[0].name, offset, count) if count else ()
        else:
            found = self._found(kinds, search, hidden)
            total, records = len(found), found[offset : offset + count]
            if self._worked_out:  # it took many turns; what has been deleted meanwhile is gone
                current = (self._storage.get(r.resource_type, r.id) for r in records)
                records = [record for record in current if record is not None]
        shown = [self.show(record, search) for record in records]
        return list_response(shown, total, search.start_index)

    def forget(self) -> None:
        """Forget what slow queries found, once their answers are made."""
        self._worked_out.clear()

    def show(self, record: Record, search: SearchRequest) -> JsonObject:
        """A resource as the answer to this search shows it."""
        shape = self.shape(record.resource_type, search.attributes, search.excluded_attributes, ())
        return shape.project(self._representation.resource(record, with_members=shape.with_members))

    def shape(
        self,
        resource_type: str,
        attributes: tuple[str, ...],
        excluded: tuple[str, ...],
        requested: tuple[str, ...],
    ) -> Shape:
        """The shape of a resource of a type for these parameters, compiled once."""
        key = (resource_type, attributes, excluded, requested)
        shape = self._shapes.get(key)
        if shape is None:
            kind = self._resources.definitions[resource_type].resource_type
            projection = compile_projection(self._schema_set, kind, attributes, excluded, requested)
            probe = projection({MEMBERS: [{"value": "", "$ref": "", "display": "", "type": ""}]})
            shape = Shape(projection, MEMBERS in probe)
            if len(self._shapes) >= _PROJECTIONS_KEPT:
                self._shapes.clear()
            self._shapes[key] = shape
        return shape

    def _found(
        self, kinds: Sequence[ResourceType], search: SearchRequest, hidden: Hidden | None
    ) -> list[Record]:
        key = (tuple(kind.name for kind in kinds), search)
        worked_out = self._worked_out.get(key)
        if worked_out is not None:
            return worked_out
        steps = self._steps(kinds, search, hidden)
        if self.deferring:
            try:
                for _ in range(PATIENCE):
                    next(steps)
            except StopIteration as end:
                found: list[Record] = end.value
                return found
            raise SlowQueryError(steps, lambda found: self._worked_out.update({key: found}))
        return work_out(steps)

    def _steps(
        self, kinds: Sequence[ResourceType], search: SearchRequest, hidden: Hidden | None
    ) -> Steps:
        tree = None if search.filter is None else parse_filter(search.filter)
        found: list[Record] = []
        seen = 0
        for kind in kinds:
            records, satisfies = self._matching(kind, tree, strict=len(kinds) == 1)
            for record in records:
                if satisfies(record) and (hidden is None or not hidden(record)):
                    found.append(record)
                seen += 1
                if seen % SLICE == 0:
                    yield
        if search.sort_by is None:
            return found
        return (yield from self._sorted(found, kinds, search))

    def _sorted(
        self, found: list[Record], kinds: Sequence[ResourceType], search: SearchRequest
    ) -> Steps:
        """Sort short runs and merge them, because one long sort could not be interrupted."""
        key = self._sort_key(kinds, search.sort_by or "")
        backwards = search.descending
        runs: list[list[tuple[SortKey, Record]]] = []
        for start in range(0, len(found), SLICE):
            run = [(key(record), record) for record in found[start : start + SLICE]]
            run.sort(key=itemgetter(0), reverse=backwards)
            runs.append(run)
            yield
        ordered: list[Record] = []
        for _, record in merge(*runs, key=itemgetter(0), reverse=backwards):
            ordered.append(record)
            if len(ordered) % SLICE == 0:
                yield
        return ordered

    def _matching(
        self, kind: ResourceType, tree: Filter | None, *, strict: bool
    ) -> tuple[Iterable[Record], Callable[[Record], bool]]:
        """The resources to look at, and the test that they must pass."""
        if tree is None:
            return self._storage.scan(kind.name), lambda _: True
        strict = strict and self._conduct.unknown_filter_attributes_refused
        try:
            satisfies = compile_filter(tree, self._schema_set, kind, strict=strict)
        except RecursionError:
            raise ScimProtocolError(400, "invalidFilter", "The filter is too deep.") from None
        names = _derived_names(tree)
        candidates = self._resources.indexes[kind.name].candidates(tree, self._storage)
        records = self._storage.scan(kind.name) if candidates is None else candidates
        if not names:
            return records, lambda record: satisfies(record.document)
        evaluable = self._representation.evaluable
        return records, lambda record: satisfies(evaluable(record, names))

    def _sort_key(self, kinds: Sequence[ResourceType], sort_by: str) -> Callable[[Record], SortKey]:
        keys = {kind.name: sort_key(sort_by, self._schema_set, kind) for kind in kinds}
        derived = _DERIVED.get(parse_path(sort_by).name.lower())
        names = () if derived is None else (derived,)
        evaluable = self._representation.evaluable
        return lambda record: keys[record.resource_type](evaluable(record, names))


def _derived_names(tree: Filter) -> set[str]:
    """The derived attributes that a filter speaks of."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, Comparison | Present | ValuePath):
            name = _DERIVED.get(node.path.name.lower())
            if name is not None:
                found.add(name)
    return found
