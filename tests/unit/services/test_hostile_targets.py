"""Targets that do one thing wrong: a sentence, a safe state, nobody twice, no token elsewhere."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import Cycle, CycleEnd, CycleState
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.services.clock import SystemClock
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.store.provisioning_log import read_entry, read_rows
from tests.unit.services.hostile_target import (
    Asked,
    HostileTarget,
    bomb,
    error,
    hostile_target,
    message,
)

TOKEN = "token-of-the-hostile-tests"
NAMES = ["ann@contoso.com", "bob@contoso.com", "cyd@contoso.com"]
ERROR_BODY = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
    "status": "500",
    "detail": "Internal",
}


class HastyClock(SystemClock):
    """Waits are over at once, and count as time that has passed."""

    def __init__(self) -> None:
        self._waited = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._waited

    async def sleep(self, seconds: float) -> None:
        self._waited += seconds
        await asyncio.sleep(0)


@dataclass
class Job:
    """A connection to a hostile target."""

    target: HostileTarget
    worker: StoreWorker
    data_folder: Path
    settings: ConnectionSettings
    random: Random = field(default_factory=lambda: Random(1))
    nobody: bool = False

    async def cycle(self) -> Cycle:
        connection = Connection(
            "hostile",
            "Hostile",
            Application.LOOOP,
            TenantConnection(self.target.url),
            SourceSettings(SourceType.FILES),
            self.settings,
        )
        setting = CycleSetting(
            connection=connection,
            schema=default_schema(Application.LOOOP),
            token=SecretText(TOKEN),
            data_folder=self.data_folder,
            worker=self.worker,
            clock=HastyClock(),
            random=self.random,
            read_source=lambda *_: _snapshot(nobody=self.nobody),
            source_digest=lambda *_: _snapshot(nobody=self.nobody).digest,
        )
        return await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)

    async def reasons(self) -> list[str]:
        """Why objects failed or were skipped, the newest first."""
        rows = await self.worker.run(read_rows, LogFilter("hostile"), limit=100)
        entries = [await self.worker.run(read_entry, row.key) for row in rows]
        return [one.error.reason for one in entries if one is not None and one.error is not None]


def _snapshot(*, nobody: bool) -> DirectorySnapshot:
    if nobody:
        stranger = DirectoryObject("xyz", ObjectType.USER, {"accountEnabled": "False"})
        return DirectorySnapshot({"xyz": stranger}, {}, (), "nobody")
    users = {
        key: DirectoryObject(
            key,
            ObjectType.USER,
            {
                "userPrincipalName": f"{key}@contoso.com",
                "displayName": key,
                "accountEnabled": "True",
            }
            | ({"manager": "ann"} if key != "ann" else {}),
        )
        for key in ("ann", "bob", "cyd")
    }
    given = {"displayName": "All", "securityEnabled": "True", "members": ("ann", "bob", "cyd")}
    return DirectorySnapshot(
        users, {"all": DirectoryObject("all", ObjectType.GROUP, given)}, (), "one"
    )


@asynccontextmanager
async def job_on(conduct: Any, data_folder: Path, **more: Any) -> AsyncIterator[Job]:
    async with hostile_target(conduct, **more) as target:
        worker = await StoreWorker.open(data_folder)
        settings = ConnectionSettings(scope=ProvisioningScope.ALL)
        yield Job(target, worker, data_folder, settings)
        await worker.close()


def _lists_are(body: Any, headers: str = "") -> Any:
    return lambda _target, asked, usual: message(body, headers=headers) if asked.is_list else usual


def _creates_are(make: Any) -> Any:
    def conduct(_target: HostileTarget, asked: Asked, usual: bytes) -> bytes:
        if asked.method != "POST":
            return usual
        return make(json.loads(usual.partition(b"\r\n\r\n")[2]))

    return conduct


def _everything_is(answer: bytes) -> Any:
    return lambda _target, _asked, _usual: answer


def _elsewhere(target: HostileTarget, _asked: Asked, _usual: bytes) -> bytes:
    there = f"Location: http://127.0.0.1:{target.elsewhere_port}/login\r\n"
    return message(b"", "302 Found", headers=there)


def _asks_less(target: HostileTarget, asked: Asked, usual: bytes) -> bytes:
    return usual.replace(
        b"Content-Length", b"RateLimit-Remaining: -1\r\nRateLimit-Reset: 2\r\nContent-Length", 1
    )


PAGE = b"<!doctype html><html><body><form action='/login'>Sign in</form></body></html>"

NO_CYCLE = {
    "login page": (_everything_is(message(PAGE, kind="text/html")), "SCIM"),
    "redirect to another host": (_elsewhere, "redirects to"),
    "error body with 200": (_everything_is(message(ERROR_BODY)), "neither Resources"),
    "resources that are none": (_lists_are({"totalResults": 1, "Resources": [None, 5]}), "id"),
    "decompression bomb": (_lists_are(bomb(), "Content-Encoding: gzip\r\n"), "larger than"),
    "nested without end": (_lists_are(b"[" * 100_000), "SCIM"),
    "no HTTP": (_everything_is(b"\x00\xff garbage\r\n\r\n"), "127.0.0.1"),
    "hangs up": (_everything_is(b""), "127.0.0.1"),
    "token refused": (_everything_is(error("401 Unauthorized")), "token"),
    "waits for ever": (
        _everything_is(message({}, "429 Too Many Requests", headers="Retry-After: 9999999\r\n")),
        "429",
    ),
}


@pytest.mark.parametrize("name", NO_CYCLE)
async def test_a_target_that_is_none_gets_no_write_and_a_sentence(
    name: str, data_folder: Path
) -> None:
    conduct, words = NO_CYCLE[name]
    async with job_on(conduct, data_folder) as job:
        for _ in range(2):
            cycle = await job.cycle()
            assert cycle.state is CycleState.FAILED
            assert cycle.ended_by in (CycleEnd.TARGET, CycleEnd.CREDENTIALS)
            assert words in cycle.sentence, cycle.sentence
            assert TOKEN not in cycle.sentence
        assert job.target.created() == []
        assert job.target.elsewhere == []


ONE_ACCOUNT_EACH = {
    "created with 200": _creates_are(message),
    "created without a body": _creates_are(lambda _: message(b"", "201 Created")),
    "created with 204": _creates_are(lambda _: b"HTTP/1.1 204 No Content\r\n\r\n"),
    "created with 202": _creates_are(lambda _: message({"status": "accepted"}, "202 Accepted")),
    "created, said to be an error": _creates_are(lambda _: message(ERROR_BODY)),
    "created as a page": _creates_are(lambda _: message(PAGE, "201 Created", "text/html")),
    "created in a list": _creates_are(lambda made: message([made], "201 Created")),
    "created without an id": _creates_are(lambda made: message(made | {"id": None}, "201 Created")),
    "created as a bomb": _creates_are(
        lambda _: message(bomb(), "201 Created", headers="Content-Encoding: gzip\r\n")
    ),
    "created and hung up": _creates_are(lambda _: b""),
    "two lengths": _creates_are(
        lambda made: message(made, "201 Created", headers="Transfer-Encoding: chunked\r\n")
    ),
    "another content type": lambda _t, _a, usual: usual.replace(
        b"application/scim+json", b"text/plain; charset=utf-16"
    ),
    "nothing as null": _lists_are({"totalResults": 0, "Resources": None}),
    "lists without a total": _lists_are({"totalResults": "many", "Resources": []}),
    "early hints": lambda _t, _a, usual: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + usual,
    "a rate limit below nothing": _asks_less,
}


@pytest.mark.parametrize("name", ONE_ACCOUNT_EACH)
async def test_however_a_create_is_answered_it_is_sent_once(name: str, data_folder: Path) -> None:
    async with job_on(ONE_ACCOUNT_EACH[name], data_folder) as job:
        cycle = await job.cycle()
        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert cycle.state is CycleState.SUCCEEDED, await job.reasons()
        assert sorted(job.target.created()) == NAMES
        assert job.target.created("Groups") == ["All"]
        before = len(job.target.asked)
        await job.cycle()
        assert {one.method for one in job.target.asked[before:]} == {"GET"}


IDS = {
    "numbered for each kind": "{}".format,
    "with slashes, blanks and signs": "a/b c%2F?#&ü李-{}/../x".format,
    "of dots": lambda n: "." * (n + 1),
    "in another script": "李-{}-é".format,
    "very long": ("x" * 2_000 + "{}").format,
}


@pytest.mark.parametrize("name", IDS)
async def test_ids_go_back_as_they_came(name: str, data_folder: Path) -> None:
    async with job_on(lambda _t, _a, usual: usual, data_folder, next_id=IDS[name]) as job:
        cycle = await job.cycle()
        assert cycle.ended_by is CycleEnd.COMPLETED
        assert sorted(job.target.created()) == NAMES
        paths = {one.path for one in job.target.asked if one.method not in ("GET", "POST")}
        assert all(path.startswith(("/scim/v2/Users/", "/scim/v2/Groups/")) for path in paths)
        await job.cycle()
        assert sorted(job.target.created()) == NAMES
        assert job.target.created("Groups") == ["All"]
        job.nobody = True
        cycle = await job.cycle()
        assert (cycle.users.deleted, cycle.groups.deleted) == (3, 1)
        assert job.target.resources == {"Users": {}, "Groups": {}}


async def test_one_id_for_everybody_makes_one_account_and_says_so(data_folder: Path) -> None:
    async with job_on(lambda _t, _a, usual: usual, data_folder, next_id=lambda _: "same") as job:
        job.settings = replace(job.settings, concurrency=1)
        cycle = await job.cycle()
        assert cycle.users.failed == 2
        assert any("belongs to" in reason for reason in await job.reasons())
        assert len(job.target.created()) == 3


async def test_a_conflict_with_nobody_is_told_and_not_sent_again_at_once(data_folder: Path) -> None:
    def conduct(target: HostileTarget, asked: Asked, usual: bytes) -> bytes:
        target.resources["Users"].clear()
        is_person = asked.method == "POST" and asked.path.endswith("/Users")
        return error("409 Conflict", scimType="uniqueness") if is_person else usual

    async with job_on(conduct, data_folder) as job:
        cycle = await job.cycle()
        assert (cycle.users.failed, cycle.users.created) == (3, 0)
        assert sum("409" in reason for reason in await job.reasons()) == 3
        assert sorted(job.target.created()) == NAMES


async def test_a_token_refused_on_the_way_ends_the_cycle(data_folder: Path) -> None:
    def conduct(target: HostileTarget, asked: Asked, usual: bytes) -> bytes:
        return error("401 Unauthorized") if len(target.created()) > 1 else usual

    async with job_on(conduct, data_folder) as job:
        cycle = await job.cycle()
        assert cycle.ended_by is CycleEnd.CREDENTIALS
        job.target.conduct = lambda _t, _a, usual: usual
        cycle = await job.cycle()
        assert cycle.state is CycleState.SUCCEEDED
        assert len(job.target.resources["Users"]) == 3


@pytest.mark.parametrize("grows", [True, False])
async def test_pages_without_end_end_with_a_sentence_and_nobody_is_created(
    data_folder: Path, grows: bool
) -> None:
    numbers = itertools.count()

    def conduct(_target: HostileTarget, asked: Asked, usual: bytes) -> bytes:
        if not asked.is_list or not asked.query.get("filter", "").startswith("userName"):
            return usual
        page = [{"id": f"x{next(numbers)}", "userName": "x"} for _ in range(100)]
        if not grows:
            page = [{"id": f"x{n}", "userName": "x"} for n in range(100)]
        return message({"totalResults": 10**9, "Resources": page})

    async with job_on(conduct, data_folder) as job:
        cycle = await job.cycle()
        assert len(job.target.asked) < 1_000
        if grows:
            assert job.target.created() == []
            assert cycle.users.failed == 3
            assert all("filter" in reason for reason in await job.reasons())


async def test_what_the_target_says_of_the_token_is_not_kept(data_folder: Path) -> None:
    conduct = _creates_are(lambda _: error("403 Forbidden", detail=f"not with {TOKEN}"))
    async with job_on(conduct, data_folder) as job:
        cycle = await job.cycle()
        assert cycle.users.failed == 3
        assert not any(TOKEN in reason for reason in await job.reasons())
    for file in data_folder.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes()
