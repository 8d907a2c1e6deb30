"""The text field of an expression: colours, completion while typing, matching brackets."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QTextEdit, QWidget

from looop_gui.ui.mappings.expression.completion import (
    Completion,
    complete,
    matching_bracket,
)
from looop_gui.ui.mappings.expression.highlighter import ExpressionHighlighter
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme, fixed_font

_LINES = 5


class ExpressionTextField(QPlainTextEdit):
    """`edited` carries the text after each change by the user. Ctrl+Space completes.

    `considered` carries the Candidate that is selected in the list of completions.
    """

    edited = Signal(str)
    cursor_moved = Signal()
    considered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "code")
        self.setAccessibleName(self.tr("Expression"))
        self.setFont(fixed_font())
        self.setTabChangesFocus(True)
        self.setPlaceholderText('Join(" ", [givenName], [surname])')
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + 24)
        self.highlighter = ExpressionHighlighter(self.document(), theme)
        self.attributes: Sequence[str] = ()
        self.extended = False
        self._completion = Completion(0, 0, ())
        self._labels = QStringListModel(self)
        self.completer = QCompleter(self._labels, self)
        self.completer.setWidget(self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.popup = QListView()
        self.popup.setAccessibleName(self.tr("Completions"))
        self.completer.setPopup(self.popup)
        self.completer.activated.connect(self._insert_chosen)
        self.completer.highlighted.connect(self._consider)
        self._quiet = False
        self._known = ""
        self.textChanged.connect(self._tell)
        self.cursorPositionChanged.connect(self._mark_brackets)

    def show_text(self, text: str) -> None:
        """Show another text without telling that it was edited; keeps the cursor if it can."""
        if text == self.toPlainText():
            return
        self._quiet = True
        position = self.textCursor().position()
        self.setPlainText(text)
        cursor = self.textCursor()
        cursor.setPosition(min(position, len(text)))
        self.setTextCursor(cursor)
        self._known = self.toPlainText()
        self._quiet = False

    def select_span(self, start: int, length: int) -> None:
        """Select a stretch of the text."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        end = min(start + length, len(self.toPlainText()))
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def insert_text(self, text: str) -> None:
        """Insert at the cursor, as if it had been typed."""
        self.textCursor().insertText(text)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Complete while typing; the open list takes Enter, Tab and Escape."""
        if self.popup.isVisible() and event.key() in _LIST_KEYS:
            event.ignore()
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Space:
            self._offer(at_least=0)
            return
        super().keyPressEvent(event)
        if event.text() and (event.text().isalnum() or event.text() in "[_"):
            self._offer(at_least=1)
        elif event.text():
            self.popup.hide()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The list belongs to the field that has the focus."""
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.popup.hide()
        super().focusOutEvent(event)

    def _offer(self, *, at_least: int) -> None:
        cursor = self.textCursor().position()
        text = self.toPlainText()
        found = complete(text, cursor, self.attributes, extended=self.extended)
        typed = cursor - found.start
        if not found.candidates or typed < at_least:
            self.popup.hide()
            return
        self._completion = found
        self._labels.setStringList([candidate.label for candidate in found.candidates])
        rectangle = self.cursorRect()
        rectangle.setWidth(420)
        self.completer.complete(rectangle)
        self.popup.setCurrentIndex(self._labels.index(0, 0))
        self._consider()

    def _consider(self) -> None:
        """Tell which candidate is looked at, so that its documentation can be shown."""
        row = self.popup.currentIndex().row()
        if 0 <= row < len(self._completion.candidates):
            self.considered.emit(self._completion.candidates[row])

    def _insert_chosen(self, label: str) -> None:
        candidates = self._completion.candidates
        row = self.popup.currentIndex().row()
        labels = [candidate.label for candidate in candidates]
        if not 0 <= row < len(labels) or labels[row] != label:
            return
        cursor = self.textCursor()
        cursor.setPosition(self._completion.start)
        cursor.setPosition(
            min(self._completion.end, len(self.toPlainText())), QTextCursor.MoveMode.KeepAnchor
        )
        cursor.insertText(candidates[row].text)
        self.setTextCursor(cursor)

    def _tell(self) -> None:
        """New colours count as a change of the text, too, and come when another row is shown."""
        text = self.toPlainText()
        if not self._quiet and text != self._known:
            self._known = text
            self.edited.emit(text)

    def _mark_brackets(self) -> None:
        pair = matching_bracket(self.toPlainText(), self.textCursor().position())
        marks = []
        for position in pair or ():
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(self._theme.colour(Role.SELECTION))
            mark.format.setProperty(QTextFormat.Property.OutlinePen, 0)
            cursor = self.textCursor()
            cursor.setPosition(position)
            cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            marks.append(mark)
        self.setExtraSelections(marks)
        self.cursor_moved.emit()


_LIST_KEYS = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
)
