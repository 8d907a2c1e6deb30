"""Targets without PATCH: the resource is read, changed, and written whole with PUT.

Whoever refuses a PATCH with 405 or 501 gets PUT from then on. A PUT may be repeated without harm.
"""

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import JsonObject, ScimRequest, ScimResponse
from looop_gui.scim.replacing import replace_request
from looop_gui.scim.target_path import member

NO_PATCH = (405, 501)
"""The statuses that say that the method is not known here (RFC 9110 sections 15.5.6, 15.6.2)."""


def lacks_patch(request: ScimRequest, response: ScimResponse) -> bool:
    """True when the answer says that the target has no PATCH."""
    return request.method == "PATCH" and response.status in NO_PATCH


def put_instead(
    view: CycleView, patch: ScimRequest
) -> Conversation[tuple[ScimRequest, ScimResponse]]:
    """Change a resource by PUT as a PATCH in the form of RFC 7644 would; the last exchange."""
    read = ScimRequest("GET", patch.path)
    response = yield read
    body = response.body
    if not response.ok or not isinstance(body, dict):
        return read, response
    if patch.path.startswith("/Groups/"):
        body = _with_members(view, patch.path, body)
    request = replace_request(patch, body)
    return request, (yield request)


def _with_members(view: CycleView, path: str, group: JsonObject) -> JsonObject:
    """The group with the members last exported, where the target does not show them (quirk 29).

    Without them the PUT would take everybody out of the group.
    """
    if isinstance(member(group, "members"), list):
        return group
    owner = view.owners.get(path.rpartition("/")[2])
    link = view.links.get(owner) if owner is not None else None
    if link is None or resource_path(ObjectType.GROUP, link.target_id) != path:
        return group
    ids = [view.links[key].target_id for key in sorted(link.members) if key in view.links]
    return {**group, "members": [{"value": target_id} for target_id in ids]} if ids else group
