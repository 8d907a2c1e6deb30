"""The drift check of a connection: who is compared, and how the target is read for it.

Compared are linked objects that the cycle has nothing else to do about, so that a change of the
source that is still to be written is not taken for one of the target. People are read from the
target's list where it can be trusted, else one by one; who is linked and not in the list is asked
for, as a list may hide accounts (quirk 10). Groups are read one by one, with their members.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.drift import Candidate
from looop_gui.engine.target_list import read_target
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import JsonObject, ScimRequest


@dataclass(frozen=True, slots=True)
class Reading:
    """A resource as it is now: None for one that is gone, `known` False where it was not told."""

    resource: JsonObject | None
    known: bool = True


def candidates(given: CycleInput, work: CycleWork, object_type: ObjectType) -> list[Candidate]:
    """The linked objects of a type to be compared, in order of their ids."""
    rules = given.rules.of(object_type)
    if not rules.enabled:
        return []
    listed = work.of(object_type)
    busy = {task.source_id for task in listed.tasks}
    busy |= given.escrows.keys() | given.snapshot.unreadable
    changing = {task.source_id for task in listed.references_only}
    found = (
        _candidate(given, link, references=link.source_id not in changing)
        for source_id, link in sorted(given.links.items())
        if link.object_type is object_type and source_id not in busy
    )
    return [one for one in found if one is not None]


def _candidate(given: CycleInput, link: Link, *, references: bool) -> Candidate | None:
    source = given.snapshot.find(link.source_id)
    is_person = link.object_type is ObjectType.USER
    if source is None or link.leaving_since is not None:
        if link.leaving_since is None or not link.disabled or not is_person:
            return None
        name = link.display_name if source is None else source.display_name
        return Candidate(link, name, source, soft_deleted=True, whole=False)
    if not link.managed:
        # Nothing more is sent to who has left, but that the account stays disabled is expected.
        if not link.disabled or not is_person:
            return None
        return Candidate(link, source.display_name, source, soft_deleted=True, whole=False)
    rules = given.rules.of(link.object_type)
    return Candidate(
        link,
        source.display_name,
        source,
        soft_deleted=not (source.active and given.scope.in_scope(source)),
        references=references,
        roles=given.scope.roles(source.id) if rules.uses_roles else (),
    )


def read_people(given: CycleInput, wanted: int) -> Conversation[Mapping[str, JsonObject]]:
    """The people that the target's list shows, by id; nobody where it cannot be trusted."""
    settings = given.rules.settings
    listed = yield from read_target(given.rules.users, wanted, settings.matching)
    return listed.by_id if listed is not None else {}


def read_one(candidate: Candidate) -> Conversation[Reading]:
    """One resource by its id; a group with its members."""
    link = candidate.link
    response = yield ScimRequest("GET", resource_path(link.object_type, link.target_id))
    if response.status == 404:
        return Reading(None)
    body = response.body
    if not response.ok or not isinstance(body, dict) or body.get("id") != link.target_id:
        return Reading(None, known=False)
    return Reading(body)
