"""What a version of a connection's configuration holds, and what two of them differ in."""

from collections.abc import Iterator
from dataclasses import dataclass

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.setup.schema_diff import SchemaDifference, schema_differences
from looop_gui.setup.settings_words import changed_settings


@dataclass(frozen=True, slots=True)
class VersionContent:
    """What a version holds: the mappings and scoping filters, and the settings the job ran with.

    `settings` is None for the default mappings and for versions of before settings were kept.
    """

    schema: SynchronizationSchema
    settings: ConnectionSettings | None = None


def content_differences(
    before: VersionContent, after: VersionContent
) -> tuple[SchemaDifference, ...]:
    """Every difference of mappings, scopes and attribute lists, then of the settings."""
    settings = _settings(before.settings, after.settings)
    return (*schema_differences(before.schema, after.schema), *settings)


def _settings(
    before: ConnectionSettings | None, after: ConnectionSettings | None
) -> Iterator[SchemaDifference]:
    if before is not None and after is not None:
        for name, old, new in changed_settings(before, after):
            yield SchemaDifference(None, "Settings", name, old, new)
