"""Each of the 31 points of the reference's target-quirks: the engine copes, or says why not.

A whole company is provisioned into the embedded tenant with the quirk on: an initial cycle, a cycle
with a change of every kind, and cycles that should have nothing to do.
"""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "simulation"))

from looop_gui.model.connection import ConnectionSettings, Dialect, MatchingStrategy
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import Cycle
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.scope import ProvisioningScope
from looop_gui.scim.messages import ENTERPRISE_USER_SCHEMA, ScimRequest
from looop_gui.store.provisioning_log import read_entry, read_rows
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

PEOPLE = 60


@dataclass(frozen=True)
class Point:
    """One point of the list: quirks and faults that make it, and what may not work with it.

    `fails` says that objects may fail, with a sentence; `stale` that changes may not arrive;
    `refused` that the probe ends each cycle before it has written anything. With `only_legacy`
    objects fail unless Entra's older dialect is spoken.
    """

    number: int
    quirks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    fails: bool = False
    stale: bool = False
    refused: bool = False
    only_legacy: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


POINTS = (
    Point(1, ("booleans-as-json-only",)),
    Point(1, ("booleans-as-text-only",), only_legacy=True),
    Point(2, ("lowercase-ops-only",)),
    Point(3, ("patch-needs-path",)),
    Point(3, ("patch-without-path-only",)),
    Point(4, ("member-removal-by-filter-only",)),
    Point(4, ("member-removal-by-value-only",), only_legacy=True),
    Point(5, ("excluded-attributes-ignored",)),
    Point(6, ("empty-lookup-404",), refused=True),
    Point(7, ("page-cap-50",), settings={"matching": MatchingStrategy.LIST}),
    Point(8, ("member-cap-100",)),
    Point(8, ("members-beyond-100-dropped",)),
    Point(8, ("large-groups-refused",)),
    Point(9, ("conflict-without-scimtype",)),
    Point(9, ("conflict-as-400",)),
    Point(9, ("conflict-as-500",)),
    Point(10, ("soft-delete",)),
    Point(11, ("only-active-patched",), fails=True, stale=True),
    Point(12, ("pending-users",), fails=True, stale=True),
    Point(13, ("disable-deletes",), fails=True, stale=True),
    Point(14, ("delete-disabled",), fails=True, stale=True),
    Point(14, ("delete-not-implemented",), fails=True, stale=True),
    Point(14, ("delete-disables",), stale=True),
    Point(15, ("filter-username-only",)),
    Point(15, ("filter-without-and",)),
    Point(15, ("filter-node-cap",)),
    Point(15, ("case-sensitive-username",)),
    Point(15, ("special-characters-break-filters",), fails=True),
    Point(16, ("values-normalised",)),
    Point(16, ("display-name-rebuilt",)),
    Point(16, ("timestamps-rounded",)),
    Point(17, ("manager-not-returned",)),
    Point(17, ("manager-as-text",)),
    Point(18, ("patch-answers-204",)),
    Point(18, ("patch-answers-empty-200",)),
    Point(19, ("external-id-not-stored",)),
    Point(19, ("meta-missing",)),
    Point(19, ("id-changes-on-rename",), fails=True, stale=True),
    Point(20, faults=("html-page=0.2",), fails=True),
    Point(20, faults=("broken-json=0.2",), fails=True),
    Point(21, faults=("token-expiry=30",), fails=True),
    Point(22, faults=("eventual-consistency=30s",)),
    Point(23, faults=("throttle=requests:10/s,retry-after:seconds",)),
    Point(23, faults=("throttle=requests:10/s,retry-after:date",)),
    Point(23, faults=("throttle=requests:10/s,retry-after:none,headers:off",), fails=True),
    Point(23, faults=("throttle=slack",)),
    Point(23, faults=("throttle=miro",), fails=True),
    Point(24, ("schemas-missing",)),
    Point(24, ("patch-not-implemented",)),
    Point(24, ("patch-not-advertised",)),
    Point(24, ("patch-not-routed",)),
    Point(25),
    Point(26, ("filter-ignored",), settings={"matching": MatchingStrategy.FILTER}),
    Point(27, ("paging-never-ends",), settings={"matching": MatchingStrategy.LIST}),
    Point(27, ("paging-ignored",), settings={"matching": MatchingStrategy.LIST}),
    Point(27, ("paging-never-ends", "filter-ignored")),
    Point(28, ("total-results-of-page", "page-cap-50")),
    Point(28, ("items-per-page-missing",)),
    Point(29, ("members-never-returned",)),
    Point(30, ("count-breaks",), settings={"matching": MatchingStrategy.LIST}),
    Point(30, ("contains-breaks",)),
    Point(31, settings={"concurrency": 3}),
)


class Firm:
    """A company with everything that quirks stumble over."""

    def __init__(self) -> None:
        self.version = 0
        self.people = {f"p{n}": self._person(n) for n in range(PEOPLE)}
        self.people["p3"]["userPrincipalName"] = "o'hara+test%20&@contoso.com"
        self.members = {"all": list(self.people), "few": ["p1", "p2"]}

    def _person(self, number: int) -> dict[str, Any]:
        name = f"user{number}@contoso.com"
        attributes = {
            "userPrincipalName": name,
            "displayName": f"The {number}th person",
            "givenName": f" Given {number} ",
            "surname": f"Number {number}",
            "mail": name.title(),
            "accountEnabled": "True",
            "department": "R&D",
        }
        return attributes | ({"manager": f"p{number // 4}"} if number else {})

    def change_everything(self) -> None:
        self.version += 1
        self.people["p5"]["surname"] = "Married"
        self.people["p6"]["accountEnabled"] = "False"
        self.people["p7"]["manager"] = "p2"
        self.people["p8"]["userPrincipalName"] = "renamed8@contoso.com"
        del self.people["p9"]
        self.members["all"].remove("p9")
        self.members["few"] = ["p2", "p4"]

    def snapshot(self) -> DirectorySnapshot:
        users = {
            key: DirectoryObject(key, ObjectType.USER, dict(one))
            for key, one in self.people.items()
        }
        groups = {
            key: DirectoryObject(
                key,
                ObjectType.GROUP,
                {"displayName": key, "securityEnabled": "True", "members": tuple(members)},
            )
            for key, members in self.members.items()
        }
        return DirectorySnapshot(users, groups, (), f"version {self.version}")


@dataclass
class Stage:
    firm: Firm
    tenant: SimulatedTenant
    engine: SimulatedEngine
    point: Point
    cycles: list[Cycle] = field(default_factory=list)

    async def cycle(self) -> list[ScimRequest]:
        cycle = await self.engine.cycle()
        assert cycle is not None
        assert self.engine.sender is not None
        self.cycles.append(cycle)
        return self.engine.sender.written

    def accounts(self) -> dict[str, dict[str, Any]]:
        """Accounts by userName in lower case; two of one name fail the test."""
        users = self.tenant.everything("/Users").values()
        found = {str(one["userName"]).casefold(): one for one in users}
        assert len(found) == len(users)
        return found


def _title(point: Point) -> str:
    return f"{point.number}-{'+'.join((*point.quirks, *point.faults)) or 'none'}"


@contextmanager
def _staged(point: Point, clock: SimulatedClock, folder: Path, dialect: Dialect) -> Any:
    firm = Firm()
    tenant = SimulatedTenant(clock, 7, quirks=point.quirks)
    settings = ConnectionSettings(scope=ProvisioningScope.ALL, **point.settings)
    engine = SimulatedEngine(tenant, folder, Random(3), firm.snapshot, settings)
    engine.target = replace(engine.target, dialect=dialect)
    yield Stage(firm, tenant, engine, point)
    engine.close()


def _on_stage(point: Point, dialect: Dialect, play: Callable[[Stage], Any]) -> None:
    with simulated_folder() as folder:

        async def main(clock: SimulatedClock) -> None:
            with _staged(point, clock, folder, dialect) as stage:
                await play(stage)

        run_simulated(main)


def test_every_point_of_the_list_is_here() -> None:
    assert {point.number for point in POINTS} == set(range(1, 32))


@pytest.mark.parametrize("dialect", [Dialect.ENTRA_LEGACY, Dialect.ENTRA_COMPLIANT])
@pytest.mark.parametrize("point", POINTS, ids=_title)
def test_nobody_twice_nobody_confused_and_silence_in_the_end(
    point: Point, dialect: Dialect
) -> None:
    if point.refused:
        _on_stage(point, dialect, _refusal)
        return
    if point.only_legacy and dialect is not Dialect.ENTRA_LEGACY:
        point = replace(point, fails=True)
    _on_stage(point, dialect, _everything)


async def _refusal(stage: Stage) -> None:
    """404 for nobody is what section a.4 has a job quarantined for."""
    assert await stage.cycle() == []
    assert "404" in stage.cycles[0].sentence
    quarantine = stage.engine.job.quarantine
    assert quarantine is not None
    assert "404" in quarantine.sentence


async def _everything(stage: Stage) -> None:
    point, tenant = stage.point, stage.tenant
    for text in point.faults:
        tenant.faults.switch_on(text)
    await stage.cycle()
    assert len(stage.engine.sender.sent) < 40 * PEOPLE
    await _recover(stage)
    stage.accounts()
    stage.firm.change_everything()
    await stage.cycle()
    await _recover(stage)
    _check_people(stage)
    _explained(stage)
    if not stage.engine.escrows():
        assert await stage.cycle() == []
    else:
        assert point.fails


async def _recover(stage: Stage) -> None:
    """Faults pass; quirks stay."""
    stage.tenant.faults.clear()
    for _ in range(3):
        await stage.tenant.clock.sleep(90_000)
        await stage.cycle()


def _check_people(stage: Stage) -> None:
    accounts, people = stage.accounts(), stage.firm.people
    by_id = {one["id"]: name for name, one in accounts.items()}
    for key, person in people.items():
        name = person["userPrincipalName"].casefold()
        if stage.point.stale or key in stage.engine.escrows():
            continue
        account = accounts[name]
        assert account["active"] is (person["accountEnabled"] == "True")
        assert account["name"]["familyName"] == person["surname"]
        manager = person.get("manager")
        if manager in people and manager not in stage.engine.escrows() and not stage.point.fails:
            held = account[ENTERPRISE_USER_SCHEMA]["manager"]
            value = held["value"] if isinstance(held, dict) else held
            assert by_id[value] == people[manager]["userPrincipalName"].casefold()
    if not stage.point.stale and not stage.point.fails:
        assert "user9@contoso.com" not in accounts or stage.point.number in (10,)


def _explained(stage: Stage) -> None:
    """Whatever failed has a sentence and a code."""
    rows = read_rows(stage.engine.open(), LogFilter(CONNECTION), limit=10_000)
    for row in rows:
        if row.status == "failure":
            entry = read_entry(stage.engine.open(), row.key)
            assert entry is not None
            assert entry.error is not None
            assert entry.error.error_code
            assert len(entry.error.reason) > 10
