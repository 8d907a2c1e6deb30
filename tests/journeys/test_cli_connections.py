"""`looop-gui connections`, `lint` and `explain` on saved connections and connection files."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import COMMANDS, root
from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import close_services, open_services
from looop_gui.setup.default_mappings import default_schema

TOKEN = "tok-0123456789"
CONNECTION = Connection(
    id="c1",
    name="Contoso",
    application=Application.LOOOP,
    target=TenantConnection(
        "https://contoso.looop.co/scim/v2", TokenStorage.ENVIRONMENT, "LOOOP_NOT_SET"
    ),
    source=SourceSettings(SourceType.DEMO, users=40),
)


def invoke(*arguments: str, folder: Path) -> Result:
    return CliRunner().invoke(root, [*arguments, "--data-dir", str(folder)])


def save(folder: Path, title: str | None = None, connection: Connection = CONNECTION) -> None:
    async def make() -> None:
        services = await open_services(folder, engine=EngineLocation.IN_PROCESS)
        await services.connections.create(connection, None)
        if title is not None:
            schema = default_schema(Application.LOOOP)
            rows = [
                m for m in schema.user_mapping.attribute_mappings if m.target_attribute != "title"
            ]
            rows.append(AttributeMapping("title", MappingType.EXPRESSION, title))
            mapping = replace(schema.user_mapping, attribute_mappings=tuple(rows))
            await services.mappings.save("c1", replace(schema, user_mapping=mapping))
        await close_services(services)

    asyncio.run(make())


def test_without_connections_that_is_said(data_folder: Path) -> None:
    result = invoke("connections", folder=data_folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "There are no saved connections" in result.stderr
    assert json.loads(invoke("connections", "--json", folder=data_folder).stdout) == []


def test_they_are_listed_shown_and_deleted(data_folder: Path) -> None:
    save(data_folder)
    listed = invoke("connections", folder=data_folder)
    assert "Contoso" in listed.stdout
    assert "https://contoso.looop.co/scim/v2" in listed.stdout
    (described,) = json.loads(invoke("connections", "list", "--json", folder=data_folder).stdout)
    assert described["target"]["tenantUrl"] == "https://contoso.looop.co/scim/v2"
    assert described["settings"]["intervalMinutes"] == 40
    shown = invoke("connections", "show", "contoso", folder=data_folder)
    assert "target.tenantUrl" in shown.stdout
    shown_json = json.loads(
        invoke("connections", "show", "contoso", "--json", folder=data_folder).stdout
    )
    assert shown_json["mappingVersions"] == 0
    unasked = invoke("connections", "delete", "contoso", folder=data_folder)
    assert (unasked.exit_code, "Add --yes" in unasked.stderr) == (2, True)
    deleted = invoke("connections", "delete", "contoso", "--yes", folder=data_folder)
    assert deleted.exit_code == 0
    assert json.loads(invoke("connections", "--json", folder=data_folder).stdout) == []


@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_name_that_is_not_there(data_folder: Path, command: str) -> None:
    result = invoke("connections", command, "nobody", folder=data_folder)
    assert result.exit_code == 2
    assert "There is no saved connection named nobody." in result.stderr


def test_a_token_is_replaced_from_standard_input(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOOP_GUI_PASSPHRASE", "correct horse")
    target = replace(CONNECTION.target, token_storage=TokenStorage.ENCRYPTED_FILE)
    save(data_folder, connection=replace(CONNECTION, target=replace(target, token_reference="")))
    arguments = ["connections", "set-token", "Contoso", "--data-dir", str(data_folder)]
    result = CliRunner().invoke(root, arguments, input=f"{TOKEN}\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "The secret token of Contoso was kept." in result.stderr
    assert TOKEN not in result.output

    async def kept() -> str:
        services = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
        token = await services.connections.token("c1")
        await close_services(services)
        return token.reveal()

    assert asyncio.run(kept()) == TOKEN
    for wrong, code in (("", 2), ("two words", 4)):
        refused = CliRunner().invoke(root, arguments, input=wrong)
        assert refused.exit_code == code
    assert asyncio.run(kept()) == TOKEN


def test_the_connection_of_a_file_is_saved_with_its_mappings(
    data_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "connection.json"
    described = {
        "name": "Contoso",
        "application": "looop",
        "target": {
            "tenantUrl": "https://contoso.looop.co/scim/v2",
            "secretToken": {"env": "LOOOP_NOT_SET"},
        },
        "source": {"type": "files", "folder": "directory"},
    }
    file.write_text(json.dumps(described))
    added = invoke("connections", "add", str(file), folder=data_folder)
    assert added.exit_code == 0, added.output
    assert "The connection Contoso was saved." in added.stderr
    shown = json.loads(
        invoke("connections", "show", "Contoso", "--json", folder=data_folder).stdout
    )
    assert shown["mappingVersions"] == 1
    assert shown["source"]["folder"] == str(tmp_path / "directory")
    again = invoke("connections", "add", str(file), "--name", "Other", folder=data_folder)
    assert (again.exit_code, "is saved already" in again.stderr) == (2, True)
    missing = invoke("connections", "add", str(tmp_path / "no.json"), folder=data_folder)
    assert missing.exit_code == 2


def test_a_written_token_is_not_taken_over(data_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "connection.json"
    target = {"tenantUrl": "https://contoso.looop.co/scim/v2", "secretToken": TOKEN}
    source = {"type": "files", "folder": "directory"}
    described = {"name": "Contoso", "application": "looop", "target": target, "source": source}
    file.write_text(json.dumps(described))
    added = invoke("connections", "add", str(file), folder=data_folder)
    assert "looop-gui connections set-token" in added.stderr
    for path in data_folder.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes()


def test_a_token_of_the_environment_is_set_there(data_folder: Path) -> None:
    save(data_folder)
    arguments = ["connections", "set-token", "Contoso", "--data-dir", str(data_folder)]
    result = CliRunner().invoke(root, arguments, input=TOKEN)
    assert result.exit_code == 2
    assert "environment variable" in result.stderr


def test_lint_needs_neither_tenant_nor_token(data_folder: Path) -> None:
    save(data_folder)
    result = invoke("lint", "Contoso", folder=data_folder)
    assert (result.exit_code, result.stdout) == (0, "No findings.\n")


def test_lint_finds_errors(data_folder: Path) -> None:
    save(data_folder, title="ToUper([jobTitle])")
    result = invoke("lint", "Contoso", folder=data_folder)
    assert result.exit_code == 1
    assert "User title:" in result.stdout
    findings = json.loads(invoke("lint", "Contoso", "--json", folder=data_folder).stdout)
    assert {"severity": "error", "targetAttribute": "title", "objectType": "User"}.items() <= (
        findings[0].items()
    )
    assert findings[0]["identifier"]


def files_connection(folder: Path) -> str:
    people = folder / "people"
    people.mkdir()
    (people / "users.csv").write_text(
        "id,userPrincipalName,displayName,accountEnabled,mail\n"
        "1,ann@contoso.com,Ann Lee,True,ann@contoso.com\n"
        "2,bob@contoso.com,Bob Ray,False,\n"
        "3,bob2@contoso.com,Bob Ray,True,\n"
    )
    (people / "assignments.csv").write_text("principalId,appRole\n1,\n")
    content: dict[str, Any] = {
        "name": "files",
        "application": "looop",
        "target": {"tenantUrl": "contoso", "secretToken": {"env": "LOOOP_NOT_SET"}},
        "source": {"type": "files", "folder": "people"},
    }
    path = folder / "files.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_lint_takes_a_connection_file(data_folder: Path, tmp_path: Path) -> None:
    result = invoke("lint", files_connection(tmp_path), folder=data_folder)
    assert (result.exit_code, result.stdout) == (0, "No findings.\n")


@pytest.mark.parametrize("who", ["1", "ann@contoso.com", "ANN@contoso.com", "ann lee"])
def test_explain_finds_a_person_by_any_name(data_folder: Path, tmp_path: Path, who: str) -> None:
    path = files_connection(tmp_path)
    result = invoke("explain", path, "--user", who, folder=data_folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("Ann Lee is in scope.")


def test_explain_says_why_not_and_what_would_help(data_folder: Path, tmp_path: Path) -> None:
    path = files_connection(tmp_path)
    words = invoke("explain", path, "--user", "bob@contoso.com", folder=data_folder)
    assert "Bob Ray is not in scope" in words.stdout
    assert "The smallest change:" in words.stdout
    result = invoke("explain", path, "--user", "2", "--json", folder=data_folder)
    said = json.loads(result.stdout)
    assert (said["inScope"], said["id"], said["objectType"]) == (False, "2", "User")
    assert {step["kind"] for step in said["steps"]} == {"assign", "enable account"}
    assert said["facts"] == {
        "active": False,
        "assigned": False,
        "hasRequiredRole": True,
        "filterPassed": True,
    }


@pytest.mark.parametrize(
    ("who", "said"),
    [("carol", "There is nobody named carol"), ("Bob Ray", "There are 2 with the displayName")],
)
def test_explain_needs_one_person(data_folder: Path, tmp_path: Path, who: str, said: str) -> None:
    result = invoke("explain", files_connection(tmp_path), "--user", who, folder=data_folder)
    assert result.exit_code == 2
    assert said in result.stderr


def test_explain_suggests_who_may_be_meant(data_folder: Path, tmp_path: Path) -> None:
    result = invoke("explain", files_connection(tmp_path), "--user", "ann", folder=data_folder)
    assert "Did you mean Ann Lee?" in result.stderr


def test_a_newer_database_stops_a_command(data_folder: Path) -> None:
    import sqlite3

    path = data_folder / "workbench.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE later (x)")
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    result = invoke("connections", folder=data_folder)
    assert result.exit_code == 2
    assert "newer version" in result.stderr
    assert path.read_bytes() == before


def test_a_damaged_database_is_kept_aside_and_said(data_folder: Path) -> None:
    (data_folder / "workbench.sqlite3").write_bytes(b"damaged " * 100)
    result = invoke("connections", folder=data_folder)
    assert result.exit_code == 2
    assert "kept aside" in result.stderr
    assert invoke("connections", folder=data_folder).exit_code == 0


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = invoke("connections", folder=tmp_path / "file" / "data")
    assert result.exit_code == 2
    assert "--data-dir" in result.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(root, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert len(result.stdout.splitlines()) > 4
