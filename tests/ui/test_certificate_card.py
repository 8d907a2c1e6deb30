"""The no-op certificate in the window: checked, explained, repaired in the mapping editor."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.connection import Connection
from looop_gui.model.mapping import AttributeDefinition, AttributeMapping, MappingType
from looop_gui.services.services import Services
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.mappings.page import MappingsPage
from looop_gui.ui.overview.certificate_card import CertificateCard
from looop_gui.ui.overview.page import OverviewPage

LEFT = Qt.MouseButton.LeftButton
PHONE = 'phoneNumbers[type eq "work"].value'


async def map_phone(services: Services, demo: Connection) -> None:
    """Map the telephone number, which the tenant keeps in its own spelling from now on."""
    await services.tenants.set_quirk(demo.id, "values-normalised")
    schema = await services.mappings.schema(demo.id)
    mapping = schema.user_mapping
    rows = (
        *mapping.attribute_mappings,
        AttributeMapping(PHONE, MappingType.DIRECT, "telephoneNumber"),
    )
    known = schema.target_user_attributes
    if PHONE not in {one.name for one in known}:
        known = (*known, AttributeDefinition(PHONE))
    await services.mappings.save(
        demo.id,
        replace(
            schema,
            user_mapping=replace(mapping, attribute_mappings=rows),
            target_user_attributes=known,
        ),
    )


@pytest.fixture
def card(synced, window: MainWindow, loop) -> CertificateCard:
    window.show_page("overview")
    assert isinstance(window.page, OverviewPage)
    loop.until(window.page.certificate.isVisible)
    return window.page.certificate


def check(card: CertificateCard, loop, qtbot) -> None:
    """Click the button and wait for a fresh verdict."""
    loop.until(card.check_button.isEnabled)
    card.verdict.setText("")
    qtbot.mouseClick(card.check_button, LEFT)
    loop.until(lambda: card.verdict.text() or card.problem.isVisible())
    loop.until(card.check_button.isEnabled)


def test_nothing_is_offered_before_a_cycle(demo, window: MainWindow, loop) -> None:
    window.show_page("overview")
    page = window.page
    loop.until(lambda: page.statistics.value("job_id"))
    assert not page.certificate.isVisible()


def test_a_second_cycle_that_writes_nothing_is_certified(card, window, loop, qtbot) -> None:
    assert "not checked yet" in card.verdict.text()
    check(card, loop, qtbot)

    assert card.verdict.text() == "A second cycle would send 0 writes."
    assert card.note.text().startswith("checked ")
    assert card.changes.isHidden()


def test_the_attribute_is_named_and_its_repair_goes_into_the_draft(
    demo, services, window, loop, qtbot
) -> None:
    loop.run(map_phone(services, demo))
    loop.run(services.provisioning.run_cycle(demo.id))
    window.show_page("overview")
    card = window.page.certificate
    loop.until(card.isVisible)
    check(card, loop, qtbot)
    assert "would write again: phoneNumbers" in card.verdict.text()
    (opening,) = card.open_buttons
    assert PHONE in opening.accessibleName()

    qtbot.mouseClick(opening, LEFT)
    loop.until(lambda: isinstance(window.page, MappingsPage) and window.page.document is not None)
    page = window.page
    document = page.document
    (row,) = (
        one
        for one in document.schema.user_mapping.attribute_mappings
        if one.target_attribute == PHONE
    )
    assert row.source == 'Replace([telephoneNumber], , "[^0-9+]", , "", , )'
    assert document.modified
    assert loop.run(services.mappings.schema(demo.id)) == document.saved.schema
    table = next(iter(page.editors.values())).table
    loop.until(lambda: table.current_row() >= 0)
    selected = next(iter(page.editors.values())).model.rows[table.current_row()]
    assert selected.target_attribute == PHONE

    page.save()
    loop.until(lambda: not document.modified)
    loop.run(services.provisioning.run_cycle(demo.id))
    again = loop.run(services.provisioning.run_cycle(demo.id))
    assert again.users.updated == 0
    window.show_page("overview")
    loop.until(lambda: "a cycle has run since" in card.note.text())
    check(card, loop, qtbot)
    assert card.verdict.text() == "A second cycle would send 0 writes."


def test_undo_takes_the_proposal_back(demo, services, window, loop, qtbot) -> None:
    loop.run(map_phone(services, demo))
    loop.run(services.provisioning.run_cycle(demo.id))
    window.show_page("overview")
    card = window.page.certificate
    loop.until(card.isVisible)
    check(card, loop, qtbot)
    qtbot.mouseClick(card.open_buttons[0], LEFT)
    loop.until(lambda: isinstance(window.page, MappingsPage) and window.page.document is not None)
    assert "no-op certificate" in window.page.document.undo_stack.undoText()
    window.page.undo()
    assert not window.page.document.modified


def test_a_check_is_cancelled(card, demo, services, loop, qtbot) -> None:
    loop.run(services.tenants.set_fault(demo.id, "latency=20s"))
    qtbot.mouseClick(card.check_button, LEFT)
    loop.until(card.loading.isVisible)
    card.loading._cancel.click()
    loop.until(card.check_button.isEnabled)
    assert card.loading.isHidden()
    assert "not checked yet" in card.verdict.text()
    assert card.problem.isHidden()
    loop.run(services.tenants.set_fault(demo.id, "latency", on=False))


def test_a_tenant_that_is_down_is_said_in_the_card(card, demo, services, loop, qtbot) -> None:
    loop.run(services.tenants.set_fault(demo.id, "html-page=1"))
    check(card, loop, qtbot)
    assert card.problem.isVisible()
    assert "Nothing was written." in card.problem.text()


def test_each_cycle_is_checked_where_the_settings_say_so(
    demo, services, window, loop, qtbot
) -> None:
    services.certificates.start()
    wanted = replace(demo, settings=replace(demo.settings, check_endless_writes=True))
    loop.run(services.connections.update(wanted))
    window.show_page("overview")
    page = window.page
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(lambda: page.certificate.verdict.text() == "A second cycle would send 0 writes.")
    assert page.certificate.isVisible()
