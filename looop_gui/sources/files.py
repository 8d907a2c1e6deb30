"""The source directory that is a folder of files, read anew at each cycle.

`users.csv` or `users.json` is required; `groups`, `members`, `assignments` and `roles` are read
where they are present. The digest is of the bytes and the reading settings, so an unchanged folder
is known as such without parsing it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from looop_gui.model.connection import SourceSettings
from looop_gui.model.directory import DirectorySnapshot, ObjectType, SourceProblem
from looop_gui.model.errors import SourceError
from looop_gui.sources.assignments import read_assignments
from looop_gui.sources.groups import read_groups
from looop_gui.sources.headings import FileKind
from looop_gui.sources.people import read_people
from looop_gui.sources.records import Records, read_records

FILE_STEMS = {
    FileKind.USER: "users",
    FileKind.GROUP: "groups",
    FileKind.MEMBER: "members",
    FileKind.ASSIGNMENT: "assignments",
    FileKind.ROLE: "roles",
}
"""The name of each file of the folder, without `.csv` or `.json`."""

_READING_VERSION = b"looop-gui files source 1"


@dataclass(frozen=True, slots=True)
class FilesSource:
    """A folder of files (or the users file itself) as a source directory."""

    path: Path
    settings: SourceSettings

    def digest(self) -> str:
        """The digest the next reading would have; parses nothing. Raises SourceError."""
        return _digest(self._contents()[0], self.settings)

    def read(self) -> DirectorySnapshot:
        """Everything in the files. Raises SourceError when the users cannot be read at all."""
        records, digest, notices = self.read_records()
        return assemble(records, digest, notices)

    def read_records(self) -> tuple[dict[FileKind, Records], str, list[SourceProblem]]:
        """The rows of each file, the digest of all, and which files are not read.

        Raises SourceError when a file cannot be read at all.
        """
        contents, notices = self._contents()
        records = {
            kind: read_records(data, file, kind, self.settings)
            for kind, (file, data) in contents.items()
        }
        return records, _digest(contents, self.settings), notices

    def _contents(self) -> tuple[dict[FileKind, tuple[str, bytes]], list[SourceProblem]]:
        """The name and bytes of each file that is there, and which files are not read."""
        chosen, notices = find_files(self.path)
        return {kind: (path.name, read_bytes(path)) for kind, path in chosen.items()}, notices


def find_files(path: Path) -> tuple[dict[FileKind, Path], list[SourceProblem]]:
    """Which file of the folder lists what, and a notice for each that is passed over.

    `path` is the folder, or a users file whose folder it then is. Raises SourceError when there
    is no users file.
    """
    folder = path if path.is_dir() else path.parent
    try:
        names = {entry.name.casefold(): entry for entry in folder.iterdir() if entry.is_file()}
    except OSError as error:
        raise _unreadable(folder, error) from error
    chosen: dict[FileKind, Path] = {}
    notices = []
    for kind, stem in FILE_STEMS.items():
        present = [names[stem + end] for end in (".csv", ".json") if stem + end in names]
        if present:
            chosen[kind] = present[0]
        notices += [
            SourceProblem(other.name, 1, f"The file is not read because {present[0].name} is.")
            for other in present[1:]
        ]
    if path.is_file():
        chosen[FileKind.USER] = path
        notices = [notice for notice in notices if not notice.file.startswith("users.")]
    if FileKind.USER not in chosen:
        raise SourceError(
            f"There is neither users.csv nor users.json in {folder}.",
            safe="Nothing was imported and nothing was changed in the target.",
            next_step="Export the users from the portal (Users, Download users) into that folder.",
        )
    return dict(sorted(chosen.items(), key=lambda item: item[0])), notices


def read_bytes(path: Path) -> bytes:
    """The bytes of the file, unless somebody is writing it at this moment."""
    try:
        before = path.stat()
        data = path.read_bytes()
        after = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(
            f"{path.name} was changed while it was being read.",
            safe="Nothing was imported and nothing was changed in the target.",
            next_step="Wait until the export has ended; the next cycle reads the file again.",
        )
    return data


def _unreadable(path: Path, error: OSError) -> SourceError:
    reason = error.strerror or type(error).__name__
    return SourceError(
        f"{path} cannot be read: {reason}.",
        safe="Nothing was imported and nothing was changed in the target.",
        next_step="Check that it exists and that you may read it.",
    )


def _digest(contents: dict[FileKind, tuple[str, bytes]], settings: SourceSettings) -> str:
    digest = hashlib.blake2b(_READING_VERSION, digest_size=20)
    how = (settings.encoding, settings.delimiter, settings.columns)
    digest.update(repr(how).encode("utf-8"))
    for kind, (file, data) in contents.items():
        suffix = Path(file).suffix.casefold()
        digest.update(f"\0{kind.value}{suffix}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def assemble(
    records: dict[FileKind, Records], digest: str, notices: list[SourceProblem]
) -> DirectorySnapshot:
    """The snapshot of what the files list; `notices` come before the problems of the records.

    Raises SourceError when nobody is listed or a required column is missing.
    """
    listed = records[FileKind.USER]
    if not listed.rows and not listed.unreadable:
        raise SourceError(
            f"{listed.file} lists nobody.",
            safe="Nothing was changed: an empty file is not taken as everybody having left.",
            next_step="Export the users again.",
        )
    people = read_people(listed)
    groups = read_groups(records.get(FileKind.GROUP), records.get(FileKind.MEMBER), people)
    assignments = (
        read_assignments(
            records[FileKind.ASSIGNMENT], records.get(FileKind.ROLE), people, groups.keys()
        )
        if FileKind.ASSIGNMENT in records
        else ()
    )
    incomplete = frozenset(_incomplete(records))
    problems = [
        problem
        for kind in FileKind
        if kind in records
        for problem in sorted(records[kind].problems, key=lambda problem: problem.line)
    ]
    listed_groups = records.get(FileKind.GROUP)
    unreadable = people.unreadable | (listed_groups.unreadable if listed_groups else set())
    return DirectorySnapshot(
        users=people.users,
        groups=groups,
        assignments=assignments,
        digest=digest,
        problems=(*notices, *problems),
        default_domain=people.default_domain,
        unreadable=frozenset(unreadable - people.users.keys() - groups.keys()),
        nameless=frozenset(listed.nameless | (listed_groups.nameless if listed_groups else set())),
        incomplete=incomplete,
    )


def _incomplete(records: dict[FileKind, Records]) -> Iterator[ObjectType]:
    """The types of objects whose file breaks off, each told as a problem."""
    for kind, object_type, noun in (
        (FileKind.USER, ObjectType.USER, "person"),
        (FileKind.GROUP, ObjectType.GROUP, "group"),
    ):
        listed = records.get(kind)
        if listed is not None and listed.cut_off:
            sentence = (
                f"The file breaks off in this line. Until it is whole, no {noun} that is missing"
                " in it is taken as deleted."
            )
            listed.problems.append(SourceProblem(listed.file, listed.cut_off, sentence))
            yield object_type
