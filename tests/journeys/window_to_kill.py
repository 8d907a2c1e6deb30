"""The real application as a process of its own, for `test_window_killed.py`.

`edit FOLDER CONNECTION`: changes a mapping and a setting, says so once both are kept, and stays.
`read FOLDER CONNECTION`: says what the pages show after a start.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qasync import QEventLoop

from looop_gui.app import Application, make_application
from looop_gui.model.directory import ObjectType


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def pages(run: Application, connection_id: str) -> tuple[Any, Any]:
    """The mappings and the settings of the connection, both read."""
    await run.open()
    window = run.window
    await until(lambda: window.page is not window.opening)
    window.open_connection(connection_id)
    window.show_page("mappings")
    mappings = window.page
    await until(lambda: mappings.editors)
    window.show_page("settings")
    settings = window.page
    await until(lambda: settings.document is not None)
    return mappings, settings


def shown(mappings: Any, settings: Any) -> dict[str, Any]:
    rows = mappings.editors[ObjectType.USER].model.rows
    return {
        "targets": [row.target_attribute for row in rows],
        "email": settings.notification.email.text(),
        "banner": settings.banner.sentence,
    }


async def edit(run: Application, connection_id: str) -> None:
    mappings, settings = await pages(run, connection_id)
    kept = asyncio.Event()
    settings.draft_kept.connect(kept.set)
    mappings.editors[ObjectType.USER].delete_rows((0,))
    settings.notification.email.setText("it@example.org")
    kept.clear()
    await kept.wait()
    say(shown(mappings, settings))
    await asyncio.Event().wait()


async def read(run: Application, connection_id: str) -> None:
    say(shown(*await pages(run, connection_id)))
    await run.close()


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(task: str, folder: str, connection_id: str) -> None:
    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    run = Application(application, Path(folder))
    run.show()
    work = {"edit": edit, "read": read}[task]
    with loop:
        loop.run_until_complete(work(run, connection_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
