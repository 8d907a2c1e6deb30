"""One connection opened to look at both sides: rules, source, links, and the target to ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import TypeVar

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.failure import ObjectFailedError
from looop_gui.engine.rules import ConnectionRules, rules_of
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.connection import Connection
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import TargetError
from looop_gui.model.job import Link
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.cycle_asking import Asking
from looop_gui.services.cycle_resuming import peek_state
from looop_gui.services.cycle_setting import OpenTarget
from looop_gui.services.directory import DirectoryService
from looop_gui.services.mappings import MappingService
from looop_gui.services.request_pace import pace_of
from looop_gui.services.store_worker import StoreWorker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TargetSession:
    """Both sides of a connection as they are now; `job` is its number in the store."""

    connection: Connection
    rules: ConnectionRules
    snapshot: DirectorySnapshot
    scope: CycleScope
    links: dict[str, Link]
    job: int
    context: EvaluationContext
    asking: Asking

    async def ask(self, conversation: Conversation[T]) -> T:
        """Carry a conversation with the target to its end. Raises TargetError."""
        try:
            return await self.asking.converse(conversation, lambda _exchange: None)
        except ObjectFailedError as failure:
            raise TargetError(
                failure.reason, safe="Nothing was changed.", next_step=failure.recommended_action
            ) from failure


class TargetSessions:
    """Opens sessions. How the target is opened is another function in tests."""

    def __init__(
        self,
        data_folder: Path,
        worker: StoreWorker,
        connections: ConnectionService,
        mappings: MappingService,
        clock: Clock,
        open_target: OpenTarget,
        directory: DirectoryService,
    ) -> None:
        self.data_folder = data_folder
        self.worker = worker
        self._connections = connections
        self._mappings = mappings
        self._clock = clock
        self._open_target = open_target
        self._directory = directory

    async def connection(self, connection_id: str) -> Connection:
        """The saved connection. Raises ConfigurationError."""
        return await self._connections.get(connection_id)

    @asynccontextmanager
    async def open(self, connection_id: str) -> AsyncIterator[TargetSession]:
        """Read the source and the links, and open the target.

        Raises ConfigurationError, CredentialsError, SourceError, TenantUrlError, StoreError.
        """
        connection = await self._connections.get(connection_id)
        schema = await self._mappings.schema(connection_id)
        token = await self._connections.token_of(connection)
        rules = rules_of(connection, schema)
        snapshot = await self.snapshot(connection)
        state = await self.worker.run(peek_state, connection_id)
        random = SystemRandom()
        async with self._open_target(connection, token) as sender:
            yield TargetSession(
                connection=connection,
                rules=rules,
                snapshot=snapshot,
                scope=CycleScope(rules, snapshot),
                links=state.links,
                job=state.job.number,
                context=EvaluationContext(self._clock.now(), random),
                asking=Asking(sender, self._clock, random, pace=pace_of(connection)),
            )

    async def snapshot(self, connection: Connection) -> DirectorySnapshot:
        """The source directory as it is now, read only when it changed. Raises SourceError."""
        return await self._directory.snapshot(connection.source, connection.id)
