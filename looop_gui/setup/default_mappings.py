"""The default configuration of each application template (reference section c.5).

Looop's attribute list is the one of its tutorial; its sources are those of the generic SCIM
template. Two points are not published and were decided here (see `doubts` in
resources/mappings/looop.json): externalId comes from objectId, which everybody has and which is
unique, rather than from mailNickname; and the manager is a reference although the page says
String, because Looop needs the manager's own id. The attributes of Looop's extension are offered
and not mapped, as their sources are not published either.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from looop_gui import resources
from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    MappingType,
    Mutability,
    ObjectMapping,
    SynchronizationSchema,
)

_TEMPLATES = {
    Application.LOOOP: "looop.json",
    Application.DEMO: "looop.json",
    Application.GENERIC: "generic.json",
}


def default_schema(application: Application) -> SynchronizationSchema:
    """The mappings, scopes and attribute lists a new connection of that application starts with.

    *Restore default mappings* of the portal (section a.2) is this, too.
    """
    template = resources.read_json("mappings", _TEMPLATES[application])
    source = resources.read_json("mappings", "source-attributes.json")
    return SynchronizationSchema(
        user_mapping=_object_mapping(template["user"], ObjectType.USER),
        group_mapping=_object_mapping(template["group"], ObjectType.GROUP),
        source_user_attributes=_attribute_list(source["user"]),
        source_group_attributes=_attribute_list(source["group"]),
        target_user_attributes=_attribute_list(template["user"]["attributes"]),
        target_group_attributes=_attribute_list(template["group"]["attributes"]),
        unknown={"targetDirectoryName": template["targetDirectoryName"]},
    )


def default_doubts(application: Application) -> Mapping[str, str]:
    """What is not published about the template: an attribute or schema name to a sentence."""
    template = resources.read_json("mappings", _TEMPLATES[application])
    doubts: Mapping[str, str] = template.get("doubts", {})
    return doubts


def _object_mapping(template: Mapping[str, Any], object_type: ObjectType) -> ObjectMapping:
    return ObjectMapping(
        name=template["name"],
        object_type=object_type,
        source_object_name=template["sourceObjectName"],
        target_object_name=template["targetObjectName"],
        attribute_mappings=tuple(
            AttributeMapping(
                target_attribute=row["targetAttribute"],
                mapping_type=MappingType(row["mappingType"]),
                source=row["source"],
                matching_priority=row.get("matchingPriority", 0),
            )
            for row in template["mappings"]
        ),
    )


def _attribute_list(rows: Sequence[Mapping[str, Any]]) -> tuple[AttributeDefinition, ...]:
    return tuple(
        AttributeDefinition(
            name=row["name"],
            type=AttributeType(row["type"]),
            anchor=row.get("anchor", False),
            required=row.get("required", False),
            multivalued=row.get("multivalued", False),
            case_exact=row.get("caseExact", False),
            mutability=Mutability(row.get("mutability", "ReadWrite")),
            referenced_objects=tuple(row.get("referencedObjects", ())),
            filterable=row.get("filterable", False),
        )
        for row in rows
    )
