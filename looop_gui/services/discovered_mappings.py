"""A template of mappings made from what a connected target publishes of itself (section c.5)."""

import asyncio

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.errors import CredentialsError, TargetError
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.setup.discovered_schema import DiscoveredTemplate, discovered_template

__all__ = ["DiscoveredTemplate", "discover_mappings"]

_REFUSED = (401, 403)


async def discover_mappings(target: TenantConnection, token: SecretText) -> DiscoveredTemplate:
    """Ask the target for `/Schemas` and `/ResourceTypes` and make a template of the answers.

    A target that publishes nothing gives the generic template, and says so. Raises TenantUrlError,
    ConfigurationError, CredentialsError for a token that is refused, TargetError for no answer.
    """
    async with Target(target, BearerToken(token), concurrency=1) as opened:
        schemas = await opened.send(ScimRequest("GET", "/Schemas"))
        _refuse_no_answer(schemas)
        types = await opened.send(ScimRequest("GET", "/ResourceTypes"))
    published = schemas.body if schemas.ok else None
    resource_types = types.body if types.ok else None
    return await asyncio.to_thread(discovered_template, published, resource_types)


def _refuse_no_answer(response: ScimResponse) -> None:
    if response.status in _REFUSED:
        raise CredentialsError(
            f"The target refused the secret token when asked for its schemas ({response.status}).",
            safe="Nothing was changed.",
            next_step="Check the token with looop-gui test-connection.",
        )
    if not response.status:
        raise TargetError(
            f"The target gave no answer when asked for its schemas: {response.failure_text}",
            safe="Nothing was changed.",
            next_step="Check the connection with looop-gui test-connection.",
        )
