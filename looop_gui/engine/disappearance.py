"""Who has disappeared from the source: who is missing, and not merely in a row that is broken.

A row that cannot be used must not cost anybody the account. Whoever stands in one by id is there;
whoever has the name that a row without an id bears may be meant by it; and in a list that breaks
off anybody may have stood behind the break.
"""

from collections.abc import Iterable, Iterator, Mapping

from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import Link


def disappeared(
    links: Iterable[Link],
    snapshot: DirectorySnapshot,
    object_type: ObjectType,
    objects: Mapping[str, DirectoryObject],
) -> Iterator[Link]:
    """The links of a type whose object has disappeared; `objects` are those of the snapshot."""
    if object_type in snapshot.incomplete:
        return
    nameless = snapshot.nameless
    for link in links:
        if (
            link.object_type is object_type
            and link.source_id not in objects
            and link.source_id not in snapshot.unreadable
            and not (nameless and link.display_name.strip().casefold() in nameless)
        ):
            yield link
