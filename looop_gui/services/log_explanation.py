"""Why somebody of the log is in scope or not now, and the smallest change that would help."""

from looop_gui.services.connections import ConnectionService
from looop_gui.services.directory import DirectoryService
from looop_gui.services.mappings import MappingService
from looop_gui.services.scope_preview import Explanation, explain_scope


async def explain_logged(
    connections: ConnectionService,
    mappings: MappingService,
    directory: DirectoryService,
    connection_id: str,
    source_id: str,
) -> Explanation | None:
    """The explanation under the saved configuration and the directory as it is now.

    None when the object is not in the source any more. Raises ConfigurationError without such a
    connection, SourceError when the source cannot be read, UnsupportedFilterError when a filter
    cannot be used.
    """
    connection = await connections.get(connection_id)
    schema = await mappings.schema(connection_id)
    snapshot = await directory.snapshot(connection.source, connection_id)
    entry = snapshot.find(source_id)
    if entry is None:
        return None
    return await explain_scope(snapshot, (schema, connection.settings), entry)
