"""Starting: nothing heavy before the window, one window a data folder, an end in order."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from looop_gui.app import usual_data_folder
from looop_gui.ui.crash_dialog import CrashDialog
from looop_gui.ui.garbage import GuiGarbage
from looop_gui.ui.single_instance import SingleInstance

HEAVY = ("httpx", "aiohttp", "sqlite_utils", "keyring", "cryptography", "regex")
START = """
import sys
import looop_gui.app
print(" ".join(name for name in {heavy!r} if name in sys.modules))
"""
RUN = """
import asyncio, sys
from pathlib import Path
import looop_gui.app as app

opened = app.Application.open

async def open_and_close(self):
    await opened(self)
    while self.window.page is self.window.opening:
        await asyncio.sleep(0.01)
    print(type(self.window.page).__name__, flush=True)
    self.window.close()

app.Application.open = open_and_close
sys.exit(app.run_application(Path(sys.argv[1]), demo_users={users}))
"""


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_nothing_heavy_is_imported_before_the_window_shows() -> None:
    ended = python("-c", START.format(heavy=HEAVY))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == ""


def test_the_application_opens_and_ends_in_order(data_folder: Path) -> None:
    ended = python("-c", RUN.format(users=None), str(data_folder))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "GalleryPage"
    assert "Traceback" not in ended.stderr
    assert (data_folder / "window.ini").exists()


def test_demo_mode_opens_the_wizard(data_folder: Path) -> None:
    ended = python("-c", RUN.format(users=12), str(data_folder))
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_the_self_check_passes() -> None:
    ended = python("-m", "looop_gui", "--self-check")
    assert ended.returncode == 0, ended.stderr
    assert "passed" in ended.stdout


def test_a_second_start_raises_the_first_window(qtbot, tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    raised: list[bool] = []
    assert not second.raise_other()
    first.listen(lambda: raised.append(True))
    assert second.raise_other()
    qtbot.waitUntil(lambda: raised == [True])
    assert not SingleInstance(tmp_path / "other").raise_other()
    first.close()


def test_the_usual_data_folder_is_the_users_own() -> None:
    assert "looop-gui" in str(usual_data_folder())


def test_an_exception_that_nobody_handled_is_shown_and_the_window_goes_on(theme, window) -> None:
    dialog = CrashDialog(theme, window)
    dialog.show_exception(ValueError("no such colour"))
    assert dialog.isVisible()
    assert "ValueError: no such colour" in dialog.panel._details
    dialog.go_on.click()
    assert dialog.isHidden()
    assert window.isVisible()


def test_garbage_is_collected_by_the_window_and_given_back(qtbot) -> None:
    import gc

    was_enabled = gc.isenabled()
    gc.enable()
    garbage = GuiGarbage()
    garbage.start()
    assert not gc.isenabled()

    class Knot:
        pass

    for _ in range(3_000):
        knot = Knot()
        knot.itself = knot
    before = gc.get_count()[0]
    garbage.collect()
    assert gc.get_count()[0] < before
    garbage.stop()
    assert gc.isenabled()
    gc.disable()
    garbage.start()
    garbage.stop()
    assert not gc.isenabled(), "it is given back to whoever had it"
    if was_enabled:
        gc.enable()
    assert isinstance(garbage._timer, QTimer)
