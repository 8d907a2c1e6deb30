"""Members of a group as the log and a plan show them."""

from collections.abc import Sequence

SHOWN_MEMBERS = 200


def shown_ids(ids: Sequence[str]) -> str:
    """The first target ids, and how many there are more."""
    more = f"; and {len(ids) - SHOWN_MEMBERS} more" if len(ids) > SHOWN_MEMBERS else ""
    return "; ".join(ids[:SHOWN_MEMBERS]) + more
