"""Colours that can be read, icons that exist, one style sheet for all appearances."""

import re

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from looop_gui import resources
from looop_gui.ui import signs
from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.palettes import PALETTES, Appearance, Role, contrast
from looop_gui.ui.theme import Theme

BACKGROUNDS = (Role.WINDOW, Role.SURFACE, Role.RAISED, Role.SUNKEN, Role.SELECTION)
PLAIN = (Role.WINDOW, Role.SURFACE, Role.SUNKEN)
COLOURED = (Role.ACCENT, Role.SUCCESS, Role.WARNING, Role.DANGER, Role.INFO)
PAIRS = [
    *((Role.TEXT, background) for background in BACKGROUNDS),
    *((Role.TEXT_MUTED, background) for background in BACKGROUNDS),
    *((role, background) for role in COLOURED for background in PLAIN),
    *((role, Role(f"{role}_soft")) for role in COLOURED),
    *((Role.TEXT, Role(f"{role}_soft")) for role in COLOURED),
    (Role.ON_ACCENT, Role.ACCENT),
    (Role.ON_ACCENT, Role.ACCENT_HOVER),
    (Role.ON_DANGER, Role.DANGER),
    (Role.TEXT_MUTED, Role.RAISED),
]


@pytest.mark.parametrize("appearance", PALETTES)
@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_text_has_a_contrast_of_4_5(appearance: Appearance, text: Role, background: Role) -> None:
    palette = PALETTES[appearance]
    assert contrast(palette[text], palette[background]) >= 4.5


@pytest.mark.parametrize("appearance", PALETTES)
@pytest.mark.parametrize("role", [Role.CONTROL_BORDER, Role.FOCUS])
@pytest.mark.parametrize("background", PLAIN)
def test_edges_of_controls_have_a_contrast_of_3(
    appearance: Appearance, role: Role, background: Role
) -> None:
    palette = PALETTES[appearance]
    assert contrast(palette[role], palette[background]) >= 3.0


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("appearance", PALETTES)
def test_every_role_has_a_colour(appearance: Appearance) -> None:
    assert set(PALETTES[appearance]) == set(Role)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in PALETTES[appearance].values())


def test_an_appearance_changes_the_colours_of_the_window(theme: Theme, qapp: QApplication) -> None:
    theme.apply(Appearance.DARK)
    assert PALETTES[Appearance.DARK][Role.WINDOW] in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()
    theme.apply(Appearance.LIGHT)
    assert PALETTES[Appearance.LIGHT][Role.WINDOW] in qapp.styleSheet()


def test_dressed_buttons_are_tinted_anew(theme: Theme, qtbot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    theme.dress(button, "play", Role.TEXT)
    light = button.icon().cacheKey()
    theme.apply(Appearance.DARK)
    assert button.icon().cacheKey() != light
    theme.apply(Appearance.LIGHT)


def test_every_sign_and_page_has_an_icon_in_the_resources() -> None:
    tables = [value for value in vars(signs).values() if isinstance(value, dict)]
    names = {
        sign.icon for table in tables for sign in table.values() if isinstance(sign, signs.Sign)
    }
    names |= {entry.icon for entry in PAGES}
    missing = [name for name in names if not resources.path("icons", f"{name}.svg").exists()]
    assert names
    assert not missing


def test_every_icon_that_the_window_names_is_there(checkout) -> None:
    sources = (checkout / "looop_gui" / "ui").rglob("*.py")
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    named = set(re.findall(r'icon="([a-z0-9-]+)"', text))
    named |= set(re.findall(r'dress\([^,]+, "([a-z0-9-]+)"', text))
    missing = [name for name in named if not resources.path("icons", f"{name}.svg").exists()]
    assert len(named) > 10
    assert not missing


def test_the_licence_of_the_icons_lies_beside_them() -> None:
    assert "ISC" in resources.read_text("icons", "LICENSE.lucide.txt")
