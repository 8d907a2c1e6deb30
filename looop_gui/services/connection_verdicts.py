"""What an answer to a matching query says about a connection (the table of section a.4)."""

import json
from http import HTTPStatus

from looop_gui.model.directory import ObjectType
from looop_gui.scim.messages import LIST_RESPONSE, ScimRequest, ScimResponse
from looop_gui.scim.target_path import member
from looop_gui.services.checks import CheckState, Verdict

CREDENTIALS = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
INCOMPATIBLE = "SystemForCrossDomainIdentityManagementServiceIncompatible"
SEVERAL_ENTRIES = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"

LOOOP_ADVICE = (
    "In Looop open Account > Account Settings > Authentication > SCIM Integration and press "
    "Reset Token; your account needs Admin permissions."
)
_OTHER_ADVICE = (
    "Make a new token in your application's settings, with an account that may manage users, "
    "and enter it here."
)
_CHECK_PATH = "Check the end of the tenant URL; many end in /scim/v2 or /scim."
_SHOWN_CHARACTERS = 2000


def credentials_verdict(response: ScimResponse, *, looop: bool, sent_token: bool) -> Verdict | None:
    """Whether the token was refused; None when it was not.

    A response without a status says nothing about the token and is None, too.
    """
    if response.status not in (401, 403):
        return None
    if not sent_token:
        sentence = "The tenant asks for a secret token, and none was given."
    elif response.status == 401:
        sentence = "The token was refused."
    else:
        sentence = "The token was recognised, but its account may not read users."
    next_step = LOOOP_ADVICE if looop else _OTHER_ADVICE
    return Verdict(CheckState.FAILED, sentence, next_step, code=CREDENTIALS)


def query_verdict(response: ScimResponse, object_type: ObjectType, attribute: str) -> Verdict:
    """What the answer to a query for somebody who cannot exist says."""
    noun = "user" if object_type is ObjectType.USER else "group"
    if response.failure is not None:
        next_step = "Try again; if it stays so, ask who runs the application."
        return Verdict(CheckState.FAILED, response.failure_text, next_step)
    if response.status == 404:
        return _not_found(response, noun)
    if response.status != 200:
        return _unexpected_status(response, noun, attribute)
    if response.body is None:
        return _not_scim(response)
    named = {str(name).casefold() for name in _list(member(response.body, "schemas"))}
    if LIST_RESPONSE.casefold() not in named:
        return Verdict(
            CheckState.FAILED,
            "The answer is JSON, but not a SCIM list of results.",
            _CHECK_PATH,
            code=INCOMPATIBLE,
        )
    return _result_verdict(response, noun, attribute)


def exchange_details(
    request: ScimRequest, url: str, response: ScimResponse
) -> tuple[tuple[str, str], ...]:
    """The dump that the portal shows: resource, operation, status, headers, content."""
    status = "none" if response.status == 0 else _status_words(response.status)
    content = response.text
    if response.body is not None:
        content = json.dumps(response.body, ensure_ascii=False)
    headers = "\n".join(
        f"{name}: {value}" for name, value in response.headers.items() if name != "set-cookie"
    )
    return (
        ("Resource", url),
        ("Operation", request.method),
        ("Response Status Code", status),
        ("Response Headers", headers),
        ("Response Content", content[:_SHOWN_CHARACTERS]),
    )


def _result_verdict(response: ScimResponse, noun: str, attribute: str) -> Verdict:
    total = member(response.body, "totalResults")
    count = len(_list(member(response.body, "Resources")))
    if isinstance(total, int):
        count = max(count, total)
    if count > 0:
        plural = f"{count} {noun}s" if count > 1 else f"a {noun}"
        return Verdict(
            CheckState.FAILED,
            f"Asked for a {noun} that cannot exist, the tenant returned {plural}.",
            f"The tenant seems to ignore the filter on {attribute}. Match by another attribute, or "
            "ask who runs the application.",
            code=SEVERAL_ENTRIES if count > 1 else INCOMPATIBLE,
        )
    if not isinstance(total, int):
        return Verdict(CheckState.WARNING, "The list of results lacks totalResults.")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media_type not in ("application/scim+json", "application/json"):
        sentence = f"The answer is right, but its type is {media_type or 'not given'}."
        return Verdict(CheckState.WARNING, sentence)
    return Verdict(CheckState.PASSED, f"Queries for {noun}s by {attribute} work.")


def _not_found(response: ScimResponse, noun: str) -> Verdict:
    if isinstance(response.body, dict) and member(response.body, "schemas"):
        return Verdict(
            CheckState.FAILED,
            f"The tenant answers 404 when a {noun} is not found. SCIM asks for 200 with an empty "
            "list.",
            "Ask who runs the application to correct it; provisioning would end in quarantine.",
        )
    return Verdict(
        CheckState.FAILED, "There is no SCIM service at this tenant URL (404).", _CHECK_PATH
    )


def _unexpected_status(response: ScimResponse, noun: str, attribute: str) -> Verdict:
    words = _status_words(response.status)
    if response.status == 400:
        return Verdict(
            CheckState.FAILED,
            f"The tenant refuses to look for a {noun} by {attribute} ({words}).",
            "Match by an attribute that the tenant can be queried by, or ask who runs it.",
        )
    if response.status == 429:
        wait = response.headers.get("retry-after", "")
        next_step = f"Try again in {wait} seconds." if wait.isdecimal() else "Try again later."
        return Verdict(CheckState.FAILED, "The tenant asks for fewer requests (429).", next_step)
    if response.status >= 500:
        return Verdict(
            CheckState.FAILED,
            f"The tenant has an internal problem ({words}).",
            "Try again later; if it stays so, give who runs the application the details below.",
        )
    return Verdict(
        CheckState.FAILED, f"The tenant answered {words} to a query for a {noun}.", _CHECK_PATH
    )


def _not_scim(response: ScimResponse) -> Verdict:
    text = response.text.lstrip()
    if text.startswith("<"):
        sentence = "The answer is a web page and not SCIM."
        next_step = (
            "The tenant URL leads to a page for people, perhaps a sign-in. Copy the SCIM Endpoint "
            "from the application's settings."
        )
    else:
        sentence = "The answer is not JSON." if text else "The answer is empty."
        next_step = _CHECK_PATH
    return Verdict(CheckState.FAILED, sentence, next_step, code=INCOMPATIBLE)


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
