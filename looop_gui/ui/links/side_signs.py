"""One icon, word and colour for how each side of a link stands, and what an account is."""

from looop_gui.engine.link_comparison import ComparisonState
from looop_gui.model.drift import DriftKind
from looop_gui.services.account_discovery import AccountState
from looop_gui.services.link_comparison import SideState
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign

SIDE_SIGNS = {
    SideState.ACTIVE: Sign("circle-check", Role.SUCCESS, "Active"),
    SideState.DISABLED: Sign("ban", Role.WARNING, "Disabled"),
    SideState.DELETED: Sign("trash-2", Role.WARNING, "Deleted"),
    SideState.GONE: Sign("circle-x", Role.DANGER, "Gone"),
}

COMPARISON_SIGNS = {
    ComparisonState.SAME: Sign("equal", Role.SUCCESS, "The same"),
    ComparisonState.DIFFERENT: Sign("pencil", Role.WARNING, "Different"),
    ComparisonState.MISSING: Sign("plus", Role.WARNING, "Missing"),
    ComparisonState.NOTHING_FLOWS: Sign("minus", Role.TEXT_MUTED, "Nothing flows"),
    ComparisonState.CREATION_ONLY: Sign("user-plus", Role.INFO, "At creation only"),
    ComparisonState.PROBLEM: Sign("triangle-alert", Role.DANGER, "Cannot be evaluated"),
}

DRIFT_SIGNS = {
    DriftKind.CHANGED: Sign("pencil", Role.WARNING, "Changed"),
    DriftKind.GONE: Sign("circle-x", Role.DANGER, "Gone"),
    DriftKind.ENABLED: Sign("circle-check", Role.DANGER, "Enabled"),
    DriftKind.DISABLED: Sign("ban", Role.WARNING, "Disabled"),
    DriftKind.STAYS: Sign("circle-x", Role.DANGER, "Not deleted"),
    DriftKind.NORMALISED: Sign("equal", Role.TEXT_MUTED, "Normalised"),
}

ACCOUNT_SIGNS = {
    AccountState.LOCAL: Sign("user-round", Role.INFO, "Local"),
    AccountState.NOT_ASSIGNED: Sign("circle-slash", Role.WARNING, "Not assigned"),
    AccountState.AMBIGUOUS: Sign("triangle-alert", Role.DANGER, "Ambiguous"),
    AccountState.MATCHING: Sign("scan-search", Role.INFO, "Will be linked"),
    AccountState.LINKED: Sign("link", Role.SUCCESS, "Linked"),
}
