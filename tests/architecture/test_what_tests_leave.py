"""What a test leaves of Qt is gone before another test can end it in a thread of its own."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import gc
import weakref

from PySide6.QtCore import QTimer

left = []


class Circle(QTimer):
    def __init__(self):
        super().__init__()
        self.itself = self


def test_leaves_a_timer(qapp):
    timer = Circle()
    left.append(weakref.ref(timer))
    assert not gc.isenabled()


def test_finds_nothing_of_it():
    assert gc.isenabled()
    assert [timer() for timer in left] == [None]
"""


def test_nothing_of_qt_outlives_its_test(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text(TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 passed" in ended.stdout
