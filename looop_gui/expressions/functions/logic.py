"""Functions that decide: IIF and Switch, which evaluate only what they need, and the tests."""

from collections.abc import Callable

from looop_gui.expressions.coercion import (
    as_boolean,
    as_text,
    as_values,
    boolean_text,
    text_or_empty,
)
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import (
    IGNORE_ATTRIBUTE_FLOW,
    EvaluationContext,
    FlowControl,
    Value,
)

Thunk = Callable[[], Value]
"""An argument that is evaluated when it is called."""


@function(
    "IIF(condition: Boolean, valueIfTrue: Any, valueIfFalse: Any) -> Any",
    ('IIF([country]="USA", [country], [department])', "USA"),
    lazy=True,
)
def iif(condition: Thunk, if_true: Thunk, if_false: Thunk) -> Value:
    """Gives one of two values, depending on a condition; only that one is evaluated.

    The service is documented to fail the condition when an attribute in it has no value: use
    Switch([a], [a], "", "Other") to provide for that.
    """
    return if_true() if as_boolean(condition()) else if_false()


@function(
    "Switch(source: String, defaultValue?: Any, key*: String, value*: Any) -> Any",
    ('Switch([IsSoftDeleted], , "False", "True", "True", "False")', "True"),
    ('Switch([state], "Australia/Sydney", "QLD", "Australia/Brisbane")', "Australia/Brisbane"),
    lazy=True,
)
def switch(source: Thunk, default: Thunk, *pairs: Thunk) -> Value:
    """Gives the value of the first key that equals the source, else the default value.

    Keys are compared with attention to letter case. A source without a value matches the key "".
    Without a match and without a default value nothing flows.
    """
    wanted = text_or_empty(source())
    for at in range(0, len(pairs), 2):
        if text_or_empty(pairs[at]()) == wanted:
            return pairs[at + 1]()
    return default()


@function(
    "Coalesce(source+: Any) -> Any",
    ("Coalesce([mail], [userPrincipalName])", "ann@contoso.com"),
    lazy=True,
)
def coalesce(*sources: Thunk) -> Value:
    """Gives the first source that is not null; the last one serves as the default value.

    An empty text is not null.
    """
    for source in sources:
        value = source()
        if value is not None and value != ():
            return value
    return None


@function(
    "Not(source: Boolean) -> Boolean",
    ("Not([IsSoftDeleted])", "True"),
)
def negate(source: Value) -> Value:
    """Turns "True" into "False" and anything else into "True"."""
    return boolean_text(as_text(source) != "True")


@function("IsNull(expression: Any) -> Boolean", ("IsNull([displayName])", "False"))
def is_null(value: Value) -> Value:
    """Is "True" when there is no value; an empty text is a value."""
    return boolean_text(not isinstance(value, str) and not as_values(value))


@function("IsNullOrEmpty(expression: Any) -> Boolean", ("IsNullOrEmpty([displayName])", "False"))
def is_null_or_empty(value: Value) -> Value:
    """Is "True" when there is no value or an empty text."""
    return boolean_text(not has_value(value))


@function("IsPresent(expression: Any) -> Boolean", ("IsPresent([displayName])", "True"))
def is_present(value: Value) -> Value:
    """Is "True" when there is a value that is not an empty text."""
    return boolean_text(has_value(value))


def has_value(value: Value) -> bool:
    """True unless the value is null, an empty text, or a list of nothing but empty texts."""
    return bool(value) if isinstance(value, str) else any(as_values(value))


@function("IsString(expression: Any) -> Boolean", ("IsString([employeeId])", "True"))
def is_string(value: Value) -> Value:
    """Is "True" when the expression gives one text; null and several values are none."""
    return boolean_text(isinstance(value, str) or len(as_values(value)) == 1)


@function(
    "IgnoreFlowIfNullOrEmpty(expression: Any) -> Any",
    ("IgnoreFlowIfNullOrEmpty([department])", "Sales"),
)
def ignore_flow_if_null_or_empty(value: Value) -> Value:
    """Gives the value, or leaves the attribute out of the flow when it is null or empty."""
    if isinstance(value, FlowControl) or has_value(value):
        return value
    return IGNORE_ATTRIBUTE_FLOW


@function(
    "Redact(value: Any) -> Any",
    ("Redact([userPrincipalName])", "ann@contoso.com"),
)
def redact(value: Value) -> Value:
    """Gives the value to the target; the provisioning log shows [Redact] in its place."""
    return value


@function(
    "SelectUniqueValue(uniqueValueRule1: String, uniqueValueRule2: String, "
    "uniqueValueRule*: String) -> String",
    (
        'SelectUniqueValue(Join(".", [givenName], [surname]), Join(".", Mid([givenName], 1, 1), '
        "[surname]))",
        "J.Smith",
    ),
    needs_context=True,
    lazy=True,
)
def select_unique_value(context: EvaluationContext, *rules: Thunk) -> Value:
    """Gives the first of several values that the target does not have yet.

    The service supports it only from cloud HR to Active Directory, at the top of an expression,
    while an object is created, and never for a matching attribute.
    """
    for rule in rules:
        value = as_text(rule())
        if value and not context.is_taken(value):
            return value
    raise EvaluationError("not_unique", "The target already has every one of the values.")


LOGIC_FUNCTIONS = (
    iif,
    switch,
    coalesce,
    negate,
    is_null,
    is_null_or_empty,
    is_present,
    is_string,
    ignore_flow_if_null_or_empty,
    redact,
    select_unique_value,
)
