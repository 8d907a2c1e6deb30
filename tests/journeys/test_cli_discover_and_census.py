"""`looop-gui mapping discover` and `explain --census`: what a target publishes, who is skipped."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant

PEOPLE = (
    "id,userPrincipalName,displayName,department,accountEnabled\n"
    "1,ann@x.example,Ann,Sales,True\n"
    "2,bob@x.example,Bob,Sales,False\n"
    "3,cid@x.example,Cid,Sales,True\n"
)


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    """A tenant on a loop of its own, because a command runs a loop itself."""
    ready, done = Event(), Event()
    box: list[RunningTenant] = []

    async def serve() -> None:
        async with running_tenant(TenantOptions()) as running:
            box.append(running)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    yield box[0]
    done.set()
    thread.join()


def connection_file(folder: Path, url: str) -> str:
    source = folder / "directory"
    source.mkdir()
    (source / "users.csv").write_text(PEOPLE)
    (source / "assignments.csv").write_text("principalId\n1\n2\n")
    path = folder / "contoso.json"
    document = {
        "name": "Contoso",
        "application": "generic",
        "target": {"tenantUrl": url, "secretToken": {"env": "LOOOP_DISCOVER_TOKEN"}},
        "source": {"type": "files", "folder": "directory"},
    }
    path.write_text(json.dumps(document))
    return str(path)


def invoke(*arguments: str, folder: Path) -> Result:
    return CliRunner().invoke(root, ["--data-dir", str(folder), *arguments])


def test_discover_writes_a_template_that_can_be_used(
    tenant: RunningTenant, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOOP_DISCOVER_TOKEN", tenant.token)
    path = connection_file(tmp_path, tenant.scim_endpoint)
    result = invoke("mapping", "discover", path, folder=data_folder)
    assert result.exit_code == 0, result.output
    (tmp_path / "discovered.json").write_text(result.stdout)
    document = json.loads(Path(path).read_text()) | {"schema": "discovered.json"}
    Path(path).write_text(json.dumps(document))
    checked = invoke("lint", path, "--json", folder=data_folder)
    assert checked.exit_code == 0, checked.output


def test_discover_says_what_keeps_it_from_asking(
    tenant: RunningTenant, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOOP_DISCOVER_TOKEN", "wrong")
    refused = connection_file(tmp_path, tenant.scim_endpoint)
    result = invoke("mapping", "discover", refused, folder=data_folder)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "refused the secret token" in result.stderr


def test_the_census_counts_by_reason(tmp_path: Path, data_folder: Path) -> None:
    path = connection_file(tmp_path, "http://127.0.0.1:9/scim/v2")
    result = invoke("explain", path, "--census", "--json", folder=data_folder)
    assert result.exit_code == 0, result.output
    census = json.loads(result.stdout)
    assert (census["users"], census["usersInScope"]) == (3, 1)
    assert {row["cause"]: row["ids"] for row in census["skipped"]} == {
        "disabled": ["2"],
        "not assigned": ["3"],
    }
    words = invoke("explain", path, "--census", folder=data_folder).stdout
    assert "1 of 3 people are in scope." in words
    assert "The account is disabled." in words


def test_explain_needs_a_person_or_the_census(tmp_path: Path, data_folder: Path) -> None:
    path = connection_file(tmp_path, "http://127.0.0.1:9/scim/v2")
    assert invoke("explain", path, folder=data_folder).exit_code == 2
    assert invoke("explain", path, "--census", "--user", "1", folder=data_folder).exit_code == 2


def test_a_connection_file_is_compared_with_a_schema_and_keeps_no_versions(
    tmp_path: Path, data_folder: Path
) -> None:
    path = connection_file(tmp_path, "http://127.0.0.1:9/scim/v2")
    exported = invoke("mapping", "export", path, folder=data_folder).stdout
    schema = json.loads(exported)
    schema["synchronizationRules"][0]["objectMappings"][0]["enabled"] = False
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    result = invoke("mapping", "diff", path, str(tmp_path / "schema.json"), folder=data_folder)
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 1
    refused = invoke("mapping", "history", path, folder=data_folder)
    assert refused.exit_code == 2
    assert "A connection file keeps no versions" in refused.stderr


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_a_connection_file_is_switched_in_the_file(
    tmp_path: Path, data_folder: Path, command: str
) -> None:
    path = connection_file(tmp_path, "http://127.0.0.1:9/scim/v2")
    refused = invoke(command, path, folder=data_folder)
    assert refused.exit_code == 2
    assert "provisioningStatus" in refused.stderr
