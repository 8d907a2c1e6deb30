"""The matching step: finds the target resource of an object that has no link (section f.2).

Matching attributes are asked in order of precedence; the first that finds somebody ends the
search. Nothing that comes back is believed: each resource is checked against what was asked,
because there are targets that ignore a filter and return everybody (target quirk 26), and a page
that brings nothing new ends the reading (quirk 27).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.processing import DesiredValue, same, shown
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.engine.skip_cause import NO_MATCHING_VALUE
from looop_gui.engine.target_list import TargetList
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import lookup_request
from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.target_path import member

MAXIMUM_PAGES = 200
"""Of a target that does not keep to the filter, so much is read and then nothing is believed."""


class Lookup(msgspec.Struct, frozen=True, gc=False):
    """One question of the search and what it found; `ignored` counts resources that did not fit."""

    attribute: str
    value: str
    found: int
    ignored: int
    asked_target: bool


@dataclass(slots=True)
class Search:
    """The result of a search: the resource, if one was found, and how the search went."""

    resource: JsonObject | None = None
    lookups: list[Lookup] = field(default_factory=list)


def find_match(
    rules: ObjectRules, desired: list[DesiredValue], known: TargetList | None
) -> Conversation[Search]:
    """Look for the resource by every matching attribute that has a value.

    `known` is the target's list read before, or None to ask the target each time. Raises
    ObjectSkippedError ImportSkipped without any matching value, ObjectFailedError
    DuplicateTargetEntries when several resources match, or what the answer stands for.
    """
    values = list(matching_values(rules, desired))
    if not values:
        sources = sorted({name for rule in rules.matching for name in rule.sources})
        raise ObjectSkippedError(
            "ImportSkipped", f"{NO_MATCHING_VALUE}: {', '.join(sources)}.", "ImportSkipped"
        )
    search = Search()
    for rule, value in values:
        if known is not None and known.covers(rule.path.text):
            found = known.find(rule, value)
            lookup = Lookup(rule.path.text, value, len(found), 0, asked_target=False)
        else:
            found, ignored = yield from ask(rules.object_type, rule, value)
            lookup = Lookup(rule.path.text, value, len(found), ignored, asked_target=True)
        search.lookups.append(lookup)
        if len(found) > 1:
            raise ObjectFailedError(
                "DuplicateTargetEntries",
                f'{len(found)} resources in the target have {rule.path.text} "{value}".',
                "Delete or change the surplus resources in the target, or match by another "
                "attribute.",
            )
        if found:
            search.resource = found[0]
            break
    return search


def matching_values(
    rules: ObjectRules, desired: list[DesiredValue]
) -> Iterator[tuple[AttributeRule, str]]:
    """The matching attributes that have a value, in order of precedence, with the value as text."""
    for rule in rules.matching:
        for item in desired:
            if item.rule is rule:
                if text := shown(item.value):
                    yield rule, text
                break


def ask(
    object_type: ObjectType, rule: AttributeRule, value: str
) -> Conversation[tuple[list[JsonObject], int]]:
    """Query the target; returns the resources that satisfy the query, and how many did not.

    A 404 counts as an empty answer (quirk 6). When the target returned only resources that do not
    satisfy the query, its further pages are read too, as it may ignore filters.
    """
    request = lookup_request(object_type, rule.path.text, value)
    found: dict[str, JsonObject] = {}
    seen: set[str] = set()
    start = 1
    for _ in range(MAXIMUM_PAGES):
        page = request if start == 1 else _page(request, start)
        response = yield page
        if response.status == 404:
            break
        resources, total = read_list(page, response)
        new = [item for item in resources if item["id"] not in seen]
        seen.update(item["id"] for item in new)
        found.update((item["id"], item) for item in new if satisfies(item, rule, value))
        start += len(resources)
        if found or not new or start > total:
            break
    else:
        raise _endless(request, len(seen))
    return list(found.values()), len(seen) - len(found)


def _endless(request: ScimRequest, read: int) -> ObjectFailedError:
    failure = incompatible(
        request, f"does not keep to the filter: {read} other resources, and more to come"
    )
    failure.recommended_action = (
        "Nothing was created, as the resource may be among the rest. Have the filter mended, or "
        "choose on the page Settings that people are found in the target's list."
    )
    return failure


def satisfies(resource: JsonObject, rule: AttributeRule, value: str) -> bool:
    """True when the resource has the value that was asked for."""
    held = rule.path.read(resource)
    if held is None and rule.path.filtered and rule.path.sub:
        # The element's type may be missing in the answer; any element with the value will do.
        elements = member(resource, rule.path.name)
        elements = elements if isinstance(elements, list) else []
        return any(same(rule, value, member(element, rule.path.sub)) for element in elements)
    return same_text(rule, value, held)


def same_text(rule: AttributeRule, value: str, held: JsonValue | None) -> bool:
    """True when one of the held values is the one asked for."""
    values = held if isinstance(held, list) else [held]
    return any(same(rule, value, item) for item in values)


def read_list(request: ScimRequest, response: ScimResponse) -> tuple[list[JsonObject], int]:
    """The resources of a list response and its total. Raises ObjectFailedError otherwise."""
    if not response.ok:
        raise failure_of_answer(request, response)
    body = response.body
    if not isinstance(body, dict):
        raise incompatible(request, "is not a SCIM list response but other text")
    resources = member(body, "Resources")
    total = member(body, "totalResults")
    if resources is None:
        if total is None:
            raise incompatible(request, "has neither Resources nor totalResults")
        resources = []
    if not isinstance(resources, list):
        raise incompatible(request, "has Resources that are not a list")
    for resource in resources:
        if not isinstance(resource, dict) or not isinstance(resource.get("id"), str):
            raise incompatible(request, "has a resource without an id")
    return resources, total if isinstance(total, int) else len(resources)


def _page(request: ScimRequest, start: int) -> ScimRequest:
    query = (*request.query, ("startIndex", str(start)))
    return ScimRequest(request.method, request.path, query)
