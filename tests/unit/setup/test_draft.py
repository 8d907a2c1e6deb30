"""The draft of the wizard: kept whole, without the token, and honest about what was tested."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import (
    Application,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.errors import ConfigurationError
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.draft import SetupDraft, SetupStep, draft_of, schema_of, schema_text

URL = "https://acme.looop.co/scim/v2"


def test_a_draft_comes_back_as_it_was_kept() -> None:
    draft = SetupDraft(
        "c1",
        name="Łódź",
        source=SourceSettings(SourceType.FILES, "/tmp/x", columns=(("UPN", "userPrincipalName"),)),
        schema_json='{"id": "1"}',
    ).at(SetupStep.SOURCE)
    assert SetupDraft.from_json(draft.to_json()) == draft


def test_a_damaged_draft_says_what_is_safe() -> None:
    with pytest.raises(ConfigurationError) as raised:
        SetupDraft.from_json('{"id": 3')
    assert "Saved connections" in raised.value.safe


def test_another_tenant_url_takes_back_the_passed_test() -> None:
    tested = SetupDraft("c1").with_target(URL, TenantConnection(URL)).passed_test().proved_write()
    assert (tested.tested_url, tested.proved_url) == (URL, URL)
    other = tested.with_target("https://b.looop.co/scim/v2", TenantConnection("https://b"))
    assert (other.tested_url, other.proved_url) == ("", "")
    assert tested.with_target(URL + "/", TenantConnection(URL)).tested_url == URL


def test_a_name_that_was_typed_survives_another_application() -> None:
    assert SetupDraft("c1").choose(Application.LOOOP).name == "Looop"
    named = replace(SetupDraft("c1"), name="Berlin")
    assert named.choose(Application.GENERIC).name == "Berlin"


@pytest.mark.parametrize(
    ("application", "kept"), [(Application.LOOOP, "{}"), (Application.GENERIC, "")]
)
def test_mappings_are_kept_only_where_the_schema_is_the_same(
    application: Application, kept: str
) -> None:
    draft = replace(SetupDraft("c1", application=Application.DEMO), schema_json="{}")
    assert draft.choose(application).schema_json == kept


def test_the_credentials_of_the_demo_tenant_are_for_the_demo_only() -> None:
    demo = SetupDraft("c1").with_target(URL, TenantConnection(URL)).passed_test()
    looop = demo.choose(Application.LOOOP)
    assert (looop.url_text, looop.target.tenant_url, looop.tested_url) == ("", "", "")
    typed = looop.with_target(URL, TenantConnection(URL))
    assert typed.choose(Application.GENERIC).url_text == URL


def test_going_through_a_saved_connection_again_gives_the_same_connection() -> None:
    draft = SetupDraft("c1", name="  Looop ").with_target(URL, TenantConnection(URL))
    connection = draft.connection(provisioning_on=True)
    again = draft_of(connection, "{}")
    assert again.existing
    assert again.connection(provisioning_on=True) == connection
    assert connection.name == "Looop"


def test_changed_mappings_come_back_from_their_text() -> None:
    schema = default_schema(Application.GENERIC)
    changed = replace(schema, group_mapping=replace(schema.group_mapping, enabled=False))
    draft = replace(SetupDraft("c1"), schema_json=schema_text(changed))
    assert schema_of(draft) == changed
    assert schema_of(SetupDraft("c1")) == default_schema(Application.DEMO)
    with pytest.raises(ConfigurationError):
        schema_of(replace(draft, schema_json="[]"))
