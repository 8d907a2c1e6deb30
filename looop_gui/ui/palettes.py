"""The colour roles of the window and their values for light, dark and high contrast.

A role is the only way to name a colour: style sheets, icons, plots and delegates all ask for one.
Text roles keep 4.5:1 on every background they are used on, graphics 3:1 (WCAG 2.2, 1.4.3, 1.4.11).
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a colour is for. The `*_SOFT` roles are backgrounds for text of the role itself."""

    WINDOW = "window"
    SURFACE = "surface"
    RAISED = "raised"
    SUNKEN = "sunken"
    BORDER = "border"
    CONTROL_BORDER = "control_border"
    TEXT = "text"
    TEXT_MUTED = "text_muted"
    ACCENT = "accent"
    ACCENT_HOVER = "accent_hover"
    ACCENT_SOFT = "accent_soft"
    ON_ACCENT = "on_accent"
    SUCCESS = "success"
    SUCCESS_SOFT = "success_soft"
    WARNING = "warning"
    WARNING_SOFT = "warning_soft"
    DANGER = "danger"
    DANGER_SOFT = "danger_soft"
    ON_DANGER = "on_danger"
    INFO = "info"
    INFO_SOFT = "info_soft"
    SELECTION = "selection"
    FOCUS = "focus"


Palette = Mapping[Role, str]
"""A colour (`#rrggbb`) for each role."""


class Appearance(StrEnum):
    """Which palette is shown. SYSTEM follows the desktop's colour scheme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


LIGHT: Palette = {
    Role.WINDOW: "#f4f6f9",
    Role.SURFACE: "#ffffff",
    Role.RAISED: "#eaeef4",
    Role.SUNKEN: "#f8fafc",
    Role.BORDER: "#dce1e9",
    Role.CONTROL_BORDER: "#7f8a9d",
    Role.TEXT: "#182030",
    Role.TEXT_MUTED: "#535e70",
    Role.ACCENT: "#3549cf",
    Role.ACCENT_HOVER: "#2839ad",
    Role.ACCENT_SOFT: "#e8ebfd",
    Role.ON_ACCENT: "#ffffff",
    Role.SUCCESS: "#12693a",
    Role.SUCCESS_SOFT: "#e2f4e9",
    Role.WARNING: "#7d4f00",
    Role.WARNING_SOFT: "#fdf1d8",
    Role.DANGER: "#b3231c",
    Role.DANGER_SOFT: "#fde8e6",
    Role.ON_DANGER: "#ffffff",
    Role.INFO: "#17589f",
    Role.INFO_SOFT: "#e3effb",
    Role.SELECTION: "#dfe5fd",
    Role.FOCUS: "#3549cf",
}

DARK: Palette = {
    Role.WINDOW: "#12151b",
    Role.SURFACE: "#1a1e26",
    Role.RAISED: "#272d38",
    Role.SUNKEN: "#161a21",
    Role.BORDER: "#303745",
    Role.CONTROL_BORDER: "#737f93",
    Role.TEXT: "#e7ebf2",
    Role.TEXT_MUTED: "#a5afbf",
    Role.ACCENT: "#93a6ff",
    Role.ACCENT_HOVER: "#b0beff",
    Role.ACCENT_SOFT: "#262f57",
    Role.ON_ACCENT: "#11183d",
    Role.SUCCESS: "#6bd49a",
    Role.SUCCESS_SOFT: "#16352a",
    Role.WARNING: "#ebbd5f",
    Role.WARNING_SOFT: "#3a2e14",
    Role.DANGER: "#ff968d",
    Role.DANGER_SOFT: "#43211f",
    Role.ON_DANGER: "#3b0907",
    Role.INFO: "#86bfff",
    Role.INFO_SOFT: "#17304c",
    Role.SELECTION: "#2d3867",
    Role.FOCUS: "#93a6ff",
}

HIGH_CONTRAST: Palette = {
    Role.WINDOW: "#000000",
    Role.SURFACE: "#000000",
    Role.RAISED: "#262626",
    Role.SUNKEN: "#000000",
    Role.BORDER: "#ffffff",
    Role.CONTROL_BORDER: "#ffffff",
    Role.TEXT: "#ffffff",
    Role.TEXT_MUTED: "#f0f0f0",
    Role.ACCENT: "#ffe83b",
    Role.ACCENT_HOVER: "#ffffff",
    Role.ACCENT_SOFT: "#332e00",
    Role.ON_ACCENT: "#000000",
    Role.SUCCESS: "#6dff9e",
    Role.SUCCESS_SOFT: "#00290f",
    Role.WARNING: "#ffd166",
    Role.WARNING_SOFT: "#2e2200",
    Role.DANGER: "#ff9d94",
    Role.DANGER_SOFT: "#330500",
    Role.ON_DANGER: "#000000",
    Role.INFO: "#8fd0ff",
    Role.INFO_SOFT: "#001e33",
    Role.SELECTION: "#0b3d91",
    Role.FOCUS: "#ffe83b",
}

PALETTES: Mapping[Appearance, Palette] = {
    Appearance.LIGHT: LIGHT,
    Appearance.DARK: DARK,
    Appearance.HIGH_CONTRAST: HIGH_CONTRAST,
}

CONNECTION_COLOURS = (
    Role.ACCENT,
    Role.SUCCESS,
    Role.WARNING,
    Role.DANGER,
    Role.INFO,
    Role.TEXT_MUTED,
)
"""The colours a connection may carry; `Connection.colour` holds one of these role names."""


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
