"""The tree walk: evaluates an expression node by node, the plain way.

It is what the step-through shows and what the compiled form must agree with. An observer, if there
is one, hears of every node that was evaluated, and of no other: IIF and Switch leave branches out.
"""

from collections.abc import Callable, Mapping

from looop_gui.expressions.calls import effective_arguments, resolve
from looop_gui.expressions.coercion import (
    FlowSignal,
    boolean_text,
    compare,
    concatenate,
)
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    KeywordName,
    NumberLiteral,
    StringLiteral,
)
from looop_gui.expressions.values import (
    DEFAULT_OPTIONS,
    IGNORE_ATTRIBUTE_FLOW,
    IGNORE_OBJECT_FLOW,
    EvaluationContext,
    EvaluationOptions,
    Result,
    Value,
)
from looop_gui.model.directory import AttributeValue

Observer = Callable[[Expression, Value | EvaluationError], None]

_FLOW_KEYWORDS = {
    KeywordName.IGNORE_ATTRIBUTE_FLOW: IGNORE_ATTRIBUTE_FLOW,
    KeywordName.IGNORE_OBJECT_FLOW: IGNORE_OBJECT_FLOW,
}


def walk(
    tree: Expression,
    attributes: Mapping[str, AttributeValue],
    context: EvaluationContext,
    options: EvaluationOptions = DEFAULT_OPTIONS,
    observer: Observer | None = None,
) -> Result:
    """The value of an expression. Raises EvaluationError when it has none."""
    try:
        return _Walk(attributes, context, options, observer).value_of(tree)
    except FlowSignal as signal:
        return signal.keyword


def keyword_value(name: KeywordName) -> Value:
    """What a bare word evaluates to: the flow keywords to themselves, the others to their text."""
    return _FLOW_KEYWORDS.get(name, name.value)


class _Walk:
    def __init__(
        self,
        attributes: Mapping[str, AttributeValue],
        context: EvaluationContext,
        options: EvaluationOptions,
        observer: Observer | None,
    ) -> None:
        self._attributes = attributes
        self._context = context
        self._options = options
        self._observer = observer

    def value_of(self, node: Expression) -> Value:
        if self._observer is None:
            return self._evaluate(node)
        try:
            value = self._evaluate(node)
        except EvaluationError as error:
            self._observer(node, error)
            raise
        except FlowSignal as signal:
            self._observer(node, signal.keyword)
            raise
        self._observer(node, value)
        return value

    def _evaluate(self, node: Expression) -> Value:
        match node:
            case AttributeReference(name=name):
                return self._attributes.get(name)
            case StringLiteral(value=value):
                return value
            case NumberLiteral():
                return node.value
            case FunctionCall():
                return self._call(node)
            case Comparison(operator=operator, left=left, right=right):
                truth = compare(operator, self.value_of(left), self.value_of(right))
                return boolean_text(truth)
            case Concatenation(operands=operands):
                return concatenate(*map(self.value_of, operands))
            case Keyword(name=keyword):
                return keyword_value(keyword)
            case _:
                return None

    def _call(self, call: FunctionCall) -> Value:
        called = resolve(call, self._options)
        if isinstance(called, EvaluationError):
            raise called
        nodes = effective_arguments(call, called)
        context = (self._context,) if called.needs_context else ()
        if called.lazy:
            thunks = (self._thunk(node) for node in nodes)
            return called.implementation(*context, *thunks)
        return called.implementation(*context, *map(self.value_of, nodes))

    def _thunk(self, node: Expression) -> Callable[[], Value]:
        return lambda: self.value_of(node)
