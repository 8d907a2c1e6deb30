"""Queries that look at every resource go on in slices and do not hold up others."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from looop_gui.mockserver import http
from looop_gui.scim.messages import ScimRequest

USERS = 3000
SLOW = "/Users?filter=displayName+pr&sortBy=meta.lastModified&count=3"


@pytest.mark.parametrize("database", [None, "tenant.sqlite"])
async def test_a_lookup_overtakes_a_scan(
    start_tenant: Any,
    wire: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: str | None,
) -> None:
    monkeypatch.setattr(http, "_SLOW_SECONDS", 0.0)
    options = {} if database is None else {"database": tmp_path / database}
    tenant = await start_tenant(users=USERS, **options)
    order: list[str] = []
    async with wire(tenant) as slow, wire(tenant) as quick:

        async def scan() -> Any:
            answer = await slow.ask("GET", SLOW)
            order.append("scan")
            return answer

        async def lookup() -> None:
            for _ in range(3):
                assert (await quick.ask("GET", "/Users?count=1")).status == 200
            order.append("lookup")

        scanned, _ = await asyncio.gather(scan(), lookup())
    assert order == ["lookup", "scan"]
    assert (scanned.json["totalResults"], scanned.json["itemsPerPage"]) == (USERS, 3)


async def test_a_slow_answer_is_the_same_as_one_at_once(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(users=USERS, quirks=("total-results-of-page",))
    async with wire(tenant) as client:
        for path, query in (
            ("/Users", (("filter", 'userName co "a"'), ("count", "7"), ("startIndex", "20"))),
            ("/Users", (("sortBy", "userName"), ("sortOrder", "descending"), ("count", "5"))),
            ("/", (("count", "4"),)),
        ):
            at_once = tenant.service.answer(ScimRequest("GET", path, query))
            text = "&".join(f"{name}={value}" for name, value in query).replace(" ", "+")
            answer = await client.ask("GET", f"{path}?{text}")
            assert answer.json == json.loads(json.dumps(at_once.body))


async def test_faults_meet_a_slow_query_once(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(users=USERS, faults=("token-expiry=2",))
    async with wire(tenant) as client:
        assert (await client.ask("GET", SLOW)).status == 200
        assert (await client.ask("GET", SLOW)).status == 200
        assert (await client.ask("GET", SLOW)).status == 401


async def test_what_is_deleted_meanwhile_is_not_shown(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(users=USERS)
    async with wire(tenant) as slow, wire(tenant) as quick:
        first = (await quick.ask("GET", "/Users?count=1")).json["Resources"][0]["id"]
        waiting = asyncio.create_task(slow.ask("GET", "/Users?sortBy=id&count=1000"))
        deleted = await quick.ask("DELETE", f"/Users/{first}")
        answer = await waiting
        assert deleted.status == 204
        assert first not in [one["id"] for one in answer.json["Resources"]]


async def test_the_server_goes_on_when_a_slow_client_leaves(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(users=USERS)
    async with wire(tenant) as client:
        await client.send(
            f"GET /scim/v2{SLOW} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {tenant.token}\r\n\r\n".encode()
        )
    async with wire(tenant) as client:
        assert (await client.ask("GET", SLOW)).json["totalResults"] == USERS
