"""What this application is, its version, where its data lies, and whose work it stands on."""

import platform
from pathlib import Path

from PySide6 import __version__ as qt_version
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui import __version__
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import primary_button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import prose, title


class AboutDialog(QDialog):
    """Opened with `open()`."""

    def __init__(self, theme: Theme, data_folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Looop Provisioning Workbench"))
        self.setFixedWidth(560)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(IconLabel(theme, "workflow", Role.ACCENT, 32))
        head.addWidget(title("Looop Provisioning Workbench"), 1)
        facts = KeyValues()
        facts.show_values(
            (
                (self.tr("Version"), __version__),
                (self.tr("Python and Qt"), f"{platform.python_version()}, Qt {qt_version}"),
                (self.tr("Data folder"), str(data_folder)),
                (self.tr("License"), "MIT"),
                (self.tr("Icons"), self.tr("Lucide (ISC license), parts from Feather (MIT)")),
            )
        )
        words = prose(
            self.tr(
                "Set up, test and run SCIM 2.0 user provisioning from your desk: the way Microsoft "
                "Entra ID provisions people into Looop, step by step and visible."
            )
        )
        close = primary_button(theme, self.tr("Close"), self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(head)
        layout.addWidget(words)
        layout.addWidget(facts)
        layout.addLayout(buttons)
