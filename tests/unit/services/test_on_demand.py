"""Provision on demand over HTTP: chosen members of a group, refusals, the dialect, dry runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.connection import Dialect
from looop_gui.model.errors import ConfigurationError, CredentialsError, TargetError
from looop_gui.model.job import CycleKind
from looop_gui.model.mapping import MappingType
from looop_gui.model.provisioning_log import (
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse
from looop_gui.services.clock import SystemClock
from looop_gui.services.on_demand_sender import NOT_SENT
from looop_gui.services.provisioning_on_demand import (
    MOST_MEMBERS,
    OnDemandOrder,
    on_demand_dialect,
    provision_on_demand,
)
from tests.unit.services.test_cycles import Desk, open_desk


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        for name in ("ann", "bob", "cyd", "dan", "eve", "fay", "out"):
            opened.company.person(name)
        opened.company.group("sales", "ann", "bob", "cyd", "dan", "eve", "fay")
        yield opened


async def demand(
    desk: Desk, source_id: str, *members: str, write: bool = True, **more: Any
) -> list[ProvisioningLogEntry]:
    """The entries of the members, and last the object's own."""
    entries: list[ProvisioningLogEntry] = []
    order = OnDemandOrder(source_id, write, members or None, **more)
    entries.append(await provision_on_demand(desk.setting(), order, on_entry=entries.append))
    return entries


def writes(entry: ProvisioningLogEntry) -> list[tuple[str, str, Any]]:
    return [
        (
            one.method,
            one.url.partition("/scim/v2")[2],
            json.loads(one.request_body) if one.request_body else None,
        )
        for one in entry.exchanges
        if one.method != "GET"
    ]


async def test_only_the_chosen_members_are_provisioned_and_added(desk: Desk) -> None:
    entries = await demand(desk, "sales", "bob", "ann")

    assert [entry.source_id for entry in entries] == ["bob", "ann", "sales"]
    assert all(entry.status is ProvisioningStatus.SUCCESS for entry in entries)
    assert {step.step_type for step in entries[0].steps} >= {
        "import",
        "scoping",
        "matching",
        "processing",
        "export",
    }
    assert set(await desk.users()) == {"ann", "bob"}
    assert await desk.groups() == {"Sales": {"ann", "bob"}}


async def test_the_other_members_are_neither_added_nor_removed(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("gus")
    desk.company.group("sales", "ann", "gus", "out")

    entries = await demand(desk, "sales", "gus")

    assert await desk.groups() == {
        "Sales": {"ann", "bob", "cyd", "dan", "eve", "fay", "gus"},
    }
    assert "1 members to add and 0 to remove" in entries[-1].steps[-2].description


async def test_the_next_cycle_does_what_was_not_chosen(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("gus")
    desk.company.group("sales", "ann", "gus", "out")
    await demand(desk, "sales", "gus")

    await desk.cycle()

    assert await desk.groups() == {"Sales": {"ann", "gus", "out"}}
    desk.company.version += 1
    assert (await desk.cycle()).groups.updated == 0


async def test_chosen_members_who_are_there_already_cost_no_write(desk: Desk) -> None:
    await desk.cycle()

    entries = await demand(desk, "sales", "ann", "bob")

    assert [entry.skip_reason for entry in entries] == ["RedundantExport"] * 3
    assert [writes(entry) for entry in entries] == [[], [], []]
    assert any("2 of those chosen are there already" in s.description for s in entries[-1].steps)
    assert (await desk.cycle()).groups.updated == 0


async def test_somebody_outside_the_group_is_provisioned_and_not_added(desk: Desk) -> None:
    entries = await demand(desk, "sales", "ann", "out")

    assert entries[1].action is ProvisioningAction.CREATE
    assert await desk.groups() == {"Sales": {"ann"}}
    assert any("1 are not provisioned" in step.description for step in entries[-1].steps)


async def test_a_member_out_of_scope_has_steps_that_say_so_and_is_not_added(desk: Desk) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED)
    desk.company.assign("sales")
    desk.company.groups["sales"] = replace(
        desk.company.groups["sales"],
        attributes={**desk.company.groups["sales"].attributes, "members": ("ann",)},
    )
    desk.company.person("cyd", accountEnabled="False")

    ann, cyd, out, _ = await demand(desk, "sales", "ann", "cyd", "out")

    assert ann.status is ProvisioningStatus.SUCCESS
    assert cyd.status is out.status is ProvisioningStatus.SKIPPED
    assert "disabled in the source directory" in cyd.error.reason
    assert "not assigned" in out.error.reason
    assert await desk.groups() == {"Sales": {"ann"}}


async def test_a_dry_run_shows_the_create_and_then_the_membership(desk: Desk) -> None:
    ann, sales = await demand(desk, "sales", "ann", write=False)

    ((method, path, body),) = writes(ann)
    assert (method, path) == ("POST", "/Users")
    assert body["userName"] == "ann@contoso.com"
    (made, membership) = writes(sales)
    assert made[:2] == ("POST", "/Groups")
    assert membership[0] == "PATCH"
    assert membership[1] == f"/Groups/{sales.target_id}"
    (operation,) = membership[2]["Operations"]
    assert [value["value"] for value in operation["value"]] == [ann.target_id]
    assert {one.failure for one in ann.exchanges if one.method == "POST"} == {NOT_SENT}
    assert await desk.users() == {}
    assert await desk.groups() == {}
    # Nothing was remembered either: the real one creates.
    assert (await demand(desk, "sales", "ann"))[0].action is ProvisioningAction.CREATE


async def test_what_a_dry_run_shows_is_what_is_sent(desk: Desk) -> None:
    tried = await demand(desk, "sales", "ann", "bob", write=False)
    done = await demand(desk, "sales", "ann", "bob")

    def shape(entries: list[ProvisioningLogEntry]) -> str:
        text = json.dumps([writes(entry) for entry in entries])
        for entry in entries:
            text = text.replace(entry.target_id or "?", entry.source_id)
        return text

    assert shape(tried) == shape(done)


@pytest.mark.parametrize(
    ("source_id", "members", "words"),
    [
        ("sales", ("ann", "bob", "cyd", "dan", "eve", "fay"), f"at most {MOST_MEMBERS}"),
        ("sales", ("nobody",), "no object with this id: nobody"),
        ("sales", ("inner",), "is a group"),
        ("ann", ("bob",), "for a group only"),
        ("nobody", (), "no object with this id: nobody"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_sent(
    desk: Desk, source_id: str, members: tuple[str, ...], words: str
) -> None:
    desk.company.group("inner")

    with pytest.raises(ConfigurationError, match=words) as caught:
        await demand(desk, source_id, *members)

    assert caught.value.safe == "Nothing was sent."
    assert await desk.users() == {}


async def test_a_mapping_that_is_off_is_named(desk: Desk) -> None:
    off = replace(desk.schema.group_mapping, enabled=False)
    desk.schema = replace(desk.schema, group_mapping=off)

    with pytest.raises(ConfigurationError, match="mapping of groups is not enabled"):
        await demand(desk, "sales")


async def test_whoever_left_before_is_skipped_with_the_reason(desk: Desk) -> None:
    desk.configure(scope=ProvisioningScope.ASSIGNED)
    desk.company.assign("ann")
    await demand(desk, "ann")
    desk.company.unassign("ann")
    (left,) = await demand(desk, "ann")
    assert left.action is ProvisioningAction.DISABLE

    (again,) = await demand(desk, "ann")

    assert again.status is ProvisioningStatus.SKIPPED
    assert "not assigned" in again.error.reason
    assert writes(again) == []


async def test_two_who_match_are_explained(desk: Desk) -> None:
    await demand(desk, "ann")
    desk.company.person("ann2", userPrincipalName="ann@contoso.com")

    (entry,) = await demand(desk, "ann2")

    assert entry.status is ProvisioningStatus.FAILURE
    assert entry.error.error_code == "DuplicateSourceEntries"
    assert "belongs to 'ann@contoso.com' already" in entry.error.reason


async def test_a_target_that_is_down_fails_the_first_step_only(desk: Desk) -> None:
    target = replace(desk.connection.target, tenant_url="http://127.0.0.1:9/scim/v2")
    desk.connection = replace(desk.connection, target=target)

    with pytest.raises(TargetError, match="Test connection failed") as caught:
        await demand(desk, "sales", "ann")

    assert caught.value.safe
    assert not isinstance(caught.value, CredentialsError)


async def test_a_refused_token_is_told_as_such(desk: Desk) -> None:
    setting = replace(desk.setting(), token=SecretText("another-token-altogether"))

    with pytest.raises(CredentialsError, match="secret token was refused"):
        await provision_on_demand(setting, OnDemandOrder("ann", write=True))


@pytest.mark.parametrize(
    ("dialect", "adapts", "used"),
    [
        (Dialect.ENTRA_COMPLIANT, False, Dialect.ENTRA_LEGACY),
        (Dialect.ENTRA_COMPLIANT, True, Dialect.ENTRA_COMPLIANT),
        (Dialect.ENTRA_LEGACY, False, Dialect.ENTRA_LEGACY),
        (Dialect.RFC7644, False, Dialect.RFC7644),
    ],
)
def test_the_flag_does_not_count_on_demand_where_all_is_as_in_entra(
    desk: Desk, dialect: Dialect, adapts: bool, used: Dialect
) -> None:
    connection = replace(desk.connection, target=replace(desk.connection.target, dialect=dialect))
    settings = replace(connection.settings, adapt_dialect=adapts)

    assert on_demand_dialect(replace(connection, settings=settings)) is used


@pytest.mark.parametrize(
    ("dialect", "operation"),
    [
        (None, {"op": "Replace", "value": "False"}),
        (Dialect.ENTRA_COMPLIANT, {"op": "replace", "value": False}),
    ],
)
async def test_a_disable_is_written_in_the_dialect_of_the_demand(
    desk: Desk, dialect: Dialect | None, operation: dict[str, Any]
) -> None:
    target = replace(desk.connection.target, dialect=Dialect.ENTRA_COMPLIANT)
    desk.connection = replace(desk.connection, target=target)
    desk.configure(adapt_dialect=False)
    await demand(desk, "ann")
    desk.company.person("ann", accountEnabled="False")

    (entry,) = await demand(desk, "ann", write=False, dialect=dialect)

    ((_, _, body),) = writes(entry)
    assert [{key: one[key] for key in ("op", "value")} for one in body["Operations"]] == [operation]


async def test_what_is_written_with_a_draft_is_written_back_unless_it_is_saved(desk: Desk) -> None:
    await desk.cycle()
    saved = desk.schema
    mapping = saved.user_mapping
    rows = tuple(
        replace(row, mapping_type=MappingType.CONSTANT, source="Draft")
        if row.target_attribute == "name.givenName"
        else row
        for row in mapping.attribute_mappings
    )
    edited = replace(saved, user_mapping=replace(mapping, attribute_mappings=rows))
    desk.schema = edited
    await demand(desk, "ann", draft=True)
    assert (await desk.users())["ann"]["name"]["givenName"] == "Draft"

    desk.schema = saved
    desk.company.version += 1
    cycle = await desk.cycle()

    assert cycle.kind is CycleKind.INCREMENTAL
    assert cycle.users.updated == 1
    assert (await desk.users())["ann"]["name"]["givenName"] == "Ann"


async def test_several_who_match_in_the_target_are_explained(desk: Desk) -> None:
    for name in ("one", "two"):
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": f"{name}@elsewhere.com",
            "name": {"familyName": "Test"},
        }
        await desk.tamper("POST", "/Users", body)
    mapping = desk.schema.user_mapping
    rows = tuple(
        replace(row, matching_priority=1 if row.target_attribute == "name.familyName" else 0)
        for row in mapping.attribute_mappings
    )
    desk.schema = replace(desk.schema, user_mapping=replace(mapping, attribute_mappings=rows))

    (entry,) = await demand(desk, "ann")

    assert entry.status is ProvisioningStatus.FAILURE
    assert writes(entry) == []
    assert "2" in entry.error.reason
    assert entry.error.recommended_action


async def test_a_defect_of_ours_fails_that_object_and_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("nothing by nothing")

    monkeypatch.setattr("looop_gui.engine.provisioning.find_match", broken)

    (entry,) = await demand(desk, "ann", write=False)

    assert entry.status is ProvisioningStatus.FAILURE
    assert "ZeroDivisionError" in entry.error.reason


async def test_a_target_that_stops_answering_ends_it_with_a_sentence(data_folder: Path) -> None:
    async with open_desk(data_folder) as desk:
        for name in ("ann", "bob", "cyd", "dan", "eve"):
            desk.company.person(name)
        desk.company.group("sales", "ann", "bob", "cyd", "dan", "eve")
        setting = replace(desk.setting(), open_target=_silent_after_the_test, clock=HastyClock())
        order = OnDemandOrder("sales", True, ("ann", "bob", "cyd", "dan", "eve"))
        entries: list[ProvisioningLogEntry] = []

        with pytest.raises(TargetError, match=r"has not answered \d+ requests in a row"):
            await provision_on_demand(setting, order, on_entry=entries.append)

    assert entries
    assert {entry.status for entry in entries} == {ProvisioningStatus.FAILURE}


class HastyClock(SystemClock):
    """Nobody waits between the attempts."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@asynccontextmanager
async def _silent_after_the_test(*_: object) -> AsyncIterator[Any]:
    """A target that answers the first question and is silent from then on."""
    yield SilentSender()


class SilentSender:
    asked = 0

    async def send(self, _request: ScimRequest, **_more: object) -> ScimResponse:
        self.asked += 1
        if self.asked == 1:
            empty = {"totalResults": 0, "Resources": []}
            return ScimResponse(200, body=empty)
        return ScimResponse(
            0, failure=FailureKind.TIMEOUT, failure_text="It did not answer in time."
        )
