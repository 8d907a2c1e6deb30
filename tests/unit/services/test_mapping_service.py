"""Mappings as a service: the default until something is saved, and every save a version."""

from dataclasses import replace
from typing import Any

import pytest

from looop_gui.model.connection import Application, Connection
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import AttributeMapping, MappingType, SynchronizationSchema
from looop_gui.model.scope import ProvisioningScope
from looop_gui.services.events import MappingChanged
from looop_gui.services.mappings import MappingVersion, VersionContent
from looop_gui.services.services import Services
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint import Severity
from looop_gui.store.database import Database

DEFAULT = default_schema(Application.LOOOP)


def with_title(schema: SynchronizationSchema, expression: str) -> SynchronizationSchema:
    mapping = schema.user_mapping
    title = AttributeMapping("title", MappingType.EXPRESSION, expression)
    rows = tuple(m for m in mapping.attribute_mappings if m.target_attribute != "title")
    return replace(schema, user_mapping=replace(mapping, attribute_mappings=(*rows, title)))


@pytest.fixture
async def saved(services: Services, connection: Connection) -> Services:
    await services.connections.create(connection, None)
    return services


async def test_without_a_version_the_default_is_in_use(saved: Services) -> None:
    assert await saved.mappings.schema("c1") == DEFAULT
    assert await saved.mappings.versions("c1") == ()
    assert await saved.mappings.version_schema("c1", 0) == DEFAULT


async def test_every_save_is_a_version_and_is_told(saved: Services) -> None:
    told: list[MappingChanged] = []
    saved.events.subscribe(MappingChanged, told.append)
    changed = with_title(DEFAULT, 'ToUpper([jobTitle], "")')
    first = await saved.mappings.save("c1", changed, "Titles in capitals")
    second = await saved.mappings.save("c1", DEFAULT)
    assert (first.number, second.number) == (1, 2)
    assert any("title" in change for change in first.changes)
    found = await saved.mappings.compare("c1", 0, 1)
    assert tuple(difference.sentence for difference in found) == first.changes
    assert await saved.mappings.compare("c1", 0, 2) == ()
    assert await saved.mappings.schema("c1") == DEFAULT
    assert await saved.mappings.version_schema("c1", 1) == changed
    assert [version.comment for version in await saved.mappings.versions("c1")] == [
        "",
        "Titles in capitals",
    ]
    assert told == [MappingChanged("c1", 1), MappingChanged("c1", 2)]


async def test_any_version_can_be_brought_back(saved: Services) -> None:
    changed = with_title(DEFAULT, "[jobTitle]")
    await saved.mappings.save("c1", changed)
    await saved.mappings.save("c1", DEFAULT)
    restored = await saved.mappings.restore("c1", 1)
    assert (restored.number, restored.comment) == (3, "Version 1 restored")
    assert await saved.mappings.schema("c1") == changed
    defaults = await saved.mappings.restore("c1", 0)
    assert defaults.comment == "Default mappings restored"
    assert await saved.mappings.schema("c1") == DEFAULT
    with pytest.raises(ConfigurationError, match="no version 9"):
        await saved.mappings.restore("c1", 9)


async def change_settings(services: Services, **changes: Any) -> MappingVersion | None:
    connection = await services.connections.get("c1")
    settings = replace(connection.settings, **changes)
    await services.connections.update(replace(connection, settings=settings))
    return await services.mappings.save_settings("c1", connection.settings, "By hand")


async def test_a_save_of_settings_is_a_version_too(saved: Services) -> None:
    first = await change_settings(saved, interval_minutes=15, scope=ProvisioningScope.ALL)
    assert first is not None
    assert (first.number, first.comment) == (2, "By hand")
    assert first.changes == (
        "Settings: Scope, Sync only assigned users and groups -> Sync all users and groups",
        "Settings: Interval, 40 minutes -> 15 minutes",
    )
    assert await saved.mappings.schema("c1") == DEFAULT
    assert await change_settings(saved, provisioning_on=True) is None
    second = await change_settings(saved, limit_disables=7, append_only=True)
    assert second is not None
    assert second.changes == (
        "Settings: Limit of people disabled, No limit -> 7",
        "Settings: Never disable or delete anything, Off -> On",
    )
    found = await saved.mappings.compare("c1", 2, 3)
    assert tuple(difference.sentence for difference in found) == second.changes
    assert await saved.mappings.compare("c1", 0, 3) == ()


async def test_the_settings_of_before_the_first_version_are_a_version_too(saved: Services) -> None:
    await change_settings(saved, interval_minutes=15)
    newest, before = await saved.mappings.versions("c1")
    assert (before.number, before.comment, before.changes) == (1, "As it was before", ())
    await saved.mappings.restore("c1", 1)
    assert (await saved.connections.get("c1")).settings.interval_minutes == 40
    await saved.mappings.restore("c1", newest.number)
    assert (await saved.connections.get("c1")).settings.interval_minutes == 15


async def test_a_save_of_settings_leaves_edited_mappings_a_draft(saved: Services) -> None:
    changed = with_title(DEFAULT, "[jobTitle]")
    await saved.mappings.save_draft("c1", changed)
    assert await change_settings(saved, interval_minutes=15)
    assert await saved.mappings.draft("c1") == changed


async def test_a_version_brought_back_brings_its_settings_back(saved: Services) -> None:
    await saved.mappings.save("c1", with_title(DEFAULT, "[jobTitle]"))
    await change_settings(saved, interval_minutes=15, deletion_threshold=3)
    await change_settings(saved, provisioning_on=True)
    restored = await saved.mappings.restore("c1", 1)
    assert restored.changes == (
        "Settings: Interval, 15 minutes -> 40 minutes",
        "Settings: Accidental deletion threshold, 3 -> 500",
    )
    settings = (await saved.connections.get("c1")).settings
    assert (settings.interval_minutes, settings.deletion_threshold) == (40, 500)
    assert settings.provisioning_on
    await saved.mappings.restore("c1", 2)
    assert (await saved.connections.get("c1")).settings.interval_minutes == 15
    await saved.mappings.restore("c1", 0)
    assert (await saved.connections.get("c1")).settings.interval_minutes == 15


def forget_settings(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE mapping_versions SET settings = NULL")


async def test_a_version_of_before_settings_were_kept_leaves_them(saved: Services) -> None:
    changed = with_title(DEFAULT, "[jobTitle]")
    await saved.mappings.save("c1", changed)
    await saved.worker.run(forget_settings)
    version = await change_settings(saved, interval_minutes=15)
    assert version is not None
    assert version.changes == ("Settings: Interval, 40 minutes -> 15 minutes",)
    await saved.mappings.restore("c1", 1)
    assert (await saved.connections.get("c1")).settings.interval_minutes == 15


async def test_what_makes_the_next_cycle_an_initial_one_is_known(saved: Services) -> None:
    settings = (await saved.connections.get("c1")).settings
    present = VersionContent(DEFAULT, settings)
    starts = saved.mappings.starts_initial_cycle
    assert not starts(present, present)
    assert not starts(present, VersionContent(DEFAULT, replace(settings, interval_minutes=15)))
    assert not starts(present, VersionContent(DEFAULT))
    for changes in ({"scope": ProvisioningScope.ALL}, {"regex_search": True}):
        assert starts(present, VersionContent(DEFAULT, replace(settings, **changes)))
    assert starts(present, VersionContent(with_title(DEFAULT, "[city]"), settings))


async def test_a_draft_is_kept_until_it_is_saved_or_discarded(saved: Services) -> None:
    changed = with_title(DEFAULT, "[jobTitle]")
    assert await saved.mappings.draft("c1") is None
    await saved.mappings.save_draft("c1", changed)
    assert await saved.mappings.draft("c1") == changed
    assert await saved.mappings.schema("c1") == DEFAULT
    await saved.mappings.discard_draft("c1")
    assert await saved.mappings.draft("c1") is None
    await saved.mappings.save_draft("c1", changed)
    await saved.mappings.save("c1", changed)
    assert await saved.mappings.draft("c1") is None


async def test_lint_speaks_of_what_is_wrong(saved: Services) -> None:
    assert await saved.mappings.lint("c1", DEFAULT) == ()
    broken = with_title(DEFAULT, "NoSuchFunction([jobTitle])")
    findings = await saved.mappings.lint("c1", broken)
    assert any(
        finding.severity is Severity.ERROR and finding.target_attribute == "title"
        for finding in findings
    )


async def test_mappings_of_nothing_are_said(services: Services) -> None:
    with pytest.raises(ConfigurationError):
        await services.mappings.schema("c1")
