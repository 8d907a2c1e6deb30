"""Service providers on a socket, and what holds for every one of their answers."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

TOKEN = "contract-token"
PRESETS = ("looop", "generic", "rfc", "durable")
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SCIM_TYPES = {
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    None,
}


class Provider:
    """A client of one service provider that checks each answer by what the RFC asks of all."""

    def __init__(self, url: str, preset: str) -> None:
        self.url = url
        self.preset = preset
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )
        self._numbers = itertools.count(1)

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["content"] = json.dumps(body)
            more["headers"] = {"Content-Type": "application/scim+json"} | more.get("headers", {})
        response = self.http.request(method, path, **more)
        check_answer(response, method)
        return response

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, *operations: Any, **more: Any) -> httpx.Response:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.request("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.request("DELETE", path, **more)

    def unique(self, prefix: str = "user") -> str:
        return f"{prefix}-{next(self._numbers)}-{id(self)}"

    def user(self, **attributes: Any) -> dict[str, Any]:
        """Create a user and return it."""
        body = {"schemas": [USER], "userName": self.unique()} | attributes
        response = self.post("/Users", body)
        assert response.status_code == 201, response.text
        return response.json()

    def group(self, *member_ids: str, **attributes: Any) -> dict[str, Any]:
        """Create a group and return it."""
        body: dict[str, Any] = {"schemas": [GROUP], "displayName": self.unique("group")}
        if member_ids:
            body["members"] = [{"value": one} for one in member_ids]
        response = self.post("/Groups", body | attributes)
        assert response.status_code == 201, response.text
        return response.json()

    def found(self, path: str, text: str) -> list[dict[str, Any]]:
        """The resources that a filter finds."""
        response = self.get(path, params={"filter": text, "count": 200})
        assert response.status_code == 200, response.text
        return response.json()["Resources"]

    def refused(self, response: httpx.Response, status: int, scim_type: str | None = None) -> None:
        """Assert an error, and its scimType where one is given."""
        assert response.status_code == status, response.text
        if scim_type is not None:
            assert response.json().get("scimType") == scim_type, response.text


def check_answer(response: httpx.Response, method: str) -> None:
    """What holds for every answer (RFC 7644 sections 3.1, 3.12 and 3.14)."""
    status = response.status_code
    assert status < 500 or status == 501, f"{status} {response.text}"
    if status in (204, 304) or method == "HEAD":
        assert response.content == b""
        return
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type == "application/scim+json"
    body = response.json()
    if status >= 400:
        assert body["schemas"] == [ERROR]
        assert body["status"] == str(status)
        assert body.get("scimType") in SCIM_TYPES
        assert body["detail"]
        assert set(body) <= {"schemas", "status", "scimType", "detail"}
        return
    assert "null" not in _kinds(body), "no nulls in answers"
    if LIST in body["schemas"]:
        assert set(body) == {"schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"}
        assert body["itemsPerPage"] == len(body["Resources"])
        assert body["totalResults"] >= body["itemsPerPage"]
        resources = body["Resources"]
    else:
        resources = [body]
    for resource in resources:
        assert "password" not in resource
        assert resource["schemas"]
    meta = body.get("meta", {})
    if "etag" in response.headers and "version" in meta:
        assert response.headers["etag"] == meta["version"]
    if "location" in response.headers and "location" in meta:
        assert response.headers["location"] == meta["location"]
    if "location" in meta:  # RFC 7643 section 3.1
        assert response.headers["content-location"] == meta["location"]
    if status == 201:
        assert response.headers["location"].startswith("http")


def _kinds(value: Any) -> set[str]:
    if value is None:
        return {"null"}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_kinds, inner)) if inner else set()


def start_provider(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """`looop-gui serve` as a process, and its endpoint."""
    command = [sys.executable, "-m", "looop_gui", "serve", "--port", "0", "--token", TOKEN]
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdout is not None
    first_line = process.stdout.readline()
    return process, json.loads(first_line)["scimEndpoint"]


def arguments_of(preset: str, database: Path) -> list[str]:
    """The arguments of `serve`: "durable" is the preset looop with a database."""
    return ["--database", str(database)] if preset == "durable" else ["--preset", preset]


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Provider]]:
    """The service provider of each preset, started when it is first asked for."""
    running = _Providers(tmp_path_factory.mktemp("tenant") / "tenant.sqlite3")
    yield running
    running.stop()


class _Providers(dict[str, Provider]):
    def __init__(self, database: Path) -> None:
        super().__init__()
        self._database = database
        self._processes: list[subprocess.Popen[str]] = []

    def __missing__(self, preset: str) -> Provider:
        process, url = start_provider(*arguments_of(preset, self._database))
        self._processes.append(process)
        self[preset] = Provider(url, preset)
        return self[preset]

    def stop(self) -> None:
        for provider in self.values():
            provider.http.close()
        for process in self._processes:
            process.terminate()
            process.communicate(timeout=20)
            assert process.returncode == 0


@pytest.fixture(params=PRESETS)
def provider(request: pytest.FixtureRequest, providers: dict[str, Provider]) -> Provider:
    """A service provider of each preset: what holds for all of them."""
    return providers[request.param]


@pytest.fixture(params=("looop", "generic", "durable"))
def lenient(request: pytest.FixtureRequest, providers: dict[str, Provider]) -> Provider:
    """A service provider of each lenient preset."""
    return providers[request.param]


@pytest.fixture
def looop(providers: dict[str, Provider]) -> Provider:
    """The service provider of the preset looop."""
    return providers["looop"]


@pytest.fixture
def strict(providers: dict[str, Provider]) -> Provider:
    """The service provider of the preset rfc."""
    return providers["rfc"]


@pytest.fixture(scope="module", params=("looop", "rfc", "durable"))
def fresh(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """A service provider that only the tests of one file use."""
    database = tmp_path_factory.mktemp("fresh") / "tenant.sqlite3"
    process, url = start_provider(*arguments_of(request.param, database))
    provider = Provider(url, request.param)
    yield provider
    provider.http.close()
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.fixture(scope="session")
def start() -> Iterator[Any]:
    """Starts a service provider with arguments of its own; all end with the session."""
    running: list[tuple[subprocess.Popen[str], Provider]] = []

    def begin(*arguments: str) -> Provider:
        process, url = start_provider(*arguments)
        running.append((process, Provider(url, "looop")))
        return running[-1][1]

    yield begin
    for process, provider in running:
        provider.http.close()
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == 0
