"""A group's members by their ids in the target: as it shows them, and as the log does."""

from collections.abc import Collection

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.failure import failure_of_answer, incompatible
from looop_gui.engine.members_shown import shown_ids
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import ModifiedProperty
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import ScimRequest
from looop_gui.scim.target_path import member, reference_id


def members_held(link: Link) -> Conversation[set[str] | None]:
    """The target ids of a group's members, None where the target does not show them (quirk 29).

    Raises ObjectFailedError when the target cannot be asked.
    """
    request = ScimRequest("GET", resource_path(ObjectType.GROUP, link.target_id))
    response = yield request
    if not response.ok:
        raise failure_of_answer(request, response)
    if not isinstance(response.body, dict):
        raise incompatible(request, "is not a SCIM resource but other text")
    members = member(response.body, "members")
    if not isinstance(members, list):
        return None
    return {key for key in map(reference_id, members) if key is not None}


def member_changes(added: Collection[str], removed: Collection[str]) -> list[ModifiedProperty]:
    """The lines of the log for members that are put in and taken out; both are target ids."""
    changes = []
    if new := shown_ids(tuple(added)):
        changes.append(ModifiedProperty("members", None, new))
    if old := shown_ids(tuple(removed)):
        changes.append(ModifiedProperty("members", old, None))
    return changes
