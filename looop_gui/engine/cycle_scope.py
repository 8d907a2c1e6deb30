"""Who is in scope in one cycle: entitlement and scoping filters of both object types together."""

from looop_gui.engine.conversation import ScopeFacts
from looop_gui.engine.entitlement import Entitlement, entitled
from looop_gui.engine.rules import ConnectionRules
from looop_gui.engine.scoping import ScopeEvaluation, ScopeRules, compile_scope
from looop_gui.expressions.functions.roles import role_text
from looop_gui.model.directory import AppRole, DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.scope import ProvisioningScope


class CycleScope:
    """Answers for one snapshot, quickly for everybody, and with reasons for the log.

    Raises ConfigurationError (UnsupportedFilterError) when a filter uses what filters cannot use.
    """

    def __init__(self, rules: ConnectionRules, snapshot: DirectorySnapshot) -> None:
        settings = rules.settings
        self._entitlement: Entitlement = entitled(snapshot, settings)
        self._everybody = settings.scope is ProvisioningScope.ALL
        self._rules: dict[ObjectType, ScopeRules] = {
            kind: compile_scope(rules.of(kind).mapping.scope, regex_search=settings.regex_search)
            for kind in ObjectType
        }
        self._role_texts: dict[AppRole, str] = {}
        self._usual_facts: dict[tuple[bool, ...], ScopeFacts] = {}

    def in_scope(self, candidate: DirectoryObject) -> bool:
        """True when assignment and scoping filters let the object in, be it active or not."""
        rules = self._rules[candidate.object_type]
        if not (self._everybody or self._entitlement.is_entitled(candidate.id)):
            return False
        return not rules.groups or rules.passes(candidate.attributes)

    def facts(self, candidate: DirectoryObject) -> ScopeFacts:
        """The same with the facts of section b.4 and, out of scope, the reason in words."""
        rules = self._rules[candidate.object_type]
        if rules.groups:
            return _facts(candidate, rules.evaluate(candidate, self._entitlement))
        # Without filters there are only a few different answers.
        assigned = self._everybody or self._entitlement.is_assigned(candidate.id)
        role = self._everybody or self._entitlement.has_required_role(candidate.id)
        key = (assigned, role, candidate.active, candidate.deleted)
        known = self._usual_facts.get(key)
        if known is None:
            known = _facts(candidate, rules.evaluate(candidate, self._entitlement))
            self._usual_facts[key] = known
        return known

    def roles(self, source_id: str) -> tuple[str, ...]:
        """The app roles of an object as appRoleAssignments has them, each once (section c.7)."""
        grants = self._entitlement.grants.get(source_id, ())
        return tuple(dict.fromkeys(self._role_text(grant.role) for grant in grants))

    def _role_text(self, role: AppRole) -> str:
        text = self._role_texts.get(role)
        if text is None:
            text = self._role_texts[role] = role_text(role)
        return text


def _facts(candidate: DirectoryObject, evaluation: ScopeEvaluation) -> ScopeFacts:
    return ScopeFacts(evaluation.in_scope, _reason(candidate, evaluation), evaluation.details)


def _reason(candidate: DirectoryObject, evaluation: ScopeEvaluation) -> str:
    """Why an object is out of scope; the first fact that is not true."""
    if not evaluation.active:
        state = "deleted" if candidate.deleted else "disabled"
        return f"The object is {state} in the source directory."
    if not evaluation.assigned:
        return "The object is not assigned to the application."
    if not evaluation.has_required_role:
        return "The object has no role that entitles to provisioning."
    if not evaluation.filter_passed:
        return "The object does not pass the scoping filters."
    return ""
