"""Conformance suites and clients of others, unmodified, against the service provider.

scim2-tester and scim-sanity must find no failure and no error; scim2-client and scim2-cli must
work as they are. All four come from PyPI.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    PatchOp,
    PatchOperation,
    Resource,
    SCIMException,
    SearchRequest,
)
from scim2_tester import Status, check_server
from scim_sanity.probe.runner import run_probe_api


def scim2_client(provider: Any) -> SyncSCIMClient:
    headers = {"Authorization": provider.http.headers["authorization"]}
    return SyncSCIMClient(httpx2.Client(base_url=provider.url, headers=headers, timeout=30))


def test_scim2_tester_finds_nothing(fresh: Any) -> None:
    results = check_server(scim2_client(fresh))
    found = [
        (result.title, result.resource_type, str(result.reason)[:300])
        for result in results
        if result.status is not Status.SUCCESS
    ]
    assert found == []
    assert len(results) > 100


def test_scim_sanity_finds_nothing(provider: Any) -> None:
    assert sanity(provider, profile=None) == []


def test_scim_sanity_finds_nothing_with_the_profile_of_entra(lenient: Any) -> None:
    # Its extensions of Microsoft are no schemas of ours; the preset rfc refuses them.
    assert sanity(lenient, profile="entra") == []


def sanity(provider: Any, profile: str | None) -> list[dict]:
    token = provider.http.headers["authorization"].partition(" ")[2]
    answer = run_probe_api(provider.url, token=token, strict=True, profile=profile)
    assert sum(one["status"] == "pass" for one in answer["results"]) > 20
    return [one for one in answer["results"] if one["status"] not in ("pass", "skip")]


def test_scim2_client_lives_a_users_life(provider: Any) -> None:
    client = scim2_client(provider)
    client.discover()
    user_model = client.get_resource_model("User")
    group_model = client.get_resource_model("Group")
    assert user_model is not None
    assert group_model is not None
    name = provider.unique()
    made = client.create(user_model(user_name=name, display_name="Ann"))
    assert isinstance(made, Resource)
    assert client.query(user_model, made.id).display_name == "Ann"
    made.display_name = "Anna"
    assert client.replace(made).display_name == "Anna"
    found = client.query(
        user_model, query_parameters=SearchRequest(filter=f'userName eq "{name}"', count=10)
    )
    assert [one.id for one in found.resources] == [made.id]
    group = client.create(
        group_model(
            display_name=provider.unique("group"), members=[{"value": made.id, "type": "User"}]
        )
    )
    assert [member.value for member in group.members] == [made.id]
    everything = client.search(SearchRequest(filter=f'id eq "{made.id}"'))
    assert [one.id for one in everything.resources] == [made.id]
    client.delete(user_model, made.id)
    assert client.query(group_model, group.id).members is None


def test_scim2_client_patches_and_sends_bulk_requests(provider: Any) -> None:
    client = scim2_client(provider)
    client.discover()
    user_model: Any = client.get_resource_model("User")
    user = client.create(user_model(user_name=provider.unique(), nick_name="A"))
    patch = PatchOp[user_model](
        operations=[
            PatchOperation(op=PatchOperation.Op.replace_, path="nickName", value="B"),
            PatchOperation(
                op=PatchOperation.Op.add,
                path="emails",
                value=[{"value": "a@b.org", "type": "work"}],
            ),
            PatchOperation(op=PatchOperation.Op.remove, path="displayName"),
        ]
    )
    after: Any = client.modify(user_model, user.id, patch)
    assert after.nick_name == "B"
    assert [email.value for email in after.emails] == ["a@b.org"]
    with pytest.raises(SCIMException) as refused:
        client.modify(user, patch)
    assert refused.value.status == 412, "the client sends the version it has"
    request = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {
                "method": "POST",
                "path": "/Users",
                "bulkId": "one",
                "data": {"schemas": after.schemas, "userName": provider.unique()},
            }
        ],
    }
    answer: Any = client.bulk(request, check_request_payload=False)
    assert [operation.status for operation in answer.operations] == [201]


@pytest.fixture
def scim2(looop: Any) -> Any:
    """The command of scim2-cli: what it prints as JSON."""
    environment = os.environ | {
        "SCIM_CLI_HEADERS": f"Authorization: {looop.http.headers['authorization']}",
        "NO_COLOR": "1",
    }

    def run(*arguments: str, given: str = "") -> Any:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "scim2"), "-u", looop.url, *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_scim2_cli_lives_a_users_life(looop: Any, scim2: Any) -> None:
    name = looop.unique()
    made = scim2("create", "user", "--user-name", name, "--display-name", "Ann")
    changed = scim2("modify", "user", made["id"], "replace", "displayName", "Anna")
    assert changed["displayName"] == "Anna"
    body = {"schemas": made["schemas"], "id": made["id"], "userName": name, "title": "Chief"}
    replaced = scim2("replace", "user", given=json.dumps(body))
    assert replaced["title"] == "Chief"
    found = scim2("search", "user", "--filter", f'userName eq "{name}"')
    assert [one["id"] for one in found["Resources"]] == [made["id"]]
    assert scim2("delete", "user", made["id"]) is None
    looop.refused(looop.get(f"/Users/{made['id']}"), 404)
