"""What an undo has to do, decided from the before-images of a cycle: its tasks and their order.

Changes are put back and deleted resources made anew first, then references, and last what the cycle
created is deleted, so that nobody refers to what goes. A name is freed before it is given back: who
is to have a userName again that the cycle gave to somebody else comes in a later wave.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from looop_gui.engine.conversation import ObjectTask, ScopeFacts, Unsure
from looop_gui.engine.decisions import Decision
from looop_gui.engine.processing import shown
from looop_gui.engine.rules import ConnectionRules
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.scim.target_path import comparable, member

BEFORE_ALL = -1

_USER_NAME = "username"

_DECISIONS = {
    ImageKind.CREATED: Decision.DELETE,
    ImageKind.UPDATED: Decision.UPDATE,
    ImageKind.DELETED: Decision.PROVISION,
}


@dataclass(slots=True)
class UndoState:
    """What the conversations of one undo share.

    `images` are the joined before-images by source id. With `disable`, people whom the cycle
    created are disabled and not deleted; `began` and `ended` are when it ran. `new_ids` are the
    target ids of resources made anew, by their old ones; `gone` has the ids of all that the cycle
    deleted, with their source ids; `undone_ids` are those of all that it changed. `missing` says,
    by source id, why somebody who was deleted was not made anew.
    """

    images: Mapping[str, BeforeImage]
    disable: bool = False
    began: datetime | None = None
    ended: datetime | None = None
    new_ids: dict[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    undone_ids: frozenset[str] = frozenset()
    missing: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.undone_ids = frozenset(one.target_id for one in self.images.values())
        self.gone = {
            one.target_id: one.source_id
            for one in self.images.values()
            if one.kind is ImageKind.DELETED
        }

    def id_now(self, target_id: str | None) -> str | None:
        """The id under which a resource is reached now; None for one that is not there any more."""
        if target_id is None or target_id not in self.gone:
            return target_id
        return self.new_ids.get(target_id)

    def why_missing(self, source_id: str, *, left_out: bool) -> str:
        """A sentence's subject and end about somebody whom others cannot refer to any more."""
        image = self.images.get(source_id)
        name = image.name if image is not None else source_id
        if source_id in self.missing:
            return f"{name} could not be made anew ({self.missing[source_id].rstrip('.')})"
        if left_out:
            return f"{name} was left out of the plan"
        return f"{name} is not provisioned any more"


@dataclass(frozen=True, slots=True)
class UndoWork:
    """The tasks of an undo: `first` by wave, then references, then `last`.

    `members_only` are groups of which only members were changed.
    """

    first: tuple[ObjectTask, ...]
    members_only: tuple[ObjectTask, ...]
    last: tuple[ObjectTask, ...]

    def of(self, object_type: ObjectType) -> list[ObjectTask]:
        """The first tasks of people or of groups."""
        return [task for task in self.first if task.object_type is object_type]


def undo_work(
    images: Iterable[BeforeImage], links: Mapping[str, Link], rules: ConnectionRules, reason: str
) -> UndoWork:
    """The tasks, from joined images; `reason` is a sentence for each of them."""
    images = tuple(images)
    waves = _waves(images)
    first: list[ObjectTask] = []
    members_only: list[ObjectTask] = []
    last: list[ObjectTask] = []
    # Reversed: what was done last is undone first.
    for image in reversed(images):
        task = ObjectTask(
            object_type=image.object_type,
            source_id=image.source_id,
            source_name=image.name,
            decision=_DECISIONS[image.kind],
            source=None,
            link=links.get(image.source_id),
            scope=ScopeFacts(in_scope=True, reason=reason),
            wave=waves.get(image.source_id, 0),
            hint=_hint(image, rules),
        )
        if image.kind is ImageKind.CREATED and image.source_id not in waves:
            last.append(task)
        elif _is_of_members(image):
            members_only.append(task)
        else:
            first.append(task)
    first.sort(key=lambda task: task.wave)
    return UndoWork(tuple(first), tuple(members_only), tuple(last))


def unsure_work(
    unsure: Mapping[str, tuple[ObjectType, Unsure]], links: Mapping[str, Link], reason: str
) -> tuple[ObjectTask, ...]:
    """The tasks about creates that may have arrived, for whoever is not linked since.

    They come before all others: what they have made may have a name that is to be given back.
    """
    return tuple(
        ObjectTask(
            object_type=object_type,
            source_id=source_id,
            source_name=one.values[0],
            decision=Decision.RETRACT,
            source=None,
            link=None,
            scope=ScopeFacts(in_scope=True, reason=reason),
            wave=BEFORE_ALL,
            unsure=one,
        )
        for source_id, (object_type, one) in unsure.items()
        if source_id not in links
    )


def _hint(image: BeforeImage, rules: ConnectionRules) -> str:
    """By what a cycle finds a resource made anew, should this program end before it is linked."""
    matching = rules.of(image.object_type).matching
    if image.resource is None or not matching:
        return ""
    value = matching[0].path.read(image.resource)
    return f"{image.object_type} {shown(value)}" if value is not None else ""


def _is_of_members(image: BeforeImage) -> bool:
    changes_members = bool(image.added or image.removed)
    others = bool(image.values or image.lost or image.withheld)
    return image.kind is ImageKind.UPDATED and changes_members and not others


def _waves(images: tuple[BeforeImage, ...]) -> dict[str, int]:
    """The wave of everybody who gives a name back or gets one back that somebody else has now."""
    holders = {
        name: image.source_id
        for image in images
        if (name := _name_after(image)) is not None and image.kind is not ImageKind.DELETED
    }
    waits_for = {
        image.source_id: holder
        for image in images
        if (holder := holders.get(_name_before(image) or "")) not in (None, image.source_id)
    }
    concerned = {*waits_for, *(holder for holder in waits_for.values() if holder)}
    return {source_id: _depth(source_id, waits_for) for source_id in concerned}


def _depth(source_id: str, waits_for: Mapping[str, str | None]) -> int:
    depth, seen = 0, {source_id}
    while (holder := waits_for.get(source_id)) and holder not in seen:
        seen.add(holder)
        depth, source_id = depth + 1, holder
    return depth


def _name_before(image: BeforeImage) -> str | None:
    if image.kind is ImageKind.DELETED and image.resource is not None:
        return _name(member(image.resource, _USER_NAME))
    return next((_name(was) for path, was, _ in image.values if _is_user_name(path)), None)


def _name_after(image: BeforeImage) -> str | None:
    return next((_name(now) for path, _, now in image.values if _is_user_name(path)), None)


def _is_user_name(path: str) -> bool:
    return path.casefold() == _USER_NAME


def _name(value: object) -> str | None:
    folded = comparable(value)
    return folded if isinstance(folded, str) and folded else None
