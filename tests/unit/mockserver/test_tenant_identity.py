"""The tenant's token and domain, its options, its presets and the people it may begin with."""

import json
from pathlib import Path
from typing import Any

import pytest

from looop_gui.mockserver.conduct import tenant_conduct
from looop_gui.mockserver.schema_sets import load_schema_set
from looop_gui.mockserver.server import RunningTenant, TenantOptions
from looop_gui.mockserver.storage.memory import MemoryStorage
from looop_gui.mockserver.tenant import Tenant
from looop_gui.model.errors import ConfigurationError


def test_a_token_is_long_random_and_kept_only_as_a_hash(storage: Any) -> None:
    tenant = Tenant(storage)
    token = tenant.reset_token()
    assert len(token) >= 40
    assert token != tenant.reset_token()
    kept = storage.read_setting("token-hash")
    assert kept is not None
    assert token not in kept
    assert token not in repr(tenant)


def test_only_the_current_token_is_accepted(storage: Any) -> None:
    tenant = Tenant(storage)
    assert not tenant.accepts("")
    old = tenant.reset_token()
    assert tenant.accepts(old)
    new = tenant.reset_token("chosen")
    assert new == "chosen"
    assert tenant.accepts("chosen")
    assert not tenant.accepts(old)
    assert not tenant.accepts("chosen ")
    assert not tenant.accepts("chose\udcff")


def test_the_domain_is_remembered() -> None:
    storage = MemoryStorage()
    assert Tenant(storage).organisation_domain == "demo.looop.example"
    assert Tenant(storage, "a.example").organisation_domain == "a.example"
    assert Tenant(storage).organisation_domain == "a.example"


def test_options_do_not_show_the_token() -> None:
    assert "secret" not in repr(TenantOptions(token="secret"))


@pytest.mark.parametrize(
    "options",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.1"},
        {"host": "::"},
        {"host": "example.org"},
        {"preset": "nonsense"},
        {"quirks": ("nonsense",)},
        {"faults": ("nonsense",)},
        {"schemas": Path("/nowhere/schemas.json")},
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RunningTenant(TenantOptions(**options))
    assert caught.value.sentence.endswith(".")


def test_another_address_is_listened_on_only_when_allowed_in_so_many_words() -> None:
    tenant = RunningTenant(TenantOptions(host="0.0.0.0", allow_remote=True))
    assert tenant.origin.startswith("http://demo.looop.example")


async def test_a_taken_port_is_told(start_tenant: Any) -> None:
    tenant = await start_tenant()
    with pytest.raises(ConfigurationError, match="cannot listen"):
        await start_tenant(port=tenant.port)


async def test_the_first_line_is_json_with_endpoint_and_token(start_tenant: Any) -> None:
    tenant = await start_tenant(token="chosen")
    assert json.loads(tenant.first_line()) == {
        "scimEndpoint": f"http://127.0.0.1:{tenant.port}/scim/v2",
        "token": "chosen",
    }


async def test_the_same_seed_gives_the_same_people_with_the_same_ids(start_tenant: Any) -> None:
    first, again = await start_tenant(users=20, seed=3), await start_tenant(users=20, seed=3)
    other = await start_tenant(users=20, seed=4)
    people = [[r.document for r in t.storage.scan("User")] for t in (first, again, other)]
    assert people[0] == people[1] != people[2]
    assert len(people[0]) == 20
    assert first.storage.count("Group") > 1


async def test_a_database_outlives_its_tenant_but_its_token_does_not(
    start_tenant: Any, tmp_path: Path
) -> None:
    file = tmp_path / "tenant.sqlite"
    first = await start_tenant(database=file, users=5, organisation_domain="a.example")
    await first.stop()
    second = await start_tenant(database=file, users=7)
    assert second.storage.count("User") == 5
    assert second.tenant.organisation_domain == "a.example"
    assert not second.tenant.accepts(first.token)


async def test_a_seed_gives_no_id_twice_in_a_database_that_is_opened_again(
    start_tenant: Any, tmp_path: Path
) -> None:
    file = tmp_path / "tenant.sqlite"
    user = "urn:ietf:params:scim:schemas:core:2.0:User"
    ids = set()
    for number in range(3):
        tenant = await start_tenant(database=file, seed=1)
        kind = tenant.service.schema_set.resource_type("User")
        first = {"schemas": [user], "userName": f"kept{number}"}
        second = {"schemas": [user], "userName": f"gone{number}"}
        ids |= {tenant.service.resources.create(kind, body).id for body in (first, second)}
        tenant.service.resources.delete(tenant.storage.find("User", "userName", f"gone{number}")[0])
        await tenant.stop()
    assert len(ids) == 6


async def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are notes " * 100)
    with pytest.raises(ConfigurationError) as caught:
        RunningTenant(TenantOptions(database=file))
    assert caught.value.safe == "The file was not changed."
    assert file.read_text() == "these are notes " * 100


def test_schemas_of_the_users_own_are_served(tmp_path: Path, call_with: Any) -> None:
    own = {
        "schemas": {
            "Resources": [
                {
                    "id": "urn:example:Device",
                    "name": "Device",
                    "attributes": [
                        {"name": "serial", "required": True, "uniqueness": "server"},
                        {"name": "secret", "returned": "never", "mutability": "writeOnly"},
                    ],
                }
            ]
        },
        "resourceTypes": [
            {"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"}
        ],
    }
    file = tmp_path / "schemas.json"
    file.write_text(json.dumps(own))
    tenant = RunningTenant(TenantOptions(schemas=file))
    call = call_with().__class__(tenant.service)
    body = {"schemas": ["urn:example:Device"], "serial": "S1", "secret": "x"}
    created = call("POST", "/Devices", body)
    assert created.status == 201
    assert "secret" not in created.body
    assert call("POST", "/Devices", body).status == 409
    assert call.find('serial eq "s1"', "/Devices")[0]["id"] == created.body["id"]
    assert call.get("/Users").status == 404
    assert [one["id"] for one in call.get("/Schemas").body["Resources"]] == ["urn:example:Device"]


@pytest.mark.parametrize("text", ["[]", "{", "{}", '{"schemas": [1], "resourceTypes": []}'])
def test_a_file_that_is_no_schema_set_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "schemas.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="not a schema set"):
        load_schema_set("looop", file)


@pytest.mark.parametrize("preset", ["rfc", "generic", "looop"])
def test_presets_serve_their_schemas(preset: str) -> None:
    conduct = tenant_conduct(preset)
    served = {schema.id for schema in load_schema_set(conduct.schema_set).schemas}
    looop = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
    assert (looop in served) == (preset == "looop")
    assert conduct.scim.name == preset
