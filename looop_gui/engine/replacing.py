"""Other ways to change a resource than a PATCH with paths: it is read, changed, and written.

Written whole with PUT where the target has no PATCH, which may be repeated without harm; or only
what changed, in one replacement without a path, where the target takes no paths.
"""

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import PATCH_OP, JsonObject, JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.replacing import replace_request, taken
from looop_gui.scim.target_path import comparable, member, target_path


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


def members_ignored(patch: ScimRequest, put: ScimRequest, response: ScimResponse) -> bool:
    """True when the answer to a group's PUT shows that its members have stayed as they were.

    An answer that shows nothing, or only some of the members, says nothing.
    """
    shown = member(response.body, "members")
    if not (response.ok and put.method == "PUT" and isinstance(shown, list)):
        return False
    held, wanted = _ids(shown), _ids(member(put.body, "members"))
    added, removed = set[JsonValue](), set[JsonValue]()
    for operation in patch.body["Operations"] if isinstance(patch.body, dict) else ():
        path = target_path(operation["path"])
        if path.name.casefold() == "members":
            ids = {path.filter_value} if path.filtered else _ids(operation.get("value"))
            (removed if operation["op"] == "remove" else added).update(ids)
    stayed = wanted - added <= held and removed <= held and not added & held
    return bool(added or removed) and stayed


def _ids(members: JsonValue) -> set[JsonValue]:
    found = (member(one, "value") for one in (members if isinstance(members, list) else []))
    return {one for one in found if isinstance(one, str)}


def without_path_instead(
    patch: ScimRequest,
) -> Conversation[tuple[ScimRequest, ScimResponse]]:
    """Change a resource by one replacement without a path; the last exchange.

    Attributes with several values are sent with all of them, as nothing else names one of them.
    """
    read = ScimRequest("GET", patch.path)
    response = yield read
    if not response.ok or not isinstance(response.body, dict):
        return read, response
    changed = changes_without_path(patch, response.body)
    if not changed:
        return read, response
    operation = {"op": "replace", "value": changed}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    request = ScimRequest("PATCH", patch.path, body=body)
    return request, (yield request)


def changes_without_path(patch: ScimRequest, resource: JsonObject) -> JsonObject:
    """What a PATCH in the form of RFC 7644 would change in a resource, attribute by attribute.

    None stands for an attribute, or a sub-attribute, that is taken away (RFC 7643 section 2.5).
    """
    before, after = taken(patch.path, resource), replace_request(patch, resource).body
    assert isinstance(after, dict)
    changed = {
        name: _with_taken_away(member(before, name), value)
        for name, value in after.items()
        if name != "schemas" and member(before, name) != value
    }
    return changed | _taken_away(before, after)


def holds_changes(patch: ScimRequest, resource: JsonObject) -> bool:
    """Whether a resource holds what a PATCH was to write, and perhaps what the target adds to it.

    A manager's id comes back with an address and a name (RFC 7643 section 4.3).
    """
    changed = changes_without_path(patch, resource)
    return all(_holds(member(resource, name), value) for name, value in changed.items())


def _holds(held: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(wanted, dict) and isinstance(held, dict):
        return all(_holds(member(held, name), value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(held, list):
        return len(held) == len(wanted) and all(
            any(_holds(one, value) for one in held) for value in wanted
        )
    return comparable(held) == comparable(wanted)


def _with_taken_away(before: JsonValue, after: JsonValue) -> JsonValue:
    """A complex value, whose sub-attributes a replacement would else leave as they are."""
    if isinstance(before, dict) and isinstance(after, dict):
        return after | _taken_away(before, after)
    return after


def _taken_away(before: JsonObject, after: JsonObject) -> JsonObject:
    left = {name.casefold() for name in after}
    return {name: None for name in before if name.casefold() not in left}


def _with_members(view: CycleView, path: str, group: JsonObject) -> JsonObject:
    """The group with the members last exported, where the target does not show them (quirk 29).

    Without them the PUT would take everybody out of the group.
    """
    if isinstance(member(group, "members"), list):
        return group
    owner = view.owners.of(ObjectType.GROUP, path.rpartition("/")[2])
    link = view.links.get(owner) if owner is not None else None
    if link is None or resource_path(ObjectType.GROUP, link.target_id) != path:
        return group
    ids = [view.links[key].target_id for key in sorted(link.members) if key in view.links]
    return {**group, "members": [{"value": target_id} for target_id in ids]} if ids else group
