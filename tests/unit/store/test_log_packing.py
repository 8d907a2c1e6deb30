"""Details of log entries are read as they were written, those of earlier versions too."""

import zlib
from datetime import UTC, datetime

import msgspec
import zstandard

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
from looop_gui.store.log_packing import (
    PACKED_ENTRIES,
    DetailsReader,
    compress_details,
    encode_details,
)


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


def test_details_come_back_as_they_were_in_any_order():
    written = [entry(f"Ann {number}") for number in range(2 * PACKED_ENTRIES + 3)]
    packs = compress_details([encode_details(one) for one in written])
    assert [number for number, _ in packs] == [PACKED_ENTRIES, PACKED_ENTRIES, 3]

    last_keys = [PACKED_ENTRIES, 2 * PACKED_ENTRIES, len(written)]
    reader = DetailsReader()
    for key in (1, len(written), 2, *range(len(written), 0, -1)):
        which = (key - 1) // PACKED_ENTRIES
        entries, content = packs[which]
        read = reader.read(content, key, last_keys[which], entries)
        one = written[key - 1]
        assert read.steps == one.steps
        assert read.modified_properties == one.modified_properties
        assert read.error == one.error
        assert read.exchanges == one.exchanges


def test_details_that_earlier_versions_stored_by_themselves_are_read():
    one = entry("Ann")
    stored = zstandard.ZstdCompressor().compress(encode_details(one))
    assert DetailsReader().read(stored, 7, 7, 0).exchanges == one.exchanges


def test_details_of_earlier_versions_are_read():
    one = entry("Ann")
    content = {
        "steps": one.steps,
        "modified_properties": one.modified_properties,
        "error": one.error,
        "exchanges": one.exchanges,
    }
    stored = zlib.compress(msgspec.json.encode(content), 1)
    read = DetailsReader().read(stored, 7, 7, 0)
    assert read.exchanges == one.exchanges
    assert read.steps == one.steps


def test_nothing_is_compressed_to_nothing():
    assert compress_details([]) == []
