"""What a target keeps of what was deleted: ids in groups, and resources that a DELETE left there.

Some servers keep the id of a deleted person among a group's members, and some answer a DELETE with
success and do nothing. Nobody sees it by links alone, which are gone by then. Members that the
target has and that no link knows are asked for; so are resources that cycles have deleted.
"""

from collections.abc import Collection, Iterable, Mapping

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.owners import KINDS, Owners
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftDifference, DriftedObject, DriftKind
from looop_gui.scim.dialect import read_request
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import comparable, member, reference_id

MOST_ASKED = 200
"""How many unknown members, and how many deleted resources, are asked for in a check."""
SHOWN_IDS = 5


def unknown_members(groups: Mapping[str, JsonObject], owners: Owners) -> dict[str, list[str]]:
    """The ids of members that no link knows, by the source id of their group."""
    found: dict[str, list[str]] = {}
    for source_id, group in groups.items():
        listed = member(group, "members")
        ids = (reference_id(one) for one in (listed if isinstance(listed, list) else ()))
        unknown = [one for one in ids if one is not None and one not in owners]
        if unknown:
            found[source_id] = list(dict.fromkeys(unknown))
    return found


def find_absent(ids: Collection[str], known: Collection[str]) -> Conversation[frozenset[str]]:
    """Which of these ids are nobody's in the target; those in `known` need not be asked for."""
    absent = set[str]()
    for target_id in [one for one in dict.fromkeys(ids) if one not in known][:MOST_ASKED]:
        for kind in KINDS:
            response = yield read_request(kind, target_id)
            if response.status != 404:
                break
        else:
            absent.add(target_id)
    return frozenset(absent)


def find_standing(
    deleted: Iterable[BeforeImage], owners: Owners
) -> Conversation[list[DriftedObject]]:
    """Whom cycles have deleted and the target still has, not even disabled."""
    found: dict[tuple[ObjectType, str], DriftedObject] = {}
    for image in list(deleted)[:MOST_ASKED]:
        kind, target_id = image.object_type, image.target_id
        if (kind, target_id) in found or owners.of(kind, target_id) is not None:
            continue
        response = yield read_request(kind, target_id)
        body = response.body
        if not response.ok or not isinstance(body, dict) or body.get("id") != target_id:
            continue
        if comparable(member(body, "active")) != "false":
            found[kind, target_id] = DriftedObject(
                kind, image.source_id, image.name, target_id, DriftKind.STAYS, ()
            )
    return list(found.values())


def of_kept_ids(ids: list[str]) -> DriftDifference:
    """The difference that such members are."""
    who = "1 account that is" if len(ids) == 1 else f"{len(ids)} accounts that are"
    more = f" and {len(ids) - SHOWN_IDS} more" if len(ids) > SHOWN_IDS else ""
    return DriftDifference(
        "members",
        None,
        f"{who} not in the target any more: {'; '.join(ids[:SHOWN_IDS])}{more}",
        "the target keeps whom it has deleted among the members of its groups",
    )
