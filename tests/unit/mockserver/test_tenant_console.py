"""The control API below /console."""

import json
from typing import Any

import pytest


class Desk:
    """Asks the console over a connection."""

    def __init__(self, tenant: Any, client: Any) -> None:
        self._tenant = tenant
        self._client = client

    async def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        return await self._client.ask(
            method,
            path,
            None if body is None else json.dumps(body).encode(),
            token=key or self._tenant.console_key,
            prefix="/console",
        )


@pytest.fixture
async def desk(start_tenant: Any, wire: Any) -> Any:
    tenant = await start_tenant(console=True, users=30, organisation_domain="contoso.looop.example")
    async with wire(tenant) as client:
        made = Desk(tenant, client)
        made.tenant, made.client = tenant, client
        yield made


async def test_without_being_asked_for_there_is_no_console(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        assert (await client.ask("GET", "/tenant", prefix="/console")).status == 404
    assert "consoleKey" not in json.loads(tenant.first_line())


async def test_the_console_has_a_key_of_its_own(desk: Any) -> None:
    said = json.loads(desk.tenant.first_line())
    assert said["consoleKey"] == desk.tenant.console_key != said["token"]
    assert said["consoleEndpoint"].endswith("/console")
    assert (await desk.ask("GET", "/tenant", key=desk.tenant.token)).status == 401
    scim = await desk.client.ask("GET", "/Users", token=desk.tenant.console_key)
    assert scim.status == 401


async def test_the_tenant_is_described(desk: Any) -> None:
    told = (await desk.ask("GET", "/tenant")).json
    assert told["organisationDomain"] == "contoso.looop.example"
    assert told["scimEndpoint"] == desk.tenant.scim_endpoint
    assert (told["preset"], told["users"]) == ("looop", 30)
    assert told["groups"] >= 1
    assert "token" not in json.dumps(told).lower()


async def test_a_reset_token_makes_the_old_one_fail_at_once(desk: Any) -> None:
    old = desk.tenant.token
    new = (await desk.ask("POST", "/token")).json["token"]
    assert new != old
    assert (await desk.client.ask("GET", "/Users", token=old)).status == 401
    assert (await desk.client.ask("GET", "/Users", token=new)).status == 200


async def test_lists_are_paged_and_searched_and_sorted_by_change(desk: Any) -> None:
    page = (await desk.ask("GET", "/users?startIndex=11&count=5")).json
    assert (page["totalResults"], page["startIndex"], len(page["rows"])) == (30, 11, 5)
    row = page["rows"][0]
    assert row["userName"] == "user000011@looop.example"
    assert row["active"] is True
    assert row["attributes"]["name"]["givenName"]
    found = (await desk.ask("GET", "/users?search=USER000007")).json
    assert [one["userName"] for one in found["rows"]] == ["user000007@looop.example"]
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    user_id = found["rows"][0]["id"]
    await desk.client.ask("PATCH", f"/Users/{user_id}", json.dumps(body).encode())
    newest = (await desk.ask("GET", "/users?sort=changed&count=1")).json["rows"][0]
    assert (newest["id"], newest["active"], newest["version"]) == (user_id, False, 2)
    assert newest["lastModified"] > newest["created"]


async def test_one_resource_is_shown_with_all_its_attributes(desk: Any) -> None:
    group = (await desk.ask("GET", "/groups")).json["rows"][0]
    shown = (await desk.ask("GET", f"/groups/{group['id']}")).json
    assert shown["displayName"] == group["displayName"]
    assert shown["members"]
    assert (await desk.ask("GET", "/users/none")).status == 404


async def test_faults_are_listed_and_switched(desk: Any) -> None:
    listed = (await desk.ask("GET", "/faults")).json
    assert listed["on"] == []
    assert {"name", "example", "sentence"} == set(listed["available"][0])
    on = (await desk.ask("POST", "/faults", {"fault": "errors=503"})).json
    assert on["on"] == ["errors=503"]
    assert (await desk.client.ask("GET", "/Users")).status == 503
    assert (await desk.ask("DELETE", "/faults/errors")).json["on"] == []
    assert (await desk.client.ask("GET", "/Users")).status == 200
    assert (await desk.ask("DELETE", "/faults/errors")).status == 404
    refused = await desk.ask("POST", "/faults", {"fault": "nonsense"})
    assert (refused.status, refused.json["scimType"]) == (400, "invalidValue")
    assert (await desk.ask("POST", "/faults", {})).status == 400


async def test_quirks_are_listed_and_switched(desk: Any) -> None:
    assert len((await desk.ask("GET", "/quirks")).json["available"]) >= 40
    on = (await desk.ask("POST", "/quirks", {"quirk": "empty-lookup-404"})).json
    assert on["on"] == ["empty-lookup-404"]
    lookup = '/Users?filter=userName+eq+"nobody"'
    assert (await desk.client.ask("GET", lookup)).status == 404
    assert (await desk.ask("DELETE", "/quirks")).json["on"] == []
    assert (await desk.client.ask("GET", lookup)).status == 200


async def test_requests_are_counted(desk: Any) -> None:
    await desk.client.ask("GET", "/Users")
    await desk.client.ask("GET", "/Users/none")
    counted = (await desk.ask("GET", "/requests")).json
    assert counted["requests"] == {"GET": 2}
    assert counted["statuses"]["404"] == 1
    assert counted["connections"] == 1


async def test_what_the_console_does_not_know_is_404(desk: Any) -> None:
    for method, path in (("GET", "/nothing"), ("PUT", "/faults"), ("POST", "/tenant")):
        assert (await desk.ask(method, path, {})).status == 404
