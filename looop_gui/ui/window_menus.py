"""What stands in the window's menus, with its shortcuts."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from looop_gui.ui.page_entries import PAGES, shortcut_of
from looop_gui.ui.palettes import Appearance
from looop_gui.ui.theme import Theme
from looop_gui.ui.window_actions import WindowActions

_KEYS = QKeySequence.StandardKey


class MenuWindow(Protocol):
    """What the menus ask of the window; the window imports the menus, so they do not import it."""

    def show_gallery(self) -> None:
        """Show the applications that a connection can be made to."""

    def close(self) -> bool:
        """Close the window."""

    def tr(self, text: str, /) -> str:
        """The text in the user's language."""

    def show_help(self) -> None:
        """Show the help for the page."""

    def show_about(self) -> None:
        """Show what this application is."""

    def open_palette(self) -> None:
        """Open the command palette."""

    def search_in_page(self) -> None:
        """Put the focus into the page's search field."""

    def run_now(self) -> None:
        """Start a cycle."""

    def stop_cycle(self) -> None:
        """Stop the running cycle."""

    def set_up_again(self) -> None:
        """Go through the set-up of the open connection."""

    def fold_side_bar(self) -> None:
        """Collapse or expand the side bar."""

    def choose_appearance(self, appearance: Appearance) -> None:
        """Follow the system, or stay light or dark."""

    def show_page(self, key: str) -> None:
        """Open a page of the connection."""

    def ask_page(self, name: str) -> None:
        """Ask the page to undo or redo."""


def fill_menus(
    host: QMainWindow, theme: Theme, window: MenuWindow
) -> tuple[WindowActions, list[QAction]]:
    """Build the menus of `host`; also gives the actions that need an open connection."""
    actions = WindowActions(host, theme)
    tr = window.tr
    actions.add(
        actions.file,
        tr("New connection"),
        window.show_gallery,
        shortcut=_KEYS.New,
        icon="plus",
    )
    actions.add(actions.file, tr("Quit"), window.close, shortcut="Ctrl+Q", icon="log-out")
    _fill_edit(window, actions)
    of_connection = _fill_go(window, actions) + _fill_provisioning(window, actions)
    _fill_view(window, actions)
    actions.add(
        actions.help,
        tr("Help for this page"),
        window.show_help,
        shortcut="F1",
        icon="circle-question-mark",
    )
    about = tr("About Looop Provisioning Workbench")
    actions.add(actions.help, about, window.show_about, icon="info")
    return actions, of_connection


def _fill_edit(window: MenuWindow, actions: WindowActions) -> None:
    tr, menu = window.tr, actions.edit
    actions.add(menu, tr("Undo"), _asker(window, "undo"), shortcut=_KEYS.Undo, icon="undo-2")
    actions.add(menu, tr("Redo"), _asker(window, "redo"), shortcut="Ctrl+Shift+Z", icon="redo-2")
    words = tr("Search in this page")
    actions.add(menu, words, window.search_in_page, shortcut=_KEYS.Find, icon="search")


def _fill_go(window: MenuWindow, actions: WindowActions) -> list[QAction]:
    words = window.tr("Command palette")
    actions.add(actions.go, words, window.open_palette, shortcut="Ctrl+K", icon="command")
    actions.go.addSeparator()
    return [
        actions.add(
            actions.go,
            entry.title,
            _opener(window, entry.key),
            shortcut=shortcut_of(entry),
            icon=entry.icon,
        )
        for entry in PAGES
    ]


def _fill_provisioning(window: MenuWindow, actions: WindowActions) -> list[QAction]:
    tr, menu = window.tr, actions.provisioning
    return [
        actions.add(menu, tr("Run now"), window.run_now, shortcut="F5", icon="play"),
        actions.add(menu, tr("Stop the cycle"), window.stop_cycle, icon="circle-stop"),
        actions.add(
            menu, tr("Go through the set-up again"), window.set_up_again, icon="wand-sparkles"
        ),
    ]


def _fill_view(window: MenuWindow, actions: WindowActions) -> None:
    words = window.tr("Collapse or expand the side bar")
    actions.add(actions.view, words, window.fold_side_bar, shortcut="Ctrl+B", icon="panel-left")
    actions.add_appearances(actions.view, window.choose_appearance)


def _opener(window: MenuWindow, key: str) -> Callable[[], None]:
    return lambda: window.show_page(key)


def _asker(window: MenuWindow, name: str) -> Callable[[], None]:
    return lambda: window.ask_page(name)
