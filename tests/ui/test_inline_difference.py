"""What changed inside a value is marked; the rest reads as before."""

import pytest
from PySide6.QtGui import QImage

from looop_gui.model.provisioning_log import ModifiedProperty
from looop_gui.ui.log_entry.entry_tabs import PropertiesTab
from looop_gui.ui.log_entry.inline_difference import SPANS_ROLE, changed_spans


@pytest.mark.parametrize(
    ("old", "new", "spans"),
    [
        ("Sales", "Sales EMEA", ((), ((5, 5),))),
        ("Sales EMEA", "Sales", (((5, 5),), ())),
        ("anna@x.org", "anne@x.org", (((3, 1),), ((3, 1),))),
        ("True", "qqq", (((0, 4),), ((0, 3),))),
        ("same", "same", ((), ())),
        ("", "new", ((), ((0, 3),))),
        ("a" * 401, "b", (((0, 401),), ((0, 1),))),
    ],
)
def test_the_places_that_differ(old: str, new: str, spans: object) -> None:
    assert changed_spans(old, new) == spans


def drawn(table: PropertiesTab) -> QImage:
    return table.grab().toImage()


def test_only_the_changed_part_is_marked_in_the_table(theme, qtbot) -> None:
    table = PropertiesTab(theme)
    qtbot.addWidget(table)
    table.resize(900, 120)
    table.show_properties([ModifiedProperty("displayName", "Anna Berg", "Anne Berg")])
    assert table.item(0, 1).data(SPANS_ROLE) == ((3, 1),)
    marked = drawn(table)
    table.item(0, 1).setData(SPANS_ROLE, None)
    table.item(0, 2).setData(SPANS_ROLE, None)
    assert drawn(table) != marked
    table.show_properties([ModifiedProperty("displayName", None, "Anne Berg")])
    assert table.item(0, 2).data(SPANS_ROLE) is None
