"""Measures the window: first paint, event-loop lateness, a large canvas, a million log entries.

Prints figures and asserts nothing. `--users N` sets the size of the company of the running cycle,
`--entries N` that of the log (0 leaves it out).
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QScrollBar
from qasync import QEventLoop

from large_canvas import measure_canvas
from looop_gui.app import SWITCH_SECONDS, Application, make_application
from looop_gui.model import connection as words
from looop_gui.model.provisioning_log import LogFilter, LogOrder, ProvisioningStatus
from looop_gui.store.database import open_database
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from million_entries import fill

TICK = 0.016
CONNECTION_ID = "bench"
_ONE_START = """
import asyncio, sys, time
from pathlib import Path
import looop_gui.app as app
shown, opened = app.Application.show, app.Application.open

def show(self):
    shown(self)
    print("shown", time.time(), flush=True)

async def open_and_close(self):
    await opened(self)
    while self.window.page is self.window.opening:
        await asyncio.sleep(0.005)
    print("usable", time.time(), flush=True)
    self.window.close()

app.Application.show, app.Application.open = show, open_and_close
sys.exit(app.run_application(Path(sys.argv[1])))
"""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=3000)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--only-canvas", action="store_true")
    options = parser.parse_args()
    if not options.only_canvas:
        measure_starts(3)
    sys.setswitchinterval(SWITCH_SECONDS)
    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(measure_large_canvas(application))
        if not options.only_canvas:
            loop.run_until_complete(measure_cycle(application, options.users))
        if options.entries and not options.only_canvas:
            loop.run_until_complete(measure_log(application, options.entries))


def measure_starts(times: int) -> None:
    """From the start of the process to the first paint and to the usable window."""
    shown, usable = [], []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            began = time.time()
            ended = subprocess.run(
                [sys.executable, "-c", _ONE_START, folder],
                capture_output=True,
                text=True,
                check=True,
            )
        moments = dict(line.split() for line in ended.stdout.splitlines() if " " in line)
        shown.append(float(moments["shown"]) - began)
        usable.append(float(moments["usable"]) - began)
    print(f"start to first paint   {min(shown) * 1000:6.0f} ms (best of {times})")
    print(f"start to usable window {min(usable) * 1000:6.0f} ms (best of {times})")


async def measure_large_canvas(application: QApplication) -> None:
    """The mapping editor with 200 attributes on each side."""
    with tempfile.TemporaryDirectory() as folder:
        run = Application(application, Path(folder))
        run.show()
        await run.open()
        try:
            await measure_canvas(run.window.desk, Path(folder))
        finally:
            await run.close()
            run.window.hide()


async def measure_cycle(application: QApplication, users: int) -> None:
    """How late a 16 ms timer comes: at rest, and on each page while a cycle runs at full speed."""
    with tempfile.TemporaryDirectory() as folder:
        run = Application(application, Path(folder))
        run.show()
        await run.open()
        try:
            report("lateness at rest", await lateness(2.0))
            for page in ("overview", "provisioning_log", "tenant"):
                await _cycle_on(run, page, users)
        finally:
            await run.close()
            run.window.hide()


async def _cycle_on(run: Application, page: str, users: int) -> None:
    services = run.window.desk.services
    new_id = services.connections.new_id()
    tenant = await services.tenants.start(new_id)
    token = await services.tenants.reset_token(new_id)
    memory = words.TokenStorage.MEMORY
    await services.connections.create(
        words.Connection(
            new_id,
            page,
            words.Application.DEMO,
            words.TenantConnection(tenant.scim_endpoint, token_storage=memory),
            words.SourceSettings(words.SourceType.DEMO, users=users),
            words.ConnectionSettings(requests_per_second=100_000.0, concurrency=16),
        ),
        token.reveal(),
    )
    while new_id not in run.window.connection_ids:
        await asyncio.sleep(0.05)
    run.window.open_connection(new_id, page)
    await asyncio.sleep(1.0)
    began = time.monotonic()
    cycle = asyncio.ensure_future(services.provisioning.run_cycle(new_id))
    late = await lateness(until=cycle)
    seconds = time.monotonic() - began
    ended = await cycle
    rate = ended.requests / seconds
    report(f"lateness on {page}, {rate:,.0f} requests/s", late)


async def lateness(
    seconds: float = 0.0, until: "asyncio.Future[object] | None" = None
) -> list[float]:
    """How many milliseconds after its due time each tick of a precise Qt timer came."""
    late: list[float] = []
    due = time.perf_counter() + TICK

    def tick() -> None:
        nonlocal due
        now = time.perf_counter()
        late.append(max(0.0, now - due) * 1000)
        due = now + TICK

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=round(TICK * 1000))
    timer.timeout.connect(tick)
    timer.start()
    if until is not None:
        await asyncio.wait((until,))
    else:
        await asyncio.sleep(seconds)
    timer.stop()
    return late


def report(what: str, late: Sequence[float]) -> None:
    """Print the median, the 99th percentile and the greatest."""
    points = quantiles(late, n=100)
    print(
        f"{what:48s} p50 {points[49]:5.1f}  p99 {points[98]:5.1f}  max {max(late):6.1f} ms"
        f"  ({len(late)} ticks)"
    )


async def measure_log(application: QApplication, entries: int) -> None:
    """The log view on a store of that many entries: first rows, scrolling, filters, memory."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        database = open_database(Path(folder))
        fill(database, CONNECTION_ID, entries)
        database.close()
        print(f"a store of {entries:,} entries made in {time.monotonic() - began:.0f} s")
        run = Application(application, Path(folder))
        run.show()
        await run.open()
        try:
            await _look_at_log(run)
        finally:
            await run.close()
            run.window.hide()


async def _look_at_log(run: Application) -> None:
    window = run.window
    before = memory_megabytes()
    view = ProvisioningLogView(window.desk, CONNECTION_ID)
    view.resize(1200, 700)
    began = time.perf_counter()
    view.show()
    while not view.model.rowCount():
        await asyncio.sleep(0.002)
    print(f"first rows of {view.model.rowCount():,} {_since(began):6.0f} ms")
    bar = view.table.verticalScrollBar()
    waits = []
    for place in range(1, 40):
        began = time.perf_counter()
        bar.setValue(bar.maximum() * place // 40)
        row = view.table.rowAt(20)
        while view.model.row_at(row) is None:
            await asyncio.sleep(0.002)
        waits.append(_since(began))
    print(f"a jump anywhere: p50 {sorted(waits)[20]:.0f} ms, max {max(waits):.0f} ms")
    bar.setValue(0)
    await asyncio.sleep(0.3)
    scroll = asyncio.ensure_future(_scroll(bar))
    report("lateness while scrolling", await lateness(until=scroll))
    for words_of, log_filter in _filters():
        shown, counted = await _answer(view, lambda f=log_filter: view.model.show_filter(f))
        entries = view.model.rowCount()
        print(
            f"filter {words_of:24s} {shown:6.0f} ms, counted {counted:6.0f} ms, {entries:,} entries"
        )
    await _answer(view, lambda: view.model.show_filter(LogFilter(CONNECTION_ID)))
    for order in LogOrder:
        shown, counted = await _answer(view, lambda o=order: view.model.show_order(o))
        print(f"order {order.value:25s} {shown:6.0f} ms, counted {counted:6.0f} ms")
    print(f"memory of the view {memory_megabytes() - before:.0f} MB")
    view.hide()
    view.deleteLater()


async def _answer(view: ProvisioningLogView, ask: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds until the first rows and until the count of what is asked for."""
    shown: list[float] = []
    counted: list[float] = []
    began = time.perf_counter()
    on_reset = view.model.modelReset.connect(lambda: shown.append(_since(began)))
    on_count = view.model.counted.connect(lambda _number: counted.append(_since(began)))
    ask()
    while not counted:
        await asyncio.sleep(0.002)
    view.model.disconnect(on_reset)
    view.model.disconnect(on_count)
    return shown[0], counted[0]


def _filters() -> list[tuple[str, LogFilter]]:
    failure = frozenset({ProvisioningStatus.FAILURE})
    return [
        ("failures", LogFilter(CONNECTION_ID, statuses=failure)),
        ("one word", LogFilter(CONNECTION_ID, text="Grace")),
        ("two words", LogFilter(CONNECTION_ID, text="Grace Brown")),
        ("failures with a word", LogFilter(CONNECTION_ID, statuses=failure, text="Grace")),
    ]


async def _scroll(bar: QScrollBar) -> None:
    for step in range(150):
        bar.setValue(step * 56)
        await asyncio.sleep(0.016)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def memory_megabytes() -> float:
    """The resident memory of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


if __name__ == "__main__":
    main()
