"""What every page is given: the services, the look, the events as signals, remembered settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from looop_gui.ui.bridge import Bridge
from looop_gui.ui.open_documents import OpenDocuments
from looop_gui.ui.theme import Theme

if TYPE_CHECKING:
    from looop_gui.services.services import Services


@dataclass(frozen=True, slots=True)
class Desk:
    """Passed to the constructor of each page: `SomePage(desk, connection_id)`.

    `go_to(page_key, argument)` leads to another page of the open connection (keys: overview,
    directory, mappings, scope, plan, on_demand, provisioning_log, links, tenant, settings);
    `argument` is what that page understands (a person's source id, a filter).
    `say(words, action, on_action)` shows a short note with an optional Undo.
    `open_wizard(connection_id)` opens the wizard for a new connection ("") or goes through the
    settings of an existing one. `documents` are the configurations that are being edited.
    """

    services: Services
    theme: Theme
    bridge: Bridge
    settings: QSettings
    go_to: Callable[[str, object], None]
    say: Callable[[str, str, Callable[[], object] | None], None]
    open_wizard: Callable[[str], None]
    documents: OpenDocuments = field(default_factory=OpenDocuments)
