"""Advice on tenant URLs: what is corrected, what is said, what is refused."""

import pytest

from looop_gui.model.connection import Application, Dialect
from looop_gui.setup.loopback import is_loopback
from looop_gui.setup.secret_token import secret_token_problem, trimmed_token
from looop_gui.setup.tenant_url import advise

RIGHT = "https://contoso.looop.co/scim/v2"


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        f"  {RIGHT}\n",
        f"{RIGHT}/",
        f"{RIGHT}//",
        f'"{RIGHT}"',
        f"<{RIGHT}>",
        "contoso.looop.co/scim/v2",
        "contoso.looop.co",
        "contoso",
        "https://contoso.looop.co",
        "https://contoso.looop.co/scim",
        "https://contoso.looop.co/admin/settings#scim",
        f"{RIGHT}/Users",
        f"{RIGHT}/Groups/",
        f"{RIGHT}/users/2819c223?attributes=id",
        f"{RIGHT}/Schemas",
        "https://CONTOSO.Looop.co/SCIM/V2",
        "https://contoso.looop.co:443/scim/v2",
        "https://contoso.looop.co./scim/v2",
        "https:/contoso.looop.co/scim/v2",
        "https://https://contoso.looop.co/scim/v2",
        "https//contoso.looop.co/scim/v2",
        "https:contoso.looop.co/scim/v2",
        "https://cont oso.looop.co/scim/v2",
        "https:\\\\contoso.looop.co\\scim\\v2",
        "https://contoso.looop.co\u200b/scim/v2",
        f"{RIGHT}?aadOptscim062020",
        f"{RIGHT}/?aadOptscim062020",
    ],
)
def test_common_slips_are_corrected(text: str) -> None:
    advice = advise(text, Application.LOOOP)
    assert (advice.url, advice.problem) == (RIGHT, "")


def test_what_is_right_is_left_alone() -> None:
    assert advise(RIGHT, Application.LOOOP).corrections == ()
    generic = advise("https://scim.example.org:8443/api/tenant/7", Application.GENERIC)
    assert (generic.url, generic.corrections, generic.problem) == (
        "https://scim.example.org:8443/api/tenant/7",
        (),
        "",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contoso.looop.co/scim/v2", "https:// was added in front."),
        (f"{RIGHT}/Users", "/Users at the end was left out."),
        ("https://contoso.looop.co/", "The path of a Looop tenant is /scim/v2."),
        ("https://con toso.looop.co/scim/v2", "A blank inside the URL was removed."),
        ("contoso", "contoso was taken as the domain of your organisation in Looop."),
        (f"{RIGHT}?x=1", "The parameter x was left out."),
        (f"{RIGHT}#top", "#top was left out."),
    ],
)
def test_a_correction_is_said(text: str, said: str) -> None:
    assert said in advise(text, Application.LOOOP).corrections


@pytest.mark.parametrize(
    ("query", "dialect"),
    [
        ("", Dialect.ENTRA_LEGACY),
        ("?aadOptscim062020", Dialect.ENTRA_COMPLIANT),
        ("?AADOPTSCIM062020=true", Dialect.ENTRA_COMPLIANT),
        ("/?x=1&aadOptscim062020", Dialect.ENTRA_COMPLIANT),
        ("?aadOptscim062020?y", Dialect.ENTRA_COMPLIANT),
        ("?AzureAdScimPatch2017", Dialect.ENTRA_LEGACY),
    ],
)
def test_a_behaviour_flag_becomes_the_dialect(query: str, dialect: Dialect) -> None:
    advice = advise(RIGHT + query, Application.LOOOP)
    assert (advice.url, advice.dialect) == (RIGHT, dialect)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("https://", "has no host"),
        ("http:", "has no host"),
        ("https://<organisation_domain>.looop.co/scim/v2", "Replace <organisation_domain>"),
        ("https://%3Corganisation_domain%3E.looop.co/scim/v2", "Replace <organisation_domain>"),
        ("https://{org}.looop.co/scim/v2", "Replace {org}"),
        ("organisation_domain.looop.co", "Replace organisation_domain"),
        ("http://contoso.looop.co/scim/v2", "Plain http is refused"),
        ("http://127.0.0.1.example.org/", "Plain http is refused"),
        ("https://user:pass@contoso.looop.co/scim/v2", "contains a login"),
        ("https://contoso..looop.co/scim/v2", "cannot be the name of a host"),
        ("https://cont%20oso.looop.co/scim/v2", "cannot be the name of a host"),
        ("ftp://contoso.looop.co/scim/v2", "begins with https://, not with ftp://"),
        ("https://contoso.looop.co:99999/scim/v2", "This is not a URL"),
        ("https://[::1/scim", "This is not a URL"),
        ("https://looop.co/scim/v2", "is missing in front of looop.co"),
        ("https://contoso.loop.co/scim/v2", "Did you mean contoso.looop.co?"),
        ("https://contoso.looop.com/scim/v2", "Did you mean contoso.looop.co?"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, problem: str) -> None:
    assert problem in advise(text, Application.LOOOP).problem


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8000/scim/v2", "http://127.0.0.1:8000/scim/v2"),
        ("localhost:8000/scim", "http://localhost:8000/scim"),
        ("[::1]:8000/scim/v2", "http://[::1]:8000/scim/v2"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_this_computer_may_be_reached_plainly(text: str, url: str) -> None:
    for application in Application:
        advice = advise(text, application)
        assert (advice.url, advice.problem) == (url, "")


def test_advice_never_shows_a_login() -> None:
    advice = advise("https://user:hunter2@contoso.looop.co/scim/v2", Application.LOOOP)
    assert "hunter2" not in repr(advice)


def test_advice_on_advice_changes_nothing() -> None:
    for text in ("contoso", f"{RIGHT}/Users?aadOptscim062020", "localhost:1/x"):
        once = advise(text, Application.LOOOP)
        twice = advise(once.url, Application.LOOOP)
        assert (twice.url, twice.corrections) == (once.url, ())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("[::1]", True),
        ("LocalHost", True),
        ("tenant.localhost.", True),
        ("128.0.0.1", False),
        ("::2", False),
        ("localhost.example.org", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_which_hosts_are_this_computer(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_tokens_are_judged_without_showing_them() -> None:
    assert secret_token_problem("") == ""
    assert secret_token_problem("eyJ0eXAi.OiJKV1Qi.LCJhbGci-_~+/=") == ""
    assert "line break" in secret_token_problem("secret\npart")
    assert "blank" in secret_token_problem("secret part")
    assert "Bearer" in secret_token_problem("Bearer secret")
    assert "cannot contain" in secret_token_problem("sécret")
    assert "too long" in secret_token_problem("s" * 20_000)
    assert trimmed_token("  tok\n") == "tok"
