"""Opens the wizard: makes or loads its draft, and hands it the editors of the other folders."""

from dataclasses import replace

from looop_gui.model.connection import Application
from looop_gui.services.services import Services
from looop_gui.setup.draft import DEFAULT_NAMES, SetupDraft, draft_of, schema_text
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.editor import MappingEditor
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from looop_gui.ui.scope.editor import ScopeEditor
from looop_gui.ui.wizard.parts import WizardParts
from looop_gui.ui.wizard.wizard import SetupWizard


async def prepare_draft(
    services: Services,
    connection_id: str = "",
    application: Application = Application.DEMO,
) -> SetupDraft:
    """The draft to open the wizard with.

    Without a connection a fresh one for that application; otherwise the kept draft of that id,
    else the saved connection's settings, to go through them again.
    """
    if not connection_id:
        new_id = services.connections.new_id()
        return SetupDraft(new_id, name=DEFAULT_NAMES[application], application=application)
    for draft in await services.connections.drafts():
        if draft.id == connection_id:
            return replace(draft, resumed=True)
    connection = await services.connections.get(connection_id)
    schema = await services.mappings.schema(connection_id)
    return draft_of(connection, schema_text(schema))


def make_wizard(desk: Desk, draft: SetupDraft) -> SetupWizard:
    """The wizard on that draft, ready to be shown in a window or in the main window's stack."""

    return SetupWizard(desk, draft, WizardParts(MappingEditor, ScopeEditor, _compact_log))


def _compact_log(desk: Desk, connection_id: str) -> ProvisioningLogView:
    return ProvisioningLogView(desk, connection_id, compact=True)
