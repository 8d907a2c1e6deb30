"""Whether a target shows managers and members at all, as far as it is known.

Some targets take references and never return them (quirks 17 and 29): there, that one is missing
says nothing. Where the target is known to show them, a manager who was written and is not there was
removed in the target, and a cycle that looks at the person writes her again (a restart evaluates
all objects anew, sections f.3 and f.9).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from looop_gui.engine.rules import ReferenceRule
from looop_gui.model.job import Adaptation
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import member, reference_id


@dataclass(slots=True)
class ShownReferences:
    """What is known when a pass begins (`managers`, `members`), and what is learnt meanwhile.

    What the first pass has `seen` by chance must not decide within it, or a plan would depend on
    who answers first: whose manager is missing, `without`, is written in the second pass, when all
    of the first has been seen. What a write is answered with counts from the next cycle on.
    """

    managers: bool = False
    members: bool = False
    without: set[str] = field(default_factory=set)
    seen: bool = False
    _answered_managers: bool = False
    _answered_members: bool = False

    def remember(self, learnt: Adaptation) -> None:
        """Begin with what the job knows."""
        self.managers = self.managers or Adaptation.SHOWS_MANAGERS in learnt
        self.members = self.members or Adaptation.SHOWS_MEMBERS in learnt

    @property
    def learnt(self) -> Adaptation:
        """What the job is to remember."""
        managers = self.managers or self.seen or self._answered_managers
        members = self.members or self._answered_members
        found = Adaptation.SHOWS_MANAGERS if managers else Adaptation.NONE
        return found | (Adaptation.SHOWS_MEMBERS if members else Adaptation.NONE)

    def take(
        self,
        rule: ReferenceRule | None,
        people: Iterable[JsonObject] = (),
        groups: Iterable[JsonObject] = (),
    ) -> None:
        """Take in resources that were read before a pass begins."""
        if rule is not None and not self.managers:
            self.managers = any(reference_id(rule.path.read(one)) for one in people)
        self.members = self.members or any(member(one, "members") for one in groups)

    def is_missing(self, source_id: str, *, read: bool) -> bool:
        """Whether a manager who was written before and is not shown has to be written again.

        Where the resource was not `read` just now, it counts who was missing when it was.
        """
        if read:
            self.without.add(source_id)
            return self.managers
        return source_id in self.without and (self.managers or self.seen)

    def waits(self, source_id: str) -> bool:
        """Whether only the end of the first pass can tell if somebody's manager is missing."""
        return not self.managers and source_id in self.without

    def note_answer(self, rule: ReferenceRule | None, path: str, body: JsonValue) -> None:
        """Take in the answer to a write."""
        if not isinstance(body, dict):
            return
        if path.startswith("/Groups"):
            self._answered_members = self._answered_members or bool(member(body, "members"))
        elif rule is not None and not self._answered_managers:
            self._answered_managers = bool(reference_id(rule.path.read(body)))
