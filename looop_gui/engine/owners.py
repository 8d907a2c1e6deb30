"""Which source object each linked resource of the target belongs to.

A person and a group may have the same id: many targets number each kind for itself. So a resource
is known by its kind and its id; an id alone, as a reference has it, may stand for two.
"""

from collections.abc import Iterable, Iterator, Mapping

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link

KINDS = (ObjectType.USER, ObjectType.GROUP)


class Owners(Mapping[str, str]):
    """The source ids of linked resources; by an id alone that of the person, else of the group."""

    def __init__(self, links: Iterable[Link] = ()) -> None:
        self._of: dict[ObjectType, dict[str, str]] = {kind: {} for kind in KINDS}
        for link in links:
            self.put(link)

    def of(self, kind: ObjectType, target_id: str) -> str | None:
        """The source id that a resource of this kind belongs to; None when it is nobody's."""
        return self._of[kind].get(target_id)

    def all(self, target_id: str) -> list[str]:
        """Whoever has this id in the target: nobody, one object, or a person and a group."""
        return [self._of[kind][target_id] for kind in KINDS if target_id in self._of[kind]]

    def put(self, link: Link) -> None:
        """The link's resource belongs to its object from now on."""
        self._of[link.object_type][link.target_id] = link.source_id

    def drop(self, link: Link) -> None:
        """The link is broken; its resource may have gone to another object already."""
        if self._of[link.object_type].get(link.target_id) == link.source_id:
            del self._of[link.object_type][link.target_id]

    def __getitem__(self, target_id: str) -> str:
        found = self.all(target_id)
        if not found:
            raise KeyError(target_id)
        return found[0]

    def __iter__(self) -> Iterator[str]:
        people, groups = self._of[ObjectType.USER], self._of[ObjectType.GROUP]
        yield from people
        yield from (key for key in groups if key not in people)

    def __len__(self) -> int:
        return sum(1 for _ in self)
