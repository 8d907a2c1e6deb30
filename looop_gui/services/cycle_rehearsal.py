"""The dry run: a cycle whose questions are asked and whose writes are only pretended.

It is the very cycle that would run, with another sender and a memory that is never written. So it
needs no job, leaves no trace in the store, and works on a configuration that was not saved.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from looop_gui.engine.adapting import denies_patch
from looop_gui.engine.certificate import Certificate
from looop_gui.engine.cycle import CycleInput, cycle_kind
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.guard_verdict import plan_guards
from looop_gui.engine.plan import PlanRecorder, pretended_id
from looop_gui.engine.rules import rules_of
from looop_gui.model.drift import DriftReport
from looop_gui.model.forecast import Forecast
from looop_gui.model.job import CycleKind, CycleProgress
from looop_gui.model.plan import Plan
from looop_gui.scim.messages import JsonObject, ScimRequest, ScimResponse
from looop_gui.services.cycle_asking import OnExchange, Sender
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_bulk import CONFIGURATION
from looop_gui.services.cycle_drift import drift_mode, drift_order
from looop_gui.services.cycle_failures import CycleFailedError
from looop_gui.services.cycle_parts import (
    asking_of,
    identifiers,
    new_cycle,
    refusal_of,
    view_of,
)
from looop_gui.services.cycle_progress import ProgressMeter
from looop_gui.services.cycle_resuming import peek_state
from looop_gui.services.cycle_runner import CycleRunner, CycleStanding
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.forecast_words import forecast_of

OnProgress = Callable[[CycleProgress], None]
"""Takes phase and counts of a dry run."""


@dataclass(slots=True)
class RehearsalSender:
    """Sends what reads, and answers what writes as a target would that does as it is told.

    What it would have created or written whole is read as it was sent.
    """

    sender: Sender
    written: list[ScimRequest] = field(default_factory=list)
    _made: dict[str, JsonObject] = field(default_factory=dict)
    _patches: bool | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a deadline for the exchange as a whole
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> ScimResponse:
        """The target's answer to a question, a made-up one to a write."""
        made = self._made.get(request.path)
        if made is not None and not request.writes:
            return ScimResponse(200, body=made)
        if not request.writes:
            return await self.sender.send(
                request, timeout=timeout, attempt=attempt, on_exchange=on_exchange
            )
        if request.method == "PATCH" and not await self._takes_patch():
            return ScimResponse(501)
        self.written.append(request)
        if request.method == "POST" and isinstance(request.body, dict):
            body = {**request.body, "id": pretended_id(request.body)}
            self._made[f"{request.path}/{body['id']}"] = body
            return ScimResponse(201, body=body)
        if request.method == "PUT" and isinstance(request.body, dict):
            # Whoever writes it whole once more begins with this.
            self._made[request.path] = request.body
        return ScimResponse(204)

    async def _takes_patch(self) -> bool:
        """What the target advertises; a run finds it out by its answers."""
        async with self._asking:  # Several objects begin at once, and one question will do.
            if self._patches is None:
                self._patches = not denies_patch(await self.sender.send(CONFIGURATION))
        return self._patches


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a dry run found. Only what was asked for has its rows: log entries, planned objects.

    `drift` is what its drift check found, None where there was none; `certificate` whether the
    cycle would write nothing, where that was asked.
    """

    forecast: Forecast
    plan: Plan
    drift: DriftReport | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a dry run found: the forecast, the plan, and every write as it would be sent."""

    forecast: Forecast
    plan: Plan
    writes: tuple[ScimRequest, ...]
    drift: DriftReport | None = None

    def dry_run(self, *, entries: bool, objects: bool) -> DryRun:
        """What of it is handed on."""
        return DryRun(
            self.forecast if entries else replace(self.forecast, entries=()),
            self.plan if objects else replace(self.plan, objects=()),
            self.drift,
        )


async def rehearse(
    setting: CycleSetting,
    stopping: asyncio.Event,
    requested: CycleKind | None = None,
    on_progress: OnProgress | None = None,
) -> Rehearsal:
    """What the next cycle of this setting would do; `requested` INITIAL looks at everybody.

    It may be cancelled at any moment. Raises ConfigurationError, SourceError, CredentialsError,
    TargetError, StoreError, and StoppedError when `stopping` is set meanwhile.
    """
    connection, clock = setting.connection, setting.clock
    rules = rules_of(connection, setting.schema)
    state = await setting.worker.run(peek_state, connection.id)
    snapshot = await asyncio.to_thread(setting.read_source, connection, setting.data_folder)
    kind = cycle_kind(requested, state.job.watermark, rules)
    given = CycleInput(
        snapshot=snapshot,
        links=dict(state.links),
        watermark=state.job.watermark,
        escrows=dict(state.escrows),
        rules=rules,
        scope=CycleScope(rules, snapshot),
        now=clock.now(),
        began=clock.now(),
        allowed_guard=setting.allowed_guard,
    )
    memory = CycleMemory(
        clock,
        links=state.links,
        escrows=state.escrows,
        interval=timedelta(minutes=connection.settings.interval_minutes),
    )
    cycle = new_cycle(setting, kind)
    async with setting.open_target(connection, setting.token) as sender:
        rehearsal, recorder = RehearsalSender(sender), PlanRecorder()
        view = view_of(setting, rules, state, memory, cycle)
        dialect = view.dialect
        runner = CycleRunner(
            asking=asking_of(setting, rehearsal, stopping, writes=False),
            blocks=memory,
            view=view,
            standing=CycleStanding(cycle),
            clock=clock,
            concurrency=connection.settings.concurrency,
            rehearsing=True,
            watcher=recorder,
            drift=drift_order(setting, drift_mode(setting, state.job)),
        )
        if on_progress is not None:
            meter = ProgressMeter(
                runner, runner.traffic, clock, lambda progress, _: on_progress(progress)
            )
            runner.tick = meter.tick
        try:
            await runner.run(given, kind, identifiers(setting.random))
        except CycleFailedError as error:
            raise refusal_of(error) from error
    plan = Plan(
        connection_id=connection.id,
        connection_name=connection.name,
        tenant_url=connection.target.tenant_url,
        dialect=dialect,
        kind=kind,
        made=cycle.began,
        source_digest=snapshot.digest,
        configuration_digest=rules.digest,
        objects=recorder.objects(runner.order),
        guard=runner.verdict.sentence if runner.verdict is not None else "",
        guards=plan_guards(runner.verdict),
        guard_token=runner.verdict.token if runner.verdict is not None else "",
    )
    forecast = forecast_of(runner, memory, given)
    return Rehearsal(forecast, plan, tuple(rehearsal.written), runner.drift)
