"""The shared widgets as a person uses them."""

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from looop_gui.model.errors import StoreFullError
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui.palettes import Role
from looop_gui.ui.side_bar import SideBar
from looop_gui.ui.signs import STATUS_SIGNS
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.chart import Bar, BarChart, LineChart
from looop_gui.ui.widgets.checklist import Checklist, ChecklistItem, CheckState
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.copy_field import CopyField
from looop_gui.ui.widgets.error_panel import ErrorPanel
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.font_warming import FontWarming
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import ElidedLabel, prose
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.number_field import NumberField
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.status_badge import StatusBadge
from looop_gui.ui.widgets.toast import Toast

LEFT = Qt.MouseButton.LeftButton


def test_a_search_speaks_when_the_typing_rests(theme, qtbot) -> None:
    field = SearchField(theme, "Search people")
    qtbot.addWidget(field)
    spoken: list[str] = []
    field.searched.connect(spoken.append)
    qtbot.keyClicks(field, "ann ")
    assert not spoken
    qtbot.waitUntil(lambda: spoken == ["ann"])


def test_enter_searches_at_once_and_the_same_words_only_once(theme, qtbot) -> None:
    field = SearchField(theme, "Search people")
    qtbot.addWidget(field)
    spoken: list[str] = []
    field.searched.connect(spoken.append)
    qtbot.keyClicks(field, "ann")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert spoken == ["ann"]


def test_what_destroys_production_asks_for_its_name(theme, qtbot) -> None:
    done: list[bool] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ConfirmDialog(
        theme,
        parent,
        question="Delete Contoso?",
        sentence="All of it.",
        verb="Delete",
        on_confirm=lambda: done.append(True),
        name_to_type="Contoso",
    )
    dialog.open()
    assert not dialog.confirm_button.isEnabled()
    qtbot.keyClicks(dialog.name_field, "contoso")
    assert not dialog.confirm_button.isEnabled()
    dialog.name_field.clear()
    qtbot.keyClicks(dialog.name_field, "Contoso")
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    assert done == [True]


def test_cancel_confirms_nothing(theme, qtbot) -> None:
    done: list[bool] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ConfirmDialog(
        theme,
        parent,
        question="Delete?",
        sentence="All.",
        verb="Delete",
        on_confirm=lambda: done.append(True),
    )
    dialog.open()
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert not done


def test_an_error_says_what_why_what_is_safe_and_what_next(theme, qtbot) -> None:
    panel = ErrorPanel(theme)
    qtbot.addWidget(panel)
    retried: list[bool] = []
    error = StoreFullError("The disk is full.", safe="All is kept.", next_step="Make room.")
    panel.show_error(error, retry=lambda: retried.append(True), details="at step 3")
    qtbot.mouseClick(panel.copy_button, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == ["The disk is full.", "All is kept.", "Make room.", "at step 3"]
    qtbot.mouseClick(panel.retry_button, LEFT)
    assert retried == [True]


def test_a_banner_leads_on_and_can_be_closed(theme, qtbot) -> None:
    banner = Banner(theme)
    qtbot.addWidget(banner)
    led: list[bool] = []
    banner.say(
        Tone.WARNING,
        "The token was refused.",
        action="Settings",
        on_action=lambda: led.append(True),
    )
    assert banner.isVisible()
    qtbot.mouseClick(next(b for b in banner.findChildren(QPushButton) if b.text()), LEFT)
    assert led == [True]
    banner.clear()
    assert banner.isHidden()


def test_a_checklist_fills_in_place(theme, qtbot) -> None:
    checklist = Checklist(theme)
    qtbot.addWidget(checklist)
    for identifier in ("url", "name"):
        checklist.put(ChecklistItem(identifier, identifier.title()))
    checklist.put(ChecklistItem("url", "Url", CheckState.FAILED, "No host.", "Type one."))
    assert [item.identifier for item in checklist.items] == ["url", "name"]
    assert checklist.items[0].state is CheckState.FAILED


def test_long_text_is_whole_on_hover(qtbot) -> None:
    label = ElidedLabel("a very long identifier that does not fit anywhere")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(800, 20)
    assert label.toolTip() == ""


def test_prose_stays_readable_in_a_wide_window(qtbot) -> None:
    label = prose("word " * 100)
    qtbot.addWidget(label)
    label.resize(2000, 200)
    label.show()
    text_width = label.contentsRect().width()
    assert text_width <= label.fontMetrics().averageCharWidth() * 80


def test_chips_wrap_where_there_is_no_room(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    flow = FlowLayout(widget)
    for number in range(6):
        flow.addWidget(QPushButton(f"Chip number {number}"))
    one_line = flow.heightForWidth(2000)
    assert flow.heightForWidth(200) > 2 * one_line


def test_a_wheel_over_a_number_changes_nothing(qtbot) -> None:
    field = NumberField("Interval", 1, 100, "minutes")
    qtbot.addWidget(field)
    field.setValue(40)
    field.show()
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)
    assert field.value() == 40
    assert field.text() == "40 minutes"


def test_a_secret_is_hidden_until_it_is_asked_for(theme, qtbot) -> None:
    field = CopyField(theme, "Token", secret=True)
    qtbot.addWidget(field)
    field.set_text("s3cret")
    assert field.field.displayText() != "s3cret"
    qtbot.mouseClick(field.eye, LEFT)
    assert field.field.displayText() == "s3cret"
    qtbot.mouseClick(field.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == "s3cret"


def test_a_toast_offers_undo_once(theme, qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    toast = Toast(window)
    undone: list[bool] = []
    toast.say("Ann was deleted.", "Undo", lambda: undone.append(True))
    qtbot.mouseClick(toast.findChild(QPushButton), LEFT)
    assert undone == [True]
    assert toast.isHidden()


def test_short_work_shows_no_bar(theme, qtbot) -> None:
    bar = LoadingBar(theme)
    qtbot.addWidget(bar)
    bar.begin("Reading")
    bar.end()
    qtbot.wait(250)
    assert bar.isHidden()


def test_long_work_says_what_it_does_and_can_be_cancelled(theme, qtbot) -> None:
    bar = LoadingBar(theme)
    qtbot.addWidget(bar)
    cancelled: list[bool] = []
    bar.begin("Reading the directory", lambda: cancelled.append(True))
    qtbot.waitUntil(bar.isVisible)
    qtbot.mouseClick(bar.findChild(QPushButton), LEFT)
    assert cancelled == [True]


def test_values_are_replaced_not_added(qtbot) -> None:
    values = KeyValues()
    qtbot.addWidget(values)
    values.show_values((("mail", "a@x"), ("id", "1" * 80)))
    values.show_values((("mail", "b@x"),))
    assert values.values == (("mail", "b@x"),)


def test_a_badge_has_a_word_besides_its_colour(theme, qtbot) -> None:
    badge = StatusBadge(theme, STATUS_SIGNS[ProvisioningStatus.FAILURE])
    qtbot.addWidget(badge)
    assert badge.word == "Failure"
    assert badge.accessibleName() == "Failure"


def test_bars_can_be_chosen_and_lines_forget_the_oldest(theme, qtbot) -> None:
    bars = BarChart(theme, "Cycles")
    qtbot.addWidget(bars)
    bars.resize(200, 80)
    bars.show_bars([Bar("one", ((3.0, Role.SUCCESS),), "three"), Bar("two", (), "none")])
    bars.show()
    bars.grab()
    chosen: list[str] = []
    bars.chosen.connect(chosen.append)
    qtbot.mouseClick(bars, LEFT, pos=QPoint(5, 70))
    qtbot.mouseClick(bars, LEFT, pos=QPoint(19, 70))
    assert chosen == ["one", "two"]
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(bars, key)
    assert chosen == ["one", "two", "one", "two"]
    assert bars.accessibleDescription() == "none"
    line = LineChart(theme, "Rate", Role.ACCENT, "req/s")
    qtbot.addWidget(line)
    for value in range(line.capacity + 10):
        line.append(float(value))
    assert len(line.values) == line.capacity
    assert line.values[0] == 10.0


def test_fonts_of_other_scripts_are_looked_up_one_at_a_time_and_then_it_rests(
    theme, loop, qtbot
) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    warming = FontWarming(widget)
    assert not warming.ended
    loop.until(lambda: warming.ended and not warming.findChild(QTimer).isActive())


def test_a_cell_icon_is_the_same_picture_in_one_size(theme) -> None:
    size = QSize(16, 16)
    quick, whole = (make("plus", Role.INFO) for make in (theme.cell_icon, theme.icon))
    assert quick.pixmap(size, 1.0).toImage() == whole.pixmap(size, 1.0).toImage()
    assert theme.cell_icon("plus", Role.INFO) is quick


def test_the_button_for_a_new_connection_is_elided_not_cut(theme, qtbot, monkeypatch) -> None:
    german = "Neue Verbindung zu einer Anwendung hinzufuegen"
    monkeypatch.setattr(SideBar, "tr", lambda _bar, words: german)
    bar = SideBar(theme)
    qtbot.addWidget(bar)
    bar.resize(bar.width(), 600)
    bar.show()
    new = bar.findChild(QPushButton)

    assert new.text().endswith("…")
    assert new.toolTip() == new.accessibleName() == german
    assert new.sizeHint().width() <= new.width()
    bar.set_collapsed(True)
    assert new.text() == ""
