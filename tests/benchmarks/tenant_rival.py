"""PyPI scim2-server as a WSGI application for gunicorn: its own in-memory storage and a token."""

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

_config = load_default_service_provider_config()
_config.authentication_schemes = [BEARER_TOKEN_SCHEME]
_provider = ScimProvider.from_discovery(
    load_default_schemas().values(), load_default_resource_types().values(), config=_config
)
application = BearerTokenApplication(
    InMemoryStorage(),
    _provider,
    service=ScimService(_provider, secret="benchmark"),
    bearer_tokens=["benchmark"],
)
