"""Every filter of the log, saved views, and the census of those who were skipped."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from looop_gui.engine.skip_cause import skip_cause
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    LogFilter,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
)
from looop_gui.model.workspace import LogView
from looop_gui.services.log_views import SkipCensus
from looop_gui.services.services import Services
from looop_gui.store import log_counting
from looop_gui.store.database import Database
from looop_gui.store.jobs import job_number
from looop_gui.store.provisioning_log import append_entries
from tests.unit.services.test_log_export import MOMENT, made_entry, made_exchange

SUCCESS, SKIPPED = ProvisioningStatus.SUCCESS, ProvisioningStatus.SKIPPED


def skipped(name: str, reason: str, details: dict[str, str], words: str) -> ProvisioningLogEntry:
    step = ProvisioningStep("Scoping", StepType.SCOPING, SUCCESS, "", details)
    entry = structs.replace(
        made_entry(),
        status=SKIPPED,
        action=ProvisioningAction.OTHER,
        source_id=name,
        source_name=name.title(),
        target_name=None,
        skip_reason=reason,
        error=ErrorInformation("EntrySynchronizationSkipped", words),
        steps=(step,),
        modified_properties=(),
        exchanges=(),
    )
    return structs.replace(entry, cause=skip_cause(entry))


def out_of_filter(name: str) -> ProvisioningLogEntry:
    clauses = {"department EQUALS 'Sales'": True, "city REGEX MATCH 'N.*'": False}
    result = json.dumps({f"Sales N.Y..{words}": passed for words, passed in clauses.items()})
    details = {
        "IsActive": "True",
        "Assigned": "True",
        "IsEffectivelyEntitledForProvisioning": "True",
        "IsInProvisioningScopeDisplayName": "False",
        "ScopeEvaluationResult": result,
    }
    return skipped(name, "NotEffectivelyEntitled", details, "The object does not pass.")


def entries() -> list[ProvisioningLogEntry]:
    imported = ProvisioningStep(
        "EntryImport", StepType.IMPORT, SUCCESS, "", {"userPrincipalName": "annlee@contoso.com"}
    )
    ann = structs.replace(
        made_entry(),
        status=SUCCESS,
        source_id="ann",
        source_name="Ann Lee",
        target_name="Ann Lee",
        error=None,
        steps=(imported,),
        modified_properties=(ModifiedProperty("title", "a", "b"),),
    )
    group = structs.replace(
        made_entry(),
        object_type=ObjectType.GROUP,
        source_id="sales",
        source_name="Sales",
        target_name="Sales",
        time=MOMENT + timedelta(hours=1),
        exchanges=(
            structs.replace(made_exchange(), status=429),
            structs.replace(made_exchange(), status=409),
        ),
    )
    lost = structs.replace(ann, source_id="bob", source_name="Bob", target_name="Bob", steps=())
    lost = structs.replace(
        lost, exchanges=(structs.replace(made_exchange(), status=0, failure="lost"),)
    )
    unassigned = {"IsActive": "True", "Assigned": "False"}
    sentence = "None of the matching attributes has a value in the source directory: mail."
    return [
        ann,
        group,
        lost,
        *(skipped(f"x{at}", "NotEffectivelyEntitled", unassigned, "Not so.") for at in range(3)),
        *(out_of_filter(f"y{at}") for at in range(2)),
        skipped("z", "ImportSkipped", {}, sentence),
    ]


def store(database: Database, connection_id: str) -> None:
    with database.transaction() as connection:
        job = job_number(connection, connection_id)
        made = [(one, one.error.reason if one.error else "changed") for one in entries()]
        append_entries(connection, job, 0, made)


@pytest.fixture(autouse=True)
async def _filled(services: Services) -> None:
    for connection_id in ("c0", "c1"):
        await services.worker.run(store, connection_id)


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, 9),
        ({"statuses": frozenset({SUCCESS})}, 2),
        ({"actions": frozenset({ProvisioningAction.OTHER, ProvisioningAction.CREATE})}, 6),
        ({"object_type": ObjectType.GROUP}, 1),
        ({"cycle_id": "no-such-cycle"}, 0),
        ({"since": MOMENT + timedelta(minutes=1)}, 1),
        ({"until": MOMENT + timedelta(minutes=1)}, 8),
        ({"source_id": "ann"}, 1),
        ({"person": "annlee@contoso.com"}, 1),
        ({"person": "le"}, 1),
        ({"person": "changed"}, 0),
        ({"attribute": "TITLE"}, 3),
        ({"attribute": "displayName"}, 1),
        ({"attribute": "unknown"}, 0),
        ({"error_code": "Conflict"}, 1),
        ({"http_status": 429}, 1),
        ({"http_status": 409}, 1),
        ({"http_status": 42}, 0),
        ({"http_status": 0}, 1),
        ({"cause": "not assigned"}, 3),
        ({"text": "changed"}, 2),
        ({"text": "lee", "statuses": frozenset({SUCCESS})}, 1),
        ({"text": "lee", "statuses": frozenset({SKIPPED})}, 0),
        ({"text": "lee", "person": "ann"}, 1),
        ({"text": "lee", "source_id": "ann"}, 1),
        ({"text": "sales", "since": MOMENT + timedelta(minutes=1)}, 1),
        ({"text": "sales", "until": MOMENT + timedelta(minutes=1)}, 0),
        ({"text": "c1 k1 j1"}, 0),
        ({"text": '" OR * ( NEAR'}, 0),
    ],
)
async def test_each_filter_shows_counts_and_divides_the_same(
    services: Services, conditions: dict[str, Any], found: int
) -> None:
    log_filter = LogFilter("c1", **conditions)
    rows = await services.provisioning_log.rows(log_filter)
    assert len(rows) == found
    assert await services.provisioning_log.count(log_filter) == found
    assert (await services.provisioning_log.census(log_filter)).total == found
    assert [row.key for row in rows] == sorted((row.key for row in rows), reverse=True)
    if found > 1:
        after = await services.provisioning_log.rows(log_filter, before_key=rows[0].key)
        assert after == rows[1:]
        assert await services.provisioning_log.rows(log_filter, offset=found - 1) == rows[-1:]


async def test_the_census_says_why_and_filters_to_it(services: Services) -> None:
    census = await services.log_views.skips(LogFilter("c1"))
    assert census.sentence == "6 skipped: 3 not assigned, 2 filter 'Sales N.Y.' clause 2, 1 no mail"
    for group in census.groups:
        assert await services.provisioning_log.count(group.log_filter) == group.count
    row = (await services.provisioning_log.rows(census.groups[1].log_filter))[0]
    entry = await services.provisioning_log.entry(row.id)
    assert entry.cause == "filter 'Sales N.Y.' clause 2"


async def test_nobody_skipped_is_said(services: Services) -> None:
    census = await services.log_views.skips(LogFilter("c1", source_id="ann"))
    assert census.sentence == "Nobody was skipped."


async def test_views_are_kept_renamed_in_place_and_share_no_shortcut(services: Services) -> None:
    wanted = LogFilter(
        "c1", statuses=frozenset({SUCCESS}), since=MOMENT, http_status=429, attribute="title"
    )
    view = LogView("Throttled", wanted, ("time", "name"), "-time", "Ctrl+1")
    await services.log_views.save(view)
    assert await services.log_views.list("c1") == (view,)
    other = LogView(" All ", LogFilter("c1"), shortcut="Ctrl+1")
    saved = await services.log_views.save(other)
    assert saved.name == "All"
    assert {one.name: one.shortcut for one in await services.log_views.list("c1")} == {
        "All": "Ctrl+1",
        "Throttled": "",
    }
    await services.log_views.save(replace(view, name="throttled", columns=("name",)))
    assert [one.columns for one in await services.log_views.list("c1")] == [(), ("name",)]
    await services.log_views.delete("c1", "THROTTLED")
    assert [one.name for one in await services.log_views.list("c1")] == ["All"]
    assert await services.log_views.list("c0") == ()
    with pytest.raises(ConfigurationError, match="no name"):
        await services.log_views.save(replace(view, name=" "))


@pytest.mark.parametrize(
    "conditions",
    [
        {"person": "le"},
        {"since": MOMENT - timedelta(hours=1), "text": "so"},
        {"until": MOMENT + timedelta(minutes=1)},
        {"text": "object", "attribute": "title"},
        {"text": "not"},
    ],
)
async def test_what_is_counted_in_pieces_is_the_whole(
    services: Services, conditions: dict[str, Any], monkeypatch
) -> None:
    chosen = LogFilter("c1", **conditions)
    number = len(await services.provisioning_log.rows(chosen))
    whole = await services.log_views.skips(chosen)
    monkeypatch.setattr(log_counting, "PIECE_KEYS", 2)
    heard: list[int] = []
    newest = await services.worker.run(log_counting.newest_key)
    counted = await services.provisioning_log.count(
        chosen, up_to_key=newest, on_counted=heard.append
    )
    older = await services.provisioning_log.count(chosen, up_to_key=newest - 3)
    newer = await services.provisioning_log.count(chosen, up_to_key=newest, above_key=newest - 3)
    assert counted == number == older + newer
    assert heard == sorted(heard)
    partial: list[SkipCensus] = []
    assert await services.log_views.skips(chosen, partial.append) == whole
    assert all(not census.complete and census.total <= whole.total for census in partial)
    if chosen.text or chosen.person:
        assert partial or not whole.total
    else:
        assert not partial, "times alone are counted at once"


async def test_retention_keeps_counts_times_and_words_true(services: Services) -> None:
    await services.provisioning_log.delete_before("c0", MOMENT + timedelta(minutes=30))
    await services.worker.run(check_derived_tables)
    assert await services.provisioning_log.count(LogFilter("c0")) == 1
    await services.worker.run(store, "c0")
    await services.worker.run(check_derived_tables)


def check_derived_tables(database: Database) -> None:
    """What is kept beside the log says what the log itself says."""
    with database.reading() as connection:
        counted = connection.execute(
            "SELECT job, cycle, kind, change_set, count(*) FROM log"
            " GROUP BY job, cycle, kind, change_set"
        ).fetchall()
        kept = connection.execute("SELECT * FROM log_counts").fetchall()
        assert sorted(map(tuple, kept)) == sorted(map(tuple, counted))
        outside = connection.execute(
            "SELECT count(*) FROM log LEFT JOIN log_times ON log_times.job = log.job"
            " AND block = key / 1000 AND time BETWEEN earliest AND latest WHERE block IS NULL"
        ).fetchone()
        assert outside[0] == 0
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO log_search (log_search, rank) VALUES ('integrity-check', 1)"
        )
