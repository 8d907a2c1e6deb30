"""The store gives way under a running `looop-gui sync`: it stops with sentences, the next goes on.

Real processes on real files: a file system that is full, a database that is taken away, replaced,
or locked by somebody else for longer than anybody waits.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.test_crash_kill import GROUPS, PEOPLE, Site, events_until
from tests.journeys.test_crash_kill import site as site
from tests.journeys.test_crash_kill import tenant as tenant

DATABASE = "workbench.sqlite3"
FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


async def ended_with_sentences(process: asyncio.subprocess.Process, *sentences: str) -> None:
    """It stopped by itself, said these things, and showed nobody a traceback."""
    output, errors = await process.communicate()
    told = errors.decode()
    assert process.returncode == 2, told
    assert "Traceback" not in told + output.decode()
    for sentence in sentences:
        assert sentence in told
    assert "What was sent before is in effect" in told


async def goes_on(site: Site, changed: int = 0) -> None:
    """The next start does what is left: nothing is lost and nothing is there twice."""
    summary = await site.sync()
    assert summary["failed"] == 0
    await site.check(changed)
    again = await site.sync()
    assert again["requests"] <= 3
    await site.check(changed)


def take_away(site: Site) -> None:
    for name in FILES:
        (site.data_folder / name).unlink(missing_ok=True)


@pytest.mark.skipif(sys.platform == "win32", reason="A file in use cannot be removed there.")
async def test_a_database_that_is_removed(site: Site) -> None:
    process = await site.start_sync()
    await events_until(process, 20)
    take_away(site)

    await ended_with_sentences(process, "was removed or replaced", "Put the file back")

    assert not (site.data_folder / DATABASE).exists(), "nothing is made in its place"
    await goes_on(site)


@pytest.mark.skipif(sys.platform == "win32", reason="A file in use cannot be replaced there.")
async def test_a_database_that_is_replaced_by_an_older_copy(site: Site) -> None:
    assert (await site.sync())["users"]["created"] == PEOPLE
    copy = site.folder / "copy.sqlite3"
    shutil.copy(site.data_folder / DATABASE, copy)
    site.write_source(changed=60)
    process = await site.start_sync()
    await events_until(process, 20)
    take_away(site)
    copy.replace(site.data_folder / DATABASE)

    await ended_with_sentences(process, "was removed or replaced")

    await goes_on(site, changed=60)


async def test_a_database_that_is_overwritten_in_place_by_an_older_copy(site: Site) -> None:
    assert (await site.sync())["users"]["created"] == PEOPLE
    database = site.data_folder / DATABASE
    copy = site.folder / "copy.sqlite3"
    shutil.copy(database, copy)
    site.write_source(changed=60)
    process = await site.start_sync()
    await events_until(process, 20)
    inode = database.stat().st_ino
    shutil.copyfile(copy, database)
    assert database.stat().st_ino == inode

    await ended_with_sentences(process, "was overwritten with another file", "Start again")

    with contextlib.closing(sqlite3.connect(database)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert opened.execute("SELECT count(*) FROM links").fetchone()[0] >= PEOPLE
        assert opened.execute("SELECT count(*) FROM cycles").fetchone()[0] == 1
    await goes_on(site, changed=60)


async def test_a_database_that_somebody_locks_meanwhile(site: Site) -> None:
    process = await site.start_sync()
    await events_until(process, 20)
    database = sqlite3.connect(site.data_folder / DATABASE, isolation_level=None, timeout=30)
    database.execute("BEGIN IMMEDIATE")

    await ended_with_sentences(process, "is in use by another program", "Close the other")

    database.execute("ROLLBACK")
    database.close()
    await goes_on(site)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes; without the right to mount one, the test is left out."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or sys.platform != "linux":
        pytest.skip("There is no mount.")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("Nobody may mount here.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_disk_that_is_full(site: Site, small_disk: Path) -> None:
    site.data_folder.symlink_to(small_disk)
    process = await site.start_sync()
    await events_until(process, 20)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))

    output, errors = await process.communicate()
    told = errors.decode()
    assert process.returncode == 2, told
    assert "Traceback" not in told + output.decode()
    assert "is full" in (told + output.decode())

    filler.unlink()
    summary = await site.sync()
    assert summary["failed"] == 0
    assert summary["groups"]["created"] == GROUPS
    await site.check(changed=0)
    assert (await site.sync())["requests"] <= 3
