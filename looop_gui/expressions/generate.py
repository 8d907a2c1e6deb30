"""The generator: Python source for expressions, so that evaluation walks no tree.

Each node becomes one Python expression over two names: `get`, which gives an attribute, and
`context`. IIF becomes a conditional, a Switch over constant keys a dictionary, any other function a
call. Texts enter the source only as literals made by `repr`, and names only if the table of
functions has them. What is nested deeply, and what is evaluated only sometimes in a dictionary,
becomes a function of its own, because Python limits the nesting of parentheses.
"""

from collections.abc import Callable
from typing import Any

from looop_gui.expressions.calls import effective_arguments, resolve
from looop_gui.expressions.coercion import (
    FlowSignal,
    as_boolean,
    compare,
    concatenate,
    equal,
    text_or_empty,
)
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.signatures import Function, ValueType
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    NumberLiteral,
    Omitted,
    Operator,
    StringLiteral,
)
from looop_gui.expressions.values import FALSE, TRUE, EvaluationOptions, FlowControl, Value
from looop_gui.expressions.walk import keyword_value

_DEEPEST = 24
"""How many nodes are nested in one Python expression before the rest becomes a function."""


class Generator:
    """Collects the source of functions and the objects that the source refers to by name."""

    def __init__(self, options: EvaluationOptions) -> None:
        self._options = options
        self._functions: list[str] = []
        self._counter = 0
        self.names: dict[str, Any] = {
            "as_boolean": as_boolean,
            "compare": compare,
            "concatenate": concatenate,
            "equal": equal,
            "text_or_empty": text_or_empty,
            "fail": fail,
            "EvaluationError": EvaluationError,
            "FlowSignal": FlowSignal,
        }

    def build(self, source: str, name: str) -> Callable[..., Any]:
        """The function `name` of the source, with everything that was collected for it."""
        whole = "\n".join([*self._functions, source])
        namespace = dict(self.names)
        # The source consists of our own templates, literals by repr and names of our tables.
        exec(compile(whole, "<expression>", "exec"), namespace)  # noqa: S102
        built: Callable[..., Any] = namespace[name]
        return built

    def expression(self, node: Expression, depth: int = 0) -> str:
        """The Python expression that gives the value of a node."""
        if isinstance(node, FunctionCall) and depth >= _DEEPEST:
            return self._separate(node)
        match node:
            case AttributeReference(name=name):
                return f"get({name!r})"
            case StringLiteral() | NumberLiteral():
                return repr(node.value)
            case FunctionCall():
                return self._call(node, depth)
            case Comparison():
                return f"({TRUE!r} if {self._comparison(node, depth)} else {FALSE!r})"
            case Concatenation(operands=operands):
                return f"concatenate({self._list(operands, depth)})"
            case Keyword(name=name):
                return self._constant(keyword_value(name))
            case _:
                return "None"

    def _list(self, nodes: tuple[Expression, ...], depth: int) -> str:
        return ", ".join(self.expression(node, depth + 1) for node in nodes)

    def _comparison(self, node: Comparison, depth: int) -> str:
        left = self.expression(node.left, depth + 1)
        right = self.expression(node.right, depth + 1)
        if node.operator is Operator.EQUAL:
            return f"equal({left}, {right})"
        if node.operator is Operator.NOT_EQUAL:
            return f"(not equal({left}, {right}))"
        operator = self._name(node.operator)
        return f"compare({operator}, {left}, {right})"

    def _condition(self, node: Expression, depth: int) -> str:
        """A Python expression that is true when the node's value is."""
        if isinstance(node, Comparison):
            return self._comparison(node, depth)
        value = self.expression(node, depth + 1)
        if isinstance(node, FunctionCall):
            called = resolve(node, self._options)
            if isinstance(called, Function) and called.signature.result is ValueType.BOOLEAN:
                return f"{value} == {TRUE!r}"
        return f"as_boolean({value})"

    def _call(self, call: FunctionCall, depth: int) -> str:
        called = resolve(call, self._options)
        if isinstance(called, EvaluationError):
            return f"fail({called.code!r}, {called.sentence!r})"
        arguments = effective_arguments(call, called)
        if called.name == "IIF":
            condition = self._condition(arguments[0], depth + 1)
            if_true = self.expression(arguments[1], depth + 1)
            if_false = self.expression(arguments[2], depth + 1)
            return f"({if_true} if {condition} else {if_false})"
        if called.name == "Switch" and all(_is_constant(key) for key in arguments[2::2]):
            return self._switch(arguments, depth)
        context = "context, " if called.needs_context else ""
        implementation = self._name(called.implementation)
        if called.lazy:
            thunks = ", ".join(f"lambda: {self.expression(each, depth + 1)}" for each in arguments)
            return f"{implementation}({context}{thunks})"
        return f"{implementation}({context}{self._list(arguments, depth)})"

    def _switch(self, arguments: tuple[Expression, ...], depth: int) -> str:
        source, default, *rest = arguments
        key = f"text_or_empty({self.expression(source, depth + 1)})"
        branches: dict[str, Expression] = {}
        for name, value in zip(rest[::2], rest[1::2], strict=True):
            branches.setdefault(constant_text(name), value)
        if all(_is_constant(value) for value in (default, *branches.values())):
            table = self._name({each: constant(value) for each, value in branches.items()}.get)
            return f"{table}({key}, {constant(default)!r})"
        names = ", ".join(f"{k!r}: {self._branch(value)}" for k, value in branches.items())
        table_name = self._new_name()
        self._functions.append(f"{table_name} = {{{names}}}.get")
        return f"{table_name}({key}, {self._branch(default)})(get, context)"

    def _branch(self, node: Expression) -> str:
        name = self._new_name()
        self._functions.append(f"def {name}(get, context):\n    return {self.expression(node)}")
        return name

    def _separate(self, node: FunctionCall) -> str:
        return f"{self._branch(node)}(get, context)"

    def _constant(self, value: Value) -> str:
        return self._name(value) if isinstance(value, FlowControl) else repr(value)

    def _name(self, value: object) -> str:
        name = self._new_name()
        self.names[name] = value
        return name

    def _new_name(self) -> str:
        self._counter += 1
        return f"n{self._counter}"


def fail(code: str, sentence: str) -> Value:
    """Raise the error of a call that means nothing, when it is evaluated and not before."""
    raise EvaluationError(code, sentence)


def _is_constant(node: Expression) -> bool:
    return isinstance(node, StringLiteral | NumberLiteral | Omitted)


def constant(node: Expression) -> str | None:
    """The value of a literal; that of an omitted argument is null."""
    return node.value if isinstance(node, StringLiteral | NumberLiteral) else None


def constant_text(node: Expression) -> str:
    """The value of a literal as a key of Switch, which null and an empty text share."""
    return constant(node) or ""
