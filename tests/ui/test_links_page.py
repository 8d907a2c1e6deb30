"""Links as a person uses them: searched, compared, broken, put back, repaired, made by hand."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QPushButton

from looop_gui.engine.link_comparison import ComparisonState
from looop_gui.model.directory import ObjectType
from looop_gui.services.account_discovery import AccountState
from looop_gui.services.link_comparison import LinkPage, LinkRow, SideState
from looop_gui.services.roster import read_roster
from looop_gui.ui.links.link_dialog import LinkDialog
from looop_gui.ui.links.link_model import TARGET, LinkModel
from looop_gui.ui.links.page import LinksPage
from looop_gui.ui.links.source_list import source_data
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.growing_rows import PAGE_ROWS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(synced, window: MainWindow, loop) -> LinksPage:
    window.show_page("links")
    page = window.page
    assert isinstance(page, LinksPage)
    loop.until(lambda: page.links.model.rowCount() > 0)
    return page


def select_person(page: LinksPage, loop) -> LinkRow:
    """The first person of the list, compared."""
    model = page.links.model
    rows = (model.row_at(at) for at in range(model.rowCount()))
    row = next(row for row in rows if row and row.link.object_type is ObjectType.USER)
    page.links.table.selectRow(model.row_of(row.link.source_id))
    loop.until(
        lambda: (
            page.links.inspector.comparison is not None
            and page.links.inspector.comparison.link.source_id == row.link.source_id
        )
    )
    return row


def read_accounts(page: LinksPage, loop, qtbot) -> None:
    page.tabs.setCurrentWidget(page.accounts)
    qtbot.mouseClick(page.accounts.empty.button, LEFT)
    loop.until(lambda: page.accounts.discovery is not None)


def held(services, loop, connection, source_id):
    return loop.run(services.links.held(connection.id, source_id))


def undo_of(window: MainWindow, loop) -> QPushButton:
    """The button of the note that is shown."""

    def found() -> list[QPushButton]:
        buttons = window.findChildren(QPushButton)
        return [one for one in buttons if one.text() == "Undo" and one.isVisible()]

    loop.until(found)
    return found()[0]


def test_links_are_searched_and_narrowed(page, loop, qtbot) -> None:
    model = page.links.model
    total = model.rowCount()
    name = model.row_at(3).source_name
    qtbot.keyClicks(page.links.search, name)
    loop.until(lambda: 0 < model.rowCount() < total)
    assert any(model.row_at(at).source_name == name for at in range(model.rowCount()))
    page.links.search.clear()
    loop.until(lambda: model.rowCount() == total)
    qtbot.mouseClick(page.links.type_chips[ObjectType.GROUP], LEFT)
    loop.until(lambda: 0 < model.rowCount() < total)
    kinds = {model.row_at(at).link.object_type for at in range(model.rowCount())}
    assert kinds == {ObjectType.GROUP}


def test_a_link_after_a_cycle_has_no_differences(page, loop) -> None:
    select_person(page, loop)
    comparison = page.links.inspector.comparison
    assert comparison.differences == 0
    assert "Both sides agree" in page.links.inspector.sentence.text()
    assert page.links.inspector.model.rowCount() == len(comparison.rows)


def test_a_changed_person_differs_until_repaired(
    page, synced, services, window, loop, qtbot
) -> None:
    row = select_person(page, loop)
    source_id = row.link.source_id
    loop.run(
        services.directory.edit(
            synced.id, lambda editor: editor.change_attribute(source_id, "givenName", "Zenobia")
        )
    )
    page.links.inspector.show_row(row)
    loop.until(lambda: page.links.inspector.comparison.differences > 0)
    first = page.links.inspector.model.row_at(0)
    assert first.state is ComparisonState.DIFFERENT
    assert first.expected == "Zenobia"
    loop.until(page.links.inspector.repair_button.isEnabled)
    qtbot.mouseClick(page.links.inspector.repair_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    assert dialog.name_field.isHidden()
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: page.links.inspector.comparison.differences == 0)


def test_an_unlinked_person_is_put_back_as_before(
    page, synced, services, window, loop, qtbot
) -> None:
    row = select_person(page, loop)
    before = held(services, loop, synced, row.link.source_id)
    total = page.links.model.rowCount()
    qtbot.mouseClick(page.links.inspector.unlink_button, LEFT)
    loop.until(lambda: page.links.model.rowCount() == total - 1)
    assert held(services, loop, synced, row.link.source_id) is None
    assert page.links.inspector.isHidden()
    qtbot.mouseClick(undo_of(window, loop), LEFT)
    loop.until(lambda: page.links.model.rowCount() == total)
    assert held(services, loop, synced, row.link.source_id) == before


def test_matching_again_keeps_the_account_that_matches(
    page, synced, services, window, loop, qtbot
) -> None:
    row = select_person(page, loop)
    qtbot.mouseClick(page.links.inspector.rematch_button, LEFT)
    undo_of(window, loop)
    assert held(services, loop, synced, row.link.source_id).target_id == row.link.target_id


def test_a_production_connection_asks_for_its_name(synced, services, loop, qtbot, request) -> None:
    loop.run(services.connections.update(replace(synced, production=True)))
    window, page = request.getfixturevalue("window"), request.getfixturevalue("page")
    row = select_person(page, loop)
    qtbot.mouseClick(page.links.inspector.unlink_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    assert not dialog.confirm_button.isEnabled()
    assert held(services, loop, synced, row.link.source_id) is not None
    qtbot.keyClicks(dialog.name_field, synced.name)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: page.links.model.row_of(row.link.source_id) == -1)
    assert held(services, loop, synced, row.link.source_id) is None


def test_the_accounts_of_the_rows_are_read_when_asked(page, loop, qtbot) -> None:
    model = page.links.model
    assert model.target_state(model.row_at(0)) == (SideState.ACTIVE, False)
    qtbot.mouseClick(page.links.check_button, LEFT)
    loop.until(lambda: model.target_state(model.row_at(0))[1])
    assert model.target_state(model.row_at(0))[0] is SideState.ACTIVE
    assert model.index(0, TARGET).data() == "Active"


def test_accounts_are_read_and_counted(page, loop, qtbot) -> None:
    read_accounts(page, loop, qtbot)
    accounts = page.accounts
    number = accounts.model.rowCount()
    assert number > 0
    linked = accounts.state_chips[AccountState.LINKED]
    assert linked.text() == f"Linked ({number})"
    qtbot.mouseClick(accounts.state_chips[AccountState.LOCAL], LEFT)
    assert accounts.model.rowCount() == 0
    accounts.table.selectRow(0)
    assert not accounts.link_button.isEnabled()


@pytest.fixture
def loose(page, synced, services, loop, qtbot):
    """The account of somebody who was unlinked, selected, and a person who has no account."""
    row = select_person(page, loop)
    loop.run(services.links.unlink(synced.id, row.link.source_id))
    read_accounts(page, loop, qtbot)
    roster = loop.run(read_roster(services, synced.id))
    stranger = next(
        one.entry
        for one in roster.rows
        if one.entry.object_type is ObjectType.USER and not one.in_scope
    )
    return row.link, stranger


def test_a_person_is_dragged_onto_an_account(
    page, loose, synced, services, window, loop, qtbot
) -> None:
    link, stranger = loose
    accounts = page.accounts
    at = accounts.model.row_of(link.target_id)
    assert accounts.model.row_at(at).state is AccountState.MATCHING
    index = accounts.model.index(at, 0)
    accounts.table.scrollTo(index)
    drop(accounts.table, accounts.table.visualRect(index).center(), source_data(stranger))
    loop.until(lambda: accounts.model.row_at(at).state is AccountState.LINKED)
    assert held(services, loop, synced, stranger.id).target_id == link.target_id
    qtbot.mouseClick(undo_of(window, loop), LEFT)
    loop.until(lambda: accounts.model.row_at(at).state is AccountState.MATCHING)
    assert held(services, loop, synced, stranger.id) is None


def test_a_linked_account_takes_nothing(page, loose, synced, services, loop) -> None:
    _link, stranger = loose
    accounts = page.accounts
    rows = range(accounts.model.rowCount())
    at = next(at for at in rows if accounts.model.row_at(at).state is AccountState.LINKED)
    index = accounts.model.index(at, 0)
    accounts.table.scrollTo(index)
    drop(accounts.table, accounts.table.visualRect(index).center(), source_data(stranger))
    assert not accounts.model.canDropMimeData(
        source_data(stranger), Qt.DropAction.CopyAction, -1, -1, index
    )
    assert held(services, loop, synced, stranger.id) is None


def test_an_account_is_linked_by_keyboard_alone(
    page, loose, synced, services, window, loop, qtbot
) -> None:
    link, _stranger = loose
    accounts = page.accounts
    at = accounts.model.row_of(link.target_id)
    accounts.table.selectRow(at)
    assert accounts.link_button.isEnabled()
    accounts.table.setFocus()
    qtbot.keyClick(accounts.table, Qt.Key.Key_Return)
    dialog = window.findChild(LinkDialog)
    loop.until(lambda: dialog.sources.found.count() > 0)
    assert dialog.sources.current.id == link.source_id
    qtbot.keyClick(dialog.sources.found, Qt.Key.Key_Return)
    loop.until(lambda: accounts.model.row_at(at).state is AccountState.LINKED)
    assert held(services, loop, synced, link.source_id).target_id == link.target_id


def test_a_tenant_that_does_not_answer_is_told(page, synced, services, loop, qtbot) -> None:
    loop.run(services.tenants.stop(synced.id))
    page.tabs.setCurrentWidget(page.accounts)
    qtbot.mouseClick(page.accounts.empty.button, LEFT)
    loop.until(page.banner.isVisible)
    assert page.accounts.read_button.isEnabled()
    assert page.accounts.discovery is None


def test_reading_is_cancelled(page, synced, services, loop, qtbot) -> None:
    loop.run(services.tenants.set_fault(synced.id, "latency=20s", True))
    page.tabs.setCurrentWidget(page.accounts)
    qtbot.mouseClick(page.accounts.empty.button, LEFT)
    loop.until(page.accounts.loading.isVisible)
    cancel = page.accounts.loading.findChild(QPushButton)
    qtbot.mouseClick(cancel, LEFT)
    loop.until(page.accounts.read_button.isEnabled)
    assert page.accounts.discovery is None
    assert page.accounts.loading.isHidden()


def test_before_the_first_cycle_nothing_is_linked(demo, window, loop) -> None:
    window.show_page("links")
    loop.until(window.page.links.empty.isVisible)
    assert not window.page.links.check_button.isEnabled()


def test_links_are_paged_and_the_models_keep_their_contract(
    page, loose, theme, loop, qtbot
) -> None:
    row = page.links.model.row_at(0)

    class ManyLinks:
        async def links(self, _id, _text, _kind, *, offset: int, limit: int) -> LinkPage:
            rows = tuple(
                replace(row, link=structs.replace(row.link, source_id=str(at)))
                for at in range(offset, min(offset + limit, 450))
            )
            return LinkPage(450, rows)

    model = LinkModel(theme, ManyLinks(), "many", page)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [
        QAbstractItemModelTester(one, mode)
        for one in (model, page.accounts.model, page.links.inspector.model)
    ]
    model.read("", None)
    loop.until(lambda: model.rowCount() >= PAGE_ROWS)

    def all_read() -> bool:
        model.fetchMore(QModelIndex())
        return model.rowCount() == 450

    loop.until(all_read)
    assert not model.canFetchMore(QModelIndex())
    model.show_states({"3": SideState.GONE})
    assert model.index(3, TARGET).data() == "Gone"
    page.accounts.model.narrow("a", None)
    page.accounts.model.show_link(loose[0].source_id, loose[0])
    page.links.inspector.model.show_rows(())
    assert len(testers) == 3


def drop(table, where: QPoint, data) -> None:
    """Drag something over the table and let it go."""
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(where, action, data, buttons, keys),
        QDragMoveEvent(where, action, data, buttons, keys),
        QDropEvent(QPointF(where), action, data, buttons, keys),
    ):
        QApplication.sendEvent(table.viewport(), event)
