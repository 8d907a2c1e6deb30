"""FormatDateTime: .NET's custom and standard date formats, ParseExact and styles (section d.3)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.date_parsing import (
    DEFAULT_STYLES,
    DateTimeStyles,
    parse_date,
    read_styles,
)
from looop_gui.expressions.functions.date_writing import write_date
from looop_gui.expressions.functions.moments import moment, time_ticks

AFTERNOON = moment(2009, 6, 5, time_ticks(13, 4, 9, 1_230_000))
MORNING = moment(987, 11, 15, time_ticks(0, 0, 0), -330)
TODAY = date(2025, 7, 30)


@pytest.mark.parametrize(
    ("pattern", "afternoon", "morning"),
    [
        ("yyyy-MM-dd", "2009-06-05", "0987-11-15"),
        ("d/M/yy", "5/6/09", "15/11/87"),
        ("%d", "5", "15"),
        ("%y|yy|yyy|yyyy|yyyyy", "9|09|2009|2009|02009", "87|87|987|0987|00987"),
        ("ddd dddd", "Fri Friday", "Thu Thursday"),
        ("MMM MMMM", "Jun June", "Nov November"),
        ("h hh H HH", "1 01 13 13", "12 12 0 00"),
        ("m mm s ss", "4 04 9 09", "0 00 0 00"),
        ("t tt", "P PM", "A AM"),
        ("f ff fff fffffff", "1 12 123 1230000", "0 00 000 0000000"),
        ("ss.FFF|ss.FF|ss.F", "09.123|09.12|09.1", "00|00|00"),
        ("ss.FFFFFFF", "09.123", "00"),
        ("z zz zzz", "+0 +00 +00:00", "-5 -05 -05:30"),
        ("yyyyK", "2009", "0987-05:30"),
        ("gg", "A.D.", "A.D."),
        ("'day' d \"month\" M", "day 5 month 6", "day 15 month 11"),
        (r"yyyy\y\\", "2009y\\", "0987y\\"),
        ("yyyy年M月", "2009年6月", "0987年11月"),
        ("yyyy-MM-ddTHH:mm:ssZ", "2009-06-05T13:04:09Z", "0987-11-15T00:00:00Z"),
        ("d", "06/05/2009", "11/15/0987"),
        ("D", "Friday, 05 June 2009", "Thursday, 15 November 0987"),
        ("f", "Friday, 05 June 2009 13:04", "Thursday, 15 November 0987 00:00"),
        ("F", "Friday, 05 June 2009 13:04:09", "Thursday, 15 November 0987 00:00:00"),
        ("g", "06/05/2009 13:04", "11/15/0987 00:00"),
        ("G", "06/05/2009 13:04:09", "11/15/0987 00:00:00"),
        ("M", "June 05", "November 15"),
        ("m", "June 05", "November 15"),
        ("o", "2009-06-05T13:04:09.1230000", "0987-11-15T00:00:00.0000000-05:30"),
        ("s", "2009-06-05T13:04:09", "0987-11-15T00:00:00"),
        ("t", "13:04", "00:00"),
        ("T", "13:04:09", "00:00:00"),
        ("y", "2009 June", "0987 November"),
        ("R", "Fri, 05 Jun 2009 13:04:09 GMT", "Thu, 15 Nov 0987 05:30:00 GMT"),
        ("u", "2009-06-05 13:04:09Z", "0987-11-15 05:30:00Z"),
        ("U", "Friday, 05 June 2009 13:04:09", "Thursday, 15 November 0987 05:30:00"),
    ],
)
def test_writing(pattern: str, afternoon: str, morning: str) -> None:
    assert write_date(AFTERNOON, pattern) == afternoon
    assert write_date(MORNING, pattern) == morning


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("20150123105347.1Z", "yyyyMMddHHmmss.fZ", "2015-01-23T10:53:47.1000000Z"),
        ("12/31/2020 12:00:00 AM", "M/d/yyyy hh:mm:ss tt", "2020-12-31T00:00:00.0000000"),
        ("1/2/2020 1:05:00 PM", "M/d/yyyy h:mm:ss tt", "2020-01-02T13:05:00.0000000"),
        ("12:30 p", "h:m t", "2025-07-30T12:30:00.0000000"),
        ("5 jun 2009", "d MMM yyyy", "2009-06-05T00:00:00.0000000"),
        ("Friday, 5 June 2009", "dddd, d MMMM yyyy", "2009-06-05T00:00:00.0000000"),
        ("Fri 05.06.09", "ddd dd.MM.yy", "2009-06-05T00:00:00.0000000"),
        ("2020-12-31+09:00", "yyyy-MM-ddzzz", "2020-12-31T00:00:00.0000000+09:00"),
        ("2020-12-31+0900", "yyyy-MM-ddzzz", "2020-12-31T00:00:00.0000000+09:00"),
        ("2020-12-31-07", "yyyy-MM-ddzz", "2020-12-31T00:00:00.0000000-07:00"),
        ("2020-12-31-7", "yyyy-MM-ddz", "2020-12-31T00:00:00.0000000-07:00"),
        ("2020-12-31Z", "yyyy-MM-ddK", "2020-12-31T00:00:00.0000000Z"),
        ("2020-12-31", "yyyy-MM-ddK", "2020-12-31T00:00:00.0000000"),
        ("10:20:30.5", "HH:mm:ss.FFF", "2025-07-30T10:20:30.5000000"),
        ("10:20:30", "HH:mm:ss.FFF", "2025-07-30T10:20:30.0000000"),
        ("2020", "yyyy", "2020-01-01T00:00:00.0000000"),
        ("7", "%M", "2025-07-01T00:00:00.0000000"),
        (" 2020 ", "yyyy", "2020-01-01T00:00:00.0000000"),
        ("2009-06-15T13:45:30.1234567Z", "o", "2009-06-15T13:45:30.1234567Z"),
        ("Mon, 15 Jun 2009 13:45:30 GMT", "R", "2009-06-15T13:45:30.0000000Z"),
        ("on 5 at 6", "'on' d 'at' H", "2025-01-05T06:00:00.0000000"),
        ("987 A.D.", "yyy g", "0987-01-01T00:00:00.0000000"),
    ],
)
def test_reading(text: str, pattern: str, expected: str) -> None:
    assert write_date(parse_date(text, pattern, DEFAULT_STYLES, TODAY), "o") == expected


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2020-1-01", "yyyy-MM-dd"),
        ("2020-01-01 ", "yyyy-MM-ddx"),
        ("20-01-01", "yyyy-MM-dd"),
        ("2020-02-30", "yyyy-MM-dd"),
        ("13:00 PM", "hh:mm tt"),
        ("13:00 AM", "HH:mm tt"),
        ("24:00", "HH:mm"),
        ("Monday 5 June 2009", "dddd d MMMM yyyy"),
        ("2020-01-01T", "yyyy-MM-dd"),
        ("2020 01", "yyyy-MM"),
        ("", "yyyy"),
        ("2020-12-31+15:00", "yyyy-MM-ddzzz"),
        ("５", "%d"),
    ],
)
def test_what_does_not_have_the_format(text: str, pattern: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        parse_date(text, pattern, DEFAULT_STYLES, TODAY)
    assert raised.value.code == "not_a_date"


@pytest.mark.parametrize("pattern", ["", "x", "%", "%%", "yyyy\\", "'open", "ffffffff", "yyyy%"])
def test_malformed_formats(pattern: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        write_date(AFTERNOON, pattern)
    assert raised.value.code == "wrong_format"


@pytest.mark.parametrize(
    ("styles", "expected"),
    [
        (None, "2020-12-31T22:00+05:00"),
        ("RoundtripKind", "2020-12-31T22:00+05:00"),
        ("None", "2020-12-31T17:00+00:00"),
        ("AdjustToUniversal", "2020-12-31T17:00+00:00"),
        ("AssumeUniversal, AdjustToUniversal", "2020-12-31T17:00+00:00"),
        ("DateTimeStyles.RoundtripKind, DateTimeStyles.AllowWhiteSpaces", "2020-12-31T22:00+05:00"),
    ],
)
def test_styles_and_offsets(
    evaluate: Callable[..., Any], styles: str | None, expected: str
) -> None:
    """The default keeps the clock's reading; the others turn it into UTC."""
    expression = 'FormatDateTime([text], [styles], "yyyy-MM-dd HH:mm zzz", "yyyy-MM-ddTHH:mmzzz")'
    assert evaluate(expression, text="2020-12-31 22:00 +05:00", styles=styles) == expected


@pytest.mark.parametrize(
    ("styles", "fits"),
    [
        ("None", False),
        ("AllowLeadingWhite", False),
        ("AllowLeadingWhite, AllowTrailingWhite", False),
        ("AllowWhiteSpaces", True),
        ("AllowLeadingWhite,AllowTrailingWhite,AllowInnerWhite", True),
    ],
)
def test_white_space(styles: str, fits: bool) -> None:
    def read() -> str:
        return write_date(parse_date(" 5 /6 ", "d/M", read_styles(styles), TODAY), "MM-dd")

    if fits:
        assert read() == "06-05"
    else:
        with pytest.raises(EvaluationError):
            read()


def test_a_time_alone_has_no_day_with_the_style() -> None:
    read = parse_date("10:20", "HH:mm", DateTimeStyles.NO_CURRENT_DATE_DEFAULT, TODAY)
    assert write_date(read, "s") == "0001-01-01T10:20:00"


@pytest.mark.parametrize(
    "styles", ["Nonsense", "AssumeLocal, AssumeUniversal", "RoundtripKind, AdjustToUniversal", ","]
)
def test_wrong_styles(styles: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        read_styles(styles)
    assert raised.value.code == "wrong_argument"


@pytest.mark.parametrize(
    "expression",
    [
        'FormatDateTime([d], "yyyy-MM-dd", "dd.MM.yyyy")',
        'FormatDateTime([d], , "yyyy-MM-dd", "dd.MM.yyyy")',
        'FormatDateTime([d], "", "yyyy-MM-dd", "dd.MM.yyyy")',
        'FormatDateTime([d], "yyyy-MM-dd", "dd.MM.yyyy", )',
    ],
)
def test_both_forms(evaluate: Callable[..., Any], expression: str) -> None:
    assert evaluate(expression, d="2015-01-23") == "23.01.2015"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('FormatDateTime("", , "yyyy", "yy")', "not_a_date"),
        ('FormatDateTime("2020", , , "yy")', "wrong_format"),
        ('FormatDateTime("2020", "yyyy")', "wrong_arity"),
        ('FormatDateTime([many], , "yyyy", "yy")', "multi_valued"),
    ],
)
def test_wrong_arguments(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression, many=("a", "b")) == code
