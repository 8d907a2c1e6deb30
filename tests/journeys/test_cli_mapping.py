"""`looop-gui mapping`: to Entra and back, compared, and any version brought back."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import close_services, open_services


@pytest.fixture
def folder(data_folder: Path) -> Path:
    """A data folder with the connection Contoso."""

    async def make() -> None:
        services = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
        target = TenantConnection("https://contoso.looop.co/scim/v2", TokenStorage.MEMORY)
        source = SourceSettings(SourceType.DEMO)
        await services.connections.create(
            Connection("c1", "Contoso", Application.LOOOP, target, source), None
        )
        await close_services(services)

    asyncio.run(make())
    return data_folder


def mapping(*arguments: str, folder: Path) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(
        root, ["mapping", command, "Contoso", *rest, "--data-dir", str(folder)]
    )


def exported(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "mappings.json"
    result = mapping("export", "--output", str(path), folder=folder)
    assert (result.exit_code, result.stdout) == (0, "")
    return path


def edited(path: Path) -> Path:
    """The file with the users' Delete action off and a title that is constant."""
    document = json.loads(path.read_text())
    (rule,) = document["synchronizationRules"]
    users = rule["objectMappings"][0]
    users["flowTypes"] = "Add, Update"
    document["companysOwn"] = {"kept": True}
    path.write_text(json.dumps(document))
    return path


def test_export_prints_entras_schema(folder: Path) -> None:
    result = mapping("export", folder=folder)
    assert result.exit_code == 0
    assert {"directories", "synchronizationRules"} <= json.loads(result.stdout).keys()


def test_a_round_trip_changes_nothing_but_what_was_edited(folder: Path, tmp_path: Path) -> None:
    path = edited(exported(folder, tmp_path))
    result = mapping("import", str(path), folder=folder)
    assert result.exit_code == 0
    assert "Version 1 was saved." in result.stderr
    again = json.loads(mapping("export", folder=folder).stdout)
    assert again == json.loads(path.read_text())
    assert again["companysOwn"] == {"kept": True}
    default = json.loads(mapping("export", "--version", "0", folder=folder).stdout)
    assert default["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] != "Add, Update"


def test_history_diff_and_restore(folder: Path, tmp_path: Path) -> None:
    path = exported(folder, tmp_path)
    mapping("import", str(path), "--comment", "as it was", folder=folder)
    mapping("import", str(edited(path)), folder=folder)
    history = json.loads(mapping("history", "--json", folder=folder).stdout)
    assert [(one["number"], one["comment"]) for one in history] == [
        (2, "Imported mappings.json"),
        (1, "as it was"),
    ]
    changes = json.loads(mapping("diff", "--json", folder=folder).stdout)
    assert history[0]["changes"] == changes
    assert any("elete" in change for change in changes)
    assert "Nothing differs." in mapping("diff", str(path), folder=folder).stderr
    assert (
        json.loads(mapping("diff", "--from", "0", "--to", "1", "--json", folder=folder).stdout)
        == []
    )
    restored = mapping("restore", "1", folder=folder)
    assert "Version 1 restored as version 3." in restored.stderr
    assert "as it was" in mapping("history", folder=folder).stdout
    assert json.loads(mapping("diff", "--from", "1", "--json", folder=folder).stdout) == []


def test_errors_keep_an_import_from_being_saved(folder: Path, tmp_path: Path) -> None:
    path = exported(folder, tmp_path)
    document = json.loads(path.read_text())
    row = document["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"][0]
    row["source"] = {"expression": "NoSuch([mail])", "name": "NoSuch", "type": "Function"}
    path.write_text(json.dumps(document))
    refused = mapping("import", str(path), folder=folder)
    assert refused.exit_code == 1
    assert "NoSuch" in refused.stdout
    assert "Nothing was saved" in refused.stderr
    assert json.loads(mapping("history", "--json", folder=folder).stdout) == []
    forced = mapping("import", str(path), "--force", folder=folder)
    assert (forced.exit_code, "Version 1 was saved." in forced.stderr) == (0, True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"synchronizationRules": []}'])
def test_what_is_no_schema_is_refused(folder: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    result = mapping("import", str(path), folder=folder)
    assert result.exit_code == 2
    assert result.stderr
    assert json.loads(mapping("history", "--json", folder=folder).stdout) == []


def test_a_version_that_is_not_there(folder: Path) -> None:
    for arguments in (("restore", "7"), ("export", "--version", "7"), ("diff", "--to", "7")):
        result = mapping(*arguments, folder=folder)
        assert result.exit_code == 2
        assert "There is no version 7" in result.stderr


def test_a_file_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    result = mapping("export", "--output", str(tmp_path / "no" / "x.json"), folder=folder)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
