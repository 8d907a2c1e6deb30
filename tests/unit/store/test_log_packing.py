"""Details of log entries are read as they were written, those of earlier versions too."""

import zlib
from datetime import UTC, datetime

import msgspec

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
    WireExchange,
)
from looop_gui.store.log_packing import compress_details, encode_details, read_details


def entry(name: str) -> ProvisioningLogEntry:
    moment = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
    return ProvisioningLogEntry(
        id="7",
        time=moment,
        connection_id="c1",
        cycle_id="cycle",
        object_type=ObjectType.USER,
        action=ProvisioningAction.UPDATE,
        status=ProvisioningStatus.FAILURE,
        source_id="s1",
        source_name=name,
        target_id=None,
        target_name=None,
        duration_milliseconds=1.5,
        steps=(
            ProvisioningStep(
                "EntryExportUpdate",
                StepType.EXPORT,
                ProvisioningStatus.FAILURE,
                f"Failed to update {name}",
                {"Reason": "\u00e9\u4e2d\U0001f600"},
            ),
        ),
        modified_properties=(ModifiedProperty("title", None, "Lead"),),
        error=ErrorInformation("InternalError", "It answered 500."),
        exchanges=(
            WireExchange(
                "PATCH", "/Users/1", (("Accept", "*/*"),), "{}", 500, (), "", moment, 2.25, 3
            ),
        ),
    )


def test_details_come_back_as_they_were():
    written = [entry("Ann"), entry("Bob")]
    stored = compress_details([encode_details(one) for one in written])
    for one, content in zip(written, stored, strict=True):
        read = read_details(content)
        assert read.steps == one.steps
        assert read.modified_properties == one.modified_properties
        assert read.error == one.error
        assert read.exchanges == one.exchanges


def test_details_of_earlier_versions_are_read():
    one = entry("Ann")
    content = {
        "steps": one.steps,
        "modified_properties": one.modified_properties,
        "error": one.error,
        "exchanges": one.exchanges,
    }
    read = read_details(zlib.compress(msgspec.json.encode(content), 1))
    assert read.exchanges == one.exchanges
    assert read.steps == one.steps


def test_nothing_is_compressed_to_nothing():
    assert compress_details([]) == []
