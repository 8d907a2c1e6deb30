"""Reads filters: a lexer and a recursive descent parser (RFC 7644 section 3.4.2.2, figure 1).

A filter that cannot be read raises 400 invalidFilter and nothing else: depth, length and the
number of expressions are limited, so that neither the parser nor what walks its tree runs out of
stack. Operators are read in any letter case; `and` binds before `or`, `not` before both.
"""

import json
import re
from functools import lru_cache
from math import isfinite
from typing import Final, NamedTuple

from looop_gui.scim.errors import ScimProtocolError, invalid_filter, shorten
from looop_gui.scim.filter_tree import (
    OPERATORS,
    And,
    AttributePath,
    Comparison,
    Filter,
    FilterValue,
    Not,
    Or,
    Present,
    ValuePath,
    format_filter,
    read_attribute,
)

__all__ = ["FilterParser", "format_filter", "parse_filter"]

MAXIMUM_LENGTH: Final = 16_384
MAXIMUM_EXPRESSIONS: Final = 500
MAXIMUM_DEPTH: Final = 50
# Longer ones are read anew each time, so that the cache cannot grow large.
_CACHED_LENGTH: Final = 512

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<punctuation>[()\[\]])|(?P<string>"(?:[^"\\]|\\.)*")'
    r'|(?P<word>[^ \t\r\n()\[\]"]+))',
    re.DOTALL,
)
# One comparison with plain text, the filter of every look-up, is read without the parser.
_SIMPLE = re.compile(r'([A-Za-z][A-Za-z0-9_.:\-]*) +([A-Za-z]{2}) +"([^"\\\x00-\x1f]*)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS: Final[dict[str, FilterValue]] = {"true": True, "false": False, "null": None}


class Token(NamedTuple):
    """One token: its kind ("punctuation", "string", "word" or "end"), text and position."""

    kind: str
    text: str
    position: int


def parse_filter(text: str) -> Filter:
    """Read a filter. Raises ScimProtocolError 400 invalidFilter when it is not one."""
    return _parse_short(text) if len(text) <= _CACHED_LENGTH else _parse(text)


def _parse(text: str) -> Filter:
    simple = _SIMPLE.fullmatch(text)
    if simple is not None and simple[3].isascii() and simple[2].lower() in OPERATORS:
        path = _known_attribute(simple[1])
        if path is not None and path.name:
            return Comparison(path, simple[2].lower(), simple[3])
    parser = FilterParser(text)
    tree = parser.expression()
    parser.expect_end()
    return tree


_parse_short = lru_cache(maxsize=1024)(_parse)
_known_attribute = lru_cache(maxsize=256)(read_attribute)


class FilterParser:
    """Reads one filter, or the filter inside a path, from a text; used once."""

    def __init__(self, text: str) -> None:
        if len(text) > MAXIMUM_LENGTH:
            raise invalid_filter(f"The filter is longer than {MAXIMUM_LENGTH} characters.")
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0
        self._expressions = 0
        self._inside_value_path = False

    def expression(self) -> Filter:
        """`term *("or" term)`, where each term is `factor *("and" factor)`."""
        terms = [self._conjunction()]
        while self._takes_word("or"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def expect_end(self) -> None:
        """Raises unless everything has been read."""
        token = self._peek()
        if token.kind != "end":
            raise self._unexpected(token, "the end of the filter")

    def _conjunction(self) -> Filter:
        terms = [self._factor()]
        while self._takes_word("and"):
            terms.append(self._factor())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _factor(self) -> Filter:
        token = self._take()
        if token.text == "(" and token.kind == "punctuation":
            return self._group(")")
        if token.kind != "word":
            raise self._unexpected(token, "an attribute name")
        if token.text.lower() == "not" and self._peek().text == "(":
            self._take()
            return Not(self._group(")"))
        return self._attribute_expression(token)

    def _group(self, closing: str) -> Filter:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise invalid_filter(f"The filter is nested deeper than {MAXIMUM_DEPTH} levels.")
        inner = self.expression()
        self._depth -= 1
        token = self._take()
        if token.kind != "punctuation" or token.text != closing:
            raise self._unexpected(token, f'"{closing}"')
        return inner

    def _attribute_expression(self, token: Token) -> Filter:
        self._expressions += 1
        if self._expressions > MAXIMUM_EXPRESSIONS:
            raise invalid_filter(f"The filter has more than {MAXIMUM_EXPRESSIONS} expressions.")
        path = self._attribute(token)
        if self._peek().text == "[" and self._peek().kind == "punctuation":
            term = self._value_filter(path)
            following = self._peek()
            if following.kind != "word" or not following.text.startswith("."):
                return ValuePath(path, term)
            path = self._with_filter(path, term)
        return self._comparison(path)

    def _value_filter(self, whole: AttributePath) -> Filter:
        opening = self._take()
        if self._inside_value_path or not whole.name:
            raise self._unexpected(opening, "an operator")
        self._inside_value_path = True
        term = self._group("]")
        self._inside_value_path = False
        return term

    def _with_filter(self, path: AttributePath, term: Filter) -> AttributePath:
        # Not in the RFC's grammar, yet what Microsoft Entra asks (reference request r04).
        token = self._take()
        sub = read_attribute(token.text[1:])
        if sub is None or sub.urn or sub.sub_attribute or path.sub_attribute:
            raise self._unexpected(token, "a sub-attribute")
        return AttributePath(path.urn, path.name, term, sub.name)

    def _comparison(self, path: AttributePath) -> Filter:
        token = self._take()
        operator = token.text.lower() if token.kind == "word" else ""
        if operator == "pr":
            return Present(path)
        if operator not in OPERATORS or not path.name:
            raise self._unexpected(token, "an operator" if path.name else "pr")
        return Comparison(path, operator, self._value(self._take()))

    def _attribute(self, token: Token) -> AttributePath:
        path = read_attribute(token.text)
        if path is None:
            raise self._unexpected(token, "an attribute name")
        return path

    def _value(self, token: Token) -> FilterValue:
        if token.kind == "string":
            return read_string(token.text)
        if token.kind == "word":
            if token.text.lower() in _LITERALS:
                return _LITERALS[token.text.lower()]
            if _NUMBER.fullmatch(token.text):
                return _number(token.text)
        raise self._unexpected(token, "a value (text in double quotes, a number, true or false)")

    def _takes_word(self, word: str) -> bool:
        token = self._peek()
        if token.kind == "word" and token.text.lower() == word:
            self._next += 1
            return True
        return False

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _unexpected(self, token: Token, wanted: str) -> ScimProtocolError:
        found = "the end" if token.kind == "end" else f"'{shorten(token.text, 40)}'"
        return invalid_filter(
            f"The filter cannot be read at character {token.position + 1}: "
            f"{wanted} was expected, {found} was found."
        )


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    position, end = 0, len(text.rstrip(" \t\r\n"))
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise invalid_filter(f"The filter cannot be read at character {position + 1}.")
        kind = found.lastgroup or ""
        tokens.append(Token(kind, found[kind], found.start(kind)))
        position = found.end()
    tokens.append(Token("end", "", end))
    return tokens


def read_string(text: str) -> str:
    """Read a JSON string with its quotes. Raises 400 invalidFilter when it is not valid JSON."""
    try:
        value = json.loads(text)
        value.encode("utf-8")
    except ValueError:
        raise invalid_filter(f"{shorten(text, 40)} is not a JSON string.") from None
    return str(value)


def _number(text: str) -> int | float:
    if len(text) > 300:
        raise invalid_filter("A number of the filter is too long.")
    if text.lstrip("-").isdigit():
        return int(text)
    value = float(text)
    if not isfinite(value):
        raise invalid_filter("A number of the filter is too large.")
    return value
