"""What is noted while one object is provisioned: the material of its log entry."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from looop_gui.engine.conversation import ObjectOutcome, ObjectTask
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    ProvisioningStep,
    StepType,
)

OnStep = Callable[[ProvisioningStep], None]
"""Told of each step at the moment it is noted."""

ADAPTED = "RFC 7644, because the target refuses the form in which Entra writes"


class ObjectRecord:
    """Collects the steps of one object; `outcome()` makes the result of them.

    `action` is what is being done, `target_id` and `target_name` the resource once it is known,
    `link` the link to store, `identity` the names it has there (`engine.identity`), `wrote` the
    number of writes that the target acknowledged, `added` and `removed` the members they concerned,
    `image` what the object held before, `maybe` members of whom nobody knows whether they were any:
    an undo must not give a membership that may never have been. `on_step` is told of each step as
    it is noted. In `ahead` is put what must be kept before the next write goes out, by source id.
    """

    __slots__ = (
        "_ahead",
        "_on_step",
        "action",
        "added",
        "identity",
        "image",
        "link",
        "maybe",
        "modified",
        "references_left",
        "removed",
        "steps",
        "taken_from",
        "target_id",
        "target_name",
        "task",
        "unlink",
        "wrote",
    )

    def __init__(
        self,
        task: ObjectTask,
        action: ProvisioningAction,
        on_step: OnStep | None = None,
        ahead: dict[str, BeforeImage] | None = None,
    ) -> None:
        self.task = task
        self._on_step = on_step
        self._ahead = ahead
        self.action = action
        self.target_id = task.link.target_id if task.link else None
        self.target_name: str | None = None
        self.link: Link | None = None
        self.identity = ""
        self.unlink = False
        self.wrote = 0
        self.references_left = False
        self.taken_from = ""
        self.added: list[str] = []
        self.removed: list[str] = []
        self.maybe: frozenset[str] = frozenset()
        self.image: BeforeImage | None = None
        self.steps: list[ProvisioningStep] = []
        self.modified: list[ModifiedProperty] = []
        if task.drift:
            self.step("DriftCheck", StepType.MATCHING, task.drift)

    def step(
        self,
        name: str,
        step_type: StepType,
        description: str,
        details: Mapping[str, str] | None = None,
        status: ProvisioningStatus = ProvisioningStatus.SUCCESS,
    ) -> None:
        """Note a step (section i.1)."""
        step = ProvisioningStep(name, step_type, status, description, details or {})
        self.steps.append(step)
        if self._on_step is not None:
            self._on_step(step)

    def keep_ahead(self, image: BeforeImage) -> None:
        """Have an image kept before the write that is about to be asked for."""
        if self._ahead is not None:
            self._ahead[self.task.source_id] = replace(image, doubtful=True)

    def exported(self, name: str, description: str, *, adapted: bool = False) -> None:
        """Note the last step of a write; `adapted` warns that Entra's own form was refused."""
        status = ProvisioningStatus.WARNING if adapted else ProvisioningStatus.SUCCESS
        details = {"dialect": ADAPTED} if adapted else None
        self.step(name, StepType.EXPORT, description, details, status)

    def succeeded(self) -> ObjectOutcome:
        """The outcome of an object that was written."""
        return self._outcome(ProvisioningStatus.SUCCESS, None, "")

    def skipped(self, skip: ObjectSkippedError) -> ObjectOutcome:
        """The outcome of an object that was left as it is; a skip is no failure."""
        error = ErrorInformation(skip.code, skip.reason)
        return self._outcome(ProvisioningStatus.SKIPPED, error, skip.skip_reason)

    def failed(self, failure: ObjectFailedError) -> ObjectOutcome:
        """The outcome of an object that failed; what was written before stays noted."""
        error = ErrorInformation(
            failure.code, failure.reason, failure.recommended_action, failure.details
        )
        return self._outcome(ProvisioningStatus.FAILURE, error, "", failure)

    def _outcome(
        self,
        status: ProvisioningStatus,
        error: ErrorInformation | None,
        skip_reason: str,
        failure: ObjectFailedError | None = None,
    ) -> ObjectOutcome:
        return ObjectOutcome(
            task=self.task,
            action=self.action,
            status=status,
            target_id=self.target_id,
            target_name=self.target_name,
            steps=tuple(self.steps),
            modified_properties=tuple(self.modified),
            error=error,
            skip_reason=skip_reason,
            link=self.link,
            unlink=self.unlink,
            wrote=self.wrote,
            references_left=self.references_left,
            critical=failure.critical if failure else None,
            members_added=len(self.added),
            members_removed=len(self.removed),
            taken_from=self.taken_from,
            unsure=failure.unsure if failure and self.task.link is None else "",
            image=self._image(),
        )

    def _image(self) -> BeforeImage | None:
        """The before-image; that of a group's members follows from what was acknowledged.

        Of a batch that was in doubt the rest may have been acknowledged after all, and later ones.
        """
        image = self.image
        if image is None:
            written = self.added or self.removed
            return self.members_image(self.added, self.removed) if written else None
        if image.kind is not ImageKind.MEMBERS:
            return image
        done = self.members_image(self.added, self.removed)
        added = tuple(dict.fromkeys((*image.added, *done.added)))
        removed = tuple(dict.fromkeys((*image.removed, *done.removed)))
        known = len(added) == len(done.added) and len(removed) == len(done.removed)
        return replace(image, added=added, removed=removed, doubtful=not known)

    def members_image(self, added: Iterable[str], removed: Iterable[str]) -> BeforeImage:
        """The image of a group of which only members are written."""
        task = self.task
        return BeforeImage(
            ImageKind.MEMBERS,
            task.object_type,
            task.source_id,
            self.target_id or "",
            task.source_name,
            added=tuple(added),
            removed=tuple(one for one in removed if one not in self.maybe),
        )
