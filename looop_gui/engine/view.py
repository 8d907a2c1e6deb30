"""What the provisioning of one object may look at besides the object itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.decisions import Decision
from looop_gui.engine.owners import Owners
from looop_gui.engine.record import OnStep
from looop_gui.engine.rules import ConnectionRules
from looop_gui.engine.shown_references import ShownReferences
from looop_gui.engine.target_list import TargetList
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Adaptation, Escrow, Link
from looop_gui.scim.messages import JsonObject


@dataclass(slots=True)
class CycleView:
    """The state of a running cycle as its objects see it; the driver keeps it up to date.

    `links` are all links by source id, with those made in this cycle. `lists` are the target's
    lists that were read at its beginning; `began` is when it began. `adapted` is set when the
    target has refused Entra's way of writing and taken plain RFC 7644, `puts` when it has no PATCH,
    `patches_groups` when its groups take a PATCH and no PUT of their members, `pathless` when its
    users are patched without paths, `refers` when it wants a manager's address beside the id,
    `asked` when its configuration was read;
    they are as the job remembers them at first. `keeps_patch` and `keeps_paths` are set when it
    turned out in this cycle that a refusal meant something else.

    `owners` says which source object each linked resource belongs to, `escrows` who has failed,
    `gone` which linked objects the source has no more. `claims` are the resources, by kind and id,
    that objects of this cycle have taken for their own, before their links are known here.
    `on_step` is told of each step as it is noted. `keeps_images` asks for what is to be deleted to
    be read before, so that it can be made anew. `ahead` has, by source id, what the driver is to
    keep of an object before the write that is about to go out. `left_out` are those whom the plan
    that is applied does not have and who would be managed, or managed no more, by what it leaves
    out: nothing refers to them anew, and nothing ends to. `shown` says whether the target shows
    managers and members at all. `fixed` lets no other form of a write be tried than that of
    the plan that is applied; `left_behind` are members of groups that are nobody's in the
    target, to be taken out. `created` has who was made in this cycle.
    """

    rules: ConnectionRules
    links: Mapping[str, Link]
    context: EvaluationContext
    began: datetime
    lists: dict[ObjectType, TargetList] = field(default_factory=dict)
    adapted: bool = False
    puts: bool = False
    patches_groups: bool = False
    pathless: bool = False
    refers: bool = False
    asked: bool = False
    keeps_patch: bool = False
    keeps_paths: bool = False
    owners: Owners = field(default_factory=Owners)
    escrows: Mapping[str, Escrow] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    claims: dict[tuple[ObjectType, str], str] = field(default_factory=dict)
    on_step: OnStep | None = None
    keeps_images: bool = False
    ahead: dict[str, BeforeImage] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    shown: ShownReferences = field(default_factory=ShownReferences)
    fixed: bool = False
    left_behind: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def begin(self, gone: frozenset[str], tasks: Iterable[ObjectTask]) -> None:
        """Take in what is decided: who is gone, and who returns to a resource left behind before.

        Nobody else may take that over, though it is not managed until then.
        """
        self.gone = gone
        for task in tasks:
            link = task.link
            if link is not None and not link.managed and task.decision is Decision.UPDATE:
                self.claims[task.object_type, link.target_id] = task.source_id

    def adapt(self, adaptation: Adaptation) -> None:
        """Begin with what the job remembers, where the connection lets its writes be adapted."""
        self.shown.remember(adaptation)
        if self.rules.settings.adapt_dialect:
            self.adapted = Adaptation.RFC7644 in adaptation
            self.puts = Adaptation.PUT in adaptation
            self.patches_groups = Adaptation.PATCHED_GROUPS in adaptation
            self.pathless = Adaptation.PATHLESS in adaptation
            self.refers = Adaptation.REFERENCE in adaptation
            self.asked = Adaptation.ASKED in adaptation

    @property
    def adaptation(self) -> Adaptation:
        """What the target has made of the way of writing, to be remembered."""
        learnt = (
            (self.adapted, Adaptation.RFC7644),
            (self.puts, Adaptation.PUT),
            (self.patches_groups, Adaptation.PATCHED_GROUPS),
            (self.pathless, Adaptation.PATHLESS),
            (self.refers, Adaptation.REFERENCE),
            (self.asked, Adaptation.ASKED),
        )
        return Adaptation(sum(way for is_so, way in learnt if is_so)) | self.shown.learnt

    @property
    def dialect(self) -> Dialect:
        """The dialect in which the next write is to be sent first."""
        return Dialect.RFC7644 if self.adapted else self.rules.dialect

    def target_id(self, source_id: str) -> str | None:
        """The target id of an object that is linked and managed, to be referred to."""
        link = self.links.get(source_id)
        if link is None or not link.managed or source_id in self.left_out:
            return None
        return link.target_id

    def leave_out(self, task: ObjectTask) -> None:
        """Take in that an object was left out of the plan that is applied."""
        begins = task.link is None or not task.link.managed
        if begins or task.leaves_scope or task.decision is Decision.DELETE:
            self.left_out.add(task.source_id)

    def listed(self, object_type: ObjectType, target_id: str) -> JsonObject | None:
        """The resource as the list had it, if there is a list and it was in it."""
        known = self.lists.get(object_type)
        return known.get(target_id) if known is not None else None
