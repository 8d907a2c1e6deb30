"""First page: which application, and what the connection is called."""

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QLineEdit

from looop_gui.model.connection import Application
from looop_gui.setup.draft import SetupStep
from looop_gui.setup.steps import problems_of
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.labels import hint, problem, say_problem, strong
from looop_gui.ui.wizard.choice_card import ChoiceCard
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession


class WelcomePage(WizardPage):
    """Demo, Looop or any SCIM application; the choice decides the default mappings."""

    step = SetupStep.WELCOME

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Where should people be provisioned?"),
            self.tr(
                "The application decides which attributes there are and how they are mapped at"
                " first. Everything can be changed later."
            ),
        )
        self._group = QButtonGroup(self)
        self.cards: dict[Application, ChoiceCard] = {}
        for application, icon, heading, sentence in self._choices():
            card = ChoiceCard(theme, self._group, icon, heading, sentence)
            card.radio.toggled.connect(
                lambda on, chosen=application: self._choose(chosen) if on else None
            )
            self.cards[application] = card
            self.body.addWidget(card)
        self.body.addSpacing(GRID)
        label = strong(self.tr("Name"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the connection"))
        self.name.setMaximumWidth(360)
        label.setBuddy(self.name)
        self.name_problem = problem()
        self.body.addWidget(label)
        self.body.addWidget(self.name)
        self.body.addWidget(self.name_problem)
        self.body.addWidget(
            hint(self.tr("How it is called in the list, for example Looop Berlin."))
        )
        self.body.addStretch(1)
        self.name.textEdited.connect(self._rename)
        session.changed.connect(self._show)

    def enter(self) -> None:
        """Show the choice and put the focus on it."""
        self._show()
        self.cards[self.session.draft.application].radio.setFocus()

    def _choices(self) -> tuple[tuple[Application, str, str, str], ...]:
        return (
            (
                Application.DEMO,
                "flask-conical",
                self.tr("Looop demo tenant"),
                self.tr(
                    "A Looop tenant inside this application. Nothing leaves this computer, so"
                    " everything can be tried."
                ),
            ),
            (
                Application.LOOOP,
                "cloud",
                self.tr("Looop"),
                self.tr("Your organization's Looop tenant, with Looop's attributes mapped."),
            ),
            (
                Application.GENERIC,
                "plug",
                self.tr("Generic SCIM application"),
                self.tr("Any service with a SCIM 2.0 endpoint and a bearer token."),
            ),
        )

    def _choose(self, application: Application) -> None:
        self.session.change(self.session.draft.choose(application))

    def _rename(self, text: str) -> None:
        self.session.change(replace(self.session.draft, name=text))

    def _show(self) -> None:
        draft = self.session.draft
        card = self.cards[draft.application]
        if not card.radio.isChecked():
            card.radio.setChecked(True)
        for other in self.cards.values():
            other.show_chosen(other is card)
            other.setEnabled(not draft.existing)
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        found = problems_of(draft, self.session.facts, self.step)
        say_problem(self.name_problem, found[0].sentence if found else "")
