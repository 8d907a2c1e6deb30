"""A target that writes values in its own way: drift until the certificate names it, then apart."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from tests.journeys.tenant_process import TOKEN, serving


def test_what_the_certificate_names_is_no_drift_any_more(tmp_path: Path, data_folder: Path) -> None:
    folder = tmp_path / "directory"
    folder.mkdir()
    rows = "id,userPrincipalName,displayName,surname,givenName,accountEnabled\n"
    rows += "".join(f'{p},{p}@x.org,{p},"{p}  Both","{p} ",true\n' for p in ("ann", "bob"))
    (folder / "users.csv").write_text(rows, "utf-8")
    with serving("--quirk", "values-normalised") as endpoint:
        document = {
            "name": "own-way",
            "application": "looop",
            "target": {"tenantUrl": endpoint, "secretToken": {"env": "OWN_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all"},
        }
        file = tmp_path / "connection.json"
        file.write_text(json.dumps(document), "utf-8")

        def run(command: str, *arguments: str) -> Result:
            given = [command, str(file), *arguments, "--data-dir", str(data_folder)]
            return CliRunner().invoke(root, given, env={"OWN_TOKEN": TOKEN})

        assert run("sync").exit_code == 0
        first = run("drift")
        assert first.exit_code == 1
        assert "2 linked objects differ in the target." in first.stdout

        assert "removes blanks at both ends" in run("sync", "--certify").stdout

        again = run("drift", "--repair")
        assert again.exit_code == 0, again.stdout
        assert "name.givenName: normalised by the target." in again.stdout
        assert "2 differ only in values that the target normalises" in again.stdout
        assert "Repaired by a cycle" not in again.stdout
        told = json.loads(run("drift", "--json").stdout)
        assert (told["objects"], len(told["normalised"])) == ([], 2)
