"""Account Discovery: what the accounts of the target are to the source directory.

The target's list is read to its end, however it pages; then each account is linked, would be
linked, belongs to somebody who is not in scope, fits several, or is local: nobody in the source
owns it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.importing import imported_attributes
from looop_gui.engine.matching import matching_values, read_list
from looop_gui.engine.processing import evaluate_object
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import Link
from looop_gui.scim.dialect import list_request
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import member

PAGE_SIZE = 500
MOST_ACCOUNTS = 500_000


class AccountState(StrEnum):
    """What an account of the target is to the source directory."""

    LINKED = "linked"
    MATCHING = "will be linked"
    NOT_ASSIGNED = "matching, but not in scope"
    AMBIGUOUS = "ambiguous"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class TargetAccounts:
    """The accounts that were read, by id; not `complete` when the target's list has no end."""

    resources: Mapping[str, JsonObject]
    complete: bool


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `source_ids` are the source objects that it is linked to or that match it."""

    target_id: str
    name: str
    active: bool | None
    state: AccountState
    source_ids: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class AccountDiscovery:
    """All accounts by name, and how many there are of each state."""

    object_type: ObjectType
    accounts: tuple[Account, ...]
    complete: bool

    @property
    def counts(self) -> Mapping[AccountState, int]:
        """How many accounts have each state."""
        return Counter(account.state for account in self.accounts)


def read_accounts(
    object_type: ObjectType, on_page: Callable[[int, int], None] = lambda _read, _total: None
) -> Conversation[TargetAccounts]:
    """Read all accounts once, in pages; a page that brings nothing new is the last.

    Raises ObjectFailedError when an answer is no list.
    """
    found: dict[str, JsonObject] = {}
    start = 1
    while True:
        request = list_request(object_type, start, PAGE_SIZE)
        resources, total = read_list(request, (yield request))
        new = {item["id"]: item for item in resources if item["id"] not in found}
        found.update(new)
        on_page(len(found), max(total, len(found)))
        if len(found) >= MOST_ACCOUNTS:
            return TargetAccounts(found, complete=False)
        # A total may be that of the page alone (quirk 28), so only an empty or stale page ends.
        if not new:
            return TargetAccounts(found, complete=len(found) >= total or not resources)
        if len(found) >= total and len(resources) < PAGE_SIZE and start > 1:
            return TargetAccounts(found, complete=True)
        start += len(resources)


def discover(
    rules: ObjectRules,
    accounts: TargetAccounts,
    links: Mapping[str, Link],
    snapshot: DirectorySnapshot,
    scope: CycleScope,
    context: EvaluationContext,
) -> AccountDiscovery:
    """What each account is. Pure; looks at every source object once."""
    kind = rules.object_type
    sources = snapshot.users if kind is ObjectType.USER else snapshot.groups
    candidates = _Candidates(rules, sources, scope, context)
    candidates.count_accounts(accounts.resources)
    owners = {link.target_id: link for link in links.values() if link.object_type is kind}
    found = [
        _account(resource, owners, links, candidates, sources, scope)
        for resource in accounts.resources.values()
    ]
    found.sort(key=lambda account: (account.name.casefold(), account.target_id))
    return AccountDiscovery(kind, tuple(found), accounts.complete)


class _Candidates:
    """Source objects by the values of their matching attributes."""

    def __init__(
        self,
        rules: ObjectRules,
        sources: Mapping[str, DirectoryObject],
        scope: CycleScope,
        context: EvaluationContext,
    ) -> None:
        self._rules = rules
        self._only_matching = replace(rules, attributes=rules.matching)
        self._by_value: dict[tuple[str, str], list[str]] = {}
        self._accounts: Counter[tuple[str, str]] = Counter()
        for source in sources.values():
            roles = scope.roles(source.id)
            attributes = imported_attributes(source, soft_deleted=not source.active, roles=roles)
            try:
                desired = evaluate_object(self._only_matching, attributes, context)
            except (ObjectFailedError, ObjectSkippedError):
                continue
            for rule, value in matching_values(rules, desired):
                self._by_value.setdefault(_key(rule, value), []).append(source.id)

    def count_accounts(self, resources: Mapping[str, JsonObject]) -> None:
        """Note how many accounts have each matching value."""
        for resource in resources.values():
            for rule in self._rules.matching:
                self._accounts.update(set(_held(rule, resource)))

    def of(self, resource: JsonObject) -> tuple[tuple[str, ...], str, int]:
        """The source objects of the first attribute that fits, its name, and how many accounts
        have the same value.
        """
        for rule in self._rules.matching:
            keys = list(_held(rule, resource))
            found = dict.fromkeys(s for key in keys for s in self._by_value.get(key, ()))
            if found:
                same = max(self._accounts[key] for key in keys)
                return tuple(found), rule.path.text, same
        return (), "", 0


def _account(
    resource: JsonObject,
    owners: Mapping[str, Link],
    links: Mapping[str, Link],
    candidates: _Candidates,
    sources: Mapping[str, DirectoryObject],
    scope: CycleScope,
) -> Account:
    target_id = resource["id"]
    plain = Account(target_id, _name(resource), _active(resource), AccountState.LOCAL)
    owner = owners.get(target_id)
    if owner is not None:
        return replace(plain, state=AccountState.LINKED, source_ids=(owner.source_id,))
    found, attribute, same = candidates.of(resource)
    if not found:
        return replace(plain, sentence="Nobody in the source directory has this account.")
    plain = replace(plain, source_ids=found)
    if len(found) > 1:
        sentence = f"{len(found)} objects of the source directory have the same {attribute}."
        return replace(plain, state=AccountState.AMBIGUOUS, sentence=sentence)
    if same > 1:
        sentence = f"{same} accounts of the target have the same {attribute}."
        return replace(plain, state=AccountState.AMBIGUOUS, sentence=sentence)
    source = sources[found[0]]
    if source.id in links:
        sentence = f"{source.display_name} is linked to another account."
        return replace(plain, state=AccountState.AMBIGUOUS, sentence=sentence)
    facts = scope.facts(source)
    if not facts.in_scope:
        return replace(plain, state=AccountState.NOT_ASSIGNED, sentence=facts.reason)
    sentence = f"The next cycle links it to {source.display_name}."
    return replace(plain, state=AccountState.MATCHING, sentence=sentence)


def _held(rule: AttributeRule, resource: JsonObject) -> Iterator[tuple[str, str]]:
    held: JsonValue = rule.path.read(resource)
    if held is None and rule.path.filtered and rule.path.sub:
        elements = member(resource, rule.path.name)
        elements = elements if isinstance(elements, list) else []
        held = [member(element, rule.path.sub) for element in elements]
    for value in held if isinstance(held, list) else [held]:
        if value is not None:
            yield _key(rule, str(value))


def _key(rule: AttributeRule, value: str) -> tuple[str, str]:
    return rule.path.text, value if rule.definition.case_exact else value.casefold()


def _name(resource: JsonObject) -> str:
    for name in ("displayName", "userName"):
        value = member(resource, name)
        if isinstance(value, str) and value:
            return value
    return str(resource["id"])


def _active(resource: JsonObject) -> bool | None:
    value = member(resource, "active")
    if isinstance(value, str):
        return value.casefold() == "true"
    return value if isinstance(value, bool) else None
