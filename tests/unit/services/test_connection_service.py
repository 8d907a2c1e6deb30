"""Connections as a service: saved, told, deleted with their token; drafts that outlive a crash."""

from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.connection import Connection, SourceSettings, SourceType, TokenStorage
from looop_gui.model.errors import ConfigurationError, CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.events import ConnectionsChanged, DraftsChanged, Events
from looop_gui.services.services import Services, close_services, open_services
from looop_gui.setup.draft import SetupDraft

TOKEN = "tok-0123456789"


async def test_a_created_connection_is_there_with_its_token(
    services: Services, connection: Connection
) -> None:
    told: list[ConnectionsChanged] = []
    services.events.subscribe(ConnectionsChanged, told.append)
    created = await services.connections.create(connection, f"  {TOKEN}\n")
    assert created.target.token_reference == "c1"
    assert created.source.folder == "demo/c1/directory"
    assert await services.connections.list() == (created,)
    assert await services.connections.get("c1") == created
    assert await services.connections.find("LOOOP") == created
    assert (await services.connections.token("c1")).reveal() == TOKEN
    assert told == [ConnectionsChanged(("c1",))]


async def test_names_are_trimmed_and_needed(services: Services, connection: Connection) -> None:
    created = await services.connections.create(replace(connection, name="  Looop \n"), None)
    assert created.name == "Looop"
    with pytest.raises(ConfigurationError, match="has no name"):
        await services.connections.create(replace(connection, id="c2", name="  "), None)
    with pytest.raises(ConfigurationError, match="already"):
        await services.connections.create(replace(connection, id="c2"), None)
    assert len(await services.connections.list()) == 1


async def test_a_token_that_cannot_be_one_is_not_kept(
    services: Services, connection: Connection
) -> None:
    with pytest.raises(CredentialsError, match="line break") as raised:
        await services.connections.create(connection, "first\nsecond")
    assert "second" not in str(raised.value)
    assert await services.connections.list() == ()


async def test_an_update_is_saved_and_told(services: Services, connection: Connection) -> None:
    created = await services.connections.create(connection, TOKEN)
    told: list[ConnectionsChanged] = []
    unsubscribe = services.events.subscribe(ConnectionsChanged, told.append)
    changed = await services.connections.update(replace(created, colour="danger"))
    assert await services.connections.get("c1") == changed
    assert len(told) == 1
    unsubscribe()
    await services.connections.update(created)
    assert len(told) == 1


async def test_what_does_not_exist_is_said(services: Services, connection: Connection) -> None:
    with pytest.raises(ConfigurationError, match="does not exist any more"):
        await services.connections.get("c1")
    with pytest.raises(ConfigurationError, match="does not exist any more"):
        await services.connections.update(connection)
    assert await services.connections.find("Looop") is None


async def test_deleting_takes_the_token_and_the_mappings_along(
    services: Services, connection: Connection
) -> None:
    await services.connections.create(connection, TOKEN)
    schema = await services.mappings.schema("c1")
    await services.mappings.save("c1", schema)
    await services.connections.delete("c1")
    assert await services.connections.list() == ()
    again = await services.connections.create(connection, None)
    assert await services.mappings.versions("c1") == ()
    with pytest.raises(CredentialsError):
        await services.connections.token_of(again)


async def test_a_token_moves_from_one_storage_to_another(
    services: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await services.connections.create(connection, TOKEN)
    passphrase = SecretText("correct horse")
    moved = await services.connections.set_token(
        "c1", SecretText(TOKEN), TokenStorage.ENCRYPTED_FILE, passphrase
    )
    assert moved.target.token_storage is TokenStorage.ENCRYPTED_FILE
    assert (await services.connections.token("c1")).reveal() == TOKEN
    in_memory = replace(moved, target=replace(moved.target, token_storage=TokenStorage.MEMORY))
    with pytest.raises(CredentialsError):
        await services.connections.token_of(in_memory)
    monkeypatch.setenv("LOOOP_TEST_TOKEN", "from-environment")
    in_variable = await services.connections.read_token_from("c1", "LOOOP_TEST_TOKEN")
    assert in_variable.target.token_reference == "LOOOP_TEST_TOKEN"
    assert (await services.connections.token("c1")).reveal() == "from-environment"
    with pytest.raises(CredentialsError):
        await services.connections.token_of(moved)
    back = await services.connections.set_token("c1", TOKEN, TokenStorage.MEMORY)
    assert back.target.token_reference == "c1"
    assert (await services.connections.token("c1")).reveal() == TOKEN


async def test_a_token_is_never_taken_for_the_name_of_a_variable(
    services: Services, connection: Connection
) -> None:
    """The name of the variable is saved in the clear."""
    target = replace(
        connection.target, token_storage=TokenStorage.ENVIRONMENT, token_reference="LOOOP_TOKEN"
    )
    await services.connections.create(replace(connection, target=target), None)
    with pytest.raises(CredentialsError, match="set outside") as refused:
        await services.connections.set_token("c1", TOKEN, TokenStorage.ENVIRONMENT)
    assert "LOOOP_TOKEN" in refused.value.next_step
    stored = await services.connections.get("c1")
    assert stored.target.token_reference == "LOOOP_TOKEN"


async def test_an_environment_variable_needs_a_name(
    services: Services, connection: Connection
) -> None:
    target = replace(connection.target, token_storage=TokenStorage.ENVIRONMENT)
    with pytest.raises(ConfigurationError, match="has no name"):
        await services.connections.create(replace(connection, target=target), None)


async def test_storages_are_said_with_the_keyring_tried(services: Services) -> None:
    states = {state.storage: state for state in await services.connections.token_storages()}
    assert not states[TokenStorage.KEYRING].available
    assert "no keyring" in states[TokenStorage.KEYRING].sentence
    assert states[TokenStorage.ENCRYPTED_FILE].available
    assert all(state.sentence.endswith(".") for state in states.values())


async def test_a_draft_outlives_a_crash(data_folder: Path) -> None:
    draft = SetupDraft(id="d1", name="Half done")
    first = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
    told: list[DraftsChanged] = []
    first.events.subscribe(DraftsChanged, told.append)
    await first.connections.save_draft(draft)
    await close_services(first)
    second = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
    assert await second.connections.drafts() == (draft,)
    await second.connections.discard_draft("d1")
    assert await second.connections.drafts() == ()
    await close_services(second)
    assert len(told) == 1


async def test_a_folder_of_files_stays_where_it_is(
    services: Services, connection: Connection
) -> None:
    source = SourceSettings(SourceType.FILES, "/data/people")
    created = await services.connections.create(replace(connection, source=source), None)
    assert created.source == source


def test_events_reach_those_who_listen_to_their_kind() -> None:
    events, told = Events(), []
    stop = events.subscribe(ConnectionsChanged, lambda event: told.append(("first", event)))
    events.subscribe(ConnectionsChanged, lambda event: told.append(("second", event)))
    event = ConnectionsChanged(("a",))
    events.publish(event)
    events.publish(DraftsChanged())
    stop()
    stop()
    events.publish(event)
    assert told == [("first", event), ("second", event), ("second", event)]


def test_a_listener_may_leave_while_it_is_called() -> None:
    events, told = Events(), []

    def once(event: DraftsChanged) -> None:
        told.append(event)
        stop()

    stop = events.subscribe(DraftsChanged, once)
    events.subscribe(DraftsChanged, told.append)
    events.publish(DraftsChanged())
    events.publish(DraftsChanged())
    assert len(told) == 3
