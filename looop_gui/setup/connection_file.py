"""A connection file: a connection as JSON, for the command line and continuous integration.

`resources/schemas/connection-file.json` is its JSON Schema, made from the classes below by
`json_schema()`. Nothing is read here: the caller gives the text and the file's folder, reads what
`schema_path` names, and fetches the token that `token` points to.
"""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    Dialect,
    DriftCheck,
    MatchingStrategy,
    RequestLimits,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import ConnectionFileError
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.setup.tenant_url import advise

_Natural = Annotated[int, Meta(ge=1)]
_Text = Annotated[str, Meta(min_length=1)]


class TokenSection(Struct, forbid_unknown_fields=True, frozen=True):
    """Where the secret token is: in an environment variable or in the system's keyring."""

    env: Annotated[str, Meta(description="The name of an environment variable.")] = ""
    keyring: Annotated[
        bool,
        Meta(description="Take it from the system's keyring: service looop-gui, user the name."),
    ] = False


class TargetSection(Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """The target: admin credentials as in the portal."""

    tenant_url: Annotated[_Text, Meta(description="The portal's Tenant URL.")]
    secret_token: Annotated[
        TokenSection | str,
        Meta(description="A literal token is accepted only with --allow-inline-token."),
    ] = ""
    dialect: Annotated[
        Dialect | None, Meta(description="How PATCH requests are written; a URL flag says so, too.")
    ] = None
    ca_file: Annotated[str, Meta(description="PEM file of further authorities to trust.")] = ""
    proxy: Annotated[str, Meta(description="http://host:port of a proxy.")] = ""
    user_agent: Annotated[str, Meta(description="Sent instead of the usual User-Agent.")] = ""
    accept: Annotated[str, Meta(description="Sent instead of the usual Accept.")] = ""


class SourceSection(Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """The source directory: a folder of files, or the demo company."""

    type: SourceType
    folder: Annotated[str, Meta(description="The folder of users.csv or users.json.")] = ""
    encoding: Annotated[str, Meta(description="Empty for automatic.")] = ""
    delimiter: Annotated[str, Meta(description="Empty for automatic.")] = ""
    columns: Annotated[
        dict[str, str], Meta(description="Column heading to attribute name, where it differs.")
    ] = {}
    seed: int = 1
    users: _Natural = 200


class DeletionSection(Struct, forbid_unknown_fields=True, frozen=True):
    """Accidental deletion prevention (reference section f.8)."""

    enabled: bool = True
    threshold: Annotated[int, Meta(ge=0)] = 500


_Share = Annotated[
    int, Meta(ge=0, le=100, description="The same, as a share of those that are linked.")
]


class LimitsSection(Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """Guards that stop a cycle before its first write; 0 is no limit."""

    departures_percent: Annotated[
        int, Meta(ge=0, le=100, description="Share of the linked people who would leave.")
    ] = 0
    creates: Annotated[int, Meta(ge=0, description="People who would be created.")] = 0
    members_removed: Annotated[int, Meta(ge=0, description="Members leaving one group.")] = 0
    disables: Annotated[int, Meta(ge=0, description="People who would be disabled.")] = 0
    deletes: Annotated[int, Meta(ge=0, description="People and groups to be deleted.")] = 0
    source_shrink_percent: Annotated[
        int, Meta(ge=0, le=100, description="How much smaller than before the source may be.")
    ] = 0
    renames: Annotated[
        int, Meta(ge=0, description="People whose userName or matching value would change.")
    ] = 0
    creates_percent: _Share = 0
    members_removed_percent: _Share = 0
    disables_percent: _Share = 0
    deletes_percent: _Share = 0
    renames_percent: _Share = 0
    duplicates: Annotated[
        bool, Meta(description="Stop when two people in scope have the same matching value.")
    ] = False


class SettingsSection(Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """The portal's settings, and what this tool adds."""

    scope: ProvisioningScope = ProvisioningScope.ASSIGNED
    provisioning_status: Literal["on", "off"] = "on"
    interval_minutes: _Natural = 40
    notification_email: str = ""
    send_failure_notification: bool = False
    accidental_deletion_prevention: DeletionSection = DeletionSection()
    limits: LimitsSection = LimitsSection()
    skip_out_of_scope_deletions: bool = False
    supports_soft_delete: bool = True
    exclude_default_access: bool = False
    regex_search: bool = False
    extended_functions: bool = False
    matching: MatchingStrategy = MatchingStrategy.AUTOMATIC
    separate_references: bool = False
    relink_references: bool = False
    adapt_dialect: bool = True
    member_batch_size: _Natural = 100
    concurrency: Annotated[int, Meta(ge=1, le=256)] = 8
    requests_per_second: Annotated[
        float, Meta(ge=0, description="0 sends as fast as the target answers.")
    ] = 25.0
    request_limits: Annotated[
        RequestLimits, Meta(description="Keep the limits of this application, too.")
    ] = RequestLimits.NONE
    bulk: Annotated[
        bool, Meta(description="Send writes together where the target advertises it.")
    ] = False
    expand_nested_groups: Annotated[
        bool, Meta(description="Members of groups within an assigned group count, too.")
    ] = False
    clear_on_null: Annotated[
        bool, Meta(description="Take a value away in the target when the source has none any more.")
    ] = False
    append_only: Annotated[bool, Meta(description="Never disable or delete anything.")] = False
    check_endless_writes: Annotated[
        bool, Meta(description="After a cycle, check that another one would write nothing.")
    ] = False
    delete_grace_days: Annotated[
        int, Meta(ge=0, description="Disable first, delete after so many days; 0 deletes at once.")
    ] = 0
    drift_check: DriftCheck = DriftCheck.OFF
    drift_hours: Annotated[
        int, Meta(ge=0, description="A drift check at most once in so many hours; 0: every cycle.")
    ] = 24


class ConnectionDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A connection of Looop Provisioning Workbench."""

    name: _Text
    application: Annotated[
        Literal["looop", "generic"],
        Meta(description="Which default mappings apply when `schema` is absent."),
    ]
    target: TargetSection
    source: SourceSection
    settings: SettingsSection = SettingsSection()
    schema: Annotated[
        str, Meta(description="A file with Entra's synchronizationSchema, as its portal exports.")
    ] = ""
    editor_schema: Annotated[
        str, Meta(description="For editors that complete by a JSON Schema.")
    ] = msgspec.field(default="", name="$schema")


@dataclass(frozen=True, slots=True)
class ConnectionFile:
    """What a connection file says.

    `connection.id` is made of the file's path and the tenant, so that its state is found again and
    never used for another tenant. `schema_path` is absolute, or None for the default mappings.
    `inline_token` is a token written in the file itself. `corrections` are what was mended in the
    tenant URL, as sentences.
    """

    connection: Connection
    schema_path: PurePath | None
    inline_token: SecretText | None
    corrections: tuple[str, ...]


def parse_connection_file(
    content: bytes, path: PurePath, *, allow_inline_token: bool = False
) -> ConnectionFile:
    """The connection in `content`, which was read from the absolute `path`.

    Raises ConnectionFileError with the file's name and the place of the fault.
    """
    file = _decoded(content, path)
    application = Application(file.application)
    advice = advise(file.target.tenant_url, application)
    if advice.problem:
        raise _refused(path, f"target.tenantUrl: {advice.problem}")
    storage, reference, inline = _token(file.target.secret_token, path, allow_inline_token)
    identity = _identity(path, advice.url)
    target = TenantConnection(
        tenant_url=advice.url,
        token_storage=storage,
        token_reference=reference or file.name,
        dialect=file.target.dialect or advice.dialect,
        ca_file=str(path.parent / file.target.ca_file) if file.target.ca_file else "",
        proxy=file.target.proxy,
        user_agent=file.target.user_agent,
        accept=file.target.accept,
    )
    connection = Connection(
        id=identity,
        name=file.name,
        application=application,
        target=target,
        source=_source(file.source, path),
        settings=_settings(file.settings),
    )
    schema_path = path.parent / file.schema if file.schema else None
    return ConnectionFile(connection, schema_path, inline, advice.corrections)


def _identity(path: PurePath, url: str) -> str:
    digest = hashlib.sha256(f"{path}\n{url}".encode()).hexdigest()
    return f"file-{digest[:24]}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a connection file, as it is shipped."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Connection file of Looop Provisioning Workbench",
        **msgspec.json.schema(ConnectionDocument),
    }


def _decoded(content: bytes, path: PurePath) -> ConnectionDocument:
    try:
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=ConnectionDocument)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        where = place.rstrip("`").lstrip(".")
        raise _refused(path, f"{where}: {message}" if where else message) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(path, f"it is not JSON ({error})") from None


def _token(
    section: TokenSection | str, path: PurePath, allow_inline: bool
) -> tuple[TokenStorage, str, SecretText | None]:
    """Storage, reference, and the token itself where the file contains it."""
    if isinstance(section, str):
        if section and not allow_inline:
            raise ConnectionFileError(
                f"{path.name} contains a secret token.",
                safe="It was not used.",
                next_step='Write {"env": "LOOOP_TOKEN"} instead, or add --allow-inline-token.',
            )
        return TokenStorage.MEMORY, "", SecretText(section.strip())
    if section.env and not section.keyring:
        return TokenStorage.ENVIRONMENT, section.env, None
    if section.keyring and not section.env:
        return TokenStorage.KEYRING, "", None
    raise _refused(path, 'target.secretToken: write {"env": "NAME"} or {"keyring": true}')


def _source(section: SourceSection, path: PurePath) -> SourceSettings:
    if section.type is SourceType.FILES and not section.folder:
        raise _refused(path, "source.folder: a source of files needs its folder")
    return SourceSettings(
        type=section.type,
        folder=str(path.parent / section.folder) if section.folder else "",
        seed=section.seed,
        users=section.users,
        encoding=section.encoding,
        delimiter=section.delimiter,
        columns=tuple(section.columns.items()),
    )


def _settings(section: SettingsSection) -> ConnectionSettings:
    prevention = section.accidental_deletion_prevention
    return ConnectionSettings(
        scope=section.scope,
        provisioning_on=section.provisioning_status == "on",
        interval_minutes=section.interval_minutes,
        notification_email=section.notification_email,
        send_failure_notification=section.send_failure_notification,
        prevent_accidental_deletion=prevention.enabled,
        deletion_threshold=prevention.threshold,
        limit_departures_percent=section.limits.departures_percent,
        limit_creates=section.limits.creates,
        limit_members_removed=section.limits.members_removed,
        limit_disables=section.limits.disables,
        limit_deletes=section.limits.deletes,
        limit_source_shrink_percent=section.limits.source_shrink_percent,
        limit_renames=section.limits.renames,
        limit_creates_percent=section.limits.creates_percent,
        limit_members_removed_percent=section.limits.members_removed_percent,
        limit_disables_percent=section.limits.disables_percent,
        limit_deletes_percent=section.limits.deletes_percent,
        limit_renames_percent=section.limits.renames_percent,
        stop_on_duplicates=section.limits.duplicates,
        skip_out_of_scope_deletions=section.skip_out_of_scope_deletions,
        supports_soft_delete=section.supports_soft_delete,
        exclude_default_access=section.exclude_default_access,
        regex_search=section.regex_search,
        extended_functions=section.extended_functions,
        matching=section.matching,
        separate_references=section.separate_references,
        relink_references=section.relink_references,
        adapt_dialect=section.adapt_dialect,
        member_batch_size=section.member_batch_size,
        concurrency=section.concurrency,
        requests_per_second=section.requests_per_second,
        request_limits=section.request_limits,
        bulk=section.bulk,
        expand_nested_groups=section.expand_nested_groups,
        clear_on_null=section.clear_on_null,
        append_only=section.append_only,
        check_endless_writes=section.check_endless_writes,
        delete_grace_days=section.delete_grace_days,
        drift_check=section.drift_check,
        drift_hours=section.drift_hours,
    )


def _refused(path: PurePath, what: str) -> ConnectionFileError:
    return ConnectionFileError(
        f"{path.name} is not a connection file: {what.rstrip('.')}.",
        safe="Nothing was sent.",
        next_step="See looop-gui's help on connection files, or its JSON Schema.",
    )
