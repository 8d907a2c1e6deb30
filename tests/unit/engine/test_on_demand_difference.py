"""What a draft does otherwise than the saved configuration, of one object."""

from datetime import UTC, datetime

from msgspec.structs import replace

from looop_gui.engine.on_demand_difference import (
    ACTION,
    REASON,
    OnDemandDifference,
    on_demand_differences,
)
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
)

SAVED = ProvisioningLogEntry(
    id="",
    time=datetime(2026, 11, 24, tzinfo=UTC),
    connection_id="c",
    cycle_id="",
    object_type=ObjectType.USER,
    action=ProvisioningAction.CREATE,
    status=ProvisioningStatus.SUCCESS,
    source_id="ann",
    source_name="Ann",
    target_id="not-created-12ab",
    target_name="Ann",
    duration_milliseconds=1.0,
    modified_properties=(
        ModifiedProperty("userName", None, "ann@x.org"),
        ModifiedProperty("title", None, "Engineer"),
    ),
)


def test_two_equal_results_have_no_difference() -> None:
    assert on_demand_differences(SAVED, replace(SAVED, duration_milliseconds=7.0)) == ()


def test_values_that_differ_appear_and_disappear_are_named() -> None:
    draft = replace(
        SAVED,
        modified_properties=(
            ModifiedProperty("userName", None, "ann"),
            ModifiedProperty("nickName", None, None),
        ),
    )

    assert on_demand_differences(SAVED, draft) == (
        OnDemandDifference("userName", "ann@x.org", "ann"),
        OnDemandDifference("nickName", None, ""),
        OnDemandDifference("title", "Engineer", None),
    )


def test_another_action_comes_first_with_its_reason() -> None:
    draft = replace(
        SAVED,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.SKIPPED,
        error=ErrorInformation("NotEffectivelyEntitled", "The object is not assigned."),
        modified_properties=(),
    )

    found = on_demand_differences(SAVED, draft)

    assert found[:2] == (
        OnDemandDifference(ACTION, "create, success", "other, skipped"),
        OnDemandDifference(REASON, "", "The object is not assigned."),
    )


def test_ids_that_a_dry_run_made_up_are_no_difference() -> None:
    saved, draft = (
        replace(
            SAVED, modified_properties=(ModifiedProperty("members", None, f"not-created-{end}"),)
        )
        for end in ("12ab", "77ff")
    )

    assert on_demand_differences(saved, draft) == ()
