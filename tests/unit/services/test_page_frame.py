"""Tables and times of the pages that leave as one file."""

from datetime import UTC, datetime, timedelta, timezone

from looop_gui.services.page_frame import moment, table


def test_a_number_stands_below_its_title() -> None:
    page = "".join(table(("Why", "Objects"), [("not assigned", 1200), ("<b>", 3)]))
    assert '<th>Why</th><th class="number">Objects</th>' in page
    assert '<td class="number">1,200</td>' in page
    assert "<td>&lt;b&gt;</td>" in page


def test_a_table_without_rows_says_so() -> None:
    assert "".join(table(("Action", "Objects"), [])) == '<p class="muted">Nothing.</p>'


def test_a_time_names_its_zone() -> None:
    east = timezone(timedelta(hours=2))
    assert moment(datetime(2026, 11, 24, 21, 5, 7, tzinfo=east)) == "2026-11-24 19:05:07 UTC"
    assert moment(datetime(2026, 11, 24, 19, 5, 7, tzinfo=UTC)) == "2026-11-24 19:05:07 UTC"
