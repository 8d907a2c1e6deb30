"""What the engine in a process of its own is told to do, and its tenant."""

from collections.abc import AsyncIterator

import pytest

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    MatchingStrategy,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.services.engine_local import CycleOrder
from looop_gui.setup.default_mappings import default_schema

TOKEN = "token-of-the-engine-tests"


def engine_order(
    endpoint: str,
    token: str = TOKEN,
    users: int = 60,
    matching: MatchingStrategy = MatchingStrategy.AUTOMATIC,
) -> CycleOrder:
    connection = Connection(
        "child",
        "Child",
        Application.LOOOP,
        TenantConnection(endpoint),
        SourceSettings(SourceType.DEMO, users=users),
        ConnectionSettings(scope=ProvisioningScope.ALL, matching=matching),
    )
    return CycleOrder(connection, default_schema(Application.LOOOP), SecretText(token))


@pytest.fixture
async def tenant() -> AsyncIterator[RunningTenant]:
    """One that takes its time, so that a cycle can be met while it runs."""
    async with running_tenant(TenantOptions(token=TOKEN, faults=("latency=10ms",))) as running:
        yield running
