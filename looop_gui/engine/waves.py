"""The order in which people are provisioned: managers come before those they manage."""

from collections.abc import Mapping

from looop_gui.model.directory import DirectoryObject


def managers_above(
    source_id: str, people: Mapping[str, DirectoryObject], depths: dict[str, int]
) -> int:
    """The number of managers above somebody; a circle of managers counts from where it is met.

    `people` is empty where managers need not come first; everybody is in one wave then. `depths`
    keeps what was found before.
    """
    if (known := depths.get(source_id)) is not None:
        return known
    chain: list[str] = []
    current: str | None = source_id
    while current is not None and current not in depths and current in people:
        chain.append(current)
        depths[current] = 0
        current = people[current].manager
    depth = depths.get(current, -1) if current is not None else -1
    for member in reversed(chain):
        depth += 1
        depths[member] = depth
    return depths.get(source_id, 0)
