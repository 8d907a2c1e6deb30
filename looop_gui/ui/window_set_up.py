"""The gallery and the wizard in the window: opened, gone on with, and left again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from looop_gui.model.connection import Application

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from looop_gui.setup.draft import SetupDraft
    from looop_gui.ui.desk import Desk
    from looop_gui.ui.tasks import Tasks
    from looop_gui.ui.theme import Theme

KEEP_SECONDS = 5.0


class SetUpWindow(Protocol):
    """What the set-up asks of the window, which imports it and so is not imported by it."""

    theme: Theme
    tasks: Tasks
    desk: Desk | None

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""

    @property
    def connection_ids(self) -> frozenset[str]:
        """The ids of all connections."""

    def tr(self, text: str, /) -> str:
        """The text in the language of the window."""

    def show_alone(self, page: QWidget, words: str) -> None:
        """Show a page that belongs to no connection."""

    def open_connection(self, connection_id: str) -> None:
        """Show a connection."""

    def return_to_page(self) -> None:
        """Show what was shown before."""

    def remove_page(self, page: QWidget | None) -> None:
        """Take a page out of the window."""

    def reload_connections(self) -> None:
        """Read the list of connections again."""


class WindowSetUp:
    """What the main window does about new connections; it belongs to that window."""

    def __init__(self, window: SetUpWindow) -> None:
        self._window = window

    def show_gallery(self) -> None:
        """Show *New connection*."""
        from looop_gui.ui.gallery.page import GalleryPage

        if self._window.desk is None:
            return
        gallery = GalleryPage(self._window.theme)
        gallery.application_chosen.connect(lambda one: self._prepare(application=one))
        gallery.draft_chosen.connect(self.open_wizard)
        self._window.show_alone(gallery, self._window.tr("New connection"))
        self.ask_drafts()

    def open_wizard(self, connection_id: str) -> None:
        """Open the wizard: "" goes to the gallery, an id goes on with that draft or connection."""
        if connection_id:
            self._prepare(connection_id=connection_id)
        else:
            self.show_gallery()

    def begin_demo(self, users: int) -> None:
        """Open the wizard with a demo company of that many people (`looop-gui demo`)."""
        self._prepare(users=users)

    def ask_drafts(self) -> None:
        """Offer the drafts that wait, if the gallery is in front."""
        from looop_gui.ui.gallery.page import GalleryPage

        desk = self._window.desk
        if desk is not None and isinstance(self._window.page, GalleryPage):
            asking = desk.services.connections.drafts()
            self._window.tasks.start(asking, self._offer, replace="drafts")

    async def keep_work(self) -> None:
        """Wait until an open wizard has kept its draft. Raises TimeoutError."""
        session = getattr(self._window.page, "session", None)
        if session is not None:
            kept = asyncio.Event()
            session.keep(kept.set)
            async with asyncio.timeout(KEEP_SECONDS):
                await kept.wait()

    def _offer(self, drafts: Sequence[SetupDraft]) -> None:
        from looop_gui.ui.gallery.page import GalleryPage

        page = self._window.page
        if isinstance(page, GalleryPage):
            page.show_drafts([(draft.id, draft.name) for draft in drafts if not draft.existing])

    def _prepare(
        self,
        connection_id: str = "",
        application: Application = Application.DEMO,
        users: int = 0,
    ) -> None:
        from looop_gui.ui.setup_wizard import prepare_draft

        def show(draft: SetupDraft) -> None:
            sized = replace(draft.source, users=users or draft.source.users)
            self._show(replace(draft, source=sized))

        desk = self._window.desk
        if desk is not None:
            preparing = prepare_draft(desk.services, connection_id, application)
            self._window.tasks.start(preparing, show)

    def _show(self, draft: SetupDraft) -> None:
        from looop_gui.ui.setup_wizard import make_wizard

        desk = self._window.desk
        if desk is not None:
            wizard = make_wizard(desk, draft)
            wizard.finished.connect(self._leave)
            wizard.closed.connect(lambda: self._leave(""))
            self._window.show_alone(wizard, draft.name)

    def _leave(self, connection_id: str) -> None:
        window = self._window
        wizard = window.page
        if connection_id in window.connection_ids:
            window.open_connection(connection_id)
        else:
            window.return_to_page()
        if wizard is not window.page:
            window.remove_page(wizard)
        window.reload_connections()
