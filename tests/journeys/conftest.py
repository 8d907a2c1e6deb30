"""Windows for whole journeys: the same that the tests of the screens get."""

from tests.ui.conftest import demo as demo
from tests.ui.conftest import desk as desk
from tests.ui.conftest import loop as loop
from tests.ui.conftest import services as services
from tests.ui.conftest import synced as synced
from tests.ui.conftest import theme as theme
from tests.ui.conftest import window as window
