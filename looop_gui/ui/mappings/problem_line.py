"""What is wrong with a field, in sentences, with the change that would mend it one click away."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from looop_gui.expressions.findings import Severity
from looop_gui.setup.lint import MappingFinding, MappingFix
from looop_gui.ui.theme import Theme, mark
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.labels import problem, say_problem


class ProblemLine(QWidget):
    """Hidden while there is nothing to say. `fix_wanted` carries the MappingFix."""

    fix_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = problem()
        self.fix_button = link_button(theme, "", self._fix)
        self._wanted: MappingFix | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.label)
        layout.addWidget(self.fix_button, 0, Qt.AlignmentFlag.AlignLeading)
        self.hide()

    def show_findings(self, findings: Sequence[MappingFinding]) -> None:
        """Show these findings and offer the first fix among them."""
        sentences = [finding.sentence for finding in findings]
        say_problem(self.label, "\n".join(sentences))
        only_warnings = all(finding.severity is Severity.WARNING for finding in findings)
        look = "on-warning" if only_warnings else "problem"
        if self.label.property("look") != look:
            mark(self.label, look)
        fixes = (finding.fix for finding in findings if finding.fix is not None)
        self._wanted = next(fixes, None)
        if self._wanted is not None:
            self.fix_button.setText(self._wanted.title)
        self.fix_button.setVisible(self._wanted is not None)
        self.setVisible(bool(findings))

    def _fix(self) -> None:
        if self._wanted is not None:
            self.fix_wanted.emit(self._wanted)
