"""Measures `looop-gui sync` as a process of its own, from CSV files: seconds, requests and memory.

A company and one group with half of it are brought into an embedded tenant; then the files are as
they were, written anew with the same people, with one other surname, and with one member less.
`--people 100000` is the size that the limits are meant for (400 MB, 5 s with nothing changed, 1 s
after the source is read with one change, one PATCH with one member in a group of 50,000); it takes
some minutes. Memory is each process's own peak as the system tells it (Linux).
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cycle_parts import peak_megabytes
from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.sources.source import open_source
from served_tenant import TOKEN, served_tenant

PERSON = (
    "id,userPrincipalName,displayName,givenName,surname,mail,department,jobTitle,"
    "accountEnabled,employeeId,manager"
)


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as name, served_tenant() as (url, tenant):
        folder = Path(name)
        (folder / "directory").mkdir()
        connection = {
            "name": "bench",
            "application": "looop",
            "target": {"tenantUrl": url, "secretToken": {"env": "BENCH_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all"},
        }
        (folder / "connection.json").write_text(json.dumps(connection), "utf-8")
        members = people // 2
        _write(folder, people, members)
        _sync(folder, "initial cycle", people, tenant)
        reading = _reading_seconds(folder)
        print(f"reading the files alone takes {reading:.2f} s")
        _sync(folder, "the same files", people, tenant)
        os.utime(folder / "directory" / "users.csv")
        _sync(folder, "the same files, written anew", people, tenant)
        _write(folder, people, members, changed=people // 3)
        _sync(folder, "one surname changed", people, tenant, reading)
        _write(folder, people, members - 1, changed=people // 3)
        _sync(folder, f"one of {members:,} members less", people, tenant, reading)


def _write(folder: Path, people: int, members: int, changed: int | None = None) -> None:
    directory = folder / "directory"
    with (directory / "users.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(PERSON.split(","))
        writer.writerows(_person(n, is_changed=n == changed) for n in range(people))
    with (directory / "groups.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows((("id", "displayName"), ("everybody", "Half of everybody")))
    with (directory / "members.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("groupId", "memberId"))
        writer.writerows(("everybody", _id(number)) for number in range(members))


def _person(number: int, *, is_changed: bool) -> Sequence[str]:
    return (
        _id(number),
        f"person{number}@contoso.example",
        f"Person {number}",
        f"Given{number % 997}",
        "Changed" if is_changed else f"Surname{number % 9973}",
        f"person{number}@contoso.example",
        f"Department {number % 40}",
        "Lead",
        "true",
        str(number),
        _id(number // 10) if number > 9 else "",
    )


def _id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def _reading_seconds(folder: Path) -> float:
    began = time.perf_counter()
    open_source(SourceSettings(SourceType.FILES, folder="directory"), folder).read()
    return time.perf_counter() - began


def _sync(folder: Path, what: str, people: int, tenant: int, reading: float | None = None) -> None:
    summary, cpu, peak = _run(folder)
    seconds = float(summary["seconds"])
    after = f", {max(0.0, seconds - reading):.2f} s after reading" if reading is not None else ""
    counts = ", ".join(
        f"{summary[name]:,} {name}" for name in ("created", "updated", "failed") if summary[name]
    )
    print(
        f"{what:32} {seconds:7.2f} s{after}; {summary['requests']:,} requests"
        f" ({summary['requests'] / people:.2f} a person); {counts or 'nothing written'};"
        f" {cpu:.2f} s of CPU, {peak:,.0f} MB at most; tenant {peak_megabytes(tenant):,.0f} MB"
    )


def _run(folder: Path) -> tuple[dict[str, Any], float, float]:
    """The summary of one cycle, the CPU seconds and the peak megabytes of its process."""
    arguments = ("sync", "connection.json", "--json", "--data-dir", "data")
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", *arguments],
        stdout=subprocess.PIPE,
        cwd=folder,
        env={
            **os.environ,
            "BENCH_TOKEN": TOKEN,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        },
    )
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, lines[-1:]
    return json.loads(lines[-1]), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
