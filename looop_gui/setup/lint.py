"""Lint of a whole configuration: what keeps a mapping from working, with fixes that can be applied.

Errors block saving, warnings ask (reference sections c.2, c.3, c.6, c.7, l). Each rule is a
generator over one `LintCase`, an object mapping with its attribute lists; `_RULES` is their table.
Findings about an expression come from the expression's own lint, with their place in the text.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from looop_gui.expressions.findings import LintFinding, Severity, nearest
from looop_gui.expressions.inference import SourceAttributes
from looop_gui.expressions.lint import ExpressionUse, lint_expression
from looop_gui.expressions.tree import AttributeReference, NumberLiteral, StringLiteral
from looop_gui.expressions.values import EvaluationOptions
from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeMapping,
    FlowType,
    MappingType,
    SynchronizationSchema,
)
from looop_gui.setup.lint_case import (
    LintCase,
    MappingFinding,
    MappingFix,
    calls_of,
    sources_of,
    tree_of,
)
from looop_gui.setup.lint_matching import check_matching
from looop_gui.setup.lint_targets import (
    check_constants,
    check_custom,
    check_duplicates,
    check_references,
    check_required,
    check_targets,
)

__all__ = ["ACTIVE_EXPRESSION", "MappingFinding", "MappingFix", "Severity", "lint_schema"]

ACTIVE_EXPRESSION = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
"""The default mapping of `active` (reference section c.5)."""


def lint_schema(
    schema: SynchronizationSchema, *, application: Application, extended: bool = False
) -> tuple[MappingFinding, ...]:
    """All findings about a configuration: people before groups, in the order of their rows.

    `extended` admits the extended functions. A group mapping that is not enabled is not looked at.
    """
    found: list[MappingFinding] = []
    for object_type in ObjectType:
        mapping = schema.mapping_of(object_type)
        if not mapping.enabled:
            continue
        case = LintCase(
            mapping,
            {each.name.casefold(): each for each in schema.target_attributes_of(object_type)},
            SourceAttributes(
                {each.name: each for each in schema.source_attributes_of(object_type)}
            ),
            EvaluationOptions(extended),
            application,
        )
        found += sorted(
            (finding for rule in _RULES for finding in rule(case)),
            key=lambda finding: len(case.rows) if finding.row is None else finding.row,
        )
    return tuple(found)


def _check_expressions(case: LintCase) -> Iterator[MappingFinding]:
    for row, mapping in enumerate(case.rows):
        if mapping.mapping_type is not MappingType.EXPRESSION:
            continue
        matching = mapping.matching_priority > 0
        use = ExpressionUse(case.sources, case.options, case.target(mapping), matching)
        for finding in lint_expression(mapping.source, use):
            yield _of_expression(case, row, finding)


def _of_expression(case: LintCase, row: int, finding: LintFinding) -> MappingFinding:
    mapping = case.rows[row]
    fix = None
    if finding.fix is not None:
        changed = replace(mapping, source=finding.fix.apply(mapping.source))
        fix = case.fix(finding.fix.title, row, changed)
    found = case.find(finding.identifier, finding.severity, finding.message, row, fix)
    return replace(found, span=finding.span)


def _check_bare(case: LintCase) -> Iterator[MappingFinding]:
    """An expression that is only an attribute or a text is Direct or Constant (d.1 rule 1)."""
    for row, mapping in enumerate(case.rows):
        match tree_of(mapping):
            case AttributeReference(name=name):
                kind, source = MappingType.DIRECT, name
            case StringLiteral(value=value) | NumberLiteral(value=value):
                kind, source = MappingType.CONSTANT, value
            case _:
                continue
        changed = replace(mapping, mapping_type=kind, source=source)
        sentence = f"This expression is no function; the service stores it as {kind}."
        fix = case.fix(f"Make it {kind}", row, changed)
        yield case.find("not-a-function", Severity.WARNING, sentence, row, fix)


def _check_direct(case: LintCase) -> Iterator[MappingFinding]:
    known = case.sources.definitions
    for row, mapping in enumerate(case.rows):
        if mapping.mapping_type is not MappingType.DIRECT:
            continue
        target, source = case.target(mapping), known.get(mapping.source)
        if known and source is None:
            yield _unknown_source(case, row, mapping)
        elif source is not None and target and source.multivalued and not target.multivalued:
            sentence = (
                f"{mapping.source} can have several values, but {target.name} takes one; "
                "objects with several fail."
            )
            expression = f"Item([{mapping.source}], 1)"
            changed = replace(mapping, mapping_type=MappingType.EXPRESSION, source=expression)
            fix = case.fix("Take the first value", row, changed)
            yield case.find("multi-valued-to-single", Severity.ERROR, sentence, row, fix)


def _unknown_source(case: LintCase, row: int, mapping: AttributeMapping) -> MappingFinding:
    sentence = f"There is no source attribute {mapping.source}."
    closest = nearest(mapping.source, tuple(case.sources.definitions))
    fix = None
    if closest is not None:
        sentence += f" Did you mean {closest}?"
        fix = case.fix(f"Change to {closest}", row, replace(mapping, source=closest))
    return case.find("unknown-attribute", Severity.ERROR, sentence, row, fix)


def _check_active(case: LintCase) -> Iterator[MappingFinding]:
    if case.mapping.object_type is not ObjectType.USER or "active" not in case.targets:
        return
    for row, mapping in enumerate(case.rows):
        if mapping.target_attribute.casefold() != "active":
            continue
        read = sources_of(mapping)
        if "IsSoftDeleted" in read:
            return
        changed = replace(mapping, mapping_type=MappingType.EXPRESSION, source=ACTIVE_EXPRESSION)
        fix = case.fix("Use IsSoftDeleted", row, changed)
        if "accountEnabled" in read:
            sentence = (
                "accountEnabled does not change when a person is unassigned or leaves the scope, "
                "so she stays active. IsSoftDeleted covers all of it."
            )
            yield case.find("active-from-account-enabled", Severity.WARNING, sentence, row, fix)
        else:
            sentence = "active does not depend on IsSoftDeleted, so nobody is ever disabled."
            yield case.find("active-without-soft-delete", Severity.WARNING, sentence, row, fix)
        return
    added = AttributeMapping("active", MappingType.EXPRESSION, ACTIVE_EXPRESSION)
    changed_mapping = replace(case.mapping, attribute_mappings=(*case.rows, added))
    sentence = "active is not mapped, so nobody is disabled in the target when leaving the scope."
    fix = MappingFix("Map it from IsSoftDeleted", changed_mapping)
    found = case.find("active-not-mapped", Severity.WARNING, sentence, None, fix)
    yield replace(found, target_attribute="active")


def _check_random(case: LintCase) -> Iterator[MappingFinding]:
    for row, mapping in enumerate(case.rows):
        called = sorted(calls_of(mapping) & {"Guid", "RandomString"})
        if called and mapping.flow_type is FlowType.ALWAYS:
            changed = replace(mapping, flow_type=FlowType.OBJECT_ADD_ONLY)
            fix = case.fix("Apply only during object creation", row, changed)
            sentence = f"{called[0]} draws another value in every cycle, so each one is an update."
            yield case.find("random-always", Severity.WARNING, sentence, row, fix)


_RULES: tuple[Callable[[LintCase], Iterator[MappingFinding]], ...] = (
    _check_expressions,
    _check_bare,
    _check_direct,
    check_targets,
    check_custom,
    check_duplicates,
    check_required,
    check_matching,
    check_constants,
    check_references,
    _check_active,
    _check_random,
)
