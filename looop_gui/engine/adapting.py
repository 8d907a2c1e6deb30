"""Sends a write in the form that the target takes: Entra's, plain RFC 7644, without paths, or PUT.

Each other form needs evidence. A 400 to Entra's form is followed by the plain one, and one that
names `$ref` by that with the manager's address. That a target has no PATCH is said by its
ServiceProviderConfig, by 405 or 501, or by a refusal that speaks of the method, comes from no SCIM
service, or does not find a resource that a GET then shows; except for the first three, PUT stays
the way only where it works. Groups are patched all the same where the target ignores the members in
a PUT, and takes those in a PATCH. Operations without a path are tried where the refusal speaks of
paths, and kept where they have the effect that was wanted. An ordinary 400 stays a failure.
"""

import json
import re
from collections.abc import Callable

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.failure import scim_type
from looop_gui.engine.referring import REFERENCE, with_reference
from looop_gui.engine.replacing import (
    holds_changes,
    members_ignored,
    put_instead,
    without_path_instead,
)
from looop_gui.engine.retry import has_answered, outcome_is_unknown
from looop_gui.engine.view import CycleView
from looop_gui.model.connection import Dialect
from looop_gui.scim.messages import ERROR, ScimRequest, ScimResponse, lower_names, names_schema

BuildRequest = Callable[[Dialect], ScimRequest]
Exchange = tuple[ScimRequest, ScimResponse]

CONFIGURATION = ScimRequest("GET", "/ServiceProviderConfig")

NO_PATCH = (405, 501)
"""The statuses that say that the method is not known here (RFC 9110 sections 15.5.6, 15.6.2)."""

_LONGEST_TEXT = 2_000

_SPEAKS_OF_METHOD = re.compile(
    r"\bpatch(?: (?:is|are|was|has been|method|requests?|the))* "
    r"(?:not|un|never)[ -]?(?:yet )?(?:supported|allowed|implemented|available|permitted|enabled)"
    r"|\b(?:not|n't|un)[ -]?(?:supports?|supported|allow|allowed|implement)"
    r" (?:the |http |method |verb )*'?\"?patch\b(?! (?:op|path|value))"
    r"|\b(?:method|verb)(?: is| was| patch)* ?(?:not|un)[ -]?"
    r"(?:supported|allowed|implemented|known)"
    r"|\b(?:unsupported|unknown|invalid|disallowed) (?:http )?(?:method|verb)",
    re.IGNORECASE,
)
_SPEAKS_OF_PATH = re.compile(r"\bpaths?\b", re.IGNORECASE)


def learn_ways(view: CycleView) -> Conversation[None]:
    """Ask the target's configuration, once until a restart, whether it has PATCH (RFC 7643 sec. 5).

    Asked before the first write, so that a plan and its run take the same way.
    """
    if view.asked or not view.rules.settings.adapt_dialect:
        return
    response = yield CONFIGURATION
    view.asked = has_answered(response)
    view.puts = view.puts or denies_patch(response)


def denies_patch(response: ScimResponse) -> bool:
    """True when a ServiceProviderConfig says that PATCH is not supported; silence says nothing."""
    if not response.ok or not isinstance(response.body, dict):
        return False
    patch = lower_names(response.body).get("patch")
    supported = lower_names(patch).get("supported") if isinstance(patch, dict) else patch
    return supported is False or (isinstance(supported, str) and supported.lower() == "false")


def write_adapted(view: CycleView, build: BuildRequest) -> Conversation[Exchange]:
    """Send a write in the connection's dialect, else in a form that the target takes.

    Strict servers answer 400 to Entra's forms (a manager as text, its group schema, a removal with
    a value). What counts is the answer to the last form that was taken, else to the first.
    """
    request = build(view.dialect)
    if view.refers:
        request = with_reference(request)
    patches = request.method == "PATCH"
    if patches and view.puts and not (view.patches_groups and _is_group(request)):
        exchange = yield from put_instead(view, build(Dialect.RFC7644))
        if not members_ignored(build(Dialect.RFC7644), *exchange):
            return exchange
    elif patches and view.pathless and _is_user(request):
        return (yield from without_path_instead(build(Dialect.RFC7644)))
    response = yield request
    _note_taken(view, request, response)
    if response.ok or view.fixed or not view.rules.settings.adapt_dialect:
        return request, response
    plain = build(Dialect.RFC7644)
    if patches and response.status in NO_PATCH:
        view.puts = True
        exchange = yield from put_instead(view, plain)
        return (request, response) if members_ignored(plain, *exchange) else exchange
    if response.status == 400 and not is_conflict(response):
        taken = yield from _plain_instead(view, plain, request, response)
        if taken is not None:
            return taken
    if patches and not is_conflict(response):
        another = yield from _another_way(view, plain, response)
        if another is not None:
            return another
    return request, response


def _plain_instead(
    view: CycleView, plain: ScimRequest, sent: ScimRequest, refused: ScimResponse
) -> Conversation[Exchange | None]:
    """Send the plain form, and that with a manager's address if asked for; None if refused."""
    answer = refused
    for form in (plain, with_reference(plain)):
        if form == sent or (form is not plain and REFERENCE not in _text(answer)):
            continue
        sent, answer = form, (yield form)
        if answer.status != 400 or is_conflict(answer):
            view.adapted = view.adapted or answer.ok
            view.refers = view.refers or (answer.ok and form != plain)
            _note_taken(view, form, answer)
            return form, answer
    return None


def _note_taken(view: CycleView, request: ScimRequest, response: ScimResponse) -> None:
    """A PATCH that was taken: where PUT has become the way, it was one of a group."""
    if response.ok:
        view.shown.note_answer(view.rules.users.manager, request.path, response.body)
    if request.method == "PATCH" and response.ok:
        view.keeps_patch = True
        view.patches_groups = view.patches_groups or (view.puts and _is_group(request))


def is_conflict(response: ScimResponse) -> bool:
    """True for 409, and for 400 and 500 in its place that say so (quirk 9)."""
    if response.status == 409:
        return True
    return response.status in (400, 500) and scim_type(response).casefold() == "uniqueness"


def may_lack_patch(request: ScimRequest, response: ScimResponse) -> bool:
    """True when a refusal may mean that there is no PATCH here: worth a try of PUT."""
    if response.status not in (400, 403, 404):
        return False
    if _SPEAKS_OF_METHOD.search(_text(response)):
        return True
    if response.status == 400:
        return False
    # What does not come from a SCIM service comes from a gateway that does not know the method;
    # an answer without words says nothing.
    if _text(response).strip() and not _is_scim_error(response):
        return True
    # A group's PATCH may answer so because of a member that is not there.
    return response.status == 404 and not _is_group(request)


def wants_no_path(request: ScimRequest, response: ScimResponse) -> bool:
    """True when a refusal may mean that a user's operations must have no path."""
    if response.status != 400 or not _is_user(request):
        return False
    is_about_path = scim_type(response).casefold() == "invalidpath"
    return is_about_path or bool(_SPEAKS_OF_PATH.search(_text(response)))


def _another_way(
    view: CycleView, patch: ScimRequest, refused: ScimResponse
) -> Conversation[Exchange | None]:
    """Try what the refusal hints at; None where that does not work either."""
    if wants_no_path(patch, refused) and not view.keeps_paths:
        exchange = yield from without_path_instead(patch)
        view.pathless = yield from _arrived(patch, exchange)
        view.keeps_paths = not view.pathless
        return exchange if view.pathless or outcome_is_unknown(*exchange) else None
    if may_lack_patch(patch, refused) and not view.keeps_patch:
        exchange = yield from put_instead(view, patch)
        request, response = exchange
        view.puts = response.ok and request.writes
        view.keeps_patch = not view.puts
        return exchange if view.puts or outcome_is_unknown(*exchange) else None
    return None


def _arrived(patch: ScimRequest, exchange: Exchange) -> Conversation[bool]:
    """True when a PATCH without paths was taken and the resource holds what it wrote."""
    request, response = exchange
    if not response.ok or not request.writes:
        return False
    after = yield ScimRequest("GET", patch.path)
    return after.ok and isinstance(after.body, dict) and holds_changes(patch, after.body)


def _is_user(request: ScimRequest) -> bool:
    return request.path.startswith("/Users/")


def _is_group(request: ScimRequest) -> bool:
    return request.path.startswith("/Groups/")


def _is_scim_error(response: ScimResponse) -> bool:
    body = response.body
    if not isinstance(body, dict):
        return False
    return names_schema(lower_names(body).get("schemas"), ERROR) or "scimType" in body


def _text(response: ScimResponse) -> str:
    if response.body is not None:
        return json.dumps(response.body, ensure_ascii=False)[:_LONGEST_TEXT]
    return response.text[:_LONGEST_TEXT]
