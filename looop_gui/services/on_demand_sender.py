"""The dry run of provision on demand: what would be written is recorded, and not sent."""

import json

from looop_gui.client.addresses import request_target
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_asking import OnExchange, Sender
from looop_gui.services.cycle_rehearsal import RehearsalSender

NOT_SENT = "Not sent: this is a dry run."


class OnDemandRehearsal:
    """Sends what reads; tells what writes as an exchange without an answer."""

    def __init__(self, sender: Sender, clock: Clock, tenant_url: str) -> None:
        self._rehearsal = RehearsalSender(sender)
        self._clock = clock
        self._tenant_url = tenant_url.rstrip("/")

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a deadline for the exchange as a whole
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> ScimResponse:
        """The target's answer to a question, a made-up one to a write."""
        response = await self._rehearsal.send(
            request, timeout=timeout, attempt=attempt, on_exchange=on_exchange
        )
        if request.writes and response.ok and on_exchange is not None:
            on_exchange(self._exchange(request, attempt))
        return response

    def _exchange(self, request: ScimRequest, attempt: int) -> WireExchange:
        body = request.body
        return WireExchange(
            method=request.method,
            url=f"{self._tenant_url}{request_target(request)}",
            request_headers=(("Content-Type", "application/scim+json"),) if body else (),
            request_body=json.dumps(body, ensure_ascii=False) if body is not None else "",
            status=0,
            response_headers=(),
            response_body="",
            started=self._clock.now(),
            duration_milliseconds=0.0,
            attempt=attempt,
            failure=NOT_SENT,
        )
