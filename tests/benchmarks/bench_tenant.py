"""Measures the embedded tenant: creates, lookups, PATCHes and pages a second.

In one run: the tenant in memory, the tenant on SQLite, and PyPI scim2-server on gunicorn (one
process, because its storage is in memory; threads and keep-alive, its fastest honest way), at 1, 8
and 32 connections, with 1,000 and 100,000 users; and how lookups grow between the two.
`--quick` measures less, `--rival-users N` fills the rival with fewer (it is slow to fill).
"""

import argparse
import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median

from tenant_load import Endpoint, Measure, ids_in, measure

_CONCURRENCIES = (1, 8, 32)
_HERE = Path(__file__).resolve().parent
_TOKEN = "benchmark"


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--targets", nargs="*", default=["memory", "sqlite", "scim2-server"])
    parser.add_argument("--rival-users", type=int, default=1_000)
    parser.add_argument("--quick", action="store_true", help="0.5 s each, 1,000 users only")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.sizes = 0.5, [1_000]
    print(f"{'target':14}{'users':>8}{'operation':>10}", end="")
    print("".join(f"{f'{c} conn.':>12}{'p99 ms':>8}" for c in _CONCURRENCIES))
    growth = []
    for target in options.targets:
        rival = target == "scim2-server"
        sizes = [n for n in options.sizes if not rival or n <= options.rival_users]
        with ExitStack() as stack:
            endpoints = {size: stack.enter_context(_server(target, size)) for size in sizes}
            if len(sizes) > 1:
                growth.append(_growth(target, endpoints))
            for size, endpoint in endpoints.items():
                for operation, measures in _operations(endpoint, size, options.seconds):
                    _print_row(target, size, operation, measures)
    print("\n".join(growth))


def _growth(target: str, endpoints: dict[int, Endpoint]) -> str:
    """How much longer a lookup takes among many; measured in turns, so that noise hits both."""
    small, large = min(endpoints), max(endpoints)
    slices: dict[int, list[float]] = {small: [], large: []}
    for _ in range(7):
        for size, found in slices.items():
            requests = itertools.cycle(_lookups(endpoints[size], size))
            found.append(measure(endpoints[size], 8, requests, 0.3).per_second)
    ratio = median(slices[small]) / median(slices[large])
    return f"{target}: a lookup among {large:,} takes {ratio:.2f} times one among {small:,}"


def _lookups(endpoint: Endpoint, size: int) -> list[bytes]:
    random = Random(7)
    return [endpoint.lookup(f"user{random.randint(1, size):06d}") for _ in range(2_000)]


def _operations(
    endpoint: Endpoint, size: int, seconds: float
) -> Iterator[tuple[str, list[Measure]]]:
    random = Random(7)
    ids = ids_in(endpoint, min(size, 1_000))
    numbers = itertools.count(1)
    for operation, requests in (
        ("lookup", itertools.cycle(_lookups(endpoint, size))),
        ("page", itertools.cycle([endpoint.page(random.randint(1, size)) for _ in range(200)])),
        ("patch", (endpoint.patch(random.choice(ids), n) for n in numbers)),
        ("create", map(endpoint.create, itertools.count(1))),
    ):
        prepared: Iterator[bytes] = requests
        yield operation, [measure(endpoint, c, prepared, seconds) for c in _CONCURRENCIES]


@contextmanager
def _server(target: str, size: int) -> Iterator[Endpoint]:
    if target == "scim2-server":
        with _rival(size) as endpoint:
            yield endpoint
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "looop_gui", "serve", "--token", _TOKEN]
        command += ["--users", str(size), "--seed", "1"]
        if target == "sqlite":
            command += ["--database", str(Path(folder) / "tenant.sqlite")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            port = int(said["scimEndpoint"].split(":")[2].split("/")[0])
            yield Endpoint("127.0.0.1", port, "/scim/v2", _TOKEN)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def _rival(size: int) -> Iterator[Endpoint]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--chdir", str(_HERE), "--log-level", "error"]
    command += ["--workers", "1", "--threads", "4", "--keep-alive", "75"]
    command += ["--bind", f"127.0.0.1:{port}", "tenant_rival:application"]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        endpoint = Endpoint("127.0.0.1", port, "/v2", _TOKEN)
        bodies = (_as_prefilled(endpoint, number) for number in range(1, size + 1))
        measure(endpoint, 4, bodies, 600.0)
        yield endpoint
    finally:
        process.terminate()
        process.wait(20)


def _as_prefilled(endpoint: Endpoint, number: int) -> bytes:
    from tenant_load import user

    return endpoint.send("POST", "/Users", user(f"user{number:06d}"))


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The rival did not start.")


def _print_row(target: str, size: int, operation: str, measures: list[Measure]) -> None:
    row = f"{target:14}{size:>8}{operation:>10}"
    for one in measures:
        errors = f" ({one.errors} bad)" if one.errors else ""
        row += f"{one.per_second:>11,.0f}/s{one.p99_ms:>7.1f}{errors}"
    print(row, flush=True)


if __name__ == "__main__":
    main()
