"""The configurations that pages edit: one document a connection, so that undo spans the pages.

Saving writes a version of the configuration, and of the settings only the fields that were edited
here, so that what another page saved meanwhile stays.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from looop_gui.model.connection import Connection, ConnectionSettings
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.settings_draft import (
    Particulars,
    SettingsDraft,
    particulars_of,
    with_draft,
)
from looop_gui.setup.filter_operators import finished
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument

if TYPE_CHECKING:
    from looop_gui.services.services import Services


class OpenDocuments:
    """Documents by connection id; a page asks for one and edits it."""

    def __init__(self) -> None:
        self._documents: dict[str, ConfigurationDocument] = {}

    async def open(self, services: Services, connection_id: str) -> ConfigurationDocument:
        """The document of a connection, read from the store the first time.

        What was edited before a crash and not saved is put on top as one step of undo.
        """
        if connection_id in self._documents:
            return self._documents[connection_id]
        configuration = await _read(services, connection_id)
        draft = await services.mappings.draft(connection_id)
        edited = await services.connections.settings_draft(connection_id)
        document = self._documents.setdefault(connection_id, ConfigurationDocument(configuration))
        if not document.modified:
            _restore(document, draft, edited)
        return document

    async def keep_draft(self, services: Services, connection_id: str) -> None:
        """Keep everything that is not saved, so that a crash loses nothing."""
        document = self._documents[connection_id]
        saved, present = document.saved, document.configuration
        if present.schema != saved.schema:
            await services.mappings.save_draft(connection_id, present.schema)
        else:
            await services.mappings.discard_draft(connection_id)
        kept = present.particulars
        if kept is not None and _settings_of(present) != _settings_of(saved):
            draft = SettingsDraft(present.settings, kept)
            await services.connections.save_settings_draft(connection_id, draft)
        else:
            await services.connections.discard_settings_draft(connection_id)

    async def save_settings(self, services: Services, connection_id: str) -> Connection:
        """Save the settings alone; what was edited of the mappings stays unsaved."""
        document = self._documents[connection_id]
        saved, present = document.saved, document.configuration
        connection = await services.connections.get(connection_id)
        if _settings_of(present) != _settings_of(saved):
            former = connection.settings
            connection = await services.connections.update(_edited(connection, saved, present))
            await services.mappings.save_settings(connection_id, former)
        now_saved = replace(saved, settings=present.settings, particulars=present.particulars)
        document.mark_saved(now_saved)
        await services.connections.discard_settings_draft(connection_id)
        return connection

    async def reload(self, services: Services, connection_id: str) -> bool:
        """Take over what was saved elsewhere, as a step that can be undone.

        False where unsaved changes stand in the way.
        """
        document = self._documents.get(connection_id)
        if document is None:
            return True
        configuration = await _read(services, connection_id)
        if configuration == document.saved:
            return True
        if document.modified:
            return False
        document.take_over("Take over what was saved elsewhere", configuration)
        return True

    async def save(self, services: Services, connection_id: str, comment: str = "") -> None:
        """Save what was edited of a connection's mappings and settings."""
        document = self._documents[connection_id]
        before, present = document.saved, document.configuration
        schema: SynchronizationSchema = finished(present.schema)
        former = None
        if _settings_of(present) != _settings_of(before):
            connection = await services.connections.get(connection_id)
            former = connection.settings
            await services.connections.update(_edited(connection, before, present))
        if schema != before.schema:
            await services.mappings.save(connection_id, schema, comment, before=former)
        elif former is not None:
            await services.mappings.save_settings(connection_id, former, comment)
        await services.mappings.discard_draft(connection_id)
        await services.connections.discard_settings_draft(connection_id)
        document.mark_saved(present)
        document.restored = False

    async def discard(self, services: Services, connection_id: str) -> None:
        """Go back to what is saved, as a step that can be undone."""
        document = self._documents[connection_id]
        document.restored = False
        document.edit_schema("Discard unsaved changes", document.saved.schema)
        saved = document.saved
        document.edit_connection("Discard unsaved changes", saved.settings, saved.particulars)
        await services.mappings.discard_draft(connection_id)
        await services.connections.discard_settings_draft(connection_id)


async def _read(services: Services, connection_id: str) -> Configuration:
    connection = await services.connections.get(connection_id)
    schema = await services.mappings.schema(connection_id)
    # Whether provisioning is on is switched, not edited: undo must not switch it back.
    settings = replace(connection.settings, provisioning_on=False)
    return Configuration(schema, settings, particulars_of(connection))


def _restore(
    document: ConfigurationDocument,
    schema: SynchronizationSchema | None,
    draft: SettingsDraft | None,
) -> None:
    """Put what was kept before a crash on top of what is saved."""
    words = "Restore unsaved changes"
    if schema is not None:
        document.edit_schema(words, schema)
    if draft is not None:
        document.edit_connection(words, draft.settings, draft.particulars)
    document.restored = document.modified


def _settings_of(
    configuration: Configuration,
) -> tuple[ConnectionSettings, Particulars | None]:
    return configuration.settings, configuration.particulars


def _edited(connection: Connection, before: Configuration, edited: Configuration) -> Connection:
    """The stored connection with the settings and particulars that were edited here."""
    settings = _merged(before.settings, edited.settings, connection.settings)
    if edited.particulars is None or edited.particulars == before.particulars:
        return replace(connection, settings=settings)
    particulars = replace(
        edited.particulars,
        # The token may have been moved by its own button meanwhile.
        target=replace(
            edited.particulars.target,
            token_storage=connection.target.token_storage,
            token_reference=connection.target.token_reference,
        ),
    )
    return with_draft(connection, SettingsDraft(settings, particulars))


def _merged(
    before: ConnectionSettings, edited: ConnectionSettings, present: ConnectionSettings
) -> ConnectionSettings:
    """The settings as they are in the store, with the fields that were edited here."""
    changed = {
        field.name: getattr(edited, field.name)
        for field in fields(ConnectionSettings)
        if getattr(edited, field.name) != getattr(before, field.name)
    }
    return replace(present, **changed)
