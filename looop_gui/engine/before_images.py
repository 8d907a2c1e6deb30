"""Notes what an object held before it is written, and what is written to it, for an undo.

Values are kept as they are on the wire, not as the log shows them. Secrets are never kept: not what
a mapping redacts, and nothing whose name says that it is a secret.
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from looop_gui.engine.failure import ObjectFailedError
from looop_gui.engine.importing import REDACTED
from looop_gui.engine.processing import DesiredValue, PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.rules import ObjectRules
from looop_gui.engine.secret_names import is_secret
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import TargetPath, member, reference_id

Values = tuple[tuple[str, JsonValue | None, JsonValue | None], ...]

_READ_ONLY = frozenset({"meta", "groups"})


def note_creation(record: ObjectRecord, target_id: str, planned: Iterable[PlannedChange]) -> None:
    """A resource was created with these values."""
    values = tuple(
        [(item.change.path.text, None, item.change.value) for item in planned if not item.secret]
    )
    record.image = _image(record, ImageKind.CREATED, target_id, values=values)


def note_found_creation(
    record: ObjectRecord, target_id: str, desired: Iterable[DesiredValue]
) -> None:
    """A resource that an attempt of this cycle, which was cut off, had created."""
    values = tuple(
        (item.rule.path.text, None, item.value)
        for item in desired
        if item.value is not None and not item.rule.secret
    )
    record.image = _image(record, ImageKind.CREATED, target_id, values=values)


def note_update(
    record: ObjectRecord, current: JsonObject, planned: Iterable[PlannedChange]
) -> None:
    """A resource that holds `current` is about to get these values."""
    planned = list(planned)
    values = tuple(
        (item.change.path.text, before, _after(item, before))
        for item in planned
        if _may_keep(item)
        for before in (_held(item, current),)
    )
    withheld = tuple(item.change.path.text for item in planned if not _may_keep(item))
    _note_before_write(
        record, _image(record, ImageKind.UPDATED, current["id"], values=values, withheld=withheld)
    )


def note_manager(
    record: ObjectRecord,
    target_id: str,
    path: str,
    before: str | None,
    after: str | None,
    *,
    lost: bool,
) -> None:
    """A person's manager is about to be written; both are target ids.

    When `lost`, `before` is not known.
    """
    values = ((path, before, after),)
    _note_before_write(
        record, _image(record, ImageKind.UPDATED, target_id, values=values, lost=lost)
    )


def note_lost(record: ObjectRecord, target_id: str) -> None:
    """An attempt that was cut off has written the resource; what it held before is not known."""
    record.image = _image(record, ImageKind.UPDATED, target_id, lost=True, earlier=True)


def note_members_before(
    record: ObjectRecord, added: Iterable[str] = (), removed: Iterable[str] = ()
) -> None:
    """These members are about to be put into a group, or taken out of it."""
    record.keep_ahead(record.members_image(added, removed))


def note_members_doubt(
    record: ObjectRecord,
    failure: ObjectFailedError,
    added: Iterable[str] = (),
    removed: Iterable[str] = (),
) -> None:
    """The write of these members failed; whether it arrived all the same may not be known."""
    if not failure.refused:
        image = record.members_image((*record.added, *added), (*record.removed, *removed))
        record.image = replace(image, doubtful=True)


def note_doubt(record: ObjectRecord, failure: ObjectFailedError) -> None:
    """The write failed; unless it was refused, it may have arrived all the same."""
    if record.image is not None:
        record.image = None if failure.refused else replace(record.image, doubtful=True)


def note_deletion(
    record: ObjectRecord, target_id: str, resource: JsonValue | None, rules: ObjectRules
) -> None:
    """A resource is about to be deleted; `resource` is what it holds, None if it is not known."""
    if not isinstance(resource, dict):
        _note_before_write(record, _image(record, ImageKind.DELETED, target_id, lost=True))
        return
    kept = {
        name: _without_secrets(value)
        for name, value in resource.items()
        if name.casefold() not in _READ_ONLY and not is_secret(name)
    }
    redacted = [rule.path for rule in rules.attributes if rule.redacted]
    for path in redacted:
        _drop(kept, path)
    image = _image(
        record,
        ImageKind.DELETED,
        target_id,
        resource=kept,
        withheld=tuple(path.text for path in redacted),
    )
    _note_before_write(record, image)


def note_gone(record: ObjectRecord) -> None:
    """What was to be deleted was not there any more.

    Where it was read just before, one of our own requests has deleted it, most likely, of which the
    answer was lost. Else an attempt that was cut off may have; what it held was kept before then.
    """
    found = record.image
    if found is not None and found.resource is not None:
        record.image = replace(found, doubtful=True)
    elif found is not None and record.task.uncertain:
        record.image = _image(record, ImageKind.DELETED, found.target_id, lost=True, earlier=True)
    else:
        record.image = None


def _note_before_write(record: ObjectRecord, image: BeforeImage) -> None:
    record.image = image
    record.keep_ahead(image)


def _held(item: PlannedChange, current: JsonObject) -> JsonValue | None:
    held = item.change.path.read(current)
    return reference_id(held) if item.change.reference else held


def _after(item: PlannedChange, before: JsonValue | None) -> JsonValue | None:
    """What the attribute holds after the write: values that are added join those there are."""
    value = item.change.value
    if item.change.adds and isinstance(value, list) and isinstance(before, list):
        return [*before, *value]
    return value


def _may_keep(item: PlannedChange) -> bool:
    modified = item.modified
    return not item.secret and modified.new_value != REDACTED and modified.old_value != REDACTED


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_secrets(inner) for k, inner in value.items() if not is_secret(k)}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value


def _drop(resource: JsonObject, path: TargetPath) -> None:
    """Take the attribute that a path leads into out of a resource, as a whole."""
    container = member(resource, path.extension) if path.extension else resource
    if isinstance(container, dict):
        for name in [one for one in container if one.casefold() == path.name.casefold()]:
            del container[name]


def _image(record: ObjectRecord, kind: ImageKind, target_id: str, **more: Any) -> BeforeImage:
    task, link = record.task, record.task.link
    return BeforeImage(
        kind,
        task.object_type,
        task.source_id,
        target_id,
        task.source_name,
        managed=link.managed if link is not None else True,
        disabled=link.disabled if link is not None else False,
        **more,
    )
