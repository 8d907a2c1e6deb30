"""What every test gets: an offscreen Qt, and nothing of the machine it runs on."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tests talk to loopback only; a proxy of the machine must not get in between.
for _name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_name, None)
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# Nothing is read from or written to the data folder of whoever runs the tests.
_USUAL_DATA = tempfile.mkdtemp(prefix="looop-gui-tests-")
atexit.register(shutil.rmtree, _USUAL_DATA, ignore_errors=True)
os.environ["XDG_DATA_HOME"] = _USUAL_DATA

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample files."""
    return CHECKOUT / "tests" / "samples"


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A fresh data folder."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def pytest_collection_finish() -> None:
    """Take what collecting made out of the collector's sight: it stays to the end, and walking
    through it after each test of a window would take longer than the test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What a test leaves of Qt ends here, when all its fixtures are gone, and in this thread.

    A window's objects refer to each other in circles. Left to Python they would end whenever some
    later test allocates, in the thread in which it does: a store's worker that ends a widget takes
    the whole process down (see ui/garbage.py).
    """
    windows = "qapp" in getattr(item, "fixturenames", ())
    if windows:
        gc.disable()
    result = yield
    if windows:
        gc.collect()
        gc.enable()
    return result
