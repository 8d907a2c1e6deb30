"""A company of files, and the commands of the program on its connection."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from tests.journeys.tenant_process import TOKEN


class Shell:
    """Runs commands on one connection file and one data folder.

    `people` are whether each account is enabled, by id. Whoever is not in `user_names` has one
    from the id; surnames and the one group, Team, are there once somebody has or is in one.
    """

    def __init__(self, folder: Path, endpoint: str, data_folder: Path, name: str = "shell") -> None:
        self.folder, self.endpoint, self.data_folder = folder, endpoint, data_folder
        self.file = folder / "connection.json"
        self.people = {f"{folder.name}{n}": "true" for n in range(4)}
        self.user_names: dict[str, str] = {}
        self.surnames: dict[str, str] = {}
        self.members: list[str] = []
        self.settings: dict[str, Any] = {"scope": "all"}
        self.document: dict[str, Any] = {
            "name": name,
            "application": "looop",
            "target": {"tenantUrl": endpoint, "secretToken": {"env": "SHELL_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": self.settings,
        }
        (folder / "directory").mkdir()

    def __call__(self, command: str, *arguments: str, token: str = TOKEN) -> Result:
        """A command on the connection file, after all files were written anew."""
        self._write()
        return self.run(command, str(self.file), *arguments, token=token)

    def run(self, *arguments: str, token: str = TOKEN) -> Result:
        """Any command on the data folder, whatever the files are."""
        given = [*arguments, "--data-dir", str(self.data_folder)]
        return CliRunner().invoke(root, given, env={"SHELL_TOKEN": token})

    def events(self, *arguments: str) -> list[dict[str, Any]]:
        """The events of a sync."""
        return [json.loads(line) for line in self("sync", "--json", *arguments).stdout.splitlines()]

    def summary(self, *arguments: str) -> dict[str, Any]:
        """The last event of a sync."""
        return self.events(*arguments)[-1]

    def _write(self) -> None:
        self.file.write_text(json.dumps(self.document), "utf-8")
        rows = ["id,userPrincipalName,displayName,accountEnabled"]
        rows += [
            f"{one},{self.user_names.get(one, f'{one}@x.org')},{one},{enabled}"
            for one, enabled in self.people.items()
        ]
        if self.surnames:
            surnames = ["surname", *(self.surnames.get(one, "") for one in self.people)]
            rows = [f"{row},{surname}" for row, surname in zip(rows, surnames, strict=True)]
        self._write_table("users", *rows)
        if self.members:
            self._write_table("groups", "id,displayName", "g,Team")
            self._write_table("members", "groupId,memberId", *(f"g,{one}" for one in self.members))

    def _write_table(self, name: str, *rows: str) -> None:
        text = "".join(f"{row}\n" for row in rows)
        (self.folder / "directory" / f"{name}.csv").write_text(text, "utf-8")
