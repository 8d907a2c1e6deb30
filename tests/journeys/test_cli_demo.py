"""`looop-gui demo`: without a display the whole demo runs in the terminal and ends cleanly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from looop_gui.cli.root import ApplicationOpener, root

STEPS = [
    "1. An embedded Looop tenant",
    "2. An invented company",
    "3. Test Connection",
    "4. The initial cycle",
    "5. A typical day",
    "6. The incremental cycle",
    "7. What the incremental cycle did",
    "8. The tenant now",
]


def test_the_demo_runs_as_a_program_without_a_display(checkout: Path, tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment["TMPDIR"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "looop_gui", "demo", "--users", "60"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "There is no display" in done.stderr
    places = [done.stdout.index(step) for step in STEPS]
    assert places == sorted(places)
    assert "failed 0" in done.stdout
    assert "\r" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_with_a_data_folder_the_demo_is_kept(data_folder: Path) -> None:
    runner = CliRunner()
    arguments = ["demo", "--headless", "--users", "40", "--data-dir", str(data_folder)]
    first = runner.invoke(root, arguments)
    second = runner.invoke(root, arguments)
    assert (first.exit_code, second.exit_code) == (0, 0)
    listed = runner.invoke(root, ["connections", "--data-dir", str(data_folder)])
    assert "Looop demo " in listed.stdout
    assert "Looop demo 2" in listed.stdout


def test_a_kept_demo_goes_on_with_other_commands(data_folder: Path) -> None:
    """Its tenant is started for each command and keeps its users."""
    runner = CliRunner()
    folder = ["--data-dir", str(data_folder)]
    runner.invoke(root, ["demo", "--headless", "--users", "40", *folder])
    tested = runner.invoke(root, ["test-connection", "Looop demo", *folder])
    assert (tested.exit_code, "The connection works." in tested.stdout) == (0, True)
    synced = runner.invoke(root, ["sync", "Looop demo", "--json", *folder])
    assert synced.exit_code == 0
    summary = json.loads(synced.stdout.splitlines()[-1])
    assert (summary["created"], summary["updated"], summary["failed"]) == (0, 0, 0)


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_application_opens(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, display: str
) -> None:
    opened: list[tuple[Path | None, int | None]] = []

    def open_application(folder: Path | None, users: int | None) -> int:
        opened.append((folder, users))
        return 7

    monkeypatch.setenv(display, ":1")
    result = CliRunner().invoke(
        root,
        ["demo", "--users", "300", "--data-dir", str(data_folder)],
        obj=ApplicationOpener(open_application, lambda: 0),
    )
    assert result.exit_code == 7
    assert opened == [(data_folder, 300)]
