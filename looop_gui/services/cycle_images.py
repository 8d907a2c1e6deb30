"""Which before-images a running cycle keeps: those of its outcomes, and what follows from them.

Whoever is deleted in the target is no member and no manager there any more, though nothing is sent
for that. An undo, which makes the person anew, has to put both back; so they are noted, too.
"""

from collections.abc import Iterator

from looop_gui.engine.conversation import ObjectOutcome
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.job import Link


class ImageTaking:
    """Takes the images of one cycle.

    `made` are the source ids of what it has created so far, `ahead` of those whose images were kept
    before the write went out.
    """

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.ahead: set[str] = set()
        self._deleted: dict[str, str] = {}

    def of_outcome(self, outcome: ObjectOutcome) -> tuple[BeforeImage, ...]:
        """The image of an outcome, if it is to be kept."""
        image = outcome.image
        if image is None:
            return ()
        if image.lost and not image.values and image.source_id not in self.ahead:
            return ()  # no write of this cycle has gone out: it was as it is before
        if image.kind is ImageKind.DELETED:
            self._deleted[image.source_id] = image.target_id
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
        return (*self.of_departure(link, frozenset(self._deleted)), image)

    def of_departure(self, link: Link, gone: frozenset[str]) -> Iterator[BeforeImage]:
        """What the deletion of those who are `gone` took from somebody else."""
        left = tuple(sorted(key for key in link.members & gone if key in self._deleted))
        if left and link.source_id not in self.made:
            yield _image(link, ImageKind.MEMBERS, removed=left)
        if link.manager in gone and link.manager in self._deleted:
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
