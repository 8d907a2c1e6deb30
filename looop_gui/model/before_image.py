"""What a cycle found before it wrote, and what it wrote: kept so that the cycle can be undone."""

from enum import StrEnum
from typing import Any

import msgspec

from looop_gui.model.directory import ObjectType


class ImageKind(StrEnum):
    """What was done to the resource. MANAGER: its manager was deleted by the same cycle."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MEMBERS = "members"
    MANAGER = "manager"


class BeforeImage(msgspec.Struct, frozen=True, gc=False):
    """One object that a cycle changed.

    `values` are a target attribute's path, its JSON value before, and after, in the order in which
    they were written; None is no value. `resource` is the whole resource that was deleted. `added`
    and `removed` are source ids of a group's members. `managed` and `disabled` are those of the
    link before. `withheld` are paths whose values are not kept, because they may be secrets.
    `doubtful`: it is not known whether the write arrived. `lost`: the object was written, and what
    it held before is not known. `earlier`: nothing was written now, but perhaps by an attempt that
    was cut off; this is not stored.
    """

    kind: ImageKind
    object_type: ObjectType
    source_id: str
    target_id: str
    name: str
    values: tuple[tuple[str, Any, Any], ...] = ()
    resource: dict[str, Any] | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    managed: bool = True
    disabled: bool = False
    withheld: tuple[str, ...] = ()
    doubtful: bool = False
    lost: bool = False
    earlier: bool = False
