"""The export step: writes to the target, and finds out what became of a write (section g).

No answer is believed to mean more than it says. Where a write's outcome is unknown, the target is
read before anything is sent again: a person who arrived is adopted, a change that arrived is not
repeated. A 409 makes the engine look again by every matching attribute, because a list may hide
accounts that the uniqueness check sees (quirk 10).
"""

from collections.abc import Callable, Sequence
from functools import partial

from looop_gui.engine.adapting import BuildRequest, is_conflict, write_adapted
from looop_gui.engine.answered import is_about_another
from looop_gui.engine.conversation import Conversation
from looop_gui.engine.failure import (
    ObjectFailedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.matching import find_match, matching_values
from looop_gui.engine.processing import DesiredValue, PlannedChange, update_changes
from looop_gui.engine.resource_age import made_after
from looop_gui.engine.retry import may_have_arrived, outcome_is_unknown
from looop_gui.engine.rules import ObjectRules
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import (
    AttributeChange,
    create_request,
    delete_request,
    read_request,
    update_request,
)
from looop_gui.scim.messages import JsonObject, ScimRequest, ScimResponse

ATTEMPTS = 2
"""How often a write is sent when the target shows that it did not arrive."""


def read_linked(object_type: ObjectType, target_id: str) -> Conversation[JsonObject]:
    """Read a linked resource. Raises ObjectFailedError InvalidAnchor when it is gone."""
    request = read_request(object_type, target_id)
    response = yield request
    if not response.ok:
        raise failure_of_answer(request, response)
    return _resource(request, response, target_id)


def create(
    rules: ObjectRules,
    desired: list[DesiredValue],
    values: Sequence[AttributeChange],
    view: CycleView,
) -> Conversation[tuple[JsonObject, bool]]:
    """Create a resource; returns it, and False when one that exists was found instead.

    One that a 409 makes known is ours where an attempt before it may have arrived: a lookup right
    after that may have been stale. It has to be what was sent, and younger than the cycle.

    Raises ObjectFailedError, with `unsure` set when the resource may exist all the same.
    """
    unsure = False
    for _ in range(ATTEMPTS):
        request, response = yield from write_adapted(
            view, partial(create_request, rules.object_type, values)
        )
        created = created_resource(request, response)
        if created is not None:
            return created, True
        conflict = is_conflict(response)
        may_exist = response.ok or outcome_is_unknown(request, response)
        unsure = unsure or may_exist or (not conflict and may_have_arrived(response))
        if not (conflict or may_exist):
            break
        try:
            search = yield from find_match(rules, desired, None)
        except ObjectFailedError as unanswered:
            raise _marked(unanswered, rules, desired, unsure) from None
        if search.resource is not None:
            found = search.resource
            made_before = unsure and _is_as_sent(found, desired, view)
            return found, not conflict or made_before
        if conflict or response.ok:
            break
    if response.ok:
        failure = incompatible(request, f"{fault_of(request, response)}, and none can be found")
    else:
        failure = failure_of_answer(request, response)
    raise _marked(failure, rules, desired, unsure)


def _is_as_sent(resource: JsonObject, desired: list[DesiredValue], view: CycleView) -> bool:
    """True for a resource that was made in this cycle and holds all that a create sends."""
    return made_after(resource, view.began) and not update_changes(desired, resource)


def _marked(
    failure: ObjectFailedError, rules: ObjectRules, desired: list[DesiredValue], unsure: bool
) -> ObjectFailedError:
    if unsure:
        failure.unsure = next((value for _, value in matching_values(rules, desired)), "")
    return failure


def verified_update(
    object_type: ObjectType,
    target_id: str,
    planned: list[PlannedChange],
    plan_again: Callable[[JsonObject], list[PlannedChange]],
    view: CycleView,
) -> Conversation[None]:
    """Write changes; after an unknown outcome read back and send what is still missing.

    `plan_again` says what is missing in the resource that was read. Raises ObjectFailedError.
    """
    for attempt in range(ATTEMPTS):
        changes = [item.change for item in planned]
        request, response = yield from write_adapted(
            view, partial(update_request, object_type, target_id, changes)
        )
        if response.ok and not _is_foreign(request, response):
            return
        unknown = outcome_is_unknown(request, response) or response.ok
        if not unknown:
            failure = failure_of_answer(request, response)
            failure.refused = not may_have_arrived(response)
            raise failure
        current = yield from read_linked(object_type, target_id)
        planned = plan_again(current)
        if not planned:
            return
        if attempt == ATTEMPTS - 1:
            raise _unfinished(request, response)


def write(view: CycleView, build: BuildRequest, *, attempts: int = ATTEMPTS) -> Conversation[None]:
    """Send a write, and with several attempts one that may safely be sent twice.

    Raises ObjectFailedError, with `unsure` set when the write may have arrived all the same.
    """
    unsure = False
    for _ in range(attempts):
        request, response = yield from write_adapted(view, build)
        if response.ok and not _is_foreign(request, response):
            return
        unknown = response.ok or outcome_is_unknown(request, response)
        unsure = unsure or unknown or may_have_arrived(response)
        if not unknown:
            break
    failure = _unfinished(request, response)
    failure.unsure = request.path if unsure else ""
    failure.refused = not unsure
    raise failure


def delete(object_type: ObjectType, target_id: str) -> Conversation[bool]:
    """Delete a resource; False when it was gone already. Raises ObjectFailedError."""
    request = delete_request(object_type, target_id)
    refused = False
    for _ in range(ATTEMPTS):
        response = yield request
        if response.ok and not _is_foreign(request, response):
            return True
        if response.status == 404:
            return False
        if not outcome_is_unknown(request, response):
            refused = not (response.ok or may_have_arrived(response))
            break
        check = yield read_request(object_type, target_id)
        if check.status == 404:
            return True
    failure = _unfinished(request, response)
    failure.refused = refused
    raise failure


def created_resource(request: ScimRequest, response: ScimResponse) -> JsonObject | None:
    """The created resource of a good answer to a create, or None."""
    body = response.body
    if not response.ok or not isinstance(body, dict) or is_about_another(request, response):
        return None
    identifier = body.get("id")
    return body if isinstance(identifier, str) and identifier else None


def _is_foreign(request: ScimRequest, response: ScimResponse) -> bool:
    """True for a good status with text that is not JSON, as a proxy's sign-in page (quirk 20).

    Or with a resource that is another one.
    """
    is_text = bool(response.text.strip()) and response.body is None
    return is_text or is_about_another(request, response)


def fault_of(request: ScimRequest, response: ScimResponse) -> str:
    """What is wrong with a good answer, after "The answer to ..."."""
    if is_about_another(request, response):
        return "is about another resource"
    return "has no id" if request.method == "POST" else "is not JSON"


def _unfinished(request: ScimRequest, response: ScimResponse) -> ObjectFailedError:
    if response.ok:
        fault = fault_of(request, response)
        return incompatible(request, f"{fault}, and the change did not arrive")
    return failure_of_answer(request, response)


def _resource(request: ScimRequest, response: ScimResponse, target_id: str) -> JsonObject:
    body = response.body
    if not isinstance(body, dict):
        raise incompatible(request, "is not a SCIM resource but other text")
    if body.get("id") != target_id:
        raise incompatible(request, "is a resource with another id or none")
    return body
