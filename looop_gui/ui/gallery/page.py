"""*New connection*: choose an application; drafts that wait are offered first."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.connection import Application
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import prose, section
from looop_gui.ui.widgets.page import Page

LOOOP_SITE = "https://www.looop.co/"
ENTRA_GALLERY = "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/AppGalleryBladeV2"
LOOOP_TUTORIAL = "https://learn.microsoft.com/entra/identity/saas-apps/looop-provisioning-tutorial"


class GalleryPage(Page):
    """Emits `application_chosen` with an `Application`, `draft_chosen` with a draft's id."""

    help_topic = "wizard"
    application_chosen = Signal(object)
    draft_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            "",
            parent=parent,
        )
        self.header.set_title(self.tr("New connection"))
        self.header.set_sentence(self.tr("Which application do people get access to?"))
        self._drafts = Card(self.tr("Continue where you stopped"))
        self._drafts.hide()
        self.body.addWidget(self._drafts)
        grid = QGridLayout()
        grid.setSpacing(2 * GRID)
        self.tiles: dict[Application, Tile] = {}
        for column, (application, icon, name, sentence) in enumerate(self._applications()):
            tile = Tile(theme, icon, name, sentence, self._choose(application))
            self.tiles[application] = tile
            grid.addWidget(tile, 0, column)
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self._sign_up_card())
        self.body.addStretch(1)

    def show_drafts(self, drafts: list[tuple[str, str]]) -> None:
        """Offer drafts of set-ups that were not finished: (id, words)."""
        while self._drafts.body.count():
            item = self._drafts.body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for draft_id, words in drafts:
            link = link_button(self.theme, words, self._continue(draft_id))
            self._drafts.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeading)
        self._drafts.setVisible(bool(drafts))

    def _choose(self, application: Application) -> Callable[[], None]:
        return lambda: self.application_chosen.emit(application)

    def _continue(self, draft_id: str) -> Callable[[], None]:
        return lambda: self.draft_chosen.emit(draft_id)

    def _applications(self) -> tuple[tuple[Application, str, str, str], ...]:
        return (
            (
                Application.DEMO,
                "flask-conical",
                self.tr("Looop demo tenant"),
                self.tr(
                    "A Looop tenant inside this application, with a company of made-up people. "
                    "No account, no network: the place to learn and to try things out."
                ),
            ),
            (
                Application.LOOOP,
                "workflow",
                self.tr("Looop"),
                self.tr(
                    "Your organisation's Looop tenant. You need its SCIM endpoint and token, "
                    "which an administrator finds in the account settings."
                ),
            ),
            (
                Application.GENERIC,
                "plug",
                self.tr("Generic SCIM"),
                self.tr(
                    "Any other application with a SCIM 2.0 endpoint and a bearer token. "
                    "Starts with the default mappings of a non-gallery application."
                ),
            ),
        )

    def _sign_up_card(self) -> Card:
        card = Card(self.tr("Sign-up for Looop"), self.tr("the steps that happen in a browser"))
        steps = (
            self.tr(
                "1. In Entra, open Enterprise applications > New application and search for Looop."
            ),
            self.tr(
                "2. Choose Sign-up for Looop: you are taken to Looop; sign in with your work "
                "account and accept the consent."
            ),
            self.tr(
                "3. In Looop, open Account > Account Settings > Authentication > SCIM Integration, "
                "press Reset Token, and copy the SCIM Endpoint and the Token."
            ),
        )
        for step in steps:
            card.body.addWidget(prose(step))
        links = QHBoxLayout()
        for words, address in (
            (self.tr("Entra application gallery"), ENTRA_GALLERY),
            (self.tr("Looop"), LOOOP_SITE),
            (self.tr("Microsoft's tutorial"), LOOOP_TUTORIAL),
        ):
            link = link_button(self.theme, words, _opener(address))
            self.theme.dress(link, "external-link", Role.ACCENT)
            link.setToolTip(address)
            links.addWidget(link)
        links.addStretch(1)
        card.body.addLayout(links)
        return card


def _opener(address: str) -> Callable[[], object]:
    return lambda: QDesktopServices.openUrl(QUrl(address))


class Tile(QFrame):
    """A card that is a button: click, Enter or Space chooses it."""

    def __init__(
        self, theme: Theme, icon: str, name: str, sentence: str, action: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setProperty("look", "tile")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription(sentence)
        self.setMinimumHeight(200)
        self._action = action
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(IconLabel(theme, icon, Role.ACCENT, 32))
        layout.addWidget(section(name))
        words = prose(sentence, muted=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        layout.addWidget(words)
        layout.addStretch(1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if self.rect().contains(event.position().toPoint()):
            self._action()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose it with Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._action()
            return
        super().keyPressEvent(event)
