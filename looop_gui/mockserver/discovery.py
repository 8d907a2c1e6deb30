"""Serves ServiceProviderConfig, ResourceTypes and Schemas (RFC 7644 section 4)."""

from looop_gui.mockserver.conduct import TenantConduct
from looop_gui.scim.discovery import (
    BEARER_TOKEN,
    ServiceProviderConfig,
    service_provider_config_to_json,
)
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.messages import JsonObject, ScimRequest, ScimResponse
from looop_gui.scim.responses import list_response
from looop_gui.scim.schema import SchemaSet, resource_type_to_json, schema_to_json

_CONFIG = "ServiceProviderConfig"
_TYPES = "ResourceTypes"
_SCHEMAS = "Schemas"
_ALLOWED = "GET, HEAD, OPTIONS"


class Discovery:
    """The discovery endpoints of a tenant. `base_url` is what locations begin with."""

    def __init__(self, schema_set: SchemaSet, conduct: TenantConduct) -> None:
        self.base_url = ""
        self._schema_set = schema_set
        self._config = ServiceProviderConfig(
            patch=True,
            bulk=True,
            bulk_maximum_operations=conduct.maximum_operations,
            bulk_maximum_payload_size=conduct.maximum_payload,
            filter=True,
            filter_maximum_results=conduct.maximum_count,
            change_password=any(
                attribute.name == "password" and attribute.mutability != "readOnly"
                for kind in schema_set.resource_types
                for attribute in schema_set.definition(kind).core.values()
            ),
            sort=True,
            etag=True,
            authentication_schemes=(BEARER_TOKEN,),
        )

    def answer(self, parts: list[str], request: ScimRequest) -> ScimResponse | None:
        """The answer to a discovery request, or None when the path is not one.

        Raises ScimProtocolError 403 for a filter, 404 for an unknown id and 405 for other methods.
        """
        if parts[0] not in (_CONFIG, _TYPES, _SCHEMAS) or len(parts) > 2:
            return None
        if request.method == "OPTIONS":
            return ScimResponse(204, {"allow": _ALLOWED})
        if request.method != "GET":
            error = ScimProtocolError(405, None, f"{parts[0]} can only be read.")
            return ScimResponse(405, {"allow": _ALLOWED}, error.to_body())
        if any(name.lower() == "filter" for name, _ in request.query):
            raise ScimProtocolError(403, None, f"{parts[0]} cannot be filtered.")
        if parts[0] == _CONFIG:
            if len(parts) == 2:
                return None
            return _one(self._service_provider_config())
        found = self._resource_types() if parts[0] == _TYPES else self._schemas()
        if len(parts) == 1:
            return ScimResponse(200, {}, list_response(found, len(found)))
        wanted = parts[1].lower()
        for resource in found:
            if resource["id"].lower() == wanted:
                return _one(resource)
        raise ScimProtocolError(404, None, f"{parts[0]} has no such entry.")

    def _service_provider_config(self) -> JsonObject:
        body = service_provider_config_to_json(self._config)
        body["meta"] = self._meta(_CONFIG, _CONFIG)
        return body

    def _resource_types(self) -> list[JsonObject]:
        return [
            resource_type_to_json(kind) | {"meta": self._meta("ResourceType", _TYPES, kind.name)}
            for kind in self._schema_set.resource_types
        ]

    def _schemas(self) -> list[JsonObject]:
        return [
            schema_to_json(schema) | {"meta": self._meta("Schema", _SCHEMAS, schema.id)}
            for schema in self._schema_set.schemas
        ]

    def _meta(self, resource_type: str, *path: str) -> JsonObject:
        return {"resourceType": resource_type, "location": "/".join((self.base_url, *path))}


def _one(resource: JsonObject) -> ScimResponse:
    return ScimResponse(200, {"content-location": resource["meta"]["location"]}, resource)
