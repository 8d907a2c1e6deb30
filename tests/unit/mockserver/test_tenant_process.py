"""`looop-gui serve` as a process: its first line, its end, and that writes outlive kill -9."""

import http.client
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def connect(tenant: Any) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", tenant.port, timeout=20)


def ask(
    connection: http.client.HTTPConnection, token: str, method: str, path: str, body: Any = None
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    data = None if body is None else json.dumps(body)
    connection.request(method, f"/scim/v2{path}", data, headers)
    response = connection.getresponse()
    text = response.read()
    return response.status, json.loads(text) if text else None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_cleanly(tenant_process: Any, number: int) -> None:
    with tenant_process("--token", "chosen", "--users", "3") as tenant:
        assert set(tenant.said) == {"scimEndpoint", "token"}
        assert tenant.said["token"] == "chosen"
        status, body = ask(connect(tenant), "chosen", "GET", "/Users")
        assert (status, body["totalResults"]) == (200, 3)
        tenant.process.send_signal(number)
        assert tenant.process.wait(10) == 0


def test_it_ends_with_its_parent_when_asked_to(tenant_process: Any) -> None:
    with tenant_process("--exit-with-parent") as tenant:
        assert tenant.process.poll() is None
        tenant.process.stdin.close()
        assert tenant.process.wait(10) == 0


def test_the_console_is_told_in_the_first_line(tenant_process: Any) -> None:
    with tenant_process("--console") as tenant:
        assert set(tenant.said) == {"scimEndpoint", "token", "consoleEndpoint", "consoleKey"}


def test_faults_and_quirks_are_taken_from_the_command_line(tenant_process: Any) -> None:
    with tenant_process(
        "--quirk", "empty-lookup-404", "--fault", "throttle=writes:1/h", "--preset", "rfc"
    ) as tenant:
        token, connection = tenant.said["token"], connect(tenant)
        assert ask(connection, token, "GET", '/Users?filter=userName+eq+"x"')[0] == 404
        body = {"schemas": [USER], "userName": "ann"}
        assert ask(connection, token, "POST", "/Users", body)[0] == 201
        assert ask(connection, token, "POST", "/Users", body)[0] == 429


def test_a_reset_is_a_reset_on_the_loop_of_the_process_too(tenant_process: Any) -> None:
    with tenant_process("--fault", "reset-after-write") as tenant:
        token = tenant.said["token"]
        with pytest.raises(ConnectionResetError):
            ask(connect(tenant), token, "POST", "/Users", {"schemas": [USER], "userName": "ann"})
        assert ask(connect(tenant), token, "GET", "/Users")[1]["totalResults"] == 1


def test_acknowledged_writes_outlive_kill_9(tenant_process: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "tenant.sqlite")
    acknowledged: list[tuple[str, str]] = []
    enough = threading.Event()

    def write(tenant: Any, worker: int) -> None:
        connection = connect(tenant)
        number = 0
        try:
            while True:
                name = f"w{worker}-{number}"
                body = {"schemas": [USER], "userName": name}
                status, user = ask(connection, tenant.said["token"], "POST", "/Users", body)
                assert status == 201
                acknowledged.append((user["id"], name))
                number += 1
                if len(acknowledged) > 300:
                    enough.set()
        except (OSError, http.client.HTTPException):
            enough.set()

    with tenant_process("--database", file) as tenant:
        workers = [threading.Thread(target=write, args=(tenant, n)) for n in range(4)]
        for worker in workers:
            worker.start()
        assert enough.wait(30)
        tenant.process.kill()
        tenant.process.wait(10)
        for worker in workers:
            worker.join(10)
    assert len(acknowledged) > 300
    with tenant_process("--database", file) as tenant:
        connection, token = connect(tenant), tenant.said["token"]
        for user_id, name in acknowledged:
            status, user = ask(connection, token, "GET", f"/Users/{user_id}")
            assert (status, user["userName"]) == (200, name)
        found = ask(connection, token, "GET", f'/Users?filter=userName+eq+"{acknowledged[-1][1]}"')
        assert found[1]["totalResults"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listen", "0.0.0.0"], "--allow-remote"),
        (["--fault", "nonsense"], "is not a fault"),
        (["--quirk", "nonsense"], "is not a quirk"),
    ],
)
def test_options_that_cannot_be_used_end_it_with_2_and_a_sentence(
    arguments: list[str], said: str
) -> None:
    command = [sys.executable, "-m", "looop_gui", "serve", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_the_lists_of_faults_and_quirks_are_printed() -> None:
    command = [sys.executable, "-m", "looop_gui", "serve"]
    for option, known in (
        ("--list-quirks", "page-cap-50"),
        ("--list-faults", "reset-after-write"),
        ("--help", "latency=lognormal:50ms"),
    ):
        ended = subprocess.run(
            [*command, option], capture_output=True, text=True, timeout=30, check=True
        )
        assert known in ended.stdout
