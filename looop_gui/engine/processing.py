"""The processing step: evaluates the mappings of one object and compares with the target.

Null is not provisioned (section c.6): an attribute without a value is left out of a create and not
touched by an update, unless the connection clears on null. The default if null counts only at
creation. Two values are the same when the target could not tell them apart (section g.5): letter
case by caseExact, "True" and true, lists in any order.

The values of this step are msgspec's structures: an object has a dozen of each, and to make one as
a frozen dataclass takes eight times as long.
"""

from collections.abc import Mapping

import msgspec

from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.importing import REDACTED
from looop_gui.engine.rules import ROLE_LISTS, AttributeRule, ObjectRules
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.roles import read_role
from looop_gui.expressions.values import (
    IGNORE_ATTRIBUTE_FLOW,
    IGNORE_OBJECT_FLOW,
    EvaluationContext,
    Result,
)
from looop_gui.model.directory import AttributeValue
from looop_gui.model.mapping import AttributeType, FlowBehavior, FlowType, MappingType
from looop_gui.model.provisioning_log import ModifiedProperty
from looop_gui.scim.dialect import AttributeChange
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import ROLE_TYPE, comparable


class DesiredValue(msgspec.Struct, frozen=True, gc=False):
    """What one mapping gives for one object: a typed value, or None for nothing to flow.

    `ignored` says that the expression wants the target's value left as it is.
    """

    rule: AttributeRule
    value: JsonValue | None
    ignored: bool = False


class PlannedChange(msgspec.Struct, frozen=True, gc=False):
    """One attribute to write, and its line in the log; a `secret` is not kept for an undo."""

    change: AttributeChange
    modified: ModifiedProperty
    secret: bool = False


def evaluate_object(
    rules: ObjectRules, attributes: Mapping[str, AttributeValue], context: EvaluationContext
) -> list[DesiredValue]:
    """The value of every mapping that is not a reference, in the order of the mapping.

    Raises ObjectSkippedError for IgnoreObjectFlow, ObjectFailedError when an expression has no
    value or a value does not fit its attribute.
    """
    desired: list[DesiredValue] = []
    for rule in rules.attributes:
        direct = rule.direct
        result = attributes.get(direct) if direct else _evaluated(rule, attributes, context)
        if rule.is_text and isinstance(result, str):
            desired.append(DesiredValue(rule, result))
        else:
            ignored = result is IGNORE_ATTRIBUTE_FLOW
            desired.append(DesiredValue(rule, _value(rule, result), ignored))
    return desired


def creation_values(desired: list[DesiredValue]) -> list[PlannedChange]:
    """What a create sends: all values, with defaults for nulls.

    Raises ObjectFailedError MandatoryFieldsMissing when a required attribute stays empty.
    """
    planned: list[PlannedChange] = []
    missing: list[str] = []
    for item in desired:
        rule, value = item.rule, item.value
        if value is None and rule.mapping.default_value is not None:
            value = _typed(rule, rule.mapping.default_value)
        if value is not None:
            path = rule.path
            sent = _role_objects(rule, value, creating=True) if rule.role_list else value
            new = value if isinstance(value, str) else shown(value)
            modified = ModifiedProperty(path.text, None, REDACTED if rule.redacted else new)
            change = AttributeChange(path, sent, False)
            planned.append(PlannedChange(change, modified, rule.secret))
        elif rule.definition.required and not rule.definition.anchor:
            missing.append(rule.path.text)
    if missing:
        names = ", ".join(missing)
        raise ObjectFailedError(
            "MandatoryFieldsMissing",
            f"The target requires a value for {names}, and the source has none.",
            "Give the person a value in the source directory, or set a default value if null in "
            "the attribute mapping.",
        )
    return planned


def update_changes(desired: list[DesiredValue], current: JsonObject) -> list[PlannedChange]:
    """What an update has to send so that the target holds the desired values; none if it does."""
    planned: list[PlannedChange] = []
    for item in desired:
        change = _update(item, current)
        if change is not None:
            planned.append(change)
    return planned


def same(rule: AttributeRule, wanted: JsonValue | None, held: JsonValue | None) -> bool:
    """True when the target could not tell the two values apart (section g.5)."""
    return _canonical(rule, wanted) == _canonical(rule, held)


def shown(value: JsonValue | None) -> str | None:
    """A value as the log shows it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, list):
        return "; ".join(shown(item) or "" for item in value)
    if isinstance(value, dict):
        inner = value.get("value", value.get("display"))
        return str(value) if inner is None else shown(inner)
    return str(value)


def evaluate_rule(
    rule: AttributeRule, attributes: Mapping[str, AttributeValue], context: EvaluationContext
) -> JsonValue | None:
    """The typed value of one mapping, None for nothing to flow. Raises as `evaluate_object`."""
    return _value(rule, _evaluated(rule, attributes, context))


def _evaluated(
    rule: AttributeRule, attributes: Mapping[str, AttributeValue], context: EvaluationContext
) -> Result:
    if rule.evaluate is None:
        return None
    try:
        return rule.evaluate(attributes, context)
    except EvaluationError as error:
        raise ObjectFailedError(
            "InternalError",
            f"The expression of {rule.path.text} has no value for this object: {error.sentence}",
            "Correct the expression on the page Attribute mapping.",
        ) from error


def _value(rule: AttributeRule, result: Result) -> JsonValue | None:
    if result is None or result is IGNORE_ATTRIBUTE_FLOW:
        return None
    if result is IGNORE_OBJECT_FLOW:
        raise ObjectSkippedError(
            "IgnoreObjectFlow", f"The mapping of {rule.path.text} says to leave this object out."
        )
    if isinstance(result, str):
        if rule.definition.multivalued and not rule.path.filtered:
            return [_typed(rule, result)]
        return _typed(rule, result)
    if isinstance(result, tuple):
        return _several(rule, result)
    return None


def _several(rule: AttributeRule, values: tuple[str, ...]) -> JsonValue | None:
    takes_several = rule.definition.multivalued or bool(rule.role_list)
    if not takes_several:
        if len(values) > 1:
            raise ObjectFailedError(
                "SchemaPropertyCanOnlyAcceptValue",
                f"{rule.path.text} takes one value, and the source has {len(values)}.",
                "Use Item, Join or another function to make one value of them.",
            )
        return _typed(rule, values[0]) if values else None
    return [_typed(rule, value) for value in values] or None


def _typed(rule: AttributeRule, text: str) -> JsonValue:
    """The text of an expression as the attribute's JSON type; what does not fit stays text."""
    kind = rule.definition.type
    if kind is AttributeType.BOOLEAN:
        folded = text.casefold()
        return folded == "true" if folded in ("true", "false") else text
    if kind is AttributeType.INTEGER:
        try:
            return int(text)
        except ValueError:
            return text
    return text


def _update(item: DesiredValue, current: JsonObject) -> PlannedChange | None:
    rule = item.rule
    flow = rule.mapping.flow_type
    if flow is FlowType.OBJECT_ADD_ONLY:
        return None
    held = rule.path.read(current)
    value = item.value
    if rule.mapping.mapping_type is MappingType.NONE:
        default = rule.mapping.default_value
        value = None if default is None or held is not None else _typed(rule, default)
    if value is None and rule.clears and not item.ignored:
        return None if held is None or held == "" else _planned(rule, None, held, None)
    if value is None or (flow is FlowType.ATTRIBUTE_ADD_ONLY and held is not None):
        return None
    if rule.adds_only and isinstance(value, list):
        return _additions(rule, value, held)
    always = rule.mapping.flow_behavior is FlowBehavior.FLOW_ALWAYS
    if not always and same(rule, value, held):
        return None
    return _planned(rule, _role_objects(rule, value, creating=False), held, value)


def _additions(
    rule: AttributeRule, wanted: list[JsonValue], held: JsonValue | None
) -> PlannedChange | None:
    present = set(_canonical(rule, held) or ())
    missing = [value for value in wanted if not present.issuperset(_canonical(rule, [value]) or ())]
    if not missing:
        return None
    value = _role_objects(rule, missing, creating=False)
    return _planned(rule, value, held, missing, adds=True)


def _planned(
    rule: AttributeRule,
    value: JsonValue | None,
    held: JsonValue | None,
    wanted: JsonValue | None,
    *,
    adds: bool = False,
) -> PlannedChange:
    old, new = shown(held), shown(wanted)
    if rule.redacted:
        old = None if old is None else REDACTED
        new = None if new is None else REDACTED
    return PlannedChange(
        AttributeChange(rule.path, value, held is not None, adds=adds),
        ModifiedProperty(rule.path.text, old, new),
        rule.secret,
    )


def _canonical(rule: AttributeRule, value: JsonValue | None) -> frozenset[JsonValue] | None:
    """A value as a set of comparable texts; None for no value."""
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    return frozenset(_canonical_text(rule, item) for item in values)


def _canonical_text(rule: AttributeRule, value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        value = value.get("value", "")
    if rule.role_list and isinstance(value, str):
        value = read_role(value).value
    if isinstance(value, bool) or rule.definition.type is AttributeType.BOOLEAN:
        return comparable(value)
    text = value if isinstance(value, str) else str(value)
    return text if rule.definition.case_exact else text.casefold()


def _role_objects(rule: AttributeRule, value: JsonValue, *, creating: bool) -> JsonValue:
    """Roles as a create or an assertive update sends them, else as JSON texts (section c.7)."""
    if not rule.role_list or not isinstance(value, list):
        return value
    if not creating and rule.role_list == ROLE_LISTS[0]:
        return [{"value": text} for text in value]
    roles = [read_role(text) for text in value]
    return [
        {
            "primary": False,
            "type": ROLE_TYPE,
            "display": role.display_name,
            "value": role.value,
        }
        for role in roles
    ]
