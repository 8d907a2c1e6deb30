"""The demo company: a directory made from a seed, kept as a folder of files so that it can change.

The same size and seed give the same company, person by person, on every machine. It has what real
directories have: a tree of managers, guests, people disabled or deleted, groups flat and nested,
app role assignments, names in many scripts, and records with a hole here and there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from looop_gui import resources
from looop_gui.model.connection import SourceSettings
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import SourceError
from looop_gui.sources.demo_groups import make_groups
from looop_gui.sources.demo_people import Row, hire_people
from looop_gui.sources.files import FilesSource, assemble
from looop_gui.sources.folder_writing import (
    ASSIGNMENT_COLUMNS,
    GROUP_COLUMNS,
    MEMBER_COLUMNS,
    PORTAL_COLUMNS,
    ROLE_COLUMNS,
    write_folder,
)
from looop_gui.sources.headings import ColumnMapping, FileKind
from looop_gui.sources.records import Records

MOST_USERS = 1_000_000


def generate(users: int = 200, seed: int = 1) -> DirectorySnapshot:
    """A demo company of `users` people (1 to a million), guests and deleted people included.

    Raises SourceError for another number.
    """
    if not 1 <= users <= MOST_USERS:
        raise SourceError(
            f"A demo company of {users} people cannot be made.",
            next_step=f"Choose a number from 1 to {MOST_USERS}.",
        )
    random = Random(seed)  # noqa: S311 - the same company each time, nothing secret
    company = resources.read_json("demo", "company.json")
    workforce = hire_people(company, users, random)
    grouping = make_groups(workforce)
    roles = [
        {"id": f"{number:08}-0000-4000-8000-000000000000", "value": value, "displayName": name}
        for number, (value, name) in enumerate(company["roles"], start=1)
    ]
    records = {
        FileKind.USER: _records("users.csv", PORTAL_COLUMNS, workforce.rows),
        FileKind.GROUP: _records("groups.csv", GROUP_COLUMNS, grouping.groups),
        FileKind.MEMBER: _records("members.csv", MEMBER_COLUMNS, grouping.members),
        FileKind.ASSIGNMENT: _records("assignments.csv", ASSIGNMENT_COLUMNS, grouping.assignments),
        FileKind.ROLE: _records("roles.csv", ROLE_COLUMNS, roles),
    }
    return assemble(records, f"demo-{users}-{seed}", [])


@dataclass(frozen=True, slots=True)
class DemoSource:
    """The demo company as a source: its folder is made at the first reading."""

    path: Path
    settings: SourceSettings

    def digest(self) -> str:
        """The digest the next reading would have. Raises SourceError."""
        return self._files().digest()

    def read(self) -> DirectorySnapshot:
        """Everything in the company now. Raises SourceError."""
        return self._files().read()

    def _files(self) -> FilesSource:
        prepare_demo(self.path, self.settings)
        return FilesSource(self.path, self.settings)


def prepare_demo(folder: Path, settings: SourceSettings) -> None:
    """Makes the demo company's folder unless it is there already. Raises SourceError."""
    if not (folder / "users.csv").exists():
        write_folder(generate(settings.users, settings.seed), folder)


def _records(file: str, columns: Sequence[str], rows: Sequence[Row]) -> Records:
    return Records(
        file=file,
        rows=[{name: value for name, value in row.items() if value} for row in rows],
        line_of=lambda index: index + 2,
        columns=tuple(ColumnMapping(name, name, True) for name in columns),
        encoding="utf-8",
        delimiter=",",
        problems=[],
        unreadable=set(),
    )
