"""Every model of the window keeps the contract of QAbstractItemModel, before and after changes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import JobState, JobStatus
from looop_gui.model.provisioning_log import (
    LogFilter,
    LogOrder,
    LogRow,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.services.provisioning_log import LogTop
from looop_gui.services.roster import AccountState, RosterRow, ScopeReason
from looop_gui.services.tenants import TenantPage, TenantRow
from looop_gui.ui.connection_list import RUNNING_ROLE, ConnectionListModel
from looop_gui.ui.directory.roster_model import RosterModel
from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.page_list import PageListModel
from looop_gui.ui.provisioning_log.log_cells import NAME
from looop_gui.ui.provisioning_log.log_model import PAGE_ROWS, PAGES_KEPT, LogModel
from looop_gui.ui.tenant.resource_model import ResourceModel, flattened, resource_name

BEGAN = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class ManyRows:
    """Stands for the log service over a million rows that need no store."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.skipped: list[int] = []

    async def top(self, log_filter: LogFilter, _order: LogOrder, limit: int) -> LogTop:
        rows = await self.rows(log_filter, limit=limit)
        return LogTop(tuple(rows), self.total, self.total)

    async def rows(
        self,
        _filter: LogFilter,
        *,
        before_key: int | None = None,
        offset: int = 0,
        limit: int = PAGE_ROWS,
    ) -> list[LogRow]:
        self.skipped.append(offset)
        newest = (before_key or self.total + 1) - 1 - offset
        return [log_row(key) for key in range(newest, max(newest - limit, 0), -1)]


class SlowlyCounted(ManyRows):
    """Rows that come at once, and counts that wait until they are let go."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.let_go = asyncio.Event()
        self.asked: list[tuple[int, int]] = []

    async def top(self, log_filter: LogFilter, order: LogOrder, limit: int) -> LogTop:
        return replace(await super().top(log_filter, order, limit), total=None)

    async def count(
        self,
        _filter: LogFilter,
        *,
        up_to_key: int,
        above_key: int = 0,
        on_counted: Callable[[int], object] | None = None,
    ) -> int:
        self.asked.append((up_to_key, above_key))
        if on_counted is not None:
            on_counted(250)
        await self.let_go.wait()
        return up_to_key - above_key


def log_row(key: int) -> LogRow:
    return LogRow(
        key=key,
        id=str(key),
        time=BEGAN + timedelta(seconds=key),
        object_type=ObjectType.USER,
        action=ProvisioningAction.CREATE,
        status=ProvisioningStatus.SUCCESS,
        source_id=f"s{key}",
        source_name=f"Person {key}",
        target_name="",
        error_code="",
        skip_reason="",
        summary="",
    )


@pytest.fixture
def owner(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def connection(name: str) -> Connection:
    return Connection(
        name,
        name,
        Application.DEMO,
        TenantConnection("http://127.0.0.1:1/scim/v2"),
        SourceSettings(SourceType.DEMO),
    )


def test_the_log_model(theme, loop, owner, qtmodeltester) -> None:
    model = LogModel(ManyRows(450), theme, owner)
    qtmodeltester.check(model)
    model.show_filter(LogFilter("c"))
    loop.until(lambda: model.rowCount() == 450)
    qtmodeltester.check(model)
    loop.until(lambda: model.row_at(449) is not None)
    qtmodeltester.check(model)
    assert model.index(449, NAME).data() == "Person 1"


def test_a_million_rows_are_read_where_they_are_looked_at(theme, loop, owner) -> None:
    service = ManyRows(1_000_000)
    model = LogModel(service, theme, owner)
    model.show_filter(LogFilter("c"))
    loop.until(lambda: model.rowCount() == 1_000_000)
    for row in (999_999, 500_000, 500_200, 0):
        loop.until(lambda at=row: model.row_at(at) is not None)
        assert model.row_at(row).key == 1_000_000 - row
    assert service.skipped[-1] == 0, "the page below a known one is read from its last key"


def test_memory_stays_flat_while_scrolling(theme, loop, owner) -> None:
    model = LogModel(ManyRows(100_000), theme, owner)
    model.show_filter(LogFilter("c"))
    loop.until(lambda: model.rowCount() == 100_000)
    for page in range(PAGES_KEPT + 20):
        loop.until(lambda at=page: model.row_at(at * PAGE_ROWS) is not None)
    assert len(model._pages) == PAGES_KEPT


def test_rows_come_before_their_count_and_stay_where_they_are(theme, loop, owner) -> None:
    service = SlowlyCounted(1_000)
    model = LogModel(service, theme, owner)
    told: list[int] = []
    model.counting.connect(told.append)
    model.show_filter(LogFilter("c", text="ann"))
    loop.until(lambda: 250 in told)
    assert model.rowCount() == PAGE_ROWS
    service.total = 1_010
    model.take_appended(10)
    loop.until(lambda: model.row_at(0).key == 1_010)
    model.hold()
    service.total = 1_020
    model.take_appended(10)
    service.let_go.set()
    loop.until(lambda: model.rowCount() == 1_010)
    assert model.row_at(0).key == 1_010, "a count moves nothing under the reader"
    assert service.asked == [(1_000, 0), (1_010, 1_000)], "nothing is counted twice"
    assert model.waiting == 10
    model.following = True
    model.read_newest()
    loop.until(lambda: model.rowCount() == 1_020)
    assert service.asked[-1] == (1_020, 1_010)


def test_newer_entries_wait_while_the_reader_looks_closer(theme, loop, owner) -> None:
    service = ManyRows(300)
    model = LogModel(service, theme, owner)
    model.show_filter(LogFilter("c"))
    loop.until(lambda: model.rowCount() == 300)
    model.hold()
    service.total = 310
    model.take_appended(10)
    assert (model.rowCount(), model.waiting) == (300, 10)
    model.following = True
    model.read_newest()
    loop.until(lambda: model.rowCount() == 310)
    assert model.waiting == 0


def test_the_roster_model(theme, owner, qtmodeltester) -> None:
    model = RosterModel(theme, owner)
    qtmodeltester.check(model)
    ann = DirectoryObject("1", ObjectType.USER, {"displayName": "Ann"})
    staff = DirectoryObject("2", ObjectType.GROUP, {"displayName": "Staff", "members": ("1",)})
    model.show_rows(
        [
            RosterRow(ann, AccountState.DISABLED, (), False, ScopeReason.INACTIVE),
            RosterRow(staff, AccountState.ACTIVE, (), False, ScopeReason.NOT_PROVISIONED),
        ]
    )
    qtmodeltester.check(model)
    assert model.row_of("2") == 1
    assert model.index(1, 4).data() == "1 members"
    assert model.index(0, 3).data() == "Not active"


def tenant_row(number: int) -> TenantRow:
    name = {"givenName": "Ann", "familyName": str(number)}
    return TenantRow(
        id=str(number),
        display_name="",
        user_name=f"u{number}",
        active=True,
        external_id="",
        created="",
        last_modified="2026-11-24T06:00:00Z",
        version="",
        attributes={"name": name},
    )


def test_the_tenants_lists(theme, loop, owner, qtmodeltester) -> None:
    async def read(_text: str, offset: int, limit: int) -> TenantPage:
        rows = tuple(tenant_row(one) for one in range(offset, min(offset + limit, 450)))
        return TenantPage(450, rows)

    model = ResourceModel(theme, read, owner, users=True)
    qtmodeltester.check(model)
    model.read()
    loop.until(lambda: model.rowCount() >= 200)
    while model.canFetchMore(QModelIndex()):
        before = model.rowCount()
        model.fetchMore(QModelIndex())
        loop.until(lambda at=before: model.rowCount() > at or model.rowCount() == 450)
    assert model.rowCount() == 450
    assert model.index(7, 0).data() == "Ann 7"


def test_attributes_are_named_as_the_mappings_name_them() -> None:
    resource = {
        "userName": "ann",
        "active": True,
        "name": {"givenName": "Ann"},
        "emails": [{"type": "work", "value": "ann@x"}],
        "urn:x:2.0:User": {"department": "Sales"},
    }
    assert flattened(resource) == [
        ("userName", "ann"),
        ("active", "true"),
        ("name.givenName", "Ann"),
        ('emails[type eq "work"]', "ann@x"),
        ("urn:x:2.0:User:department", "Sales"),
    ]
    assert resource_name(replace(tenant_row(1), attributes={}, display_name="A B")) == "A B"


def test_the_lists_of_the_side_bar(theme, owner, qtmodeltester) -> None:
    connections = ConnectionListModel(theme, owner)
    qtmodeltester.check(connections)
    connections.show_connections([connection("a"), connection("b")])
    connections.show_job(JobState("b", JobStatus.QUARANTINE))
    qtmodeltester.check(connections)
    tip = connections.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "b: Quarantine"
    assert connections.index(1).data(RUNNING_ROLE) is False
    pages = PageListModel(theme, owner)
    pages.show_entries(list(PAGES))
    qtmodeltester.check(pages)
    pages.set_collapsed(True)
    assert pages.index(0).data() == ""
    assert pages.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Overview"
