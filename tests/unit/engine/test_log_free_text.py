"""Sentences of exported entries: nothing that stays leaves in words, what is harmless is kept."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from looop_gui.engine.log_exposure import Exposure
from looop_gui.engine.log_free_text import FreeText, tellable
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
    WireExchange,
)

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOURCE_ID = "00000000-0000-4000-8000-000000000321"
TARGET_ID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


def entry_with(detail: str) -> ProvisioningLogEntry:
    sent = {"userName": "ann", "password": "Tr0ub4dor", "door": {"code": 271828}}
    exchange = WireExchange(
        "POST",
        "https://contoso.looop.co/scim/v2/Users?session=of-the-session",
        (("X-Signature", "sign of-the-header"),),
        json.dumps(sent),
        400,
        (),
        json.dumps({"detail": detail}),
        MOMENT,
        1.0,
        failure=detail,
    )
    return ProvisioningLogEntry(
        id="1",
        time=MOMENT,
        connection_id="c1",
        cycle_id="k1",
        object_type=ObjectType.USER,
        action=ProvisioningAction.CREATE,
        status=ProvisioningStatus.FAILURE,
        source_id=SOURCE_ID,
        source_name="Ann Lee",
        target_id=TARGET_ID,
        target_name="Ann Lee",
        duration_milliseconds=1.0,
        steps=(ProvisioningStep("Export", StepType.EXPORT, ProvisioningStatus.FAILURE, detail),),
        error=ErrorInformation("UnprocessableEntity", detail, additional_details=detail),
        exchanges=(exchange,),
    )


@pytest.mark.parametrize("secret", ["Tr0ub4dor", "271828", "of-the-session", "of-the-header"])
def test_a_value_that_stays_is_in_no_sentence_of_its_entry(secret: str) -> None:
    shown = Exposure().entry(entry_with(f"The value '{secret}' of Ann Lee is refused."))
    error, (exchange,) = shown.error, shown.exchanges
    assert error is not None
    for text in (error.reason, error.additional_details, shown.steps[0].description):
        assert text == "The value '***' of Ann Lee is refused."
    assert exchange.failure == error.reason
    assert json.loads(exchange.response_body) == {"detail": error.reason}
    assert secret not in repr(replace(shown, id=""))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abcdef12345", "Authorization: *** ***"),
        ("client_secret=xyz&grant=1", "client_secret=***&grant=1"),
        ('{"apiKey": "k 1", "a": 1}', '{"apiKey": ***, "a": 1}'),
        ("GET https://u:p@contoso.co/a?sig=1 failed", "GET https://contoso.co/a?*** failed"),
        ("key 9f8e7d6c5b4a39281706f5e4d3c2b1a0 is wrong", "key *** is wrong"),
        ("The target answered 409 to POST /Users: exists", None),
        ("User 'ann.lee@contoso.com' will be created in Looop", None),
        (f"Retrieved User {SOURCE_ID} as {TARGET_ID}", None),
        ("The secret token is refused; renew it.", None),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", None),
        ("", None),
    ],
)
def test_forms_of_secrets_are_hidden_and_sentences_kept(text: str, clean: str | None) -> None:
    free = FreeText(known=frozenset({TARGET_ID}))
    assert free.clean(text) == (text if clean is None else clean)


def test_only_whole_words_that_mean_something_are_looked_for() -> None:
    assert tellable(["ab", "True", "***", "Tr0ub4dor"]) == {"Tr0ub4dor"}
    free = FreeText(tellable(["main", "main street 1"]))
    assert free.clean("domain of main street 1") == "domain of ***"
