"""Whole cycles over HTTP into an embedded tenant: what arrives, and what is not sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.mockserver.server import TenantOptions, running_tenant
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    Dialect,
    MatchingStrategy,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import (
    AppRoleAssignment,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleProgress, CycleState
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.store.jobs import open_job
from looop_gui.store.provisioning_log import count_rows, read_entry, read_rows

TOKEN = "token-of-the-cycle-tests"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Company:
    """A source directory that tests change as they like."""

    users: dict[str, DirectoryObject] = field(default_factory=dict)
    groups: dict[str, DirectoryObject] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    version: int = 0

    def person(self, source_id: str, **attributes: Any) -> None:
        old = self.users.get(source_id)
        usual = (
            dict(old.attributes)
            if old
            else {
                "userPrincipalName": f"{source_id}@contoso.com",
                "displayName": source_id.title(),
                "givenName": source_id.title(),
                "surname": "Test",
                "mail": f"{source_id}@contoso.com",
                "accountEnabled": "True",
            }
        )
        deleted = attributes.pop("deleted", old.deleted if old else False)
        given = {k: v for k, v in (usual | attributes).items() if v is not None}
        self.users[source_id] = DirectoryObject(source_id, ObjectType.USER, given, deleted)
        self.version += 1

    def group(self, source_id: str, *members: str) -> None:
        given = {"displayName": source_id.title(), "securityEnabled": "True", "members": members}
        self.groups[source_id] = DirectoryObject(source_id, ObjectType.GROUP, given)
        self.version += 1

    def assign(self, *source_ids: str) -> None:
        self.assigned.update(source_ids)
        self.version += 1

    def unassign(self, *source_ids: str) -> None:
        self.assigned.difference_update(source_ids)
        self.version += 1

    def remove(self, source_id: str) -> None:
        self.users.pop(source_id, None)
        self.groups.pop(source_id, None)
        self.version += 1

    def snapshot(self, *_: object) -> DirectorySnapshot:
        assignments = tuple(AppRoleAssignment(name) for name in sorted(self.assigned))
        return DirectorySnapshot(
            dict(self.users), dict(self.groups), assignments, f"version {self.version}"
        )


@dataclass
class Desk:
    """A tenant, a store, a company, and the configuration between them."""

    company: Company
    connection: Connection
    schema: SynchronizationSchema
    data_folder: Path
    worker: StoreWorker
    target: Target
    random: Random = field(default_factory=lambda: Random(7))
    progress: list[CycleProgress] = field(default_factory=list)

    def configure(self, **settings: Any) -> None:
        self.connection = replace(
            self.connection, settings=replace(self.connection.settings, **settings)
        )

    def setting(self) -> CycleSetting:
        return CycleSetting(
            connection=self.connection,
            schema=self.schema,
            token=SecretText(TOKEN),
            data_folder=self.data_folder,
            worker=self.worker,
            random=self.random,
            read_source=self.company.snapshot,
            source_digest=lambda *_: self.company.snapshot().digest,
        )

    async def cycle(self, kind: CycleKind | None = None, *, allowed_guard: str = "") -> Cycle:
        return await run_cycle(
            replace(self.setting(), allowed_guard=allowed_guard),
            kind,
            stopping=asyncio.Event(),
            tell=lambda progress, _entries: self.progress.append(progress),
        )

    async def users(self) -> dict[str, dict[str, Any]]:
        return {user["userName"].partition("@")[0]: user for user in await self._all("/Users")}

    async def groups(self) -> dict[str, set[str]]:
        names = {user["id"]: name for name, user in (await self.users()).items()}
        groups = await self._all("/Groups")
        names |= {group["id"]: group["displayName"] for group in groups}
        return {
            group["displayName"]: {names[member["value"]] for member in group.get("members", ())}
            for group in groups
        }

    async def _all(self, path: str) -> list[dict[str, Any]]:
        response = await self.target.send(ScimRequest("GET", path, (("count", "1000"),)))
        assert response.ok
        return response.body["Resources"]

    async def tamper(self, method: str, path: str, body: Any = None) -> None:
        response = await self.target.send(ScimRequest(method, path, body=body))
        assert response.ok


@asynccontextmanager
async def open_desk(data_folder: Path, **options: Any) -> AsyncIterator[Desk]:
    async with running_tenant(TenantOptions(token=TOKEN, **options)) as tenant:
        connection = Connection(
            "cycles",
            "Cycles",
            Application.LOOOP,
            TenantConnection(tenant.scim_endpoint),
            SourceSettings(SourceType.FILES),
            ConnectionSettings(scope=ProvisioningScope.ALL),
        )
        worker = await StoreWorker.open(data_folder)
        async with Target(connection.target, BearerToken(SecretText(TOKEN))) as target:
            schema = default_schema(Application.LOOOP)
            yield Desk(Company(), connection, schema, data_folder, worker, target)
        await worker.close()


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        opened.company.person("ann")
        opened.company.person("bob", manager="ann")
        opened.company.person("cyd", manager="bob")
        opened.company.group("sales", "ann", "bob")
        opened.company.group("all", "sales", "cyd")
        yield opened


async def test_an_initial_cycle_brings_everybody_with_managers_and_members(desk: Desk) -> None:
    cycle = await desk.cycle()

    assert cycle.state is CycleState.SUCCEEDED
    assert (cycle.users.created, cycle.groups.created) == (3, 2)
    users = await desk.users()
    assert set(users) == {"ann", "bob", "cyd"}
    assert users["bob"][ENTERPRISE]["manager"]["value"] == users["ann"]["id"]
    assert users["cyd"][ENTERPRISE]["manager"]["value"] == users["bob"]["id"]
    assert await desk.groups() == {"Sales": {"ann", "bob"}, "All": {"Sales", "cyd"}}


async def test_the_next_cycle_is_incremental_and_writes_nothing(desk: Desk) -> None:
    await desk.cycle()

    cycle = await desk.cycle()

    assert cycle.kind is CycleKind.INCREMENTAL
    assert cycle.requests <= 3
    assert cycle.users == cycle.groups == type(cycle.users)()


async def test_a_second_initial_cycle_writes_nothing(desk: Desk) -> None:
    await desk.cycle()
    rehearsal_writes = (await _forced_initial(desk)).writes

    cycle = await desk.cycle(CycleKind.INITIAL)

    assert rehearsal_writes == ()
    assert cycle.users.skipped == 3
    assert cycle.users.updated == cycle.groups.updated == 0


async def _forced_initial(desk: Desk) -> Any:
    """What a cycle would send if the configuration had changed without changing anything."""
    settings = desk.connection.settings
    desk.configure(regex_search=not settings.regex_search)
    try:
        return await rehearse(desk.setting(), asyncio.Event())
    finally:
        desk.configure(regex_search=settings.regex_search)


async def test_only_what_changed_is_sent(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("bob", surname="Married")

    cycle = await desk.cycle()

    assert (cycle.users.updated, cycle.groups.updated) == (1, 0)
    assert (await desk.users())["bob"]["name"]["familyName"] == "Married"
    assert cycle.requests == 3


async def test_a_change_that_the_mapping_does_not_read_costs_nothing(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("bob", hobby="Chess")

    cycle = await desk.cycle()

    assert cycle.users.updated == 0
    assert cycle.requests == 1


async def test_who_is_disabled_in_the_source_is_disabled_and_comes_back(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("bob", accountEnabled="False")
    disabled = await desk.cycle()
    assert disabled.users.disabled == 1
    assert (await desk.users())["bob"]["active"] is False

    assert (await desk.cycle()).users == type(disabled.users)()

    desk.company.person("bob", accountEnabled="True")
    restored = await desk.cycle()
    assert restored.users.updated == 1
    assert (await desk.users())["bob"]["active"] is True
    assert (await desk.groups())["Sales"] == {"ann", "bob"}


async def test_who_is_soft_deleted_is_disabled_and_then_deleted(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("cyd", deleted=True)
    assert (await desk.cycle()).users.disabled == 1

    desk.company.remove("cyd")
    cycle = await desk.cycle()

    assert cycle.users.deleted == 1
    assert set(await desk.users()) == {"ann", "bob"}
    assert (await desk.cycle()).requests == 1


async def test_who_is_unassigned_is_disabled_and_left_alone_from_then_on(desk: Desk) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED)
    desk.company.assign("ann", "bob")
    first = await desk.cycle()
    assert (first.users.created, first.users.skipped) == (2, 1)

    desk.company.unassign("bob")
    assert (await desk.cycle()).users.disabled == 1
    desk.company.person("bob", surname="Changed")
    assert (await desk.cycle()).users == type(first.users)()
    desk.company.remove("bob")
    assert (await desk.cycle()).users.deleted == 0
    assert set(await desk.users()) == {"ann", "bob"}


@pytest.mark.parametrize(("expanded", "names"), [(False, {"cyd"}), (True, {"ann", "bob", "cyd"})])
async def test_members_of_nested_groups_count_only_when_told_to(
    desk: Desk, expanded: bool, names: set[str]
) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED, expand_nested_groups=expanded)
    desk.company.assign("all")

    await desk.cycle()

    assert set(await desk.users()) == names


async def test_who_is_assigned_again_is_active_again(desk: Desk) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED)
    desk.company.assign("ann", "bob")
    await desk.cycle()
    desk.company.unassign("bob")
    await desk.cycle()
    desk.company.assign("bob")

    cycle = await desk.cycle()

    assert cycle.users.updated == 1
    assert (await desk.users())["bob"]["active"] is True


async def test_skip_out_of_scope_deletions_leaves_them_active(desk: Desk) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED, skip_out_of_scope_deletions=True)
    desk.company.assign("ann", "bob")
    await desk.cycle()
    desk.company.unassign("bob")

    cycle = await desk.cycle()

    assert cycle.users.disabled == 0
    assert (await desk.users())["bob"]["active"] is True
    assert (await desk.cycle()).requests == 1


async def test_a_target_without_soft_deletion_gets_deletes(desk: Desk) -> None:
    desk.configure(supports_soft_delete=False)
    await desk.cycle()
    desk.company.person("cyd", accountEnabled="False")

    cycle = await desk.cycle()

    assert cycle.users.deleted == 1
    assert set(await desk.users()) == {"ann", "bob"}


async def test_members_come_and_go(desk: Desk) -> None:
    await desk.cycle()
    desk.company.group("sales", "bob", "cyd")

    cycle = await desk.cycle()

    assert cycle.groups.updated == 1
    assert (await desk.groups())["Sales"] == {"bob", "cyd"}
    assert cycle.requests == 3


async def test_a_group_that_is_gone_is_deleted(desk: Desk) -> None:
    await desk.cycle()
    desk.company.remove("all")

    cycle = await desk.cycle()

    assert cycle.groups.deleted == 1
    assert set(await desk.groups()) == {"Sales"}


async def test_another_manager_is_one_write(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("cyd", manager="ann")

    cycle = await desk.cycle()

    users = await desk.users()
    assert users["cyd"][ENTERPRISE]["manager"]["value"] == users["ann"]["id"]
    assert cycle.users.updated == 1


async def test_somebody_who_was_there_is_adopted(desk: Desk) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ANN@contoso.com",
        "active": True,
        "name": {"givenName": "Ann", "familyName": "Before"},
    }
    await desk.tamper("POST", "/Users", body)

    cycle = await desk.cycle()

    assert (cycle.users.created, cycle.users.updated) == (2, 1)
    assert len(await desk.users()) == 3


async def test_a_changed_configuration_makes_the_next_cycle_an_initial_one(desk: Desk) -> None:
    await desk.cycle()
    desk.schema = replace(
        desk.schema,
        user_mapping=replace(
            desk.schema.user_mapping,
            attribute_mappings=tuple(
                replace(m, source="city") if m.target_attribute.endswith("department") else m
                for m in desk.schema.user_mapping.attribute_mappings
            ),
        ),
    )
    desk.company.person("ann", city="Graz")

    cycle = await desk.cycle(CycleKind.INCREMENTAL)

    assert cycle.kind is CycleKind.INITIAL
    assert cycle.users.created == 0
    assert (await desk.users())["ann"][ENTERPRISE]["department"] == "Graz"


@pytest.mark.parametrize("strategy", list(MatchingStrategy))
@pytest.mark.parametrize("dialect", list(Dialect))
async def test_every_dialect_and_strategy_ends_in_the_same_target(
    data_folder: Path, dialect: Dialect, strategy: MatchingStrategy
) -> None:
    async with open_desk(data_folder) as desk:
        for number in range(30):
            manager = f"p{number // 3}" if number else None
            desk.company.person(f"p{number}", manager=manager, department="R&D")
        desk.company.group("some", *(f"p{number}" for number in range(0, 30, 2)))
        desk.configure(matching=strategy, separate_references=strategy is MatchingStrategy.FILTER)
        desk.connection = replace(
            desk.connection, target=replace(desk.connection.target, dialect=dialect)
        )
        assert (await desk.cycle()).users.created == 30

        desk.company.person("p7", surname="Changed", mail=None, manager="p29")
        desk.company.person("p8", accountEnabled="False")
        desk.company.group("some", "p1", "p2")
        assert (await desk.cycle()).state is CycleState.SUCCEEDED
        assert (await desk.cycle()).requests == 1

        users = await desk.users()
        assert users["p7"]["name"]["familyName"] == "Changed"
        assert users["p7"][ENTERPRISE]["manager"]["value"] == users["p29"]["id"]
        assert users["p29"][ENTERPRISE]["manager"]["value"] == users["p9"]["id"]
        assert users["p8"]["active"] is False
        assert await desk.groups() == {"Some": {"p1", "p2"}}
        assert all(user[ENTERPRISE]["department"] == "R&D" for user in users.values())


@pytest.mark.parametrize("faults", [(), ("reset-after-write=0.3",)])
async def test_bulk_ends_in_the_same_target_with_fewer_requests(
    data_folder: Path, faults: tuple[str, ...]
) -> None:
    async with open_desk(data_folder, faults=faults, seed=3) as desk:
        for number in range(60):
            desk.company.person(f"p{number}", manager=f"p{number // 4}" if number else None)
        desk.company.group("some", *(f"p{number}" for number in range(20)))
        desk.configure(bulk=True)

        cycle = await desk.cycle()
        while cycle.state is not CycleState.SUCCEEDED:
            cycle = await desk.cycle()

        users = await desk.users()
        assert len(users) == 60
        assert users["p9"][ENTERPRISE]["manager"]["value"] == users["p2"]["id"]
        assert len((await desk.groups())["Some"]) == 20
        if not faults:
            assert cycle.requests < 30


async def test_the_list_strategy_needs_no_query_a_person(desk: Desk) -> None:
    for number in range(50):
        desk.company.person(f"p{number}")
    desk.configure(matching=MatchingStrategy.LIST)

    cycle = await desk.cycle()

    assert cycle.users.created == 53
    assert cycle.requests <= 53 + 10


async def test_exactly_like_entra_there_is_a_query_a_person(desk: Desk) -> None:
    desk.configure(matching=MatchingStrategy.FILTER, separate_references=True)

    cycle = await desk.cycle()

    # Two probes, and whether there is PATCH; three people and two groups asked for and created;
    # two managers; two members.
    assert cycle.requests == 3 + 2 * 5 + 2 + 2


async def test_too_many_deletions_stop_before_the_first_write(desk: Desk) -> None:
    await desk.cycle()
    desk.configure(deletion_threshold=1)
    desk.company.remove("ann")
    desk.company.person("bob", accountEnabled="False")
    desk.company.person("dan")

    cycle = await desk.cycle()

    assert (cycle.state, cycle.ended_by) == (CycleState.FAILED, CycleEnd.GUARD)
    assert set(await desk.users()) == {"ann", "bob", "cyd"}
    rows = await desk.worker.run(read_rows, LogFilter("cycles", cycle_id=cycle.id))
    assert {(row.source_id, row.action.value) for row in rows} == {
        ("ann", "stageddelete"),
        ("bob", "stageddelete"),
    }

    desk.configure(deletion_threshold=2)
    assert (await desk.cycle()).state is CycleState.SUCCEEDED


async def test_what_a_guard_held_back_may_pass_once_and_nothing_else(desk: Desk) -> None:
    await desk.cycle()
    desk.configure(deletion_threshold=0)
    desk.company.remove("cyd")
    await desk.cycle()
    token = (await desk.worker.run(open_job, "cycles")).guard_token

    desk.company.remove("bob")
    assert (await desk.cycle(allowed_guard=token)).ended_by is CycleEnd.GUARD
    other = (await desk.worker.run(open_job, "cycles")).guard_token
    assert other != token

    cycle = await desk.cycle(allowed_guard=other)
    assert cycle.users.deleted == 2
    assert (await desk.worker.run(open_job, "cycles")).guard_token == ""


@pytest.mark.parametrize(
    ("limit", "change"),
    [
        (
            {"limit_departures_percent": 40},
            lambda company: company.remove("ann") or company.remove("bob"),
        ),
        ({"limit_creates": 1}, lambda company: company.person("d1") or company.person("d2")),
        ({"limit_members_removed": 1}, lambda company: company.group("sales")),
    ],
)
async def test_other_limits_stop_before_the_first_write(
    desk: Desk, limit: Any, change: Any
) -> None:
    await desk.cycle()
    users, groups = await desk.users(), await desk.groups()
    desk.configure(**limit)
    change(desk.company)

    assert (await desk.cycle()).ended_by is CycleEnd.GUARD
    assert (await desk.users(), await desk.groups()) == (users, groups)


async def test_an_empty_source_stops_the_cycle(desk: Desk) -> None:
    await desk.cycle()
    desk.company.users.clear()
    desk.company.version += 1

    cycle = await desk.cycle()

    assert cycle.ended_by is CycleEnd.GUARD
    assert len(await desk.users()) == 3


@pytest.mark.parametrize("matching", list(MatchingStrategy))
async def test_two_people_with_one_matching_value_do_not_share_an_account(
    desk: Desk, matching: MatchingStrategy
) -> None:
    desk.company.person("dup", userPrincipalName="ann@contoso.com", displayName="Dup")
    desk.configure(matching=matching)

    cycle = await desk.cycle()

    assert cycle.state is CycleState.ENTRY_LEVEL_ERRORS
    assert (cycle.users.created, cycle.users.failed) == (3, 1)
    assert set(await desk.users()) == {"ann", "bob", "cyd"}
    failed = await desk.worker.run(
        read_rows, LogFilter("cycles", error_code="DuplicateSourceEntries")
    )
    assert len(failed) == 1

    desk.company.person("dup", userPrincipalName="dup@contoso.com")
    assert (await desk.cycle()).users.created == 1


async def test_a_directory_that_was_moved_keeps_everybodys_account(desk: Desk) -> None:
    """All object ids are others, all userPrincipalNames the same."""
    await desk.cycle()
    before = await desk.users()
    for name in ("ann", "bob", "cyd"):
        old = desk.company.users[name]
        desk.company.remove(name)
        manager = old.manager and f"new-{old.manager}"
        attributes = dict(old.attributes) | ({"manager": manager} if manager else {})
        desk.company.person(f"new-{name}", **attributes)

    cycle = await desk.cycle()

    after = await desk.users()
    assert cycle.users.deleted == 0
    assert {name: user["id"] for name, user in after.items()} == {
        name: user["id"] for name, user in before.items()
    }
    assert all(user["active"] for user in after.values())
    assert (await desk.cycle()).requests == 1


async def test_a_refused_token_fails_the_cycle_and_quarantines_the_job(desk: Desk) -> None:
    setting = desk.setting()
    setting.token = SecretText("another-token-altogether")

    cycle = await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)

    assert cycle.ended_by is CycleEnd.CREDENTIALS
    assert cycle.requests == 1
    assert (await desk.cycle()).state is CycleState.SUCCEEDED


async def test_the_log_has_an_entry_for_each_object_with_its_exchanges(desk: Desk) -> None:
    cycle = await desk.cycle()

    rows = await desk.worker.run(read_rows, LogFilter("cycles", cycle_id=cycle.id))
    row = next(row for row in rows if row.source_id == "bob")
    entry = await desk.worker.run(read_entry, row.key)

    assert len([row for row in rows if row.action == "create"]) == 5
    assert entry.exchanges[-1].method == "POST"
    assert entry.exchanges[-1].status == 201
    assert await desk.worker.run(count_rows, LogFilter("cycles", text="bo")) == 1


async def test_a_dry_run_writes_nothing_and_says_what_a_run_does(desk: Desk) -> None:
    rehearsal = await rehearse(desk.setting(), asyncio.Event())
    assert await desk.users() == {}
    assert await desk.worker.run(count_rows, LogFilter("cycles")) == 0

    cycle = await desk.cycle()

    assert rehearsal.forecast.users == cycle.users
    assert rehearsal.forecast.groups == cycle.groups
    assert rehearsal.forecast.requests == cycle.requests


async def test_the_token_is_nowhere_in_what_a_run_leaves(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    await desk.cycle()
    desk.company.person("ann", surname=TOKEN[::-1])
    await desk.cycle()
    await desk.worker.run(lambda database: database.connection.execute("PRAGMA wal_checkpoint"))

    written = b"".join(path.read_bytes() for path in desk.data_folder.rglob("*") if path.is_file())
    entries = [
        repr(await desk.worker.run(read_entry, row.key))
        for row in await desk.worker.run(read_rows, LogFilter("cycles"))
    ]
    captured = capfd.readouterr()
    assert TOKEN.encode() not in written
    assert TOKEN not in "".join(entries)
    assert TOKEN not in captured.out + captured.err
    assert TOKEN not in repr(desk.setting())


async def test_progress_grows_to_the_final_numbers(desk: Desk) -> None:
    cycle = await desk.cycle()

    assert desk.progress[-1].users == cycle.users
    assert desk.progress[-1].requests == cycle.requests
    assert [p.requests for p in desk.progress] == sorted(p.requests for p in desk.progress)
