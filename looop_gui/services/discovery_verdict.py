"""What a tenant says of itself, compared with what the mappings will send.

Discovery is a wish and not a need (sections k.2 and l): it warns and never fails a connection.
"""

from collections.abc import Iterable, Mapping, Sequence

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import MappingType, SynchronizationSchema
from looop_gui.scim.discovery import service_provider_config_from_json
from looop_gui.scim.messages import (
    GROUP_SCHEMA,
    USER_SCHEMA,
    JsonValue,
    ScimRequest,
    ScimResponse,
)
from looop_gui.scim.target_path import member, target_path
from looop_gui.services.checks import CheckState, Verdict

DISCOVERY_REQUESTS = (
    ScimRequest("GET", "/ServiceProviderConfig"),
    ScimRequest("GET", "/Schemas"),
)

_CORE = {ObjectType.USER: USER_SCHEMA, ObjectType.GROUP: GROUP_SCHEMA}
_COMMON = frozenset({"id", "externalid", "meta", "schemas"})
"""Attributes that every resource has without a schema saying so (RFC 7643 section 3.1)."""


def discovery_verdict(
    responses: Sequence[tuple[ScimRequest, ScimResponse]], schema: SynchronizationSchema
) -> Verdict:
    """The verdict on the answers to DISCOVERY_REQUESTS, in their order."""
    details = [(request.path, _answer(response)) for request, response in responses]
    configuration, schemas = (response for _, response in responses)
    details += _features(configuration)
    attributes = _published_attributes(schemas.body) if schemas.ok else {}
    warnings = list(_warnings(configuration, attributes, schema))
    if warnings:
        next_step = "Provisioning works without it; compare the mappings with the tenant's help."
        return Verdict(CheckState.WARNING, " ".join(warnings), next_step, tuple(details))
    sentence = f"The tenant publishes {len(attributes)} schemas; every mapped attribute is there."
    return Verdict(CheckState.PASSED, sentence, details=tuple(details))


def _warnings(
    configuration: ScimResponse,
    attributes: Mapping[str, frozenset[str]],
    schema: SynchronizationSchema,
) -> Iterable[str]:
    if not attributes:
        yield "The tenant does not publish its schemas."
    else:
        missing = _missing(attributes, schema)
        if missing:
            yield f"The tenant's schemas lack mapped attributes: {', '.join(missing)}."
    if isinstance(configuration.body, dict) and configuration.ok:
        published = service_provider_config_from_json(configuration.body)
        if not published.patch:
            yield "The tenant says that it does not support PATCH, which updates need."
        if not published.filter:
            yield "The tenant says that it does not support filters, which matching needs."


def _features(configuration: ScimResponse) -> list[tuple[str, str]]:
    if not configuration.ok or not isinstance(configuration.body, dict):
        return []
    published = service_provider_config_from_json(configuration.body)
    features = {"PATCH": published.patch, "Filter": published.filter, "Bulk": published.bulk}
    return [(name, "supported" if works else "not supported") for name, works in features.items()]


def _published_attributes(body: JsonValue | None) -> dict[str, frozenset[str]]:
    """Schema URN to the names of its attributes, all in lower case."""
    resources = member(body, "Resources") if isinstance(body, dict) else body
    found: dict[str, frozenset[str]] = {}
    for resource in resources if isinstance(resources, list) else ():
        urn = member(resource, "id")
        attributes = member(resource, "attributes")
        if isinstance(urn, str) and isinstance(attributes, list):
            names = (member(attribute, "name") for attribute in attributes)
            found[urn.casefold()] = frozenset(str(name).casefold() for name in names)
    return found


def _missing(attributes: Mapping[str, frozenset[str]], schema: SynchronizationSchema) -> list[str]:
    missing = []
    for object_type, core in _CORE.items():
        mapping = schema.mapping_of(object_type)
        for row in mapping.attribute_mappings if mapping.enabled else ():
            if row.mapping_type is MappingType.NONE:
                continue
            path = target_path(row.target_attribute)
            published = attributes.get((path.extension or core).casefold(), frozenset())
            name = path.name.casefold()
            if name not in published and (path.extension or name not in _COMMON):
                missing.append(row.target_attribute)
    return missing


def _answer(response: ScimResponse) -> str:
    return response.failure_text or str(response.status)
