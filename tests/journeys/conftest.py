"""Windows for whole journeys, the same that the tests of the screens get, and a command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.shell import Shell
from tests.journeys.tenant_process import serving
from tests.ui.conftest import demo as demo
from tests.ui.conftest import desk as desk
from tests.ui.conftest import loop as loop
from tests.ui.conftest import services as services
from tests.ui.conftest import synced as synced
from tests.ui.conftest import theme as theme
from tests.ui.conftest import window as window


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A tenant in a process of its own."""
    with serving() as endpoint:
        yield endpoint


@pytest.fixture
def shell(tmp_path: Path, data_folder: Path, endpoint: str) -> Shell:
    """Commands on a company of files of which the tenant knows nobody yet."""
    return Shell(tmp_path, endpoint, data_folder)
