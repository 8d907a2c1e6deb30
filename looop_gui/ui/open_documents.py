"""The configurations that pages edit: one document a connection, so that undo spans the pages.

Saving writes a version of the mappings where they changed, and of the settings only the fields that
were edited here, so that what another page saved meanwhile stays.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.mapping import SynchronizationSchema
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
        document = self._documents.setdefault(connection_id, ConfigurationDocument(configuration))
        if draft is not None and draft != document.schema and not document.modified:
            document.edit_schema("Restore unsaved changes", draft)
            document.restored = True
        return document

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
        if schema != before.schema:
            await services.mappings.save(connection_id, schema, comment)
        await services.mappings.discard_draft(connection_id)
        if present.settings != before.settings:
            connection = await services.connections.get(connection_id)
            settings = _merged(before.settings, present.settings, connection.settings)
            await services.connections.update(replace(connection, settings=settings))
        document.mark_saved(present)
        document.restored = False

    async def discard(self, services: Services, connection_id: str) -> None:
        """Go back to what is saved, as a step that can be undone."""
        document = self._documents[connection_id]
        document.restored = False
        document.edit_schema("Discard unsaved changes", document.saved.schema)
        document.edit_settings("Discard unsaved changes", document.saved.settings)
        await services.mappings.discard_draft(connection_id)


async def _read(services: Services, connection_id: str) -> Configuration:
    connection = await services.connections.get(connection_id)
    schema = await services.mappings.schema(connection_id)
    return Configuration(schema, connection.settings)


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
