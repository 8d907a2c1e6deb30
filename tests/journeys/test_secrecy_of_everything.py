"""A target that says the token back in every way it can, and a search of all that a day leaves.

Files, the database with what is compressed in it, the outbox, exports, output, log lines and crash
texts; and what the operating system shows of the processes.
"""

import asyncio
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import zstandard
from click.testing import CliRunner
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from looop_gui.cli.root import root
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import MailSecurity, MailServer, WorkspaceSettings
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import close_services, open_services
from looop_gui.setup.draft import draft_of
from looop_gui.ui.crash_dialog import CrashDialog
from tests.unit.services.hostile_target import Asked, HostileTarget, hostile_target, message

TOKEN = "tok+en/of=the-secrecy-journey-0123456789"
MAIL_PASSWORD = "password-of-the-mail-server-0123456789"
FORMS = tuple(
    {
        TOKEN,
        quote(TOKEN),
        quote(TOKEN, safe=""),
        TOKEN.replace("/", "\\/"),
        TOKEN.replace("+", "\\u002B"),
        MAIL_PASSWORD,
    }
)


class Echo:
    """Says the token back in bodies and headers; refuses it altogether once it is angry."""

    angry = False

    def __call__(self, _target: HostileTarget, asked: Asked, answer: bytes) -> bytes:
        token = asked.authorization.removeprefix("Bearer ")
        headers = f"X-Echo: {token}\r\nLink: <https://x.org/?t={quote(token, safe='')}>\r\n"
        detail = f"Bearer {token} may not do this; see https://x.org/{quote(token)}"
        told = json.dumps({"detail": detail, "status": "400"}).replace("/", "\\/")
        if self.angry:
            return message(told.encode(), "401 Unauthorized", headers=headers)
        if asked.method == "POST" and asked.body.get("userName", "").startswith("bob"):
            return message(told.encode(), "400 Bad Request", headers=headers)
        head, _, body = answer.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 404") or not body:
            return message(told.encode(), "404 Not Found", headers=headers)
        value = json.loads(body)
        value["nickName"] = value["title"] = token
        echoed = json.dumps(value).replace("+", "\\u002B").encode()
        status = head.split(b"\r\n")[0].partition(b" ")[2].decode()
        return message(echoed, status, headers=headers)


@contextmanager
def echoing() -> Iterator[tuple[HostileTarget, Echo]]:
    """The target in a thread of its own, beside commands that have the main thread."""
    conduct, ready = Echo(), threading.Event()
    held: list[Any] = []

    async def serve() -> None:
        async with hostile_target(conduct) as target:
            ended = asyncio.Event()
            held.extend((target, asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    target, loop, ended = held
    try:
        yield target, conduct
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def rows_of(database: Path) -> Iterator[tuple[str, bytes]]:
    """Everything in a database, unpacked, with the table that it is in."""
    store = sqlite3.connect(database)
    found = store.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    for (table,) in found:
        for row in store.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                held = value if isinstance(value, bytes) else str(value).encode()
                yield table, unpacked(held)
    store.close()


def unpacked(held: bytes) -> bytes:
    if held[:4] == zstandard.FRAME_HEADER:
        return zstandard.ZstdDecompressor().decompressobj().decompress(held)
    return held


def places(held: bytes) -> list[str]:
    return [form for form in FORMS if form.encode() in held]


def commands(out: Path) -> list[list[str]]:
    """What is done, in this order; the name of the connection follows the first word."""
    forms = ("csv", "json", "ndjson", "har")
    return [
        ["test-connection", "--json"],
        ["sync", "--dry-run", "--json", "--plan-out", str(out / "plan.json")],
        ["sync", "--dry-run", "--plan-out", str(out / "plan.html")],
        ["sync", "--json", "--result-out", str(out / "result.json")],
        ["result", "--output", str(out / "result.html")],
        ["provision-on-demand", "--user", "bob", "--json"],
        ["provision-on-demand", "--user", "ann"],
        ["retry"],
        ["drift", "--json"],
        ["drift", "--repair"],
        ["sync", "--certify", "--json"],
        ["undo"],
        ["undo", "last", "--plan-out", str(out / "undo.json")],
        ["undo", "last", "--dry-run", "--json"],
        ["explain", "--user", "ann"],
        ["lint"],
        *(["logs", "--format", one, "--output", str(out / f"log.{one}")] for one in forms),
        ["logs"],
        ["status", "--json"],
    ]


def settle_mail(data_folder: Path) -> None:
    """A mail server that nobody has, so that mail stays in the outbox."""

    async def settle() -> None:
        services = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
        server = MailServer(
            "127.0.0.1",
            9,
            MailSecurity.NONE,
            "looop",
            "looop@contoso.com",
            TokenStorage.MEMORY,
        )
        chosen = WorkspaceSettings(mail=server, mail_after_failures=True)
        await services.notifications.save_settings(chosen, SecretText(MAIL_PASSWORD))
        await close_services(services)

    asyncio.run(settle())


def test_what_a_target_says_back_is_in_nothing_that_is_left(
    tmp_path: Path, data_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    (tmp_path / "directory").mkdir()
    rows = [f"{name},{name}@x.org,{name},true" for name in ("ann", "bob", "cyd")]
    heading = "id,userPrincipalName,displayName,accountEnabled"
    (tmp_path / "directory" / "users.csv").write_text("\n".join([heading, *rows]), "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    settle_mail(data_folder)
    file, said = tmp_path / "connection.json", []

    def run(*words: str) -> None:
        given = [words[0], "secrecy", *words[1:], "--data-dir", str(data_folder)]
        result = CliRunner().invoke(root, given, env={"SECRECY_TOKEN": TOKEN})
        assert result.exception is None or isinstance(result.exception, SystemExit), words
        said.append(result.output)

    with echoing() as (target, echo):
        content = {
            "name": "secrecy",
            "application": "looop",
            "target": {"tenantUrl": target.url, "secretToken": {"env": "SECRECY_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {
                "scope": "all",
                "notificationEmail": "admin@contoso.com",
                "sendFailureNotification": True,
            },
        }
        file.write_text(json.dumps(content), "utf-8")
        add = ["connections", "add", str(file), "--data-dir", str(data_folder)]
        assert CliRunner().invoke(root, add).exit_code == 0
        for words in commands(out):
            run(*words)
        echo.angry = True
        for words in (["sync", "--json"], ["sync"], ["status"], ["logs", "--format", "json"]):
            run(*words)
        assert {one.authorization for one in target.asked} == {f"Bearer {TOKEN}"}

    names = {path.name for path in out.iterdir()}
    plans = {"plan.json", "plan.html", "undo.json"}
    assert plans | {"result.json", "result.html", "log.json", "log.har", "log.ndjson"} <= names
    held = list(rows_of(data_folder / "workbench.sqlite3"))
    assert any(table == "outbox" and b"quarantine" in value for table, value in held)
    assert any(b"***" in value for _, value in held), "what was said back is in the log, hidden"
    assert [table for table, value in held if places(value)] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if places(path.read_bytes())] == []
    assert places((caplog.text + "".join(said)).encode()) == []
    assert "***" in "".join(said)


def shown_of_children() -> dict[int, bytes]:
    """What the operating system shows of each child of this process: arguments, environment."""
    shown = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            parent = folder.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                parts = [folder.joinpath(name).read_bytes() for name in ("cmdline", "environ")]
                shown[int(folder.name)] = b"\0".join(parts)
        except OSError:
            continue  # it has ended meanwhile
    return shown


@pytest.mark.skipif(sys.platform != "linux", reason="There is no /proc.")
async def test_no_process_shows_a_secret(data_folder: Path) -> None:
    services = await open_services(data_folder, engine=EngineLocation.CHILD)
    tenant = await services.tenants.start("c1")
    assert tenant.token is not None
    secret = tenant.token.reveal().encode()
    settings = ConnectionSettings(scope=ProvisioningScope.ALL)
    connection = Connection(
        "c1",
        "Looop demo",
        Application.DEMO,
        TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=20),
        settings,
    )
    await services.connections.create(connection, tenant.token)
    await services.connections.save_draft(draft_of(connection, ""))
    cycle = await services.provisioning.run_cycle("c1")
    assert cycle.users.created
    # Started again with the token that it had: that is when it has to be handed over.
    await services.tenants.stop("c1")
    await services.tenants.start("c1")

    shown = shown_of_children()

    assert any(b"--engine" in one for one in shown.values())
    assert any(b"--token-from-stdin" in one for one in shown.values())
    assert [number for number, one in shown.items() if secret in one] == []
    await services.provisioning.run_cycle("c1")
    await close_services(services)


def test_a_crash_text_does_not_tell_a_secret(qtbot: Any, theme: Any) -> None:
    def fail(token: SecretText) -> None:
        raise RuntimeError(f"It was refused: {token!r}, {token}")

    window = QWidget()
    qtbot.addWidget(window)
    dialog = CrashDialog(theme, window)
    try:
        fail(SecretText(TOKEN))
    except RuntimeError as error:
        dialog.show_exception(error)

    dialog.panel.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    shown = "".join(one.text() for one in dialog.findChildren(QLabel))
    assert "It was refused" in shown
    assert "test_secrecy_of_everything" in copied, "the details have the traceback"
    assert places((shown + copied).encode()) == []
