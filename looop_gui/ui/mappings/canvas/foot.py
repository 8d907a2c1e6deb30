"""The foot of the canvas: what the colours mean, where the keyboard is, and zoom by buttons."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.ui.mappings.canvas.view import CanvasView
from looop_gui.ui.signs import MAPPING_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import ElidedLabel, caption

_STEP = 1.15


class CanvasFoot(QWidget):
    """A legend with the icon, the colour and the word of each mapping type; - + and fit.

    `place` says where the keyboard is.
    """

    def __init__(self, theme: Theme, view: CanvasView) -> None:
        super().__init__()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID // 2)
        keys = self.tr(
            "Arrow keys move, Space picks a source up, Enter on a target maps it, Delete deletes."
        )
        self.place = ElidedLabel(keys)
        view.keys.told.connect(self.place.setText)
        whole.addWidget(self.place)
        layout = QHBoxLayout()
        whole.addLayout(layout)
        layout.setSpacing(GRID // 2)
        for sign in MAPPING_SIGNS.values():
            layout.addWidget(IconLabel(theme, sign.icon, sign.role))
            layout.addWidget(caption(sign.word))
            layout.addSpacing(GRID)
        layout.addStretch(1)
        self.smaller = icon_button(
            theme, "minus", self.tr("Zoom out (-)"), lambda: view.zoom(1 / _STEP)
        )
        self.larger = icon_button(theme, "plus", self.tr("Zoom in (+)"), lambda: view.zoom(_STEP))
        self.fit = icon_button(theme, "maximize-2", self.tr("Show everything (0)"), view.fit)
        for button in (self.smaller, self.larger, self.fit):
            layout.addWidget(button)
