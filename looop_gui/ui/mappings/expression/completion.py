"""What can be completed at the cursor of an expression, and which function's argument it is in.

Works on the text alone; the widget shows the results.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.lexer import Token, TokenKind, tokenize
from looop_gui.expressions.signatures import Signature

_WORD_BEFORE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_OPEN_ATTRIBUTE = re.compile(r"\[([^\[\]\r\n\"(),]*)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that can be inserted; `text` is inserted, `label` and `note` are shown."""

    text: str
    label: str
    note: str
    is_function: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """What to insert in place of the characters from `start` to `end`, best first."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class CallAt:
    """The innermost function call around the cursor and the index of the argument (from 0)."""

    signature: Signature
    argument: int


def complete(text: str, cursor: int, attributes: Sequence[str], *, extended: bool) -> Completion:
    """What fits at the cursor: attributes after `[`, else functions and attributes by prefix."""
    before = text[:cursor]
    if _inside_text(before):
        return Completion(cursor, cursor, ())
    opened = _OPEN_ATTRIBUTE.search(before)
    if opened is not None:
        end = cursor + 1 if text[cursor : cursor + 1] == "]" else cursor
        found = _matching(attributes, opened.group(1))
        return Completion(opened.start(), end, tuple(_attribute_candidate(name) for name in found))
    word = _WORD_BEFORE.search(before)
    start = word.start() if word else cursor
    prefix = word.group() if word else ""
    names = [
        name for name, function in FUNCTIONS.items() if extended or not function.signature.extended
    ]
    functions = [_function_candidate(name, text, cursor) for name in _matching(names, prefix)]
    own = [_attribute_candidate(name) for name in _matching(attributes, prefix)] if prefix else []
    return Completion(start, cursor, (*functions, *own))


def call_at(text: str, cursor: int) -> CallAt | None:
    """The function whose arguments the cursor stands in, for signature help."""
    stack: list[tuple[str, int]] = []
    previous: Token | None = None
    for token in tokenize(text[:cursor]):
        if token.kind is TokenKind.OPEN:
            named = previous is not None and previous.kind is TokenKind.NAME
            stack.append((previous.text if named and previous else "", 0))
        elif token.kind is TokenKind.CLOSE and stack:
            stack.pop()
        elif token.kind is TokenKind.COMMA and stack:
            name, argument = stack[-1]
            stack[-1] = (name, argument + 1)
        previous = token
    for name, argument in reversed(stack):
        if name in FUNCTIONS:
            return CallAt(FUNCTIONS[name].signature, argument)
    return None


def matching_bracket(text: str, cursor: int) -> tuple[int, int] | None:
    """The positions of the round bracket beside the cursor and of its partner."""
    brackets = [
        token for token in tokenize(text) if token.kind in (TokenKind.OPEN, TokenKind.CLOSE)
    ]
    beside = {cursor, cursor - 1}
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for token in brackets:
        if token.kind is TokenKind.OPEN:
            opened.append(token.span.start)
        elif opened:
            start = opened.pop()
            pairs[start] = token.span.start
            pairs[token.span.start] = start
    for position in sorted(beside, reverse=True):
        if position in pairs:
            return position, pairs[position]
    return None


def _inside_text(before: str) -> bool:
    return before.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1


def _matching(names: Iterable[str], typed: str) -> list[str]:
    """Names that begin with what was typed, then those that contain it, whatever the case."""
    folded = typed.casefold()
    begin = [name for name in names if name.casefold().startswith(folded)]
    inside = [name for name in names if folded in name.casefold() and name not in begin]
    return [*sorted(begin, key=str.casefold), *sorted(inside, key=str.casefold)]


def _attribute_candidate(name: str) -> Candidate:
    return Candidate(f"[{name}]", name, "", is_function=False)


def _function_candidate(name: str, text: str, cursor: int) -> Candidate:
    signature = FUNCTIONS[name].signature
    followed = text[cursor : cursor + 1] == "("
    return Candidate(
        name if followed else f"{name}(", signature.label, signature.summary, is_function=True
    )
