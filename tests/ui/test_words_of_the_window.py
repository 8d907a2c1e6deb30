"""Durations, counts, HTTP as commands, and advice for codes, as people read them."""

import shlex
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from looop_gui.model.job import CycleCounts
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.ui import formats
from looop_gui.ui.log_entry import troubleshooting
from looop_gui.ui.log_entry.http_text import (
    as_curl,
    as_httpie,
    as_powershell,
    pretty,
    request_text,
    response_text,
)
from looop_gui.ui.log_entry.troubleshooting import advice_for
from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.signs import COUNT_SIGNS

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
EXCHANGE = WireExchange(
    method="PATCH",
    url="https://contoso.looop.co/scim/v2/Users/1",
    request_headers=(("Content-Type", "application/scim+json"), ("Host", "contoso.looop.co")),
    request_body='{"value": "it\'s"}',
    status=200,
    response_headers=(("ETag", 'W/"1"'),),
    response_body='{"id":"1"}',
    started=NOW,
    duration_milliseconds=12.0,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.85, "850 ms"),
        (1, "1 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_have_their_two_largest_units(seconds: float, words: str) -> None:
    assert formats.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (61, "1:01"), (2352, "39:12"), (7505, "2:05:05"), (-9, "0:00")],
)
def test_a_countdown(seconds: int, words: str) -> None:
    assert formats.until(NOW + timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "just now"), (42, "42 s ago"), (200, "3 min ago"), (7200, "2 h ago")]
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert formats.ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_utc_is_written_out() -> None:
    assert formats.utc(NOW) == "2026-11-24 08:00:00 UTC"


def test_every_count_has_a_sign() -> None:
    assert set(COUNT_SIGNS) == set(CycleCounts.__dataclass_fields__)


def test_curl_takes_the_token_from_the_environment() -> None:
    assert as_curl(EXCHANGE) == (
        "curl --globoff --request PATCH https://contoso.looop.co/scim/v2/Users/1"
        " --header 'Content-Type: application/scim+json'"
        ' --header "Authorization: Bearer $LOOOP_TOKEN"'
        ' --data-raw \'{"value": "it\'"\'"\'s"}\''
    )


def test_httpie_and_powershell_quote_in_their_own_way() -> None:
    assert as_httpie(EXCHANGE).startswith("http --ignore-stdin PATCH https://contoso.looop.co/scim")
    assert '"Authorization:Bearer $LOOOP_TOKEN"' in as_httpie(EXCHANGE)
    powershell = as_powershell(EXCHANGE)
    assert "UTF8.GetBytes('{\"value\": \"it''s\"}')" in powershell
    assert "-ContentType 'application/scim+json'" in powershell
    assert "$env:LOOOP_TOKEN" in powershell


NASTY = "@it's \u2018O\u2019Brien\u2019; $(id) `id` {a}[1-2]\n\u00dc"


def test_what_is_copied_says_exactly_what_was_sent_whatever_a_person_is_called() -> None:
    exchange = replace(
        EXCHANGE,
        url="https://contoso.looop.co/scim/v2/Users?filter=emails[type%20eq%20%22work%22]",
        request_headers=(("X-Odd", "@/etc/passwd"), ("Authorization", "Bearer x"), ("Cookie", "y")),
        request_body=NASTY,
    )
    curl, httpie = shlex.split(as_curl(exchange)), shlex.split(as_httpie(exchange))
    assert curl[-1] == httpie[-1] == NASTY
    assert exchange.url in curl
    assert exchange.url in httpie
    assert "X-Odd:\\@/etc/passwd" in httpie, "HTTPie would send that file"
    for copied in (as_curl(exchange), as_httpie(exchange), as_powershell(exchange)):
        assert "Bearer x" not in copied
        assert "Cookie" not in copied
    assert powershell_texts(as_powershell(exchange))[-1] == NASTY


def powershell_texts(command: str) -> list[str]:
    """The single-quoted texts of a PowerShell command, by its own rule for the quotes."""
    quotes = "'\u2018\u2019\u201a\u201b"
    texts, at = [], 0
    while at < len(command):
        if command[at] not in quotes:
            at += 1
            continue
        text, at = "", at + 1
        while command[at] not in quotes or command[at + 1 : at + 2] in tuple(quotes):
            at += 1 if command[at] in quotes else 0
            text, at = text + command[at], at + 1
        texts.append(text)
        at += 1
    return texts


def test_bodies_are_pretty_where_they_are_json() -> None:
    assert pretty('{"id":"1"}') == '{\n  "id": "1"\n}'
    assert pretty("<html>") == "<html>"
    assert request_text(EXCHANGE).startswith("PATCH https://")
    assert response_text(EXCHANGE).splitlines()[0] == "HTTP 200"


def test_a_response_that_did_not_come_says_why() -> None:
    lost = replace(EXCHANGE, status=0, failure="The connection was reset.")
    assert response_text(lost) == "The connection was reset."


def test_codes_have_advice_whatever_the_application_puts_before_them() -> None:
    plain, prefixed = advice_for("EntryConflict"), advice_for("LooopEntryConflict")
    assert plain is not None
    assert plain == prefixed
    assert advice_for("SomethingNew") is None


def test_advice_leads_to_pages_that_exist() -> None:
    pages = {entry.key for entry in PAGES} | {""}
    for code in troubleshooting._ADVICE:
        advice = advice_for(code)
        assert advice is not None
        assert advice.page in pages
        assert advice.meaning.endswith(".")
        assert advice.remedy.endswith(".")
