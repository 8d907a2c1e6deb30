"""Colours the tokens of an expression and underlines what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.lexer import Token, TokenKind, tokenize
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Mistake:
    """A stretch of the text that is wrong, in characters, and why."""

    position: int
    length: int
    sentence: str


class ExpressionHighlighter(QSyntaxHighlighter):
    """Reads the whole text once a change and colours each line from its tokens."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._text: str | None = None
        self._tokens: tuple[Token, ...] = ()
        self._mistakes: tuple[Mistake, ...] = ()
        theme.changed.connect(self.rehighlight)

    def show_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Underline these from now on."""
        if tuple(mistakes) != self._mistakes:
            self._mistakes = tuple(mistakes)
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        whole = self.document().toPlainText()
        if whole != self._text:
            self._text, self._tokens = whole, tokenize(whole)
        offset = self.currentBlock().position()
        for index, token in enumerate(self._tokens):
            start, end = token.span.start - offset, token.span.end - offset
            if end > 0 and start < len(text):
                style = self._style(token, index)
                if style is not None:
                    self.setFormat(max(0, start), end - max(0, start), style)
        self._underline(offset, len(text))

    def _underline(self, offset: int, length: int) -> None:
        for mistake in self._mistakes:
            start = max(0, min(mistake.position, len(self._text or "") - 1) - offset)
            end = min(length, mistake.position + max(1, mistake.length) - offset)
            for position in range(start, end):
                style = QTextCharFormat(self.format(position))
                style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                style.setUnderlineColor(self._theme.colour(Role.DANGER))
                self.setFormat(position, 1, style)

    def _style(self, token: Token, index: int) -> QTextCharFormat | None:
        role = _ROLES.get(token.kind)
        if token.kind is TokenKind.NAME:
            called = self._tokens[index + 1].kind is TokenKind.OPEN
            role = Role.ACCENT if called and token.text in FUNCTIONS else Role.TEXT_MUTED
        if role is None:
            return None
        style = QTextCharFormat()
        style.setForeground(QColor(self._theme.colour(role)))
        if role is Role.ACCENT:
            style.setFontWeight(600)
        return style


_ROLES = {
    TokenKind.ATTRIBUTE: Role.INFO,
    TokenKind.STRING: Role.SUCCESS,
    TokenKind.NUMBER: Role.WARNING,
    TokenKind.OPERATOR: Role.TEXT_MUTED,
    TokenKind.AMPERSAND: Role.TEXT_MUTED,
    TokenKind.PROBLEM: Role.DANGER,
}
