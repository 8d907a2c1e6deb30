"""A plan as one page of HTML: to be read, and to be attached to a change request.

The page stands alone: no script, no link, nothing is fetched. It goes from a sentence to patterns,
to objects, to the text of each request. A plan holds no headers, so no secret token is in it.
"""

import json
from collections.abc import Iterator
from html import escape

import msgspec

from looop_gui.engine.plan_patterns import plan_patterns, plan_sentence
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest

MOST_PATTERNS = 50
_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
  color: #1b1f2a; background: #fff; }
.banner { background: #1b3a8a; color: #fff; padding: .5rem 1rem; border-radius: 6px; }
.guard { background: #fdecea; border: 1px solid #b3261e; padding: .5rem 1rem; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid #d9dce3; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; padding: .25rem 0; }
pre { background: #f3f4f8; padding: .75rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def plan_content(plan: Plan, *, as_page: bool) -> bytes:
    """What a file with the plan holds: the page, or JSON, which can be applied."""
    if as_page:
        return plan_page(plan).encode()
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def plan_page(plan: Plan) -> str:
    """The page. Every text of the plan is escaped."""
    title = f"Plan for {plan.connection_name}"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            '<p class="banner">DRY RUN: nothing was written to the target.</p>',
            *_facts(plan),
            "<h2>What changes most</h2>",
            *_patterns(plan),
            "<h2>Every object, in the order of the cycle</h2>",
            *(line for planned in plan.objects for line in _object(planned)),
            "</body></html>",
            "",
        )
    )


def _facts(plan: Plan) -> Iterator[str]:
    yield f"<p><strong>{escape(plan_sentence(plan))}</strong></p>"
    if plan.guard:
        yield f'<p class="guard">{escape(plan.guard)}</p>'
    requests = sum(len(planned.requests) for planned in plan.objects)
    yield "<table>"
    for name, value in (
        ("Tenant URL", plan.tenant_url),
        ("Cycle", _kind(plan)),
        ("Dialect", str(plan.dialect)),
        ("Made", plan.made.isoformat(timespec="seconds")),
        ("Requests", f"{requests:,}"),
    ):
        yield f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
    yield "</table>"
    yield from _left_alone(plan)


def _kind(plan: Plan) -> str:
    return str(plan.kind) if plan.undo is None else f"undoes the cycle of {plan.undo.began}"


def _left_alone(plan: Plan) -> Iterator[str]:
    """Whom an undo does not touch."""
    if plan.left_alone:
        yield "<h2>Left as they are</h2><table>"
        for one in plan.left_alone:
            name = f"{one.object_type} {one.source_name}"
            yield f"<tr><td>{escape(name)}</td><td>{escape(one.reason)}</td></tr>"
        yield "</table>"


def _patterns(plan: Plan) -> Iterator[str]:
    yield "<table><tr><th>Action</th><th>Change</th><th>Objects</th></tr>"
    for pattern in plan_patterns(plan)[:MOST_PATTERNS]:
        yield (
            f"<tr><td>{escape(str(pattern.action))}</td>"
            f"<td>{escape(pattern.attribute)} {escape(pattern.shape)}</td>"
            f'<td class="number">{pattern.count:,}</td></tr>'
        )
    yield "</table>"


def _object(planned: PlannedObject) -> Iterator[str]:
    head = f"{planned.action} {planned.object_type} {planned.source_name}"
    yield f"<details><summary>{escape(head)}</summary><p>{escape(planned.reason)}</p>"
    if planned.changes:
        yield "<table><tr><th>Attribute</th><th>Old value</th><th>New value</th></tr>"
        for change in planned.changes:
            cells = (change.display_name, change.old_value or "", change.new_value or "")
            yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        yield "</table>"
    for request in planned.requests:
        yield f"<pre>{escape(request_text(request))}</pre>"
    yield "</details>"


def request_text(request: PlannedRequest) -> str:
    """A planned request as it is read: method, path, and the body indented."""
    first = f"{request.method} {request.path}"
    if request.body is None:
        return first
    return f"{first}\n\n{json.dumps(request.body, indent=2, ensure_ascii=False)}"
