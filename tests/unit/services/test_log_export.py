"""The log taken out: every format read back, nothing secret in it, files that appear whole."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from looop_gui.engine.log_exposure import NOT_JSON, NOT_KNOWN, SENSITIVE, WAS_REDACTED
from looop_gui.model.connection import Connection
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import StoreError
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    LogFilter,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
    WireExchange,
)
from looop_gui.services.log_export import LogExportService, LogFormat
from looop_gui.services.services import Services
from looop_gui.store.database import Database
from looop_gui.store.jobs import job_number
from looop_gui.store.provisioning_log import append_entries

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRETS = ("s3cr3t-token", "hunter2", "of-the-cookie", "of-the-redacted", "unknown-value")


def made_exchange() -> WireExchange:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "Replace", "path": "displayName", "value": "Ann Lee"},
            {"op": "Replace", "path": "password", "value": "hunter2"},
            {"op": "Add", "path": "title", "value": "of-the-redacted"},
            {"op": "replace", "value": {"name.givenName": "Ann", "name.pin": "unknown-value"}},
        ],
    }
    answer = {
        "id": "t1",
        "userName": "ann@contoso.com",
        "title": "of-the-redacted",
        "sessionKey": "unknown-value",
        "detail": "Bearer s3cr3t-token was accepted",
    }
    return WireExchange(
        method="PATCH",
        url='https://u:hunter2@contoso.looop.co/scim/v2/Users/t1?filter=userName+eq+"ann"&sig=s3cr3t-token',
        request_headers=(
            ("Content-Type", "application/scim+json"),
            ("Authorization", "Bearer s3cr3t-token"),
            ("X-Own", "s3cr3t-token"),
        ),
        request_body=json.dumps(body),
        status=200,
        response_headers=(
            ("content-type", "application/scim+json"),
            ("set-cookie", "of-the-cookie"),
        ),
        response_body=json.dumps(answer),
        started=MOMENT,
        duration_milliseconds=12.5,
    )


def made_entry(number: int = 0) -> ProvisioningLogEntry:
    details = {"displayName": '=HYPERLINK("x")', "jobTitle": "[Redact]", "ownKey": "unknown-value"}
    return ProvisioningLogEntry(
        id="",
        time=MOMENT + timedelta(seconds=number),
        connection_id="c1",
        cycle_id="",
        object_type=ObjectType.USER,
        action=ProvisioningAction.UPDATE,
        status=ProvisioningStatus.FAILURE,
        source_id=f"ann-{number}",
        source_name='=HYPERLINK("x")',
        target_id="t1",
        target_name="Ann\nLee, née 李",
        duration_milliseconds=12.4,
        steps=(
            ProvisioningStep(
                "EntryImport", StepType.IMPORT, ProvisioningStatus.SUCCESS, "Received", details
            ),
        ),
        modified_properties=(
            ModifiedProperty("displayName", None, "Ann Lee"),
            ModifiedProperty("title", None, "[Redact]"),
        ),
        error=ErrorInformation("Conflict", "The target answered 409."),
        exchanges=(made_exchange(),),
    )


def store(database: Database, entries: list[ProvisioningLogEntry]) -> None:
    with database.transaction() as connection:
        job = job_number(connection, "c1")
        append_entries(connection, job, 0, [(entry, "Conflict") for entry in entries])


@pytest.fixture
async def export(services: Services, connection: Connection) -> LogExportService:
    await services.connections.create(connection, None)
    await services.worker.run(store, [made_entry(number) for number in range(600)])
    return LogExportService(services.worker, services.connections, services.mappings)


ALL = LogFilter("c1")


@pytest.mark.parametrize("log_format", LogFormat)
async def test_nothing_secret_leaves(
    export: LogExportService, tmp_path: Path, log_format: LogFormat
) -> None:
    result = await export.export(ALL, log_format, tmp_path / "log.out", limit=3)
    text = "".join(file.read_text() for file in result.files)
    assert "Ann" in text
    assert [secret for secret in SECRETS if secret in text] == []


async def test_csv_is_entras_three_files_and_reads_back(
    export: LogExportService, tmp_path: Path
) -> None:
    result = await export.export(ALL, LogFormat.CSV, tmp_path / "ProvisioningLogs.csv")
    assert [file.name for file in result.files] == [
        "ProvisioningLogs.csv",
        "ProvisioningLogs_ProvisioningSteps.csv",
        "ProvisioningLogs_ModifiedProperties.csv",
    ]
    tables = []
    for file in result.files:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            tables.append(list(csv.DictReader(stream)))
    logs, steps, properties = tables
    assert (len(logs), len(steps), len(properties)) == (600, 600, 1200)
    assert [row["sourceIdentity.id"] for row in logs[:2]] == ["ann-599", "ann-598"]
    assert logs[0]["sourceIdentity.displayName"] == '\'=HYPERLINK("x")'
    assert logs[0]["targetIdentity.displayName"] == "Ann\nLee, née 李"
    assert logs[0]["activityDateTime"] == "2026-11-24T09:09:59Z"
    assert {row["changeId"] for row in properties} == {row["changeId"] for row in logs}
    assert len({row["changeId"] for row in logs}) == 600
    cells = [cell for table in tables for row in table for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


async def test_json_and_ndjson_are_object_summaries(
    export: LogExportService, tmp_path: Path
) -> None:
    array = await export.export(ALL, LogFormat.JSON, tmp_path / "log.json")
    lines = await export.export(ALL, LogFormat.NDJSON, tmp_path / "log.ndjson")
    records = json.loads(array.files[0].read_text())
    assert records == [json.loads(line) for line in lines.files[0].read_text().splitlines()]
    assert len(records) == array.entries == 600
    record = records[0]
    assert record["provisioningAction"] == "update"
    assert record["provisioningStatusInfo"]["status"] == "failure"
    assert record["provisioningStatusInfo"]["errorInformation"]["errorCode"] == "Conflict"
    assert record["provisioningSteps"][0]["provisioningStepType"] == "import"
    assert record["targetSystem"]["displayName"] == "Looop"
    assert record["modifiedProperties"][0] == {
        "displayName": "displayName",
        "oldValue": None,
        "newValue": "Ann Lee",
    }


async def test_an_empty_export_is_still_valid(export: LogExportService, tmp_path: Path) -> None:
    nobody = replace(ALL, source_id="nobody")
    array = await export.export(nobody, LogFormat.JSON, tmp_path / "log.json")
    archive = await export.export(nobody, LogFormat.HAR, tmp_path / "log.har")
    assert json.loads(array.files[0].read_text()) == []
    assert json.loads(archive.files[0].read_text())["log"]["entries"] == []


async def test_har_has_the_structure_of_version_1_2(
    export: LogExportService, tmp_path: Path
) -> None:
    result = await export.export(ALL, LogFormat.HAR, tmp_path / "log.har", limit=300)
    log = json.loads(result.files[0].read_text())["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "looop-gui")
    assert len(log["entries"]) == 300
    for entry in log["entries"]:
        check_har_entry(entry)
    request = log["entries"][0]["request"]
    assert request["url"].startswith("https://contoso.looop.co/scim/v2/Users/t1?filter=")
    assert request["queryString"][0] == {"name": "filter", "value": 'userName eq "ann"'}
    assert request["headers"] == [{"name": "Content-Type", "value": "application/scim+json"}]
    operations = json.loads(request["postData"]["text"])["Operations"]
    assert [operation["value"] for operation in operations[:3]] == ["Ann Lee", "***", "***"]
    assert operations[3]["value"] == {"name.givenName": "Ann", "name.pin": "***"}


def check_har_entry(entry: dict[str, Any]) -> None:
    """The members that HAR 1.2 demands, with their types."""
    assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
    assert entry["time"] == sum(entry["timings"].values())
    assert entry["timings"].keys() == {"send", "wait", "receive"}
    assert entry["cache"] == {}
    request, response = entry["request"], entry["response"]
    common = {"httpVersion": str, "cookies": list, "headers": list, "headersSize": int}
    common["bodySize"] = int
    wanted = common | {"method": str, "url": str, "queryString": list}
    assert {name: type(request[name]) for name in wanted} == wanted
    wanted = common | {"status": int, "statusText": str, "content": dict, "redirectURL": str}
    assert {name: type(response[name]) for name in wanted} == wanted
    assert {"size", "mimeType"} <= response["content"].keys()
    assert {"mimeType", "text"} <= request["postData"].keys()


async def test_the_preview_says_what_leaves_and_what_stays(export: LogExportService) -> None:
    preview = await export.preview(ALL, LogFormat.CSV)
    assert (preview.entries, preview.sampled, len(preview.rows)) == (600, 50, 5)
    assert preview.files[0] == "ProvisioningLogs.csv"
    assert len(preview.rows[0]) == len(preview.fields)
    reasons = {item.what: item.why for item in preview.left_out}
    assert reasons["header Authorization"] == NOT_KNOWN
    assert reasons["password"] == SENSITIVE
    assert reasons["title"] == WAS_REDACTED
    assert reasons["query parameter sig"] == NOT_KNOWN
    assert all(item.count >= 50 for item in preview.left_out)


async def test_a_body_that_is_cut_stays(
    export: LogExportService, services: Services, tmp_path: Path
) -> None:
    cut = structs.replace(
        made_exchange(), response_body='{"userName":"x", "token":"s3cr3t-tok\n... 9 more'
    )
    entry = structs.replace(made_entry(), source_id="cut", exchanges=(cut,))
    await services.worker.run(store, [entry])
    preview = await export.preview(replace(ALL, source_id="cut"), LogFormat.HAR)
    assert ("response body", NOT_JSON) in {(item.what, item.why) for item in preview.left_out}
    assert preview.rows[0][-1] == ""


async def test_a_failed_export_leaves_what_was_there(
    export: LogExportService, tmp_path: Path
) -> None:
    kept = tmp_path / "log.json"
    kept.write_text("before")

    def fail(_written: int, _total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        await export.export(ALL, LogFormat.JSON, kept, on_progress=fail)
    assert kept.read_text() == "before"
    assert list(tmp_path.glob(".log*")) == []
    with pytest.raises(StoreError, match="cannot be written"):
        await export.export(ALL, LogFormat.JSON, tmp_path / "nowhere" / "log.json")
