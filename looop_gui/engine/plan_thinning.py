"""What follows from leaving somebody out of a plan: the references to her are left out, too.

Who is not created cannot be a manager or a member, and who stays managed is not taken out of her
groups. The requests that a cycle sends without her are derived here from those of the plan, in the
forms that `scim.dialect` writes, so that what is applied is what was shown. A resource that is
written whole cannot be thinned out: it is left as it is, and with it whatever hangs on it.
"""

import copy
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from looop_gui.engine.members_shown import shown_ids
from looop_gui.engine.plan_consequences import Consequences
from looop_gui.model.plan import (
    Plan,
    PlannedObject,
    PlannedRequest,
    PlanReference,
    ReferenceKind,
)
from looop_gui.model.provisioning_log import ModifiedProperty
from looop_gui.scim.dialect import batches, quoted
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import reference_id, target_path

_MEMBERS = "members"
_FIRST = "object"


def thinned(plan: Plan, left_out: Collection[str] = frozenset()) -> Plan:
    """The plan without some source ids, without those that are missing in it, and without what
    follows from that. Thinned once more, it stays as it is.
    """
    rows = [one for one in plan.objects if one.source_id not in left_out]
    if not any(one.depends for one in rows):
        return plan if len(rows) == len(plan.objects) else replace(plan, objects=tuple(rows))
    present = {one.source_id for one in rows if one.which == _FIRST}
    consequences, settled, kept = Consequences(undo=plan.undo is not None), set[str](), []
    for row in rows:
        missing = [one for one in row.depends if one.source_id not in present]
        if not missing:
            kept.append(row)
            continue
        thin = without_references(row, missing)
        if thin is None:
            present.discard(row.source_id)
            consequences.whole(row, missing)
            continue
        consequences.note(row, thin, missing)
        if thin.requests:
            kept.append(thin)
        elif row.which == _FIRST:
            settled.add(row.source_id)
    if settled:
        # There is nothing to write for them: they are not left out, and may be referred to.
        kept = [_independent(row, settled) for row in kept]
    return replace(
        plan, objects=tuple(kept), consequences=(*plan.consequences, *consequences.sentences())
    )


def referring_rows(plan: Plan, source_id: str) -> list[PlannedObject]:
    """The objects of a plan from which a reference is left out together with somebody."""
    return [
        row
        for row in plan.objects
        if row.source_id != source_id and any(one.source_id == source_id for one in row.depends)
    ]


def _independent(row: PlannedObject, settled: set[str]) -> PlannedObject:
    if not any(one.source_id in settled for one in row.depends):
        return row
    depends = tuple(one for one in row.depends if one.source_id not in settled)
    return replace(row, depends=depends)


def without_references(
    row: PlannedObject, missing: Sequence[PlanReference]
) -> PlannedObject | None:
    """A row without some references; None where it is written whole and so cannot be without."""
    kinds = {one.kind for one in missing}
    if ReferenceKind.ITSELF in kinds:
        return replace(row, requests=(), changes=(), depends=())
    left = tuple(one for one in row.depends if one not in missing)
    row = replace(row, depends=left)
    try:
        if ReferenceKind.MANAGER in kinds:
            return _without_manager(row, missing[0])
        return _without_members(row, {one.target_id for one in missing})
    except _WholeError:
        return None


class _WholeError(Exception):
    """The request writes a whole resource."""


def _without_manager(row: PlannedObject, manager: PlanReference) -> PlannedObject:
    changes = tuple(one for one in row.changes if one.display_name != manager.attribute)
    order = [one.display_name for one in row.changes]
    requests = []
    for request in row.requests:
        body = copy.deepcopy(request.body)
        if request.method == "POST":
            _erase(body, manager)
        elif not _erase_operation(request, body, manager, order):
            continue
        requests.append(replace(request, body=body))
    return replace(row, changes=changes, requests=tuple(requests))


def _erase(body: JsonObject, manager: PlanReference) -> None:
    """Take the manager out of a resource that is being created."""
    path = target_path(manager.attribute)
    container = body.get(path.extension) if path.extension else body
    if not isinstance(container, dict):
        return
    container.pop(path.name, None)
    schemas = body.get("schemas")
    if path.extension and not container:
        del body[path.extension]
        # Entra's two dialects name the schema of the enterprise user in any case.
        if "meta" not in body and isinstance(schemas, list) and path.extension in schemas:
            schemas.remove(path.extension)


def _erase_operation(
    request: PlannedRequest, body: JsonValue, manager: PlanReference, order: list[str]
) -> bool:
    """Take the manager out of a PATCH; False when nothing is left of it."""
    if request.method != "PATCH" or not isinstance(body, dict):
        raise _WholeError
    operations: list[JsonObject] = body["Operations"]
    kept = [one for one in operations if one.get("path") != manager.attribute]
    for one in [one for one in kept if "path" not in one]:
        values = one["value"]
        if manager.attribute not in values:
            if len(kept) == len(operations):
                raise _WholeError  # the target takes no paths, so attributes are written whole
            continue
        del values[manager.attribute]
        if len(values) < 2:
            # One replacement alone is not merged (section g.7): it stands among the others.
            kept.remove(one)
            for path, value in values.items():
                single = {"op": one["op"], "path": path, "value": value}
                kept.insert(_place(path, kept, order), single)
    body["Operations"] = kept
    return bool(kept)


def _place(path: str, operations: list[JsonObject], order: list[str]) -> int:
    """Where an operation stands among those with a path that do not remove."""
    place = order.index(path) if path in order else len(order)
    alone = [one for one in operations if "path" in one and one["op"].lower() != "remove"]
    return sum(1 for one in alone if one["path"] in order and order.index(one["path"]) < place)


@dataclass(slots=True)
class _Batches:
    """Requests of one form that change members, and their members one by one."""

    request: PlannedRequest
    operation: JsonObject
    size: int
    items: list[JsonValue] = field(default_factory=list)

    @property
    def by_value(self) -> bool:
        return "value" in self.operation

    def requests(self) -> list[PlannedRequest]:
        return [self._request(items) for items in batches(self.items, self.size)]

    def _request(self, items: list[JsonValue]) -> PlannedRequest:
        operations = [{**self.operation, "value": items}] if self.by_value else items
        return replace(self.request, body={**self.request.body, "Operations": operations})


def _without_members(row: PlannedObject, ids: set[str]) -> PlannedObject:
    """Without some members in what is added and removed, in batches of the same size."""
    forms: list[_Batches] = []
    for request in row.requests:
        operations = request.body.get("Operations") if request.method == "PATCH" else None
        if not operations:
            raise _WholeError
        first = operations[0]
        items = first.get("value", operations)
        if not forms or not _is_same_form(forms[-1].operation, first):
            forms.append(_Batches(request, first, len(items)))
        forms[-1].items += items
    paths = {f"{_MEMBERS}[value eq {quoted(one)}]" for one in ids}
    for form in forms:
        form.items = [
            one
            for one in form.items
            if (reference_id(one) not in ids if form.by_value else _path(one) not in paths)
        ]
    requests = tuple(request for form in forms for request in form.requests())
    return replace(row, changes=tuple(_member_changes(forms)), requests=requests)


def _is_same_form(one: JsonObject, other: JsonObject) -> bool:
    return one["op"] == other["op"] and ("value" in one) == ("value" in other)


def _member_changes(forms: Iterable[_Batches]) -> Iterable[ModifiedProperty]:
    for form in forms:
        ids = [_id(one, by_value=form.by_value) for one in form.items]
        if ids and form.operation["op"].lower() == "add":
            yield ModifiedProperty(_MEMBERS, None, shown_ids(ids))
        elif ids:
            yield ModifiedProperty(_MEMBERS, shown_ids(ids), None)


def _id(item: JsonValue, *, by_value: bool) -> str:
    if by_value:
        return reference_id(item) or ""
    return str(target_path(_path(item)).filter_value)


def _path(item: JsonValue) -> str:
    return str(item.get("path", "")) if isinstance(item, dict) else ""
