"""The result of a cycle as one page of HTML: what was written, to be attached to a change request.

It goes from a sentence to patterns, to failures, to every object with its old and new values and
its requests; beside the plan, where the cycle applied one.
"""

from collections.abc import Iterator
from html import escape

import msgspec

from looop_gui.engine.cycle_result import result_patterns, result_sentence
from looop_gui.model.cycle_result import (
    CycleResult,
    PlanComparison,
    PlannedOutcome,
    ResultObject,
)
from looop_gui.model.job import CycleCounts
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.services.page_frame import banner, changes, facts, framed, moment, table

MOST_PATTERNS = 50


def result_content(result: CycleResult, *, as_page: bool) -> bytes:
    """What a file with the result holds: the page, or JSON."""
    if as_page:
        return result_page(result).encode()
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def result_page(result: CycleResult) -> str:
    """The page. Every text of the result is escaped."""
    title = f"Result of a cycle of {result.connection_name}"
    return framed(title, _body(result))


def _body(result: CycleResult) -> Iterator[str]:
    cycle = result.cycle
    wrote = any(count for method, status, count in result.answers if method != "GET" and status)
    where = f"WRITTEN TO {result.tenant_url}" if wrote else "NOTHING was written to the target."
    yield banner(where, written=wrote)
    yield f"<p><strong>{escape(result_sentence(cycle))}</strong></p>"
    if cycle.sentence:
        failed = ' class="failed"' if cycle.state != "Succeeded" else ""
        yield f"<p{failed}>{escape(cycle.sentence)}</p>"
    yield from facts(_facts(result))
    yield from _counts(cycle.users, cycle.groups)
    if result.plan is not None:
        yield from _comparison(result.plan)
    yield "<h2>What changed most</h2>"
    yield from table(
        ("Action", "Change", "Objects"),
        (
            (str(one.action), f"{one.attribute} {one.shape}", one.count)
            for one in result_patterns(result)[:MOST_PATTERNS]
        ),
    )
    failures = [one for one in result.objects if one.status is ProvisioningStatus.FAILURE]
    if failures:
        yield "<h2>Failures</h2>"
        yield from table(
            ("Object", "Code", "Why"), ((_name(o), o.error_code, o.sentence) for o in failures)
        )
    yield "<h2>Every object that was written, failed or was held back</h2>"
    if not result.objects:
        yield '<p class="muted">Nothing.</p>'
    for one in result.objects:
        yield from _object(one)
    if result.skipped:
        yield "<h2>Left as they were</h2>"
        yield from table(("Why", "Objects"), result.skipped)
    yield "<h2>Requests about objects</h2>"
    yield from table(
        ("Method", "Answer", "Requests"),
        ((method, str(status or "none"), count) for method, status, count in result.answers),
    )


def _facts(result: CycleResult) -> Iterator[tuple[str, str]]:
    cycle = result.cycle
    yield "Tenant URL", result.tenant_url
    yield "Cycle", f"{cycle.kind}, {cycle.id}"
    yield "State", str(cycle.state)
    yield "Began", moment(cycle.began)
    if cycle.ended is not None:
        yield "Ended", f"{moment(cycle.ended)} (after {cycle.seconds:.1f} s)"
    yield "Requests", f"{cycle.requests:,}"
    if cycle.undoes:
        yield "Undoes the cycle", cycle.undoes


def _counts(users: CycleCounts, groups: CycleCounts) -> Iterator[str]:
    names = ("created", "updated", "disabled", "deleted", "skipped", "failed")
    yield from table(
        ("", *names),
        (
            ("People", *(getattr(users, name) for name in names)),
            ("Groups", *(getattr(groups, name) for name in names)),
        ),
    )


def _comparison(plan: PlanComparison) -> Iterator[str]:
    yield "<h2>Plan and result</h2>"
    made = moment(plan.made)
    yield f"<p>The plan of {escape(made)}: {escape(plan.sentence)}</p>"
    yield from table(
        ("Outcome", "Objects"), ((str(outcome), plan.count(outcome)) for outcome in PlannedOutcome)
    )
    others = [one for one in plan.objects if one.outcome is not PlannedOutcome.WRITTEN]
    if others:
        yield "<p>What did not go as planned:</p>"
        yield from table(
            ("Object", "Action", "Outcome", "Requests planned", "Written"),
            (
                (
                    f"{one.object_type} {one.source_name}",
                    str(one.action),
                    str(one.outcome),
                    one.planned,
                    one.written,
                )
                for one in others
            ),
        )


def _object(one: ResultObject) -> Iterator[str]:
    failed = one.status is ProvisioningStatus.FAILURE
    head = f"{one.action} {_name(one)}" + (" (failed)" if failed else "")
    ids = f"{one.source_id} in the source"
    if one.target_id:
        ids += f", {one.target_id} in the target"
    yield f'<details><summary>{escape(head)}</summary><p class="muted">{escape(ids)}</p>'
    if one.sentence:
        yield f"<p>{escape(' '.join(filter(None, (one.error_code, one.sentence))))}</p>"
    if one.changes:
        yield from changes(one.changes)
    if one.requests:
        lines = (f"{r.method} {r.path} -> {r.status or 'no answer'}" for r in one.requests)
        yield f"<pre>{escape(chr(10).join(lines))}</pre>"
    yield "</details>"


def _name(one: ResultObject) -> str:
    return f"{one.object_type} {one.source_name}"
