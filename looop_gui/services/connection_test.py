"""Test Connection (reference section a.4) as a service, and the proof that writing works."""

import uuid
from collections.abc import Callable

from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.secret import SecretText
from looop_gui.services.checks import Check, CheckState, ConnectionTestResult, OnCheck
from looop_gui.services.clock import Clock
from looop_gui.services.connection_checklist import ConnectionChecklist
from looop_gui.services.write_proof import WriteProof

__all__ = ["Check", "CheckState", "ConnectionTestResult", "ConnectionTestService"]


class ConnectionTestService:
    """Tests admin credentials, saved or not."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: TargetLimits | None = None,
        new_guid: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._clock = clock
        self._limits = limits or TargetLimits()
        self._new_guid = new_guid

    async def run(
        self,
        target: TenantConnection,
        token: SecretText,
        schema: SynchronizationSchema,
        on_check: OnCheck,
    ) -> ConnectionTestResult:
        """Test a connection; `on_check` hears of every check when it begins and when it ends.

        The matching attributes of precedence 1 of `schema` are queried. Trouble of any kind is a
        failed check, never an exception.
        """
        checklist = ConnectionChecklist(
            target,
            token,
            schema,
            on_check,
            clock=self._clock,
            limits=self._limits,
            guid=self._new_guid(),
        )
        return await checklist.run()

    async def prove_write(
        self,
        target: TenantConnection,
        token: SecretText,
        schema: SynchronizationSchema,
        on_check: OnCheck,
    ) -> ConnectionTestResult:
        """Create, read, update, disable and delete one disposable user, and clean up.

        `left_behind` of the result says what could not be removed. Raises TenantUrlError,
        CredentialsError or ConfigurationError when the target cannot be used at all.
        """
        authentication = BearerToken(token)
        async with Target(target, authentication, concurrency=1, limits=self._limits) as opened:
            proof = WriteProof(opened, target.dialect, schema, self._new_guid(), on_check)
            return await proof.run()
