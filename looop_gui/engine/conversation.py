"""What goes into the provisioning of one object and what comes out of it.

`Conversation` is the type of the engine's generators: they yield a request, are sent the response,
and return a value. Whoever drives one decides how the question is asked (the wire, a rehearsal,
a script of a test); the generator decides everything else.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import msgspec

from looop_gui.engine.decisions import Decision
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    ProvisioningStep,
)
from looop_gui.scim.messages import ScimRequest, ScimResponse

T = TypeVar("T")
Conversation = Generator[ScimRequest, ScimResponse, T]


class Pass(StrEnum):
    """The two passes over an object (section f.5): itself first, then what it refers to."""

    OBJECT = "object"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """The facts of a scope evaluation as the log shows them (section b.4)."""

    in_scope: bool
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unsure:
    """Creates that may have arrived: by which matching values to look for them, and since when."""

    values: tuple[str, ...]
    since: datetime


class ObjectTask(msgspec.Struct, frozen=True, gc=False):
    """One object to provision in one pass, as decided; `source` is None when it is gone.

    `uncertain` says that an earlier attempt was cut off, so the target must be looked at before
    anything is created; `references_uncertain` says so of its references. `digest` is of the
    object's own attributes and of its references. Tasks of a higher `wave` begin when those of the
    lower ones have ended; one that `follows` another object begins when that one has ended.
    `leaving_since` is the beginning of the grace period of an object that is to be deleted, `drift`
    says what a drift check found that is repaired by this. `leaves_scope` ends the managing.
    `chosen_members` are those of a group that provision on demand was told (section h); None is the
    whole membership. `hint` says by what the resource can be found that an undo makes anew.
    """

    object_type: ObjectType
    source_id: str
    source_name: str
    decision: Decision
    source: DirectoryObject | None
    link: Link | None
    scope: ScopeFacts
    soft_deleted: bool = False
    uncertain: bool = False
    digest: str = ""
    roles: tuple[str, ...] = ()
    skip_reason: str = ""
    wave: int = 0
    follows: str = ""
    leaves_scope: bool = False
    unsure: Unsure | None = None
    references_uncertain: bool = False
    leaving_since: datetime | None = None
    drift: str = ""
    chosen_members: frozenset[str] | None = None
    hint: str = ""


class Critical(StrEnum):
    """What an answer says about the whole job and not about one object (section f.7)."""

    CREDENTIALS = "invalid_credentials"
    UNREACHABLE = "unreachable"


class ObjectOutcome(msgspec.Struct, frozen=True, gc=False):
    """How the provisioning of one object in one pass ended.

    `link` is the link to store, or None; `unlink` breaks it. `wrote` counts writes that the target
    acknowledged. `references_left` asks for the second pass. `taken_from` is the source id of an
    object that is gone and whose resource this one took over. `unsure` is the matching value of a
    create that may have arrived. `image` is what the object held before it was written.
    """

    task: ObjectTask
    action: ProvisioningAction
    status: ProvisioningStatus
    target_id: str | None
    target_name: str | None
    steps: tuple[ProvisioningStep, ...]
    modified_properties: tuple[ModifiedProperty, ...]
    error: ErrorInformation | None
    skip_reason: str
    link: Link | None
    unlink: bool = False
    wrote: int = 0
    references_left: bool = False
    critical: Critical | None = None
    members_added: int = 0
    members_removed: int = 0
    taken_from: str = ""
    unsure: str = ""
    image: BeforeImage | None = None

    @property
    def failed(self) -> bool:
        """True when the object goes into escrow."""
        return self.status is ProvisioningStatus.FAILURE
