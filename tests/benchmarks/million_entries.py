"""Makes a data folder whose provisioning log has as many entries as wanted, much as cycles write.

Names, causes, changes and HTTP exchanges are of a company of 50,000 people; every twentieth entry
fails. The same number gives the same store.
"""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from msgspec.structs import replace

from looop_gui.engine.skip_cause import skip_cause
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleKind, CycleState
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
from looop_gui.store.cycles import add_cycle
from looop_gui.store.database import Database
from looop_gui.store.jobs import job_number
from looop_gui.store.provisioning_log import append_entries

PEOPLE = 50_000
BLOCK = 500
BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
GIVEN = (
    "Ann",
    "Bob",
    "Carla",
    "Dmitri",
    "Eve",
    "Farid",
    "Grace",
    "Hiro",
    "Ines",
    "Jörg",
    "Kofi",
    "Li",
    "Mei",
    "Nadia",
    "Omar",
    "Priya",
)
SURNAMES = (
    "Abara",
    "Brown",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Huang",
    "Ivanova",
    "Jones",
    "Kim",
    "Müller",
)
ATTRIBUTES = ("displayName", "title", "name.familyName", "department", "active", "userName")
ERRORS = ("Conflict", "TooManyRequests", "Timeout", "InternalServerError", "UnprocessableEntity")
STATUS_OF = {
    "Conflict": 409,
    "TooManyRequests": 429,
    "Timeout": 0,
    "InternalServerError": 500,
    "UnprocessableEntity": 422,
}


def fill(database: Database, connection_id: str, number: int, cycles: int = 20) -> None:
    """Write `number` entries in so many cycles, in blocks as a cycle does."""
    chosen = random.Random(1)
    with database.transaction() as connection:
        job = job_number(connection, connection_id)
    each = number // cycles
    for which in range(cycles):
        began = BEGINNING + timedelta(days=which)
        cycle = Cycle(
            _cycle_id(connection_id, which),
            connection_id,
            CycleKind.INCREMENTAL,
            CycleState.SUCCEEDED,
            began,
            None,
        )
        with database.transaction() as connection:
            cycle_number = add_cycle(connection, job, cycle, "")
        entries = made_entries(chosen, connection_id, cycle, each)
        while block := [entry for _, entry in zip(range(BLOCK), entries, strict=False)]:
            with database.transaction() as connection:
                append_entries(connection, job, cycle_number, block)


def _cycle_id(connection_id: str, which: int) -> str:
    return f"cycle-{which}" if connection_id == "c1" else f"{connection_id}-cycle-{which}"


def made_entries(
    chosen: random.Random, connection_id: str, cycle: Cycle, number: int
) -> Iterator[tuple[ProvisioningLogEntry, str]]:
    """Entries of a cycle, each with its summary."""
    for at in range(number):
        yield _entry(chosen, connection_id, cycle, cycle.began + timedelta(milliseconds=20 * at))


def _entry(
    chosen: random.Random, connection_id: str, cycle: Cycle, time: datetime
) -> tuple[ProvisioningLogEntry, str]:
    person = chosen.randrange(PEOPLE)
    name = f"{GIVEN[person % 16]} {SURNAMES[person // 16 % 12]} {person}"
    kind = chosen.random()
    entry = ProvisioningLogEntry(
        id="",
        time=time,
        connection_id=connection_id,
        cycle_id=cycle.id,
        object_type=ObjectType.GROUP if person % 25 == 0 else ObjectType.USER,
        action=ProvisioningAction.UPDATE,
        status=ProvisioningStatus.SUCCESS,
        source_id=f"00000000-0000-4000-8000-{person:012d}",
        source_name=name,
        target_id=f"t{person}",
        target_name=name,
        duration_milliseconds=4.0 + person % 97,
        steps=(
            ProvisioningStep(
                "EntryImportUpdate",
                StepType.IMPORT,
                ProvisioningStatus.SUCCESS,
                f"Received User '{name}' change of type (Update) from the source directory",
                {"userPrincipalName": f"user{person}@contoso.com", "displayName": name},
            ),
        ),
    )
    if kind < 0.05:
        return _failed(entry, chosen)
    if kind < 0.45:
        return _skipped(entry, chosen)
    names = chosen.sample(ATTRIBUTES, chosen.randint(1, 3))
    changes = tuple(ModifiedProperty(attribute, "old", f"new {person}") for attribute in names)
    exchange = _exchange(person, 204, time)
    return replace(entry, modified_properties=changes, exchanges=(exchange,)), ", ".join(names)


def _failed(entry: ProvisioningLogEntry, chosen: random.Random) -> tuple[ProvisioningLogEntry, str]:
    code = chosen.choice(ERRORS)
    error = ErrorInformation(code, f"The target answered {STATUS_OF[code]} to PATCH.")
    exchange = _exchange(chosen.randrange(PEOPLE), STATUS_OF[code], entry.time)
    failed = replace(
        entry, status=ProvisioningStatus.FAILURE, error=error, exchanges=(exchange, exchange)
    )
    return failed, error.reason


def _skipped(
    entry: ProvisioningLogEntry, chosen: random.Random
) -> tuple[ProvisioningLogEntry, str]:
    facts = {"IsActive": "True", "Assigned": "True"}
    if chosen.random() < 0.8:
        facts["Assigned"] = "False"
    else:
        facts["IsInProvisioningScopeDisplayName"] = "False"
        facts["ScopeEvaluationResult"] = "{\"Sales NY.department EQUALS 'Sales'\":false}"
    step = ProvisioningStep(
        "EntrySynchronizationScoping", StepType.SCOPING, ProvisioningStatus.SUCCESS, "", facts
    )
    skipped = replace(
        entry,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.SKIPPED,
        steps=(*entry.steps, step),
        skip_reason="NotEffectivelyEntitled",
        error=ErrorInformation("EntrySynchronizationSkipped", "The object is not in scope."),
    )
    return replace(skipped, cause=skip_cause(skipped)), "The object is not in scope."


def _exchange(person: int, status: int, time: datetime) -> WireExchange:
    body = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]}'
    url = f"https://contoso.looop.co/scim/v2/Users/t{person}"
    headers = (("Content-Type", "application/scim+json"),)
    return WireExchange("PATCH", url, headers, body, status, headers, "", time, 12.5)
