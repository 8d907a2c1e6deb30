"""Which attribute each column heading stands for: the portal's exports, Graph names, human words.

Graph's names are the attributes' names. Where Entra's attribute list has another word for the same
property (telephoneNumber for Graph's businessPhones), `ENTRA_NAMES` gives it, and an object has
both. A heading that is not known is an attribute of that very name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from looop_gui import resources
from looop_gui.model.directory import SourceProblem

IGNORED = ""
"""The attribute name of a column that is not read."""

ENTRA_NAMES = (
    ("id", "objectId"),
    ("businessPhones", "telephoneNumber"),
    ("mobilePhone", "mobile"),
    ("faxNumber", "facsimileTelephoneNumber"),
    ("officeLocation", "physicalDeliveryOfficeName"),
    ("onPremisesSyncEnabled", "dirSyncEnabled"),
)
"""Graph's name and the name in Entra's source attribute list (reference section c.5)."""


class FileKind(StrEnum):
    """What a file of the folder lists; the names of the tables in headings.json."""

    USER = "user"
    GROUP = "group"
    MEMBER = "member"
    ASSIGNMENT = "assignment"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A column: its heading, the attribute it gives, and whether that was recognised or chosen.

    `attribute` is `IGNORED` for a column that is not read.
    """

    heading: str
    attribute: str
    known: bool


def map_headings(
    headings: Iterable[str], kind: FileKind, chosen: Iterable[tuple[str, str]] = ()
) -> tuple[ColumnMapping, ...]:
    """The attribute of every column; `chosen` are pairs of heading and attribute that overrule."""
    vocabulary = _vocabulary(kind)
    overruled = dict(chosen)
    taken = set(overruled.values()) | {IGNORED}
    mappings = []
    for heading in headings:
        if heading in overruled:
            mappings.append(ColumnMapping(heading, overruled.pop(heading), True))
            continue
        known = vocabulary.get(_folded(heading))
        attribute = known or heading
        if attribute in taken:
            mappings.append(ColumnMapping(heading, IGNORED, False))
            continue
        taken.add(attribute)
        mappings.append(ColumnMapping(heading, attribute, known is not None))
    return tuple(mappings)


def heading_problems(columns: Iterable[ColumnMapping], file: str) -> list[SourceProblem]:
    """Columns that are not read although nobody chose so: without heading or given twice."""
    return [
        SourceProblem(file, 1, _unread_sentence(column, number))
        for number, column in enumerate(columns, start=1)
        if column.attribute == IGNORED and not column.known
    ]


def _unread_sentence(column: ColumnMapping, number: int) -> str:
    if not column.heading:
        return f"Column {number} has no heading and is not read."
    return f'The column "{column.heading}" is not read: another column gives that attribute.'


def _vocabulary(kind: FileKind) -> Mapping[str, str]:
    table: Mapping[str, list[str]] = resources.read_json("mappings", "headings.json")[kind]
    words = {_folded(word): name for name, others in table.items() for word in others}
    return words | {_folded(name): name for name in table}


def _folded(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())
