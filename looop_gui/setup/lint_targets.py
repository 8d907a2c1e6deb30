"""Lint rules about what is written: target attributes and the values that they accept."""

from collections.abc import Iterator
from dataclasses import replace

from looop_gui.expressions.findings import Severity, nearest
from looop_gui.expressions.inference import literal_outcomes
from looop_gui.model.connection import Application
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    MappingType,
    Mutability,
)
from looop_gui.setup.lint_case import LintCase, MappingFinding, MappingFix, tree_of

_UNSUPPORTED = frozenset({"password", "photos", "entitlements"})
_REFERENCE_SOURCES = frozenset({"manager", "members"})
_BOOLEANS = frozenset({"true", "false"})
_EXTENSION = "urn:ietf:params:scim:schemas:extension:"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:"


def check_targets(case: LintCase) -> Iterator[MappingFinding]:
    """Attributes that cannot be written, or that the list does not have (section c.2)."""
    for row, mapping in enumerate(case.rows):
        target = case.target(mapping)
        name = mapping.target_attribute
        remove = case.fix("Remove this mapping", row, None)
        if name.casefold().partition("[")[0].partition(".")[0] in _UNSUPPORTED:
            sentence = f"{name} cannot be provisioned."
            yield case.find("unsupported-target", Severity.ERROR, sentence, row, remove)
        elif target is None and case.targets:
            yield _unknown_target(case, row, mapping)
        elif target and (target.anchor or target.mutability is Mutability.READ_ONLY):
            sentence = f"{name} is set by the target and cannot be written."
            yield case.find("read-only-target", Severity.ERROR, sentence, row, remove)


def _unknown_target(case: LintCase, row: int, mapping: AttributeMapping) -> MappingFinding:
    name = mapping.target_attribute
    sentence = f"{name} is not in the target attribute list."
    closest = nearest(name, tuple(each.name for each in case.targets.values()))
    fix = None
    if closest is not None:
        sentence += f" Did you mean {closest}?"
        changed = replace(mapping, target_attribute=closest)
        fix = case.fix(f"Change to {closest}", row, changed)
    return case.find("unknown-target", Severity.ERROR, sentence, row, fix)


def check_custom(case: LintCase) -> Iterator[MappingFinding]:
    """Custom attributes of an application that is not in the gallery are single texts (c.3)."""
    if case.application is not Application.GENERIC:
        return
    for row, mapping in enumerate(case.rows):
        target = case.target(mapping)
        name = mapping.target_attribute.casefold()
        if target is None or not name.startswith(_EXTENSION) or name.startswith(_ENTERPRISE):
            continue
        if target.multivalued or target.type is AttributeType.REFERENCE:
            sentence = (
                f"{target.name} is a custom attribute; it can neither have several values nor be "
                "a reference."
            )
            yield case.find("custom-attribute", Severity.ERROR, sentence, row)


def check_duplicates(case: LintCase) -> Iterator[MappingFinding]:
    """Two mappings with one target attribute."""
    seen: set[str] = set()
    for row, mapping in enumerate(case.rows):
        name = mapping.target_attribute.casefold()
        if name in seen:
            sentence = f"{mapping.target_attribute} is mapped twice; one of the two must go."
            fix = case.fix("Remove the second mapping", row, None)
            yield case.find("duplicate-target", Severity.ERROR, sentence, row, fix)
        seen.add(name)


def check_required(case: LintCase) -> Iterator[MappingFinding]:
    """Required attributes of the target without a source (section c.3)."""
    mapped = {mapping.target_attribute.casefold(): mapping for mapping in case.rows}
    for target in case.targets.values():
        if not target.required or target.anchor or target.mutability is Mutability.READ_ONLY:
            continue
        mapping = mapped.get(target.name.casefold())
        has_value = mapping is not None and (
            mapping.default_value or (mapping.mapping_type is not MappingType.NONE)
        )
        if has_value:
            continue
        sentence = f"{target.name} is required by the target, but has no source; nobody is created."
        row = None if mapping is None else case.rows.index(mapping)
        found = case.find(
            "required-without-source", Severity.ERROR, sentence, row, _map_required(case, target)
        )
        yield replace(found, target_attribute=target.name)


def _map_required(case: LintCase, target: AttributeDefinition) -> MappingFix | None:
    usual = {"userName": "userPrincipalName", "displayName": "displayName"}
    source = usual.get(target.name, target.name)
    if source not in case.sources.definitions:
        return None
    direct = AttributeMapping(target.name, MappingType.DIRECT, source)
    others = tuple(row for row in case.rows if row.target_attribute != target.name)
    changed = replace(case.mapping, attribute_mappings=(*others, direct))
    return MappingFix(f"Map it from {source}", changed)


def check_constants(case: LintCase) -> Iterator[MappingFinding]:
    """Constants that the type or the canonical values of the target exclude."""
    for row, mapping in enumerate(case.rows):
        target = case.target(mapping)
        if target is None:
            continue
        for value in _constants(mapping):
            reason = _rejected(value, target)
            if reason:
                sentence = f'"{value}" is not accepted by {target.name}: {reason}.'
                yield case.find("constant-rejected", Severity.ERROR, sentence, row)


def _constants(mapping: AttributeMapping) -> tuple[str, ...]:
    default = (mapping.default_value,) if mapping.default_value else ()
    if mapping.mapping_type is MappingType.CONSTANT:
        return (mapping.source, *default)
    tree = tree_of(mapping)
    found = () if tree is None else literal_outcomes(tree)
    return (*(each.value for each in found if each.value), *default)


def _rejected(value: str, target: AttributeDefinition) -> str:
    """Why the target does not take a constant; empty if it does."""
    accepted = target.canonical_values
    if accepted and value.casefold() not in {each.casefold() for each in accepted}:
        return f"it takes {', '.join(accepted)}"
    if target.type is AttributeType.BOOLEAN and value.casefold() not in _BOOLEANS:
        return "it takes True or False"
    if target.type is AttributeType.INTEGER and not value.lstrip("-").isdecimal():
        return "it takes a whole number"
    return ""


def check_references(case: LintCase) -> Iterator[MappingFinding]:
    """References mapped to text and text mapped to references (section c.3)."""
    for row, mapping in enumerate(case.rows):
        target = case.target(mapping)
        if target is None or mapping.mapping_type is MappingType.NONE:
            continue
        is_reference = target.type is AttributeType.REFERENCE
        direct = mapping.source if mapping.mapping_type is MappingType.DIRECT else ""
        if direct in _REFERENCE_SOURCES and not is_reference:
            sentence = (
                f"{direct} is a reference, but {target.name} is not; the directory's object id "
                "would be sent, which the target does not know."
            )
            yield case.find("reference-to-text", Severity.ERROR, sentence, row)
        elif is_reference and direct not in _REFERENCE_SOURCES:
            known = case.sources.definitions.get(direct)
            if known is None or known.type is not AttributeType.REFERENCE:
                sentence = f"{target.name} is a reference and takes only one, such as manager."
                yield case.find("text-to-reference", Severity.ERROR, sentence, row)
