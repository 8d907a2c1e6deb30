"""Why an undo leaves an object as it is: the skip reasons that only an undo has."""

from collections.abc import Sequence

from looop_gui.engine.failure import ObjectSkippedError

MEMBERS = "members"

BEFORE_IMAGE_LOST = (
    "BeforeImageLost",
    "What it held before is not known, because it could not be read before it was written. "
    "It stays as it is.",
)


def changed_since(paths: Sequence[str], *, doubtful: bool = False) -> ObjectSkippedError:
    """Somebody has changed what the cycle wrote; when `doubtful`, if that has arrived at all."""
    names = ", ".join(path.rpartition(":")[2] for path in paths)
    sentence = f"It was changed since the cycle: {names}."
    if doubtful:
        sentence += " Whether the cycle's own write had arrived is not known."
    return ObjectSkippedError("ChangedSince", sentence)


def members_gone(count: int) -> ObjectSkippedError:
    """All that would have to be put back are members whom nothing can be put back for."""
    who = "1 member who was" if count == 1 else f"{count} members who were"
    them = "this one" if count == 1 else "them"
    return ObjectSkippedError(
        "ReferenceGone",
        f"{who} in it before the cycle {'is' if count == 1 else 'are'} not provisioned any more, "
        f"so it stays without {them}.",
    )


def not_kept(paths: Sequence[str]) -> ObjectSkippedError:
    """All that the cycle wrote may be secret."""
    names = ", ".join(paths)
    return ObjectSkippedError("NotKept", f"What {names} held before is not kept; it stays.")


def is_as_before() -> ObjectSkippedError:
    """There is nothing to put back."""
    return ObjectSkippedError(
        "RedundantExport", "It is as it was before the cycle; there is nothing to do."
    )
