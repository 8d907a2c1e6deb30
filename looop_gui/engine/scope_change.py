"""Who is in scope under a configuration, and who would leave or enter under another."""

from dataclasses import dataclass

from looop_gui.engine.entitlement import Entitlement, entitled
from looop_gui.engine.scoping import ScopeRules, compile_scope
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import SynchronizationSchema


@dataclass(frozen=True, slots=True)
class ScopeConfiguration:
    """What decides the scope: the filters and switches of the mappings, and the settings."""

    schema: SynchronizationSchema
    settings: ConnectionSettings

    def rules(self, object_type: ObjectType) -> ScopeRules:
        """The filters of people or of groups, compiled. Raises UnsupportedFilterError."""
        mapping = self.schema.mapping_of(object_type)
        return compile_scope(mapping.scope, regex_search=self.settings.regex_search)

    def enabled(self, object_type: ObjectType) -> bool:
        """Whether people or groups are provisioned at all."""
        return self.schema.mapping_of(object_type).enabled


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """What another configuration would do to the scope of people or of groups.

    The numbers are those of the other configuration; `leaving` and `entering` are in the order of
    the directory.
    """

    in_scope_count: int
    total: int
    leaving: tuple[DirectoryObject, ...]
    entering: tuple[DirectoryObject, ...]


def scope_change(
    snapshot: DirectorySnapshot,
    before: ScopeConfiguration,
    after: ScopeConfiguration,
    object_type: ObjectType = ObjectType.USER,
) -> ScopeChange:
    """Compares two configurations; 100,000 people take well under a second a configuration.

    Raises UnsupportedFilterError when one of the filters cannot be used.
    """
    entries = objects_of(snapshot, object_type)
    inside_before = in_scope_ids(snapshot, before, object_type)
    inside_after = inside_before if before == after else in_scope_ids(snapshot, after, object_type)
    return ScopeChange(
        in_scope_count=len(inside_after),
        total=len(entries),
        leaving=tuple(entries[i] for i in inside_before if i not in inside_after),
        entering=tuple(entries[i] for i in inside_after if i not in inside_before),
    )


def in_scope_ids(
    snapshot: DirectorySnapshot, configuration: ScopeConfiguration, object_type: ObjectType
) -> dict[str, None]:
    """The ids of everybody in scope, in the order of the directory."""
    if not configuration.enabled(object_type):
        return {}
    rules = configuration.rules(object_type)
    entitlement: Entitlement = entitled(snapshot, configuration.settings)
    return {
        object_id: None
        for object_id, entry in objects_of(snapshot, object_type).items()
        if rules.in_scope(entry, entitlement)
    }


def objects_of(snapshot: DirectorySnapshot, object_type: ObjectType) -> dict[str, DirectoryObject]:
    """The people or the groups of a snapshot by id."""
    return dict(snapshot.users if object_type is ObjectType.USER else snapshot.groups)
