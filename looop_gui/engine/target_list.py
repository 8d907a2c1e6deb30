"""The target's list of resources, read once in pages, and matched against locally.

For a large first cycle this takes one request a page in place of one a person. A list is used only
where it can be trusted: it was read to its end, and every matching attribute it is asked about was
in it. What is not so is asked by a filter, as Entra does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.model.connection import MatchingStrategy
from looop_gui.scim.dialect import list_request
from looop_gui.scim.messages import JsonObject, ScimResponse
from looop_gui.scim.target_path import member

PAGE_SIZE = 1_000
LARGEST_LIST = 500_000
FEW_OBJECTS = 20
"""Below this many objects to match, filter queries are not worth replacing."""


@dataclass(slots=True)
class TargetList:
    """Resources by id, and by the value of each matching attribute.

    `attributes` are the matching attributes by which it may be searched.
    """

    by_id: dict[str, JsonObject] = field(default_factory=dict)
    _by_value: dict[str, dict[str, list[JsonObject]]] = field(default_factory=dict)
    requests: int = 0

    def covers(self, attribute: str) -> bool:
        """True when a search by this attribute can be trusted to find everybody."""
        return attribute in self._by_value

    def find(self, rule: AttributeRule, value: str) -> list[JsonObject]:
        """The resources that have this value."""
        return self._by_value[rule.path.text].get(_key(rule, value), [])

    def get(self, target_id: str) -> JsonObject | None:
        """The resource with this id, if it was in the list."""
        return self.by_id.get(target_id)

    def index(self, matching: Iterable[AttributeRule]) -> None:
        """Make the list searchable by the attributes that its resources really have."""
        for rule in matching:
            values: dict[str, list[JsonObject]] = {}
            for resource in self.by_id.values():
                held = rule.path.read(resource)
                for item in held if isinstance(held, list) else [held]:
                    if item is not None:
                        values.setdefault(_key(rule, str(item)), []).append(resource)
            if values or not self.by_id:
                self._by_value[rule.path.text] = values


def read_target(
    rules: ObjectRules, to_match: int, strategy: MatchingStrategy
) -> Conversation[TargetList | None]:
    """Read the target's list if that takes fewer requests than `to_match` queries.

    Returns None when the strategy is to ask for each object, or the list cannot be trusted.
    """
    if strategy is MatchingStrategy.FILTER or to_match == 0:
        return None
    forced = strategy is MatchingStrategy.LIST
    if not forced and to_match < FEW_OBJECTS:
        return None
    listed = TargetList()
    start = 1
    while True:
        response = yield list_request(rules.object_type, start, PAGE_SIZE)
        listed.requests += 1
        page = _resources(response)
        if page is None:
            return None
        resources, total = page
        new = [resource for resource in resources if resource["id"] not in listed.by_id]
        listed.by_id.update((resource["id"], resource) for resource in new)
        start += len(resources)
        if len(listed.by_id) >= total:
            break
        # A page that brings nothing new before the end is a loop or a lie (quirks 27 and 28).
        if not new or total > LARGEST_LIST:
            return None
        if not forced and (total - len(listed.by_id)) / len(new) > to_match:
            return None
    if len(listed.by_id) == len(resources) < PAGE_SIZE and resources:
        # A single page: it may be that totalResults is the size of the page (quirk 28).
        more = yield list_request(rules.object_type, start, PAGE_SIZE)
        listed.requests += 1
        further = _resources(more)
        if further is None or any(item["id"] not in listed.by_id for item in further[0]):
            return None
    listed.index(rules.matching)
    return listed


def _resources(response: ScimResponse) -> tuple[list[JsonObject], int] | None:
    body = response.body
    if not response.ok or not isinstance(body, dict):
        return None
    total = member(body, "totalResults")
    resources = member(body, "Resources")
    resources = [] if resources is None else resources
    if not isinstance(total, int) or not isinstance(resources, list):
        return None
    if not all(isinstance(r, dict) and isinstance(r.get("id"), str) for r in resources):
        return None
    return resources, total


def _key(rule: AttributeRule, value: str) -> str:
    return value if rule.definition.case_exact else value.casefold()
