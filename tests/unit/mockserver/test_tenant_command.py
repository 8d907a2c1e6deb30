"""`looop-gui tenant` against a tenant that runs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.serve import command as serve
from looop_gui.cli.tenant import command

Run = Callable[..., Result]


@pytest.fixture
def run(tenant_process: Any, tmp_path: Path) -> Iterator[Run]:
    with tenant_process("--console", "--users", "4", "--seed", "1") as tenant:
        file = tmp_path / "tenant.json"
        file.write_text(json.dumps(tenant.said))
        yield lambda *arguments: CliRunner().invoke(command, ["--from", str(file), *arguments])


def test_info_resources_and_a_reset_token(run: Run) -> None:
    info = json.loads(run("info").stdout)
    assert info["users"] == 4
    found = json.loads(run("resources", "users", "--search", "user000002@").stdout)
    assert [row["userName"] for row in found["rows"]] == ["user000002@looop.example"]
    assert len(json.loads(run("resources", "users", "--start", "3").stdout)["rows"]) == 2
    assert len(json.loads(run("reset-token").stdout)["token"]) >= 40


def test_faults_and_quirks_are_switched(run: Run) -> None:
    assert json.loads(run("faults", "latency=1ms", "errors=503@0.1").stdout) == {
        "on": ["errors=503@0.1", "latency=1ms"]
    }
    assert "on  errors=503@0.1" in run("faults").stdout
    assert json.loads(run("faults", "--off", "errors").stdout) == {"on": ["latency=1ms"]}
    assert json.loads(run("faults", "--clear").stdout) == {"on": []}
    assert json.loads(run("quirks", "page-cap-50").stdout) == {"on": ["page-cap-50"]}
    refused = run("faults", "nonsense")
    assert refused.exit_code == 2
    assert "is not a fault" in refused.stderr


def test_what_cannot_be_reached_is_told(tmp_path: Path) -> None:
    gone = {"consoleEndpoint": "http://127.0.0.1:9/console", "consoleKey": "key-of-nobody"}
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps(gone))
    ended = CliRunner().invoke(command, ["--from", str(file), "info"])
    assert ended.exit_code == 4
    assert "does not answer" in ended.stderr
    assert "key-of-nobody" not in ended.output
    file.write_text("nothing of use")
    assert CliRunner().invoke(command, ["--from", str(file), "info"]).exit_code == 2
    assert CliRunner(env={"LOOOP_GUI_CONSOLE_KEY": ""}).invoke(command, ["info"]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--token", ""), "printable ASCII"),
        (("--token", " blank "), "printable ASCII"),
        (("--database", "{folder}/missing/x.sqlite"), "cannot be used"),
        (("--listen", "0.0.0.0"), "--allow-remote"),
        (("--quirk", "nonsense"), "not a quirk"),
        (("--fault", "nonsense"), "not a fault"),
    ],
)
def test_what_cannot_be_served_is_refused(
    tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    given = [one.format(folder=tmp_path) for one in arguments]
    ended = CliRunner().invoke(serve, given)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr
