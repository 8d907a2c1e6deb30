"""Whatever is typed as a tenant URL: advice never fails, and what it accepts can be used."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from looop_gui.client.addresses import request_target, usable_url
from looop_gui.model.connection import Application
from looop_gui.scim.messages import ScimRequest
from looop_gui.setup.tenant_url import advise

PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "https:/",
        "//",
        "contoso",
        ".looop.co",
        "127.0.0.1",
        "[::1]",
        "[",
        "]",
        ":8000",
        ":",
        "/scim/v2",
        "/Users",
        "?",
        "aadOptscim062020",
        "&a=b",
        "#x",
        "<org>",
        "@",
        "%",
        " ",
        "\n",
        "\\",
        "é",
        "\x00",
        "\ud800",
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40)


@given(TEXTS, st.sampled_from(Application))
@settings(max_examples=300, deadline=None)
@example("https://[::1]:x", Application.LOOOP)
def test_advice_without_a_problem_is_a_url_that_can_be_used(
    text: str, application: Application
) -> None:
    advice = advise(text, application)
    assert all(correction.endswith(".") for correction in advice.corrections)
    if not advice.problem:
        # Which letters of other scripts a name may have is known to the client's library only.
        if advice.url.isascii():
            assert usable_url(advice.url) == advice.url
        again = advise(advice.url, application)
        assert (again.url, again.problem) == (advice.url, "")


@given(st.text(max_size=30).filter(lambda text: text.isprintable() or not text))
@settings(max_examples=100, deadline=None)
def test_a_query_comes_back_as_it_was_given(value: str) -> None:
    from urllib.parse import parse_qsl, unquote

    request = ScimRequest("GET", f"/Users/{value}", (("filter", value), ("count", "1")))
    path, _, query = request_target(request).partition("?")
    assert path.isascii()
    assert query.isascii()
    assert " " not in path + query
    assert unquote(path) == f"/Users/{value}"
    assert parse_qsl(query, keep_blank_values=True) == [("filter", value), ("count", "1")]
