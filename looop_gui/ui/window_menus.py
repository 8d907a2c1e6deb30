"""What stands in the window's menus, with its shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.window_actions import WindowActions

if TYPE_CHECKING:
    from looop_gui.ui.main_window import MainWindow

_KEYS = QKeySequence.StandardKey


def fill_menus(window: MainWindow) -> tuple[WindowActions, list[QAction]]:
    """Build the menus; also gives the actions that need an open connection."""
    actions = WindowActions(window, window.theme)
    tr = window.tr
    actions.add(
        actions.file, tr("New connection"), window.show_gallery, shortcut=_KEYS.New, icon="plus"
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


def _fill_edit(window: MainWindow, actions: WindowActions) -> None:
    tr, menu = window.tr, actions.edit
    actions.add(menu, tr("Undo"), _asker(window, "undo"), shortcut=_KEYS.Undo, icon="undo-2")
    actions.add(menu, tr("Redo"), _asker(window, "redo"), shortcut="Ctrl+Shift+Z", icon="redo-2")
    words = tr("Search in this page")
    actions.add(menu, words, window.search_in_page, shortcut=_KEYS.Find, icon="search")


def _fill_go(window: MainWindow, actions: WindowActions) -> list[QAction]:
    words = window.tr("Command palette")
    actions.add(actions.go, words, window.open_palette, shortcut="Ctrl+K", icon="command")
    actions.go.addSeparator()
    return [
        actions.add(
            actions.go,
            entry.title,
            _opener(window, entry.key),
            shortcut=f"Ctrl+{number}",
            icon=entry.icon,
        )
        for number, entry in enumerate(PAGES, 1)
    ]


def _fill_provisioning(window: MainWindow, actions: WindowActions) -> list[QAction]:
    tr, menu = window.tr, actions.provisioning
    return [
        actions.add(menu, tr("Run now"), window.run_now, shortcut="F5", icon="play"),
        actions.add(menu, tr("Stop the cycle"), window.stop_cycle, icon="circle-stop"),
        actions.add(
            menu, tr("Go through the set-up again"), window.set_up_again, icon="wand-sparkles"
        ),
    ]


def _fill_view(window: MainWindow, actions: WindowActions) -> None:
    words = window.tr("Collapse or expand the side bar")
    actions.add(actions.view, words, window.fold_side_bar, shortcut="Ctrl+B", icon="panel-left")
    actions.add_appearances(actions.view, window.choose_appearance)


def _opener(window: MainWindow, key: str) -> Callable[[], None]:
    return lambda: window.show_page(key)


def _asker(window: MainWindow, name: str) -> Callable[[], None]:
    return lambda: window.ask_page(name)
