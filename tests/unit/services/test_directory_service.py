"""Source directories as a service: read when they changed, edited with a sentence, searched."""

from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.connection import Connection, SourceSettings, SourceType
from looop_gui.model.errors import SourceError
from looop_gui.services.events import DirectoryChanged
from looop_gui.services.services import Services


async def test_a_demo_company_lies_in_the_connections_folder(
    services: Services, connection: Connection, data_folder: Path
) -> None:
    snapshot = await services.directory.snapshot(connection.source, "c1")
    assert len(snapshot.users) == 30
    assert (data_folder / "demo" / "c1" / "directory" / "users.csv").exists()


async def test_it_is_read_again_only_when_it_changed(
    services: Services, connection: Connection, data_folder: Path
) -> None:
    first = await services.directory.snapshot(connection.source, "c1")
    assert await services.directory.snapshot(connection.source, "c1") is first
    refreshed = await services.directory.snapshot(connection.source, "c1", refresh=True)
    assert refreshed is not first
    assert refreshed.digest == first.digest
    users = data_folder / "demo" / "c1" / "directory" / "users.csv"
    users.write_text(users.read_text("utf-8-sig").rstrip().rpartition("\n")[0] + "\n")
    changed = await services.directory.snapshot(connection.source, "c1")
    assert len(changed.users) < 30


async def test_an_edit_is_made_and_told(services: Services, connection: Connection) -> None:
    created = await services.connections.create(connection, None)
    told: list[DirectoryChanged] = []
    services.events.subscribe(DirectoryChanged, told.append)
    before = await services.directory.snapshot(created.source, "c1")
    person = next(user for user in before.users.values() if user.account_enabled)
    sentence = await services.directory.edit(
        "c1", lambda editor: editor.set_enabled(person.id, False)
    )
    after = await services.directory.snapshot(created.source, "c1")
    assert not after.users[person.id].account_enabled
    assert sentence == f"{person.display_name} was disabled."
    assert told == [DirectoryChanged("c1", sentence)]


async def test_a_refused_edit_changes_nothing(services: Services, connection: Connection) -> None:
    created = await services.connections.create(connection, None)
    before = await services.directory.snapshot(created.source, "c1")
    with pytest.raises(SourceError, match="nobody"):
        await services.directory.edit("c1", lambda editor: editor.set_enabled("none", False))
    after = await services.directory.snapshot(created.source, "c1")
    assert after.digest == before.digest


async def test_a_typical_day_changes_the_company(
    services: Services, connection: Connection
) -> None:
    created = await services.connections.create(connection, None)
    before = await services.directory.snapshot(created.source, "c1")
    sentences = await services.directory.typical_day("c1", 1)
    after = await services.directory.snapshot(created.source, "c1")
    assert sentences
    assert after.digest != before.digest


async def test_search_finds_by_the_beginning_first(
    services: Services, connection: Connection
) -> None:
    created = await services.connections.create(connection, None)
    snapshot = await services.directory.snapshot(created.source, "c1")
    person = next(iter(snapshot.users.values()))
    name = person.display_name
    assert person in await services.directory.search("c1", f" {name.upper()} ")
    assert (await services.directory.search("c1", person.id))[0] == person
    assert len(await services.directory.search("c1", "", 3)) == 3
    assert await services.directory.search("c1", "zzzzzzzz") == ()
    first, *_ = await services.directory.search("c1", name[:3], 50)
    assert any(
        str(value).casefold().startswith(name[:3].casefold()) for value in first.attributes.values()
    )


async def test_a_folder_that_is_missing_is_said(
    services: Services, connection: Connection, tmp_path: Path
) -> None:
    source = SourceSettings(SourceType.FILES, str(tmp_path / "absent"))
    with pytest.raises(SourceError):
        await services.directory.snapshot(source, "c1")
    with pytest.raises(SourceError):
        await services.directory.preview(source)
    created = await services.connections.create(replace(connection, source=source), None)
    with pytest.raises(SourceError):
        await services.directory.edit(created.id, lambda editor: editor.restore("x"))


async def test_a_preview_shows_how_files_would_be_read(services: Services, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id;userPrincipalName\n1;ann@contoso.com\n")
    shown = await services.directory.preview(SourceSettings(SourceType.FILES, str(tmp_path)))
    assert (shown.users, shown.delimiter) == (1, ";")
