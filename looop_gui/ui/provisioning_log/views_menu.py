"""The saved views of a log: a menu, the shortcuts Alt+1 to Alt+9, saving and deleting."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from looop_gui.model.workspace import LogView
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.view_dialog import SHORTCUTS, ViewDialog
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.buttons import button


class ViewsMenu(QWidget):
    """`chosen` carries the LogView to show. `make_view(name, shortcut)` gives what to save."""

    chosen = Signal(object)

    def __init__(
        self,
        desk: Desk,
        connection_id: str,
        make_view: Callable[[str, str], LogView],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._connection_id = connection_id
        self._make_view = make_view
        self._tasks = Tasks(self)
        self.views: tuple[LogView, ...] = ()
        self.menu = QMenu(self)
        self.delete_menu = QMenu(self.tr("Delete a view"), self)
        self._more: tuple[QMenu, ...] = ()
        self.button = button(desk.theme, self.tr("Views"), icon="eye")
        self.button.setMenu(self.menu)
        for keys in SHORTCUTS:
            shortcut = QShortcut(QKeySequence(keys), parent)
            shortcut.activated.connect(self._key_chooser(keys))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        self._fill()

    def show_more(self, *menus: QMenu) -> None:
        """Offer these menus below the views, so that a keyboard reaches them."""
        self._more = menus
        self._fill()

    def refresh(self) -> None:
        """Read the saved views again."""
        reading = self._desk.services.log_views.list(self._connection_id)
        self._tasks.start(reading, self._take_views, replace="views")

    def ask_save(self) -> None:
        """Ask for a name and keep what is shown."""
        dialog = ViewDialog(self._desk.theme, self.window(), self.views)
        dialog.confirmed.connect(self._save)
        dialog.open()

    def _save(self, name: str, shortcut: str) -> None:
        saving = self._desk.services.log_views.save(self._make_view(name, shortcut))
        self._tasks.start(saving, lambda _view: self.refresh())

    def _delete(self, view: LogView) -> None:
        deleting = self._desk.services.log_views.delete(self._connection_id, view.name)
        self._tasks.start(deleting, lambda _none: self._say_deleted(view))

    def _say_deleted(self, view: LogView) -> None:
        self.refresh()
        words = self.tr("The view {0} is deleted.").format(view.name)
        self._desk.say(words, self.tr("Undo"), lambda: self._bring_back(view))

    def _bring_back(self, view: LogView) -> None:
        saving = self._desk.services.log_views.save(view)
        self._tasks.start(saving, lambda _view: self.refresh())

    def _take_views(self, views: Sequence[LogView]) -> None:
        self.views = tuple(views)
        self._fill()

    def _fill(self) -> None:
        self.menu.clear()
        self.delete_menu.clear()
        for view in self.views:
            # After a tab a menu shows keys; the QShortcut above is what answers them.
            words = view.name.replace("&", "&&")
            line = f"{words}\t{view.shortcut}" if view.shortcut else words
            self.menu.addAction(line, self._chooser(view))
            self.delete_menu.addAction(words, self._deleter(view))
        if self.views:
            self.menu.addSeparator()
        self.menu.addAction(self.tr("Save this view") + "\tCtrl+Shift+S", self.ask_save)
        if self.views:
            self.menu.addMenu(self.delete_menu)
        if self._more:
            self.menu.addSeparator()
        for menu in self._more:
            self.menu.addMenu(menu)

    def _chooser(self, view: LogView) -> Callable[[], None]:
        return lambda: self.chosen.emit(view)

    def _deleter(self, view: LogView) -> Callable[[], None]:
        return lambda: self._delete(view)

    def _key_chooser(self, keys: str) -> Callable[[], None]:
        def choose() -> None:
            for view in self.views:
                if view.shortcut == keys:
                    self.chosen.emit(view)

        return choose
