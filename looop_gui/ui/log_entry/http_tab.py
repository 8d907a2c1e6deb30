"""The HTTP exchanges of an entry: request and response, timing, copy as a command."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.provisioning_log import WireExchange
from looop_gui.ui import formats
from looop_gui.ui.log_entry.http_text import (
    as_curl,
    as_httpie,
    as_powershell,
    request_text,
    response_text,
)
from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import caption

_GIVING_WAY = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class HttpTab(QWidget):
    """One exchange at a time; the list at the top says which and how it ended."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exchanges: tuple[WireExchange, ...] = ()
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(self.tr("HTTP exchange"))
        # Its longest entry has an id; the box gives way, its list does not.
        self.chooser.setSizeAdjustPolicy(_GIVING_WAY)
        self.chooser.currentIndexChanged.connect(self._show)
        self.copy_button = button(theme, self.tr("Copy as"), icon="copy")
        self.copy_button.setMenu(self._copy_menu())
        self.timing = caption("")
        self.request = _text_field(self.tr("Request"))
        self.response = _text_field(self.tr("Response"))
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.chooser, 1)
        top.addWidget(self.copy_button)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setHandleWidth(GRID)
        both.addWidget(self.request)
        both.addWidget(self.response)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.timing)
        layout.addWidget(both, 1)

    def show_exchanges(self, exchanges: Sequence[WireExchange]) -> None:
        """Show these exchanges, beginning with the last one (it explains the outcome)."""
        self._exchanges = tuple(exchanges)
        self.chooser.blockSignals(True)
        self.chooser.clear()
        for number, exchange in enumerate(self._exchanges, 1):
            path = exchange.url.split("/scim/v2")[-1] or exchange.url
            outcome = exchange.status or self.tr("no response")
            self.chooser.addItem(f"{number}. {exchange.method} {outcome} {path}")
        self.chooser.setCurrentIndex(len(self._exchanges) - 1)
        self.chooser.blockSignals(False)
        self.copy_button.setEnabled(bool(self._exchanges))
        self._show()

    @property
    def exchange(self) -> WireExchange | None:
        """The exchange that is shown."""
        at = self.chooser.currentIndex()
        return self._exchanges[at] if 0 <= at < len(self._exchanges) else None

    def _show(self) -> None:
        exchange = self.exchange
        if exchange is None:
            self.timing.setText(self.tr("No request was sent for this entry."))
            self.request.clear()
            self.response.clear()
            return
        took = formats.duration(exchange.duration_milliseconds / 1000)
        words = self.tr("{0}, took {1}, attempt {2}")
        started = formats.day_and_time(exchange.started)
        self.timing.setText(words.format(started, took, exchange.attempt))
        self.timing.setToolTip(formats.utc(exchange.started))
        self.request.setPlainText(request_text(exchange))
        self.response.setPlainText(response_text(exchange))

    def _copy_menu(self) -> QMenu:
        menu = QMenu(self)
        commands: tuple[tuple[str, Callable[[WireExchange], str]], ...] = (
            ("cURL", as_curl),
            ("HTTPie", as_httpie),
            ("PowerShell", as_powershell),
            (self.tr("Request and response"), _both),
        )
        for words, make in commands:
            action = menu.addAction(words)
            action.triggered.connect(lambda _on, one=make: self._copy(one))
        return menu

    def _copy(self, make: Callable[[WireExchange], str]) -> None:
        if self.exchange is not None:
            QGuiApplication.clipboard().setText(make(self.exchange))


def _both(exchange: WireExchange) -> str:
    return f"{request_text(exchange)}\n\n{response_text(exchange)}\n"


def _text_field(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setProperty("look", "code")
    field.setFont(fixed_font())
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return field
