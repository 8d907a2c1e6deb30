"""A plan to be read: from its sentence to patterns, to people, to attributes, to the requests."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from looop_gui.engine.plan_consequences import if_left_out
from looop_gui.engine.plan_patterns import PlanPattern, has_pattern, plan_patterns, plan_sentence
from looop_gui.engine.plan_thinning import referring_rows, thinned
from looop_gui.engine.readable_plan import readable_request
from looop_gui.model.plan import Plan, PlannedObject, objecting_guards
from looop_gui.services.plan_page import request_text
from looop_gui.ui import formats
from looop_gui.ui.dialects import dialect_word
from looop_gui.ui.log_entry.entry_tabs import PropertiesTab
from looop_gui.ui.plan.columns import PlanColumns
from looop_gui.ui.plan.guards_card import GuardsCard
from looop_gui.ui.plan.left_alone_card import LeftAloneCard
from looop_gui.ui.plan.plan_model import CHANGES, NAME, REQUESTS, PlanModel
from looop_gui.ui.signs import ACTION_SIGNS
from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import ElidedLabel, caption, prose, section
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.scroll import put_into
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.table import Table

PATTERN_ROLE = Qt.ItemDataRole.UserRole
MOST_PATTERNS = 200


class PlanReview(QWidget):
    """Shows a plan; rows are left out, and what the guards object to is allowed.

    `changed` says that something was left out or allowed. `on_reject` gives the plan up.
    """

    changed = Signal()

    def __init__(self, theme: Theme, on_reject: Callable[[], object]) -> None:
        super().__init__()
        self._theme = theme
        self.plan: Plan | None = None
        self._kept: Plan | None = None
        self.sentence = section("")
        self.sentence.setWordWrap(True)
        self.facts = caption("")
        self.guards = GuardsCard(theme, on_reject)
        self.left_alone = LeftAloneCard(theme)
        self.patterns = PlainList(self.tr("Patterns of changes"))
        self.search = SearchField(theme, self.tr("Person or group"))
        self.model = PlanModel(theme, self)
        self.table = Table(self.tr("Objects of the plan"))
        self.table.show_model(
            self.model, (170, 96, 84, 0), optional=(REQUESTS, CHANGES), sharing=(NAME, CHANGES)
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.left_out = caption("")
        self.consequences = prose("")
        self.consequences.setAccessibleName(self.tr("What follows from leaving out"))
        self.name = ElidedLabel("")
        self.name.setProperty("look", "section")
        self.reason = prose("")
        self.properties = PropertiesTab(theme)
        self.request = _request_field(self.tr("Requests"))
        self._lay_out()
        self._connect()

    def show_plan(self, plan: Plan) -> None:
        """Show a plan with nothing left out."""
        self.plan = self._kept = plan
        self.model.left_out.clear()
        self.model.show_kept(None)
        self.sentence.setText(plan_sentence(plan))
        self._say_facts(plan)
        self.guards.show_plan(plan)
        self.left_alone.show_plan(plan)
        self.columns.setVisible(bool(plan.objects))
        self._show_patterns(plan)
        self._show_rows()
        self._say_left_out()

    def clear(self) -> None:
        """Show nothing any more."""
        self.plan = self._kept = None
        self.model.show_rows(())

    def kept(self) -> Plan | None:
        """The plan without what was left out and without what follows from that."""
        return self._kept

    def is_stopped(self) -> bool:
        """Whether a guard objects to what is left and is not allowed to pass."""
        if self.plan is None or self.guards.allowed:
            return False
        return bool(objecting_guards(self.plan, self.model.left_out))

    def _say_facts(self, plan: Plan) -> None:
        requests = sum(len(planned.requests) for planned in plan.objects)
        words = self.tr("Requests: {0}. Dialect: {1}. {2} cycle, planned at {3}.")
        if plan.undo is not None:
            words = self.tr("Requests: {0}. Dialect: {1}. Planned at {3}.")
        self.facts.setText(
            words.format(
                formats.count(requests),
                dialect_word(plan.dialect),
                self.tr(plan.kind.value.capitalize()),
                formats.day_and_time(plan.made),
            )
        )
        self.facts.setToolTip(formats.utc(plan.made))

    def _connect(self) -> None:
        self.search.searched.connect(self._show_rows)
        self.patterns.currentItemChanged.connect(self._show_rows)
        self.model.left_out_changed.connect(self._take_left_out)
        self.guards.allowed_changed.connect(self.changed)
        self.table.selectionModel().currentRowChanged.connect(self._show_object)
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.table)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self._toggle)

    def _take_left_out(self) -> None:
        if self.plan is not None:
            self._kept = thinned(self.plan, self.model.left_out)
        self.model.show_kept(self._kept)
        self._show_object()
        self.guards.show_left_out(self.model.left_out)
        self._say_left_out()
        self.changed.emit()

    def _say_left_out(self) -> None:
        number = len(self.model.left_out)
        words = self.tr("{0} left out.") if number else self.tr("Nothing is left out.")
        how = self.tr("The space bar leaves out the selected row.")
        self.left_out.setText(f"{words.format(formats.count(number))} {how}")
        follows = self._kept.consequences if self._kept is not None else ()
        self.consequences.setText(" ".join(follows))
        self.consequences.setVisible(bool(follows))

    def _show_patterns(self, plan: Plan) -> None:
        self.patterns.blockSignals(True)
        self.patterns.clear()
        everything = QListWidgetItem(self.tr("Everything"))
        self.patterns.addItem(everything)
        for pattern in plan_patterns(plan)[:MOST_PATTERNS]:
            sign = ACTION_SIGNS[pattern.action]
            count, shape = formats.count(pattern.count), self.tr(pattern.shape.value)
            short = pattern.attribute.rpartition(":")[2]
            item = QListWidgetItem(f"{count} · {short} {shape}")
            self.patterns.dress(self._theme, item, sign.icon, sign.role)
            item.setToolTip(f"{self.tr(sign.word)}: {pattern.attribute} {shape}: {count}")
            item.setData(PATTERN_ROLE, pattern)
            self.patterns.addItem(item)
        self.patterns.setCurrentItem(everything)
        self.patterns.blockSignals(False)
        self.columns.box.setCurrentIndex(0)

    def _show_rows(self) -> None:
        if self.plan is None:
            return
        item = self.patterns.currentItem()
        pattern = item.data(PATTERN_ROLE) if item is not None else None
        text = self.search.text().strip().casefold()
        rows = [
            one
            for one in self.plan.objects
            if (not isinstance(pattern, PlanPattern) or has_pattern(one, pattern))
            and text in one.source_name.casefold()
        ]
        self.model.show_rows(rows)
        if rows:
            self.table.selectRow(0)
        self._show_object()

    def _show_object(self) -> None:
        row = self.model.row_at(self.table.current_row())
        one = self.model.as_kept(row) if row is not None else None
        self.name.setText(one.source_name if one is not None else "")
        self.reason.setText(self._why(one) if one is not None else self.tr("Nothing is selected."))
        changes = one.changes if one is not None else ()
        self.properties.show_properties(changes)
        self.properties.setVisible(bool(changes))
        self.request.setPlainText(_requests_text(one) if one is not None else "")

    def _why(self, one: PlannedObject) -> str:
        """Its reason, and what would follow from leaving it out."""
        reason = f"{one.reason[:1].upper()}{one.reason[1:].rstrip('.')}."
        if self.plan is None or one.source_id in self.model.left_out:
            return reason
        rows = referring_rows(self.plan, one.source_id)
        follows = if_left_out(one.source_name, rows, one.source_id)
        return "\n".join(filter(None, (reason, follows)))

    def _toggle(self) -> None:
        self.model.toggle(self.table.current_row())

    def _lay_out(self) -> None:
        left = Card(self.tr("Patterns"))
        left.body.addWidget(self.patterns, 1)
        middle = Card(self.tr("People and groups"))
        middle.body.addWidget(self.search)
        middle.body.addWidget(self.table, 1)
        middle.body.addWidget(self.left_out)
        middle.body.addWidget(self.consequences)
        right = Card(self.tr("Requests"))
        right.body.addWidget(self.name)
        right.body.addWidget(self.reason)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setHandleWidth(GRID)
        both.addWidget(self.properties)
        both.addWidget(self.request)
        right.body.addWidget(both, 1)
        self.columns = PlanColumns(left, self.patterns, middle, right)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.sentence)
        layout.addWidget(self.facts)
        layout.addWidget(self.guards)
        layout.addWidget(self.left_alone)
        layout.addWidget(self.columns, 1)
        layout.addStretch(0)
        # Guards and what is left alone take their room first; then a low window scrolls.
        area = QScrollArea()
        put_into(area, inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


def _requests_text(planned: PlannedObject) -> str:
    return "\n\n".join(
        request_text(readable_request(planned, request)) for request in planned.requests
    )


def _request_field(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setProperty("look", "code")
    field.setFont(fixed_font())
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    return field
