"""The mappings of a connection: the schema in use, its versions, its draft, and its lint."""

import asyncio

from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.events import Events, MappingChanged
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint import MappingFinding, lint_schema
from looop_gui.setup.schema_diff import (
    SchemaDifference,
    differences_in_words,
    schema_differences,
)
from looop_gui.store.mappings import (
    MappingVersion,
    append_version,
    discard_mapping_draft,
    load_mapping_draft,
    load_schema,
    load_versions,
    save_mapping_draft,
)

__all__ = ["MappingService", "MappingVersion", "SchemaDifference"]


class MappingService:
    """What can be asked of mappings. A saved version is told by MappingChanged."""

    def __init__(
        self,
        worker: StoreWorker,
        connections: ConnectionService,
        events: Events,
        clock: Clock,
    ) -> None:
        self._worker = worker
        self._connections = connections
        self._events = events
        self._clock = clock

    async def schema(self, connection_id: str) -> SynchronizationSchema:
        """The schema in use: the newest version, or the application's default."""
        saved = await self._worker.run(load_schema, connection_id)
        return saved if saved is not None else await self.default(connection_id)

    async def default(self, connection_id: str) -> SynchronizationSchema:
        """The default mappings of the connection's application."""
        connection = await self._connections.get(connection_id)
        return default_schema(connection.application)

    async def save(
        self, connection_id: str, schema: SynchronizationSchema, comment: str = ""
    ) -> MappingVersion:
        """Save a schema as the next version; nothing is overwritten."""
        before = await self.schema(connection_id)
        version = await self._worker.run(
            append_version,
            connection_id,
            schema,
            time=self._clock.now(),
            comment=comment,
            changes=self.differences(before, schema),
        )
        self._events.publish(MappingChanged(connection_id, version.number))
        return version

    async def versions(self, connection_id: str) -> tuple[MappingVersion, ...]:
        """All versions, the newest first; none while the default is in use."""
        return await self._worker.run(load_versions, connection_id)

    async def version_schema(self, connection_id: str, number: int) -> SynchronizationSchema:
        """The schema of a version; 0 is the application's default.

        Raises ConfigurationError where there is no such version.
        """
        if number == 0:
            return await self.default(connection_id)
        schema = await self._worker.run(load_schema, connection_id, number)
        if schema is None:
            raise ConfigurationError(
                f"There is no version {number} of these mappings.",
                next_step="The versions there are stand in the history.",
            )
        return schema

    async def restore(self, connection_id: str, number: int) -> MappingVersion:
        """Bring a version back, as a new version; 0 restores the default mappings."""
        schema = await self.version_schema(connection_id, number)
        said = f"Version {number} restored" if number else "Default mappings restored"
        return await self.save(connection_id, schema, said)

    async def compare(
        self, connection_id: str, older: int, newer: int
    ) -> tuple[SchemaDifference, ...]:
        """What one version changes of another, side by side."""
        before = await self.version_schema(connection_id, older)
        after = await self.version_schema(connection_id, newer)
        return await self.compare_schemas(before, after)

    async def compare_schemas(
        self, before: SynchronizationSchema, after: SynchronizationSchema
    ) -> tuple[SchemaDifference, ...]:
        """What one schema changes of another, saved or not, found in a thread of its own."""
        return await asyncio.to_thread(schema_differences, before, after)

    def differences(
        self, before: SynchronizationSchema, after: SynchronizationSchema
    ) -> tuple[str, ...]:
        """In words what one schema changes of another, saved or not."""
        return tuple(differences_in_words(before, after))

    async def save_draft(self, connection_id: str, schema: SynchronizationSchema) -> None:
        """Keep what is being edited, so that a crash loses nothing."""
        await self._worker.run(save_mapping_draft, connection_id, schema, self._clock.now())

    async def draft(self, connection_id: str) -> SynchronizationSchema | None:
        """What was being edited and neither saved nor discarded."""
        return await self._worker.run(load_mapping_draft, connection_id)

    async def discard_draft(self, connection_id: str) -> None:
        """Forget what was being edited."""
        await self._worker.run(discard_mapping_draft, connection_id)

    async def lint(
        self, connection_id: str, schema: SynchronizationSchema
    ) -> tuple[MappingFinding, ...]:
        """What is wrong or doubtful about a schema: errors block saving, warnings ask."""
        connection = await self._connections.get(connection_id)
        return lint_schema(
            schema,
            application=connection.application,
            extended=connection.settings.extended_functions,
        )
