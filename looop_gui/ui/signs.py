"""One icon, one word and one colour for each action, status and state, used everywhere alike."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleState, JobStatus
from looop_gui.model.mapping import MappingType
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus, StepType
from looop_gui.ui.palettes import Role


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon, its colour role and the English word (translated when shown)."""

    icon: str
    role: Role
    source_word: str

    @property
    def word(self) -> str:
        """The word in the language of the window."""
        return QCoreApplication.translate("Signs", self.source_word)


ACTION_SIGNS = {
    ProvisioningAction.CREATE: Sign("plus", Role.SUCCESS, "Create"),
    ProvisioningAction.UPDATE: Sign("pencil", Role.INFO, "Update"),
    ProvisioningAction.DISABLE: Sign("user-x", Role.WARNING, "Disable"),
    ProvisioningAction.DELETE: Sign("trash-2", Role.DANGER, "Delete"),
    ProvisioningAction.STAGED_DELETE: Sign("archive", Role.WARNING, "Staged delete"),
    ProvisioningAction.OTHER: Sign("minus", Role.TEXT_MUTED, "Other"),
}

STATUS_SIGNS = {
    ProvisioningStatus.SUCCESS: Sign("circle-check", Role.SUCCESS, "Success"),
    ProvisioningStatus.WARNING: Sign("triangle-alert", Role.WARNING, "Warning"),
    ProvisioningStatus.FAILURE: Sign("circle-x", Role.DANGER, "Failure"),
    ProvisioningStatus.SKIPPED: Sign("skip-forward", Role.TEXT_MUTED, "Skipped"),
}

STEP_SIGNS = {
    StepType.IMPORT: Sign("download", Role.INFO, "Import"),
    StepType.SCOPING: Sign("funnel", Role.INFO, "Scoping"),
    StepType.MATCHING: Sign("scan-search", Role.INFO, "Matching"),
    StepType.PROCESSING: Sign("workflow", Role.INFO, "Processing"),
    StepType.REFERENCE_RESOLUTION: Sign("link", Role.INFO, "Reference resolution"),
    StepType.EXPORT: Sign("upload", Role.INFO, "Export"),
}

MAPPING_SIGNS = {
    MappingType.DIRECT: Sign("arrow-right", Role.INFO, "Direct"),
    MappingType.CONSTANT: Sign("type", Role.WARNING, "Constant"),
    MappingType.EXPRESSION: Sign("square-function", Role.SUCCESS, "Expression"),
    MappingType.NONE: Sign("ban", Role.TEXT_MUTED, "None"),
}

OBJECT_ICONS = {ObjectType.USER: "user-round", ObjectType.GROUP: "users-round"}
"""The icon of a person and of a group."""

JOB_SIGNS = {
    JobStatus.NOT_CONFIGURED: Sign("circle-dashed", Role.TEXT_MUTED, "Not configured"),
    JobStatus.NOT_RUN: Sign("circle-dashed", Role.TEXT_MUTED, "Not run yet"),
    JobStatus.ACTIVE: Sign("circle-check", Role.SUCCESS, "Active"),
    JobStatus.PAUSED: Sign("circle-pause", Role.WARNING, "Paused"),
    JobStatus.QUARANTINE: Sign("shield-alert", Role.DANGER, "Quarantine"),
}

CYCLE_SIGNS = {
    CycleState.RUNNING: Sign("refresh-cw", Role.ACCENT, "Running"),
    CycleState.SUCCEEDED: Sign("circle-check", Role.SUCCESS, "Succeeded"),
    CycleState.FAILED: Sign("circle-x", Role.DANGER, "Failed"),
    CycleState.ENTRY_LEVEL_ERRORS: Sign("triangle-alert", Role.WARNING, "Some objects failed"),
    CycleState.STOPPED: Sign("circle-stop", Role.TEXT_MUTED, "Stopped"),
}

COUNT_SIGNS = {
    "created": ACTION_SIGNS[ProvisioningAction.CREATE],
    "updated": ACTION_SIGNS[ProvisioningAction.UPDATE],
    "disabled": ACTION_SIGNS[ProvisioningAction.DISABLE],
    "deleted": ACTION_SIGNS[ProvisioningAction.DELETE],
    "skipped": STATUS_SIGNS[ProvisioningStatus.SKIPPED],
    "failed": STATUS_SIGNS[ProvisioningStatus.FAILURE],
}
"""The fields of `CycleCounts`, each with the sign of what it counts."""
