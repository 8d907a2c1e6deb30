"""The plan of a cycle: recorded by watching the conversations, and held to when it is applied.

A plan is not computed beside the run: the same conversations are carried, and somebody looks on.
Recording, the watcher notes every write. Applying, it compares every write with the plan before it
is sent, and stops the cycle when the two differ; so nothing but the plan is ever written.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import TypeVar

from looop_gui.engine.adapting import NO_PATCH
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.plan_consequences import Consequences
from looop_gui.engine.plan_dependence import Arrivals
from looop_gui.engine.plan_thinning import without_references
from looop_gui.model.plan import PLAN_FORMAT, Plan, PlannedObject, PlannedRequest
from looop_gui.scim.messages import JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.target_path import reference_id

T = TypeVar("T")

_SERVER_ERROR = 500

_NAMED = 3
"""How many objects a sentence names."""

PRETENDED_ID = "not-created-"
"""Ids of resources that a dry run would have created begin so."""


class PlanStaleError(Exception):
    """What would be sent now is not what the plan says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PlanLeftOutError(Exception):
    """The object would be written, and the plan does not have it."""


def plan_problem(plan: Plan, connection_id: str, tenant_url: str, configuration: str) -> str:
    """Why a plan cannot be applied to a connection as it is now, seen before anything is asked.

    `configuration` is the digest of mappings, scope and settings.
    """
    if plan.format > PLAN_FORMAT:
        return "The plan was made by a later version of this program."
    if plan.connection_id != connection_id:
        return f"The plan is of another connection ({plan.connection_name})."
    if plan.tenant_url != tenant_url:
        return f"The plan was made for {plan.tenant_url}, and the connection now has {tenant_url}."
    if plan.undo is None and plan.configuration_digest != configuration:
        return "The mappings, the scope or the settings have changed since the plan was made."
    return ""


def planned_ids(plan: Plan | None) -> frozenset[str] | None:
    """The source ids that a plan has; None without a plan."""
    return None if plan is None else frozenset(one.source_id for one in plan.objects)


def pretended_id(body: JsonValue) -> str:
    """The id that a dry run gives a resource: the same for the same body, whenever it comes."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return PRETENDED_ID + blake2b(text.encode(), digest_size=8).hexdigest()


def watched(
    conversation: Conversation[T],
    before: Callable[[ScimRequest], ScimResponse | None],
    after: Callable[[ScimRequest, ScimResponse], None],
) -> Conversation[T]:
    """The same conversation with somebody who looks on, and may answer in place of the target."""
    try:
        request = next(conversation)
        while True:
            response = before(request)
            if response is None:
                response = yield request
                after(request, response)
            request = conversation.send(response)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        conversation.close()


class PlanRecorder:
    """Notes every write of the conversations it watches. There is nothing it has to say."""

    words = ""
    applies = False
    fixes_form = False
    undoes = False

    def __init__(self) -> None:
        self._arrivals = Arrivals(undo=self.undoes)
        self._noted: dict[tuple[str, Pass], list[PlannedRequest]] = {}
        self._objects: list[PlannedObject] = []

    def watch(
        self, task: ObjectTask, which: Pass, conversation: Conversation[T]
    ) -> Conversation[T]:
        """The conversation, watched."""
        noted = self._noted[task.source_id, which] = []

        def before(request: ScimRequest) -> None:
            if request.writes:
                noted.append(PlannedRequest(request.method, request.path, request.body))

        return watched(conversation, before, _nothing)

    def ended(self, outcome: ObjectOutcome, which: Pass) -> None:
        """Note what a conversation came to; one without a write is no part of a plan."""
        task = outcome.task
        requests = self._noted.pop((task.source_id, which), [])
        if requests:
            depends = self._arrivals.depends(outcome, which)
            self._arrivals.note(outcome, which, requests)
            created = [one for one in requests if one.method == "POST"]
            self._objects.append(
                PlannedObject(
                    object_type=task.object_type,
                    source_id=task.source_id,
                    source_name=task.source_name,
                    which=which,
                    action=outcome.action,
                    reason=task.drift or task.scope.reason or str(task.decision),
                    changes=outcome.modified_properties,
                    requests=tuple(requests),
                    target_id=pretended_id(created[0].body) if created else "",
                    depends=depends,
                )
            )

    def objects(self, order: Iterable[tuple[str, Pass]]) -> tuple[PlannedObject, ...]:
        """What was recorded, in the order of the cycle's tasks."""
        places = {key: place for place, key in enumerate(order)}
        last = len(places)
        return tuple(
            sorted(self._objects, key=lambda o: places.get((o.source_id, Pass(o.which)), last))
        )


class PlanApplier:
    """Lets through exactly what a plan says, and nothing else."""

    applies = True

    def __init__(self, plan: Plan) -> None:
        self._planned = {(o.source_id, Pass(o.which)): o for o in plan.objects}
        self._left = {key: list(o.requests) for key, o in self._planned.items()}
        self._plan = plan
        self._depending = _depending(plan)
        # An undo has to come to its end: there, a refused write is sent in another form.
        self.fixes_form = plan.undo is None
        self._adapts = False
        self._withheld: set[str] = set()
        paths = [one for row in plan.objects for one in row.requests if one.method == "DELETE"]
        self._deleted = frozenset(one.path.rpartition("/")[2] for one in paths)
        self._thinning = Consequences(undo=plan.undo is not None, failed=True)
        self._real_ids: dict[str, str] = {}
        self._failed: set[str] = set()
        self._put: set[str] = set()

    @property
    def words(self) -> str:
        """What was left out together with somebody else, and what there was no need to write."""
        thinned = self._thinning.sentences()
        said = (*self._plan.consequences, *thinned, *self._refused(), *self._unneeded())
        return " ".join(said)

    def _refused(self) -> Iterator[str]:
        number = len(self._withheld)
        if number:
            who = "For 1 object" if number == 1 else f"For {number:,} objects"
            yield (
                f"{who} the target refused what the plan has; a cycle would try another form of "
                "the request, which is no part of a plan."
            )

    def _unneeded(self) -> Iterator[str]:
        unneeded = [
            planned.source_name
            for key, planned in self._planned.items()
            if self._left[key] and planned.source_id not in self._failed
        ]
        if not unneeded:
            return
        people = list(dict.fromkeys(unneeded))
        more = f" and {len(people) - _NAMED:,} more" if len(people) > _NAMED else ""
        yield (
            "Of the plan this was not sent, because there was nothing to write any more: "
            f"{', '.join(people[:_NAMED])}{more}."
        )

    def watch(
        self, task: ObjectTask, which: Pass, conversation: Conversation[T]
    ) -> Conversation[T]:
        """The conversation, held to the plan.

        Before a write that the plan does not have, it raises PlanLeftOutError where the whole
        object is not in the plan, else PlanStaleError.
        """
        planned = self._planned.get((task.source_id, which))
        left = self._left.get((task.source_id, which), [])
        sent: list[PlannedRequest] = []
        refused: list[ScimResponse] = []

        def before(request: ScimRequest) -> ScimResponse | None:
            if request.writes and planned is None:
                raise PlanLeftOutError
            if request.writes and not (sent and self._is(sent[-1], request)):
                fits = bool(left) and self._is(left[0], request)
                if not fits and self._is_another_form(request, left or sent[-1:], refused):
                    sent.extend(left[:1])
                    del left[:1]
                    return None
                if not fits and refused:
                    # Another form of what the target has refused is none of the plan's.
                    self._withheld.add(task.source_id)
                    return refused[-1]
                if not fits:
                    raise PlanStaleError(_stale(task, request, left))
                sent.append(left.pop(0))
            return None

        def after(request: ScimRequest, response: ScimResponse) -> None:
            body = response.body
            if request.writes:
                is_no = 400 <= response.status < _SERVER_ERROR or response.status in NO_PATCH
                refused[:] = [response] if is_no else []
            if request.method == "PUT":
                self._put.add(request.path)
            if planned is None or request.method != "POST" or not response.ok:
                return
            if isinstance(body, dict):
                self._real_ids[_pretended(planned, sent[-1])] = str(body.get("id", ""))

        return watched(conversation, before, after)

    def _is_another_form(
        self, request: ScimRequest, planned: list[PlannedRequest], refused: list[ScimResponse]
    ) -> bool:
        """Whether an undo sends to the same resource what the target has refused as planned."""
        if self.fixes_form or not (refused or self._adapts) or not planned:
            return False
        self._adapts = self._real(planned[0].path) == request.path
        return self._adapts

    def ended(self, outcome: ObjectOutcome, which: Pass) -> None:
        """Learn the id of a resource that was found again after an unknown outcome."""
        if outcome.failed:
            self._failed.add(outcome.task.source_id)
            if which is Pass.OBJECT:
                self._go_without(outcome.task.source_id)
        planned = self._planned.get((outcome.task.source_id, which))
        if planned is not None and outcome.link is not None:
            for request in planned.requests:
                if request.method == "POST":
                    self._real_ids[_pretended(planned, request)] = outcome.link.target_id

    def _go_without(self, source_id: str) -> None:
        """Who has failed takes the references to her along, as if she were left out."""
        for key in self._depending.pop(source_id, ()):
            row = self._planned.get(key)
            if row is None or len(self._left[key]) < len(row.requests):
                continue
            missing = [one for one in row.depends if one.source_id == source_id]
            thin = without_references(row, missing)
            if thin is None:
                self._thinning.whole(row, missing)
                del self._planned[key], self._left[key]
                self._go_without(row.source_id)
            else:
                self._thinning.note(row, thin, missing)
                self._planned[key], self._left[key] = thin, list(thin.requests)

    def _is(self, planned: PlannedRequest, request: ScimRequest) -> bool:
        if planned.method != request.method:
            return False
        if self._real(planned.path) != request.path:
            return False
        body = self._real(planned.body)
        known = PRETENDED_ID not in planned.path and planned.path not in self._put
        sent = request.body
        if planned.method == "PUT" and self._deleted:
            # The target may have taken those out itself whom this plan has deleted before.
            sent, body = (_without_ids(one, self._deleted) for one in (sent, body))
        if planned.method == "PUT" and not known:
            # Written whole: the target has added to what was created or written by this plan, and
            # nobody knew that before.
            return _holds(sent, body)
        return bool(body == sent)

    def _real(self, value: JsonValue) -> JsonValue:
        """A planned value with the ids that were pretended replaced by the real ones."""
        if isinstance(value, str) and PRETENDED_ID in value:
            for pretended, real in self._real_ids.items():
                value = value.replace(pretended, real)
            return value
        if isinstance(value, list):
            return [self._real(item) for item in value]
        if isinstance(value, dict):
            return {key: self._real(item) for key, item in value.items()}
        return value


def _depending(plan: Plan) -> dict[str, list[tuple[str, Pass]]]:
    """The rows that refer to somebody, by her source id."""
    found: dict[str, list[tuple[str, Pass]]] = {}
    for row in plan.objects:
        for one in row.depends:
            found.setdefault(one.source_id, []).append((row.source_id, Pass(row.which)))
    return found


def _pretended(planned: PlannedObject, request: PlannedRequest) -> str:
    """The id by which a plan refers to what it creates; its body may be thinned out since."""
    return planned.target_id or pretended_id(request.body)


def _holds(body: JsonValue, planned: JsonValue) -> bool:
    """True when a whole resource has all that was planned; the target chooses its schemas."""
    if isinstance(body, list) and isinstance(planned, list):
        pairs = zip(body, planned, strict=True) if len(body) == len(planned) else [(False, True)]
        return all(_holds(one, other) for one, other in pairs)
    if not isinstance(body, dict) or not isinstance(planned, dict):
        return bool(body == planned)
    return all(
        name == "schemas" or value in _NOTHING or _holds(body.get(name), value)
        for name, value in planned.items()
    )


_NOTHING: tuple[JsonValue, ...] = (None, [], {})
"""An attribute without a value, which a target need not show (RFC 7643 section 2.5)."""


def _without_ids(value: JsonValue, ids: frozenset[str]) -> JsonValue:
    """A resource without the elements that refer to somebody."""
    if isinstance(value, list):
        return [_without_ids(one, ids) for one in value if reference_id(one) not in ids]
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if not _refers(one, ids)}
        return {name: _without_ids(one, ids) for name, one in kept.items()}
    return value


def _refers(value: JsonValue, ids: frozenset[str]) -> bool:
    return isinstance(value, dict) and reference_id(value) in ids


def _stale(task: ObjectTask, request: ScimRequest, left: list[PlannedRequest]) -> str:
    planned = f"{left[0].method} {left[0].path}" if left else "nothing more"
    now = f"{request.method} {request.path}"
    if now == planned:
        now = "the same with other content"
    return (
        f"The plan is stale: for {task.source_name} it has {planned}, and now {now} would be sent. "
        "What was written before is recorded. Make the plan again."
    )


def _nothing(_request: ScimRequest, _response: ScimResponse) -> None:
    """Nobody minds the answers."""
