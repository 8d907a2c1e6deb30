"""After a whole set-up and two cycles, no file of the data folder contains the secret token."""

from pathlib import Path

import pytest

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.secret import SecretText
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import close_services, open_services
from looop_gui.setup.draft import draft_of


@pytest.mark.parametrize("storage", [TokenStorage.MEMORY, TokenStorage.ENCRYPTED_FILE])
async def test_the_token_is_in_no_file(
    data_folder: Path,
    storage: TokenStorage,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    services = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
    tenant = await services.tenants.start("c1")
    assert tenant.token is not None
    connection = Connection(
        id="c1",
        name="Looop demo",
        application=Application.DEMO,
        target=TenantConnection(tenant.scim_endpoint, storage),
        source=SourceSettings(SourceType.DEMO, users=20),
    )
    saved = await services.connections.create(connection, tenant.token, SecretText("passphrase"))
    await services.connections.save_draft(draft_of(saved, ""))
    schema = await services.mappings.schema("c1")
    await services.mappings.save("c1", schema)
    await services.connection_test.run(saved.target, tenant.token, schema, lambda _: None)
    await services.provisioning.run_cycle("c1")
    await services.tenants.reset_token("c1")
    await services.provisioning.run_cycle("c1")
    await close_services(services)
    secret = tenant.token.reveal().encode()
    files = [path for path in data_folder.rglob("*") if path.is_file()]
    ours = [path for path in files if not path.name.startswith("tenant.sqlite3")]
    assert {"workbench.sqlite3", "users.csv", "tenant.log"} <= {path.name for path in ours}
    assert [path.name for path in ours if secret in path.read_bytes()] == []
    out, err = capfd.readouterr()
    assert tenant.token.reveal() not in caplog.text + out + err
