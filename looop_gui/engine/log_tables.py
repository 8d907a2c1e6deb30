"""The provisioning log as the three tables that Entra's portal downloads (section i.4).

The headings are not published; they are the record's field names. The last two tables carry the
change id of the first.
"""

import json
from collections.abc import Iterator
from typing import Any

Row = tuple[str, ...]

LOG_COLUMNS = (
    "id",
    "activityDateTime",
    "tenantId",
    "jobId",
    "cycleId",
    "changeId",
    "provisioningAction",
    "durationInMilliseconds",
    "initiatedBy.displayName",
    "servicePrincipal.displayName",
    "sourceSystem.displayName",
    "targetSystem.displayName",
    "sourceIdentity.id",
    "sourceIdentity.displayName",
    "sourceIdentity.identityType",
    "targetIdentity.id",
    "targetIdentity.displayName",
    "targetIdentity.identityType",
    "provisioningStatusInfo.status",
    "provisioningStatusInfo.errorInformation.errorCode",
    "provisioningStatusInfo.errorInformation.reason",
    "provisioningStatusInfo.errorInformation.additionalDetails",
    "provisioningStatusInfo.errorInformation.errorCategory",
    "provisioningStatusInfo.errorInformation.recommendedAction",
)
STEP_COLUMNS = ("changeId", "name", "provisioningStepType", "status", "description", "details")
PROPERTY_COLUMNS = ("changeId", "displayName", "oldValue", "newValue")

TABLES = (
    ("ProvisioningLogs", LOG_COLUMNS),
    ("ProvisioningLogs_ProvisioningSteps", STEP_COLUMNS),
    ("ProvisioningLogs_ModifiedProperties", PROPERTY_COLUMNS),
)
"""The names of the files and their columns."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def table_rows(record: dict[str, Any]) -> tuple[list[Row], list[Row], list[Row]]:
    """The rows of the three tables for one provisioningObjectSummary."""
    return (
        [tuple(defused(_value(record, column)) for column in LOG_COLUMNS)],
        list(_rows(record, "provisioningSteps", STEP_COLUMNS)),
        list(_rows(record, "modifiedProperties", PROPERTY_COLUMNS)),
    )


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rows(record: dict[str, Any], name: str, columns: Row) -> Iterator[Row]:
    for item in record[name]:
        row = {"changeId": record["changeId"], **item}
        yield tuple(defused(_text(row[column])) for column in columns)


def _value(record: Any, column: str) -> str:
    for part in column.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return _text(record)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)
