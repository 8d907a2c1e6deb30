"""Live results of one mapping: for each sample person the source value and what it becomes."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from looop_gui.services.mapping_preview import ObjectPreview, PreviewValue
from looop_gui.ui.theme import GRID, Theme, mark
from looop_gui.ui.widgets.labels import ElidedLabel, caption

MOST = 5


class ResultList(QFrame):
    """A line a person; `texts` is what it says, for tests and screen readers."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "well")
        self._title = caption(self.tr("Live results"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self._names = [ElidedLabel("") for _ in range(MOST)]
        self._values = [ElidedLabel("") for _ in range(MOST)]
        for row, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            mark(name, "muted")
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
        self.count = QLabel("")
        self.count.setWordWrap(True)
        mark(self.count, "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, GRID, 12, GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._title)
        layout.addLayout(self._grid)
        layout.addWidget(self.count)
        self.count.hide()
        self.texts: tuple[tuple[str, str], ...] = ()

    def show_previews(self, previews: Sequence[ObjectPreview], row: int) -> None:
        """Show what the mapping of that row gives for these people."""
        texts = []
        previews = _without_repetition(previews, row)
        for place in range(MOST):
            shown = place < len(previews) and row < len(previews[place].values)
            for label in (self._names[place], self._values[place]):
                label.setVisible(shown)
            if shown:
                value = previews[place].values[row]
                text, look = self._words(value)
                self._names[place].setText(previews[place].name)
                self._values[place].setText(text)
                source = self.tr("Source: {value}").format(value=value.source or "-")
                self._values[place].setToolTip(f"{text}\n{source}")
                if self._values[place].property("look") != look:
                    mark(self._values[place], look)
                texts.append((previews[place].name, text))
        self.texts = tuple(texts)
        self.setVisible(bool(texts))
        spoken = "; ".join(f"{name}: {text}" for name, text in texts)
        self.setAccessibleName(self.tr("Live results: {values}").format(values=spoken))

    def show_count(self, sentence: str, *, stale: bool = False) -> None:
        """Show how many of the whole directory change; `stale` while it is being counted."""
        self.count.setText(sentence)
        self.count.setVisible(bool(sentence))
        self.count.setEnabled(not stale)

    def _words(self, value: PreviewValue) -> tuple[str, str]:
        if value.problem:
            return value.problem, "on-danger"
        if value.result is None:
            return self.tr("no value: left out"), "muted"
        if value.is_default:
            return self.tr("{value} (default)").format(value=value.result), "on-warning"
        if value.result == "":
            return self.tr("empty text"), "muted"
        return value.result, ""


def _without_repetition(previews: Sequence[ObjectPreview], row: int) -> Sequence[ObjectPreview]:
    """The first person alone where everybody has the same problem, e.g. a mistake in the text."""
    problems = {p.values[row].problem for p in previews if row < len(p.values)}
    return previews[:1] if len(problems) == 1 and "" not in problems else previews
