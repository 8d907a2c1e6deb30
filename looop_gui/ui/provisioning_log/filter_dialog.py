"""Asks for the filters that need words or dates: person, attribute, code, HTTP status, cycle, time.

Everything is optional; an empty field does not restrict the log.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDialog,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from looop_gui.model.job import Cycle
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.ui import formats
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import hint

DAY_SECONDS = 24 * 3600


class FilterDialog(QDialog):
    """`confirmed` carries the LogFilter and the words for the cycle's chip. Use `open()`."""

    confirmed = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget, log_filter: LogFilter) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("More filters"))
        self.setMinimumWidth(480)
        self._filter = log_filter
        self.person = _line(self.tr("Person"), self.tr("Name, id or userPrincipalName"))
        self.person.setText(log_filter.person)
        self.attribute = _line(self.tr("Changed attribute"), self.tr("e.g. name.familyName"))
        self.attribute.setText(log_filter.attribute)
        self.code = QComboBox()
        self.code.setAccessibleName(self.tr("Error code"))
        self.code.setEditable(True)
        self.code.setCurrentText(log_filter.error_code)
        self.http_status = _line(self.tr("HTTP status"), self.tr("e.g. 429; 0: no response came"))
        self.http_status.setValidator(QIntValidator(0, 599, self.http_status))
        if log_filter.http_status is not None:
            self.http_status.setText(str(log_filter.http_status))
        self.cycle = QComboBox()
        self.cycle.setAccessibleName(self.tr("Cycle"))
        self.cycle.addItem(self.tr("All cycles"), "")
        if log_filter.cycle_id:
            self.cycle.addItem(log_filter.cycle_id, log_filter.cycle_id)
            self.cycle.setCurrentIndex(1)
        self.since_on, self.since = _bound(self.tr("From"), log_filter.since, DAY_SECONDS)
        self.until_on, self.until = _bound(self.tr("Until"), log_filter.until, 0)
        self.show_button = primary_button(theme, self.tr("Show these entries"), self._confirm)
        self.show_button.setDefault(True)
        self._lay_out(button(theme, self.tr("Cancel"), self.reject))
        self.person.setFocus()

    def offer_cycles(self, cycles: Sequence[Cycle]) -> None:
        """Offer these cycles, the newest first."""
        chosen = self.cycle.currentData()
        self.cycle.clear()
        self.cycle.addItem(self.tr("All cycles"), "")
        for cycle in cycles:
            words = f"{formats.day_and_time(cycle.began)}, {cycle.kind.value}"
            self.cycle.addItem(words, cycle.id)
        at = self.cycle.findData(chosen)
        if at < 0:
            self.cycle.addItem(str(chosen), chosen)
            at = self.cycle.count() - 1
        self.cycle.setCurrentIndex(at)

    def offer_codes(self, codes: Sequence[str]) -> None:
        """Offer these error codes; any other can be typed."""
        text = self.code.currentText()
        self.code.clear()
        self.code.addItems(["", *codes])
        self.code.setCurrentText(text)

    def _confirm(self) -> None:
        status = self.http_status.text()
        cycle_id = str(self.cycle.currentData())
        chosen = replace(
            self._filter,
            person=self.person.text().strip(),
            attribute=self.attribute.text().strip(),
            error_code=self.code.currentText().strip(),
            http_status=int(status) if status else None,
            cycle_id=cycle_id,
            since=_moment(self.since_on, self.since),
            until=_moment(self.until_on, self.until),
        )
        words = self.tr("Cycle: {0}").format(self.cycle.currentText()) if cycle_id else ""
        self.accept()
        self.confirmed.emit(chosen, words)

    def _lay_out(self, cancel: QWidget) -> None:
        form = QFormLayout()
        form.setSpacing(GRID)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        for words, field in (
            (self.tr("Person"), self.person),
            (self.tr("Changed attribute"), self.attribute),
            (self.tr("Error code"), self.code),
            (self.tr("HTTP status"), self.http_status),
            (self.tr("Cycle"), self.cycle),
        ):
            form.addRow(words, field)
        form.addRow(self.since_on, self.since)
        form.addRow(self.until_on, self.until)
        layout = dialog_layout(self, self.tr("More filters"))
        layout.addWidget(hint(self.tr("An empty field does not restrict. Times are local.")))
        layout.addLayout(form)
        layout.addSpacing(GRID)
        layout.addLayout(dialog_foot(cancel, self.show_button))


def _line(name: str, placeholder: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    return line


def _bound(
    words: str, moment: datetime | None, seconds_back: int
) -> tuple[QCheckBox, QDateTimeEdit]:
    """A box that switches a bound of time on, and the field with its moment."""
    box = QCheckBox(words)
    box.setChecked(moment is not None)
    field = QDateTimeEdit()
    field.setAccessibleName(words)
    field.setDisplayFormat("yyyy-MM-dd HH:mm")
    field.lineEdit().setTextMargins(GRID, 0, 0, 0)
    now = QDateTime.currentDateTime().addSecs(-seconds_back)
    seconds = int(moment.timestamp()) if moment is not None else now.toSecsSinceEpoch()
    field.setDateTime(QDateTime.fromSecsSinceEpoch(seconds))
    field.setEnabled(moment is not None)
    box.toggled.connect(field.setEnabled)
    return box, field


def _moment(box: QCheckBox, field: QDateTimeEdit) -> datetime | None:
    if not box.isChecked():
        return None
    return datetime.fromtimestamp(field.dateTime().toSecsSinceEpoch(), UTC)
