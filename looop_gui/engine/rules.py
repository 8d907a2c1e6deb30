"""The configuration of one connection, compiled once: what the engine needs at every object.

A `ConnectionRules` is made from the mappings and settings at the start of a cycle. Everything that
can be decided without an object is decided here: parsed paths, compiled expressions, which
attributes are references, which change of the source makes an object worth a look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from looop_gui.engine.decisions import Permissions
from looop_gui.engine.secret_names import is_secret
from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.parser import parse
from looop_gui.expressions.tree import Expression, FunctionCall, attributes_of, descend
from looop_gui.expressions.values import EvaluationContext, EvaluationOptions, Result
from looop_gui.model.connection import Connection, ConnectionSettings, Dialect
from looop_gui.model.directory import AttributeValue, ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    FlowType,
    MappingType,
    ObjectMapping,
    SynchronizationSchema,
)
from looop_gui.scim.target_path import TargetPath, target_path

IS_SOFT_DELETED = "IsSoftDeleted"
APP_ROLE_ASSIGNMENTS = "appRoleAssignments"
ROLE_LISTS = ("AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex")

Evaluate = Callable[[Mapping[str, AttributeValue], EvaluationContext], Result]


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One attribute mapping, compiled. `evaluate` is None for the mapping type None.

    `sources` are the source attributes it reads, `redacted` says that the log must not show its
    value, `role_list` names the role function that makes a list of roles, or is "". `clears` says
    that no value in the source takes the target's away. `is_name` is true for an attribute by which
    objects are told apart: userName, or one that is matched by. `is_text` says that the text of an
    expression is the value as it is sent. `direct` is the source attribute of a mapping that takes
    its value as it is, else "". `secret` says that the value must not be kept for an undo.
    """

    mapping: AttributeMapping
    path: TargetPath
    definition: AttributeDefinition
    evaluate: Evaluate | None
    sources: frozenset[str]
    redacted: bool = False
    role_list: str = ""
    clears: bool = False
    is_name: bool = False
    is_text: bool = False
    direct: str = ""
    secret: bool = False

    @property
    def adds_only(self) -> bool:
        """True when the mapping never takes a value away (section c.2)."""
        additive = (FlowType.MULTI_VALUE_ADD_ONLY, FlowType.VALUE_ADD_ONLY)
        return self.mapping.flow_type in additive or self.role_list == ROLE_LISTS[0]


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """A mapping to a reference attribute: the source attribute holds object ids (section f.5)."""

    mapping: AttributeMapping
    path: TargetPath
    source: str


@dataclass(frozen=True, slots=True)
class ObjectRules:
    """The object mapping of people or of groups, compiled.

    `digest_sources` are the source attributes whose change makes an object worth a look. `manager`
    and `members` are the reference rules of people and of groups. `redacted_sources` are read
    inside Redact, so the log must not show them.
    """

    object_type: ObjectType
    mapping: ObjectMapping
    attributes: tuple[AttributeRule, ...]
    matching: tuple[AttributeRule, ...]
    manager: ReferenceRule | None
    members: ReferenceRule | None
    permissions: Permissions
    digest_sources: tuple[str, ...]
    uses_roles: bool
    redacted_sources: frozenset[str] = frozenset()

    @property
    def enabled(self) -> bool:
        """False when the mapping is switched off: its objects are left alone."""
        return self.mapping.enabled


@dataclass(frozen=True, slots=True)
class ConnectionRules:
    """Everything compiled; `digest` changes exactly when the configuration does."""

    users: ObjectRules
    groups: ObjectRules
    settings: ConnectionSettings
    dialect: Dialect
    digest: str
    target_name: str
    schema: SynchronizationSchema
    extra: Mapping[str, str] = field(default_factory=dict)

    def of(self, object_type: ObjectType) -> ObjectRules:
        """The rules of people or of groups."""
        return self.users if object_type is ObjectType.USER else self.groups


def rules_of(connection: Connection, schema: SynchronizationSchema) -> ConnectionRules:
    """The configuration of a connection in its own dialect, compiled; see `compile_rules`."""
    return compile_rules(schema, connection.settings, connection.target.dialect, connection.name)


def compile_rules(
    schema: SynchronizationSchema,
    settings: ConnectionSettings,
    dialect: Dialect,
    target_name: str,
) -> ConnectionRules:
    """Compile a configuration. Raises ConfigurationError when a mapping cannot be used."""
    return ConnectionRules(
        users=_object_rules(schema, ObjectType.USER, settings),
        groups=_object_rules(schema, ObjectType.GROUP, settings),
        settings=settings,
        dialect=dialect,
        digest=configuration_digest(schema, settings),
        target_name=target_name,
        schema=schema,
    )


def configuration_digest(schema: SynchronizationSchema, settings: ConnectionSettings) -> str:
    """A digest of all that decides what an object's target should look like and who is in scope.

    A change of it makes the next cycle an initial one (section c.8). Pace, mail and guards are not
    part of it.
    """
    deciding: tuple[object, ...] = (
        schema.user_mapping,
        schema.group_mapping,
        schema.target_user_attributes,
        schema.target_group_attributes,
        settings.scope,
        settings.skip_out_of_scope_deletions,
        settings.supports_soft_delete,
        settings.exclude_default_access,
        settings.regex_search,
        settings.extended_functions,
        settings.expand_nested_groups,
    )
    # What came later counts only where it is used, so that an update of this program alone does
    # not make everybody's next cycle an initial one.
    for name in ("clear_on_null", "append_only"):
        if getattr(settings, name):
            deciding = (*deciding, name)
    return blake2b(repr(deciding).encode(), digest_size=16).hexdigest()


def _object_rules(
    schema: SynchronizationSchema, object_type: ObjectType, settings: ConnectionSettings
) -> ObjectRules:
    mapping = schema.mapping_of(object_type)
    definitions = {d.name.casefold(): d for d in schema.target_attributes_of(object_type)}
    options = EvaluationOptions(extended=settings.extended_functions)
    attributes: list[AttributeRule] = []
    references: list[ReferenceRule] = []
    for row in mapping.attribute_mappings:
        definition = definitions.get(
            row.target_attribute.casefold(), AttributeDefinition(row.target_attribute)
        )
        if definition.type is AttributeType.REFERENCE and row.mapping_type is MappingType.DIRECT:
            references.append(ReferenceRule(row, _path(row), row.source))
        else:
            rule = _attribute_rule(row, definition, options)
            attributes.append(
                replace(
                    rule,
                    clears=settings.clear_on_null and _may_clear(rule),
                    is_name=_is_name(rule),
                    is_text=_is_text(rule),
                    secret=rule.redacted or is_secret(rule.path.text),
                )
            )
    sources = frozenset[str]().union(*(rule.sources for rule in attributes))
    return ObjectRules(
        object_type=object_type,
        mapping=mapping,
        attributes=tuple(attributes),
        matching=_matching(attributes),
        manager=_first(references, "manager") if object_type is ObjectType.USER else None,
        members=_first(references, "members") if object_type is ObjectType.GROUP else None,
        permissions=Permissions(
            actions=mapping.actions,
            skip_out_of_scope_deletions=settings.skip_out_of_scope_deletions,
            supports_soft_delete=settings.supports_soft_delete,
            maps_soft_deletion=IS_SOFT_DELETED in sources,
            append_only=settings.append_only,
        ),
        digest_sources=tuple(sorted(sources - {IS_SOFT_DELETED, APP_ROLE_ASSIGNMENTS})),
        uses_roles=APP_ROLE_ASSIGNMENTS in sources,
        redacted_sources=frozenset[str]().union(
            *(rule.sources for rule in attributes if rule.redacted)
        ),
    )


def _may_clear(rule: AttributeRule) -> bool:
    """False for what must stay: required and matching attributes, and what is only ever added."""
    mapping, definition = rule.mapping, rule.definition
    fixed = definition.required or definition.anchor or mapping.matching_priority > 0
    added = rule.adds_only or mapping.flow_type is not FlowType.ALWAYS
    computed = mapping.mapping_type in (MappingType.DIRECT, MappingType.EXPRESSION)
    return computed and not fixed and not added and IS_SOFT_DELETED not in rule.sources


def _is_name(rule: AttributeRule) -> bool:
    return rule.mapping.matching_priority > 0 or rule.path.text.casefold() == "username"


def _is_text(rule: AttributeRule) -> bool:
    becomes_list = rule.definition.multivalued and not rule.path.filtered
    return not becomes_list and rule.definition.type not in (
        AttributeType.BOOLEAN,
        AttributeType.INTEGER,
    )


def _attribute_rule(
    row: AttributeMapping, definition: AttributeDefinition, options: EvaluationOptions
) -> AttributeRule:
    if row.mapping_type is MappingType.NONE:
        return AttributeRule(row, _path(row), definition, None, frozenset())
    if row.mapping_type is MappingType.CONSTANT:
        text = row.source
        return AttributeRule(row, _path(row), definition, lambda _a, _c: text, frozenset())
    if row.mapping_type is MappingType.DIRECT:
        name = row.source
        return AttributeRule(
            row, _path(row), definition, lambda a, _c: a.get(name), frozenset({name}), direct=name
        )
    tree = parse(row.source)
    called = {part.name for part in descend(tree) if isinstance(part, FunctionCall)}
    return AttributeRule(
        mapping=row,
        path=_path(row),
        definition=definition,
        evaluate=compile_expression(row.source, options),
        sources=attributes_of(tree),
        redacted="Redact" in called,
        role_list=_role_list(tree),
    )


def _role_list(tree: Expression) -> str:
    if isinstance(tree, FunctionCall) and tree.name in ROLE_LISTS:
        return tree.name
    return ""


def _path(row: AttributeMapping) -> TargetPath:
    try:
        return target_path(row.target_attribute)
    except ValueError as error:
        raise ConfigurationError(
            f'The target attribute "{row.target_attribute}" cannot be used: {error}',
            safe="Nothing was sent to the target.",
            next_step="Correct or remove this row on the page Attribute mapping.",
        ) from error


def _matching(attributes: list[AttributeRule]) -> tuple[AttributeRule, ...]:
    chosen = [rule for rule in attributes if rule.mapping.matching_priority > 0]
    return tuple(sorted(chosen, key=lambda rule: rule.mapping.matching_priority))


def _first(references: list[ReferenceRule], source: str) -> ReferenceRule | None:
    """The reference from that source attribute, else the first one there is."""
    for rule in references:
        if rule.source == source:
            return rule
    return references[0] if references else None
