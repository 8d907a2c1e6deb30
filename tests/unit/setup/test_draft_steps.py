"""The steps of the wizard: their states, what is missing, and why one cannot go on."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import (
    Application,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.setup.draft import SetupDraft, SetupStep
from looop_gui.setup.steps import (
    SetupFacts,
    StepState,
    TestState,
    next_step,
    previous_step,
    problems_of,
    reachable,
    statuses,
    steps_of,
    why_not_next,
    why_not_save,
)

URL = "https://acme.looop.co/scim/v2"
COMPLETE = (
    SetupDraft("c1", application=Application.LOOOP, name="Looop")
    .with_target(URL, TenantConnection(URL))
    .passed_test()
)
FACTS = SetupFacts(has_token=True, users=200, groups=6)


def test_the_generic_application_has_no_looop_page() -> None:
    assert SetupStep.PREPARATION not in steps_of(Application.GENERIC)
    assert steps_of(Application.LOOOP) == tuple(SetupStep)


def test_next_and_back_walk_every_step_once() -> None:
    draft, walked = COMPLETE, [COMPLETE.step]
    while (step := next_step(draft)) is not None:
        draft = draft.at(step)
        walked.append(step)
    assert tuple(walked) == tuple(SetupStep)
    back = [draft.step]
    while (step := previous_step(draft)) is not None:
        draft = draft.at(step)
        back.append(step)
    assert back == walked[::-1]


@pytest.mark.parametrize(
    ("change", "facts", "words"),
    [
        ({"url_text": " "}, FACTS, "Enter the Tenant URL"),
        ({}, replace(FACTS, url_problem="No host."), "No host."),
        ({}, replace(FACTS, has_token=False), "Enter the Secret Token"),
        ({}, replace(FACTS, token_problem="A line break."), "A line break."),
    ],
)
def test_credentials_that_are_missing_keep_next_disabled(
    change: dict[str, str], facts: SetupFacts, words: str
) -> None:
    draft = replace(COMPLETE, **change)
    assert words in why_not_next(draft, facts, SetupStep.CREDENTIALS)


def test_the_encrypted_file_needs_its_passphrase() -> None:
    target = TenantConnection(URL, TokenStorage.ENCRYPTED_FILE)
    draft = replace(COMPLETE, target=target)
    assert "passphrase" in why_not_next(draft, FACTS, SetupStep.CREDENTIALS)
    opened = replace(FACTS, has_passphrase=True)
    assert why_not_next(draft, opened, SetupStep.CREDENTIALS) == ""


def test_an_untested_connection_may_go_on_but_not_be_saved() -> None:
    draft = COMPLETE.untested()
    assert why_not_next(draft, FACTS, SetupStep.CREDENTIALS) == ""
    problem = why_not_save(draft, FACTS)
    assert problem is not None
    assert problem.step is SetupStep.CREDENTIALS
    failed = problems_of(draft, replace(FACTS, test=TestState.FAILED), SetupStep.CREDENTIALS)
    assert "did not pass" in failed[0].sentence
    assert why_not_save(COMPLETE, FACTS) is None


@pytest.mark.parametrize(
    ("address", "send", "fine"),
    [("", False, True), ("", True, False), ("it@example.org", True, True), ("a@b", False, False)],
)
def test_the_notification_address_is_needed_only_for_notifications(
    address: str, send: bool, fine: bool
) -> None:
    settings = ConnectionSettings(notification_email=address, send_failure_notification=send)
    draft = replace(COMPLETE, settings=settings)
    assert (why_not_next(draft, FACTS, SetupStep.NOTIFICATION) == "") is fine


def test_a_source_is_chosen_read_and_not_empty() -> None:
    files = replace(COMPLETE, source=SourceSettings(SourceType.FILES))
    step = SetupStep.SOURCE
    assert "Choose the folder" in why_not_next(files, FACTS, step)
    chosen = replace(files, source=SourceSettings(SourceType.FILES, "/x"))
    assert "being read" in why_not_next(chosen, replace(FACTS, users=None), step)
    assert "no people" in why_not_next(chosen, replace(FACTS, users=0), step)
    assert why_not_next(chosen, replace(FACTS, source_problem="Gone."), step) == "Gone."
    assert why_not_next(chosen, FACTS, step) == ""


def test_states_say_where_one_is_and_what_needs_attention() -> None:
    draft = replace(COMPLETE, name="").at(SetupStep.CREDENTIALS).at(SetupStep.NOTIFICATION)
    states = {status.step: status for status in statuses(draft, FACTS)}
    assert states[SetupStep.WELCOME].state is StepState.NEEDS_ATTENTION
    assert states[SetupStep.WELCOME].reason == "Give the connection a name."
    assert states[SetupStep.CREDENTIALS].state is StepState.DONE
    assert states[SetupStep.NOTIFICATION].state is StepState.CURRENT
    assert states[SetupStep.REVIEW].state is StepState.TO_DO


def test_a_name_is_taken_whatever_its_letter_case() -> None:
    facts = replace(FACTS, taken_names=("LOOOP",))
    assert "already" in why_not_next(COMPLETE, facts, SetupStep.WELCOME)


def test_the_list_leads_only_where_nothing_before_blocks() -> None:
    assert reachable(COMPLETE, FACTS, SetupStep.PREPARATION)
    assert not reachable(COMPLETE, FACTS, SetupStep.SCOPE)
    visited = replace(COMPLETE, visited=tuple(SetupStep))
    assert reachable(visited, FACTS, SetupStep.REVIEW)


def test_mapping_errors_block_saving() -> None:
    facts = replace(FACTS, group_mapping_errors=("No matching attribute.",))
    problem = why_not_save(COMPLETE, facts)
    assert problem is not None
    assert (problem.step, problem.sentence) == (
        SetupStep.GROUP_MAPPINGS,
        "No matching attribute.",
    )
