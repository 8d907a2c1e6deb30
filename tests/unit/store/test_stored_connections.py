"""Connections, versions of mappings and drafts come back from the store as they went in."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    Dialect,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import ConfigurationError, StoreCorruptError
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ProvisioningScope,
    ScopingFilter,
)
from looop_gui.setup.default_mappings import default_schema
from looop_gui.store.connections import (
    delete_connection,
    find_connection,
    load_connection,
    load_connections,
    save_connection,
)
from looop_gui.store.database import FILE_NAME, Database, open_database
from looop_gui.store.drafts import discard_setup_draft, load_setup_drafts, save_setup_draft
from looop_gui.store.mappings import (
    append_version,
    discard_mapping_draft,
    load_mapping_draft,
    load_schema,
    load_versions,
    save_mapping_draft,
)

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CONNECTION = Connection(
    id="c1",
    name="Looop",
    application=Application.LOOOP,
    target=TenantConnection(
        "https://contoso.looop.co/scim/v2",
        TokenStorage.ENCRYPTED_FILE,
        "c1",
        Dialect.ENTRA_COMPLIANT,
        ca_file="/etc/ca.pem",
        proxy="http://proxy:3128",
    ),
    source=SourceSettings(SourceType.FILES, "/data", columns=(("Heading", "displayName"),)),
    settings=ConnectionSettings(
        scope=ProvisioningScope.ALL, provisioning_on=True, notification_email="it@example.org"
    ),
    colour="danger",
    production=True,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(tmp_path)) as opened:
        yield opened


def test_a_connection_comes_back_as_it_was_saved(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    assert load_connection(database, "c1") == CONNECTION
    assert find_connection(database, "LOOOP") == CONNECTION
    assert find_connection(database, "other") is None


def test_saving_again_replaces_it(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    changed = replace(CONNECTION, name="Looop live", production=False)
    save_connection(database, changed, NOW)
    assert load_connections(database) == (changed,)


def test_two_connections_cannot_have_one_name(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    with pytest.raises(ConfigurationError, match="named looop already"):
        save_connection(database, replace(CONNECTION, id="c2", name="looop"), NOW)
    assert [one.id for one in load_connections(database)] == ["c1"]


def test_connections_are_listed_by_name(database: Database) -> None:
    for number, name in enumerate(("beta", "Alpha", "gamma")):
        save_connection(database, replace(CONNECTION, id=str(number), name=name), NOW)
    assert [one.name for one in load_connections(database)] == ["Alpha", "beta", "gamma"]


def test_unknown_settings_are_ignored_and_missing_ones_are_defaults(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    with database.transaction() as connection:
        connection.execute("""UPDATE connections SET settings = '{"scope": "all", "later": 1}'""")
    loaded = load_connection(database, "c1")
    assert loaded is not None
    assert loaded.settings == ConnectionSettings(scope=ProvisioningScope.ALL)


def test_a_row_that_cannot_be_read_is_said(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    with database.transaction() as connection:
        connection.execute("UPDATE connections SET target = '{'")
    with pytest.raises(StoreCorruptError, match="Looop cannot be read"):
        load_connection(database, "c1")


def test_deleting_takes_the_mappings_along(database: Database) -> None:
    save_connection(database, CONNECTION, NOW)
    schema = default_schema(Application.LOOOP)
    append_version(database, "c1", schema, time=NOW, comment="", changes=())
    save_mapping_draft(database, "c1", schema, NOW)
    delete_connection(database, "c1")
    assert load_connections(database) == ()
    assert load_versions(database, "c1") == ()
    assert load_mapping_draft(database, "c1") is None


def test_every_save_of_a_schema_is_a_version(database: Database) -> None:
    first = default_schema(Application.LOOOP)
    clause = FilterClause("department", FilterOperator.EQUALS, "Sales")
    second = replace(
        first,
        user_mapping=replace(
            first.user_mapping,
            actions=TargetObjectActions.CREATE | TargetObjectActions.UPDATE,
            scope=ScopingFilter((FilterGroup("Sales", (clause,)),)),
        ),
        unknown={"id": "x", "directories": [{"name": "d", "readOnly": True}]},
    )
    append_version(database, "c1", first, time=NOW, comment="first", changes=())
    later = NOW + timedelta(hours=1)
    append_version(database, "c1", second, time=later, comment="", changes=("scope: Sales",))
    newest, oldest = load_versions(database, "c1")
    assert (newest.number, newest.time, newest.changes) == (2, later, ("scope: Sales",))
    assert (oldest.number, oldest.comment) == (1, "first")
    assert load_schema(database, "c1") == second
    assert load_schema(database, "c1", 1) == first
    assert load_schema(database, "c1", 3) is None
    assert load_schema(database, "other") is None


def test_saving_a_version_forgets_the_draft(database: Database) -> None:
    schema = default_schema(Application.GENERIC)
    save_mapping_draft(database, "c1", schema, NOW)
    assert load_mapping_draft(database, "c1") == schema
    append_version(database, "c1", schema, time=NOW, comment="", changes=())
    assert load_mapping_draft(database, "c1") is None
    save_mapping_draft(database, "c1", schema, NOW)
    discard_mapping_draft(database, "c1")
    assert load_mapping_draft(database, "c1") is None


def test_drafts_of_set_ups_are_kept_the_newest_first(database: Database) -> None:
    save_setup_draft(database, "a", "1", NOW)
    save_setup_draft(database, "b", "2", NOW + timedelta(seconds=1))
    save_setup_draft(database, "a", "3", NOW + timedelta(seconds=2))
    assert load_setup_drafts(database) == ("3", "2")
    discard_setup_draft(database, "a")
    discard_setup_draft(database, "a")
    assert load_setup_drafts(database) == ("2",)


def test_nothing_in_the_database_looks_like_a_token(database: Database, tmp_path: Path) -> None:
    save_connection(database, CONNECTION, NOW)
    columns = {
        row["name"]
        for table in ("connections", "mapping_versions", "setup_drafts")
        for row in database.connection.execute(f"PRAGMA table_info({table})")
    }
    assert not {name for name in columns if "token" in name or "secret" in name}
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        target = connection.execute("SELECT target FROM connections").fetchone()[0]
    assert "token_reference" in target
