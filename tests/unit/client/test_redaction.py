"""A token that a target says back is hidden, however the target writes it."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from looop_gui.client.wire_record import Redaction
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import ScimRequest
from tests.unit.client.conftest import http
from tests.unit.client.test_target import target_at

TOKEN = "tok+en/with=signs-0123456789"
READ = ScimRequest("GET", "/Users/1")

ECHOES = {
    "as it is": json.dumps({"detail": f"Bearer {TOKEN} is unknown"}),
    "with PHP's slashes": json.dumps({"detail": TOKEN}).replace("/", "\\/"),
    "with .NET's plus": json.dumps({"detail": TOKEN}).replace("+", "\\u002B"),
    "every letter escaped": '{"detail":"' + "".join(f"\\u{ord(c):04x}" for c in TOKEN) + '"}',
    "in a URL": json.dumps({"detail": f"https://x.org/?token={quote(TOKEN, safe='')}"}),
    "in a path": json.dumps({"detail": f"https://x.org/{quote(TOKEN)}"}),
    "as a name": json.dumps({TOKEN: 1}).replace("/", "\\/"),
    "in HTML": f"<p>{TOKEN}</p>",
    "in HTML, escaped": f"<p>{TOKEN.replace('+', '&#43;').replace('/', '&#x2F;')}</p>",
    "in text with slashes": f"no JSON: {TOKEN}".replace("/", "\\/"),
}
FORMS = (TOKEN, quote(TOKEN), quote(TOKEN, safe=""), TOKEN.replace("/", "\\/"))


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
async def test_a_token_that_is_said_back_is_hidden(server: Any, echo: str) -> None:
    records: list[WireExchange] = []
    answer = http(echo, 400, headers={"X-Echo": TOKEN, "Link": f"<x?{quote(TOKEN, safe='')}>"})

    hook = records.append
    async with server(answer) as script, target_at(script.url, TOKEN, on_exchange=hook) as target:
        response = await target.send(READ)

    kept = repr(response.body) + response.text + repr(response.headers) + repr(records)
    assert [form for form in FORMS if form in kept] == []
    assert "***" in repr(response.body) + response.text
    assert response.status == 400


@pytest.mark.parametrize("text", ['{"a":"W\\/\\"3\\"","b":"\\u00e9"}', "a &#43; b", "\\u no"])
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert Redaction([TOKEN]).content(text.encode()) == text.encode()
    assert Redaction([]).content(text.encode()) == text.encode()


def test_a_token_of_signs_that_json_escapes_is_found_in_it() -> None:
    token = 'a "quoted" \\ one'

    hidden = Redaction([token]).content(json.dumps({"detail": token}).encode())

    assert hidden == b'{"detail": "***"}'
