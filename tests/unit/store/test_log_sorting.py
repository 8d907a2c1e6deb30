"""Pages of the log in every order are slices of the sorted whole, under every kind of filter."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looop_gui.model.provisioning_log import LogFilter, LogOrder, LogRow, ProvisioningStatus
from looop_gui.store.database import open_database
from looop_gui.store.log_sorting import count_parts, read_sorted_rows
from looop_gui.store.provisioning_log import read_rows

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
PLAIN = str.maketrans("öüí", "oui")
VALUES: dict[str, Callable[[LogRow], object]] = {
    "action": lambda row: row.action,
    "status": lambda row: row.status,
    "code": lambda row: row.error_code or row.skip_reason,
    "name": lambda row: (
        row.source_name.replace("ö", "o").replace("ü", "u").replace("í", "i").lower()
    ),
    "duration": lambda row: row.duration_milliseconds,
}
FILTERS = {
    "everything": LogFilter("c1"),
    "two statuses": LogFilter(
        "c1", statuses=frozenset({ProvisioningStatus.FAILURE, ProvisioningStatus.SKIPPED})
    ),
    "cycle": LogFilter("c1", cycle_id="cycle-1"),
    "attribute": LogFilter("c1", attribute="title"),
    "text": LogFilter("c1", text="ann"),
    "text and failures": LogFilter(
        "c1", text="contoso", statuses=frozenset({ProvisioningStatus.FAILURE})
    ),
    "one hour": LogFilter("c1", since=BEGINNING, until=BEGINNING + timedelta(hours=1)),
    "text and until": LogFilter("c1", text="kim", until=BEGINNING + timedelta(days=1)),
    "person and text": LogFilter(
        "c1", text="contoso", source_id="00000000-0000-4000-8000-000000008805"
    ),
    "text and attribute": LogFilter("c1", text="ann", attribute="TITLE"),
    "nobody": LogFilter("c1", text="zzzz"),
    "no connection": LogFilter("other"),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory, checkout: Path):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(checkout / "tests" / "benchmarks"))
        from million_entries import fill
    opened = open_database(tmp_path_factory.mktemp("log"))
    fill(opened, "c1", 900, cycles=3)
    yield opened
    opened.close()


def expected(rows: list[LogRow], order: LogOrder) -> list[int]:
    """Python's own stable sort of the newest first."""
    if order is LogOrder.NEWEST:
        return [row.key for row in rows]
    if order is LogOrder.OLDEST:
        return [row.key for row in reversed(rows)]
    name, descending = order.value.removeprefix("-"), order.value.startswith("-")
    value = VALUES[name]
    if name in ("name", "duration"):
        oldest_first = reversed(rows) if descending else rows
        return [row.key for row in sorted(oldest_first, key=value, reverse=descending)]
    values = sorted({value(row) for row in rows}, reverse=descending)
    last = sorted(values, key=lambda one: one == "")
    return [row.key for one in last for row in rows if value(row) == one]


@pytest.mark.parametrize("order", [order for order in LogOrder if order is not LogOrder.NEWEST])
@pytest.mark.parametrize("name", FILTERS)
def test_pages_are_slices_of_the_sorted_whole(database, name: str, order: LogOrder) -> None:
    log_filter, top = FILTERS[name], 700
    whole = [row for row in read_rows(database, log_filter, limit=900) if row.key <= top]
    wanted = expected(whole, order)
    counts = count_parts(database, log_filter, order, up_to_key=top)
    found: list[int] = []
    for offset in range(0, max(1, len(wanted)), 64):
        page = read_sorted_rows(
            database, log_filter, order, counts, up_to_key=top, offset=offset, limit=64
        )
        found += [row.key for row in page]
    assert found == wanted
    assert (len(wanted) > 0) is (name not in ("nobody", "no connection"))
    tail = read_sorted_rows(database, log_filter, order, up_to_key=top, offset=17, limit=5)
    assert [row.key for row in tail] == wanted[17:22]
