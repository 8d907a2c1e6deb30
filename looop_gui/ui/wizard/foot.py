"""The foot of the wizard: close, the reason why one cannot go on, Back and Next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import ElidedLabel


class WizardFoot(QWidget):
    """Next is disabled only while a reason is shown beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "foot")
        self.close_button = button(theme, self.tr("Keep draft and close"), look="quiet")
        self._icon = IconLabel(theme, "info", Role.TEXT_MUTED)
        self.reason = ElidedLabel("")
        self.reason.setProperty("look", "muted")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.back = button(theme, self.tr("Back"))
        self.next = primary_button(theme, self.tr("Next"))
        self.next.setDefault(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 3 * GRID, 12)
        layout.setSpacing(GRID)
        layout.addWidget(self.close_button)
        layout.addSpacing(GRID)
        layout.addWidget(self._icon)
        layout.addWidget(self.reason, 1)
        layout.addWidget(self.back)
        layout.addWidget(self.next)

    def show_state(self, next_text: str, reason: str, *, has_back: bool) -> None:
        """Show what Next does, or why it cannot be pressed."""
        self.next.setText(next_text)
        self.next.setEnabled(not reason)
        self.next.setToolTip(reason)
        self.next.setAccessibleDescription(reason)
        self.reason.setText(reason)
        self._icon.setVisible(bool(reason))
        self.back.setEnabled(has_back)

    def show_busy(self, words: str) -> None:
        """Nothing can be pressed while this is done."""
        self.show_state(self.next.text(), words, has_back=False)

    def show_live(self) -> None:
        """After *Save* there is only the way on."""
        self.back.hide()
        self.close_button.hide()
        self.show_state(self.tr("Go to the connection"), "", has_back=False)
