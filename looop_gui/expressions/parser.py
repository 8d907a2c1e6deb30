"""The parser: recursive descent over the tokens, with recovery (reference section d.1).

There is one parser. It goes on after a mistake, leaving out what it cannot read, so that the
editor has a tree and every mistake at once; `parse` raises the first of them. A text that is too
long or nested too deeply is refused before it can exhaust the stack.
"""

from dataclasses import dataclass

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.lexer import Token, TokenKind, tokenize
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    KeywordName,
    NumberLiteral,
    Omitted,
    Operator,
    Span,
    StringLiteral,
)

MAX_LENGTH = 10_000
"""The longest expression, in characters (section d.1 rule 7)."""

MAX_NESTING = 100
"""The deepest nesting of functions; ours, so that no evaluation exhausts the stack."""

_MAX_ERRORS = 20
_OPERAND = ("a function", "an attribute in brackets", "a text in double quotes", "a number")
_KEYWORDS = {name.value: name for name in KeywordName}


@dataclass(frozen=True, slots=True)
class ParseResult:
    """A tree as far as it could be read (None if not at all), and what was wrong, in order."""

    tree: Expression | None
    errors: tuple[ExpressionSyntaxError, ...]


def parse(text: str) -> Expression:
    """The tree of an expression. Raises ExpressionSyntaxError for the first mistake."""
    result = parse_recovering(text)
    if result.errors:
        raise result.errors[0]
    if result.tree is None:
        raise ExpressionSyntaxError(0, len(text), "The expression is empty.", _OPERAND)
    return result.tree


def parse_recovering(text: str) -> ParseResult:
    """The tree as far as it can be read and all mistakes; what is unreadable is `Omitted`."""
    if len(text) > MAX_LENGTH:
        message = f"The expression has {len(text):,} characters; at most {MAX_LENGTH:,} are read."
        error = ExpressionSyntaxError(MAX_LENGTH, len(text) - MAX_LENGTH, message)
        return ParseResult(None, (error,))
    return _Parser(text).result()


class _TooDeep(Exception):  # noqa: N818 - a jump out of the recursion, not an error to report
    pass


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._index = 0
        self._depth = 0
        self._errors: list[ExpressionSyntaxError] = []

    def result(self) -> ParseResult:
        if self._peek().kind is TokenKind.END:
            self._report(self._peek(), "The expression is empty.", _OPERAND)
            return ParseResult(None, tuple(self._errors))
        try:
            tree = self._expression()
        except _TooDeep:
            return ParseResult(None, tuple(self._errors))
        if self._peek().kind is not TokenKind.END:
            self._report_surplus()
        return ParseResult(tree, tuple(self._errors[:_MAX_ERRORS]))

    def _expression(self) -> Expression:
        left = self._operand()
        if self._peek().kind is not TokenKind.OPERATOR:
            return left
        operator = Operator(self._advance().text)
        right = self._operand()
        return Comparison(operator, left, right, Span(left.span.start, right.span.end))

    def _operand(self) -> Expression:
        parts = [self._primary()]
        while self._peek().kind is TokenKind.AMPERSAND:
            self._advance()
            parts.append(self._primary())
        if len(parts) == 1:
            return parts[0]
        return Concatenation(tuple(parts), Span(parts[0].span.start, parts[-1].span.end))

    def _primary(self) -> Expression:
        token = self._peek()
        match token.kind:
            case TokenKind.NAME:
                return self._name()
            case TokenKind.ATTRIBUTE:
                return AttributeReference(self._advance().value, token.span)
            case TokenKind.STRING:
                return StringLiteral(self._advance().value, token.span)
            case TokenKind.NUMBER:
                return NumberLiteral(self._advance().text, token.span)
            case _:
                return self._missing_operand(token)

    def _name(self) -> Expression:
        name = self._advance()
        if self._peek().kind is TokenKind.OPEN:
            return self._call(name)
        keyword = _KEYWORDS.get(name.text)
        if keyword is None:
            self._report(
                name,
                f'The word {name.text} means nothing alone. Write "{name.text}" for a text, '
                f"[{name.text}] for an attribute or {name.text}(...) for a function.",
                _OPERAND,
            )
            return Omitted(name.span)
        return Keyword(keyword, name.span)

    def _call(self, name: Token) -> FunctionCall:
        opening = self._advance()
        self._depth += 1
        if self._depth > MAX_NESTING:
            self._report(name, f"Functions are nested more than {MAX_NESTING} deep.")
            raise _TooDeep
        arguments = self._arguments(name, opening)
        self._depth -= 1
        end = self._tokens[self._index - 1].span.end
        return FunctionCall(name.text, arguments, Span(name.span.start, end), name.span)

    def _arguments(self, name: Token, opening: Token) -> tuple[Expression, ...]:
        if self._peek().kind is TokenKind.CLOSE:
            self._advance()
            return ()
        arguments = [self._argument()]
        while True:
            token = self._peek()
            if token.kind is TokenKind.COMMA:
                self._advance()
                arguments.append(self._argument())
            elif token.kind is TokenKind.CLOSE:
                self._advance()
                return tuple(arguments)
            elif token.kind is TokenKind.END:
                message = f"The parenthesis after {name.text} is not closed."
                self._report(opening, message, ("a comma", "a closing parenthesis"))
                return tuple(arguments)
            else:
                self._report_surplus()
                self._skip_argument()

    def _argument(self) -> Expression:
        if self._peek().kind in (TokenKind.COMMA, TokenKind.CLOSE, TokenKind.END):
            return Omitted(Span(self._peek().span.start, self._peek().span.start))
        return self._expression()

    def _missing_operand(self, token: Token) -> Omitted:
        if token.kind is TokenKind.PROBLEM:
            self._report(token, token.problem, _OPERAND)
        elif token.kind is TokenKind.OPEN:
            message = "Parentheses stand only after the name of a function."
            self._report(token, message, _OPERAND)
            self._skip_argument()
            return Omitted(token.span)
        elif token.kind is TokenKind.END:
            self._report(token, "The expression ends where a value is expected.", _OPERAND)
        else:
            self._report(token, f"A value is expected before {token.text}", _OPERAND)
        if token.kind not in (TokenKind.COMMA, TokenKind.CLOSE, TokenKind.END):
            self._advance()
        return Omitted(token.span)

    def _report_surplus(self) -> None:
        token = self._peek()
        expected: tuple[str, ...] = ("a comma", "a closing parenthesis", "&", "a comparison")
        if self._depth == 0:
            expected = ("the end of the expression", "&", "a comparison")
        if token.kind is TokenKind.PROBLEM:
            message = token.problem
        elif token.kind is TokenKind.OPERATOR:
            message = "Only one comparison may stand here. Use IIF inside IIF for more conditions."
        elif token.text.upper() in ("AND", "OR"):
            message = f"There is no {token.text.upper()}. Use IIF inside IIF for more conditions."
        elif token.kind is TokenKind.CLOSE:
            message = "This closing parenthesis has no opening one."
        else:
            message = f"{token.text} cannot stand here; a comma may be missing before it."
        self._report(token, message, expected)

    def _skip_argument(self) -> None:
        level = 0
        while self._peek().kind is not TokenKind.END:
            kind = self._peek().kind
            if level == 0 and kind in (TokenKind.COMMA, TokenKind.CLOSE):
                return
            level += {TokenKind.OPEN: 1, TokenKind.CLOSE: -1}.get(kind, 0)
            self._advance()
            if level == 0 and kind is TokenKind.CLOSE:
                return

    def _report(self, token: Token, message: str, expected: tuple[str, ...] = ()) -> None:
        span = token.span
        self._errors.append(ExpressionSyntaxError(span.start, span.length, message, expected))

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _advance(self) -> Token:
        token = self._tokens[self._index]
        if token.kind is not TokenKind.END:
            self._index += 1
        return token
