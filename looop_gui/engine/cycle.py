"""What a cycle has to do: the work list, decided from the state and one reading of the source.

Theory of operation. A cycle compares the snapshot of the source with the links. Each object's facts
go through the decision table; what is left is a list of tasks. An initial cycle has a task for
every object. An incremental one has a task only for what changed: an object whose digest differs
from the one in its link, who entered or left scope, who disappeared, or whose retry is due. The
digest covers only the source attributes that the mapping reads, so a change elsewhere costs
nothing. A changed configuration makes the next cycle an initial one; links stay (section c.8).

People come before groups. Managers come before those they manage, so that a manager can be written
together with the person; whoever follows somebody begins when that one has ended, so what is sent
does not depend on who answers first. References that could not be written are a second pass
(section f.5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from looop_gui.engine.conversation import ObjectTask, ScopeFacts, Unsure
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.decisions import Decision, decide, link_state_of, narrow
from looop_gui.engine.digests import (
    LEFT,
    object_digest,
    own_half,
    references_changed,
    refers_to_others,
)
from looop_gui.engine.disappearance import disappeared
from looop_gui.engine.drift import Drift
from looop_gui.engine.escrow import is_due
from looop_gui.engine.grace import with_grace
from looop_gui.engine.rules import ConnectionRules, ObjectRules
from looop_gui.engine.unfinished import NOTHING_UNFINISHED, Unfinished
from looop_gui.engine.waves import managers_above
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import HINTS_APART, CycleKind, Escrow, Link, Watermark

LAST_WAVE = 1 << 30
"""Objects that are gone come last: somebody else may take their resource over before."""


@dataclass(frozen=True, slots=True)
class CycleInput:
    """Everything a cycle is decided from; `began` is when it began, perhaps before a crash.

    `allowed_guard` is the token of a guard's verdict that may pass once. `planned` are the source
    ids that a plan has which is applied, None where there is no plan. `drifted` are linked objects
    that the target holds otherwise, to be written again.
    """

    snapshot: DirectorySnapshot
    links: Mapping[str, Link]
    watermark: Watermark | None
    escrows: Mapping[str, Escrow]
    rules: ConnectionRules
    scope: CycleScope
    now: datetime
    began: datetime
    allowed_guard: str = ""
    planned: frozenset[str] | None = None
    unfinished: Unfinished = NOTHING_UNFINISHED
    drifted: Mapping[str, Drift] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkList:
    """The tasks of one object type: a first pass, and objects that need only the second.

    `released` are objects in escrow that nothing has to be done about any more, `absent` those that
    are gone from the source and wait to be deleted.
    """

    tasks: tuple[ObjectTask, ...] = ()
    references_only: tuple[ObjectTask, ...] = ()
    released: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def count(self, *decisions: Decision) -> int:
        """How many tasks of the first pass have one of these decisions."""
        return sum(1 for task in self.tasks if task.decision in decisions)

    @property
    def to_find(self) -> int:
        """How many objects have to be found or read in the target."""
        return self.count(
            Decision.PROVISION,
            Decision.UPDATE,
            Decision.DISABLE,
            Decision.LEAVE,
            Decision.AWAIT,
        )


@dataclass(frozen=True, slots=True)
class CycleWork:
    """The work of a whole cycle, in the order in which it is done."""

    kind: CycleKind
    users: WorkList = field(default_factory=WorkList)
    groups: WorkList = field(default_factory=WorkList)

    def of(self, object_type: ObjectType) -> WorkList:
        """The work on people or on groups."""
        return self.users if object_type is ObjectType.USER else self.groups

    @property
    def gone(self) -> frozenset[str]:
        """The source ids of linked objects that the source has no more."""
        gone = frozenset(task.source_id for task in self.tasks() if task.source is None)
        return gone | self.users.absent | self.groups.absent

    @property
    def may_patch(self) -> bool:
        """True when something that is in the target may be changed."""
        if self.users.references_only or self.groups.references_only:
            return True
        return any(task.decision not in (Decision.SKIP, Decision.DELETE) for task in self.tasks())

    def tasks(self) -> Iterator[ObjectTask]:
        """All tasks of the first pass."""
        yield from self.users.tasks
        yield from self.groups.tasks


def cycle_kind(
    requested: CycleKind | None, watermark: Watermark | None, rules: ConnectionRules
) -> CycleKind:
    """The kind of the next cycle: incremental only from a watermark of the same configuration."""
    if watermark is None or watermark.configuration_digest != rules.digest:
        return CycleKind.INITIAL
    return requested or CycleKind.INCREMENTAL


def plan_cycle(given: CycleInput, kind: CycleKind) -> CycleWork:
    """The work of a cycle. Pure: it depends on nothing but what is given."""
    return CycleWork(
        kind=kind,
        users=_work_list(given, kind, ObjectType.USER),
        groups=_work_list(given, kind, ObjectType.GROUP),
    )


def _work_list(given: CycleInput, kind: CycleKind, object_type: ObjectType) -> WorkList:
    rules = given.rules.of(object_type)
    if not rules.enabled:
        return WorkList()
    is_user = object_type is ObjectType.USER
    objects = given.snapshot.users if is_user else given.snapshot.groups
    together = rules.manager is not None and not given.rules.settings.separate_references
    planner = _Planner(given, kind, rules, objects if together else {})
    for candidate in objects.values():
        planner.consider(candidate)
    for link in disappeared(given.links.values(), given.snapshot, object_type, objects):
        planner.consider_gone(link)
    for source_id in _lost(given, object_type, objects):
        planner.consider_lost(source_id)
    tasks = sorted(planner.tasks, key=planner.place)
    busy = {task.source_id for task in (*tasks, *planner.references_only)} | planner.waiting
    # Whom a cut-off cycle went through is not without work: she failed there, or is done.
    busy |= given.unfinished.done
    released = frozenset(
        escrow.source_id
        for escrow in given.escrows.values()
        if escrow.object_type is object_type and escrow.source_id not in busy
    )
    absent = frozenset(planner.absent)
    return WorkList(tuple(tasks), tuple(planner.references_only), released, absent)


def _lost(
    given: CycleInput, object_type: ObjectType, objects: Mapping[str, DirectoryObject]
) -> set[str]:
    """Who has no link, is gone from the source, and may have been created."""
    if object_type in given.snapshot.incomplete:
        return set()
    failed = {key for key, e in given.escrows.items() if e.unsure and e.object_type is object_type}
    begun = {
        key
        for key, hint in given.unfinished.uncertain.items()
        if hint.partition(" ")[0] == object_type
    }
    return {key for key in failed | begun if key not in objects and key not in given.links}


class _Planner:
    """Goes over the objects of one type and collects tasks."""

    def __init__(
        self,
        given: CycleInput,
        kind: CycleKind,
        rules: ObjectRules,
        people: Mapping[str, DirectoryObject],
    ) -> None:
        self.tasks: list[ObjectTask] = []
        self.references_only: list[ObjectTask] = []
        self.waiting: set[str] = set()
        self.absent: set[str] = set()
        self._given = given
        self._initial = kind is CycleKind.INITIAL
        self._rules = rules
        self._people = people
        self._depths: dict[str, int] = {}
        # Whom an attempt to manage somebody again may have reached in the target.
        self._touched = frozenset((*given.unfinished.uncertain, *given.escrows, *given.drifted))
        allowed = rules.permissions
        self._narrowed = {one: narrow(one, rules.object_type, allowed) for one in Decision}

    def place(self, task: ObjectTask) -> int:
        """Where a task stands in the order: in its wave behind all managers above it."""
        return task.wave + managers_above(task.source_id, self._people, self._depths)

    def consider(self, candidate: DirectoryObject) -> None:
        given, rules, source_id = self._given, self._rules, candidate.id
        touched = source_id in self._touched
        link, drift = given.links.get(source_id), given.drifted.get(source_id)
        if drift is not None:
            link = drift.as_found(link)
        in_scope = given.scope.in_scope(candidate)
        active = candidate.active
        state = link_state_of(link, touched=touched)
        decision = decide(state, hard_deleted=False, active=active, in_scope=in_scope)
        if decision is Decision.NOTHING:
            return
        unsure = self._unsure(source_id) if touched and link is None else None
        if unsure is not None and decision is Decision.SKIP:
            decision = Decision.RETRACT
        if link is None and decision is Decision.SKIP and not self._initial:
            return
        soft_deleted = not (active and in_scope)
        roles = given.scope.roles(source_id) if rules.uses_roles else ()
        digest = object_digest(rules, candidate, soft_deleted=soft_deleted, roles=roles)
        if self._is_settled(candidate, link, decision, digest):
            return
        retracts = decision is Decision.RETRACT
        leaves_scope = decision is Decision.LEAVE or (retracts and active and not in_scope)
        decision, skip_reason = self._narrowed[decision]
        task = ObjectTask(
            object_type=rules.object_type,
            source_id=source_id,
            source_name=candidate.display_name,
            decision=decision,
            source=candidate,
            link=link,
            scope=given.scope.facts(candidate),
            soft_deleted=soft_deleted,
            uncertain=source_id in given.unfinished.uncertain,
            digest=digest,
            roles=roles,
            skip_reason=skip_reason,
            leaves_scope=leaves_scope,
            follows=(candidate.manager or "") if self._people else "",
            unsure=unsure,
            references_uncertain=source_id in given.unfinished.references_uncertain
            or (drift is not None and drift.references),
            drift=drift.found.sentence if drift is not None else "",
        )
        if (graced := self._graced(task)) is not None:
            self._add(graced)

    def consider_gone(self, link: Link) -> None:
        state = link_state_of(link, touched=link.source_id in self._touched)
        decision = decide(state, hard_deleted=True, active=False, in_scope=False)
        if decision is Decision.NOTHING:
            return
        decision, skip_reason = self._narrowed[decision]
        if decision is Decision.SKIP and not self._initial:
            return
        task = self._graced(
            ObjectTask(
                object_type=link.object_type,
                source_id=link.source_id,
                source_name=link.display_name,
                decision=decision,
                source=None,
                link=link,
                scope=ScopeFacts(False, "The object was deleted from the source directory."),
                soft_deleted=True,
                uncertain=link.source_id in self._given.unfinished.uncertain,
                skip_reason=skip_reason,
                wave=LAST_WAVE,
            )
        )
        if task is not None:
            self.tasks.append(task)
        else:
            self.absent.add(link.source_id)

    def consider_lost(self, source_id: str) -> None:
        """Somebody who may have been created, was never linked, and is gone from the source."""
        unsure = self._unsure(source_id)
        if unsure is None or not unsure.values or self._rules.permissions.append_only:
            return
        self.tasks.append(
            ObjectTask(
                object_type=self._rules.object_type,
                source_id=source_id,
                source_name=unsure.values[0],
                decision=Decision.RETRACT,
                source=None,
                link=None,
                scope=ScopeFacts(False, "The object was deleted from the source directory."),
                soft_deleted=True,
                wave=LAST_WAVE,
                unsure=unsure,
            )
        )

    def _graced(self, task: ObjectTask) -> ObjectTask | None:
        if task.decision is not Decision.DELETE:
            return task
        given = self._given
        days = given.rules.settings.delete_grace_days
        again = task.source_id in given.drifted
        return with_grace(task, days, given.began, given.now, again=again)

    def _unsure(self, source_id: str) -> Unsure | None:
        """By all the names under which an attempt that failed or was cut off may have made it."""
        escrow = self._given.escrows.get(source_id)
        hint = self._given.unfinished.uncertain.get(source_id)
        failed = escrow is not None and bool(escrow.unsure)
        if not failed and hint is None:
            return None
        names = [one.partition(" ")[2] for one in (hint or "").split(HINTS_APART)]
        since = self._given.began
        if escrow is not None and failed:
            names.insert(0, escrow.unsure)
            since = min(since, escrow.first_failure)
        return Unsure(tuple(dict.fromkeys(name for name in names if name)), since)

    def _add(self, task: ObjectTask) -> None:
        """Put a task where it belongs: first pass, second pass only, or nowhere any more."""
        unfinished = self._given.unfinished
        if not task.drift and task.source_id in unfinished.done and self._is_as_done(task):
            left = task.source_id in unfinished.references_left
            if left and task.source_id not in unfinished.references_done:
                self.references_only.append(task)
            elif refers_to_others(task) and task.source_id not in self._given.escrows:
                is_user = task.object_type is ObjectType.USER
                (self.tasks if is_user else self.references_only).append(task)
        elif not self._initial and self._needs_only_references(task):
            self.references_only.append(task)
        else:
            self.tasks.append(task)

    def _is_as_done(self, task: ObjectTask) -> bool:
        """True when the source has not changed since a cut-off cycle did this object."""
        escrow = self._given.escrows.get(task.source_id)
        if escrow is not None:
            return escrow.digest == task.digest
        if task.link is None:
            return task.decision is Decision.SKIP
        return own_half(task.link.source_digest) == own_half(task.digest)

    def _needs_only_references(self, task: ObjectTask) -> bool:
        """True when the object itself is as exported and only whom it refers to changed."""
        if task.decision is not Decision.UPDATE or task.link is None:
            return False
        if (drift := self._given.drifted.get(task.source_id)) is not None:
            return not drift.itself
        if task.uncertain:
            return False  # a cut-off cycle may have written, disabled or deleted it
        escrow = self._given.escrows.get(task.source_id)
        if escrow is not None and not escrow.is_reference:
            return False
        half, _, references = task.link.source_digest.partition(".")
        if task.object_type is ObjectType.USER and references != LEFT and escrow is None:
            return False
        return task.link.managed and half == own_half(task.digest)

    def _is_settled(
        self, candidate: DirectoryObject, link: Link | None, decision: Decision, digest: str
    ) -> bool:
        """True when an incremental cycle has nothing to do for this object."""
        given = self._given
        if self._initial or candidate.id in given.drifted:
            return False
        escrow = given.escrows.get(candidate.id)
        waits = escrow is not None and not is_due(escrow, given.now)
        if escrow is not None and waits and escrow.digest == digest:
            self.waiting.add(candidate.id)
            return True
        if escrow is not None or link is None:
            return False
        unfinished = given.unfinished
        if candidate.id in unfinished.done or candidate.id in unfinished.uncertain:
            return False
        if candidate.id in unfinished.references_uncertain:
            return False
        leaves = decision is Decision.LEAVE and not self._rules.permissions.append_only
        if link.source_digest != digest or leaves or not link.managed:
            return False
        if link.leaving_since is not None:
            return False  # the grace period may be over
        if given.rules.settings.relink_references and decision is Decision.UPDATE:
            return not references_changed(candidate, link, given.links)
        return True
