"""What a write does to a group's membership.

A group's members are pairs in the storage, not part of its document. A PATCH that adds members, or
removes members named by value, becomes a `MembershipChange` that touches only those named (see
`looop_gui.scim.membership`); any other form is applied to the loaded list and compared.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from looop_gui.mockserver.storage.protocol import Storage
from looop_gui.scim.errors import invalid_value
from looop_gui.scim.membership import MembershipChanges
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import ResourceDefinition, SchemaAttribute

MEMBERS = "members"


@dataclass(slots=True)
class MembershipChange:
    """What happens to the direct members of one group.

    `wiped` takes all members out first. `wanted` tells for each id that is named whether it is a
    member afterwards.
    """

    wiped: bool = False
    wanted: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of_patch(cls, changes: MembershipChanges) -> "MembershipChange":
        """The change that a recognised PATCH makes."""
        change = cls(wiped=changes.replaced)
        change.set(changes.removed, present=False)
        change.set(member_ids(changes.added), present=True)
        return change

    def set(self, member_ids: Iterable[str], *, present: bool) -> None:
        """Let these be members, or not."""
        for member_id in member_ids:
            self.wanted[member_id] = present

    @property
    def added(self) -> list[str]:
        """Who must be a member afterwards."""
        return [member_id for member_id, present in self.wanted.items() if present]

    @property
    def removed(self) -> list[str]:
        """Who must not be a member afterwards."""
        return [member_id for member_id, present in self.wanted.items() if not present]

    def apply(self, group_id: str, storage: Storage) -> bool:
        """Write the change; True when it changed anything."""
        if self.wiped:
            before = {one.id for one in storage.members(group_id)}
            added = self.added
            changed = storage.remove_members(group_id, before.difference(added))
            return bool(changed + storage.add_members(group_id, added))
        changed = storage.remove_members(group_id, self.removed)
        return bool(changed + storage.add_members(group_id, self.added))


def members_attribute(definition: ResourceDefinition) -> SchemaAttribute | None:
    """The attribute that holds members, where the resource type has one."""
    attribute = definition.core.get(MEMBERS)
    if attribute is None or not attribute.multi_valued or "value" not in attribute.by_name:
        return None
    return attribute


def take_members(document: JsonObject) -> tuple[JsonObject, list[str]]:
    """A checked document without its members, and the ids of these."""
    members = document.get(MEMBERS)
    if members is None:
        return document, []
    rest = {name: value for name, value in document.items() if name != MEMBERS}
    return rest, member_ids(members)


def member_ids(elements: Sequence[JsonValue]) -> list[str]:
    """The ids that elements in stored form name. Raises 400 invalidValue for one without."""
    found = []
    for element in elements:
        value = element.get("value") if isinstance(element, dict) else None
        if not isinstance(value, str) or not value:
            raise invalid_value("Each member must have a 'value'.")
        found.append(value)
    return found


@dataclass(slots=True)
class Promises:
    """Ids that a bulk request has given out to resources which it has yet to create.

    `memberships` collects by group the members that can be added only then.
    """

    ids: Collection[str]
    memberships: dict[str, list[str]] = field(default_factory=dict)

    def postpone(self, group_id: str, ids: list[str]) -> list[str]:
        """Note the promised ones of these members; the others are returned."""
        promised = [one for one in ids if one in self.ids]
        if not promised:
            return ids
        self.memberships[group_id] = promised
        return [one for one in ids if one not in self.ids]


def check_members(ids: Collection[str], group_id: str) -> None:
    """Raise 400 invalidValue when the group is among its own members.

    Ids of resources that are not here are taken as they are: RFC 7643 section 4.2 does not ask
    that members exist, and clients may send a membership before the person.
    """
    if group_id in ids:
        raise invalid_value("A group cannot be a member of itself.")
