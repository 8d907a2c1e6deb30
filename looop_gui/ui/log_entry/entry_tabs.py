"""The parts of a log entry's details: steps, changed properties, troubleshooting."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.provisioning_log import (
    ModifiedProperty,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
)
from looop_gui.ui.log_entry.inline_difference import (
    SPANS_ROLE,
    DifferenceDelegate,
    changed_spans,
)
from looop_gui.ui.log_entry.troubleshooting import advice_for
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import STATUS_SIGNS, STEP_SIGNS
from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import caption, prose, strong
from looop_gui.ui.widgets.scroll import put_into


class StepsTab(QScrollArea):
    """The steps of an entry from top to bottom, each with what it found."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Steps"))

    def show_steps(self, steps: Iterable[ProvisioningStep]) -> None:
        """Show these steps instead of the former ones."""
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        for step in steps:
            layout.addWidget(_step(self._theme, step))
        layout.addStretch(1)
        put_into(self, body)


def _step(theme: Theme, step: ProvisioningStep) -> QWidget:
    widget = QWidget()
    sign = STATUS_SIGNS[step.status]
    head = QHBoxLayout()
    head.setSpacing(GRID)
    head.addWidget(strong(STEP_SIGNS[step.step_type].word))
    head.addWidget(caption(step.name), 1)
    words = QVBoxLayout()
    words.setSpacing(GRID // 2)
    words.addLayout(head)
    if step.description:
        words.addWidget(prose(step.description))
    if step.details:
        facts = KeyValues()
        facts.show_values(step.details.items())
        words.addWidget(facts)
    icon = IconLabel(theme, sign.icon, sign.role, 18)
    icon.setToolTip(sign.word)
    widget.setAccessibleName(f"{STEP_SIGNS[step.step_type].word}: {sign.word}. {step.description}")
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(12)
    layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    layout.addLayout(words, 1)
    return widget


class PropertiesTab(QTableWidget):
    """Each target attribute with its old and new value; what is new stands out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Modified properties"))
        self.setProperty("look", "flush")
        self.setHorizontalHeaderLabels(
            [self.tr("Target attribute"), self.tr("Old value"), self.tr("New value")]
        )
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.setWordWrap(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        )
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegate(DifferenceDelegate(theme, self))
        self._changes: tuple[ModifiedProperty, ...] = ()
        theme.changed.connect(self._repaint)

    def show_properties(self, properties: Iterable[ModifiedProperty]) -> None:
        """Show these changes; where nothing had a value before, that column is not there."""
        self._changes = tuple(properties)
        self.setRowCount(len(self._changes))
        self.setColumnHidden(1, all(change.old_value is None for change in self._changes))
        self._share_room()
        for row, change in enumerate(self._changes):
            # The name without the URN of its schema, which is the tool tip's business.
            short = change.display_name.rpartition(":")[2] or change.display_name
            self._put(row, 0, short, Role.TEXT).setToolTip(change.display_name)
            self._put(row, 1, change.old_value, Role.DANGER, struck=change.new_value is not None)
            self._put(row, 2, change.new_value, Role.SUCCESS)
            if change.old_value and change.new_value:
                spans = changed_spans(change.old_value, change.new_value)
                for column, places in enumerate(spans, 1):
                    self.model().setData(self.model().index(row, column), places, SPANS_ROLE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names are known, values are read: the values share what the names do not need."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        room = self.viewport().width()
        heading = self.horizontalHeader().sectionSizeHint(0)
        names = min(max(heading, room * 3 // 10), room // 2)
        shown = 1 if self.isColumnHidden(1) else 2
        self.setColumnWidth(0, names)
        for column in (1, 2):
            self.setColumnWidth(column, (room - names) // shown)

    def _repaint(self) -> None:
        self.show_properties(self._changes)

    def _put(
        self, row: int, column: int, text: str | None, role: Role, *, struck: bool = False
    ) -> QTableWidgetItem:
        item = QTableWidgetItem(self.tr("(no value)") if text is None else text)
        item.setForeground(self._theme.colour(Role.TEXT_MUTED if text is None else role))
        item.setToolTip(text or "")
        font = fixed_font() if column else self.font()
        font.setStrikeOut(struck and text is not None)
        item.setFont(font)
        self.setItem(row, column, item)
        return item


class TroubleshootingTab(QScrollArea):
    """What the code means, likely causes, what to do, and the way to the place where it is done."""

    def __init__(self, theme: Theme, go_to: Callable[[str, object], None]) -> None:
        super().__init__()
        self._theme = theme
        self._go_to = go_to
        self.setAccessibleName(self.tr("Troubleshooting"))

    def show_entry(self, entry: ProvisioningLogEntry) -> None:
        """Show the reason of an entry and the advice for its code."""
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        code = entry.error.error_code if entry.error else entry.skip_reason
        if not code and entry.status is ProvisioningStatus.SUCCESS:
            layout.addWidget(prose(self.tr("All went well; there is nothing to do.")))
        for heading, words in self._paragraphs(entry, code):
            if words:
                layout.addWidget(caption(heading))
                layout.addWidget(prose(words))
                layout.addSpacing(GRID)
        advice = advice_for(code) if code else None
        if advice is not None and advice.page:
            layout.addWidget(
                button(
                    self._theme,
                    self.tr("Go to the place"),
                    lambda: self._go_to(advice.page, None),
                    icon="arrow-right",
                ),
                0,
                Qt.AlignmentFlag.AlignLeading,
            )
        layout.addStretch(1)
        put_into(self, body)

    def _paragraphs(self, entry: ProvisioningLogEntry, code: str) -> Iterable[tuple[str, str]]:
        advice = advice_for(code) if code else None
        yield self.tr("Code"), code
        if entry.error is not None:
            yield self.tr("What happened"), entry.error.reason
        if advice is not None:
            yield self.tr("What it means"), advice.meaning
            yield self.tr("Likely causes"), advice.causes
            yield self.tr("What to do"), advice.remedy
        elif entry.error is not None:
            yield self.tr("What to do"), entry.error.recommended_action
        if entry.error is not None:
            yield self.tr("More details"), entry.error.additional_details
