"""Services on a fresh data folder, with the engine in this process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import Services, close_services, open_services

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def services(data_folder: Path) -> AsyncIterator[Services]:
    """Everything a user can ask for."""
    opened = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
    yield opened
    await close_services(opened)


@pytest.fixture
def connection() -> Connection:
    """A connection that was not saved yet; its token is kept in memory."""
    return Connection(
        id="c1",
        name="Looop",
        application=Application.LOOOP,
        target=TenantConnection("https://contoso.looop.co/scim/v2", TokenStorage.MEMORY),
        source=SourceSettings(SourceType.DEMO, users=30),
    )
