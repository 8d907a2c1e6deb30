"""The import contracts hold, and each of them notices when it is broken (design: Floors)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BREAKS = [
    pytest.param("model/job.py", "import looop_gui.scim.messages", "Floors", id="floor-above"),
    pytest.param("model/job.py", "import sqlite3", "The core does no I/O", id="core-io"),
    pytest.param("services/__init__.py", "import PySide6", "Qt lives in ui and app", id="qt"),
    pytest.param("services/__init__.py", "import httpx", "httpx and aiohttp in client", id="httpx"),
    pytest.param("ui/__init__.py", "import keyring", "sqlite_utils and keyring", id="keyring"),
    pytest.param("client/__init__.py", "import httptools", "lives in mockserver", id="httptools"),
    pytest.param(
        "model/scope.py", "import looop_gui.model.mapping", "No circles", id="circle-in-a-package"
    ),
]


def test_contracts_hold(checkout: Path) -> None:
    result = lint_imports(checkout)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("file", "line", "contract"), BREAKS)
def test_contract_notices_its_break(
    tmp_path: Path, checkout: Path, file: str, line: str, contract: str
) -> None:
    broken_contract = broken_copy(tmp_path, checkout, file, line)
    assert any(contract in name for name in broken_contract)


def test_a_module_without_a_floor_is_noticed(tmp_path: Path, checkout: Path) -> None:
    copy_house(tmp_path, checkout)
    (tmp_path / "looop_gui" / "helpers.py").write_text('"""No floor."""\n')
    assert lint_imports(tmp_path).returncode != 0


def broken_copy(folder: Path, checkout: Path, file: str, line: str) -> list[str]:
    """The names of the contracts that are broken once `line` stands in `file`."""
    copy_house(folder, checkout)
    path = folder / "looop_gui" / file
    path.write_text(path.read_text() + f"\n{line}\n")
    result = lint_imports(folder)
    assert result.returncode != 0, "the break was not noticed"
    return [row for row in result.stdout.splitlines() if row.rstrip().endswith("BROKEN")]


def copy_house(folder: Path, checkout: Path) -> None:
    """A copy of the package and its contracts."""
    shutil.copytree(
        checkout / "looop_gui", folder / "looop_gui", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(checkout / "pyproject.toml", folder)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the import linter on the house in `folder`."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
