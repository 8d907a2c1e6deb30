"""Every file that a command can write, and all that it prints, searched for the secret token."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from looop_gui.cli.root import root
from tests.journeys.tenant_process import TOKEN, serving


def commands(out: Path) -> list[list[str]]:
    """A day at the command line; the connection file follows the first word."""
    logs = [
        ["logs", "--format", form, "--output", str(out / f"log.{form}")]
        for form in ("csv", "json", "ndjson", "har")
    ]
    return [
        ["sync", "--dry-run", "--plan-out", str(out / "plan.html")],
        ["sync", "--dry-run", "--plan-out", str(out / "plan.json")],
        ["sync", "--apply-plan", str(out / "plan.json"), "--result-out", str(out / "result.html")],
        ["sync", "--certify", "--json", "--result-out", str(out / "result.json")],
        ["provision-on-demand", "--user", "ann", "--json"],
        *logs,
        ["undo", "last", "--plan-out", str(out / "undo.html")],
        ["undo", "last", "--plan-out", str(out / "undo.json")],
        ["status", "--json"],
        ["retry"],
        ["test-connection", "--json"],
    ]


def test_the_token_is_in_nothing_that_commands_write(
    tmp_path: Path, data_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    (tmp_path / "directory").mkdir()
    people = "id,userPrincipalName,displayName,accountEnabled\nann,ann@x.org,Ann,true\n"
    (tmp_path / "directory" / "users.csv").write_text(people, "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    file = tmp_path / "connection.json"
    said = []
    with serving() as endpoint:
        content = {
            "name": "secrecy",
            "application": "looop",
            "target": {"tenantUrl": endpoint, "secretToken": {"env": "SECRECY_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all"},
        }
        file.write_text(json.dumps(content), "utf-8")
        for words in commands(out):
            given = [words[0], str(file), *words[1:], "--data-dir", str(data_folder)]
            result = CliRunner().invoke(root, given, env={"SECRECY_TOKEN": TOKEN})
            assert result.exit_code in (0, 1), (words, result.output)
            said.append(result.output)
    names = {path.name for path in out.iterdir()}
    wanted = {"plan.html", "plan.json", "result.html", "result.json", "undo.html", "undo.json"}
    assert wanted | {"log.json", "log.ndjson", "log.har"} <= names
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if TOKEN.encode() in path.read_bytes()] == []
    assert TOKEN not in caplog.text + "".join(said)
