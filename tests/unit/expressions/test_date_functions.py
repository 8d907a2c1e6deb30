"""Date functions: reading, VisualBasic's DateAdd and DateDiff, FILETIME (section d.3)."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-03-16", "3/16/2020 12:00:00 AM"),
        ("2020-03-16-07:00", "3/16/2020 7:00:00 AM"),
        ("2021-06-30+08:00", "6/29/2021 4:00:00 PM"),
        ("2020-03-16Z", "3/16/2020 12:00:00 AM"),
        ("2020-3-6", "3/6/2020 12:00:00 AM"),
        ("2009-06-15T13:45:30", "6/15/2009 1:45:30 PM"),
        ("2009-06-15T13:45:30Z", "6/15/2009 1:45:30 PM"),
        ("2009-06-15T01:45:30.1234567-07:00", "6/15/2009 8:45:30 AM"),
        ("2009-06-15 13:45", "6/15/2009 1:45:00 PM"),
        ("2009-06-15T01:45:30-0700", "6/15/2009 8:45:30 AM"),
        ("2009-06-15T01:45:30+05", "6/14/2009 8:45:30 PM"),
        ("6/15/2009 8:45:30 AM", "6/15/2009 8:45:30 AM"),
        ("6/15/2009 12:00:00 AM", "6/15/2009 12:00:00 AM"),
        ("6/15/2009 12:30:00 PM", "6/15/2009 12:30:00 PM"),
        ("06/15/2009", "6/15/2009 12:00:00 AM"),
        ("6/15/09", "6/15/2009 12:00:00 AM"),
        ("1/1/49", "1/1/2049 12:00:00 AM"),
        ("1/1/50", "1/1/1950 12:00:00 AM"),
        ("6/15/2009 1 PM", "6/15/2009 1:00:00 PM"),
        ("6/15/2009 13:45 +02:00", "6/15/2009 11:45:00 AM"),
        ("15 Jun 2009", "6/15/2009 12:00:00 AM"),
        ("June 15, 2009 1:45 PM", "6/15/2009 1:45:00 PM"),
        ("Mon, 15 Jun 2009 20:45:30 GMT", "6/15/2009 8:45:30 PM"),
        ("Monday, June 15, 2009", "6/15/2009 12:00:00 AM"),
        ("2024-02-29", "2/29/2024 12:00:00 AM"),
        ("9999-12-31", "12/31/9999 12:00:00 AM"),
        ("0001-01-01", "1/1/0001 12:00:00 AM"),
        ("  2020-03-16 ", "3/16/2020 12:00:00 AM"),
    ],
)
def test_cdate(evaluate: Callable[..., Any], text: str, expected: str) -> None:
    assert evaluate("CDate([text])", text=text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "20200316",
        "2020",
        "2023-02-29",
        "2020-13-01",
        "16/03/2020",
        "2020-03-16T25:00:00",
        "2020-03-16T10:60",
        "2020-03-16 13:00 PM",
        "2020-03-16 10",
        "2020-03-16+15:00",
        "2020-03-16x",
        "٢٠٢٠-٠٣-١٦",
    ],
)
def test_what_is_no_date(error_code: Callable[..., str], text: str) -> None:
    assert error_code("CDate([text])", text=text) == "not_a_date"


def test_null_gives_null(evaluate: Callable[..., Any]) -> None:
    for expression in (
        "CDate([gone])",
        'DateAdd("d", 1, [gone])',
        'DateDiff("d", [gone], Now())',
        'DateDiff("d", Now(), [gone])',
        "DateFromNum([gone])",
        "NumFromDate([gone])",
        'FormatDateTime([gone], , "yyyy", "yy")',
    ):
        assert evaluate(expression) is None


@pytest.mark.parametrize(
    ("interval", "number", "start", "expected"),
    [
        ("d", "7", "2012-03-16", "3/23/2012 12:00:00 AM"),
        ("d", "-16", "2012-03-16", "2/29/2012 12:00:00 AM"),
        ("ww", "2", "2012-03-16", "3/30/2012 12:00:00 AM"),
        ("h", "25", "2012-03-16", "3/17/2012 1:00:00 AM"),
        ("n", "-1", "2012-03-16", "3/15/2012 11:59:00 PM"),
        ("s", "61", "2012-03-16", "3/16/2012 12:01:01 AM"),
        ("m", "1", "2023-01-31", "2/28/2023 12:00:00 AM"),
        ("m", "1", "2024-01-31", "2/29/2024 12:00:00 AM"),
        ("m", "-13", "2024-03-31", "2/28/2023 12:00:00 AM"),
        ("m", "12", "2024-02-29", "2/28/2025 12:00:00 AM"),
        ("yyyy", "1", "2024-02-29", "2/28/2025 12:00:00 AM"),
        ("yyyy", "-4", "2024-02-29", "2/29/2020 12:00:00 AM"),
        ("YYYY", "1", "2012-03-16", "3/16/2013 12:00:00 AM"),
        ("d", "1.9", "2012-03-16", "3/17/2012 12:00:00 AM"),
        ("d", "0", "2012-03-16-07:00", "3/16/2012 7:00:00 AM"),
    ],
)
def test_date_add(
    evaluate: Callable[..., Any], interval: str, number: str, start: str, expected: str
) -> None:
    expression = "DateAdd([interval], [number], CDate([start]))"
    assert evaluate(expression, interval=interval, number=number, start=start) == expected


@pytest.mark.parametrize(
    ("interval", "first", "second", "expected"),
    [
        ("d", "2021-08-24 12:00", "2021-08-25 11:59", "0"),
        ("d", "2021-08-25 11:59", "2021-08-24 12:00", "0"),
        ("d", "2021-08-24 12:00", "2021-08-25 12:00", "1"),
        ("h", "2021-08-24 12:00", "2021-08-24 13:59", "1"),
        ("n", "2021-08-24 12:00:59", "2021-08-24 12:02:00", "1"),
        ("s", "2021-08-24 12:00:00", "2021-08-24 11:59:30", "-30"),
        ("m", "2021-08-31", "2021-09-01", "1"),
        ("m", "2021-09-01", "2020-08-31", "-13"),
        ("yyyy", "2020-12-31", "2021-01-01", "1"),
        ("yyyy", "2021-01-01", "2020-12-31", "-1"),
        # Saturday to Sunday crosses a week, Sunday to Saturday does not.
        ("ww", "2021-08-28", "2021-08-29", "1"),
        ("ww", "2021-08-29", "2021-09-04", "0"),
        ("ww", "2021-08-29", "2021-08-28", "-1"),
        ("d", "2021-08-31+08:00", "2021-08-31-08:00", "0"),
        ("h", "2021-08-31+08:00", "2021-08-31-08:00", "16"),
        ("d", "0001-01-01", "9999-12-31", "3652058"),
    ],
)
def test_date_diff(
    evaluate: Callable[..., Any], interval: str, first: str, second: str, expected: str
) -> None:
    expression = "DateDiff([interval], CDate([first]), CDate([second]))"
    assert evaluate(expression, interval=interval, first=first, second=second) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('DateAdd("q", 1, "2020-01-01")', "wrong_argument"),
        ('DateDiff("w", "2020-01-01", "2020-01-01")', "wrong_argument"),
        ('DateAdd("d", "x", "2020-01-01")', "not_a_number"),
        ('DateAdd("d", [gone], "2020-01-01")', "not_a_number"),
        ('DateAdd("yyyy", 8000, "2020-01-01")', "out_of_bounds"),
        ('DateAdd("d", -1, "0001-01-01")', "out_of_bounds"),
        ('DateAdd("s", 99999999999999999999, "2020-01-01")', "out_of_bounds"),
        ('DateAdd("m", 99999999999999999999, "2020-01-01")', "out_of_bounds"),
        ('DateDiff("d", "2020-01-01", "soon")', "not_a_date"),
        ("DateFromNum(9223372036854775807)", "out_of_bounds"),
        ('DateFromNum("x")', "not_a_number"),
        ('NumFromDate("1600-12-31")', "out_of_bounds"),
        ('NumFromDate("soon")', "not_a_date"),
    ],
)
def test_wrong_arguments(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression) == code


def test_filetime(evaluate: Callable[..., Any]) -> None:
    assert evaluate("DateFromNum(0)") == "1/1/1601 12:00:00 AM"
    assert evaluate('NumFromDate("1601-01-01")') == "0"
    assert evaluate('NumFromDate("1601-01-01T00:00:00.0000001Z")') == "1"
    assert evaluate("NumFromDate(DateFromNum(132539615990000000))") == "132539615990000000"
    assert evaluate('NumFromDate("12/31/2020 11:59:59 PM")') == "132539327990000000"


def test_now_is_in_utc(evaluate: Callable[..., Any]) -> None:
    assert evaluate("Now()", now="2021-07-02T17:33:38+02:00") == "7/2/2021 3:33:38 PM"
    assert evaluate('DateAdd("d", 1, Now())', now="2021-12-31T00:00:00+00:00") == (
        "1/1/2022 12:00:00 AM"
    )
