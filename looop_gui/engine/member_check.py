"""Which members the linked groups still have: looked at by an initial cycle, as by a restart.

Entra never reads memberships again, and makes good what a target has lost by a restart (sections
f.3, f.4). So an initial cycle reads each group that members were written to, and who is missing is
added once more. Who is a member without having been made one by us stays: only the drift check may
take people out, and where it repairs, an initial cycle does so, too.

What is found goes into the links before the guards look, so that they and the plan count it. A
target that never shows members is believed to have those that were written (quirk 29); that they
are missing in one group means nobody only where another group shows some.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.engine.digests import with_references_left
from looop_gui.engine.drift import Candidate
from looop_gui.engine.owners import Owners
from looop_gui.engine.references import UNSURE
from looop_gui.model.directory import DirectoryObject
from looop_gui.model.job import Link
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import member, reference_id


def groups_with_members(given: CycleInput, work: CycleWork, *, surplus: bool) -> list[Candidate]:
    """The linked groups that a cycle goes through and that members were written to, or all.

    All are looked at where `surplus` members are to be found. Those whose last write of members may
    have arrived are read when they are written.
    """
    if given.rules.groups.members is None:
        return []
    unsure = given.unfinished.references_uncertain
    return [
        Candidate(task.link, task.source_name, task.source)
        for task in work.groups.tasks
        if task.decision is Decision.UPDATE
        and task.link is not None
        and task.source is not None
        and (task.link.members or surplus)
        and task.source_id not in unsure
        and not any(one.startswith(UNSURE) for one in task.link.members)
    ]


def links_as_found(
    groups: Iterable[Candidate],
    resources: Mapping[str, JsonObject],
    owners: Owners,
    *,
    surplus: bool,
    shown: bool = False,
) -> list[Link]:
    """The links of the groups whose members are not those that were written, as they are now.

    `resources` are the groups as read, by source id. With `surplus`, linked people and groups count
    that are members without having been made so by us. `shown` says that the target shows members.
    """
    found = []
    for group in groups:
        resource = resources.get(group.link.source_id)
        if resource is None or group.source is None:
            continue
        listed = member(resource, "members")
        if not isinstance(listed, list) and not shown:
            continue
        members = _members(group.link, group.source, listed, owners, surplus=surplus)
        if members != group.link.members:
            digest = with_references_left(group.link.source_digest)
            found.append(replace(group.link, members=members, source_digest=digest))
    return found


def _members(
    link: Link, source: DirectoryObject, listed: object, owners: Owners, *, surplus: bool
) -> frozenset[str]:
    held = set[str]()
    for item in listed if isinstance(listed, list) else ():
        target_id = reference_id(item)
        known = owners.all(target_id) if target_id is not None else []
        # A person and a group may have one id: then it is the one that was made a member.
        held |= set(known) & link.members or set(known[:1])
    wanted = held & (link.members | set(source.members))
    return frozenset(held if surplus else wanted)
