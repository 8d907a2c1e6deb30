"""Makes groups of groups.csv or groups.json, and their members of members.csv."""

from looop_gui.model.directory import AttributeValue, DirectoryObject, ObjectType
from looop_gui.sources.headings import ENTRA_NAMES
from looop_gui.sources.people import BOOLEANS, People, resolve_person
from looop_gui.sources.records import Records, require_columns


def read_groups(
    groups: Records | None, members: Records | None, people: People
) -> dict[str, DirectoryObject]:
    """The groups by object id, each with its direct members in the order of the file.

    A member is a person (object id or userPrincipalName) or another group (object id). What is
    wrong goes to the problems of the records it stands in.
    """
    listed = _read_rows(groups) if groups else {}
    member_ids: dict[str, dict[str, None]] = {object_id: {} for object_id in listed}
    if groups:
        _collect_inline_members(groups, listed, member_ids, people)
    if members:
        _collect_members(members, member_ids, people)
    return {
        object_id: DirectoryObject(
            object_id,
            ObjectType.GROUP,
            attributes | {"members": tuple(member_ids[object_id])},
            "deletedDateTime" in attributes,
        )
        for object_id, (attributes, _) in listed.items()
    }


def _read_rows(records: Records) -> dict[str, tuple[dict[str, AttributeValue], int]]:
    require_columns(records, "id", "displayName")
    listed: dict[str, tuple[dict[str, AttributeValue], int]] = {}
    for index, attributes in enumerate(records.rows):
        given = attributes.get("id")
        object_id = given.strip() if isinstance(given, str) else ""
        if not object_id:
            records.leave_out(index, "The row has no id and is left out.")
        elif object_id in listed:
            line = records.line_of(listed[object_id][1])
            records.report(index, f"The id {object_id} is the one of line {line}; left out.")
        else:
            attributes["id"] = object_id
            _normalise(attributes, records, index)
            listed[object_id] = (attributes, index)
    return listed


def _normalise(attributes: dict[str, AttributeValue], records: Records, index: int) -> None:
    for graph_name, entra_name in ENTRA_NAMES:
        if graph_name in attributes:
            attributes.setdefault(entra_name, attributes[graph_name])
    for name in ("securityEnabled", "mailEnabled"):
        given = attributes.get(name)
        if not isinstance(given, str):
            continue
        value = BOOLEANS.get(given.strip().casefold())
        if value is None:
            del attributes[name]
            records.report(index, f'{name} is "{given}", which is neither true nor false.')
        else:
            attributes[name] = value
    if "displayName" not in attributes:
        records.report(index, "The group has no displayName.")


def _collect_inline_members(
    groups: Records,
    listed: dict[str, tuple[dict[str, AttributeValue], int]],
    member_ids: dict[str, dict[str, None]],
    people: People,
) -> None:
    """Members inside groups.json, as Graph gives them for `$expand=members`."""
    for object_id, (attributes, index) in listed.items():
        references = attributes.pop("members", ())
        for reference in (references,) if isinstance(references, str) else references:
            _add_member(groups, index, object_id, reference, member_ids, people)


def _collect_members(
    members: Records, member_ids: dict[str, dict[str, None]], people: People
) -> None:
    require_columns(members, "groupId", "memberId")
    for index, row in enumerate(members.rows):
        group, member = row.get("groupId"), row.get("memberId")
        if isinstance(group, str) and isinstance(member, str):
            _add_member(members, index, group.strip(), member.strip(), member_ids, people)
        elif row:
            members.report(index, "The row needs a groupId and a memberId; left out.")


def _add_member(
    records: Records,
    index: int,
    group: str,
    member: str,
    member_ids: dict[str, dict[str, None]],
    people: People,
) -> None:
    known = member_ids.get(group)
    if known is None:
        records.report(index, f"The group {group} is not in the groups file; left out.")
        return
    found = resolve_person(member, people)
    known_to_be = member in member_ids or member in people.unreadable
    if found is None and (known_to_be or people.incomplete):
        found = member
    if found is None:
        records.report(index, f"The member {member} is neither a person nor a group; left out.")
    elif found in known:
        records.report(index, f"The member {member} is already listed for this group.")
    else:
        known[found] = None
