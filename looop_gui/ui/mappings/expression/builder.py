"""The expression builder: the text field with what is wrong, signature help, and its tools."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from looop_gui.expressions.functions.table import FAMILIES
from looop_gui.expressions.parser import parse_recovering
from looop_gui.expressions.printer import format_expression
from looop_gui.ui.mappings.expression.completion import Candidate, call_at
from looop_gui.ui.mappings.expression.highlighter import Mistake
from looop_gui.ui.mappings.expression.step_panel import StepPanel
from looop_gui.ui.mappings.expression.text_field import ExpressionTextField
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.labels import hint, problem, say_problem

FORMAT_WIDTH = 44


class ExpressionBuilder(QWidget):
    """`changed` carries the text whenever it was edited, right or wrong."""

    changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = ExpressionTextField(theme)
        self.mistake = problem()
        self.help = hint("")
        self.help.setTextFormat(Qt.TextFormat.RichText)
        self.functions = button(theme, self.tr("Insert function"), icon="square-function")
        self.tidy = button(theme, self.tr("Format"), self._format, look="quiet")
        self.tidy.setToolTip(self.tr("Break the expression into lines (Ctrl+Shift+F)"))
        self.tidy.setShortcut("Ctrl+Shift+F")
        self.step = button(theme, self.tr("Step through"), icon="step-forward", look="quiet")
        self.step.setCheckable(True)
        self.step.setToolTip(self.tr("Show the value of every part for the sample person"))
        self.steps = StepPanel(theme)
        self.steps.hide()
        self._extended: list[QAction] = []
        self.functions.setMenu(self._menu())
        tools = FlowLayout()
        tools.addWidget(self.functions)
        tools.addWidget(self.tidy)
        tools.addWidget(self.step)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (self.field, self.mistake, self.help):
            layout.addWidget(widget)
        layout.addLayout(tools)
        layout.addWidget(self.steps)
        self.setFocusProxy(self.field)
        self.field.edited.connect(self._edit)
        self.field.cursor_moved.connect(self._show_help)
        self.field.considered.connect(self._show_candidate)
        self.step.toggled.connect(self.steps.setVisible)
        self.steps.span_chosen.connect(self.field.select_span)

    def show_expression(self, text: str) -> None:
        """Show that expression."""
        self.field.show_text(text)
        self._judge(text)

    def offer(self, attributes: Sequence[str]) -> None:
        """Complete these source attributes."""
        self.field.attributes = tuple(attributes)

    def admit(self, *, extended: bool) -> None:
        """Offer the extended functions, or leave them out and say so."""
        self.field.extended = extended
        for action in self._extended:
            action.setVisible(extended)
        self._not_admitted.setVisible(not extended)

    def _edit(self, text: str) -> None:
        self._judge(text)
        self.changed.emit(text)

    def _judge(self, text: str) -> None:
        errors = parse_recovering(text).errors if text.strip() else ()
        mistakes = [Mistake(error.position, error.length, error.message) for error in errors]
        self.field.highlighter.show_mistakes(mistakes)
        say_problem(self.mistake, self._locate(text, mistakes[0]) if mistakes else "")
        self.tidy.setEnabled(bool(text.strip()) and not mistakes)

    def _locate(self, text: str, mistake: Mistake) -> str:
        if mistake.position >= len(text):
            return mistake.sentence
        where = self.tr("Character {number}: ").format(number=mistake.position + 1)
        return where + mistake.sentence

    def _format(self) -> None:
        tree = parse_recovering(self.field.toPlainText()).tree
        if tree is not None:
            self.field.selectAll()
            self.field.insert_text(format_expression(tree, FORMAT_WIDTH))

    def _show_help(self) -> None:
        cursor = self.field.textCursor().position()
        call = call_at(self.field.toPlainText(), cursor)
        if call is None:
            self.help.setText("")
            self.help.hide()
            return
        signature = call.signature
        current = signature.parameter_at(call.argument)
        parts = []
        for parameter in signature.parameters:
            name = _escape(parameter.label)
            is_current = current is not None and current.name.rstrip("0123456789") == (
                parameter.name.rstrip("0123456789")
            )
            parts.append(f"<b>{name}</b>" if is_current else name)
        end = ", ..." if signature.maximum is None else ""
        summary = _escape(signature.summary)
        self.help.setText(f"{signature.name}({', '.join(parts)}{end})<br>{summary}")
        self.help.show()

    def _show_candidate(self, candidate: Candidate) -> None:
        """Show the documentation of the function that could be inserted."""
        if candidate.is_function:
            label, note = _escape(candidate.label), _escape(candidate.note)
            self.help.setText(f"<b>{label}</b><br>{note}")
            self.help.show()

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for family, functions in FAMILIES.items():
            branch = menu.addMenu(self.tr(family))
            branch.setToolTipsVisible(True)
            if all(function.signature.extended for function in functions):
                self._extended.append(branch.menuAction())
            for function in functions:
                signature = function.signature
                action = branch.addAction(signature.label)
                if signature.extended:
                    self._extended.append(action)
                action.setToolTip(signature.summary)
                example = signature.examples[0].expression if signature.examples else ""
                action.triggered.connect(
                    lambda _checked=False, text=example or f"{signature.name}(": (
                        self.field.insert_text(text)
                    )
                )
        self._not_admitted = menu.addAction(self.tr("Extended functions are not admitted"))
        self._not_admitted.setEnabled(False)
        self._not_admitted.setToolTip(
            self.tr("Admit them in the settings of the connection, as cloud sync has them.")
        )
        return menu


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
