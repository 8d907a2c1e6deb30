"""User mappings and group mappings: the mapping editor, embedded."""

from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.parts import WizardParts
from looop_gui.ui.wizard.session import WizardSession


class MappingsPage(WizardPage):
    """One page class for both object types."""

    wide = True

    def __init__(
        self, desk: Desk, session: WizardSession, parts: WizardParts, step: SetupStep
    ) -> None:
        self.step = step
        is_user = step is SetupStep.USER_MAPPINGS
        super().__init__(desk.theme, session, *self._words(is_user))
        object_type = ObjectType.USER if is_user else ObjectType.GROUP
        self.editor = parts.mapping_editor(
            desk, session.document, object_type, session.draft.application
        )
        self.body.addWidget(self.editor.widget, 1)
        session.snapshot_read.connect(self.editor.show_snapshot)

    def enter(self) -> None:
        """Have the directory at hand for sample people."""
        self.session.read_source()
        first: QWidget = self.editor.widget
        first.setFocus()

    def _words(self, is_user: bool) -> tuple[str, str]:
        if is_user:
            return (
                self.tr("How do people become users in the target?"),
                self.tr(
                    "Each row fills one attribute of the target. The defaults work; select a row"
                    " to change it and see what it gives for real people."
                ),
            )
        return (
            self.tr("How do groups become groups in the target?"),
            self.tr(
                "Groups are provisioned with their members while this mapping is enabled. Without"
                " it, people are still provisioned."
            ),
        )
