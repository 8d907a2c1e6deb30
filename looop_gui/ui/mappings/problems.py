"""Findings of lint as the editor shows them: by row, and beside the field they concern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from looop_gui.expressions.findings import Severity
from looop_gui.model.directory import ObjectType
from looop_gui.setup.lint import MappingFinding

_FIELDS = {
    "unknown-target": "target",
    "unsupported-target": "target",
    "read-only-target": "target",
    "duplicate-target": "target",
    "required-unmapped": "target",
    "matching-not-filterable": "matching",
    "duplicate-precedence": "matching",
    "matching-select-unique-value": "matching",
}
"""The field of a finding's identifier; whatever is not named concerns the source."""


@dataclass(frozen=True, slots=True)
class Problems:
    """The findings of one object type."""

    findings: tuple[MappingFinding, ...] = ()

    @property
    def errors(self) -> tuple[MappingFinding, ...]:
        """Those that block saving."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def general(self) -> tuple[MappingFinding, ...]:
        """Those about the whole mapping."""
        return tuple(f for f in self.findings if f.row is None)

    def of_row(self, row: int) -> tuple[MappingFinding, ...]:
        """The findings of one row."""
        return tuple(f for f in self.findings if f.row == row)

    def by_row(self) -> dict[int, Sequence[str]]:
        """The sentences of each row that has any."""
        found: dict[int, list[str]] = {}
        for finding in self.findings:
            if finding.row is not None:
                found.setdefault(finding.row, []).append(finding.sentence)
        return dict(found)

    @property
    def error_rows(self) -> frozenset[int]:
        """The rows that have an error; the other problems are warnings."""
        return frozenset(f.row for f in self.errors if f.row is not None)

    def by_field(self, row: int) -> dict[str, Sequence[MappingFinding]]:
        """The findings of a row, by the field of the inspector that they concern."""
        found: dict[str, list[MappingFinding]] = {}
        for finding in self.of_row(row):
            if finding.identifier == "syntax-error":
                continue  # The expression builder says it with its place.
            found.setdefault(field_of(finding), []).append(finding)
        return dict(found)


def problems_of(findings: Iterable[MappingFinding], object_type: ObjectType) -> Problems:
    """The findings of people or of groups."""
    return Problems(tuple(f for f in findings if f.object_type is object_type))


def field_of(finding: MappingFinding) -> str:
    """The inspector's field that a finding concerns."""
    return _FIELDS.get(finding.identifier, "source")
