"""Whether there is a display that answers: a variable alone is none."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from looop_gui.cli.display import has_display
from looop_gui.cli.root import ApplicationOpener, root

VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")


@pytest.fixture
def runtime_folder() -> Iterator[Path]:
    """A folder with a short path: that of a socket may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="lg") as folder:
        yield Path(folder)


@pytest.fixture
def listening() -> Iterator[int]:
    """A port above 6000 that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_without_a_variable_there_is_none() -> None:
    assert not has_display()


@pytest.mark.parametrize(
    "display",
    [
        ":6543210",
        "unix:6543210",
        "unix/:6543210.0",
        "127.0.0.1:6543210",
        "/nowhere/org.xquartz:0",
        "garbage",
        ":",
        "[::1]:x",
        "\u0130:1",
    ],
)
def test_a_display_that_is_gone_is_none(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    assert not has_display()


def test_a_display_over_the_network_is_reached(
    monkeypatch: pytest.MonkeyPatch, listening: int
) -> None:
    monkeypatch.setenv("DISPLAY", f"127.0.0.1:{listening - 6000}.0")
    assert has_display() == (listening > 6000)


def test_a_wayland_display_is_reached_in_its_folder(
    monkeypatch: pytest.MonkeyPatch, runtime_folder: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime_folder))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(runtime_folder / "wayland-0"))
        server.listen()
        assert has_display()


def test_a_platform_that_is_named_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":6543210")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_display()


def test_the_window_is_refused_where_its_display_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":6543210")
    opened: list[object] = []
    opener = ApplicationOpener(lambda *given: opened.append(given) or 0, lambda: 0)
    result = CliRunner().invoke(root, [], obj=opener)
    assert result.exit_code == 2
    assert "no display that answers" in result.stderr
    assert opened == []
