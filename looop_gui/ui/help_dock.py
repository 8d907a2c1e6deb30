"""The help of a page in a dock: Markdown of `resources/help`, the same as on the site."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDockWidget, QTextBrowser, QVBoxLayout, QWidget

from looop_gui import resources
from looop_gui.ui.theme import GRID


class HelpDock(QDockWidget):
    """`show_topic` opens the page of that name; links between help pages work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle(self.tr("Help"))
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.browser = QTextBrowser()
        self.browser.setProperty("look", "page")
        self.browser.setAccessibleName(self.tr("Help text"))
        self.browser.setOpenLinks(False)
        self.browser.document().setDocumentMargin(2 * GRID)
        self.browser.anchorClicked.connect(self._follow)
        body = QWidget()
        body.setProperty("look", "surface")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        self.setWidget(body)
        self.setMinimumWidth(320)
        self.topic = ""
        self.hide()

    def show_topic(self, topic: str) -> None:
        """Show the help page of that name; an unknown one shows the table of contents."""
        known = resources.path("help", f"{topic}.md").exists()
        self.topic = topic if known else "index"
        self.browser.setMarkdown(resources.read_text("help", f"{self.topic}.md"))
        self.browser.moveCursor(self.browser.textCursor().MoveOperation.Start)
        self.show()
        self.raise_()

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https", "mailto"):
            QDesktopServices.openUrl(url)
            return
        name = url.path().rsplit("/", 1)[-1].removesuffix(".md")
        if name:
            self.show_topic(name)
