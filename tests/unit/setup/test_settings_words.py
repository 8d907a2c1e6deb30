"""The settings by the names that people see."""

from dataclasses import fields, replace

import pytest

from looop_gui.model.connection import (
    Connection,
    ConnectionSettings,
    Dialect,
    MatchingStrategy,
    TenantConnection,
)
from looop_gui.model.scope import ProvisioningScope
from looop_gui.setup.settings_words import (
    SETTING_NAMES,
    changed_settings,
    setting_in_words,
    setting_name,
)


@pytest.mark.parametrize(
    "name",
    [
        field.name
        for kind in (ConnectionSettings, TenantConnection, Connection)
        for field in fields(kind)
        if field.name not in ("id", "application", "target", "source", "settings")
    ],
)
def test_every_setting_has_a_name_for_people(name: str) -> None:
    assert name in SETTING_NAMES
    assert "_" not in setting_name(name)


@pytest.mark.parametrize("value", [*ProvisioningScope, *MatchingStrategy, *Dialect])
def test_choices_are_said_in_words(value: object) -> None:
    words = setting_in_words("choice", value)
    assert words[0].isupper()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("interval_minutes", 40, "40 minutes"),
        ("append_only", True, "On"),
        ("append_only", False, "Off"),
        ("limit_creates", 0, "No limit"),
        ("limit_source_shrink_percent", 10, "10 percent"),
        ("limit_source_shrink_percent", 0, "No limit"),
        ("requests_per_second", 25.0, "25"),
        ("notification_email", "", "none"),
    ],
)
def test_values_are_said_in_words(name: str, value: object, words: str) -> None:
    assert setting_in_words(name, value) == words


def test_switching_provisioning_on_is_no_change_of_the_configuration() -> None:
    settings = ConnectionSettings()
    assert changed_settings(settings, replace(settings, provisioning_on=True)) == ()
