"""Links compared and mended, accounts discovered, statistics: after a real cycle over HTTP."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.engine.account_discovery import AccountState
from looop_gui.engine.link_comparison import ComparisonState
from looop_gui.engine.request_copy import as_curl
from looop_gui.mockserver.server import TenantOptions, running_tenant
from looop_gui.model.connection import Connection, TenantConnection, TokenStorage
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.errors import ConfigurationError, StoreBusyError, TargetError
from looop_gui.model.provisioning_log import LogFilter, ProvisioningStatus
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import USER_SCHEMA, ScimRequest
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.services.job_statistics import job_statistics
from looop_gui.services.link_comparison import SideState
from looop_gui.services.services import Services

TOKEN = "token-of-the-link-tests"


@dataclass
class Pair:
    """A connection after its first cycle, with both sides at hand."""

    services: Services
    connection: Connection
    target: Target
    people: list[DirectoryObject]

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        response = await self.target.send(ScimRequest(method, path, body=body))
        assert response.ok, response
        return response.body

    async def account(self, user_name: str, **more: Any) -> str:
        body = {"schemas": [USER_SCHEMA], "userName": user_name, **more}
        return str((await self.send("POST", "/Users", body))["id"])

    async def linked(self) -> list[Any]:
        page = await self.services.links.links("c1", object_type=ObjectType.USER)
        return list(page.rows)

    def unassigned(self) -> DirectoryObject:
        """Somebody active without an assignment."""
        return self.people[-1]


@pytest.fixture
async def pair(services: Services, connection: Connection) -> AsyncIterator[Pair]:
    async with running_tenant(TenantOptions(token=TOKEN, seed=1)) as tenant:
        target = TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY)
        made = await services.connections.create(replace(connection, target=target), TOKEN)
        await services.provisioning.run_cycle("c1")
        snapshot = await services.directory.snapshot(made.source, "c1")
        assigned = {row.link.source_id for row in (await services.links.links("c1")).rows}
        people = [p for p in snapshot.users.values() if p.active and p.id not in assigned]
        async with Target(made.target, BearerToken(SecretText(TOKEN))) as asked:
            yield Pair(services, made, asked, people)


async def test_links_are_searched_and_paged_with_the_state_of_both_sides(pair: Pair) -> None:
    everybody = await pair.services.links.links("c1", object_type=ObjectType.USER)
    assert everybody.total == len(everybody.rows) > 10
    assert {row.source for row in everybody.rows} <= {SideState.ACTIVE, SideState.DISABLED}
    second = await pair.services.links.links("c1", object_type=ObjectType.USER, offset=1, limit=2)
    assert (second.total, second.rows) == (everybody.total, everybody.rows[1:3])
    wanted = everybody.rows[3].link
    found = await pair.services.links.links("c1", wanted.target_id)
    assert [row.link.source_id for row in found.rows] == [wanted.source_id]
    assert (await pair.services.links.links("c1", "100%_no")).total == 0
    await pair.send("DELETE", f"/Users/{wanted.target_id}")
    other = everybody.rows[4].link.source_id
    states = await pair.services.links.target_states("c1", [wanted.source_id, other, "nobody"])
    assert states == {wanted.source_id: SideState.GONE, other: SideState.ACTIVE}


async def test_a_changed_account_differs_and_a_repair_mends_it(pair: Pair) -> None:
    link = (await pair.linked())[0].link
    before = await pair.services.links.compare("c1", link.source_id)
    assert (before.differences, before.source_found, before.resource_found) == (0, True, True)
    change = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "replace", "path": "name.givenName", "value": "Somebody"},
            {"op": "remove", "path": "name.familyName"},
        ],
    }
    await pair.target.send(ScimRequest("PATCH", f"/Users/{link.target_id}", body=change))
    changed = await pair.services.links.compare("c1", link.source_id)
    rows = {row.attribute: row for row in changed.rows}
    assert rows["name.givenName"].state is ComparisonState.DIFFERENT
    assert rows["name.givenName"].actual == "Somebody"
    assert rows["name.givenName"].expected == rows["name.givenName"].source
    assert rows["name.familyName"].state is ComparisonState.MISSING
    assert changed.differences == 2
    entry = await pair.services.links.repair("c1", link.source_id)
    assert entry.status is ProvisioningStatus.SUCCESS
    assert (await pair.services.links.compare("c1", link.source_id)).differences == 0


async def test_a_gone_account_is_said(pair: Pair) -> None:
    link = (await pair.linked())[0].link
    await pair.send("DELETE", f"/Users/{link.target_id}")
    comparison = await pair.services.links.compare("c1", link.source_id)
    assert not comparison.resource_found
    assert {row.actual for row in comparison.rows} == {None}
    with pytest.raises(ConfigurationError, match="No account of the target matches"):
        await pair.services.links.rematch("c1", link.source_id)
    assert (await pair.linked())[0].link == link


async def test_unlink_and_match_again(pair: Pair) -> None:
    link = (await pair.linked())[0].link
    await pair.services.links.unlink("c1", link.source_id)
    await pair.services.links.unlink("c1", link.source_id)
    assert link.source_id not in [row.link.source_id for row in await pair.linked()]
    with pytest.raises(ConfigurationError, match="has no link"):
        await pair.services.links.compare("c1", link.source_id)
    again = await pair.services.links.rematch("c1", link.source_id)
    assert again.target_id == link.target_id
    assert (await pair.linked())[0].link.target_id == link.target_id


async def test_a_link_by_hand_needs_both_sides_free(pair: Pair) -> None:
    first, second = (row.link for row in (await pair.linked())[:2])
    with pytest.raises(ConfigurationError, match=r"is linked to .* already"):
        await pair.services.links.link("c1", first.source_id, second.target_id)
    with pytest.raises(ConfigurationError, match="no account with this id"):
        await pair.services.links.link("c1", first.source_id, "no-such-account")
    with pytest.raises(ConfigurationError, match="no object with this id"):
        await pair.services.links.link("c1", "nobody", second.target_id)
    new = await pair.account("by.hand@contoso.com")
    linked = await pair.services.links.link("c1", first.source_id, new)
    assert linked.target_id == new
    assert (await pair.services.links.compare("c1", first.source_id)).differences > 0


async def test_links_stay_as_they_are_while_a_cycle_runs(pair: Pair, services: Services) -> None:
    link = (await pair.linked())[0].link
    folder = services.links._sessions.data_folder
    with cycle_lock(folder, pair.connection):
        for change in (
            services.links.unlink("c1", link.source_id),
            services.links.rematch("c1", link.source_id),
            services.links.link("c1", link.source_id, link.target_id),
        ):
            with pytest.raises(StoreBusyError, match="cycle of Looop is running"):
                await change
    assert (await pair.linked())[0].link == link


async def test_accounts_are_linked_local_not_assigned_or_ambiguous(pair: Pair) -> None:
    linked = len(await pair.linked())
    local = await pair.account("somebody.local@elsewhere.example", active=False)
    person = pair.unassigned()
    matching = await pair.account(str(person.attributes["userPrincipalName"]))
    free = (await pair.linked())[0].link
    await pair.services.links.unlink("c1", free.source_id)
    pages: list[tuple[int, int]] = []
    found = await pair.services.account_discovery.discover(
        "c1", on_page=lambda read, total: pages.append((read, total))
    )
    assert found.complete
    assert pages[-1] == (linked + 2, linked + 2)
    accounts = {account.target_id: account for account in found.accounts}
    assert accounts[local].state is AccountState.LOCAL
    assert accounts[local].active is False
    assert accounts[matching].state is AccountState.NOT_ASSIGNED
    assert accounts[matching].source_ids == (person.id,)
    assert "not assigned" in accounts[matching].sentence
    assert accounts[free.target_id].state is AccountState.MATCHING
    assert found.counts[AccountState.LINKED] == linked - 1
    other = await pair.account("other@elsewhere.example")
    await pair.services.links.link("c1", free.source_id, other)
    again = await pair.services.account_discovery.discover("c1")
    (account,) = [one for one in again.accounts if one.target_id == free.target_id]
    assert account.state is AccountState.AMBIGUOUS
    assert "linked to another account" in account.sentence


async def test_an_unreachable_target_is_said(pair: Pair) -> None:
    gone = replace(pair.connection.target, tenant_url="http://127.0.0.1:9/scim/v2")
    await pair.services.connections.update(replace(pair.connection, target=gone))
    with pytest.raises(TargetError):
        await asyncio.wait_for(pair.services.account_discovery.discover("c1"), 60)


async def test_statistics_to_date_add_up(pair: Pair) -> None:
    first = await job_statistics(pair.services.provisioning, "c1")
    assert (first.cycles, first.job_id) == (1, "c1")
    assert first.users == first.to_date.created - first.groups
    assert first.last_execution == first.last_successful_execution_with_exports
    await pair.services.provisioning.run_cycle("c1")
    second = await job_statistics(pair.services.provisioning, "c1")
    assert second.cycles == 2
    assert second.to_date.created == first.to_date.created
    assert second.last_successful_execution_with_exports == first.last_execution
    assert second.steady_state_first_achieved == first.last_execution
    assert second.steady_state_last_achieved == second.last_execution
    assert second.successive_complete_failures == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_a_copied_request_works_as_it_did(pair: Pair) -> None:
    rows = await pair.services.provisioning_log.rows(
        LogFilter("c1", statuses=frozenset({ProvisioningStatus.SUCCESS}))
    )
    for row in rows:
        entry = await pair.services.provisioning_log.entry(row.id)
        reads = [one for one in entry.exchanges if one.method == "GET" and one.status == 200]
        if reads:
            break
    command = f"{as_curl(reads[0])} --silent --write-out '%{{http_code}}'"
    assert TOKEN not in command
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-c", command],
        env={"TOKEN": TOKEN, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        timeout=20,
    )
    assert done.stdout.endswith(b"200")
