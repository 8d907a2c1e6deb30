"""Why an undo leaves an object as it is: the skip reasons that only an undo has."""

from collections.abc import Sequence

from looop_gui.engine.failure import ObjectSkippedError

MEMBERS = "members"
_NAMED = 5

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


def members_gone(why: Sequence[str]) -> ObjectSkippedError:
    """All that would have to be put back are members whom nothing can be put back for."""
    return ObjectSkippedError("ReferenceGone", missing_members(why))


def missing_members(why: Sequence[str]) -> str:
    """Who was in a group before the cycle and is missing in it now, each with the reason."""
    told = "; ".join(why[:_NAMED])
    more = f"; and {len(why) - _NAMED} more" if len(why) > _NAMED else ""
    who = "A member" if len(why) == 1 else f"{len(why)} members"
    verb = "is" if len(why) == 1 else "are"
    return f"{who} from before the cycle {verb} missing: {told}{more}."


def not_kept(paths: Sequence[str]) -> ObjectSkippedError:
    """All that the cycle wrote may be secret."""
    names = ", ".join(paths)
    return ObjectSkippedError("NotKept", f"What {names} held before is not kept; it stays.")


def is_as_before(*, waits: bool = False) -> ObjectSkippedError:
    """There is nothing to put back; where it `waits`, whom it refers to is put back later."""
    end = "whom it refers to is put back afterwards." if waits else "there is nothing to do."
    return ObjectSkippedError("RedundantExport", f"It is as it was before the cycle; {end}")
