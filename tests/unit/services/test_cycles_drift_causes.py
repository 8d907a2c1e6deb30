"""Drift that nobody made by hand: writes without effect, leftovers of deletions, normalisation."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from looop_gui.engine.certificate import Certificate, certify
from looop_gui.model.connection import DriftCheck
from looop_gui.model.drift import DriftKind, DriftReport
from looop_gui.model.job import Cycle, CycleKind
from looop_gui.scim.messages import PATCH_OP, ScimRequest, ScimResponse
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.store.certificates import last_completed_cycle, save_certificate
from looop_gui.store.database import Database
from tests.unit.services.test_cycles import Company, Desk, open_desk

Swallows = Callable[[ScimRequest], bool]


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        for name in ("ann", "bob", "cyd", "dan"):
            opened.company.person(name)
        opened.company.person("bob", manager="ann")
        opened.company.group("sales", "ann", "bob")
        opened.company.group("all", "ann", "bob", "cyd", "dan")
        await opened.cycle()
        yield opened


class Swallowing:
    """A target that answers some writes with 204 and does nothing."""

    def __init__(self, inner: Any, swallows: Swallows) -> None:
        self.inner, self.swallows = inner, swallows

    async def send(self, request: ScimRequest, **options: Any) -> ScimResponse:
        if request.writes and self.swallows(request):
            return ScimResponse(204)
        answer: ScimResponse = await self.inner.send(request, **options)
        return answer


def swallowing(setting: CycleSetting, swallows: Swallows) -> CycleSetting:
    @asynccontextmanager
    async def opened(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield Swallowing(sender, swallows)

    return replace(setting, open_target=opened)


async def cycle(setting: CycleSetting) -> Cycle:
    return await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)


async def drift(desk: Desk) -> DriftReport:
    found = await rehearse(replace(desk.setting(), drift=DriftCheck.REPORT), asyncio.Event())
    assert found.drift is not None
    return found.drift


async def certificate(desk: Desk) -> Certificate:
    setting = replace(desk.setting(), certifies=True)
    found = await rehearse(setting, asyncio.Event(), CycleKind.INITIAL)
    assert found.drift is not None
    return certify(found.plan, desk.schema, found.drift.objects)


def method(name: str, path: str) -> Swallows:
    return lambda request: request.method == name and request.path.startswith(path)


def demote(company: Company) -> None:
    company.person("bob", manager=None)


@pytest.mark.parametrize(
    ("swallows", "change", "whom", "attribute"),
    [
        (method("PATCH", "/Users"), lambda c: c.person("ann", surname="New"), "ann", "familyName"),
        (
            method("PATCH", "/Users"),
            lambda c: c.person("ann", accountEnabled="False"),
            "ann",
            "active",
        ),
        (method("PATCH", "/Users"), lambda c: c.person("cyd", manager="ann"), "cyd", "manager"),
        (method("PATCH", "/Users"), demote, "bob", "manager"),
        (method("PATCH", "/Groups"), lambda c: c.group("sales", "ann"), "sales", "members"),
        (
            method("PATCH", "/Groups"),
            lambda c: c.group("sales", "ann", "bob", "cyd"),
            "sales",
            "members",
        ),
    ],
)
async def test_a_success_without_effect_is_reported_and_then_repaired(
    desk: Desk, swallows: Swallows, change: Callable[[Company], None], whom: str, attribute: str
) -> None:
    change(desk.company)
    ended = await cycle(swallowing(desk.setting(), swallows))
    assert (ended.users + ended.groups).failed == 0

    (found,) = (await drift(desk)).objects

    assert found.source_id == whom
    assert attribute in found.sentence
    assert "the target had acknowledged; that write had no effect" in found.sentence
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
    await desk.cycle()
    assert (await drift(desk)).objects == ()


async def test_what_somebody_changed_by_hand_is_told_otherwise(desk: Desk) -> None:
    desk.company.person("ann", surname="New")
    await desk.cycle()
    ann = (await desk.users())["ann"]["id"]
    operation = {"op": "replace", "path": "name.familyName", "value": "Other"}
    await desk.tamper("PATCH", f"/Users/{ann}", {"schemas": [PATCH_OP], "Operations": [operation]})

    (found,) = (await drift(desk)).objects

    assert found.sentence == "The target holds other values: name.familyName."


@pytest.mark.parametrize(("whom", "path"), [("dan", "/Users"), ("sales", "/Groups")])
async def test_a_deletion_without_effect_is_reported_and_certified(
    desk: Desk, whom: str, path: str
) -> None:
    desk.company.remove(whom)
    desk.company.group("all", "ann", "bob", "cyd")
    await cycle(swallowing(desk.setting(), method("DELETE", path)))

    report = await drift(desk)

    (found,) = report.objects
    assert (found.source_id, found.kind) == (whom, DriftKind.STAYS)
    assert report.repairable == 0
    assert (await certificate(desk)).left_behind == (found,)
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
    ended = await desk.cycle()
    assert ended.sentence == "1 that was deleted is still in the target."
    await desk.tamper("DELETE", f"{path}/{found.target_id}")
    assert (await drift(desk)).objects == ()
    assert (await certificate(desk)).left_behind == ()


async def with_a_dead_member(desk: Desk) -> str:
    """As scimmy and scim2-flask leave it: the id of a deleted person stays in her groups."""
    dan = str((await desk.users())["dan"]["id"])
    desk.company.remove("dan")
    desk.company.group("all", "ann", "bob", "cyd")
    await desk.cycle()
    group = next(one for one in await desk._all("/Groups") if one["displayName"] == "All")
    operation = {"op": "add", "path": "members", "value": [{"value": dan}]}
    await desk.tamper(
        "PATCH", f"/Groups/{group['id']}", {"schemas": [PATCH_OP], "Operations": [operation]}
    )
    return dan


async def dead_members(desk: Desk, dan: str) -> list[str]:
    groups = await desk._all("/Groups")
    return [g["displayName"] for g in groups if dan in json.dumps(g.get("members", ()))]


async def test_the_id_of_a_deleted_person_in_a_group_is_reported_certified_and_taken_out(
    desk: Desk,
) -> None:
    dan = await with_a_dead_member(desk)
    assert await dead_members(desk, dan) == ["All"]

    (found,) = (await drift(desk)).objects

    assert found.source_id == "all"
    assert [(one.expected, one.actual) for one in found.differences] == [
        (None, f"1 account that is not in the target any more: {dan}")
    ]
    told = await certificate(desk)
    assert (told.clean, [one.source_id for one in told.left_behind]) == (True, ["all"])
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
    plan = (await rehearse(desk.setting(), asyncio.Event())).plan
    assert dan in str(plan.objects[0].requests[0].body)
    ended = await cycle(replace(desk.setting(), plan=plan))
    assert ended.groups.updated == 1, ended.sentence
    assert await dead_members(desk, dan) == []
    assert (await drift(desk)).objects == ()


async def test_a_target_that_refuses_to_take_such_a_member_out_fails_nothing(desk: Desk) -> None:
    dan = await with_a_dead_member(desk)
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
    setting = desk.setting()

    class Refusing(Swallowing):
        async def send(self, request: ScimRequest, **options: Any) -> ScimResponse:
            if request.writes and dan in str(request.body):
                return ScimResponse(400, body={"status": "400", "scimType": "noTarget"})
            return await super().send(request, **options)

    @asynccontextmanager
    async def opened(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield Refusing(sender, lambda _request: False)

    ended = await cycle(replace(setting, open_target=opened))

    assert (ended.groups.failed, await dead_members(desk, dan)) == (0, ["All"])


async def test_what_the_certificate_has_named_as_normalised_is_no_drift(data_folder: Path) -> None:
    async with open_desk(data_folder, quirks=("values-normalised",)) as desk:
        for name in ("ann", "bob"):
            desk.company.person(name, surname=f" {name.title()} ")
        await desk.cycle()
        before = await drift(desk)
        assert {one.source_id for one in before.objects} == {"ann", "bob"}
        named = await certificate(desk)
        assert "blanks" in named.changes[0].cause

        await keep(desk, named)

        found = await drift(desk)
        assert found.objects == ()
        assert {one.kind for one in found.normalised} == {DriftKind.NORMALISED}
        assert found.normalised[0].sentence == (
            "name.familyName: normalised by the target. The target removes blanks at both ends."
        )
        desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
        ended = await desk.cycle()
        assert ended.users.updated == 0
        assert ended.sentence == (
            "2 differ only in values that the target normalises; they are left so."
        )
        await real_drift_is_still_found(desk)


async def real_drift_is_still_found(desk: Desk) -> None:
    ann = (await desk.users())["ann"]["id"]
    operation = {"op": "replace", "path": "name.familyName", "value": "Other"}
    await desk.tamper("PATCH", f"/Users/{ann}", {"schemas": [PATCH_OP], "Operations": [operation]})
    found = await drift(desk)
    assert [one.source_id for one in found.objects] == ["ann"]
    assert [one.source_id for one in found.normalised] == ["bob"]


async def keep(desk: Desk, named: Certificate) -> None:
    def save(store: Database) -> None:
        with store.transaction() as connection:
            number = last_completed_cycle(connection, "cycles")
            assert number is not None
            document = msgspec.json.encode(named).decode()
            save_certificate(connection, number, desk.setting().clock.now(), document)

    await desk.worker.run(save)
