"""What a rule of lint looks at, and what it says: an object mapping with its lists, a finding."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.findings import Severity
from looop_gui.expressions.inference import SourceAttributes
from looop_gui.expressions.parser import parse
from looop_gui.expressions.tree import (
    Expression,
    FunctionCall,
    Span,
    attributes_of,
    descend,
)
from looop_gui.expressions.values import EvaluationOptions
from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    ObjectMapping,
)


@dataclass(frozen=True, slots=True)
class MappingFix:
    """A change that removes a finding: the object mapping as it would be afterwards."""

    title: str
    mapping: ObjectMapping


@dataclass(frozen=True, slots=True)
class MappingFinding:
    """One thing that is wrong or doubtful in the mapping of people or of groups.

    `target_attribute` is empty for a finding about the whole mapping. `row` is the index of the
    attribute mapping, None if there is none; `span` the place in its expression, if there is one.
    """

    object_type: ObjectType
    target_attribute: str
    identifier: str
    severity: Severity
    sentence: str
    row: int | None = None
    span: Span | None = None
    fix: MappingFix | None = None


@dataclass(frozen=True, slots=True)
class LintCase:
    """An object mapping and all that its rules need to know.

    `targets` is the target attribute list by case-folded name.
    """

    mapping: ObjectMapping
    targets: Mapping[str, AttributeDefinition]
    sources: SourceAttributes
    options: EvaluationOptions
    application: Application

    @property
    def rows(self) -> tuple[AttributeMapping, ...]:
        """The attribute mappings in their order."""
        return self.mapping.attribute_mappings

    def target(self, row: AttributeMapping) -> AttributeDefinition | None:
        """The definition of the attribute that a row writes, if the list has it."""
        return self.targets.get(row.target_attribute.casefold())

    def find(
        self,
        identifier: str,
        severity: Severity,
        sentence: str,
        row: int | None = None,
        fix: MappingFix | None = None,
    ) -> MappingFinding:
        """A finding about a row, or about the whole mapping."""
        target = "" if row is None else self.rows[row].target_attribute
        kind = self.mapping.object_type
        return MappingFinding(kind, target, identifier, severity, sentence, row, None, fix)

    def fix(self, title: str, row: int, changed: AttributeMapping | None) -> MappingFix:
        """A fix that puts another row in the place of one, or none."""
        kept = (changed,) if changed is not None else ()
        rows = (*self.rows[:row], *kept, *self.rows[row + 1 :])
        return MappingFix(title, replace(self.mapping, attribute_mappings=rows))


def tree_of(mapping: AttributeMapping) -> Expression | None:
    """The tree of an Expression mapping; None for other types and for a wrong text."""
    if mapping.mapping_type is not MappingType.EXPRESSION:
        return None
    try:
        return parse(mapping.source)
    except ExpressionSyntaxError:
        return None


def sources_of(mapping: AttributeMapping) -> frozenset[str]:
    """The source attributes that a mapping reads."""
    if mapping.mapping_type is MappingType.DIRECT:
        return frozenset({mapping.source})
    tree = tree_of(mapping)
    return frozenset() if tree is None else attributes_of(tree)


def calls_of(mapping: AttributeMapping) -> frozenset[str]:
    """The names of the functions that a mapping calls."""
    tree = tree_of(mapping)
    nodes = () if tree is None else descend(tree)
    return frozenset(node.name for node in nodes if isinstance(node, FunctionCall))
