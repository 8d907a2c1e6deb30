"""A log entry in the shape of Graph's provisioningObjectSummary (section i.1)."""

import uuid
from dataclasses import dataclass
from typing import Any

from looop_gui.model.provisioning_log import ProvisioningLogEntry

INITIATOR = "Azure AD Provisioning Service"


@dataclass(frozen=True, slots=True)
class RecordNames:
    """The names of the systems that every record repeats."""

    connection_id: str
    connection_name: str
    source_name: str = "Source directory"


def object_summary(entry: ProvisioningLogEntry, names: RecordNames) -> dict[str, Any]:
    """The record; `tenantId` is empty, as the source is no Entra tenant."""
    return {
        "id": change_id(entry),
        "activityDateTime": graph_time(entry),
        "tenantId": "",
        "jobId": names.connection_id,
        "cycleId": entry.cycle_id,
        "changeId": change_id(entry),
        "provisioningAction": entry.action.value,
        "durationInMilliseconds": round(entry.duration_milliseconds),
        "initiatedBy": {"id": "", "displayName": INITIATOR, "initiatorType": "system"},
        "servicePrincipal": {"id": names.connection_id, "displayName": names.connection_name},
        "sourceSystem": {"id": "source", "displayName": names.source_name, "details": {}},
        "targetSystem": {
            "id": names.connection_id,
            "displayName": names.connection_name,
            "details": {
                "ApplicationId": names.connection_id,
                "ServicePrincipalId": names.connection_id,
                "ServicePrincipalDisplayName": names.connection_name,
            },
        },
        "sourceIdentity": _identity(entry, entry.source_id, entry.source_name),
        "targetIdentity": _identity(entry, entry.target_id or "", entry.target_name or ""),
        "provisioningStatusInfo": {
            "status": entry.status.value,
            "errorInformation": _error(entry),
        },
        "provisioningSteps": [
            {
                "name": step.name,
                "provisioningStepType": step.step_type.value,
                "status": step.status.value,
                "description": step.description,
                "details": dict(step.details),
            }
            for step in entry.steps
        ],
        "modifiedProperties": [
            {
                "displayName": item.display_name,
                "oldValue": item.old_value,
                "newValue": item.new_value,
            }
            for item in entry.modified_properties
        ],
    }


def change_id(entry: ProvisioningLogEntry) -> str:
    """The id that joins an entry's records; the same for the same entry at every export."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"looop:{entry.connection_id}/{entry.id}"))


def graph_time(entry: ProvisioningLogEntry) -> str:
    """The time in UTC as Graph writes it."""
    return entry.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _identity(entry: ProvisioningLogEntry, identity: str, name: str) -> dict[str, Any]:
    return {
        "id": identity,
        "displayName": name,
        "identityType": entry.object_type.value,
        "details": {},
    }


def _error(entry: ProvisioningLogEntry) -> dict[str, str] | None:
    error = entry.error
    if error is None:
        return None
    return {
        "errorCode": error.error_code,
        "reason": error.reason,
        "additionalDetails": error.additional_details,
        "errorCategory": error.error_category,
        "recommendedAction": error.recommended_action,
    }
