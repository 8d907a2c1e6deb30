"""The one thread in which services use the database, so that the loop never waits for a disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from looop_gui.store.database import Database, open_database

P = ParamSpec("P")
Result = TypeVar("Result")


class StoreWorker:
    """Runs functions of `store/` one after the other in a worker thread.

    They raise as `store/` does: StoreFullError, StoreBusyError, StoreCorruptError, StoreError.
    """

    def __init__(self, database: Database, executor: ThreadPoolExecutor) -> None:
        self._database = database
        self._executor = executor

    @classmethod
    async def open(cls, data_folder: Path) -> Self:
        """Open the database of a data folder; raises as `open_database` does."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        loop = asyncio.get_running_loop()
        try:
            database = await loop.run_in_executor(executor, open_database, data_folder)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(database, executor)

    async def run(
        self,
        function: Callable[Concatenate[Database, P], Result],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Result:
        """Call `function(database, ...)` in the worker thread and give its result."""
        call = partial(function, self._database, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def close(self) -> None:
        """Finish what is queued and close the database."""
        await self.run(Database.close)
        self._executor.shutdown()
