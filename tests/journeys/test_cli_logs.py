"""`looop-gui logs`: the log of a real cycle as a table and as files, filtered."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the log of the demo."""
    path = tmp_path_factory.mktemp("logs") / "data"
    done = CliRunner().invoke(
        root, ["demo", "--headless", "--users", "40", "--data-dir", str(path)]
    )
    assert done.exit_code == 0, done.output
    return path


def logs(folder: Path, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(root, ["logs", "Looop demo", *arguments, "--data-dir", str(folder)])
    assert result.exit_code == code, result.output
    return result


def test_a_table_shows_the_newest_first_and_says_how_many(folder: Path) -> None:
    result = logs(folder, "--status", "success", "--action", "create", "--limit", "5")
    heading, *lines = result.stdout.splitlines()
    assert heading.split()[:4] == ["TIME", "ACTION", "STATUS", "TYPE"]
    assert len(lines) == 5
    assert all(line.split()[2:4] == ["create", "success"] for line in lines)
    assert lines == sorted(lines, key=lambda line: line[:20], reverse=True)
    assert "the newest 5 are shown" in result.stderr


def test_filters_narrow_what_is_exported(folder: Path) -> None:
    every = json.loads(logs(folder, "--format", "json").stdout)
    created = json.loads(logs(folder, "--format", "json", "--action", "create").stdout)
    assert 0 < len(created) < len(every)
    assert {record["provisioningAction"] for record in created} == {"create"}
    one = created[0]["sourceIdentity"]
    history = logs(folder, "--format", "ndjson", "--user", one["displayName"]).stdout.splitlines()
    assert one["id"] in {json.loads(line)["sourceIdentity"]["id"] for line in history}
    assert logs(folder, "--format", "ndjson", "--until", "2020-01-01").stdout == ""
    assert logs(folder, "--format", "ndjson", "--since", "1h").stdout.count("\n") == len(every)


def test_files_are_written_whole(folder: Path, tmp_path: Path) -> None:
    result = logs(folder, "--format", "csv", "--output", str(tmp_path / "log.csv"))
    names = ["log.csv", "log_ModifiedProperties.csv", "log_ProvisioningSteps.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"{len(rows)} entries were written" in result.stderr
    logs(folder, "--format", "har", "--output", str(tmp_path / "log.har"))
    archive = (tmp_path / "log.har").read_text()
    assert json.loads(archive)["log"]["entries"]
    assert "Bearer" not in archive
    assert "uthorization" not in archive


def test_what_cannot_be_used_is_said(folder: Path) -> None:
    assert "neither a date" in logs(folder, "--since", "yesterday", code=2).stderr
    result = CliRunner().invoke(root, ["logs", "Nobody", "--data-dir", str(folder)])
    assert result.exit_code == 2
    assert 'neither a saved connection nor a readable file named "Nobody"' in result.stderr
