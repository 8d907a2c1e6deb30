"""The source page: what is shown of an export, and of one that cannot be read."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import SourceType
from looop_gui.model.directory import AttributeValue, SourceProblem
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.setup_wizard import make_wizard, prepare_draft
from looop_gui.ui.wizard.pages.source import SourcePage
from looop_gui.ui.wizard.preview_models import ColumnsModel, TextTableModel, problem_rows

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(desk: Desk, loop, qtbot: QtBot) -> Iterator[SourcePage]:
    draft = loop.run(prepare_draft(desk.services)).at(SetupStep.SOURCE)
    wizard = make_wizard(desk, draft)
    qtbot.addWidget(wizard)
    wizard.resize(1100, 760)
    wizard.show()
    loop.until(lambda: wizard.session.facts.users)
    yield wizard.page
    wizard.close()


def choose_files(qtbot: QtBot, page: SourcePage, folder: Path) -> None:
    qtbot.mouseClick(page.files.radio, LEFT)
    page.panel.folder.clear()
    qtbot.keyClicks(page.panel.folder, str(folder))
    qtbot.keyClick(page.panel.folder, Qt.Key.Key_Return)


def test_the_demo_company_has_the_size_that_is_asked_for(
    page: SourcePage, loop, qtbot: QtBot
) -> None:
    assert "200 people" in page.found.text()
    page.company_size.setValue(40)
    loop.until(lambda: page.session.facts.users == 40)
    assert page.session.draft.source.users == 40


def test_encoding_delimiter_and_defects_are_shown_before_anything_is_used(
    page: SourcePage, loop, qtbot: QtBot, samples: Path
) -> None:
    choose_files(qtbot, page, samples / "directory" / "utf16-semicolons")
    loop.until(lambda: page.panel.columns_model.rowCount() > 0)
    assert "utf-16" in page.panel.encoding.currentText()
    assert "Semicolon" in page.panel.delimiter.currentText()
    choose_files(qtbot, page, samples / "directory" / "portal")
    loop.until(lambda: page.panel.problems_model.rowCount() > 5)
    lines = [page.panel.problems_model.index(r, 1).data() for r in range(3)]
    assert all(line.isdecimal() for line in lines)
    assert page.panel.tabs.tabText(2).startswith("Defects (")
    loop.until(lambda: page.session.facts.users and page.session.facts.users > 1000)


def test_a_column_is_given_another_attribute(
    page: SourcePage, loop, qtbot: QtBot, samples: Path
) -> None:
    choose_files(qtbot, page, samples / "directory" / "portal")
    loop.until(lambda: page.panel.columns_model.rowCount() > 10)
    model = page.panel.columns_model
    headings = [model.index(row, 0).data() for row in range(model.rowCount())]
    row = headings.index("companyName")
    assert model.setData(model.index(row, 1), "extensionAttribute7")
    loop.until(lambda: model.index(row, 1).data() == "extensionAttribute7")
    assert page.session.draft.source.columns == (("companyName", "extensionAttribute7"),)
    loop.until(lambda: "extensionAttribute7" in _first_person(page))
    assert _first_person(page)["extensionAttribute7"] == "Lumenwerk"


def _first_person(page: SourcePage) -> Mapping[str, AttributeValue]:
    """The attributes as last read; a reading of the folder before the change may still arrive."""
    snapshot = page.session.snapshot
    return next(iter(snapshot.users.values())).attributes if snapshot else {}


def test_an_export_without_the_matching_column_blocks_and_says_why(
    page: SourcePage, loop, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("displayName,mail\nAnna,anna@example.org\n")
    choose_files(qtbot, page, tmp_path)
    loop.until(lambda: not page.panel.problem.isHidden())
    wizard = page.window()
    loop.until(lambda: not wizard.foot.next.isEnabled() and page.session.facts.source_problem)
    assert wizard.foot.reason.text() == page.session.facts.source_problem


@pytest.mark.parametrize("missing", ["no-such-folder", ""])
def test_a_folder_that_cannot_be_read_is_told_beside_the_field(
    page: SourcePage, loop, qtbot: QtBot, tmp_path: Path, missing: str
) -> None:
    choose_files(qtbot, page, tmp_path / missing)
    loop.until(lambda: not page.panel.problem.isHidden())
    assert page.panel.problem.text()
    assert not page.window().foot.next.isEnabled()


def test_a_dropped_file_stands_for_its_folder(
    page: SourcePage, loop, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    shutil.copytree(samples / "directory" / "windows-1252-tabs", tmp_path / "export")
    qtbot.mouseClick(page.files.radio, LEFT)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "export" / "users.csv"))])
    event = QDropEvent(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        data,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    page.panel.dropEvent(event)
    assert page.session.draft.source.folder == str(tmp_path / "export")
    loop.until(lambda: "Tab" in page.panel.delimiter.currentText())


def test_going_back_to_the_demo_keeps_the_folder(
    page: SourcePage, loop, qtbot: QtBot, samples: Path
) -> None:
    folder = samples / "directory" / "graph-json"
    choose_files(qtbot, page, folder)
    loop.until(lambda: page.session.facts.users and page.session.facts.users < 200)
    qtbot.mouseClick(page.demo.radio, LEFT)
    loop.until(lambda: page.session.facts.users == 200)
    qtbot.mouseClick(page.files.radio, LEFT)
    assert page.session.draft.source.type is SourceType.FILES
    assert page.panel.folder.text() == str(folder)


def test_the_tables_keep_qts_rules(qapp) -> None:
    model = TextTableModel(("File", "Line", "What is wrong"))
    columns = ColumnsModel(("Column", "Attribute", "First row"))
    testers = [
        QAbstractItemModelTester(each, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for each in (model, columns)
    ]
    model.show_rows(problem_rows([SourceProblem("users.csv", 7, "No id.")]))
    columns.show_rows([("UPN", "userPrincipalName", "a@b")])
    told: list[tuple[str, str]] = []
    columns.attribute_changed.connect(lambda *pair: told.append(pair))
    assert columns.setData(columns.index(0, 1), "mail")
    assert told == [("UPN", "mail")]
    assert model.index(0, 1).data() == "7"
    assert all(tester.model() is not None for tester in testers)
