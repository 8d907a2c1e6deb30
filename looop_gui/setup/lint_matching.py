"""Lint rules about matching: how existing objects are found in the target."""

from collections.abc import Iterator
from dataclasses import replace

from looop_gui.expressions.findings import Severity
from looop_gui.expressions.inference import ALWAYS_PRESENT
from looop_gui.expressions.tree import attributes_of
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.setup.lint_case import LintCase, MappingFinding, MappingFix, calls_of, tree_of

_CHANGES_EVERY_TIME = frozenset({"Guid", "RandomString", "Now"})


def check_matching(case: LintCase) -> Iterator[MappingFinding]:
    """No matching attribute, or one by which nothing can be found (section c.2)."""
    matching = case.mapping.matching
    if not matching:
        sentence = (
            "No attribute is used for matching, so existing objects cannot be found in the target."
        )
        fix = _match_by_first_filterable(case)
        yield case.find("no-matching-attribute", Severity.ERROR, sentence, None, fix)
        return
    told = any(target.filterable for target in case.targets.values())
    for row, mapping in enumerate(case.rows):
        if not mapping.matching_priority:
            continue
        target = case.target(mapping)
        if told and target is not None and not target.filterable:
            sentence = f"The target cannot be searched by {target.name}, so it cannot be matched."
            changed = replace(mapping, matching_priority=0)
            fix = case.fix("Do not match by it", row, changed)
            yield case.find("matching-not-filterable", Severity.ERROR, sentence, row, fix)
        elif calls_of(mapping) & _CHANGES_EVERY_TIME:
            sentence = "The value is another one every time, so nothing can be matched by it."
            yield case.find("matching-random", Severity.ERROR, sentence, row)
    priorities = [mapping.matching_priority for mapping in matching]
    if len(set(priorities)) < len(priorities):
        sentence = "Two matching attributes have the same precedence; their order is undefined."
        yield case.find("matching-precedence", Severity.ERROR, sentence)
    if all(_may_be_missing(case, mapping) for mapping in matching):
        sentence = (
            "Objects without a value for any matching attribute are skipped; "
            "no matching attribute is one that everybody has."
        )
        yield case.find("matching-nullable", Severity.WARNING, sentence)


def _may_be_missing(case: LintCase, mapping: AttributeMapping) -> bool:
    if mapping.mapping_type is MappingType.DIRECT:
        return case.sources.is_nullable(mapping.source) and mapping.source != "displayName"
    tree = tree_of(mapping)
    return tree is not None and not attributes_of(tree) & ALWAYS_PRESENT


def _match_by_first_filterable(case: LintCase) -> MappingFix | None:
    for row, mapping in enumerate(case.rows):
        target = case.target(mapping)
        if target is not None and target.filterable:
            return case.fix(f"Match by {target.name}", row, replace(mapping, matching_priority=1))
    return None
