"""How a folder or file would be read, shown before it is used."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import SourceProblem
from looop_gui.model.errors import SourceError
from looop_gui.sources.files import FilesSource, assemble
from looop_gui.sources.headings import ColumnMapping, FileKind


@dataclass(frozen=True, slots=True)
class SourcePreview:
    """The users file as it would be read, and what the folder as a whole gives.

    `rows` are the first rows with a cell for each of `columns`. `delimiter` is empty for JSON.
    `refusal` is the reason why the folder cannot be used with these settings (then the numbers are
    0), with `next_step`; it is empty when the folder can be used, whatever the `problems` say.
    """

    file: str
    encoding: str
    delimiter: str
    columns: tuple[ColumnMapping, ...]
    rows: tuple[tuple[str, ...], ...]
    users: int
    groups: int
    assignments: int
    problems: tuple[SourceProblem, ...]
    refusal: str = ""
    next_step: str = ""


def preview(
    path: Path,
    encoding: str = "",
    delimiter: str = "",
    columns: Iterable[tuple[str, str]] = (),
) -> SourcePreview:
    """Reads a folder, or a users file with the folder around it; empty settings are automatic.

    `columns` are pairs of heading and attribute that overrule the automatic ones; an empty
    attribute leaves the column out. Raises SourceError when there is nothing to show at all.
    """
    settings = SourceSettings(
        SourceType.FILES,
        str(path),
        encoding=encoding,
        delimiter=delimiter,
        columns=tuple(columns),
    )
    records, digest, notices = FilesSource(path, settings).read_records()
    listed = records[FileKind.USER]
    users = groups = assignments = 0
    refusal = next_step = ""
    try:
        snapshot = assemble(records, digest, notices)
    except SourceError as error:
        refusal, next_step = error.sentence, error.next_step
        problems = (*notices, *listed.problems)
    else:
        users, groups = len(snapshot.users), len(snapshot.groups)
        assignments = len(snapshot.assignments)
        problems = snapshot.problems
    return SourcePreview(
        file=listed.file,
        encoding=listed.encoding,
        delimiter=listed.delimiter,
        columns=listed.columns,
        rows=listed.sample,
        users=users,
        groups=groups,
        assignments=assignments,
        problems=problems,
        refusal=refusal,
        next_step=next_step,
    )
