"""Account Discovery as a service: reads the target's accounts once and says what they are."""

import asyncio
from collections.abc import Callable

from looop_gui.engine.account_discovery import (
    Account,
    AccountDiscovery,
    AccountState,
    discover,
    read_accounts,
)
from looop_gui.model.directory import ObjectType
from looop_gui.services.target_session import TargetSessions

__all__ = ["Account", "AccountDiscovery", "AccountDiscoveryService", "AccountState"]

OnPage = Callable[[int, int], None]


class AccountDiscoveryService:
    """What can be asked of accounts in the target; writes nothing anywhere."""

    def __init__(self, sessions: TargetSessions) -> None:
        self._sessions = sessions

    async def discover(
        self,
        connection_id: str,
        object_type: ObjectType = ObjectType.USER,
        on_page: OnPage = lambda _read, _total: None,
    ) -> AccountDiscovery:
        """Read all accounts and classify them; `on_page` is told how many of how many were read.

        Raises TargetError, CredentialsError, SourceError, ConfigurationError, StoreError.
        """
        async with self._sessions.open(connection_id) as session:
            accounts = await session.ask(read_accounts(object_type, on_page))
            return await asyncio.to_thread(
                discover,
                session.rules.of(object_type),
                accounts,
                session.links,
                session.snapshot,
                session.scope,
                session.context,
            )
