"""What the target must hold: a tiny model, independent of the engine (sections f.2 to f.5).

For each object the oracle believes in a set of states. A cycle that surely went through an object
moves every state by the decision table; one that may not have (it was killed, stopped, or the
object failed) leaves the old states possible as well. Without faults the set has one element, so
the oracle is exact; with faults it comes back to one after a cycle in which nothing failed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import ObjectType
from looop_gui.model.scope import ProvisioningScope
from simulated_company import Entry, SimulatedCompany

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ATTRIBUTES = ("userPrincipalName", "mail", "givenName", "surname", "department", "employeeId")


class State(StrEnum):
    """Where an object stands in the target."""

    NOTHING = "no account of ours"
    ACTIVE = "managed and active"
    DISABLED = "managed and disabled"
    LEFT_ACTIVE = "managed no longer, active"
    LEFT_DISABLED = "managed no longer, disabled"
    DELETED = "deleted for good"
    LEAVING = "disabled, waits to be deleted"
    ORPHAN_ACTIVE = "gone from the source while not managed, active"
    ORPHAN_DISABLED = "gone from the source while not managed, disabled"


MANAGED = {State.ACTIVE, State.DISABLED}
_ORPHANS = {State.LEFT_ACTIVE: State.ORPHAN_ACTIVE, State.LEFT_DISABLED: State.ORPHAN_DISABLED}
_ABANDONED = {*_ORPHANS, *_ORPHANS.values()}
_IS_ACTIVE = {State.ACTIVE: True, State.LEFT_ACTIVE: True, State.ORPHAN_ACTIVE: True}


@dataclass(frozen=True)
class Rules:
    """What of a configuration decides: settings, and the departments that the filter lets in."""

    settings: ConnectionSettings
    departments: frozenset[str] | None = None


@dataclass
class Oracle:
    """Beliefs about every object that ever was, and the values it ever had.

    `lost` are resources that only a database has known that is gone: whoever was not to be found
    again by her name then, nobody can know to have one.
    """

    company: SimulatedCompany
    beliefs: dict[str, set[State]] = field(default_factory=dict)
    kinds: dict[str, ObjectType] = field(default_factory=dict)
    history: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def cycle_ran(
        self, rules: Rules, certain: bool, failed: Iterable[str], began: datetime | None = None
    ) -> None:
        """A cycle with these rules ran; `failed` and, unless `certain`, all may be as before.

        With a grace period, `began` is when it began.
        """
        entries = self.company.people | self.company.groups
        for entry in entries.values():
            self._remember(entry)
        failed = set(failed)
        for source_id, kind in self.kinds.items():
            before = self.beliefs.setdefault(source_id, {State.NOTHING})
            entry = entries.get(source_id)
            moved = {one: self._moved(one, entry, kind, rules) for one in before}
            if began is not None and rules.settings.delete_grace_days:
                moved = self._graced(source_id, moved, rules, began, certain)
            after = set(moved.values())
            if not certain or source_id in failed:
                after |= before
            if len(before) > 1 and State.LEFT_ACTIVE in after:
                # Who left while nobody knew whether she had an account may be disabled for safety.
                after.add(State.LEFT_DISABLED)
            if after & {*_ABANDONED, State.LEAVING} and self.predecessors(source_id):
                after.add(State.NOTHING)
            self.beliefs[source_id] = after

    def _graced(
        self,
        source_id: str,
        moved: dict[State, State],
        rules: Rules,
        began: datetime,
        certain: bool,
    ) -> dict[State, State]:
        """Who is to be deleted waits first; exact where every cycle is (without faults).

        With a cycle that a guard or something else has ended early, the wait need not have begun.
        """
        goes = {
            before
            for before, after in moved.items()
            if after in (State.DELETED, State.NOTHING) and before in {*MANAGED, State.LEAVING}
        }
        if not goes:
            self.since.pop(source_id, None)
            return moved
        since = self.since.get(source_id, began)
        if certain:
            self.since[source_id] = since
        if since + timedelta(days=rules.settings.delete_grace_days) <= began:
            self.since.pop(source_id, None)
            return moved
        return {one: State.LEAVING if one in goes else after for one, after in moved.items()}

    def was_local(self, source_id: str, attribute: str, value: str) -> None:
        """An account that was there before had this value."""
        self.history.setdefault(source_id, {}).setdefault(attribute, set()).add(value)

    def _remember(self, entry: Entry) -> None:
        self.kinds[entry.id] = entry.kind
        name = entry.attributes.get("userPrincipalName", entry.attributes["displayName"])
        self.names.setdefault(entry.id, set()).add(name.casefold())
        values = self.history.setdefault(entry.id, {})
        for attribute in ATTRIBUTES:
            if attribute in entry.attributes:
                values.setdefault(attribute, set()).add(entry.attributes[attribute])

    def predecessors(self, source_id: str) -> list[str]:
        """Whoever had one of this object's names as well: it may have taken their account over."""
        mine = self.names.get(source_id, set())
        return [other for other, names in self.names.items() if mine & names and other != source_id]

    def known(self, source_id: str, attribute: str) -> set[str]:
        """Every value that the account of this object may ever have been given."""
        owners = [source_id, *self.predecessors(source_id)]
        return {
            value.casefold()
            for owner in owners
            for value in self.history.get(owner, {}).get(attribute, ())
        }

    def _moved(self, state: State, entry: Entry | None, kind: ObjectType, rules: Rules) -> State:
        """The decision table of section f.4."""
        if entry is None:
            if state in MANAGED or state is State.LEAVING:
                return State.DELETED
            return _ORPHANS.get(state, state)
        settings = rules.settings
        in_scope = self._in_scope(entry, rules)
        if entry.active and in_scope:
            return State.ACTIVE
        if state not in MANAGED and state is not State.LEAVING:
            return state
        leaves = entry.active
        if leaves and settings.skip_out_of_scope_deletions:
            return State.LEFT_ACTIVE if state is State.ACTIVE else State.LEFT_DISABLED
        if kind is ObjectType.GROUP or not settings.supports_soft_delete:
            return State.NOTHING
        return State.LEFT_DISABLED if leaves else State.DISABLED

    def _in_scope(self, entry: Entry, rules: Rules) -> bool:
        filtered = entry.kind is ObjectType.USER and rules.departments is not None
        if filtered and entry.attributes.get("department") not in rules.departments:
            return False
        if rules.settings.scope is ProvisioningScope.ALL:
            return True
        if entry.kind is ObjectType.GROUP:
            return entry.id in self.company.assigned and _usable(entry)
        groups = [g for g in self.company.groups.values() if g.id in self.company.assigned]
        reached = {member for g in groups if _usable(g) for member in g.attributes["members"]}
        return entry.id in self.company.assigned or entry.id in reached


def _usable(group: Entry) -> bool:
    return not group.deleted and group.attributes["securityEnabled"] == "True"


@dataclass
class Inspection:
    """Compares the oracle's beliefs with the target; `faults` are sentences, none when right."""

    oracle: Oracle
    users: dict[str, dict[str, Any]]
    groups: dict[str, dict[str, Any]]
    local: dict[str, dict[str, Any]]
    local_members: dict[str, set[str]]
    failing: dict[str, Any]
    rules: Rules
    references: bool = True
    faults: list[str] = field(default_factory=list)

    def inspect(self) -> list[str]:
        owners: dict[str, list[dict[str, Any]]] = {}
        for resource in (*self.users.values(), *self.groups.values()):
            owner = resource.get("externalId", "")
            owners.setdefault(owner, []).append(resource)
            was = self.local.get(resource["id"])
            name = resource.get("userName", resource.get("displayName", "")).casefold()
            matched = was is not None and any(name in n for n in self.oracle.names.values())
            if owner not in self.oracle.kinds and not matched and _own(resource) != _own(was):
                self._fault(f"{resource} belongs to nobody, and is not as it was: {was}")
        everything = self.users.keys() | self.groups.keys()
        for local_id, before in self.local.items():
            name = before.get("userName", before.get("displayName", "")).casefold()
            adopted = any(name in names for names in self.oracle.names.values())
            if local_id not in everything and not adopted:
                self._fault(f"the local resource {local_id} is gone")
        owners = {key: self._known(found) for key, found in owners.items()}
        self.accounts = {key: found[0] for key, found in owners.items()}
        for source_id, states in self.oracle.beliefs.items():
            found = owners.get(source_id, [])
            if found and found[0]["id"] in self.oracle.lost and not states & MANAGED:
                continue
            if len(found) > 1:
                self._fault(f"{source_id} has {len(found)} accounts")
            elif source_id not in self.failing or not self._is_blocked(source_id):
                self._inspect(source_id, states, found[0] if found else None)
        return self.faults

    def _inspect(self, source_id: str, states: set[State], found: dict[str, Any] | None) -> None:
        # With faults nobody knows exactly since when somebody waits to be deleted.
        over = {State.DELETED} if State.LEAVING in states else set()
        if len(states - _ABANDONED - {State.NOTHING} - over) > 1:
            self._fault(f"{source_id} is undecided: {sorted(states)}")
            return
        if found is None:
            if not states & {State.NOTHING, State.DELETED}:
                self._fault(f"{source_id} has no account but is {sorted(states)}")
            return
        waits = {State.NOTHING, State.LEAVING} <= states
        states = states - {State.NOTHING, State.DELETED}
        if not states or (waits and found["id"] in self.local):
            if found["id"] in self.local:
                return  # matched by an attempt that was cut off; never deleted for that
            self._fault(f"{source_id} has an account but should have none: {found}")
        elif self.oracle.kinds[source_id] is ObjectType.USER:
            self._inspect_user(source_id, states, found)
        else:
            self._inspect_group(source_id, states, found)

    def _inspect_user(self, source_id: str, states: set[State], found: dict[str, Any]) -> None:
        if found.get("active") not in {_IS_ACTIVE.get(state, False) for state in states}:
            self._fault(f"{source_id} active={found.get('active')} but is {sorted(states)}")
        entry = self.oracle.company.people.get(source_id)
        managed = states <= MANAGED
        for attribute in ATTRIBUTES:
            held = _held(found, attribute)
            wanted = entry.attributes.get(attribute) if entry is not None else None
            if managed and wanted is not None:
                right = held is not None and held.casefold() == wanted.casefold()
            else:
                known = self.oracle.known(source_id, attribute)
                right = held is None or held.casefold() in known
            if not right:
                self._fault(f"{source_id} {attribute} is {held!r}, not {wanted!r}")
        if self.references and states == {State.ACTIVE} and entry is not None:
            self._inspect_manager(entry, found)

    def _inspect_manager(self, entry: Entry, found: dict[str, Any]) -> None:
        held = (found.get(ENTERPRISE, {}).get("manager") or {}).get("value")
        manager = entry.attributes.get("manager")
        if manager is None:
            if held and not self.oracle.predecessors(entry.id):
                self._fault(f"{entry.id} still has the manager {held}")
        elif self._is_managed(manager) and held != self.accounts[manager]["id"]:
            self._fault(f"{entry.id} has the manager {held}, not {self.accounts[manager]['id']}")

    def _inspect_group(self, source_id: str, states: set[State], found: dict[str, Any]) -> None:
        entry = self.oracle.company.groups.get(source_id)
        if not states & MANAGED or entry is None:
            return
        if found["displayName"] != entry.attributes["displayName"]:
            self._fault(f"{source_id} is called {found['displayName']}")
        if not self.references:
            return
        held = {member["value"] for member in found.get("members", ())}
        wanted = {m for m in entry.attributes["members"] if self._is_managed(m)}
        ids = {self.accounts[m]["id"] for m in wanted}
        doubtful = {
            self.accounts[m]["id"]
            for m in entry.attributes["members"]
            if m in self.accounts and self._is_doubtful(m)
        }
        # A group that an undo made anew has those again whom somebody had put in by hand.
        strangers = set[str]().union(*self.local_members.values())
        extra = held - ids - self.local_members.get(found["id"], strangers) - doubtful
        # A target that lets in whom it has deleted has a member who is nobody.
        extra &= self.users.keys() | self.groups.keys()
        # Taken for somebody by an attempt that was cut off, before she was renamed: that this tool
        # has made it a member, nobody can know who reads the target.
        extra -= {one for one in extra if one in self.local and self._was_matched(one)}
        missing = ids - held - doubtful
        if extra or missing:
            self._fault(f"{source_id} lacks members {missing} and has {extra} too many")

    def _known(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in found if one["id"] not in self.oracle.lost] or found

    def _was_matched(self, local_id: str) -> bool:
        """True for what was there before, belongs to nobody, and has had somebody's name."""
        resource = self.groups.get(local_id) or self.users.get(local_id) or {}
        name = resource.get("userName", resource.get("displayName", "")).casefold()
        known = any(name in names for names in self.oracle.names.values())
        return known and resource.get("externalId", "") not in self.oracle.kinds

    def _is_managed(self, source_id: str) -> bool:
        states = self.oracle.beliefs.get(source_id, set())
        return bool(states) and states <= MANAGED and source_id in self.accounts

    def _is_doubtful(self, source_id: str) -> bool:
        states = self.oracle.beliefs.get(source_id, set())
        if source_id in self.failing or State.LEAVING in states:
            return True
        return bool(states & MANAGED) and not states <= MANAGED

    def _is_blocked(self, source_id: str) -> bool:
        """True when somebody else's account has the name that this object should have."""
        entry = (self.oracle.company.people | self.oracle.company.groups).get(source_id)
        if entry is None:
            return False
        name = entry.attributes.get("userPrincipalName", entry.attributes["displayName"])
        return any(
            resource.get("externalId") != source_id
            and resource.get("userName", resource.get("displayName")).casefold() == name.casefold()
            for resource in (*self.users.values(), *self.groups.values())
        )

    def _fault(self, sentence: str) -> None:
        self.faults.append(sentence)


def _own(resource: dict[str, Any] | None) -> dict[str, Any]:
    """A resource without what others decide: the groups that have it as a member."""
    own = {name: value for name, value in (resource or {}).items() if name != "groups"}
    return own | {"meta": own.get("meta", {}).get("lastModified")}


def _held(found: dict[str, Any], attribute: str) -> str | None:
    match attribute:
        case "userPrincipalName":
            return found.get("userName")
        case "mail":
            works = [one for one in found.get("emails", ()) if one.get("type") == "work"]
            return works[0].get("value") if works else None
        case "givenName":
            return found.get("name", {}).get("givenName")
        case "surname":
            return found.get("name", {}).get("familyName")
        case "department":
            return found.get(ENTERPRISE, {}).get("department")
        case _:
            return found.get(ENTERPRISE, {}).get("employeeNumber")
