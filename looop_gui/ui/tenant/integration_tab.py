"""*SCIM Integration* of the admin console: endpoint, token shown once, Reset Token."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from looop_gui.ui import formats
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.copy_field import CopyField
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import caption, prose


class IntegrationTab(QScrollArea):
    """`reset_wanted` asks for a new token, `use_wanted` to use the shown one in the connection."""

    reset_wanted = Signal()
    use_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.endpoint = CopyField(theme, self.tr("SCIM Endpoint"))
        self.token = CopyField(theme, self.tr("Token"), secret=True)
        self.token_note = prose("", muted=True)
        self.reset_button = button(theme, self.tr("Reset Token"), icon="rotate-cw")
        self.reset_button.clicked.connect(lambda _on: self.reset_wanted.emit())
        self.use_button = button(theme, self.tr("Use it in this connection"), icon="key-round")
        self.use_button.clicked.connect(lambda _on: self.use_wanted.emit(self.token.text))
        self.facts = KeyValues()
        self._lay_out()
        self.hide_token()

    def show_tenant(
        self, endpoint: str, organisation_domain: str, users: int, groups: int, preset: str
    ) -> None:
        """Show where the tenant is and what it holds."""
        self.endpoint.set_text(endpoint)
        self.facts.show_values(
            (
                (self.tr("Organisation domain"), organisation_domain),
                (self.tr("Users"), formats.count(users)),
                (self.tr("Groups"), formats.count(groups)),
                (self.tr("Conduct"), preset),
            )
        )

    def show_token(self, token: str) -> None:
        """Show a new token; it is shown this once."""
        self.token.set_text(token)
        self.token.show()
        self.use_button.show()
        self.token_note.setText(
            self.tr(
                "Copy it now: it is not shown again. The former token is refused from now on, so "
                "the connection needs the new one."
            )
        )

    def hide_token(self) -> None:
        """No token to show."""
        self.token.set_text("")
        self.token.hide()
        self.use_button.hide()
        self.token_note.setText(
            self.tr("The token was shown when it was made. Reset Token makes a new one.")
        )

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("look", "page")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(
            caption(self.tr("Account  >  Account Settings  >  Authentication  >  SCIM Integration"))
        )
        card = Card(self.tr("SCIM Integration"))
        card.body.addWidget(caption(self.tr("SCIM Endpoint")))
        card.body.addWidget(self.endpoint)
        card.body.addSpacing(GRID)
        card.body.addWidget(caption(self.tr("Token")))
        card.body.addWidget(self.token)
        card.body.addWidget(self.token_note)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.use_button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        layout.addWidget(card)
        about = Card(self.tr("This tenant"))
        about.body.addWidget(self.facts)
        layout.addWidget(about)
        layout.addStretch(1)
        self.setWidget(inner)
