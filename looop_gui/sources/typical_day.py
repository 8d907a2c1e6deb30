"""A typical day in a company: a batch of realistic changes from a seed, one sentence each."""

from collections.abc import Callable, Iterator
from random import Random

from looop_gui import resources
from looop_gui.sources.demo_names import NameBook
from looop_gui.sources.demo_people import object_id
from looop_gui.sources.editing import DirectoryEditor
from looop_gui.sources.headings import FileKind
from looop_gui.sources.table_file import Cells

_CHANGES_PER_PEOPLE = 120


def typical_day(editor: DirectoryEditor, seed: int) -> tuple[str, ...]:
    """Changes some one percent of the people: they join, move, marry, pause and leave.

    The same seed on the same folder makes the same day. Raises SourceError, with nothing changed.
    """
    with editor.together():
        # What the folder holds is part of the seed, so that a second day makes other people.
        users = editor.rows(FileKind.USER)
        random = Random(f"{seed} {len(users)} {users[-1]['id']}")  # noqa: S311 - nothing secret
        day = _Day(editor, random)
        rounds = 1 + len(day.active()) // _CHANGES_PER_PEOPLE
        return tuple(
            sentence
            for event in (
                day.somebody_leaves_for_good,
                day.somebody_is_deleted,
                day.somebody_is_disabled,
                day.somebody_returns,
                day.somebody_moves,
                day.somebody_is_promoted,
                day.somebody_has_another_phone,
                day.somebody_marries,
                day.somebody_joins,
                day.somebody_changes_groups,
                day.an_assignment_changes,
            )
            for sentence in _repeat(event, rounds)
        )


def _repeat(event: Callable[[], Iterator[str]], rounds: int) -> Iterator[str]:
    for _ in range(rounds):
        yield from event()


class _Day:
    """The events of a day; each yields a sentence for each change, or nothing where none fits."""

    def __init__(self, editor: DirectoryEditor, random: Random) -> None:
        self._editor = editor
        self._random = random
        self._names = NameBook()
        self._company = resources.read_json("demo", "company.json")

    def active(self) -> list[Cells]:
        """Everybody who is neither disabled nor deleted."""
        return self._people(lambda row: _enabled(row) and not row.get("deletedDateTime"))

    def somebody_leaves_for_good(self) -> Iterator[str]:
        """The recycle bin lets somebody go."""
        for row in self._pick(self._people(lambda row: bool(row.get("deletedDateTime")))):
            yield self._editor.delete_for_good(row["id"])

    def somebody_is_deleted(self) -> Iterator[str]:
        """Somebody who was disabled goes to the recycle bin."""
        gone = self._people(lambda row: not _enabled(row) and not row.get("deletedDateTime"))
        for row in self._pick(gone):
            yield self._editor.delete_softly(row["id"])

    def somebody_is_disabled(self) -> Iterator[str]:
        """Somebody leaves: the account is blocked first."""
        for row in self._pick(self.active()):
            yield self._editor.set_enabled(row["id"], False)

    def somebody_returns(self) -> Iterator[str]:
        """Somebody comes back from a leave."""
        if self._random.random() < 0.5:
            away = self._people(lambda row: not _enabled(row) and not row.get("deletedDateTime"))
            for row in self._pick(away):
                yield self._editor.set_enabled(row["id"], True)

    def somebody_moves(self) -> Iterator[str]:
        """Somebody changes the department, with the title and the lead that go with it."""
        department = self._random.choice(self._company["departments"])
        for row in self._pick(self.active()):
            if row.get("department") != department["name"]:
                yield self._editor.change_attribute(row["id"], "department", department["name"])
                title = self._random.choice(department["titles"])
                yield self._editor.change_attribute(row["id"], "jobTitle", title)

    def somebody_is_promoted(self) -> Iterator[str]:
        """Somebody becomes senior."""
        for row in self._pick([row for row in self.active() if row.get("jobTitle")]):
            title = row["jobTitle"]
            if not title.startswith(("Senior ", "Chief ", "Head ")):
                yield self._editor.change_attribute(row["id"], "jobTitle", f"Senior {title}")

    def somebody_has_another_phone(self) -> Iterator[str]:
        """Somebody gets another mobile number."""
        number = f"+49 7{self._random.randint(10_000_000, 99_999_999)}"
        for row in self._pick(self.active()):
            yield self._editor.change_attribute(row["id"], "mobile", number)

    def somebody_marries(self) -> Iterator[str]:
        """Somebody takes another surname; the userPrincipalName follows half of the time."""
        named = [row for row in self.active() if row.get("surname") and not _is_guest(row)]
        for row in self._pick(named):
            language = row.get("preferredLanguage") or "en-GB"
            name = self._names.draw(language, self._random)
            display = row.get("displayName", "").replace(row["surname"], name.surname)
            yield self._editor.change_attribute(row["id"], "surname", name.surname)
            yield self._editor.change_attribute(row["id"], "displayName", display)
            if self._random.random() < 0.5:
                domain = row["userPrincipalName"].rpartition("@")[2]
                address = f"{name.alias}.{row['id'][:4]}@{domain}"
                yield self._editor.change_attribute(row["id"], "userPrincipalName", address)
                yield self._editor.change_attribute(row["id"], "mail", address)

    def somebody_joins(self) -> Iterator[str]:
        """A new colleague, in the team of somebody, in the department's group."""
        colleagues = [row for row in self.active() if row.get("manager")]
        for colleague in self._pick(colleagues):
            language = colleague.get("preferredLanguage") or "en-GB"
            name = self._names.draw(language, self._random)
            new_id = object_id(self._random)
            domain = colleague["userPrincipalName"].rpartition("@")[2]
            address = f"{name.alias}.{new_id[:4]}@{domain}"
            copied = ("department", "jobTitle", "manager", "city", "country", "usageLocation")
            yield self._editor.add_person(
                {
                    "userPrincipalName": address,
                    "displayName": name.display,
                    "givenName": name.given,
                    "surname": name.surname,
                    "mail": address,
                    "mailNickname": address.partition("@")[0],
                    "userType": "Member",
                    "preferredLanguage": language,
                    **{column: colleague.get(column, "") for column in copied},
                },
                new_id=new_id,
            )
            yield from self._join_department(new_id, colleague.get("department", ""))

    def somebody_changes_groups(self) -> Iterator[str]:
        """Somebody joins a group and somebody leaves one."""
        groups = self._editor.rows(FileKind.GROUP)
        known = {row["id"] for row in groups + self._editor.rows(FileKind.USER)}
        memberships = [
            row
            for row in self._editor.rows(FileKind.MEMBER)
            if {row.get("groupId"), row.get("memberId")} <= known
        ]
        for group, row in zip(self._pick(groups), self._pick(self.active()), strict=False):
            yield self._editor.add_member(group["id"], row["id"])
        for membership in self._pick(memberships):
            yield self._editor.remove_member(membership["groupId"], membership["memberId"])

    def an_assignment_changes(self) -> Iterator[str]:
        """Somebody is assigned, and sometimes somebody is unassigned."""
        for row in self._pick(self.active()):
            yield self._editor.assign(row["id"])
        people = {row["id"] for row in self._editor.rows(FileKind.USER)}
        rows = self._editor.rows(FileKind.ASSIGNMENT)
        single = [row for row in rows if row.get("principalId") in people]
        if self._random.random() < 0.5:
            for assignment in self._pick(single):
                yield self._editor.unassign(assignment["principalId"])

    def _join_department(self, person: str, department: str) -> Iterator[str]:
        for group in self._editor.rows(FileKind.GROUP):
            if department and group.get("displayName") == department:
                yield self._editor.add_member(group["id"], person)

    def _people(self, wanted: Callable[[Cells], bool]) -> list[Cells]:
        return [row for row in self._editor.rows(FileKind.USER) if wanted(row)]

    def _pick(self, rows: list[Cells]) -> list[Cells]:
        """One of the rows, or none where there is none."""
        return [self._random.choice(rows)] if rows else []


def _enabled(row: Cells) -> bool:
    return row.get("accountEnabled", "True").casefold() != "false"


def _is_guest(row: Cells) -> bool:
    return "#" in row["userPrincipalName"]
