"""What a service provider says of itself: ServiceProviderConfig (RFC 7643 section 5)."""

from dataclasses import dataclass
from typing import Final

from looop_gui.scim.messages import JsonObject, JsonValue, lower_names

SERVICE_PROVIDER_CONFIG_SCHEMA: Final = (
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
)


@dataclass(frozen=True, slots=True)
class AuthenticationScheme:
    """One way to authenticate; `type` is e.g. "oauthbearertoken"."""

    type: str
    name: str
    description: str
    spec_uri: str = ""
    documentation_uri: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class ServiceProviderConfig:
    """The features of a service provider. Sizes are bytes for the payload, otherwise numbers."""

    patch: bool = True
    bulk: bool = False
    bulk_maximum_operations: int = 0
    bulk_maximum_payload_size: int = 0
    filter: bool = True
    filter_maximum_results: int = 0
    change_password: bool = False
    sort: bool = False
    etag: bool = False
    authentication_schemes: tuple[AuthenticationScheme, ...] = ()
    documentation_uri: str = ""


BEARER_TOKEN: Final = AuthenticationScheme(
    type="oauthbearertoken",
    name="OAuth Bearer Token",
    description="Authentication with a bearer token, the tenant's secret token.",
    spec_uri="https://www.rfc-editor.org/info/rfc6750",
    primary=True,
)


def service_provider_config_to_json(config: ServiceProviderConfig) -> JsonObject:
    """Write a ServiceProviderConfig, less `meta`, which needs the address of the server."""
    body: JsonObject = {"schemas": [SERVICE_PROVIDER_CONFIG_SCHEMA]}
    if config.documentation_uri:
        body["documentationUri"] = config.documentation_uri
    body["patch"] = {"supported": config.patch}
    body["bulk"] = {
        "supported": config.bulk,
        "maxOperations": config.bulk_maximum_operations,
        "maxPayloadSize": config.bulk_maximum_payload_size,
    }
    body["filter"] = {"supported": config.filter, "maxResults": config.filter_maximum_results}
    body["changePassword"] = {"supported": config.change_password}
    body["sort"] = {"supported": config.sort}
    body["etag"] = {"supported": config.etag}
    body["authenticationSchemes"] = [_scheme_to_json(s) for s in config.authentication_schemes]
    return body


def service_provider_config_from_json(body: JsonValue) -> ServiceProviderConfig:
    """Read a ServiceProviderConfig of any service provider; what is missing is not supported.

    Raises ValueError when the answer is not an object.
    """
    if not isinstance(body, dict):
        raise ValueError("The service provider's configuration is not a JSON object.")
    members = lower_names(body)
    schemes = members.get("authenticationschemes")
    return ServiceProviderConfig(
        patch=_supported(members.get("patch")),
        bulk=_supported(members.get("bulk")),
        bulk_maximum_operations=_number(members.get("bulk"), "maxoperations"),
        bulk_maximum_payload_size=_number(members.get("bulk"), "maxpayloadsize"),
        filter=_supported(members.get("filter")),
        filter_maximum_results=_number(members.get("filter"), "maxresults"),
        change_password=_supported(members.get("changepassword")),
        sort=_supported(members.get("sort")),
        etag=_supported(members.get("etag")),
        authentication_schemes=tuple(
            _scheme_from_json(item)
            for item in (schemes if isinstance(schemes, list) else ())
            if isinstance(item, dict)
        ),
        documentation_uri=_text(members.get("documentationuri")),
    )


def _scheme_to_json(scheme: AuthenticationScheme) -> JsonObject:
    body: JsonObject = {
        "type": scheme.type,
        "name": scheme.name,
        "description": scheme.description,
    }
    if scheme.spec_uri:
        body["specUri"] = scheme.spec_uri
    if scheme.documentation_uri:
        body["documentationUri"] = scheme.documentation_uri
    if scheme.primary:
        body["primary"] = True
    return body


def _scheme_from_json(value: JsonObject) -> AuthenticationScheme:
    members = lower_names(value)
    return AuthenticationScheme(
        type=_text(members.get("type")),
        name=_text(members.get("name")),
        description=_text(members.get("description")),
        spec_uri=_text(members.get("specuri")),
        documentation_uri=_text(members.get("documentationuri")),
        primary=members.get("primary") is True,
    )


def _supported(value: JsonValue) -> bool:
    if not isinstance(value, dict):
        return value is True
    found = lower_names(value).get("supported")
    return found is True or (isinstance(found, str) and found.lower() == "true")


def _number(value: JsonValue, name: str) -> int:
    found = lower_names(value).get(name) if isinstance(value, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
