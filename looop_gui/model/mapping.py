"""Attribute mappings as values, with Graph's names (reference sections c and j)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from typing import Any

from looop_gui.model.directory import ObjectType
from looop_gui.model.scope import ScopingFilter


class MappingType(StrEnum):
    """The portal's Mapping type (section c.1)."""

    DIRECT = "Direct"
    CONSTANT = "Constant"
    EXPRESSION = "Expression"
    NONE = "None"


class FlowType(StrEnum):
    """The portal's Apply this mapping, with Graph's further values (section c.2)."""

    ALWAYS = "Always"
    OBJECT_ADD_ONLY = "ObjectAddOnly"
    MULTI_VALUE_ADD_ONLY = "MultiValueAddOnly"
    VALUE_ADD_ONLY = "ValueAddOnly"
    ATTRIBUTE_ADD_ONLY = "AttributeAddOnly"


class FlowBehavior(StrEnum):
    """Whether an unchanged value is sent again (section c.2)."""

    FLOW_WHEN_CHANGED = "FlowWhenChanged"
    FLOW_ALWAYS = "FlowAlways"


class TargetObjectActions(Flag):
    """The portal's Target Object Actions = Graph's flowTypes "Add, Update, Delete"."""

    NOTHING = 0
    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()


ALL_ACTIONS = TargetObjectActions.CREATE | TargetObjectActions.UPDATE | TargetObjectActions.DELETE


class AttributeType(StrEnum):
    """The type of an attribute in an attribute list (section c.3)."""

    STRING = "String"
    INTEGER = "Integer"
    BOOLEAN = "Boolean"
    DATE_TIME = "DateTime"
    REFERENCE = "Reference"
    BINARY = "Binary"


class Mutability(StrEnum):
    """Graph's mutability of an attribute."""

    READ_WRITE = "ReadWrite"
    READ_ONLY = "ReadOnly"
    IMMUTABLE = "Immutable"
    WRITE_ONLY = "WriteOnly"


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """One row of an attribute list (Graph attributeDefinition, section c.3).

    `filterable` says that the target can be queried by it; `canonical_values` are the values the
    target accepts, where it names them; `unknown` keeps what an imported file had besides.
    """

    name: str
    type: AttributeType = AttributeType.STRING
    anchor: bool = False
    required: bool = False
    multivalued: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    referenced_objects: tuple[str, ...] = ()
    filterable: bool = False
    canonical_values: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttributeMapping:
    """How one target attribute gets its value (Graph attributeMapping).

    `source` is the attribute's name for Direct, the bare text for Constant, the expression's text
    for Expression, and empty for None. `matching_priority` 0 means not used for matching.
    """

    target_attribute: str
    mapping_type: MappingType
    source: str = ""
    default_value: str | None = None
    matching_priority: int = 0
    flow_type: FlowType = FlowType.ALWAYS
    flow_behavior: FlowBehavior = FlowBehavior.FLOW_WHEN_CHANGED
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectMapping:
    """The mapping of one source object type (Graph objectMapping) and who it concerns."""

    name: str
    object_type: ObjectType
    source_object_name: str
    target_object_name: str
    attribute_mappings: tuple[AttributeMapping, ...]
    enabled: bool = True
    actions: TargetObjectActions = ALL_ACTIONS
    scope: ScopingFilter = field(default_factory=ScopingFilter)
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def matching(self) -> tuple[AttributeMapping, ...]:
        """The matching attributes in order of precedence, lowest number first (section c.2)."""
        chosen = (m for m in self.attribute_mappings if m.matching_priority > 0)
        return tuple(sorted(chosen, key=lambda m: m.matching_priority))


@dataclass(frozen=True, slots=True)
class SynchronizationSchema:
    """A whole configuration of mappings (Graph synchronizationSchema, section j).

    The four attribute lists are keyed by nothing but their names; `unknown` holds everything of an
    imported file that has no field here, so that an export gives it back.
    """

    user_mapping: ObjectMapping
    group_mapping: ObjectMapping
    source_user_attributes: tuple[AttributeDefinition, ...] = ()
    source_group_attributes: tuple[AttributeDefinition, ...] = ()
    target_user_attributes: tuple[AttributeDefinition, ...] = ()
    target_group_attributes: tuple[AttributeDefinition, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def mapping_of(self, object_type: ObjectType) -> ObjectMapping:
        """The object mapping of people or of groups."""
        return self.user_mapping if object_type is ObjectType.USER else self.group_mapping

    def target_attributes_of(self, object_type: ObjectType) -> tuple[AttributeDefinition, ...]:
        """The target attribute list of people or of groups."""
        is_user = object_type is ObjectType.USER
        return self.target_user_attributes if is_user else self.target_group_attributes

    def source_attributes_of(self, object_type: ObjectType) -> tuple[AttributeDefinition, ...]:
        """The source attribute list of people or of groups."""
        is_user = object_type is ObjectType.USER
        return self.source_user_attributes if is_user else self.source_group_attributes
