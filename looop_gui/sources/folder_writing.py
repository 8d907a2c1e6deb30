"""Writes a directory as a folder of CSV files, as the files source reads it."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from looop_gui.model.directory import AttributeValue, DirectorySnapshot
from looop_gui.model.errors import SourceError

PORTAL_COLUMNS = (
    *("userPrincipalName", "displayName", "surname", "mail", "givenName", "id", "userType"),
    *("jobTitle", "department", "accountEnabled", "usageLocation", "streetAddress", "state"),
    *("country", "physicalDeliveryOfficeName", "city", "postalCode", "telephoneNumber", "mobile"),
    *("authenticationPhoneNumber", "mailNickname", "companyName", "employeeId", "manager"),
    "deletedDateTime",
)
"""The portal's *Download users* headings in its order, then those every folder should have."""

GROUP_COLUMNS = ("id", "displayName", "mailNickname", "description", "securityEnabled")
MEMBER_COLUMNS = ("groupId", "memberId")
ASSIGNMENT_COLUMNS = ("principalId", "appRole")
ROLE_COLUMNS = ("id", "value", "displayName")

_DERIVED = frozenset({"objectId", "originalUserPrincipalName", "members"})


def write_folder(snapshot: DirectorySnapshot, folder: Path) -> None:
    """Writes `snapshot` to `folder`, which is made where it is missing.

    users.csv comes last, since a folder without it is no source yet. An attribute with several
    values is written with semicolons between them. Raises SourceError.
    """
    users = [_person_row(person.attributes) for person in snapshot.users.values()]
    further = sorted({name for row in users for name in row} - set(PORTAL_COLUMNS))
    groups = snapshot.groups.values()
    roles = dict.fromkeys(assignment.role for assignment in snapshot.assignments)
    tables: Sequence[tuple[str, Sequence[str], Iterable[Mapping[str, str]]]] = (
        ("groups.csv", GROUP_COLUMNS, [_texts(group.attributes) for group in groups]),
        (
            "members.csv",
            MEMBER_COLUMNS,
            [{"groupId": g.id, "memberId": member} for g in groups for member in g.members],
        ),
        (
            "roles.csv",
            ROLE_COLUMNS,
            [{"id": r.id, "value": r.value, "displayName": r.display_name} for r in roles],
        ),
        (
            "assignments.csv",
            ASSIGNMENT_COLUMNS,
            [
                {"principalId": a.principal_id, "appRole": a.role.value}
                for a in snapshot.assignments
            ],
        ),
        ("users.csv", (*PORTAL_COLUMNS, *further), users),
    )
    for name, columns, rows in tables:
        write_csv(folder / name, columns, ([row.get(c, "") for c in columns] for row in rows))


def write_csv(
    path: Path,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> None:
    """Replaces `path` by this table, all at once: a reader sees the old file or the new one.

    Raises SourceError when it cannot be written; the old file is then untouched.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows(rows)
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    try:
        write_atomically(path, (mark + text.getvalue()).encode(encoding))
    except UnicodeEncodeError as error:
        raise SourceError(
            f"{path.name} is saved as {encoding}, which has no sign for some of the text.",
            safe="The file is unchanged.",
            next_step="Save the file as UTF-8 first.",
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces the file at `path` by `data`, all at once. Raises SourceError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written: {error.strerror or type(error).__name__}.",
            safe="The file is unchanged.",
            next_step="Check that the folder may be written to and that the disk is not full.",
        ) from error


def _person_row(attributes: Mapping[str, AttributeValue]) -> dict[str, str]:
    row = _texts(attributes)
    original = attributes.get("originalUserPrincipalName")
    if isinstance(original, str):
        row["userPrincipalName"] = original
    return row


def _texts(attributes: Mapping[str, AttributeValue]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else ";".join(value)
        for name, value in attributes.items()
        if name not in _DERIVED
    }
