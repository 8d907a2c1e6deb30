"""The main window: side bar, pages of the open connection, menus, palette, help, status bar.

It shows before anything is opened (`attach` comes when the services are there). Pages are made
when they are first shown and belong to the open connection; another connection gets its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from looop_gui.model.connection import Application, Connection
from looop_gui.model.job import CycleProgress, JobState
from looop_gui.ui.bridge import Bridge
from looop_gui.ui.command_palette import CommandPalette
from looop_gui.ui.desk import Desk
from looop_gui.ui.help_dock import HelpDock
from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.palettes import Appearance
from looop_gui.ui.side_bar import SideBar
from looop_gui.ui.status_line import StatusLine
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.error_panel import ErrorPanel
from looop_gui.ui.widgets.labels import vertical_line
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.toast import Toast
from looop_gui.ui.window_memory import WindowMemory
from looop_gui.ui.window_menus import fill_menus
from looop_gui.ui.window_set_up import WindowSetUp

if TYPE_CHECKING:
    from looop_gui.services.services import Services

MINIMUM_SIZE = (1000, 640)
USUAL_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """`closing` is emitted once, when the person closes the window or quits."""

    closing = Signal()

    def __init__(self, theme: Theme, memory: WindowMemory, data_folder: Path) -> None:
        super().__init__()
        self.theme = theme
        self.memory = memory
        self.tasks = Tasks(self)
        self.bridge = Bridge(self)
        self.desk: Desk | None = None
        self._data_folder = data_folder
        self._connections: dict[str, Connection] = {}
        self._open_id = ""
        self._page_key = ""
        self._pages: dict[str, Page] = {}
        self.set_up = WindowSetUp(self)
        self._tenants: set[str] = set()
        self.setWindowTitle("Looop Provisioning Workbench")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.side_bar = SideBar(theme)
        self.stack = QStackedWidget()
        self.status_line = StatusLine()
        self.help_dock = HelpDock(self)
        self.palette_of_commands = CommandPalette(theme, self)
        self.toast = Toast(self)
        self.opening = Page(theme, self.tr("Opening your connections"))
        self.opening.loading.begin(self.tr("Reading the data folder"))
        self.stack.addWidget(self.opening)
        self._lay_out()
        self._actions, self._of_connection = fill_menus(self, self.theme, self)
        self._enable_actions()
        self._connect()
        self.side_bar.set_collapsed(memory.side_bar_collapsed)
        if not memory.restore(self):
            self.resize(*USUAL_SIZE)

    def attach(self, services: Services, demo_users: int | None = None) -> None:
        """The services are open: show the connections and what was open last time.

        With `demo_users`, the wizard for a demo tenant with that many people, unless there is a
        demo connection already.
        """
        self._demo_users = demo_users
        self.bridge.connect_events(services.events)
        self.desk = Desk(
            services=services,
            theme=self.theme,
            bridge=self.bridge,
            settings=self.memory.settings,
            go_to=self.show_page,
            say=self.toast.say,
            open_wizard=self.set_up.open_wizard,
        )
        self.tasks.start(services.connections.list(), self._show_first)

    def show_failure(self, error: Exception) -> None:
        """Say it in the page that is shown."""
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.show_failure(error)

    def show_opening_failed(self, error: Exception) -> None:
        """The data folder could not be opened: say why instead of showing connections."""
        panel = ErrorPanel(self.theme)
        self.opening.loading.end()
        self.opening.header.set_title(self.tr("The connections cannot be opened"))
        self.opening.body.addWidget(panel)
        self.opening.body.addStretch(1)
        panel.show_error(error)

    @property
    def connection(self) -> Connection | None:
        """The open connection."""
        return self._connections.get(self._open_id)

    @property
    def connection_ids(self) -> frozenset[str]:
        """The ids of all connections."""
        return frozenset(self._connections)

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self.stack.currentWidget()

    def open_connection(self, connection_id: str, page_key: str = "overview") -> None:
        """Show a connection's pages, beginning with one of them."""
        if connection_id not in self._connections or self.desk is None:
            return
        if connection_id != self._open_id:
            self._drop_pages()
            self._open_id = connection_id
            self.side_bar.mark_connection(connection_id)
            self.status_line.show_connection(self.connection)
            self._ask_job(connection_id)
        self._enable_actions()
        self.show_page(page_key, None)

    def show_page(self, key: str, argument: object = None) -> None:
        """Show a page of the open connection; `argument` is what that page understands."""
        connection = self.connection
        entry = next((one for one in PAGES if one.key == key), PAGES[0])
        if connection is None or self.desk is None:
            return
        if entry.demo_only and connection.application is not Application.DEMO:
            entry = PAGES[0]
        page = self._pages.get(entry.key)
        if page is None:
            page = entry.make(self.desk, connection.id)
            self._pages[entry.key] = page
            self.stack.addWidget(page)
        self._page_key = entry.key
        self.stack.setCurrentWidget(page)
        self.side_bar.mark_page(entry.key)
        self.memory.keep_place(connection.id, entry.key)
        self.setWindowTitle(f"{entry.title} - {connection.name} - Looop Provisioning Workbench")
        if argument is not None and hasattr(page, "show_argument"):
            page.show_argument(argument)
        if not self.help_dock.isHidden():
            self.show_help()

    def show_gallery(self) -> None:
        """Show *New connection*."""
        self.set_up.show_gallery()

    def show_help(self) -> None:
        """Show the help of the page in front (F1)."""
        page = self.stack.currentWidget()
        self.help_dock.show_topic(page.help_topic if isinstance(page, Page) else "wizard")

    def open_palette(self) -> None:
        """Open the command palette (Ctrl+K)."""
        self.palette_of_commands.open(self._actions.commands())

    def choose_appearance(self, appearance: Appearance) -> None:
        """Show another appearance and remember it."""
        self.theme.apply(appearance)
        self.memory.keep_appearance(appearance)

    def keep_state(self) -> None:
        """Remember size, place and side bar."""
        self.memory.keep(self, collapsed=self.side_bar.collapsed)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where things were and let the application end in order."""
        self.keep_state()
        super().closeEvent(event)
        self.closing.emit()

    def _show_first(self, connections: Sequence[Connection]) -> None:
        self._take_connections(connections)
        self.opening.loading.end()
        connection_id, page_key = self.memory.place
        if connection_id not in self._connections:
            connection_id, page_key = next(iter(self._connections), ""), "overview"
        demos = [one.id for one in connections if one.application is Application.DEMO]
        if self._demo_users is not None and not demos:
            self.set_up.begin_demo(self._demo_users)
        elif self._demo_users is not None and connection_id not in demos:
            self.open_connection(demos[0])
        elif connection_id:
            self.open_connection(connection_id, page_key)
        else:
            self.set_up.show_gallery()

    def _take_connections(self, connections: Sequence[Connection]) -> None:
        self._connections = {connection.id: connection for connection in connections}
        self.side_bar.show_connections(list(connections))
        for connection in connections:
            self._ask_job(connection.id)
            self._start_tenant(connection)
        if self._open_id and self._open_id not in self._connections:
            self._leave_connection()
        elif self._open_id:
            self.side_bar.mark_connection(self._open_id)
            self.side_bar.mark_page(self._page_key)
            self.status_line.show_connection(self.connection)

    def _start_tenant(self, connection: Connection) -> None:
        """The tenant of a demo connection runs while the window is open."""
        demo = connection.application is Application.DEMO
        if demo and connection.id not in self._tenants and self.desk is not None:
            self._tenants.add(connection.id)
            starting = self.desk.services.tenants.start(connection.id)
            self.tasks.start(starting, on_error=lambda error: self.toast.say(str(error)))

    def _leave_connection(self) -> None:
        self._drop_pages()
        self._open_id = ""
        self.side_bar.mark_connection("")
        self.status_line.show_connection(None)
        self._enable_actions()
        following = next(iter(self._connections), "")
        if following:
            self.open_connection(following)
        else:
            self.set_up.show_gallery()

    def reload_connections(self, _event: object = None) -> None:
        """Read the list of connections again."""
        if self.desk is not None:
            self.tasks.start(
                self.desk.services.connections.list(), self._take_connections, replace="list"
            )

    def _ask_job(self, connection_id: str) -> None:
        if self.desk is not None:
            asking = self.desk.services.provisioning.job(connection_id)
            self.tasks.start(asking, self._take_job, replace=f"job {connection_id}")

    def _take_job(self, state: JobState) -> None:
        self.side_bar.show_job(state)
        if state.connection_id == self._open_id:
            self.status_line.show_job(state)

    def _take_progress(self, progress: CycleProgress) -> None:
        if not self.side_bar.connections.is_running(progress.connection_id):
            self._ask_job(progress.connection_id)
        if progress.connection_id == self._open_id:
            self.status_line.show_progress(progress)

    def show_alone(self, page: QWidget, words: str) -> None:
        """Show a page that belongs to no connection; a former one of its kind goes."""
        former = self.stack.currentWidget()
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self.side_bar.mark_page("")
        self.setWindowTitle(f"{words} - Looop Provisioning Workbench")
        if former not in self._pages.values():
            self.remove_page(former)

    def return_to_page(self) -> None:
        """Show the page of the open connection again, or the gallery where none is open."""
        if self._open_id:
            self.show_page(self._page_key)
        else:
            self.set_up.show_gallery()

    def _drop_pages(self) -> None:
        for page in self._pages.values():
            self.remove_page(page)
        self._pages.clear()

    def remove_page(self, page: QWidget | None) -> None:
        """Take a page out of the window."""
        if page is None:
            return
        self.stack.removeWidget(page)
        page.deleteLater()

    def run_now(self) -> None:
        """Start a cycle of the open connection (F5)."""
        if self.desk is not None and self._open_id:
            self.tasks.start(self.desk.services.provisioning.start_cycle(self._open_id))

    def stop_cycle(self) -> None:
        """Stop the running cycle of the open connection."""
        if self.desk is not None and self._open_id:
            self.tasks.start(self.desk.services.provisioning.stop(self._open_id))

    def set_up_again(self) -> None:
        """Go through the set-up of the open connection again."""
        if self._open_id:
            self.set_up.open_wizard(self._open_id)

    def fold_side_bar(self) -> None:
        """Show the side bar's icons only, or its words again (Ctrl+B)."""
        self.side_bar.set_collapsed(not self.side_bar.collapsed)

    def search_in_page(self) -> None:
        """Put the focus into the search field of the page (Ctrl+F)."""
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.focus_search()

    def ask_page(self, name: str) -> None:
        """Undo and redo belong to the page that is shown."""
        method = getattr(self.stack.currentWidget(), name, None)
        if callable(method):
            method()

    def show_about(self) -> None:
        """Show what this application is."""
        from looop_gui.ui.about.dialog import AboutDialog

        AboutDialog(self.theme, self._data_folder, self).open()

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QHBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.side_bar)
        layout.addWidget(vertical_line())
        layout.addWidget(self.stack, 1)
        self.setCentralWidget(body)
        self.setStatusBar(self.status_line)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.help_dock)

    def _connect(self) -> None:
        self.side_bar.connection_chosen.connect(self.open_connection)
        self.side_bar.page_chosen.connect(self.show_page)
        self.side_bar.new_connection_wanted.connect(self.set_up.show_gallery)
        self.status_line.place_wanted.connect(self.show_page)
        self.bridge.connections_changed.connect(self.reload_connections)
        self.bridge.job_changed.connect(lambda event: self._take_job(event.state))
        self.bridge.cycle_progressed.connect(lambda event: self._take_progress(event.progress))
        self.bridge.engine_ended.connect(lambda event: self.toast.say(event.sentence))
        self.bridge.drafts_changed.connect(lambda _event: self.set_up.ask_drafts())

    def _enable_actions(self) -> None:
        for action in self._of_connection:
            action.setEnabled(bool(self._open_id))
