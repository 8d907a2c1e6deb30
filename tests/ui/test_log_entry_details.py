"""Details of a log entry: why in or out of scope, every attempt, commands to copy, ways onward."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from looop_gui.ui.sample_argument import SampleArgument

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def places() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def view(desk: Desk, synced, qtbot, loop, places) -> ProvisioningLogView:
    followed = replace(desk, go_to=lambda page, argument: places.append((page, argument)))
    view = ProvisioningLogView(followed, synced.id)
    qtbot.addWidget(view)
    view.resize(1300, 700)
    view.show()
    return view


def open_first(view: ProvisioningLogView, loop, qtbot, status: ProvisioningStatus) -> None:
    qtbot.mouseClick(view.filters.status_chips[status], LEFT)
    loop.until(lambda: view.model.rowCount() and first_status(view) is status)
    row = next(
        at
        for at in range(view.model.rowCount())
        if view.model.row_at(at).object_type is ObjectType.USER
    )
    view.table.selectRow(row)
    wanted = view.model.row_at(row).id
    loop.until(lambda: view.inspector.entry is not None and view.inspector.entry.id == wanted)


def first_status(view: ProvisioningLogView) -> ProvisioningStatus | None:
    row = view.model.row_at(0)
    return row.status if row is not None else None


def show_explanation(view: ProvisioningLogView, loop):
    answers: list = []
    view.inspector.tabs.explain.explained.connect(answers.append)
    view.inspector.tabs.setCurrentWidget(view.inspector.tabs.explain)
    loop.until(lambda: answers)
    return answers[-1]


def words_of(view: ProvisioningLogView) -> str:
    labels = view.inspector.tabs.explain.widget().findChildren(QLabel)
    return "\n".join(label.text() for label in labels)


def test_a_skipped_person_is_explained_with_the_smallest_change(view, loop, qtbot) -> None:
    open_first(view, loop, qtbot, ProvisioningStatus.SKIPPED)
    explanation = show_explanation(view, loop)
    assert not explanation.in_scope
    assert explanation.entry.id == view.inspector.entry.source_id
    words = words_of(view)
    assert "Smallest change" in words
    assert all(step.sentence in words for step in explanation.steps)
    assert all(reason in words for reason in explanation.reasons)


def test_a_created_person_is_explained_as_in_scope(view, loop, qtbot) -> None:
    open_first(view, loop, qtbot, ProvisioningStatus.SUCCESS)
    explanation = show_explanation(view, loop)
    assert explanation.in_scope
    assert "Smallest change" not in words_of(view)


@pytest.mark.parametrize(("line", "start"), [(0, "curl "), (1, "http "), (2, "Invoke-Rest")])
def test_a_request_is_copied_for_each_tool_with_a_place_for_the_token(
    view, services, synced, loop, qtbot, line, start
) -> None:
    token = loop.run(services.connections.token(synced.id)).reveal()
    open_first(view, loop, qtbot, ProvisioningStatus.SUCCESS)
    http = view.inspector.tabs.http
    loop.until(lambda: http.exchange is not None)
    http.copy_button.menu().actions()[line].trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(start)
    assert "LOOOP_TOKEN" in copied
    assert token not in copied


def test_the_history_has_every_cycle_of_the_person(view, services, synced, loop, qtbot) -> None:
    loop.run(services.provisioning.restart(synced.id))
    loop.run(services.provisioning.run_cycle(synced.id))
    open_first(view, loop, qtbot, ProvisioningStatus.SUCCESS)
    loop.until(lambda: view.inspector.history.count() == 2)
    older = view.inspector.history.item(1)
    wanted = older.data(0x0100).id
    view.inspector.tabs.setCurrentWidget(view.inspector.history)
    place = view.inspector.history.visualItemRect(older).center()
    qtbot.mouseClick(view.inspector.history.viewport(), LEFT, pos=place)
    loop.until(lambda: view.inspector.entry.id == wanted)


def test_the_links_lead_to_the_mapping_and_to_on_demand(view, loop, qtbot, places) -> None:
    open_first(view, loop, qtbot, ProvisioningStatus.SUCCESS)
    source_id = view.inspector.entry.source_id
    qtbot.mouseClick(view.inspector.mapping_link, LEFT)
    qtbot.mouseClick(view.inspector.demand_link, LEFT)
    assert places == [
        ("mappings", SampleArgument(ObjectType.USER, source_id)),
        ("on_demand", source_id),
    ]


def test_the_mapping_editor_opens_with_that_person_as_the_sample(window, loop, qtbot, demo) -> None:
    services = window.desk.services
    loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(lambda: window.side_bar.connections.row_of(demo.id) >= 0)
    window.open_connection(demo.id, "provisioning_log")
    view = window.page.view
    open_first(view, loop, qtbot, ProvisioningStatus.SUCCESS)
    source_id = view.inspector.entry.source_id
    qtbot.mouseClick(view.inspector.mapping_link, LEFT)
    loop.until(lambda: getattr(window.page, "editors", None))
    editor = window.page.editors[ObjectType.USER]
    loop.until(lambda: editor.options.people.current == source_id)
    loop.until(lambda: editor.live.people and editor.live.people[0].id == source_id)
