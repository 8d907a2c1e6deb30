"""The provisioning log at a million entries: writing while it is read, filters, search, memory.

Run with `python tests/benchmarks/bench_log.py [entries] [folder]`. Making a million entries takes
two minutes; with a folder they are kept for the next run. Each answer is the middle one of five
from a database that was just opened (the operating system has the file in its cache).
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    LogFilter,
    LogOrder,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.log_export import LogFormat
from looop_gui.services.services import close_services, open_services
from looop_gui.store.database import Database, open_database
from looop_gui.store.log_counting import read_census
from looop_gui.store.log_retention import delete_surplus, give_back_space, logged_jobs
from looop_gui.store.log_sorting import read_top
from looop_gui.store.provisioning_log import count_rows, read_entry, read_rows
from million_entries import BEGINNING, fill

CONNECTION = "c1"
FAILURE = frozenset({ProvisioningStatus.FAILURE})
FILTERS = {
    "everything": LogFilter(CONNECTION),
    "status failure": LogFilter(CONNECTION, statuses=FAILURE),
    "action update": LogFilter(CONNECTION, actions=frozenset({ProvisioningAction.UPDATE})),
    "groups": LogFilter(CONNECTION, object_type=ObjectType.GROUP),
    "a cycle": LogFilter(CONNECTION, cycle_id="cycle-3"),
    "failures of a cycle": LogFilter(CONNECTION, cycle_id="cycle-3", statuses=FAILURE),
    "one minute": LogFilter(
        CONNECTION,
        since=BEGINNING + timedelta(days=2),
        until=BEGINNING + timedelta(days=2, minutes=1),
    ),
    "one person": LogFilter(CONNECTION, source_id="00000000-0000-4000-8000-000000000321"),
    "person ann": LogFilter(CONNECTION, person="ann"),
    "attribute title": LogFilter(CONNECTION, attribute="title"),
    "error Conflict": LogFilter(CONNECTION, error_code="Conflict"),
    "HTTP 429": LogFilter(CONNECTION, http_status=429),
    "cause": LogFilter(CONNECTION, cause="filter 'Sales NY' clause 1"),
    "text ann": LogFilter(CONNECTION, text="ann"),
    "text jörg kim": LogFilter(CONNECTION, text="jörg kim"),
    "text in all": LogFilter(CONNECTION, text="contoso"),
    "text in all, failures": LogFilter(CONNECTION, text="contoso", statuses=FAILURE),
    "text in none": LogFilter(CONNECTION, text="zzzz"),
}


def measure(work: Callable[[], object], times: int = 5) -> float:
    """The middle of several runs in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def memory() -> float:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench_filters(database: Database) -> None:
    """First page, count, last page and census of each filter, in milliseconds."""
    print(
        f"{'filter':24}{'entries':>10}{'first page':>12}{'count':>8}{'last page':>11}{'census':>8}"
    )
    for name, chosen in FILTERS.items():
        number = count_rows(database, chosen)
        times = (
            measure(lambda f=chosen: read_rows(database, f)),
            measure(lambda f=chosen: count_rows(database, f)),
            measure(lambda f=chosen, n=number: read_rows(database, f, offset=max(0, n - 200))),
            measure(lambda f=chosen: read_census(database, f)),
        )
        first, count, last, census = times
        print(f"{name:24}{number:>10}{first:>12.1f}{count:>8.1f}{last:>11.1f}{census:>8.1f}")


def bench_orders(database: Database) -> None:
    """First page of some filters in every order, in milliseconds."""
    orders = tuple(LogOrder)
    print(f"{'first page by order':24}" + "".join(f"{order.value:>10}" for order in orders))
    for name in ("everything", "attribute title", "text ann", "text in all", "one minute"):
        times = [measure(lambda o=o, n=name: read_top(database, FILTERS[n], o), 3) for o in orders]
        print(f"{name:24}" + "".join(f"{one:>10.1f}" for one in times))


def bench_scrolling(database: Database, number: int) -> None:
    """Jumps to random rows, and whole entries."""
    chosen = FILTERS["everything"]
    places = [at * number // 101 for at in range(1, 100, 7)]
    taken = [measure(lambda p=p: read_rows(database, chosen, offset=p), 1) for p in places]
    print(f"jump to any row: middle {statistics.median(taken):.1f}, longest {max(taken):.1f} ms")
    key = read_rows(database, chosen, offset=number // 2, limit=1)[0].key
    print(
        f"a page by its key: {measure(lambda: read_rows(database, chosen, before_key=key)):.1f} ms"
    )
    print(f"a whole entry: {measure(lambda: read_entry(database, key)):.2f} ms")


def bench_appending(folder: Path) -> None:
    """Entries a second, alone and while another connection reads pages and counts."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        writer = open_database(Path(place))
        began = time.perf_counter()
        fill(writer, CONNECTION, 20_000, cycles=1)
        alone = 20_000 / (time.perf_counter() - began)
        reader, ended, reads = open_database(Path(place)), threading.Event(), [0]

        def read() -> None:
            while not ended.wait(0.1):
                read_rows(reader, FILTERS["everything"])
                count_rows(reader, FILTERS["status failure"])
                reads[0] += 1

        thread = threading.Thread(target=read)
        thread.start()
        began = time.perf_counter()
        fill(writer, "c2", 20_000, cycles=1)
        together = 20_000 / (time.perf_counter() - began)
        ended.set()
        thread.join()
        writer.close()
        reader.close()
    print(f"appended: {alone:,.0f} entries/s alone, {together:,.0f}/s read ten times a second")


def bench_retention(database: Database) -> None:
    """How long a step of retention keeps the database from others."""
    (job, *_) = logged_jobs(database)
    number = count_rows(database, FILTERS["everything"])
    steps = [measure(lambda: delete_surplus(database, job, number - 5_000), 1) for _ in range(10)]
    shrinking = measure(lambda: give_back_space(database), 1)
    print(f"retention: a step takes {statistics.median(steps):.0f} ms (longest {max(steps):.0f});")
    print(f"  giving back a part of the free space {shrinking:.0f} ms")


async def bench_export(folder: Path, limit: int) -> None:
    """Entries a second and the growth of memory."""
    services = await open_services(folder, engine=EngineLocation.IN_PROCESS)
    with tempfile.TemporaryDirectory() as place:
        for log_format in LogFormat:
            before, began = memory(), time.perf_counter()
            path = Path(place) / f"log.{log_format}"
            result = await services.log_export.export(
                LogFilter(CONNECTION), log_format, path, limit=limit
            )
            seconds = time.perf_counter() - began
            print(
                f"export {log_format}: {result.entries / seconds:,.0f} entries/s,"
                f" memory grew by {memory() - before:.0f} MiB"
            )
    await close_services(services)


def main() -> None:
    """Make or open the store and measure."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary)
        database = open_database(folder)
        have = count_rows(database, FILTERS["everything"])
        if have < number * 0.9:
            print(f"making {number:,} entries ...", flush=True)
            fill(database, CONNECTION, number)
        database.close()
        database = open_database(folder)
        number = count_rows(database, FILTERS["everything"])
        size = database.path.stat().st_size / number
        print(f"{number:,} entries, {size:,.0f} bytes each; memory {memory():.0f} MiB")
        bench_filters(database)
        bench_orders(database)
        bench_scrolling(database, number)
        print(f"memory at most {memory():.0f} MiB")
        bench_appending(folder)
        asyncio.run(bench_export(folder, min(number, 50_000)))
        bench_retention(database)
        database.close()


if __name__ == "__main__":
    main()
