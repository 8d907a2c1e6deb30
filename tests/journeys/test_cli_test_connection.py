"""`looop-gui test-connection`: what is printed, what is JSON, and the exit codes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant

VARIABLE = "LOOOP_TEST_TOKEN"


@contextmanager
def tenant_in_a_thread(options: TenantOptions | None = None) -> Iterator[RunningTenant]:
    """A tenant on a loop of its own, because a command runs a loop itself."""
    import asyncio

    ready, done = Event(), Event()
    box: list[RunningTenant] = []

    async def serve() -> None:
        async with running_tenant(options) as tenant:
            box.append(tenant)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    try:
        yield box[0]
    finally:
        done.set()
        thread.join()


def invoke(*arguments: str, folder: Path) -> Result:
    return CliRunner().invoke(root, ["--data-dir", str(folder), *arguments])


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with tenant_in_a_thread(TenantOptions(users=2)) as running:
        yield running


@pytest.fixture
def token(tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, tenant.token)
    return tenant.token


def connection_file(folder: Path, url: str, **target: Any) -> str:
    folder.mkdir(exist_ok=True)
    content = {
        "name": "file",
        "application": "looop",
        "target": {"tenantUrl": url, "secretToken": {"env": VARIABLE}, **target},
        "source": {"type": "demo"},
    }
    path = folder / "connection.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_a_url_with_its_token(tenant: RunningTenant, token: str, data_folder: Path) -> None:
    url = f"{tenant.scim_endpoint}/Users"
    result = invoke(
        "test-connection", "--tenant-url", url, "--token-env", VARIABLE, folder=data_folder
    )
    assert result.exit_code == 0
    assert "The connection works." in result.stdout
    assert "passed   Query for users" in result.stdout
    assert "/Users at the end was left out." in result.stderr
    assert token not in result.output


def test_a_connection_file_as_json(tenant: RunningTenant, token: str, data_folder: Path) -> None:
    path = connection_file(data_folder, tenant.scim_endpoint)
    result = invoke("test-connection", path, "--json", "--prove-write", folder=data_folder)
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["passed"] is True
    assert [check["identifier"] for check in said["checks"]][:3] == ["url", "name", "connection"]
    assert {check["state"] for check in said["proveWrite"]["checks"]} == {"passed"}
    assert said["proveWrite"]["leftBehind"] == ""
    assert tenant.storage.count("User") == 2
    assert token not in result.output


def test_a_refused_token(
    tenant: RunningTenant, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "tok-of-yesterday")
    path = connection_file(data_folder, tenant.scim_endpoint)
    result = invoke("test-connection", path, "--prove-write", folder=data_folder)
    assert result.exit_code == 4
    assert "FAILED   Authentication: The token was refused." in result.stdout
    assert "press Reset Token; your account needs Admin permissions." in result.stdout
    assert "Create a user" not in result.stdout
    assert "tok-of-yesterday" not in result.output


def test_a_host_that_is_not_there(data_folder: Path, token: str) -> None:
    path = connection_file(data_folder, "https://contoso.looop.invalid/scim/v2")
    result = invoke("test-connection", path, "--json", folder=data_folder)
    assert result.exit_code == 4
    failed = [c for c in json.loads(result.stdout)["checks"] if c["state"] == "failed"]
    assert [check["identifier"] for check in failed] == ["name"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "Name a connection"),
        (("x", "--tenant-url", "y"), 2, "Name a connection"),
        (("no-such-connection",), 2, "neither a saved connection nor a readable file"),
        (("--tenant-url", "http://contoso.looop.co"), 4, "Plain http is refused"),
        (("--tenant-url", "https://<org>.looop.co/scim/v2"), 4, "Replace <org>"),
        (("--tenant-url", "contoso", "--token-env", "LOOOP_UNSET"), 4, "LOOOP_UNSET is not set"),
    ],
)
def test_usage_and_credentials_have_their_codes(
    data_folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = invoke("test-connection", *arguments, folder=data_folder)
    assert result.exit_code == code
    assert said in result.stderr


def test_a_token_in_the_file_needs_to_be_allowed(tenant: RunningTenant, data_folder: Path) -> None:
    path = connection_file(data_folder, tenant.scim_endpoint, secretToken=tenant.token)
    refused = invoke("test-connection", path, folder=data_folder)
    allowed = invoke("test-connection", path, "--allow-inline-token", folder=data_folder)
    assert (refused.exit_code, allowed.exit_code) == (2, 0)
    assert "--allow-inline-token" in refused.stderr
    assert tenant.token not in refused.output + allowed.output


def test_a_missing_variable_is_said(
    tenant: RunningTenant, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    path = connection_file(data_folder, tenant.scim_endpoint)
    result = invoke("test-connection", path, folder=data_folder)
    assert result.exit_code == 4
    assert f"The environment variable {VARIABLE} is not set or is empty." in result.stderr


@pytest.mark.parametrize("content", ["", "{", '{"name": 1}', "[]"])
def test_a_broken_file_is_usage(data_folder: Path, content: str) -> None:
    path = data_folder / "broken.json"
    path.write_text(content)
    result = invoke("test-connection", str(path), folder=data_folder)
    assert result.exit_code == 2
    assert "broken.json is not a connection file" in result.stderr
