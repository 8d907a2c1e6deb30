"""scim2-server as strict as its library is: no manager without an address, and Bulk."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from looop_gui.client.target import Target
from tests.journeys.test_foreign_server import ENTERPRISE, PEOPLE, TOKEN, Office, state, sync
from tests.journeys.test_foreign_server import target as target

PROGRAM = Path(__file__).with_name("strict_scim2_server.py")


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a running server."""
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), TOKEN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, "the server ended"
        yield url
    finally:
        process.terminate()
        process.communicate()


async def test_cycles_into_a_strict_server(
    tmp_path: Path, data_folder: Path, server: str, target: Target
) -> None:
    office = Office(tmp_path, server, "legacy")
    document = json.loads(office.file.read_text("utf-8"))
    document["settings"]["bulk"] = True
    office.file.write_text(json.dumps(document), "utf-8")

    first = await sync(office, data_folder)
    users, groups = await state(target)
    assert (first["users"]["created"], first["groups"]["created"]) == (PEOPLE, 2)
    assert first["requests"] < PEOPLE
    assert groups == {"g1": {"p1", "p2", "p3"}, "g2": {"p4", "g1"}}
    manager = users["p9"][ENTERPRISE]["manager"]
    assert manager["value"] == users["p2"]["id"]
    assert manager["$ref"].endswith(f"/Users/{users['p2']['id']}")

    office.people["p5"] |= {"surname": "Changed", "manager": "p3"}
    office.people["p6"]["accountEnabled"] = "false"
    del office.people["p23"]
    office.groups["g1"] = ["p2", "p7"]
    second = await sync(office, data_folder)
    users, groups = await state(target)
    assert (second["updated"], second["disabled"], second["deleted"]) == (2, 1, 1)
    assert users["p5"][ENTERPRISE]["manager"]["value"] == users["p3"]["id"]
    assert users["p6"]["active"] is False
    assert groups["g1"] == {"p2", "p7"}

    third = await sync(office, data_folder)
    assert third["requests"] <= 3
    assert third["created"] == third["updated"] == third["disabled"] == third["deleted"] == 0
