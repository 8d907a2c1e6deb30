"""A recorded request copied for a terminal: the shell gives back exactly what was recorded."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from looop_gui.engine.request_copy import as_curl, as_httpie, as_powershell
from looop_gui.model.provisioning_log import WireExchange

BODY = '{"a":"it\'s $HOME `x` \\"q\\" \\\\ !","b":"née 李"}'
URL = "https://contoso.looop.co/scim/v2/Users?filter=userName+eq+%22o'brien%22&x=[1]"


def exchange(body: str = BODY) -> WireExchange:
    headers = (("Content-Type", "application/scim+json"), ("Accept", "application/scim+json"))
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return WireExchange("POST", URL, headers, body, 201, (), "", moment, 1.0)


def words_of(command: str, program: str) -> list[str]:
    """The arguments as a real shell passes them on."""
    script = f'{program}() {{ printf "%s\\0" "$@"; }}\nTOKEN=abc\n{command}\n'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_curl_keeps_url_headers_and_body() -> None:
    words = words_of(as_curl(exchange()), "curl")
    assert words[:4] == ["--globoff", "--request", "POST", URL]
    headers = [words[at + 1] for at, word in enumerate(words) if word == "--header"]
    assert headers == [
        "Content-Type: application/scim+json",
        "Accept: application/scim+json",
        "Authorization: Bearer abc",
    ]
    assert words[-2:] == ["--data-binary", BODY]


def test_httpie_keeps_url_headers_and_body() -> None:
    words = words_of(as_httpie(exchange()), "http")
    assert words[:5] == ["--ignore-stdin", "--raw", BODY, "POST", URL]
    assert words[-1] == "Authorization:Bearer abc"


def test_a_request_without_a_body_sends_none() -> None:
    assert "--data-binary" not in words_of(as_curl(exchange("")), "curl")
    assert "--raw" not in words_of(as_httpie(exchange("")), "http")
    assert "-Body" not in as_powershell(exchange(""))


def test_powershell_doubles_every_quote_that_it_knows() -> None:
    text = as_powershell(exchange('{"a":"it\'s \u2019 there"}'))
    assert "'{\"a\":\"it''s \u2019\u2019 there\"}'" in text
    assert "'Authorization' = \"Bearer $env:TOKEN\"" in text
    assert "-ContentType 'application/scim+json'" in text
    assert "filter=userName+eq+%22o''brien%22" in text


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_itself_accepts_the_command() -> None:
    here = replace(exchange(), url="http://127.0.0.1:9/x")
    command = as_curl(here) + " --max-time 5"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 7
