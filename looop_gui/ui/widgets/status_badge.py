"""A badge: icon and word in one colour on its soft background."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from looop_gui.ui.signs import Sign
from looop_gui.ui.theme import Theme, mark
from looop_gui.ui.widgets.icon_label import IconLabel


class StatusBadge(QFrame):
    """Shows a `Sign` of `ui/signs.py`; hidden until there is one."""

    def __init__(
        self, theme: Theme, sign: Sign | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._word = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 8, 2)
        layout.setSpacing(5)
        self._icon = IconLabel(theme, "circle-dashed", size=14)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._word)
        self.hide()
        if sign is not None:
            self.show_sign(sign)

    @property
    def word(self) -> str:
        """The word shown."""
        return self._word.text()

    def show_sign(self, sign: Sign, word: str = "") -> None:
        """Show a sign; `word` replaces its own word where a sentence knows more."""
        mark(self, f"badge-{sign.role}")
        mark(self._word, f"on-{sign.role}")
        self._icon.show_icon(sign.icon, sign.role)
        self._word.setText(word or sign.word)
        self.setAccessibleName(self._word.text())
        self.show()
