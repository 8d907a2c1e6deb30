"""What a cycle that was cut off had done, and what it may have done."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a cut-off cycle had done already, by source id.

    `done` needs no first pass any more unless the source has changed since, `references_left` of
    those need the second; `uncertain` were being worked on when it was cut off, each with hints
    (object type and first matching value) by which what it may have created can be found.
    """

    done: frozenset[str] = frozenset()
    references_left: frozenset[str] = frozenset()
    references_done: frozenset[str] = frozenset()
    uncertain: Mapping[str, str] = field(default_factory=dict)
    references_uncertain: frozenset[str] = frozenset()


NOTHING_UNFINISHED = Unfinished()
