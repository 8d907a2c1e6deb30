"""The columns of the log's table, and what the cells of a row say."""

from PySide6.QtGui import QFontMetrics

from looop_gui.model.provisioning_log import LogRow
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.theme import GRID, ICON_SIZE

TIME, NAME, ACTION, STATUS, SUMMARY, TARGET, CODE, DURATION = range(8)
COLUMN_NAMES = ("time", "name", "action", "status", "summary", "target", "code", "duration")
USUAL_COLUMNS = COLUMN_NAMES[:5]
SORTED = {column: COLUMN_NAMES[column] for column in (TIME, NAME, ACTION, STATUS, CODE, DURATION)}
"""The columns that an index can sort by at a million entries, and their names in `LogOrder`."""

DESCENDING_FIRST = (TIME, DURATION)
"""The columns of which the greatest is wanted first."""


def fitting_widths(metrics: QFontMetrics, widths: tuple[int, ...]) -> tuple[int, ...]:
    """Widths of all columns in px, with room for the words for actions and statuses."""
    room = list(widths)
    for column, signs in ((ACTION, ACTION_SIGNS.values()), (STATUS, STATUS_SIGNS.values())):
        widest = max(metrics.horizontalAdvance(sign.word) for sign in signs)
        room[column] = max(room[column], widest + ICON_SIZE + 3 * GRID)
    return tuple(room)


def cell_words(row: LogRow, column: int) -> str:
    """What a cell says."""
    match column:
        case 0:
            return formats.day_and_time(row.time)
        case 1:
            return row.source_name or row.target_name or row.source_id
        case 2:
            return ACTION_SIGNS[row.action].word
        case 3:
            return STATUS_SIGNS[row.status].word
        case 5:
            return row.target_name
        case 6:
            return row.error_code or row.skip_reason
        case 7:
            return formats.duration(row.duration_milliseconds / 1000)
        case _:
            return row.summary


def cell_role(row: LogRow, column: int) -> Role:
    """The colour of a cell's words."""
    if column == STATUS:
        return STATUS_SIGNS[row.status].role
    if column in (TIME, SUMMARY, TARGET, CODE, DURATION):
        return Role.TEXT_MUTED
    return Role.TEXT


def cell_tip(row: LogRow, column: int) -> str | None:
    """What a cell says when it is pointed at."""
    if column == TIME:
        return formats.utc(row.time)
    if column == NAME:
        return f"{row.source_name}\n{row.source_id}"
    if column == SUMMARY:
        code = row.error_code or row.skip_reason
        return f"{row.summary}\n{code}" if code else row.summary
    return None
