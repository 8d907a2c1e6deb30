"""The presets of a tenant: which schemas, and how it behaves where good authorities differ.

Each difference is one named flag with its reason; those about reading requests are flags of
`looop_gui.scim.conduct.Conduct`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from looop_gui.model.errors import ConfigurationError
from looop_gui.scim.conduct import GENERIC, LOOOP, RFC, Conduct


@dataclass(frozen=True, slots=True)
class TenantConduct:
    """How a tenant behaves.

    duplicate_group_names_refused: a second group with a displayName is answered 409 uniqueness.
        RFC 7643 section 4.2 gives displayName no uniqueness; Entra needs it to match groups by
        name (reference section l), and the validators post a duplicate and expect 409.
    group_patch_shows_members: PATCH of a group with no more members than this is answered 200
        with the group, of a larger one 204 (unless `attributes` asks for a body). RFC 7644 section
        3.5.2 allows both; clients update their copy from the body (scim-sanity wants it), while
        Entra wants none of all the members (reference g.3). PATCH of a user is always 200.
    unknown_filter_attributes_refused: a filter on an attribute that no schema has is answered 400
        invalidFilter. RFC 7644 section 3.4.2.1 treats it as without a value when several types are
        searched; section 3.12 has invalidFilter for an attribute that is not supported.
    default_count and maximum_count: resources in a page when `count` is missing, and at most. They
        are generous, because clients and suites (scim2-tester) look for what they made in a list
        without paging; the quirk of a page cap shows what happens otherwise.
    """

    name: str
    scim: Conduct
    schema_set: str
    duplicate_group_names_refused: bool = True
    group_patch_shows_members: int = 1000
    unknown_filter_attributes_refused: bool = False
    default_count: int = 1000
    maximum_count: int = 1000
    maximum_operations: int = 1000
    maximum_payload: int = 1024 * 1024


PRESETS: Final[Mapping[str, TenantConduct]] = MappingProxyType(
    {
        "rfc": TenantConduct(
            "rfc",
            RFC,
            "rfc",
            duplicate_group_names_refused=False,
            unknown_filter_attributes_refused=True,
        ),
        "generic": TenantConduct("generic", GENERIC, "generic"),
        "looop": TenantConduct("looop", LOOOP, "looop"),
    }
)


def tenant_conduct(preset: str) -> TenantConduct:
    """The conduct of a preset. Raises ConfigurationError for an unknown one."""
    conduct = PRESETS.get(preset)
    if conduct is None:
        raise ConfigurationError(f"'{preset}' is not a preset; there are {', '.join(PRESETS)}.")
    return conduct
