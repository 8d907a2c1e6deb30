"""Lint rules for single functions: documented limitations of IIF, Switch, Coalesce and others."""

from collections.abc import Iterator

from looop_gui.expressions.findings import Fix, LintFinding, Severity
from looop_gui.expressions.functions.roles import APP_ROLE_ASSIGNMENTS
from looop_gui.expressions.inference import (
    SourceAttributes,
    covers_booleans,
    never_null,
)
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    KeywordName,
    Omitted,
    Operator,
    Span,
    StringLiteral,
    children,
)

_PRESENCE = frozenset({"IsPresent", "IsNull", "IsNullOrEmpty"})
_ROLES = frozenset(
    {
        "SingleAppRoleAssignment",
        "AppRoleAssignments",
        "AppRoleAssignmentsComplex",
        "AssertiveAppRoleAssignmentsComplex",
    }
)
_REFERENCES = frozenset({"manager", "members"})


def check_iif(call: FunctionCall, text: str, attributes: SourceAttributes) -> Iterator[LintFinding]:
    """A condition over an attribute that can be null (section d.3, known limitations of IIF)."""
    if call.name != "IIF" or len(call.arguments) != 3:
        return
    names = sorted(set(_nullable_inside(call.arguments[0], attributes)))
    if not names:
        return
    message = (
        f"{', '.join(names)} can be without a value, and then the service is documented to fail "
        "the condition. Use Switch with an empty key."
    )
    fix = None
    replacement = _as_switch(call, text)
    if replacement:
        fix = Fix("Write it with Switch", call.span, replacement)
    yield LintFinding("iif-null", Severity.WARNING, message, call.arguments[0].span, fix)


def _nullable_inside(node: Expression, attributes: SourceAttributes) -> Iterator[str]:
    """The attributes that can bring a null into a condition."""
    if isinstance(node, AttributeReference):
        if attributes.is_nullable(node.name):
            yield node.name
        return
    is_choice = isinstance(node, FunctionCall) and node.name in ("Coalesce", "Switch", "IIF")
    if is_choice and never_null(node, attributes):
        return
    for child in children(node):
        yield from _nullable_inside(child, attributes)


def _as_switch(call: FunctionCall, text: str) -> str | None:
    """The form Switch([a], [a], "", other) of the documented examples that test for a value."""
    condition, if_true, if_false = call.arguments
    match condition:
        case FunctionCall(name="IsPresent", arguments=(AttributeReference() as tested,)):
            kept, other = if_true, if_false
        case FunctionCall(
            name="IsNullOrEmpty" | "IsNull", arguments=(AttributeReference() as tested,)
        ):
            kept, other = if_false, if_true
        case Comparison(
            operator=Operator.EQUAL,
            left=AttributeReference() as tested,
            right=StringLiteral(value=""),
        ):
            kept, other = if_false, if_true
        case _:
            return None
    name = f"[{tested.name}]"
    return f'Switch({name}, {_slice(text, kept.span)}, "", {_slice(text, other.span)})'


def check_switch(
    call: FunctionCall, text: str, attributes: SourceAttributes
) -> Iterator[LintFinding]:
    """No default value, a key twice, a test for presence or a reference as source."""
    if call.name != "Switch" or len(call.arguments) < 2:
        return
    source, default = call.arguments[:2]
    if isinstance(default, Omitted) and not covers_booleans(call, attributes):
        fix = None
        if source.span.length:
            fix = Fix("Keep the source otherwise", default.span, f" {_slice(text, source.span)}")
        yield LintFinding(
            "switch-no-default",
            Severity.WARNING,
            "Without a default value nothing flows for any other source value, and the service is "
            "documented to clear the target in some updates.",
            call.name_span,
            fix,
        )
    yield from _check_switch_source(source)
    yield from _check_switch_keys(call)


def _check_switch_source(source: Expression) -> Iterator[LintFinding]:
    if isinstance(source, FunctionCall) and source.name in _PRESENCE:
        yield LintFinding(
            "switch-presence",
            Severity.WARNING,
            f"{source.name} should not be the source of Switch; use the attribute itself with an "
            'empty key ("").',
            source.span,
        )
    if isinstance(source, AttributeReference) and source.name in _REFERENCES:
        message = f"Switch should not be used for a reference such as {source.name}."
        yield LintFinding("switch-reference", Severity.WARNING, message, source.span)


def _check_switch_keys(call: FunctionCall) -> Iterator[LintFinding]:
    seen: set[str] = set()
    for key in call.arguments[2::2]:
        if not isinstance(key, StringLiteral):
            continue
        if key.value in seen:
            message = f'The key "{key.value}" stands twice; only the first one counts.'
            yield LintFinding("switch-duplicate-key", Severity.WARNING, message, key.span)
        seen.add(key.value)


def check_coalesce(call: FunctionCall, attributes: SourceAttributes) -> Iterator[LintFinding]:
    """A source that is never null hides those after it; an empty text is not null (section m)."""
    if call.name != "Coalesce":
        return
    for node in call.arguments[:-1]:
        if never_null(node, attributes):
            message = "This is never null, so what follows is never used; empty text is not null."
            yield LintFinding("coalesce-never-null", Severity.WARNING, message, node.span)
            return


def check_roles(call: FunctionCall) -> Iterator[LintFinding]:
    """The role functions take [appRoleAssignments] and nothing else (section c.7)."""
    if call.name not in _ROLES or len(call.arguments) != 1:
        return
    argument = call.arguments[0]
    if argument != AttributeReference(APP_ROLE_ASSIGNMENTS):
        name = f"[{APP_ROLE_ASSIGNMENTS}]"
        yield LintFinding(
            "role-argument",
            Severity.ERROR,
            f"{call.name} takes {name} and nothing else.",
            argument.span,
            Fix(f"Use {name}", argument.span, name),
        )


def check_mid(call: FunctionCall) -> Iterator[LintFinding]:
    """Mid without a length occurs only on the cloud-sync page (section d.3)."""
    if call.name == "Mid" and len(call.arguments) == 2:
        end = call.span.end - 1
        yield LintFinding(
            "mid-length",
            Severity.WARNING,
            "Mid is documented with three arguments; only a sample for cloud sync has no length.",
            call.span,
            Fix("Add a length", Span(end, end), ", 10000"),
        )


def check_concatenation(node: Expression, text: str) -> Iterator[LintFinding]:
    """The operator & is documented for cloud sync only (section d.1)."""
    if not isinstance(node, Concatenation):
        return
    inside = ", ".join(_slice(text, operand.span) for operand in node.operands)
    yield LintFinding(
        "concatenation",
        Severity.WARNING,
        "& is documented for cloud sync only; Join does the same everywhere.",
        node.span,
        Fix("Write it with Join", node.span, f'Join("", {inside})'),
    )


def check_keyword(node: Expression) -> Iterator[LintFinding]:
    """IgnoreObjectFlow is documented for Workday only (section d.3)."""
    if isinstance(node, Keyword) and node.name is KeywordName.IGNORE_OBJECT_FLOW:
        message = "IgnoreObjectFlow is documented for provisioning from Workday only."
        yield LintFinding("ignore-object-flow", Severity.WARNING, message, node.span)


def _slice(text: str, span: Span) -> str:
    return text[span.start : span.end]
