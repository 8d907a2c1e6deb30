"""Scope: assigned or all, and scoping filters; the scope editor, embedded."""

from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.parts import WizardParts
from looop_gui.ui.wizard.session import WizardSession


class ScopePage(WizardPage):
    """Who is provisioned."""

    step = SetupStep.SCOPE
    wide = True

    def __init__(self, desk: Desk, session: WizardSession, parts: WizardParts) -> None:
        super().__init__(
            desk.theme,
            session,
            self.tr("Who is provisioned?"),
            self.tr(
                "Start with those assigned to the application; filters narrow it down further."
                " Who leaves the scope later is disabled in the target."
            ),
        )
        self.editor = parts.scope_editor(desk, session.document)
        self.body.addWidget(self.editor.widget, 1)
        session.snapshot_read.connect(self.editor.show_snapshot)

    def enter(self) -> None:
        """Have the directory at hand for values and counts."""
        self.session.read_source()
        self.editor.widget.setFocus()
