"""The lexer: the text of an expression as tokens with exact positions (reference section d.1).

It never fails: what is no token becomes a token of kind PROBLEM that carries the reason, so that
the editor can colour and the parser can report.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.expressions.tree import Span


class TokenKind(StrEnum):
    """The kinds of token."""

    NAME = "name"
    ATTRIBUTE = "attribute"
    STRING = "text"
    NUMBER = "number"
    OPERATOR = "comparison"
    AMPERSAND = "&"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    PROBLEM = "problem"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `value` is an attribute's name or a text without quotes and escapes.

    `problem` is the reason of a PROBLEM token, a sentence.
    """

    kind: TokenKind
    text: str
    value: str
    span: Span
    problem: str = ""


_TOKEN = re.compile(
    r"""(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
      | \[(?P<ATTRIBUTE>[^\[\]\r\n]+)\]
      | "(?P<STRING>(?:[^"\\]|\\.)*)"
      | (?P<NUMBER>-?[0-9]+(?:\.[0-9]+)?)
      | (?P<OPERATOR><>|>=|<=|=|<|>)
      | (?P<AMPERSAND>&)
      | (?P<OPEN>\()
      | (?P<CLOSE>\))
      | (?P<COMMA>,)""",
    re.VERBOSE | re.DOTALL,
)
_HEX = re.compile(r"&H[0-9A-Fa-f]+")
_BLANKS = re.compile(r"\s*")
_ESCAPE = re.compile(r'\\([\\"])')

_ENDS_OPERAND = frozenset(
    {TokenKind.NAME, TokenKind.ATTRIBUTE, TokenKind.STRING, TokenKind.NUMBER, TokenKind.CLOSE}
)


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of the text without the blanks between them; the last one is END."""
    tokens: list[Token] = []
    position = _skip_blanks(text, 0)
    while position < len(text):
        after_operand = bool(tokens) and tokens[-1].kind in _ENDS_OPERAND
        token = _token_at(text, position, after_operand)
        tokens.append(token)
        position = _skip_blanks(text, token.span.end)
    tokens.append(Token(TokenKind.END, "", "", Span(len(text), len(text))))
    return tuple(tokens)


def _skip_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _token_at(text: str, position: int, after_operand: bool) -> Token:
    # "&" joins texts after an operand and begins a hexadecimal number where an operand is due.
    hexadecimal = None if after_operand else _HEX.match(text, position)
    if hexadecimal:
        span = Span(position, hexadecimal.end())
        return Token(TokenKind.NUMBER, hexadecimal.group(), hexadecimal.group(), span)
    match = _TOKEN.match(text, position)
    if match is None or match.lastgroup is None:
        return _problem_at(text, position)
    kind = TokenKind[match.lastgroup]
    value = match.group(match.lastgroup)
    if kind is TokenKind.STRING:
        # An unknown escape keeps its backslash (section d.1 rule 3).
        value = _ESCAPE.sub(r"\1", value)
    return Token(kind, match.group(), value, Span(position, match.end()))


def _problem_at(text: str, position: int) -> Token:
    character = text[position]
    end = position + 1
    if character == '"':
        end, reason = len(text), 'This text has no closing double quote (").'
    elif character == "[":
        found = re.compile(r"[\[\],()\r\n]").search(text, position + 1)
        end = found.start() if found else len(text)
        if found and found.group() == "]":
            end = found.end()
        reason = "This attribute has no name or no closing bracket (])."
    else:
        reason = _REASONS.get(character, f"The character {character} has no meaning here.")
    return Token(TokenKind.PROBLEM, text[position:end], "", Span(position, end), reason)


_CURLY = 'Texts are written in straight double quotes (").'
_REASONS = {
    "“": _CURLY,
    "”": _CURLY,
    "„": _CURLY,
    "'": 'Texts are written in double quotes ("), not in single ones.',
    "!": "Not equal is written <>, and a condition is turned round by Not(...).",
    "+": "Texts are joined by Join, Append or &; there is no +.",
    "]": "This closing bracket has no opening one.",
    ";": "Arguments are separated by commas.",
}
