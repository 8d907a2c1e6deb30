"""Turns a filter into a function that says whether a resource satisfies it.

The comparison follows the schema (RFC 7644 section 3.4.2.2): letter case by `caseExact`, dates as
moments, numbers and booleans as such. A multi-valued attribute satisfies a comparison when any of
its values does. An attribute without a value is null: it equals null, differs from everything
else, and satisfies nothing more. A filter is compiled once and then called for each resource.
"""

from collections.abc import Callable
from typing import Any

from looop_gui.scim.comparing import compile_test
from looop_gui.scim.errors import invalid_filter
from looop_gui.scim.filter_tree import (
    And,
    AttributePath,
    Comparison,
    Filter,
    FilterValue,
    Not,
    Or,
    Present,
    ValuePath,
    format_path,
)
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.reading import ValuesReader, values_of_sub_attribute, values_reader
from looop_gui.scim.schema import (
    ResolvedAttribute,
    ResourceDefinition,
    ResourceType,
    SchemaAttribute,
    SchemaSet,
)

Predicate = Callable[[Any], bool]


def compile_filter(
    tree: Filter, schema_set: SchemaSet, resource_type: ResourceType, *, strict: bool = False
) -> Callable[[JsonObject], bool]:
    """A function that says whether a resource of a type satisfies a filter.

    An attribute that the type does not have counts as one without a value (RFC 7644 section
    3.4.2.1), or is refused when `strict`; and unless `strict`, an attribute of an extension may be
    named without its URN. Raises ScimProtocolError 400 invalidFilter for an operator that the
    attribute's type does not know.
    """
    definition = schema_set.definition(resource_type)

    def leaf(node: Comparison | Present | ValuePath) -> Predicate:
        resolved = _resolve(definition, node.path, strict)
        if isinstance(node, ValuePath):
            return _value_path(resolved, node.term, strict)
        if resolved is None:
            return _without_value(node)
        if resolved.attribute is None:
            return _whole_schema(node, resolved.extension)
        reader = values_reader(resolved, _element_test(resolved.attribute, node.path, strict))
        return _leaf(node, resolved.innermost or resolved.attribute, reader)

    return _compile(tree, leaf)


def compile_value_filter(
    attribute: SchemaAttribute, term: Filter, *, strict: bool = False
) -> Predicate:
    """A function that says whether one value of a multi-valued attribute satisfies a filter.

    Of an attribute that is not complex, `value` names the value itself. Raises 400 invalidFilter;
    when `strict`, also for a sub-attribute that there is not.
    """

    def leaf(node: Comparison | Present | ValuePath) -> Predicate:
        path = node.path
        if isinstance(node, ValuePath) or path.value_filter is not None:
            raise invalid_filter("A value filter cannot hold another value filter.")
        if path.sub_attribute is not None or path.urn is not None:
            raise invalid_filter(f"'{format_path(path)}' is not a sub-attribute.")
        if not attribute.sub_attributes and path.name.lower() == "value":
            return _leaf(node, attribute, _itself)
        sub = attribute.by_name.get(path.name.lower())
        if sub is None and strict:
            raise invalid_filter(f"'{attribute.name}' has no sub-attribute '{path.name}'.")
        if sub is None:
            return _without_value(node)
        return _leaf(node, sub, values_of_sub_attribute(sub.name))

    return _compile(term, leaf)


def equality(tree: Filter) -> tuple[AttributePath, FilterValue] | None:
    """The path and value of a filter that is exactly one `eq` comparison, otherwise None."""
    if isinstance(tree, Comparison) and tree.operator == "eq":
        return tree.path, tree.value
    return None


def equalities(tree: Filter) -> tuple[tuple[AttributePath, FilterValue], ...]:
    """The `eq` comparisons that must hold for the filter to hold; one may choose an index.

    Within a complex value filter, `emails[value eq "x" and ...]` gives `emails.value eq "x"`.
    """
    terms = tree.terms if isinstance(tree, And) else (tree,)
    found: list[tuple[AttributePath, FilterValue]] = []
    for term in terms:
        if isinstance(term, And):
            found.extend(equalities(term))
        elif isinstance(term, ValuePath):
            found.extend(
                (AttributePath(term.path.urn, term.path.name, None, path.name), value)
                for path, value in equalities(term.term)
                if path.urn is None and path.sub_attribute is None
            )
        elif (pair := equality(term)) is not None:
            found.append(pair)
    return tuple(found)


def _compile(
    tree: Filter, leaf: Callable[[Comparison | Present | ValuePath], Predicate]
) -> Predicate:
    if isinstance(tree, And):
        required = [_compile(term, leaf) for term in tree.terms]
        return lambda resource: all(test(resource) for test in required)
    if isinstance(tree, Or):
        sufficient = [_compile(term, leaf) for term in tree.terms]
        return lambda resource: any(test(resource) for test in sufficient)
    if isinstance(tree, Not):
        opposite = _compile(tree.term, leaf)
        return lambda resource: not opposite(resource)
    return leaf(tree)


def _resolve(
    definition: ResourceDefinition, path: AttributePath, strict: bool
) -> ResolvedAttribute | None:
    resolved = definition.resolve(path) if strict else definition.resolve_leniently(path)
    if strict and resolved is None:
        raise invalid_filter(f"There is no attribute '{format_path(path)}' to filter by.")
    return resolved


def _element_test(
    attribute: SchemaAttribute, path: AttributePath, strict: bool
) -> Predicate | None:
    if path.value_filter is None:
        return None
    return compile_value_filter(attribute, path.value_filter, strict=strict)


def _whole_schema(node: Comparison | Present, extension: str | None) -> Predicate:
    """Of a schema as a whole one can only ask whether the resource has anything of it."""
    if isinstance(node, Comparison):
        raise invalid_filter(f"'{format_path(node.path)}' is a schema: name an attribute.")
    if extension is None:
        return lambda _: True
    return lambda resource: _is_present(resource.get(extension))


def _value_path(resolved: ResolvedAttribute | None, term: Filter, strict: bool) -> Predicate:
    if resolved is None:
        return lambda _: False
    if resolved.attribute is None:
        raise invalid_filter("A value filter stands after an attribute, not a schema.")
    if resolved.sub_attribute is not None:
        raise invalid_filter("A value filter stands after an attribute, not a sub-attribute.")
    test = compile_value_filter(resolved.attribute, term, strict=strict)
    elements = values_reader(ResolvedAttribute(resolved.extension, resolved.attribute), test)
    return lambda resource: bool(elements(resource))


def _leaf(
    node: Comparison | Present, attribute: SchemaAttribute, values: ValuesReader
) -> Predicate:
    if isinstance(node, Present):
        return lambda resource: any(_is_present(value) for value in values(resource))
    if attribute.type == "complex":
        # `emails co "@x"` speaks of the values (RFC 7644 figure 2).
        sub = attribute.by_name.get("value")
        if sub is None and node.value is not None:
            raise invalid_filter(f"'{format_path(node.path)}' is complex: name a sub-attribute.")
        if sub is not None:
            values, attribute = _values_within(values, sub.name), sub
    if node.value is None:
        return _against_null(node, values)
    test = compile_test(attribute, node.operator, node.value)
    if node.operator == "ne":
        return lambda resource: not (found := values(resource)) or any(map(test, found))
    return lambda resource: any(map(test, values(resource)))


def _against_null(node: Comparison, values: ValuesReader) -> Predicate:
    if node.operator == "eq":
        return lambda resource: not values(resource)
    if node.operator == "ne":
        return lambda resource: bool(values(resource))
    raise invalid_filter(f"'{node.operator}' cannot compare with null.")


def _without_value(node: Comparison | Present) -> Predicate:
    holds = isinstance(node, Comparison) and (node.operator == "eq") == (node.value is None)
    if isinstance(node, Comparison) and node.operator not in ("eq", "ne"):
        holds = False
    return lambda _: holds


def _values_within(values: ValuesReader, name: str) -> ValuesReader:
    return lambda resource: [
        found
        for value in values(resource)
        if isinstance(value, dict) and (found := value.get(name)) is not None
    ]


def _itself(value: Any) -> list[Any]:
    return [value]


def _is_present(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_is_present(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_is_present(inner) for inner in value)
    return value is not None and value != ""
