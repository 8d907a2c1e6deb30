"""What can be known of an expression without evaluating it: its type, its outcomes, nulls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.signatures import ValueType
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Expression,
    FunctionCall,
    NumberLiteral,
    Omitted,
    StringLiteral,
)
from looop_gui.model.mapping import AttributeDefinition, AttributeType

ALWAYS_PRESENT = frozenset({"objectId", "IsSoftDeleted", "accountEnabled", "userPrincipalName"})
"""Source attributes that every person has in the directory."""

_BOOLEANS = frozenset({"IsSoftDeleted", "accountEnabled"})
_NEVER_NULL = frozenset(
    {
        *("Join", "Left", "Word", "Len", "Count", "InStr", "Contains", "AppRoleAssignments"),
        *("Not", "IsNull", "IsNullOrEmpty", "IsPresent", "IsString", "CBool"),
        *("Now", "Guid", "RandomString"),
    }
)
_TYPES = {
    AttributeType.INTEGER: ValueType.NUMBER,
    AttributeType.BOOLEAN: ValueType.BOOLEAN,
}


@dataclass(frozen=True, slots=True)
class SourceAttributes:
    """The source attribute list as lint needs it; an empty one knows no attribute wrong."""

    definitions: Mapping[str, AttributeDefinition] = field(default_factory=dict)

    def type_of(self, name: str) -> ValueType:
        """The type of an attribute's value, ANY if the list does not have it."""
        definition = self.definitions.get(name)
        if name in _BOOLEANS:
            return ValueType.BOOLEAN
        if definition is None:
            return ValueType.ANY
        if definition.multivalued:
            return ValueType.LIST
        return _TYPES.get(definition.type, ValueType.STRING)

    def is_nullable(self, name: str) -> bool:
        """True when an object can lack the attribute."""
        if name in ALWAYS_PRESENT:
            return False
        definition = self.definitions.get(name)
        return definition is None or not (definition.required or definition.anchor)


def value_type(node: Expression, attributes: SourceAttributes) -> ValueType:
    """The type of a node's value; ANY when it depends."""
    match node:
        case AttributeReference(name=name):
            return attributes.type_of(name)
        case NumberLiteral():
            return ValueType.NUMBER
        case Comparison():
            return ValueType.BOOLEAN
        case Omitted():
            return ValueType.ANY
        case FunctionCall(name=name):
            return _result_type(node, attributes)
        case _:
            return ValueType.STRING


def _result_type(call: FunctionCall, attributes: SourceAttributes) -> ValueType:
    known = FUNCTIONS.get(call.name)
    declared = known.signature.result if known else ValueType.ANY
    inner = [node for node in outcomes(call) if node is not call]
    if declared is not ValueType.ANY or not inner:
        return declared
    types = {value_type(node, attributes) for node in inner if not isinstance(node, Omitted)}
    if ValueType.LIST in types:
        return ValueType.LIST
    return types.pop() if len(types) == 1 else ValueType.ANY


def outcomes(node: Expression) -> Iterator[Expression]:
    """The nodes whose values the expression can have: the branches of IIF, Switch and the like."""
    pending = [node]
    while pending:
        current = pending.pop()
        inner = _passed_through(current)
        if inner:
            pending.extend(reversed(inner))
        else:
            yield current


def _passed_through(node: Expression) -> tuple[Expression, ...]:
    """The arguments of which one becomes the value of the call, as it is."""
    if not isinstance(node, FunctionCall):
        return ()
    match node.name:
        case "IIF":
            return node.arguments[1:3]
        case "Switch":
            return node.arguments[1:2] + node.arguments[3::2]
        case "Coalesce" | "SelectUniqueValue":
            return node.arguments
        case "Redact" | "IgnoreFlowIfNullOrEmpty" | "Trim":
            return node.arguments[:1]
        case _:
            return ()


def literal_outcomes(node: Expression) -> tuple[StringLiteral | NumberLiteral, ...]:
    """The constants that the expression can have as its value."""
    return tuple(each for each in outcomes(node) if isinstance(each, StringLiteral | NumberLiteral))


def never_null(node: Expression, attributes: SourceAttributes) -> bool:
    """True when the node has a value for every object."""
    match node:
        case StringLiteral() | NumberLiteral() | Comparison():
            return True
        case AttributeReference(name=name):
            return not attributes.is_nullable(name)
        case FunctionCall(name="Coalesce", arguments=arguments):
            return any(never_null(each, attributes) for each in arguments)
        case FunctionCall(name="Switch", arguments=arguments):
            return _switch_covers_null(arguments) or all(
                never_null(each, attributes) for each in _passed_through(node)
            )
        case FunctionCall(name="IIF"):
            return all(never_null(each, attributes) for each in _passed_through(node))
        case FunctionCall(name=name):
            return name in _NEVER_NULL
        case _:
            return False


def _switch_covers_null(arguments: tuple[Expression, ...]) -> bool:
    keys = arguments[2::2]
    return any(isinstance(key, StringLiteral) and not key.value for key in keys)


def covers_booleans(call: FunctionCall, attributes: SourceAttributes) -> bool:
    """True when a Switch has a key for True and one for False and its source is nothing else."""
    keys = {key.value for key in call.arguments[2::2] if isinstance(key, StringLiteral)}
    source = call.arguments[0]
    is_boolean = value_type(source, attributes) is ValueType.BOOLEAN
    return {"True", "False"} <= keys and is_boolean
