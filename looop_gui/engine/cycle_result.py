"""Makes the result of a cycle from its log entries, and sets it beside the plan it applied."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from looop_gui.engine.log_exposure import Exposure
from looop_gui.engine.plan_patterns import PlanPattern, counted_patterns, plan_sentence
from looop_gui.model.cycle_result import (
    ComparedObject,
    CycleResult,
    PlanComparison,
    PlannedOutcome,
    ResultObject,
    ResultRequest,
)
from looop_gui.model.job import Cycle
from looop_gui.model.plan import Plan, PlannedObject
from looop_gui.model.provisioning_log import (
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    StepType,
)


class ResultCollector:
    """Takes the entries of a cycle, page by page, and gives its result.

    `exposure` decides what of an entry may leave.
    """

    def __init__(self, exposure: Exposure) -> None:
        self._exposure = exposure
        self._objects: list[ResultObject] = []
        self._skipped: Counter[str] = Counter()
        self._answers: Counter[tuple[str, int]] = Counter()

    def add(self, entries: Iterable[ProvisioningLogEntry]) -> None:
        """Take entries, the newest first."""
        for entry in entries:
            shown = self._exposure.entry(entry)
            self._answers.update((one.method, one.status) for one in shown.exchanges)
            if _is_told(shown):
                self._objects.append(_object(shown))
            else:
                self._skipped[shown.cause or shown.skip_reason or "nothing to do"] += 1

    def result(
        self, cycle: Cycle, connection_name: str, tenant_url: str, plan: Plan | None
    ) -> CycleResult:
        """The result of the entries taken."""
        objects = tuple(reversed(self._objects))
        return CycleResult(
            connection_name=connection_name,
            tenant_url=tenant_url,
            cycle=cycle,
            objects=objects,
            skipped=tuple(self._skipped.most_common()),
            answers=tuple((*key, count) for key, count in sorted(self._answers.items())),
            plan=None if plan is None else compared(plan, objects),
        )


def result_patterns(result: CycleResult) -> tuple[PlanPattern, ...]:
    """The changes that were written, by action, attribute and shape, the largest first."""
    return counted_patterns(
        (one.action, change)
        for one in result.objects
        if one.status is ProvisioningStatus.SUCCESS
        for change in one.changes
    )


def result_sentence(cycle: Cycle) -> str:
    """What a cycle did, in one sentence."""
    counts = cycle.users + cycle.groups
    parts = [
        f"{word} {count:,}"
        for word, count in (
            ("created", counts.created),
            ("updated", counts.updated),
            ("disabled", counts.disabled),
            ("deleted", counts.deleted),
            ("failed", counts.failed),
        )
        if count
    ]
    return f"This cycle {', '.join(parts)}." if parts else "This cycle wrote nothing."


def compared(plan: Plan, objects: Sequence[ResultObject]) -> PlanComparison:
    """The objects of a plan with what became of each.

    An object with requests in both passes counts once: the passes are one entry or two of the log.
    """
    planned: dict[str, list[PlannedObject]] = defaultdict(list)
    for one in plan.objects:
        planned[one.source_id].append(one)
    done: dict[str, list[ResultObject]] = defaultdict(list)
    for found in objects:
        done[found.source_id].append(found)
    return PlanComparison(
        made=plan.made,
        sentence=plan_sentence(plan),
        objects=tuple(
            _compared(passes, done.get(source_id, [])) for source_id, passes in planned.items()
        ),
    )


def _compared(passes: Sequence[PlannedObject], done: Sequence[ResultObject]) -> ComparedObject:
    first = passes[0]
    wanted = sum(len(one.requests) for one in passes)
    written = sum(_is_written(request) for one in done for request in one.requests)
    if any(one.status is ProvisioningStatus.FAILURE for one in done):
        outcome = PlannedOutcome.FAILED
    elif written >= wanted:
        outcome = PlannedOutcome.WRITTEN
    else:
        outcome = PlannedOutcome.NOT_WRITTEN
    return ComparedObject(
        first.object_type,
        first.source_id,
        first.source_name,
        first.action,
        wanted,
        written,
        outcome,
    )


def _is_written(request: ResultRequest) -> bool:
    return request.method != "GET" and 200 <= request.status < 300


def _is_told(entry: ProvisioningLogEntry) -> bool:
    """Whether an entry is more than somebody with nothing to do."""
    if entry.status in (ProvisioningStatus.FAILURE, ProvisioningStatus.WARNING):
        return True
    if entry.action is ProvisioningAction.STAGED_DELETE:
        return True
    return any(exchange.method != "GET" for exchange in entry.exchanges)


def _object(entry: ProvisioningLogEntry) -> ResultObject:
    error = entry.error
    sentence = error.reason if error is not None else ""
    if not sentence and entry.action is ProvisioningAction.STAGED_DELETE:
        staged = [step for step in entry.steps if step.step_type is StepType.PROCESSING]
        sentence = staged[-1].description if staged else ""
    return ResultObject(
        time=entry.time,
        object_type=entry.object_type,
        source_id=entry.source_id,
        source_name=entry.source_name,
        target_id=entry.target_id or "",
        action=entry.action,
        status=entry.status,
        error_code=error.error_code if error is not None else "",
        sentence=sentence,
        changes=entry.modified_properties,
        requests=tuple(
            ResultRequest(one.method, _path(one.url), one.status) for one in entry.exchanges
        ),
    )


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
