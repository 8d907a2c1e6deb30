"""Documents shared by pages: one undo stack, saves that keep what others saved, no lost drafts."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.directory import ObjectType
from looop_gui.model.scope import ProvisioningScope
from looop_gui.services.services import Services
from looop_gui.setup.mapping_edits import without_mappings
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.page import MappingsPage
from looop_gui.ui.open_documents import OpenDocuments
from looop_gui.ui.scope.page import ScopePage


@pytest.fixture
def connection(services: Services, loop) -> Connection:
    made = Connection(
        "c1",
        "Looop",
        Application.LOOOP,
        TenantConnection("https://acme.looop.co/scim/v2", TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=30),
    )
    return loop.run(services.connections.create(made, "token"))


@pytest.fixture
def document(desk: Desk, connection: Connection, loop) -> ConfigurationDocument:
    return loop.run(desk.documents.open(desk.services, connection.id))


def test_two_pages_edit_one_document_with_one_undo_stack(
    desk: Desk, connection: Connection, loop, qtbot: QtBot
) -> None:
    mappings, scope = MappingsPage(desk, connection.id), ScopePage(desk, connection.id)
    for page in (mappings, scope):
        qtbot.addWidget(page)
        page.show()
    loop.until(lambda: mappings.document is not None and scope.document is not None)
    assert mappings.document is scope.document
    mappings.editors[ObjectType.USER].delete_rows((0,))
    scope.editor.all.click()
    assert scope.document.undo_stack.count() == 2
    mappings.undo()
    assert scope.editor.assigned.isChecked()
    scope.undo()
    assert not mappings.document.modified
    mappings.close()
    scope.close()


def test_settings_saved_elsewhere_meanwhile_stay(
    desk: Desk, document: ConfigurationDocument, loop
) -> None:
    services = desk.services
    document.edit_settings("scope", replace(document.settings, scope=ProvisioningScope.ALL))
    present = loop.run(services.connections.get("c1"))
    other = replace(present.settings, notification_email="ops@example.org")
    loop.run(services.connections.update(replace(present, settings=other)))
    loop.run(desk.documents.save(services, "c1"))
    saved = loop.run(services.connections.get("c1")).settings
    assert saved.scope is ProvisioningScope.ALL
    assert saved.notification_email == "ops@example.org"
    version, before = loop.run(services.mappings.versions("c1"))
    assert loop.run(services.mappings.version("c1", version.number)).settings == saved
    assert loop.run(services.mappings.version("c1", before.number)).settings == other


def test_mappings_and_settings_saved_together_are_one_version(
    desk: Desk, document: ConfigurationDocument, loop
) -> None:
    services = desk.services
    fewer = without_mappings(document.schema, ObjectType.USER, {0})
    document.edit_schema("fewer", fewer)
    document.edit_settings("scope", replace(document.settings, scope=ProvisioningScope.ALL))
    loop.run(desk.documents.save(services, "c1", "Everybody"))
    version, _before = loop.run(services.mappings.versions("c1"))
    assert version.comment == "Everybody"
    assert version.changes[-1] == (
        "Settings: Scope, Sync only assigned users and groups -> Sync all users and groups"
    )
    assert len(version.changes) == 2


def test_what_was_saved_elsewhere_is_taken_over_unless_edits_stand_in_the_way(
    desk: Desk, document: ConfigurationDocument, loop
) -> None:
    services = desk.services
    fewer = without_mappings(document.schema, ObjectType.USER, {0})
    loop.run(services.mappings.save("c1", fewer))
    assert loop.run(desk.documents.reload(services, "c1"))
    assert document.schema == fewer
    assert not document.modified
    document.edit_schema("edit", without_mappings(fewer, ObjectType.USER, {0}))
    loop.run(services.mappings.save("c1", document.saved.schema, "again"))
    loop.run(services.mappings.restore("c1", 0))
    assert not loop.run(desk.documents.reload(services, "c1"))
    assert len(document.schema.user_mapping.attribute_mappings) == 7


def test_undo_survives_what_is_saved_elsewhere(
    desk: Desk, document: ConfigurationDocument, loop
) -> None:
    services = desk.services
    default = document.schema
    fewer = without_mappings(default, ObjectType.USER, {0})
    document.edit_schema("edit", fewer)
    loop.run(desk.documents.save(services, "c1"))
    present = loop.run(services.connections.get("c1"))
    other = replace(present.settings, notification_email="ops@example.org")
    loop.run(services.connections.update(replace(present, settings=other)))
    assert loop.run(desk.documents.reload(services, "c1"))
    assert (document.settings, document.modified) == (other, False)
    loop.run(services.mappings.restore("c1", 0))
    assert loop.run(desk.documents.reload(services, "c1"))
    assert (document.schema, document.modified) == (default, False)
    document.undo_stack.undo()
    assert (document.schema, document.settings) == (fewer, other)
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.schema == default


def test_a_kept_draft_is_one_step_of_undo_and_gone_after_a_save(
    desk: Desk, document: ConfigurationDocument, loop
) -> None:
    services = desk.services
    fewer = without_mappings(document.schema, ObjectType.USER, {1})
    loop.run(services.mappings.save_draft("c1", fewer))
    documents = OpenDocuments()
    again = loop.run(documents.open(services, "c1"))
    assert again.restored
    assert again.schema == fewer
    assert again.undo_stack.count() == 1
    loop.run(documents.save(services, "c1", "kept"))
    assert loop.run(services.mappings.draft("c1")) is None
    assert not again.modified
    assert not again.restored
