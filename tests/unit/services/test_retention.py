"""Retention: the oldest go, words and counts with them, and the file shrinks."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleKind, CycleState
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.workspace import LogRetention
from looop_gui.services.retention import RetentionService
from looop_gui.services.services import Services
from looop_gui.store.before_images import images_of_cycles, save_images
from looop_gui.store.cycles import add_cycle
from looop_gui.store.database import Database
from looop_gui.store.jobs import delete_job, job_number, open_job
from looop_gui.store.provisioning_log import append_entries, count_rows
from tests.unit.services.test_log_export import made_entry

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


def fill(database: Database, connection_id: str, number: int) -> None:
    """An entry a minute in two cycles."""
    with database.transaction() as connection:
        job = job_number(connection, connection_id)
    for which in range(2):
        begin = BEGINNING + timedelta(minutes=which * number // 2)
        cycle = Cycle(
            f"{connection_id}-{which}",
            connection_id,
            CycleKind.INITIAL,
            CycleState.SUCCEEDED,
            begin,
            None,
        )
        with database.transaction() as connection:
            cycle_number = add_cycle(connection, job, cycle, "")
            entries = [
                (replace(made_entry(), time=begin + timedelta(minutes=at)), f"word{which}")
                for at in range(number // 2)
            ]
            append_entries(connection, job, cycle_number, entries)


async def test_age_and_number_limit_the_log_and_the_file_shrinks(services: Services) -> None:
    await services.worker.run(fill, "c1", 4_000)
    clock = services.notifications._clock
    retention = RetentionService(services.worker, clock)
    before = await retention.size()
    tidied = await retention.tidy(LogRetention(days=0, entries=1_000))
    assert (before.entries, tidied.deleted, tidied.after.entries) == (4_000, 3_000, 1_000)
    assert tidied.after.file_bytes < before.file_bytes * 0.6
    assert tidied.after.free_bytes == 0
    every = LogFilter("c1")
    assert await services.provisioning_log.count(every) == 1_000
    assert await services.provisioning_log.count(LogFilter("c1", text="word0")) == 0
    assert await services.provisioning_log.count(LogFilter("c1", text="word1")) == 1_000
    assert (await services.provisioning_log.census(every)).total == 1_000
    rows = await services.provisioning_log.rows(every, limit=1_000)
    assert rows[-1].time == BEGINNING + timedelta(minutes=3_000)
    age = (clock.now() - BEGINNING).days
    assert (await retention.tidy(LogRetention(days=age + 1, entries=0))).deleted == 0
    moment = BEGINNING + timedelta(minutes=3_500)
    assert await services.provisioning_log.delete_before("c1", moment) == 500


async def test_no_limit_deletes_nothing(services: Services) -> None:
    await services.worker.run(fill, "c1", 100)
    tidied = await services.retention.tidy(LogRetention(days=0, entries=0))
    assert (tidied.deleted, tidied.after.entries) == (0, 100)


async def test_a_deleted_connections_log_is_nobody_elses_and_ages(services: Services) -> None:
    await services.worker.run(fill, "c1", 100)
    await services.worker.run(delete_job, "c1")
    await services.worker.run(fill, "c2", 10)
    assert await services.worker.run(count_rows, LogFilter("c2")) == 10
    tidied = await services.retention.tidy(LogRetention(days=0, entries=10))
    assert tidied.after.entries == 20


async def test_before_images_go_with_the_log(services: Services) -> None:
    """What an undo needs is kept as long as the log is, and no longer."""
    worker = services.worker
    await worker.run(keep_image, "c1", datetime.now(UTC) - timedelta(days=40))
    await worker.run(keep_image, "c1", datetime.now(UTC) - timedelta(days=1))

    await services.retention.tidy(LogRetention(days=30))

    assert list((await worker.run(images_of_cycles, "c1")).values()) == [1]


def keep_image(database: Database, connection_id: str, began: datetime) -> None:
    job = open_job(database, connection_id).number
    cycle = Cycle(
        began.isoformat(), connection_id, CycleKind.INITIAL, CycleState.SUCCEEDED, began, None
    )
    image = BeforeImage(ImageKind.CREATED, ObjectType.USER, "ann", "u1", "Ann")
    with database.transaction() as connection:
        save_images(connection, add_cycle(connection, job, cycle, ""), [image])
