"""The mappings of a connection: the schema in use, its versions, its draft, and its lint.

A version keeps the settings, too: together they are what the job runs with.
"""

import asyncio
from dataclasses import replace

from looop_gui.engine.rules import configuration_digest
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.events import Events, MappingChanged
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.configuration_diff import VersionContent, content_differences
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint import MappingFinding, lint_schema
from looop_gui.setup.schema_diff import SchemaDifference
from looop_gui.store.mappings import (
    MappingVersion,
    append_version,
    discard_mapping_draft,
    load_mapping_draft,
    load_schema,
    load_version_settings,
    load_versions,
    save_mapping_draft,
)

__all__ = ["MappingService", "MappingVersion", "SchemaDifference", "VersionContent"]


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
        self,
        connection_id: str,
        schema: SynchronizationSchema,
        comment: str = "",
        *,
        before: ConnectionSettings | None = None,
    ) -> MappingVersion:
        """Save a schema as the next version, with the settings; nothing is overwritten.

        `before` are the settings that were in use until now, where they were saved with it.
        """
        return await self._append(connection_id, schema, comment, before=before, keep_draft=False)

    async def save_settings(
        self, connection_id: str, before: ConnectionSettings, comment: str = ""
    ) -> MappingVersion | None:
        """Make a version of settings that have just been saved; `before` were in use until then.

        None when they are the same. What is edited of the mappings stays a draft.
        """
        if _configured((await self._connections.get(connection_id)).settings) == _configured(
            before
        ):
            return None
        schema = await self.schema(connection_id)
        said = comment or "Settings saved"
        return await self._append(connection_id, schema, said, before=before, keep_draft=True)

    async def _append(
        self,
        connection_id: str,
        schema: SynchronizationSchema,
        comment: str,
        *,
        before: ConnectionSettings | None,
        keep_draft: bool,
    ) -> MappingVersion:
        """Append a version with the settings in use; its changes are those of the newest one.

        Where that has no settings, `before` are made a version first.
        """
        settings = _configured((await self._connections.get(connection_id)).settings)
        kept = await self._worker.run(load_version_settings, connection_id)
        present = VersionContent(await self.schema(connection_id), kept)
        if kept is None and before is not None:
            # Settings of before there were versions of them can be brought back, too.
            present = VersionContent(present.schema, _configured(before))
            await self._write(connection_id, present, "As it was before", (), keep_draft=True)
        content = VersionContent(schema, settings)
        differences = await asyncio.to_thread(content_differences, present, content)
        changes = tuple(difference.sentence for difference in differences)
        version = await self._write(connection_id, content, comment, changes, keep_draft=keep_draft)
        self._events.publish(MappingChanged(connection_id, version.number))
        return version

    async def _write(
        self,
        connection_id: str,
        content: VersionContent,
        comment: str,
        changes: tuple[str, ...],
        *,
        keep_draft: bool,
    ) -> MappingVersion:
        return await self._worker.run(
            append_version,
            connection_id,
            content.schema,
            time=self._clock.now(),
            comment=comment,
            changes=changes,
            settings=content.settings,
            keep_draft=keep_draft,
        )

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

    async def version(self, connection_id: str, number: int) -> VersionContent:
        """Schema and settings of a version; 0 is the application's default. Raises as above."""
        schema = await self.version_schema(connection_id, number)
        settings = await self._worker.run(load_version_settings, connection_id, number)
        return VersionContent(schema, settings)

    async def restore(self, connection_id: str, number: int) -> MappingVersion:
        """Bring a version back with its settings, as a new version; 0 restores the defaults.

        The default mappings, and versions without settings, leave the settings as they are.
        """
        content = await self.version(connection_id, number)
        if content.settings is not None:
            connection = await self._connections.get(connection_id)
            on = connection.settings.provisioning_on
            settings = replace(content.settings, provisioning_on=on)
            if settings != connection.settings:
                await self._connections.update(replace(connection, settings=settings))
        said = f"Version {number} restored" if number else "Default mappings restored"
        return await self.save(connection_id, content.schema, said)

    async def compare(
        self, connection_id: str, older: int, newer: int
    ) -> tuple[SchemaDifference, ...]:
        """What one version changes of another, side by side."""
        before = await self.version(connection_id, older)
        return await self.compare_contents(before, await self.version(connection_id, newer))

    async def compare_contents(
        self, before: VersionContent, after: VersionContent
    ) -> tuple[SchemaDifference, ...]:
        """What one configuration changes of another, saved or not, found in a thread."""
        return await asyncio.to_thread(content_differences, before, after)

    def differences(self, before: VersionContent, after: VersionContent) -> tuple[str, ...]:
        """In words what one configuration changes of another, saved or not."""
        return tuple(difference.sentence for difference in content_differences(before, after))

    def starts_initial_cycle(self, before: VersionContent, after: VersionContent) -> bool:
        """Whether the next cycle is an initial one once `after` is saved (section c.8)."""
        if before.schema != after.schema:
            return True
        if before.settings is None or after.settings is None or before.settings == after.settings:
            return False
        first, second = (
            configuration_digest(content.schema, content.settings)
            for content in (before, after)
            if content.settings is not None
        )
        return first != second

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


def _configured(settings: ConnectionSettings) -> ConnectionSettings:
    """The settings as a version keeps them: whether provisioning is on is switched, not saved."""
    return replace(settings, provisioning_on=False)
