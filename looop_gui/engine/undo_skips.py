"""Why an undo leaves an object as it is: the skip reasons that only an undo has."""

from collections.abc import Sequence

from looop_gui.engine.failure import ObjectSkippedError

MEMBERS = "members"

BEFORE_IMAGE_LOST = (
    "BeforeImageLost",
    "What it held before is not known, because the cycle was cut off while it wrote this object. "
    "It stays as it is.",
)


def changed_since(paths: Sequence[str]) -> ObjectSkippedError:
    """Somebody has changed what the cycle wrote."""
    names = ", ".join(path.rpartition(":")[2] for path in paths)
    return ObjectSkippedError("ChangedSince", f"It was changed since the cycle: {names}.")


def not_kept(paths: Sequence[str]) -> ObjectSkippedError:
    """All that the cycle wrote may be secret."""
    names = ", ".join(paths)
    return ObjectSkippedError("NotKept", f"What {names} held before is not kept; it stays.")


def is_as_before() -> ObjectSkippedError:
    """There is nothing to put back."""
    return ObjectSkippedError(
        "RedundantExport", "It is as it was before the cycle; there is nothing to do."
    )
