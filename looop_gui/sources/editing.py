"""Edits of a directory folder as an administrator makes them, so that cycles have work to do.

Every edit reads the files it concerns, changes them, replaces them at once, and says in one
sentence what changed. Editing needs CSV files: a folder of JSON is read only.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.errors import SourceError
from looop_gui.sources.demo_people import object_id
from looop_gui.sources.files import FILE_STEMS, find_files
from looop_gui.sources.folder_writing import (
    ASSIGNMENT_COLUMNS,
    GROUP_COLUMNS,
    MEMBER_COLUMNS,
    PORTAL_COLUMNS,
)
from looop_gui.sources.headings import FileKind
from looop_gui.sources.people import BOOLEANS, home_name
from looop_gui.sources.table_file import Cells, TableFile

_COLUMNS = {
    FileKind.USER: PORTAL_COLUMNS,
    FileKind.GROUP: GROUP_COLUMNS,
    FileKind.MEMBER: MEMBER_COLUMNS,
    FileKind.ASSIGNMENT: ASSIGNMENT_COLUMNS,
}
_COMPUTED = frozenset({"id", "objectId", "originalUserPrincipalName", "IsSoftDeleted", "members"})


class DirectoryEditor:
    """Edits the directory in `folder`. `now` dates soft deletes; it is asked at each edit.

    People and groups are named by object id, a person also by userPrincipalName. Every method
    raises SourceError when the object is not there or the files cannot be edited; then nothing
    was changed.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime], settings: SourceSettings | None = None
    ) -> None:
        self._folder = folder
        self._now = now
        self._settings = settings or SourceSettings(SourceType.FILES)
        self._tables: dict[FileKind, TableFile] = {}
        self._depth = 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Makes the edits inside one: the files are read once and written at the end."""
        if self._depth == 0:
            self._tables.clear()
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                for table in self._tables.values():
                    table.save()
        finally:
            self._depth -= 1

    def rows(self, kind: FileKind) -> list[Cells]:
        """The rows of one file as they stand; they are not to be changed."""
        with self.together():
            return self._open(kind).rows

    def change_attribute(self, person: str, attribute: str, value: str) -> str:
        """Sets one attribute of a person; an empty value takes it away."""
        with self.together():
            users = self._open(FileKind.USER)
            row = _person(users, person)
            _check(users, attribute, value)
            before, name = row.get(attribute, ""), _name(row)
            users.set(row, attribute, value)
        return f"{name}: {attribute} {_from_to(before, value)}."

    def set_enabled(self, person: str, enabled: bool) -> str:
        """Blocks or unblocks somebody's sign-in (accountEnabled)."""
        name = self._set(person, "accountEnabled", str(enabled))
        return f"{name} was {'enabled' if enabled else 'disabled'}."

    def delete_softly(self, person: str) -> str:
        """Puts somebody into the recycle bin (section f.4: she is disabled in the target)."""
        name = self._set(person, "deletedDateTime", self._now().strftime("%Y-%m-%dT%H:%M:%SZ"))
        return f"{name} was deleted and can be restored."

    def restore(self, person: str) -> str:
        """Takes somebody out of the recycle bin."""
        return f"{self._set(person, 'deletedDateTime', '')} was restored."

    def delete_for_good(self, person: str) -> str:
        """Deletes somebody permanently, with memberships, assignments and as a manager."""
        with self.together():
            users = self._open(FileKind.USER)
            row = _person(users, person)
            references = {row["id"], row.get("userPrincipalName", "")} - {""}
            for other in users.rows:
                if other.get("manager") in references:
                    users.set(other, "manager", "")
            users.remove(lambda one: one is row)
            self._drop_references(references)
        return f"{_name(row)} was deleted permanently."

    def add_person(self, attributes: Mapping[str, str], *, new_id: str = "") -> str:
        """Adds a person; userPrincipalName is required, the account is enabled unless told.

        `new_id` is the object id, made up where it is empty.
        """
        with self.together():
            users = self._open(FileKind.USER)
            name = attributes.get("userPrincipalName", "").strip()
            if not name:
                raise SourceError("A new person needs a userPrincipalName.")
            if _find_person(users, name):
                raise SourceError(f"There is already somebody with the userPrincipalName {name}.")
            cells = {"accountEnabled": "True", **attributes, "userPrincipalName": name}
            for attribute, value in attributes.items():
                _check(users, attribute, value)
            cells["id"] = new_id or object_id(_fresh_random())
            if users.find("id", cells["id"]):
                raise SourceError(f"There is already somebody with the id {cells['id']}.")
            users.append(cells)
        return f"{_name(cells)} was added."

    def assign(self, principal: str, role: str = "") -> str:
        """Assigns a person or a group to the application; an empty role is Default Access."""
        with self.together():
            principal_id, name = self._principal(principal)
            assignments = self._open(FileKind.ASSIGNMENT)
            present = [r for r in assignments.rows if r.get("principalId") == principal_id]
            if any(row.get("appRole", "") == role for row in present):
                return f"{name} is assigned already{_as(role)}."
            assignments.append({"principalId": principal_id, "appRole": role})
        return f"{name} was assigned{_as(role)}."

    def unassign(self, principal: str, role: str | None = None) -> str:
        """Takes one assignment away, or all of a person or group when `role` is None."""
        with self.together():
            principal_id, name = self._principal(principal)
            removed = self._open(FileKind.ASSIGNMENT).remove(
                lambda row: (
                    row.get("principalId") in (principal_id, principal)
                    and role in (None, row.get("appRole", ""))
                )
            )
        return f"{name} was unassigned." if removed else f"{name} was not assigned."

    def add_member(self, group: str, member: str) -> str:
        """Adds a person or a group to a group."""
        with self.together():
            group_name = _name(self._group(group))
            member_id, name = self._principal(member)
            members = self._open(FileKind.MEMBER)
            if any(_is_member(row, group, member_id) for row in members.rows):
                return f"{name} is a member of {group_name} already."
            members.append({"groupId": group, "memberId": member_id})
        return f"{name} was added to {group_name}."

    def remove_member(self, group: str, member: str) -> str:
        """Takes a person or a group out of a group."""
        with self.together():
            group_name = _name(self._group(group))
            member_id, name = self._principal(member)
            removed = self._open(FileKind.MEMBER).remove(
                lambda row: _is_member(row, group, member_id) or _is_member(row, group, member)
            )
        return f"{name} {'was removed from' if removed else 'is no member of'} {group_name}."

    def create_group(self, name: str, description: str = "", *, new_id: str = "") -> str:
        """Makes an empty security group; its id is made up where `new_id` is empty."""
        with self.together():
            groups = self._open(FileKind.GROUP)
            _check_group_name(groups, name)
            groups.append(
                {
                    "id": new_id or object_id(_fresh_random()),
                    "displayName": name,
                    "mailNickname": "".join(c for c in name.lower() if c.isalnum()),
                    "description": description,
                    "securityEnabled": "True",
                }
            )
        return f"The group {name} was made."

    def rename_group(self, group: str, name: str) -> str:
        """Gives a group another displayName."""
        with self.together():
            groups = self._open(FileKind.GROUP)
            row = _group_row(groups, group)
            before = _name(row)
            _check_group_name(groups, name)
            groups.set(row, "displayName", name)
        return f"The group {before} is now named {name}."

    def delete_group(self, group: str) -> str:
        """Deletes a group with its memberships and assignments; its members stay."""
        with self.together():
            groups = self._open(FileKind.GROUP)
            row = _group_row(groups, group)
            groups.remove(lambda one: one is row)
            self._drop_references({group})
        return f"The group {_name(row)} was deleted."

    def _set(self, person: str, attribute: str, value: str) -> str:
        """Sets one attribute; returns the person's name."""
        with self.together():
            users = self._open(FileKind.USER)
            row = _person(users, person)
            users.set(row, attribute, value)
            return _name(row)

    def _open(self, kind: FileKind) -> TableFile:
        if kind not in self._tables:
            self._tables[kind] = self._read(kind)
        return self._tables[kind]

    def _read(self, kind: FileKind) -> TableFile:
        found, _ = find_files(self._folder)
        path = found.get(kind, self._folder / f"{FILE_STEMS[kind]}.csv")
        if path.suffix.casefold() == ".json":
            raise SourceError(
                f"{path.name} is JSON and is not edited here.",
                safe="The file is unchanged.",
                next_step="Change it where it comes from, or use CSV files.",
            )
        settings = self._settings if kind is FileKind.USER else None
        return TableFile(path, kind, _COLUMNS[kind], settings)

    def _principal(self, reference: str) -> tuple[str, str]:
        """The object id and the name of a person or a group."""
        person = _find_person(self._open(FileKind.USER), reference)
        row = person or self._group(reference)
        return row["id"], _name(row)

    def _group(self, reference: str) -> Cells:
        return _group_row(self._open(FileKind.GROUP), reference)

    def _drop_references(self, references: set[str]) -> None:
        self._open(FileKind.ASSIGNMENT).remove(lambda row: row.get("principalId") in references)
        self._open(FileKind.MEMBER).remove(
            lambda row: row.get("groupId") in references or row.get("memberId") in references
        )


def _fresh_random() -> Random:
    return Random()  # noqa: S311 - an object id is no secret


def _person(users: TableFile, reference: str) -> Cells:
    row = _find_person(users, reference)
    if row is None:
        raise SourceError(f"There is nobody with the id or userPrincipalName {reference}.")
    return row


def _find_person(users: TableFile, reference: str) -> Cells | None:
    folded = reference.casefold()
    return users.find("id", reference) or next(
        (row for row in users.rows if folded in _names(row)), None
    )


def _names(row: Cells) -> tuple[str, str]:
    original = row.get("userPrincipalName", "").casefold()
    return original, home_name(original)


def _check(users: TableFile, attribute: str, value: str) -> None:
    """Refuses a value that the next reading would list as a problem."""
    if attribute in _COMPUTED:
        raise SourceError(f"{attribute} is given by the directory and cannot be changed.")
    if attribute == "accountEnabled" and value.casefold() not in BOOLEANS:
        raise SourceError(f'accountEnabled is either True or False, not "{value}".')
    if attribute == "userPrincipalName" and not value:
        raise SourceError("A person needs a userPrincipalName.")
    if attribute == "manager" and value and _find_person(users, value) is None:
        raise SourceError(f"There is nobody with the id or userPrincipalName {value}.")


def _check_group_name(groups: TableFile, name: str) -> None:
    if groups.find("displayName", name):
        raise SourceError(f"There is already a group named {name}.")


def _is_member(row: Cells, group: str, member: str) -> bool:
    return row.get("groupId") == group and row.get("memberId") == member


def _group_row(groups: TableFile, reference: str) -> Cells:
    row = groups.find("id", reference)
    if row is None:
        raise SourceError(f"There is neither a person nor a group with the id {reference}.")
    return row


def _name(row: Mapping[str, str]) -> str:
    return row.get("displayName") or row.get("userPrincipalName") or row["id"]


def _as(role: str) -> str:
    return f" as {role}" if role else " with Default Access"


def _from_to(before: str, after: str) -> str:
    if not before:
        return f"is now {after}"
    return f"changed from {before} to {after}" if after else f"({before}) was taken away"
