"""The settings of a connection by the names of the page *Settings*, and their values in words."""

from dataclasses import fields
from enum import Enum
from typing import Final

from looop_gui.model.connection import (
    ConnectionSettings,
    Dialect,
    MatchingStrategy,
    RequestLimits,
)
from looop_gui.model.scope import ProvisioningScope

SETTING_NAMES: Final[dict[str, str]] = {
    # ConnectionSettings
    "scope": "Scope",
    "provisioning_on": "Provisioning Status",
    "interval_minutes": "Interval",
    "notification_email": "Notification Email",
    "send_failure_notification": "Send an email notification when a failure occurs",
    "prevent_accidental_deletion": "Prevent accidental deletion",
    "deletion_threshold": "Accidental deletion threshold",
    "skip_out_of_scope_deletions": "Leave people alone who fall out of scope",
    "supports_soft_delete": "The application can disable accounts",
    "exclude_default_access": "Leave out people with Default Access only",
    "regex_search": "Regular expressions of filters may match a part of the value",
    "extended_functions": "Allow functions documented for other directions only",
    "member_batch_size": "Group members in one request",
    "concurrency": "Requests at the same time",
    "requests_per_second": "Requests a second",
    "request_limits": "Limits of a known application",
    "matching": "How people are found",
    "separate_references": "Write managers in requests of their own",
    "relink_references": "Add managers and members that come into scope later",
    "adapt_dialect": "Send refused writes in the form of RFC 7644",
    "bulk": "Send writes together where the target offers it",
    "expand_nested_groups": "Members of nested groups are entitled",
    "limit_departures_percent": "Limit of people who leave",
    "limit_creates": "Limit of people created or matched",
    "limit_members_removed": "Limit of members removed from one group",
    "limit_disables": "Limit of people disabled",
    "limit_deletes": "Limit of people and groups deleted",
    "limit_source_shrink_percent": "Limit of how much the source shrinks",
    "limit_renames": "Limit of people renamed",
    "delete_grace_days": "Days between disabling and deleting",
    "drift_check": "Drift check",
    "drift_hours": "Hours between drift checks",
    "limit_creates_percent": "Limit of people created or matched, as a share",
    "limit_members_removed_percent": "Limit of members removed from one group, as a share",
    "limit_disables_percent": "Limit of people disabled, as a share",
    "limit_deletes_percent": "Limit of people and groups deleted, as a share",
    "limit_renames_percent": "Limit of people renamed, as a share",
    "stop_on_duplicates": "Stop when two people have the same matching value",
    "clear_on_null": "Clear a value when the source has none",
    "append_only": "Never disable or delete anything",
    "check_endless_writes": "Check for endless writes after each cycle",
    # TenantConnection
    "tenant_url": "Tenant URL",
    "token_storage": "where the token is kept",
    "token_reference": "the token's name",
    "dialect": "Dialect",
    "ca_file": "Certificate authority",
    "proxy": "Proxy",
    "user_agent": "User-Agent",
    "accept": "Accept",
    # Connection
    "name": "Name",
    "colour": "Colour",
    "production": "This is a production tenant",
}
"""Names of fields, as the page *Settings* has them where it shows the field."""

_VALUES: Final[dict[Enum, str]] = {
    ProvisioningScope.ASSIGNED: "Sync only assigned users and groups",
    ProvisioningScope.ALL: "Sync all users and groups",
    MatchingStrategy.AUTOMATIC: "Automatically, with fewer requests",
    MatchingStrategy.LIST: "In the target's list",
    MatchingStrategy.FILTER: "A query each, exactly like Entra",
    RequestLimits.NONE: "None",
    RequestLimits.SLACK: "Slack",
    RequestLimits.GITHUB: "GitHub Enterprise",
    RequestLimits.MIRO: "Miro",
    RequestLimits.AWS: "AWS IAM Identity Center",
    Dialect.ENTRA_LEGACY: "Entra legacy",
    Dialect.ENTRA_COMPLIANT: "Entra compliant",
    Dialect.RFC7644: "RFC 7644",
}
_UNITS: Final = ("minutes", "days", "percent")
"""Units that end the name of a field."""


def setting_name(name: str) -> str:
    """The name of a field for people."""
    return SETTING_NAMES.get(name, name.replace("_", " "))


def setting_in_words(name: str, value: object) -> str:
    """A value of a field, e.g. `40 minutes`, `On`, `No limit`."""
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, Enum):
        return _VALUES.get(value, str(value.value))
    if name.startswith("limit_") and not value:
        return "No limit"
    if isinstance(value, float):
        return f"{value:g}"
    unit = name.rpartition("_")[2]
    return f"{value} {unit}" if unit in _UNITS else str(value) or "none"


def changed_settings(
    before: ConnectionSettings, after: ConnectionSettings
) -> tuple[tuple[str, str, str], ...]:
    """Name, earlier and later value of every setting that differs, in words.

    Whether provisioning is on is no part of a configuration: it is switched, not saved.
    """
    return tuple(
        (
            setting_name(field.name),
            setting_in_words(field.name, getattr(before, field.name)),
            setting_in_words(field.name, getattr(after, field.name)),
        )
        for field in fields(ConnectionSettings)
        if getattr(before, field.name) != getattr(after, field.name)
        and field.name != "provisioning_on"
    )
