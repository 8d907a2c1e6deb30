"""A connection: one application, its target, its source and its settings (reference section a)."""

from dataclasses import dataclass, field
from enum import StrEnum

from looop_gui.model.scope import ProvisioningScope

DEFAULT_INTERVAL_MINUTES = 40
DEFAULT_DELETION_THRESHOLD = 500


class Application(StrEnum):
    """The template a connection was made from; it decides the default mappings."""

    LOOOP = "looop"
    GENERIC = "generic"
    DEMO = "demo"


class Dialect(StrEnum):
    """How PATCH requests are written (reference section g.7)."""

    ENTRA_LEGACY = "legacy"
    ENTRA_COMPLIANT = "aadOptscim062020"
    RFC7644 = "rfc7644"


class MatchingStrategy(StrEnum):
    """How objects without a link are looked for in the target.

    FILTER is Entra's own way: a query for each. LIST reads the target's list in pages once and
    matches locally. AUTOMATIC takes what needs fewer requests.
    """

    AUTOMATIC = "automatic"
    FILTER = "filter"
    LIST = "list"


class RequestLimits(StrEnum):
    """An application whose limits of requests are known; the engine keeps below them."""

    NONE = "none"
    SLACK = "slack"
    GITHUB = "github"
    MIRO = "miro"
    AWS = "aws"


class DriftCheck(StrEnum):
    """Whether what the target holds is compared with what is expected, and written again."""

    OFF = "off"
    REPORT = "report"
    REPAIR = "repair"


class SourceType(StrEnum):
    """Where the source directory comes from."""

    DEMO = "demo"
    FILES = "files"


class TokenStorage(StrEnum):
    """Where the secret token of a connection is kept; chosen by the user and shown."""

    KEYRING = "keyring"
    ENCRYPTED_FILE = "encrypted-file"
    MEMORY = "memory"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class TenantConnection:
    """Admin credentials without the secret: the tenant URL and where its secret token lies.

    `tenant_url` has no trailing slash and no behaviour flag; the flag becomes the dialect.
    `token_reference` is a keyring entry's or an environment variable's name, never the token.
    `user_agent` and `accept` are sent instead of the usual headers; Entra's are not known (g.1).
    """

    tenant_url: str
    token_storage: TokenStorage = TokenStorage.KEYRING
    token_reference: str = ""
    dialect: Dialect = Dialect.ENTRA_LEGACY
    ca_file: str = ""
    proxy: str = ""
    user_agent: str = ""
    accept: str = ""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Which source directory: a demo company (its seed and size) or a folder of files.

    `columns` maps a column heading of users.csv to an attribute name where the automatic mapping
    was changed; `encoding` and `delimiter` are empty for automatic.
    """

    type: SourceType
    folder: str = ""
    seed: int = 1
    users: int = 200
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """The Settings section of the portal (section a.2) and what this tool adds.

    `separate_references` is Entra's own way: a manager is always written by a request of its own.
    Without it, a manager that is linked already goes with the person. `relink_references` adds
    managers and members that come into scope later, which Entra does only after a restart (b.5).
    `adapt_dialect` sends a write that a strict target refused once more in the form of RFC 7644,
    and says so in the log; Entra would fail there. `bulk` sends writes together where the target
    advertises it, which Entra never does. `expand_nested_groups` entitles the members of groups
    within an assigned group, too; for Entra only direct members count. The limits are guards beside
    the accidental deletion prevention, 0 is none: the share of linked people who leave, people to
    be created, members removed from one group, people to be disabled, people and groups to be
    deleted, the percentage by which the source may shrink from one completed cycle to the next,
    people whose userName or matching value changes; where there is a percentage beside a number, it
    is of the linked people (deletes: and groups; members: of the group). `stop_on_duplicates` stops
    a cycle in which two people in scope have the same matching value; otherwise the second fails.
    `clear_on_null` takes a value away in the target when the source has none any more, and
    `append_only` never disables or deletes anything; Entra does neither (c.6, f.4).
    `delete_grace_days` is how long somebody who would be deleted is only disabled before; 0 deletes
    at once, as Entra does. `drift_check` compares the target with what is expected, at most once in
    `drift_hours`, with every cycle for 0.
    `check_endless_writes` asks after each cycle in the window whether another one would write
    nothing. `requests_per_second` 0 means no ceiling; `request_limits` are those of a known
    application, kept as well. On loopback there is none of both.
    """

    scope: ProvisioningScope = ProvisioningScope.ASSIGNED
    provisioning_on: bool = False
    interval_minutes: int = DEFAULT_INTERVAL_MINUTES
    notification_email: str = ""
    send_failure_notification: bool = False
    prevent_accidental_deletion: bool = True
    deletion_threshold: int = DEFAULT_DELETION_THRESHOLD
    skip_out_of_scope_deletions: bool = False
    supports_soft_delete: bool = True
    exclude_default_access: bool = False
    regex_search: bool = False
    extended_functions: bool = False
    member_batch_size: int = 100
    concurrency: int = 8
    requests_per_second: float = 25.0
    request_limits: RequestLimits = RequestLimits.NONE
    matching: MatchingStrategy = MatchingStrategy.AUTOMATIC
    separate_references: bool = False
    relink_references: bool = False
    adapt_dialect: bool = True
    bulk: bool = False
    expand_nested_groups: bool = False
    limit_departures_percent: int = 0
    limit_creates: int = 0
    limit_members_removed: int = 0
    limit_disables: int = 0
    limit_deletes: int = 0
    limit_source_shrink_percent: int = 0
    limit_renames: int = 0
    limit_creates_percent: int = 0
    limit_members_removed_percent: int = 0
    limit_disables_percent: int = 0
    limit_deletes_percent: int = 0
    limit_renames_percent: int = 0
    stop_on_duplicates: bool = False
    clear_on_null: bool = False
    append_only: bool = False
    check_endless_writes: bool = False
    delete_grace_days: int = 0
    drift_check: DriftCheck = DriftCheck.OFF
    drift_hours: int = 24


@dataclass(frozen=True, slots=True)
class Connection:
    """A saved connection. `colour` is a role name of the style; `production` asks for care."""

    id: str
    name: str
    application: Application
    target: TenantConnection
    source: SourceSettings
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    colour: str = ""
    production: bool = False
