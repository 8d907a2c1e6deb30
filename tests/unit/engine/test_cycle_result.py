"""The result of a cycle from its log entries: told, counted, hidden, and set beside a plan."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from looop_gui.engine.cycle_result import ResultCollector, result_patterns, result_sentence
from looop_gui.engine.importing import REDACTED
from looop_gui.engine.log_exposure import KNOWN_NAMES, Exposure
from looop_gui.engine.log_free_text import HIDDEN
from looop_gui.engine.readable_plan import readable_request
from looop_gui.model.connection import Dialect
from looop_gui.model.cycle_result import CycleResult, PlannedOutcome
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleCounts, CycleKind, CycleState
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    WireExchange,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CYCLE = Cycle("c", "x", CycleKind.INITIAL, CycleState.SUCCEEDED, NOW, NOW)


def exchange(method: str, path: str, status: int, body: str = "") -> WireExchange:
    url = f"https://demo.looop.co/scim/v2{path}"
    return WireExchange(method, url, (), body, status, (), "", NOW, 1.0)


def entry(
    name: str,
    *exchanges: WireExchange,
    action: ProvisioningAction = ProvisioningAction.UPDATE,
    status: ProvisioningStatus = ProvisioningStatus.SUCCESS,
    changes: tuple[ModifiedProperty, ...] = (),
    error: ErrorInformation | None = None,
    cause: str = "",
) -> ProvisioningLogEntry:
    return ProvisioningLogEntry(
        "1",
        NOW,
        "x",
        "c",
        ObjectType.USER,
        action,
        status,
        name,
        name,
        f"t-{name}",
        name,
        1.0,
        modified_properties=changes,
        error=error,
        exchanges=exchanges,
        cause=cause,
    )


def planned(name: str, *methods: str, which: str = "object") -> PlannedObject:
    requests = tuple(PlannedRequest(method, "/Users") for method in methods)
    return PlannedObject(
        ObjectType.USER, name, name, which, ProvisioningAction.UPDATE, "", (), requests
    )


def plan(*objects: PlannedObject) -> Plan:
    return Plan(
        "x", "X", "https://demo.looop.co/scim/v2", Dialect.RFC7644, CycleKind.INITIAL, NOW, "", "",
        objects,
    )  # fmt: skip


def result(*entries: ProvisioningLogEntry, of: Plan | None = None) -> CycleResult:
    """Of entries in the order in which they were written."""
    collector = ResultCollector(Exposure(KNOWN_NAMES))
    collector.add(reversed(entries))
    return collector.result(CYCLE, "X", "https://demo.looop.co/scim/v2", of)


def test_who_was_written_or_failed_is_told_in_order_and_the_others_are_counted() -> None:
    found = result(
        entry("ann", exchange("GET", "/Users/1", 200), exchange("PATCH", "/Users/1", 204)),
        entry("bob", exchange("GET", "/Users/2", 200), status=ProvisioningStatus.SKIPPED),
        entry("cyd", status=ProvisioningStatus.SKIPPED, cause="not assigned"),
        entry(
            "dan",
            exchange("POST", "/Users", 409),
            status=ProvisioningStatus.FAILURE,
            error=ErrorInformation("Conflict", "It is there already."),
        ),
    )

    assert [(one.source_id, one.error_code) for one in found.objects] == [
        ("ann", ""),
        ("dan", "Conflict"),
    ]
    assert found.objects[0].requests[1].path == "/scim/v2/Users/1"
    assert dict(found.skipped) == {"not assigned": 1, "nothing to do": 1}
    assert found.answers == (("GET", 200, 2), ("PATCH", 204, 1), ("POST", 409, 1))


def test_patterns_are_of_what_was_written_and_not_of_what_failed() -> None:
    case = ModifiedProperty("department", "SALES", "Sales")
    sent = exchange("PATCH", "/Users/1", 204)
    failed = structs.replace(entry("dan", sent, changes=(case,)), status=ProvisioningStatus.FAILURE)

    (pattern,) = result_patterns(
        result(entry("ann", sent, changes=(case,)), entry("bob", sent, changes=(case,)), failed)
    )

    assert (pattern.attribute, pattern.shape, pattern.count) == (
        "department",
        "changes case only",
        2,
    )


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (CycleCounts(), "This cycle wrote nothing."),
        (CycleCounts(created=1200, failed=2), "This cycle created 1,200, failed 2."),
        (CycleCounts(skipped=3), "This cycle wrote nothing."),
    ],
)
def test_a_sentence_tells_what_the_cycle_did(counts: CycleCounts, sentence: str) -> None:
    assert result_sentence(replace(CYCLE, users=counts)) == sentence


def test_an_object_of_the_plan_is_written_when_all_its_requests_were() -> None:
    ok, refused = exchange("PATCH", "/Users/1", 204), exchange("PATCH", "/Users/1", 400)
    of = plan(
        planned("both", "PATCH"),
        planned("both", "PATCH", which="references"),
        planned("half", "PATCH"),
        planned("half", "PATCH", which="references"),
        planned("failed", "PATCH"),
        planned("never", "PATCH"),
        planned("again", "PATCH"),
    )
    found = result(
        entry("both", ok),
        entry("both", ok),
        entry("half", ok),
        entry("failed", refused, status=ProvisioningStatus.FAILURE),
        entry("again", exchange("PATCH", "/Users/1", 503), ok),
        of=of,
    )

    assert found.plan is not None
    assert {one.source_id: (one.outcome, one.written) for one in found.plan.objects} == {
        "both": (PlannedOutcome.WRITTEN, 2),
        "half": (PlannedOutcome.NOT_WRITTEN, 1),
        "failed": (PlannedOutcome.FAILED, 0),
        "never": (PlannedOutcome.NOT_WRITTEN, 0),
        "again": (PlannedOutcome.WRITTEN, 1),
    }
    assert found.plan.count(PlannedOutcome.NOT_WRITTEN) == 2


def test_what_the_log_hides_is_hidden_in_the_result_and_in_the_text_of_a_plan() -> None:
    hidden = ModifiedProperty("title", None, REDACTED)
    found = result(entry("ann", exchange("PATCH", "/Users/1", 204), changes=(hidden,)))
    assert found.objects[0].changes[0].new_value in (REDACTED, HIDDEN)

    body = {
        "schemas": ["urn:x"],
        "userName": "ann",
        "title": "Chief of secrets",
        "urn:ietf:params:scim:schemas:extension:x:2.0:User": {"badge": "7", "password": "hunter"},
        "Operations": [{"op": "add", "path": "title", "value": "Chief of secrets"}],
    }
    one = replace(planned("ann"), changes=(hidden,))
    shown = readable_request(one, PlannedRequest("POST", "/Users", body)).body

    assert "Chief of secrets" not in str(shown)
    assert "hunter" not in str(shown)
    assert shown["userName"] == "ann"
    assert shown["urn:ietf:params:scim:schemas:extension:x:2.0:User"]["badge"] == "7"
    assert readable_request(one, PlannedRequest("DELETE", "/Users/1")).body is None
