"""The lock of a data folder: one holder, gone with its process."""

import subprocess
import sys
from pathlib import Path

import pytest

from looop_gui.model.errors import StoreBusyError
from looop_gui.store.instance_lock import InstanceLock

HOLDER = """
import sys
from pathlib import Path
from looop_gui.store.instance_lock import InstanceLock
InstanceLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with InstanceLock(tmp_path), pytest.raises(StoreBusyError, match="Another program") as raised:
        InstanceLock(tmp_path).acquire()
    assert raised.value.next_step


def test_it_can_be_taken_again_after_release(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path)
    lock.acquire()
    lock.acquire()
    lock.release()
    lock.release()
    with InstanceLock(tmp_path) as second:
        assert second.held
    assert not second.held


def test_locks_of_different_names_do_not_meet(tmp_path: Path) -> None:
    with InstanceLock(tmp_path, "cycle-a"), InstanceLock(tmp_path, "cycle-b") as second:
        assert second.held


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(StoreBusyError):
            InstanceLock(tmp_path).acquire()
        holder.kill()
        holder.wait()
    with InstanceLock(tmp_path) as lock:
        assert lock.held
