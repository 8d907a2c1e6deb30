"""PyPI's scim2-server as a foreign target: the same cycles as into the embedded tenant."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest

TOKEN = "token-for-the-foreign-server"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PEOPLE = 24


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a running scim2-server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("scim2-server")
    process = subprocess.Popen(
        [str(program), "--port", str(port), "--bearer-token", TOKEN],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "scim2-server ended"
        with socket.socket() as attempt:
            attempt.settimeout(0.1)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        process.poll()
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("scim2-server does not listen")


class Office:
    """A directory of files and the connection file beside it."""

    def __init__(self, folder: Path, url: str, dialect: str) -> None:
        self.folder = folder / "directory"
        self.folder.mkdir()
        self.people: dict[str, dict[str, str]] = {
            f"p{n}": {
                "userPrincipalName": f"p{n}@contoso.com",
                "displayName": f"Person {n}",
                "givenName": "Person",
                "surname": f"Number {n}",
                "mail": f"p{n}@contoso.com",
                "department": "R&D",
                "accountEnabled": "true",
                "manager": f"p{n // 4}" if n else "",
            }
            for n in range(PEOPLE)
        }
        self.groups = {"g1": ["p1", "p2", "p3"], "g2": ["p4", "g1"]}
        self.file = folder / "connection.json"
        document: dict[str, Any] = {
            "name": "foreign",
            "application": "generic",
            "target": {"tenantUrl": url, "secretToken": {"env": "T"}, "dialect": dialect},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all"},
        }
        self.file.write_text(json.dumps(document), "utf-8")

    def save(self) -> None:
        names = list(next(iter(self.people.values())))
        rows = [["id", *names]]
        rows += [[key, *(person[name] for name in names)] for key, person in self.people.items()]
        self._write("users.csv", rows)
        self._write(
            "groups.csv",
            [["id", "displayName", "securityEnabled"]]
            + [[key, key.upper(), "true"] for key in self.groups],
        )
        members = [[key, member] for key, ids in self.groups.items() for member in ids]
        self._write("members.csv", [["groupId", "memberId"], *members])

    def _write(self, name: str, rows: list[list[str]]) -> None:
        text = "\n".join(",".join(row) for row in rows)
        (self.folder / name).write_text(text, "utf-8")


@pytest.fixture
async def target(server: str) -> AsyncIterator[Target]:
    async with Target(TenantConnection(server), BearerToken(SecretText(TOKEN))) as opened:
        yield opened


async def sync(office: Office, data_folder: Path) -> dict[str, Any]:
    office.save()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "looop_gui",
        "sync",
        str(office.file),
        "--json",
        "--data-dir",
        str(data_folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "T": TOKEN, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, output.decode()[-2000:] + errors.decode()
    return json.loads(output.splitlines()[-1])


async def listed(target: Target, path: str) -> list[dict[str, Any]]:
    response = await target.send(ScimRequest("GET", path, (("count", "1000"),)))
    assert response.ok
    return response.body["Resources"]


async def state(target: Target) -> tuple[dict[str, dict[str, Any]], dict[str, set[str]]]:
    users = {u["userName"].partition("@")[0]: u for u in await listed(target, "/Users")}
    groups = await listed(target, "/Groups")
    names = {user["id"]: name for name, user in users.items()}
    names |= {group["id"]: group["displayName"].lower() for group in groups}
    return users, {
        group["displayName"].lower(): {names[m["value"]] for m in group.get("members", ())}
        for group in groups
    }


@pytest.mark.parametrize("dialect", ["legacy", "rfc7644"])
async def test_cycles_into_scim2_server(
    tmp_path: Path, data_folder: Path, server: str, target: Target, dialect: str
) -> None:
    office = Office(tmp_path, server, dialect)

    first = await sync(office, data_folder)
    users, groups = await state(target)
    assert (first["users"]["created"], first["groups"]["created"]) == (PEOPLE, 2)
    assert groups == {"g1": {"p1", "p2", "p3"}, "g2": {"p4", "g1"}}
    assert users["p9"][ENTERPRISE]["manager"]["value"] == users["p2"]["id"]

    office.people["p5"] |= {"surname": "Changed", "manager": "p3"}
    office.people["p6"]["accountEnabled"] = "false"
    del office.people["p23"]
    office.groups["g1"] = ["p2", "p7"]
    del office.groups["g2"]
    second = await sync(office, data_folder)
    users, groups = await state(target)
    assert (second["updated"], second["disabled"], second["deleted"]) == (2, 1, 2)
    assert users["p5"]["name"]["familyName"] == "Changed"
    assert users["p5"][ENTERPRISE]["manager"]["value"] == users["p3"]["id"]
    assert users["p6"]["active"] is False
    assert "p23" not in users
    assert groups == {"g1": {"p2", "p7"}}

    third = await sync(office, data_folder)
    assert third["requests"] <= 3
    assert third["created"] == third["updated"] == third["disabled"] == third["deleted"] == 0
