"""A plan as one page of HTML: to be read, and to be attached to a change request.

The page stands alone: no script, no link, nothing is fetched. It goes from a sentence to patterns,
to objects, to the text of each request. A plan holds no headers, so no secret token is in it.
"""

import json
from collections.abc import Iterator
from html import escape

import msgspec

from looop_gui.engine.plan_patterns import plan_patterns, plan_sentence
from looop_gui.engine.readable_plan import readable_request
from looop_gui.model.plan import Plan, PlanGuard, PlannedObject, PlannedRequest
from looop_gui.services.page_frame import banner, changes, facts, framed, moment, table

MOST_PATTERNS = 50


def plan_content(plan: Plan, *, as_page: bool) -> bytes:
    """What a file with the plan holds: the page, or JSON, which can be applied."""
    if as_page:
        return plan_page(plan).encode()
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def plan_page(plan: Plan) -> str:
    """The page. Every text of the plan is escaped."""
    return framed(f"Plan for {plan.connection_name}", _body(plan))


def _body(plan: Plan) -> Iterator[str]:
    yield banner("DRY RUN: nothing was written to the target.")
    yield from _facts(plan)
    for guard in plan.guards:
        yield from _guard(guard)
    yield "<h2>What changes most</h2>"
    yield from table(
        ("Action", "Change", "Objects"),
        (
            (str(one.action), f"{one.attribute} {one.shape}", one.count)
            for one in plan_patterns(plan)[:MOST_PATTERNS]
        ),
    )
    yield "<h2>Every object, in the order of the cycle</h2>"
    for planned in plan.objects:
        yield from _object(planned)


def _facts(plan: Plan) -> Iterator[str]:
    yield f"<p><strong>{escape(plan_sentence(plan))}</strong></p>"
    for sentence in plan.consequences:
        yield f"<p>{escape(sentence)}</p>"
    if plan.guard:
        yield f'<p class="guard">{escape(plan.guard)}</p>'
    requests = sum(len(planned.requests) for planned in plan.objects)
    yield from facts(
        (
            ("Tenant URL", plan.tenant_url),
            ("Cycle", _kind(plan)),
            ("Dialect", str(plan.dialect)),
            ("Made", moment(plan.made)),
            ("Requests", f"{requests:,}"),
        )
    )
    yield from _left_alone(plan)


def _guard(guard: PlanGuard) -> Iterator[str]:
    """Whom a guard would hold back."""
    yield f"<h2>Guard: {escape(guard.guard)}</h2><p>{escape(guard.sentence)}</p>"
    if guard.objects:
        rows = ((f"{o.object_type} {o.source_name}", o.source_id, o.what) for o in guard.objects)
        yield from table(("Object", "Id in the source", "Would"), rows)


def _kind(plan: Plan) -> str:
    return str(plan.kind) if plan.undo is None else f"undoes the cycle of {plan.undo.began}"


def _left_alone(plan: Plan) -> Iterator[str]:
    """Whom an undo does not touch."""
    if plan.left_alone:
        yield "<h2>Left as they are</h2>"
        rows = ((f"{one.object_type} {one.source_name}", one.reason) for one in plan.left_alone)
        yield from table(("Object", "Why"), rows)


def _object(planned: PlannedObject) -> Iterator[str]:
    head = f"{planned.action} {planned.object_type} {planned.source_name}"
    yield f"<details><summary>{escape(head)}</summary><p>{escape(planned.reason)}</p>"
    if planned.changes:
        yield from changes(planned.changes)
    for request in planned.requests:
        yield f"<pre>{escape(request_text(readable_request(planned, request)))}</pre>"
    yield "</details>"


def request_text(request: PlannedRequest) -> str:
    """A planned request as it is read: method, path, and the body indented."""
    first = f"{request.method} {request.path}"
    if request.body is None:
        return first
    return f"{first}\n\n{json.dumps(request.body, indent=2, ensure_ascii=False)}"
