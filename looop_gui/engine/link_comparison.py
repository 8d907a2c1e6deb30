"""A link attribute by attribute: what the source has, what the target should have, what it has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.importing import REDACTED
from looop_gui.engine.processing import evaluate_object, same, shown
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import AttributeValue
from looop_gui.model.job import Link
from looop_gui.model.mapping import FlowType
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import member


class ComparisonState(StrEnum):
    """How an attribute of a link stands."""

    SAME = "the same"
    DIFFERENT = "different"
    MISSING = "missing in the target"
    NOTHING_FLOWS = "nothing flows"
    CREATION_ONLY = "written at creation only"
    PROBLEM = "cannot be evaluated"


@dataclass(frozen=True, slots=True)
class AttributeComparison:
    """One target attribute; None where there is no value."""

    attribute: str
    source: str
    expected: str | None
    actual: str | None
    state: ComparisonState
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class LinkComparison:
    """A link with all its attributes; `resource_found` is False when the target has it no more."""

    link: Link
    source_found: bool
    resource_found: bool
    rows: tuple[AttributeComparison, ...]

    @property
    def differences(self) -> int:
        """How many attributes a repair would write."""
        wrong = (ComparisonState.DIFFERENT, ComparisonState.MISSING)
        return sum(1 for row in self.rows if row.state in wrong)


def compare_link(
    rules: ObjectRules,
    link: Link,
    attributes: Mapping[str, AttributeValue] | None,
    resource: JsonObject | None,
    links: Mapping[str, Link],
    context: EvaluationContext,
) -> LinkComparison:
    """Compare both sides. `attributes` is None when gone from the source, `resource` likewise.

    Members of a group are not compared: the target's are never read (section f.3).
    """
    rows: list[AttributeComparison] = []
    for rule in rules.attributes:
        rows.append(_compared(rules, rule, attributes, resource, context))
    if rules.manager is not None:
        rows.append(_manager(rules, attributes, resource, links))
    return LinkComparison(link, attributes is not None, resource is not None, tuple(rows))


def _compared(
    rules: ObjectRules,
    rule: AttributeRule,
    attributes: Mapping[str, AttributeValue] | None,
    resource: JsonObject | None,
    context: EvaluationContext,
) -> AttributeComparison:
    held = rule.path.read(resource) if resource is not None else None
    row = AttributeComparison(
        rule.path.text, _source(rule, attributes), None, shown(held), ComparisonState.NOTHING_FLOWS
    )
    if attributes is None:
        return row
    try:
        (desired,) = evaluate_object(replace(rules, attributes=(rule,)), attributes, context)
    except (ObjectFailedError, ObjectSkippedError) as problem:
        return replace(row, state=ComparisonState.PROBLEM, sentence=problem.reason)
    value = desired.value
    row = replace(row, expected=shown(value))
    if value is not None:
        row = replace(row, state=_state(rule, same(rule, value, held), held is not None))
    return _redacted(row) if rule.redacted else row


def _state(rule: AttributeRule, is_same: bool, has_value: bool) -> ComparisonState:
    if is_same:
        return ComparisonState.SAME
    if rule.mapping.flow_type is FlowType.OBJECT_ADD_ONLY:
        return ComparisonState.CREATION_ONLY
    return ComparisonState.DIFFERENT if has_value else ComparisonState.MISSING


def _manager(
    rules: ObjectRules,
    attributes: Mapping[str, AttributeValue] | None,
    resource: JsonObject | None,
    links: Mapping[str, Link],
) -> AttributeComparison:
    rule = rules.manager
    assert rule is not None
    source = (attributes or {}).get(rule.source, "")
    source = source if isinstance(source, str) else "; ".join(source)
    held = rule.path.read(resource) if resource is not None else None
    actual = member(held, "value") if isinstance(held, dict) else held
    actual = actual if isinstance(actual, str) and actual else None
    link = links.get(source)
    expected = link.target_id if link is not None else None
    sentence = ""
    if source and expected is None:
        sentence = "The manager is not provisioned."
    if expected is None:
        state = ComparisonState.NOTHING_FLOWS
    elif actual == expected:
        state = ComparisonState.SAME
    else:
        state = ComparisonState.DIFFERENT if actual else ComparisonState.MISSING
    return AttributeComparison(rule.path.text, source, expected, actual, state, sentence)


def _source(rule: AttributeRule, attributes: Mapping[str, AttributeValue] | None) -> str:
    """The source values that the mapping reads: one as it is, several with their names."""
    if attributes is None:
        return ""
    if rule.redacted:
        return REDACTED
    found = {}
    for name in sorted(rule.sources):
        value = attributes.get(name)
        if value is not None:
            found[name] = value if isinstance(value, str) else "; ".join(value)
    if len(rule.sources) == 1:
        return next(iter(found.values()), "")
    return ", ".join(f"{name}: {value}" for name, value in found.items())


def _redacted(row: AttributeComparison) -> AttributeComparison:
    return replace(
        row,
        expected=None if row.expected is None else REDACTED,
        actual=None if row.actual is None else REDACTED,
    )
