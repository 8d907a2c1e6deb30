"""What a cycle found before it wrote is stored with what it did, over HTTP against a tenant."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from looop_gui.engine.before_images import note_deletion
from looop_gui.engine.conversation import ObjectTask, ScopeFacts
from looop_gui.engine.decisions import Decision
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.rules import compile_rules
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.model.provisioning_log import ProvisioningAction
from looop_gui.store import before_images
from looop_gui.store.before_images import (
    delete_old_images,
    drop_ahead,
    images_of_cycles,
    keep_ahead,
    load_images,
    save_ahead,
)
from looop_gui.store.database import Database
from looop_gui.store.jobs import open_job
from tests.unit.services.test_cycles import Desk, open_desk


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        opened.company.person("ann")
        opened.company.person("bob", manager="ann")
        opened.company.person("cyd", manager="bob")
        opened.company.group("sales", "ann", "bob")
        yield opened


async def images_of_cycle(desk: Desk) -> list[BeforeImage]:
    cycle = await desk.cycle()
    return await desk.worker.run(load_images, cycle.id)


def named(images: list[BeforeImage]) -> dict[tuple[str, str], BeforeImage]:
    return {(one.source_id, str(one.kind)): one for one in images}


def values(image: BeforeImage) -> dict[str, Any]:
    return {path: (before, after) for path, before, after in image.values}


async def test_what_was_created_is_kept_with_its_values_and_without_the_members(desk: Desk) -> None:
    images = await images_of_cycle(desk)

    assert {(one.source_id, one.kind) for one in images} == {
        (name, ImageKind.CREATED) for name in ("ann", "bob", "cyd", "sales")
    }
    ann = (await desk.users())["ann"]
    image = named(images)["ann", "created"]
    assert image.target_id == ann["id"]
    assert values(image)["userName"] == (None, "ann@contoso.com")


async def test_an_update_keeps_the_typed_values_before_and_after(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("ann", surname="Other", accountEnabled="False")

    (image,) = await images_of_cycle(desk)

    assert (image.kind, image.source_id) == (ImageKind.UPDATED, "ann")
    assert values(image)["name.familyName"] == ("Test", "Other")
    assert values(image)["active"] == (True, False)


async def test_a_manager_is_kept_as_the_target_ids(desk: Desk) -> None:
    await desk.cycle()
    users = await desk.users()
    desk.company.person("cyd", manager="ann")

    (image,) = await images_of_cycle(desk)

    assert [value[1:] for value in image.values] == [(users["bob"]["id"], users["ann"]["id"])]


async def test_a_deletion_keeps_the_whole_resource_and_what_it_took_from_others(desk: Desk) -> None:
    await desk.cycle()
    users = await desk.users()
    desk.company.remove("bob")
    desk.company.group("sales", "ann")

    images = named(await images_of_cycle(desk))

    deleted = images["bob", "deleted"]
    assert deleted.resource is not None
    assert deleted.resource["userName"] == "bob@contoso.com"
    assert "meta" not in deleted.resource
    assert images["sales", "members"].removed == ("bob",)
    assert images["cyd", "manager"].values == (("", users["bob"]["id"], None),)


async def test_members_are_kept_as_those_added_and_removed(desk: Desk) -> None:
    await desk.cycle()
    desk.company.group("sales", "bob", "cyd")

    (image,) = await images_of_cycle(desk)

    assert (image.kind, image.added, image.removed) == (ImageKind.MEMBERS, ("cyd",), ("ann",))


async def test_a_password_is_never_kept(desk: Desk) -> None:
    await desk.cycle()
    ann = (await desk.users())["ann"]
    held = {**ann, "x-password": "not to be kept", "nested": [{"apiKey": "nor this", "a": 1}]}
    task = ObjectTask(
        ObjectType.USER, "ann", "Ann", Decision.DELETE, None, None, ScopeFacts(in_scope=False)
    )
    record = ObjectRecord(task, ProvisioningAction.DELETE)
    rules = compile_rules(desk.schema, desk.connection.settings, Dialect.ENTRA_LEGACY, "Looop")
    note_deletion(record, ann["id"], held, rules.users)

    assert record.image is not None
    assert record.image.resource is not None
    assert record.image.resource["nested"] == [{"a": 1}]
    assert "not to be kept" not in str(record.image)


async def test_images_go_with_their_age_and_beyond_the_kept_cycles(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before_images, "PACKED_IMAGES", 3)
    first = await desk.cycle()
    desk.company.person("ann", surname="Other")
    second = await desk.cycle()
    job = (await desk.worker.run(open_job, desk.connection.id)).number

    assert len(await desk.worker.run(load_images, first.id)) == 4
    assert await desk.worker.run(delete_old_images, job, None, 1, 2) == 3
    assert len(await desk.worker.run(load_images, first.id)) == 1
    assert await desk.worker.run(delete_old_images, job, None, 1) == 1
    assert await desk.worker.run(load_images, first.id) == []
    assert len(await desk.worker.run(load_images, second.id)) == 1
    assert await desk.worker.run(delete_old_images, job, second.began + timedelta(days=1)) == 1


async def test_what_a_mapping_redacts_is_not_kept_either(desk: Desk) -> None:
    mapping = desk.schema.user_mapping
    hidden = AttributeMapping("name.familyName", MappingType.EXPRESSION, "Redact([surname])")
    others = [
        one for one in mapping.attribute_mappings if one.target_attribute != hidden.target_attribute
    ]
    changed = replace(mapping, attribute_mappings=(*others, hidden))
    desk.schema = replace(desk.schema, user_mapping=changed)
    first = await images_of_cycle(desk)
    desk.company.person("ann", surname="Secretive")
    desk.company.remove("cyd")

    images = named(await images_of_cycle(desk))

    assert "name.familyName" not in values(named(first)["ann", "created"])
    assert images["ann", "updated"].withheld == ("name.familyName",)
    assert images["ann", "updated"].values == ()
    deleted = images["cyd", "deleted"]
    assert deleted.resource is not None
    assert "name" not in deleted.resource
    assert deleted.withheld == ("name.familyName",)


async def test_the_earliest_runs_beyond_those_kept_are_forgotten_at_the_end_of_a_cycle(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before_images, "KEPT_CYCLES", 2)
    cycles = [await desk.cycle()]
    for surname in ("One", "Two", "Three"):
        desk.company.person("ann", surname=surname)
        cycles.append(await desk.cycle())

    kept = await desk.worker.run(images_of_cycles, desk.connection.id)

    assert kept == {cycles[2].id: 1, cycles[3].id: 1}


async def test_what_is_kept_ahead_of_a_write_stays_until_its_outcome_is_stored(desk: Desk) -> None:
    cycle = await desk.cycle()
    ahead = [
        ("object", BeforeImage(ImageKind.UPDATED, ObjectType.USER, name, name, name, doubtful=True))
        for name in ("ann", "bob")
    ]

    def names(database: Database) -> tuple[frozenset[str], list[str]]:
        with database.transaction() as connection:
            found = connection.execute("SELECT max(number) FROM cycles").fetchone()
            number = int(found[0])
            save_ahead(connection, number, ahead)
            drop_ahead(connection, number, [("object", "ann"), ("references", "bob")])
        kept = keep_ahead(database, number)
        with database.transaction() as connection:
            drop_ahead(connection, number, [("object", "bob")])
        images = load_images(database, cycle.id)
        return kept, [one.source_id for one in images if one.doubtful]

    assert await desk.worker.run(names) == ({"bob"}, ["bob"])


async def test_an_update_whose_outcome_is_known_leaves_one_image_that_is_certain(
    desk: Desk,
) -> None:
    await desk.cycle()
    desk.company.person("ann", surname="Other")
    desk.company.group("sales", "ann")

    images = await images_of_cycle(desk)

    assert [(one.source_id, one.kind, one.doubtful) for one in images] == [
        ("ann", ImageKind.UPDATED, False),
        ("sales", ImageKind.MEMBERS, False),
    ]
