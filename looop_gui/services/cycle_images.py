"""Which before-images a running cycle keeps: those of its outcomes, and what follows from them.

Whoever is deleted in the target is no member and no manager there any more, though nothing is sent
for that. An undo, which makes the person anew, has to put both back; so they are noted, too.
"""

from collections.abc import Iterable, Iterator, Set

from looop_gui.engine.conversation import ObjectOutcome
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.job import Link


class ImageTaking:
    """Takes the images of one cycle.

    `made` are the source ids of what it has created so far, `written_before` of what this very
    cycle was about to write when it was cut off. `held` are links, by source id, with references
    as the target was found to have them, where the link itself is in doubt.
    """

    def __init__(self, written_before: Iterable[str] = ()) -> None:
        self.made: set[str] = set()
        self.written_before = frozenset(written_before)
        self.held: dict[str, Link] = {}
        self._deleted: dict[str, str] = {}
        self._doubted: set[str] = set()

    def of_outcome(self, outcome: ObjectOutcome) -> tuple[BeforeImage, ...]:
        """The image of an outcome, if it is to be kept."""
        image = outcome.image
        if image is None:
            return ()
        if image.earlier and image.source_id not in self.written_before:
            return ()  # no write of this cycle has gone out: it was as it is before
        if image.kind is ImageKind.DELETED:
            self._deleted[image.source_id] = image.target_id
            if outcome.failed:
                self._doubted.add(image.source_id)
            return self.with_lacking(image, outcome.task.link)
        if image.kind is ImageKind.CREATED:
            self.made.add(image.source_id)
        elif image.kind is ImageKind.MEMBERS and image.source_id in self.made:
            return ()  # the members of a group that this cycle made go with it
        return (image,)

    def with_lacking(self, image: BeforeImage, link: Link | None) -> tuple[BeforeImage, ...]:
        """What is deleted, with what was deleted in this cycle before and is missing in it."""
        if image.kind is not ImageKind.DELETED or link is None:
            return (image,)
        return (*self._of_departure(link, self._deleted.keys()), image)

    def of_departures(self, links: Iterable[Link], gone: frozenset[str]) -> list[BeforeImage]:
        """What the deletion of those who are `gone` took from others.

        And of those whose deletion has failed and may have arrived all the same.
        """
        gone = (gone | self._doubted) & self._deleted.keys()
        self._doubted = set()
        return [one for link in (links if gone else ()) for one in self._of_departure(link, gone)]

    def _of_departure(self, link: Link, gone: Set[str]) -> Iterator[BeforeImage]:
        link = self.held.get(link.source_id, link)
        if link.manager not in gone and gone.isdisjoint(link.members):
            return
        left = tuple(sorted(link.members & gone))
        if left and link.source_id not in self.made:
            yield _image(link, ImageKind.MEMBERS, removed=left)
        if link.manager in gone:
            values = (("", self._deleted[link.manager], None),)
            yield _image(link, ImageKind.MANAGER, values=values)


def _image(
    link: Link,
    kind: ImageKind,
    *,
    removed: tuple[str, ...] = (),
    values: tuple[tuple[str, str, None], ...] = (),
) -> BeforeImage:
    return BeforeImage(
        kind,
        link.object_type,
        link.source_id,
        link.target_id,
        link.display_name,
        values,
        removed=removed,
    )
