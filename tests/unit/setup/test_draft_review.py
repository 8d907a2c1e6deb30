"""The review's prose: every number and every choice of the draft is in it."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import Application, ConnectionSettings, TenantConnection
from looop_gui.model.job import CycleCounts
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ProvisioningScope,
    ScopingFilter,
)
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.draft import SetupDraft, SetupStep
from looop_gui.setup.review import ReviewNumbers, forecast_sentences, review

URL = "https://acme.looop.co/scim/v2"
DRAFT = SetupDraft("c1", name="Looop", application=Application.LOOOP).with_target(
    URL, TenantConnection(URL)
)
SCHEMA = default_schema(Application.LOOOP)
NUMBERS = ReviewNumbers(users=1310, groups=12, users_in_scope=118, groups_in_scope=1)


def prose(draft: SetupDraft, **changes: object) -> str:
    schema = replace(SCHEMA, **changes)
    sections = review(draft, schema, NUMBERS)
    return "\n".join(sentence for section in sections for sentence in section.sentences)


def test_it_says_who_in_numbers() -> None:
    text = prose(DRAFT)
    assert "Everyone assigned to Looop (118 people, 1 group)" in text
    assert "It has 1,310 people and 12 groups." in text
    everyone = replace(DRAFT, settings=ConnectionSettings(scope=ProvisioningScope.ALL))
    assert "Everyone in the source directory (118 people" in prose(everyone)


def test_it_says_how_people_are_matched_and_what_is_written() -> None:
    text = prose(DRAFT)
    assert "whose userName equals userPrincipalName" in text
    assert "9 attributes are mapped: 8 copied directly, 1 made by an expression." in text


def test_filters_are_read_out() -> None:
    clauses = (
        FilterClause("department", FilterOperator.EQUALS, "Sales"),
        FilterClause("city", FilterOperator.IS_NULL, "ignored"),
    )
    scope = ScopingFilter((FilterGroup("a", clauses), FilterGroup("b", clauses[:1])))
    text = prose(DRAFT, user_mapping=replace(SCHEMA.user_mapping, scope=scope))
    first = 'department EQUALS "Sales" and city IS NULL'
    assert f'Only people where {first}, or department EQUALS "Sales".' in text


def test_what_is_switched_off_is_said() -> None:
    text = prose(
        DRAFT,
        group_mapping=replace(SCHEMA.group_mapping, enabled=False),
        user_mapping=replace(SCHEMA.user_mapping, actions=TargetObjectActions.CREATE),
    )
    assert "No group is provisioned" in text
    assert "Nothing is updated or disabled or deleted" in text


@pytest.mark.parametrize("on", [True, False])
def test_the_guard_is_told_in_both_states(on: bool) -> None:
    draft = replace(DRAFT, settings=ConnectionSettings(prevent_accidental_deletion=on))
    assert ("more than 500 objects stops" in prose(draft)) is on
    assert ("Nothing stops a cycle" in prose(draft)) is not on


def test_each_section_leads_to_a_step() -> None:
    steps = [section.step for section in review(DRAFT, SCHEMA, NUMBERS)]
    assert steps[0] is SetupStep.CREDENTIALS
    assert SetupStep.SCOPE in steps


@pytest.mark.parametrize(
    ("users", "groups", "sentences"),
    [
        (
            CycleCounts(created=118, failed=1),
            CycleCounts(created=6),
            ("Create 118 people and 6 groups.", "Cannot be provisioned as it stands: 1 person."),
        ),
        (
            CycleCounts(),
            CycleCounts(),
            ("Nothing to write: the target already holds what it should.",),
        ),
        (
            CycleCounts(disabled=1),
            CycleCounts(deleted=2),
            ("Disable 1 person.", "Delete 2 groups."),
        ),
    ],
)
def test_the_forecast_in_words(
    users: CycleCounts, groups: CycleCounts, sentences: tuple[str, ...]
) -> None:
    assert forecast_sentences(users, groups) == sentences
