"""Joins the before-images of one cycle: one for each object, from its state before to that after.

An object may have several: itself and its manager, its members in batches, a part before a crash
and a part after it.
"""

import copy
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.job import Link
from looop_gui.scim.target_path import target_path


def joined_images(images: Iterable[BeforeImage], manager_path: str) -> list[BeforeImage]:
    """One image for each object, of the kind CREATED, UPDATED or DELETED, in the cycle's order.

    `manager_path` is the attribute that managers are written to, "" for none.
    """
    joined: dict[str, BeforeImage] = {}
    for image in images:
        one = _as_update(image, manager_path)
        if one is None:
            continue
        before = joined.pop(one.source_id, None)
        was_written = image.kind is ImageKind.UPDATED
        both = one if before is None else _join(before, one, was_written=was_written)
        if both is not None:
            joined[one.source_id] = both
    return list(joined.values())


def referring_to_lost(images: Iterable[BeforeImage], links: Iterable[Link]) -> list[BeforeImage]:
    """What else a run has taken from others that was cut off and that nobody went on with.

    Of whom it was about to delete it is not known whether she is gone; whoever refers to her, by
    the links, has lost that then, and no cycle has noted it. `images` are joined ones.
    """
    images = tuple(images)
    made = {one.source_id for one in images if one.kind is ImageKind.CREATED}
    gone = {
        one.source_id: one.target_id
        for one in images
        if one.kind is ImageKind.DELETED and one.doubtful
    }
    found: list[BeforeImage] = []
    for link in links if gone else ():
        if link.source_id in made:
            continue
        if left := tuple(sorted(link.members & gone.keys())):
            found.append(_of_link(link, ImageKind.MEMBERS, removed=left))
        if link.manager in gone:
            values = (("", gone[link.manager], None),)
            found.append(_of_link(link, ImageKind.MANAGER, values=values))
    return found


def _of_link(link: Link, kind: ImageKind, **more: Any) -> BeforeImage:
    return BeforeImage(
        kind, link.object_type, link.source_id, link.target_id, link.display_name, **more
    )


def _as_update(image: BeforeImage, manager_path: str) -> BeforeImage | None:
    if image.kind is ImageKind.MEMBERS:
        return replace(image, kind=ImageKind.UPDATED)
    if image.kind is ImageKind.MANAGER:
        values = tuple((manager_path, before, after) for _, before, after in image.values)
        return replace(image, kind=ImageKind.UPDATED, values=values) if manager_path else None
    return image


def _join(first: BeforeImage, then: BeforeImage, *, was_written: bool) -> BeforeImage | None:
    match first.kind, then.kind:
        case (ImageKind.CREATED, ImageKind.DELETED):
            return first if then.doubtful else None
        case (ImageKind.CREATED, _):
            after = {path: now for path, _, now in (*first.values, *then.values)}
            values = tuple((path, None, now) for path, now in after.items())
            return replace(first, values=values, target_id=then.target_id)
        case (ImageKind.DELETED, ImageKind.CREATED):
            return _made_anew(first, then)
        case (ImageKind.DELETED, ImageKind.DELETED):
            return _deleted_twice(first, then)
        case (ImageKind.DELETED, ImageKind.UPDATED) if first.doubtful and was_written:
            return then  # it was there still
        case (ImageKind.DELETED, _):
            return _restored(then, first)
        case (_, ImageKind.DELETED):
            return _restored(first, then)
        case (_, ImageKind.CREATED) if first.doubtful and first.target_id == then.target_id:
            return then  # made by an attempt that was cut off, and changed by the next
        case (_, ImageKind.CREATED):
            return replace(then, kind=ImageKind.UPDATED, lost=True)
    if first.doubtful and then.lost:
        return replace(first, doubtful=False)  # all that the attempt wrote was kept before it did
    return _both_updates(first, then)


def _both_updates(first: BeforeImage, then: BeforeImage) -> BeforeImage:
    before = {path: held for path, held, _ in reversed((*first.values, *then.values))}
    after = {path: now for path, _, now in (*first.values, *then.values)}
    known = {path for path, _, _ in first.values}
    unknown = then.lost and not (then.values and all(path in known for path, _, _ in then.values))
    added, removed = _net(first, then)
    return replace(
        then,
        values=tuple((path, before[path], now) for path, now in after.items()),
        added=added,
        removed=removed,
        managed=first.managed,
        disabled=first.disabled,
        withheld=tuple(dict.fromkeys((*first.withheld, *then.withheld))),
        lost=first.lost or unknown,
        doubtful=then.doubtful,
    )


def _net(first: BeforeImage, then: BeforeImage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who was added and removed in the end: whoever was both is neither."""
    changes: dict[str, int] = {}
    for members, change in (
        (first.added, 1),
        (first.removed, -1),
        (then.added, 1),
        (then.removed, -1),
    ):
        for key in members:
            changes[key] = changes.get(key, 0) + change
    added = tuple(key for key, change in changes.items() if change > 0)
    removed = tuple(key for key, change in changes.items() if change < 0)
    return added, removed


def _restored(first: BeforeImage, deleted: BeforeImage) -> BeforeImage:
    """A resource that was changed, then deleted: as it was before both.

    `removed` are members that it had and that were missing when it was read.
    """
    if deleted.resource is None or first.lost:
        return replace(deleted, lost=True)
    resource = copy.deepcopy(deleted.resource)
    for path, before, _ in first.values:
        if before is None:
            path_of = target_path(path)
            if not path_of.filtered and not path_of.sub and not path_of.extension:
                resource.pop(path_of.name, None)
        else:
            target_path(path).write(resource, before)
    return replace(
        deleted,
        withheld=tuple(dict.fromkeys((*first.withheld, *deleted.withheld))),
        resource=resource,
        removed=tuple(dict.fromkeys((*first.removed, *deleted.removed))),
        managed=first.managed,
        disabled=first.disabled,
    )


def _deleted_twice(first: BeforeImage, then: BeforeImage) -> BeforeImage:
    """An attempt was cut off; what was read last counts, unless it was gone by then."""
    latest = replace(first, doubtful=then.doubtful) if then.resource is None else then
    return replace(
        latest,
        removed=tuple(dict.fromkeys((*first.removed, *then.removed))),
        managed=first.managed,
        disabled=first.disabled,
        lost=latest.resource is None,
    )


def _made_anew(deleted: BeforeImage, created: BeforeImage) -> BeforeImage:
    """Deleted and created by the same cycle: what is there now is to hold what was there before."""
    held = deleted.resource
    if held is None:
        return replace(created, kind=ImageKind.UPDATED, lost=True)
    values = tuple((path, target_path(path).read(held), now) for path, _, now in created.values)
    return replace(
        created,
        kind=ImageKind.UPDATED,
        values=values,
        managed=deleted.managed,
        disabled=deleted.disabled,
    )
