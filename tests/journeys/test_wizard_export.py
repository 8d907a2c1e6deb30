"""An administrator's export of 1,000 people through the wizard, and a second cycle after changes.

The tenant is compared person by person with a computation that uses nothing of the workbench: the
csv module, the rules of reference sections b and c, and plain HTTP.
"""

import csv
import json
import re
import shutil
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from looop_gui.model.job import Cycle, CycleCounts, CycleKind, CycleState
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.setup_wizard import make_wizard, prepare_draft
from looop_gui.ui.wizard.wizard import SetupWizard

Row = dict[str, str]
Resource = dict[str, Any]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GUEST = re.compile(r"(.+)_([^_@]+)#EXT#@.+")


def test_an_export_of_a_thousand_people_and_the_day_after(
    desk: Desk, loop, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    shutil.copytree(samples / "directory" / "portal", folder)
    wizard = make_wizard(desk, loop.run(prepare_draft(desk.services)))
    qtbot.addWidget(wizard)
    wizard.resize(1200, 760)
    wizard.show()
    endpoint, token = set_up(wizard, loop, qtbot, folder)

    loop.until(lambda: wizard.live is not None and wizard.live.job is not None)
    loop.until(lambda: wizard.live.job.last_cycle is not None, 120)
    first = wizard.live.job.last_cycle
    expected = Expectation(folder)
    assert (first.kind, ended_well(first, expected)) == (CycleKind.INITIAL, True)
    assert len(expected.people) > 900
    assert first.users.created == len(expected.people)
    expected.compare(endpoint, token)

    changed = change_25_people(folder, expected)
    qtbot.mouseClick(wizard.live.run, Qt.MouseButton.LeftButton)
    loop.until(lambda: wizard.live.job.last_cycle.id != first.id, 120)
    second = wizard.live.job.last_cycle
    assert (second.kind, ended_well(second, expected)) == (CycleKind.INCREMENTAL, True)
    counts = second.users
    assert (counts.created, counts.updated, counts.disabled, counts.deleted) == (3, 15, 4, 3)
    after = Expectation(folder, before=expected, disabled=changed["disabled"])
    after.compare(endpoint, token)

    qtbot.mouseClick(wizard.live.run, Qt.MouseButton.LeftButton)
    loop.until(lambda: wizard.live.job.last_cycle.id != second.id, 120)
    third = wizard.live.job.last_cycle
    written = third.users + third.groups
    assert written == CycleCounts(skipped=written.skipped, failed=written.failed)
    wizard.close()


def ended_well(cycle: Cycle, expected: "Expectation") -> bool:
    """Nobody failed but, at most, those who have somebody else's userPrincipalName."""
    if not cycle.users.failed:
        return cycle.state is CycleState.SUCCEEDED
    return (
        cycle.users.failed <= expected.clashing
        and cycle.state is CycleState.ENTRY_LEVEL_ERRORS
        and not cycle.groups.failed
    )


def set_up(wizard: SetupWizard, loop, qtbot: QtBot, folder: Path) -> tuple[str, str]:
    """Walk all pages; gives the SCIM endpoint and the token of the demo tenant."""
    page = go_on(wizard, qtbot, SetupStep.PREPARATION)
    loop.until(lambda: page.demo.reset.isEnabled())
    qtbot.mouseClick(page.demo.reset, Qt.MouseButton.LeftButton)
    loop.until(lambda: page.demo.reset.isEnabled())
    endpoint, token = page.demo.endpoint.text, page.demo.token.text
    page = go_on(wizard, qtbot, SetupStep.CREDENTIALS)
    qtbot.mouseClick(page.checks.test, Qt.MouseButton.LeftButton)
    loop.until(lambda: wizard.session.draft.tested_url)
    go_on(wizard, qtbot, SetupStep.NOTIFICATION)
    page = go_on(wizard, qtbot, SetupStep.SOURCE)
    qtbot.mouseClick(page.files.radio, Qt.MouseButton.LeftButton)
    assert not wizard.foot.next.isEnabled()
    qtbot.keyClicks(page.panel.folder, str(folder))
    qtbot.keyClick(page.panel.folder, Qt.Key.Key_Return)
    loop.until(lambda: wizard.session.facts.users)
    loop.until(lambda: page.panel.columns_model.rowCount() == 28)
    assert page.panel.problems_model.rowCount() > 5
    assert "users.csv" in page.panel.summary.text()
    go_on(wizard, qtbot, SetupStep.USER_MAPPINGS)
    go_on(wizard, qtbot, SetupStep.GROUP_MAPPINGS)
    page = go_on(wizard, qtbot, SetupStep.SCOPE)
    qtbot.mouseClick(page.editor.all, Qt.MouseButton.LeftButton)
    page = go_on(wizard, qtbot, SetupStep.REVIEW)
    loop.until(lambda: page.forecast is not None, 60)
    qtbot.mouseClick(wizard.foot.next, Qt.MouseButton.LeftButton)
    return endpoint, token


def go_on(wizard: SetupWizard, qtbot: QtBot, step: SetupStep) -> QWidget:
    assert wizard.foot.next.isEnabled(), wizard.foot.reason.text()
    qtbot.mouseClick(wizard.foot.next, Qt.MouseButton.LeftButton)
    assert wizard.session.draft.step is step
    return wizard.page


class Expectation:
    """Who should be in the tenant and how, from the files alone."""

    def __init__(
        self,
        folder: Path,
        before: "Expectation | None" = None,
        disabled: Iterable[str] = (),
    ) -> None:
        rows = usable_people(folder)
        groups = {g["id"]: g for g in read(folder / "groups.csv")[1]}
        members: dict[str, set[str]] = {}
        for row in read(folder / "members.csv")[1]:
            members.setdefault(row["groupId"], set()).add(row["memberId"])
        self.people = {person: row for person, row in rows.items() if is_active(row)}
        names = [row["userPrincipalName"].casefold() for row in read(folder / "users.csv")[1]]
        self.clashing = sum(names.count(name) > 1 for name in set(names) if name)
        self.disabled = {person: before.people[person] for person in disabled if before}
        self.present = {**self.people, **self.disabled}
        known = {*self.present, *groups}
        self.groups = {
            row["displayName"]: members.get(group, set()) & known for group, row in groups.items()
        }

    def compare(self, endpoint: str, token: str) -> None:
        users = {user["externalId"]: user for user in everything(endpoint, "Users", token)}
        assert set(users) == set(self.present)
        target_ids = {person: user["id"] for person, user in users.items()}
        for person, row in self.present.items():
            assert shown(users[person]) == self.wanted(person, row, target_ids), row
        groups = {g["displayName"]: g for g in everything(endpoint, "Groups", token)}
        assert set(groups) == set(self.groups)
        target_ids |= {group["externalId"]: group["id"] for group in groups.values()}
        for name, wanted in self.groups.items():
            held = {member["value"] for member in groups[name].get("members", ())}
            assert held == {target_ids[person] for person in wanted}, name

    def wanted(self, person: str, row: Row, target_ids: dict[str, str]) -> Resource:
        guest = GUEST.fullmatch(row["userPrincipalName"])
        name = f"{guest[1]}@{guest[2]}" if guest else row["userPrincipalName"]
        return {
            "userName": name,
            "active": person not in self.disabled,
            "mail": row["mail"] or None,
            "givenName": row["givenName"] or None,
            "familyName": row["surname"] or None,
            "department": row["department"] or None,
            "employeeNumber": row["employeeId"] or None,
            "manager": target_ids.get(row["manager"]),
        }


def shown(user: Resource) -> Resource:
    emails = {mail["type"]: mail["value"] for mail in user.get("emails", ())}
    extension = user.get(ENTERPRISE, {})
    return {
        "userName": user["userName"],
        "active": user["active"],
        "mail": emails.get("work"),
        "givenName": user.get("name", {}).get("givenName"),
        "familyName": user.get("name", {}).get("familyName"),
        "department": extension.get("department"),
        "employeeNumber": extension.get("employeeNumber"),
        "manager": (extension.get("manager") or {}).get("value"),
    }


def usable_people(folder: Path) -> dict[str, Row]:
    """The rows of users.csv that can be used: whole, with an id and a name of their own."""
    headings, rows = read(folder / "users.csv")
    people: dict[str, Row] = {}
    names: set[str] = set()
    for row in rows:
        person, name = row["id"], row["userPrincipalName"].casefold()
        whole = len(row) == len(headings)
        boolean = row["accountEnabled"].casefold() in ("true", "false")
        if whole and boolean and person and name and person not in people and name not in names:
            people[person] = row
            names.add(name)
    return people


def is_active(row: Row) -> bool:
    return row["accountEnabled"].casefold() == "true" and not row["deletedDateTime"]


def read(path: Path) -> tuple[list[str], list[Row]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="too many cells")
        rows = list(reader)
        return list(reader.fieldnames or ()), rows


def everything(endpoint: str, resource: str, token: str) -> list[Resource]:
    found: list[Resource] = []
    while True:
        address = f"{endpoint}/{resource}?startIndex={len(found) + 1}&count=500"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            page = json.load(answer)
        found += page["Resources"]
        if len(found) >= page["totalResults"] or not page["Resources"]:
            return found


def change_25_people(folder: Path, expected: Expectation) -> dict[str, list[str]]:
    """Ten change department, five their name, four are disabled, three leave, three arrive."""
    path = folder / "users.csv"
    text = path.read_text(encoding="utf-8-sig")
    with path.open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = csv.reader(file)
    managers = {row["manager"] for row in usable_people(folder).values()}
    simple = [
        person
        for person, row in expected.people.items()
        if person not in managers
        and text.count(person) == 1
        and text.count(row["userPrincipalName"]) <= 2
    ]
    moved, named, disabled, gone = simple[:10], simple[10:15], simple[15:19], simple[19:22]
    changes: dict[str, Row] = {}
    changes |= {person: {"department": "Moon Office"} for person in moved}
    changes |= {person: {"surname": "Newname"} for person in named}
    changes |= {person: {"accountEnabled": "False"} for person in disabled}
    kept = [row for row in rows if row[headings.index("id")] not in gone]
    for row in kept:
        for heading, value in changes.get(row[headings.index("id")], {}).items():
            row[headings.index(heading)] = value
    for number in range(3):
        arrived = dict.fromkeys(headings, "")
        arrived |= {"id": f"00000000-0000-4000-9000-00000000000{number}"}
        arrived |= {"userPrincipalName": f"new{number}@lumenwerk.example"}
        arrived |= {"accountEnabled": "True", "givenName": "New", "surname": f"Person {number}"}
        kept.append(list(arrived.values()))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headings, *kept])
    return {"disabled": disabled}
