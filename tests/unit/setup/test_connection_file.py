"""Connection files: the issue's example, every field, every fault with its place."""

import json
from copy import deepcopy
from pathlib import PurePosixPath
from typing import Any

import jsonschema
import pytest

from looop_gui import resources
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    Dialect,
    MatchingStrategy,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import ConnectionFileError
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.setup.connection_file import ConnectionFile, json_schema, parse_connection_file

PATH = PurePosixPath("/home/ann/looop/connection.json")
EXAMPLE: dict[str, Any] = {
    "name": "looop-demo",
    "application": "looop",
    "target": {
        "tenantUrl": "https://demo.looop.co/scim/v2",
        "secretToken": {"env": "LOOOP_TOKEN"},
    },
    "source": {"type": "files", "folder": "directory"},
    "settings": {
        "scope": "assigned",
        "provisioningStatus": "on",
        "intervalMinutes": 40,
        "notificationEmail": "it@example.org",
        "sendFailureNotification": True,
        "accidentalDeletionPrevention": {"enabled": True, "threshold": 500},
    },
    "schema": "mappings.json",
}
FULL: dict[str, Any] = {
    "$schema": "connection-file.json",
    "name": "All",
    "application": "generic",
    "target": {
        "tenantUrl": "https://scim.example.org/v2?aadOptscim062020",
        "secretToken": {"keyring": True},
        "dialect": "rfc7644",
        "caFile": "ca.pem",
        "proxy": "http://proxy:3128",
        "userAgent": "Entra",
        "accept": "*/*",
    },
    "source": {
        "type": "files",
        "folder": "/data",
        "encoding": "utf-16",
        "delimiter": ";",
        "columns": {"Abteilung": "department"},
    },
    "settings": {
        "scope": "all",
        "provisioningStatus": "off",
        "intervalMinutes": 5,
        "accidentalDeletionPrevention": {"enabled": False, "threshold": 3},
        "skipOutOfScopeDeletions": True,
        "supportsSoftDelete": False,
        "excludeDefaultAccess": True,
        "regexSearch": True,
        "extendedFunctions": True,
        "matching": "list",
        "separateReferences": True,
        "relinkReferences": True,
        "adaptDialect": False,
        "limits": {
            "departuresPercent": 20,
            "creates": 100,
            "membersRemoved": 50,
            "disables": 30,
            "deletes": 10,
            "sourceShrinkPercent": 15,
            "renames": 25,
            "createsPercent": 60,
            "membersRemovedPercent": 70,
            "disablesPercent": 11,
            "deletesPercent": 12,
            "renamesPercent": 13,
            "duplicates": True,
        },
        "memberBatchSize": 20,
        "concurrency": 4,
        "requestsPerSecond": 0,
        "requestLimits": "miro",
        "bulk": True,
        "expandNestedGroups": True,
        "clearOnNull": True,
        "appendOnly": True,
        "checkEndlessWrites": True,
        "deleteGraceDays": 30,
        "driftCheck": "repair",
        "driftHours": 6,
    },
}


def parsed(content: Any, **options: bool) -> ConnectionFile:
    return parse_connection_file(json.dumps(content).encode(), PATH, **options)


def changed(place: str, value: Any) -> dict[str, Any]:
    """The example with one value replaced; `...` removes it."""
    content = deepcopy(EXAMPLE)
    *parents, last = place.split(".")
    part = content
    for name in parents:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return content


def test_the_example_of_the_issue() -> None:
    file = parsed(EXAMPLE)
    assert file.connection == Connection(
        id=file.connection.id,
        name="looop-demo",
        application=Application.LOOOP,
        target=TenantConnection(
            "https://demo.looop.co/scim/v2", TokenStorage.ENVIRONMENT, "LOOOP_TOKEN"
        ),
        source=SourceSettings(SourceType.FILES, "/home/ann/looop/directory"),
        settings=ConnectionSettings(
            provisioning_on=True,
            notification_email="it@example.org",
            send_failure_notification=True,
        ),
    )
    assert file.schema_path == PurePosixPath("/home/ann/looop/mappings.json")
    assert (file.inline_token, file.corrections) == (None, ())


def test_every_field() -> None:
    file = parsed(FULL)
    target, settings = file.connection.target, file.connection.settings
    assert target == TenantConnection(
        "https://scim.example.org/v2",
        TokenStorage.KEYRING,
        "All",
        Dialect.RFC7644,
        "/home/ann/looop/ca.pem",
        "http://proxy:3128",
        "Entra",
        "*/*",
    )
    assert file.connection.source == SourceSettings(
        SourceType.FILES,
        "/data",
        encoding="utf-16",
        delimiter=";",
        columns=(("Abteilung", "department"),),
    )
    assert (settings.scope, settings.provisioning_on) == (ProvisioningScope.ALL, False)
    assert (settings.prevent_accidental_deletion, settings.deletion_threshold) == (False, 3)
    assert (settings.matching, settings.separate_references) == (MatchingStrategy.LIST, True)
    assert (settings.requests_per_second, settings.concurrency) == (0, 4)
    assert file.schema_path is None


def test_every_setting_of_the_model_can_be_given() -> None:
    """A setting that the model gains must be given a place here or be named as left out."""
    given = parsed(FULL).connection.settings
    default = ConnectionSettings()
    left_out = {"notification_email", "send_failure_notification"}
    same = {
        name
        for name in ConnectionSettings.__slots__
        if getattr(given, name) == getattr(default, name)
    }
    assert same - left_out - {"provisioning_on"} == set()


def test_a_flag_in_the_url_is_the_dialect() -> None:
    file = parsed(changed("target.tenantUrl", "https://demo.looop.co/scim/v2?aadOptscim062020"))
    assert file.connection.target.dialect is Dialect.ENTRA_COMPLIANT
    assert file.corrections


def test_an_inline_token_needs_to_be_allowed() -> None:
    content = changed("target.secretToken", "tok-123456")
    with pytest.raises(ConnectionFileError) as raised:
        parsed(content)
    assert "tok-123456" not in f"{raised.value} {raised.value.next_step}"
    assert "--allow-inline-token" in raised.value.next_step
    file = parsed(content, allow_inline_token=True)
    assert file.inline_token == SecretText("tok-123456")
    assert file.connection.target.token_storage is TokenStorage.MEMORY
    assert "tok-123456" not in repr(file)


def test_without_a_token_none_is_sent() -> None:
    assert parsed(changed("target.secretToken", ...)).inline_token == SecretText("")


def test_the_state_belongs_to_file_and_tenant() -> None:
    here = parsed(EXAMPLE).connection.id
    assert here == parsed(changed("name", "renamed")).connection.id
    assert here != parsed(changed("target.tenantUrl", "https://other.looop.co")).connection.id
    there = parse_connection_file(json.dumps(EXAMPLE).encode(), PurePosixPath("/other/c.json"))
    assert here != there.connection.id


def test_a_byte_order_mark_is_no_fault() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(EXAMPLE).encode()
    assert parse_connection_file(content, PATH).connection.name == "looop-demo"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (changed("name", ...), "`name`"),
        (changed("name", ""), "name:"),
        (changed("application", "slack"), "application:"),
        (changed("target.tenantUrl", "http://demo.looop.co"), "target.tenantUrl: Plain http"),
        (changed("target.tenantUrl", ""), "target.tenantUrl:"),
        (changed("target.secretToken", {}), "target.secretToken"),
        (changed("target.secretToken", {"env": "A", "keyring": True}), "target.secretToken"),
        (changed("target.secretToken", {"value": "x"}), "target.secretToken"),
        (changed("source.folder", ...), "source.folder"),
        (changed("source.type", "ldap"), "source.type:"),
        (changed("settings.scope", "some"), "settings.scope:"),
        (changed("settings.intervalMinutes", 0), "settings.intervalMinutes:"),
        (changed("settings.provisioningStatus", True), "settings.provisioningStatus:"),
        (changed("settings.acidentalDeletion", {}), "acidentalDeletion"),
        ([], "Expected `object`"),
    ],
)
def test_a_fault_is_said_with_its_place(content: Any, place: str) -> None:
    with pytest.raises(ConnectionFileError) as raised:
        parsed(content)
    assert place in raised.value.sentence
    assert raised.value.sentence.startswith("connection.json is not a connection file")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{", b'{"name": }'])
def test_what_is_not_json_is_said(content: bytes) -> None:
    with pytest.raises(ConnectionFileError, match="it is not JSON"):
        parse_connection_file(content, PATH)


def test_the_shipped_schema_is_that_of_the_parser() -> None:
    assert resources.read_json("schemas", "connection-file.json") == json_schema()


@pytest.mark.parametrize("content", [EXAMPLE, FULL])
def test_the_shipped_schema_accepts_what_the_parser_accepts(content: Any) -> None:
    schema = resources.read_json("schemas", "connection-file.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(content, schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "content",
    [
        changed("name", ...),
        changed("application", "slack"),
        changed("target.secretToken", {"value": "x"}),
        changed("settings.intervalMinutes", 0),
        changed("settings.unknown", 1),
    ],
)
def test_the_shipped_schema_refuses_what_the_parser_refuses(content: Any) -> None:
    schema = resources.read_json("schemas", "connection-file.json")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema, jsonschema.Draft202012Validator)


def test_the_help_page_names_every_field() -> None:
    page = resources.read_text("help", "connection-file.md")
    definitions = json_schema()["$defs"].values()
    fields = {name for one in definitions for name in one.get("properties", {})}
    missing = {name for name in fields if f"`{name}`" not in page and f'"{name}"' not in page}
    assert missing == set()
