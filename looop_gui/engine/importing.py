"""The import step: the source object as expressions see it (sections b.2, c.5 and i.1)."""

import re
from collections.abc import Mapping
from typing import cast

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.rules import APP_ROLE_ASSIGNMENTS, IS_SOFT_DELETED
from looop_gui.model.directory import AttributeValue, DirectoryObject, ObjectType
from looop_gui.model.provisioning_log import StepType

REDACTED = "[Redact]"
"""What the log shows in place of a value that came out of Redact (section d.3)."""

_GUEST = re.compile(r"(?P<alias>.+)_(?P<domain>[^_@]+)#EXT#@[^@]+", re.IGNORECASE)


def imported_attributes(
    source: DirectoryObject, *, soft_deleted: bool, roles: tuple[str, ...]
) -> dict[str, AttributeValue]:
    """The source attributes with the computed ones: objectId, IsSoftDeleted, roles (c.5)."""
    attributes = dict(source.attributes)
    attributes["objectId"] = source.id
    attributes[IS_SOFT_DELETED] = "True" if soft_deleted else "False"
    if roles:
        attributes[APP_ROLE_ASSIGNMENTS] = roles
    if source.object_type is ObjectType.USER:
        name = attributes.get("userPrincipalName")
        if isinstance(name, str) and "#" in name:
            attributes.setdefault("originalUserPrincipalName", name)
            attributes["userPrincipalName"] = guest_name(name)
    return attributes


def guest_name(user_principal_name: str) -> str:
    """A guest's userPrincipalName without #EXT# and the tenant's domain (section b.2)."""
    found = _GUEST.fullmatch(user_principal_name)
    return f"{found['alias']}@{found['domain']}" if found else user_principal_name


def note_import(
    record: ObjectRecord,
    attributes: Mapping[str, AttributeValue],
    redacted: frozenset[str] = frozenset(),
) -> None:
    """Note what came from the source; `attributes` is empty for an object that is gone.

    The values of the attributes in `redacted` are not shown.
    """
    task = record.task
    kind, change = _NAMES["gone" if task.source is None else "known" if task.link else "new"]
    record.step(
        kind,
        StepType.IMPORT,
        f"Received {task.object_type} '{task.source_name}' change of type ({change}) from the "
        "source directory",
        _shown_attributes(attributes, redacted),
    )


def _shown_attributes(
    attributes: Mapping[str, AttributeValue], redacted: frozenset[str]
) -> Mapping[str, str]:
    """The attributes as texts. They are rarely anything else, and then need not be copied."""
    kinds = set(map(type, attributes.values()))
    if kinds == _TEXT and not redacted and "members" not in attributes:
        return cast(Mapping[str, str], attributes)
    shown = {
        name: value if isinstance(value, str) else "; ".join(value)
        for name, value in attributes.items()
        if name != "members"
    }
    shown.update(dict.fromkeys(redacted & shown.keys(), REDACTED))
    return shown


_TEXT = {str}


_NAMES = {
    "new": ("EntryImportAdd", "Add"),
    "known": ("EntryImportUpdate", "Update"),
    "gone": ("EntryImportDelete", "Delete"),
}


def note_scoping(record: ObjectRecord, task: ObjectTask) -> None:
    """Note the facts of the scope evaluation (section b.4)."""
    record.step(
        "EntrySynchronizationScoping",
        StepType.SCOPING,
        f"Determine if {task.object_type} is in scope by evaluating against each scoping filter",
        task.scope.details,
    )
