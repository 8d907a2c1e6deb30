"""Explains for one person or group why it is in scope or not, and what would put it in scope.

Pure: it works on any configuration, saved or not. What keeps somebody out is a set of facts that
do not depend on each other (section b.4): the mapping is switched off, there is no value to be
matched by, the account is deleted or disabled, no assignment reaches her, the role is not
admissible, the filters are false. Each needs at least one change, so the smallest change is one for
each false fact and, for the filters, the fewest attributes. Where an attribute has to be changed
for two of them, both facts are solved together.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.engine.entitlement import Entitlement, entitled, is_admissible
from looop_gui.engine.filter_repair import AttributeRepair, FilterRepair, repair_filter
from looop_gui.engine.matching_value import matching_sources, matching_test
from looop_gui.engine.scope_change import ScopeConfiguration, objects_of
from looop_gui.engine.scoping import ScopeEvaluation
from looop_gui.model.directory import (
    AppRole,
    AppRoleAssignment,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)
from looop_gui.model.scope import FilterClause, FilterGroup, ProvisioningScope

ACCOUNT_ENABLED = "accountEnabled"
SECURITY_ENABLED = "securityEnabled"
_SHARED_VALUES = 50


class ChangeKind(StrEnum):
    """What kind of thing has to be changed."""

    ENABLE_MAPPING = "enable mapping"
    MATCHING = "matching value"
    RESTORE = "restore"
    ENABLE_ACCOUNT = "enable account"
    ASSIGN = "assign"
    ATTRIBUTE = "attribute"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class ScopeStep:
    """One thing to change, in words.

    For ATTRIBUTE `attribute` becomes `value` (None: no value), unless `known` is False: then some
    value has to be found that makes `clauses` true; so it is for MATCHING. For ASSIGN `role` is the
    one to assign with. FILTER says that no change of the object is enough; the filter itself has
    to change.
    """

    kind: ChangeKind
    sentence: str
    attribute: str = ""
    value: str | None = None
    known: bool = True
    clauses: tuple[FilterClause, ...] = ()
    role: AppRole | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether somebody is in scope, why, and the smallest change that would put her there.

    `steps` is empty when she is in scope. `possible` is False when only the configuration could
    change that (`steps` then says what).
    """

    entry: DirectoryObject
    in_scope: bool
    summary: str
    reasons: tuple[str, ...]
    evaluation: ScopeEvaluation
    steps: tuple[ScopeStep, ...] = ()
    possible: bool = True


class Explainer:
    """Explains objects of one directory under one configuration; made once for many questions.

    Raises UnsupportedFilterError when the filters cannot be used.
    """

    def __init__(self, snapshot: DirectorySnapshot, configuration: ScopeConfiguration) -> None:
        self._snapshot = snapshot
        self._configuration = configuration
        self._entitlement = entitled(snapshot, configuration.settings)
        self._rules = {kind: configuration.rules(kind) for kind in ObjectType}
        mappings = {kind: configuration.schema.mapping_of(kind) for kind in ObjectType}
        self._can_match = {kind: matching_test(each) for kind, each in mappings.items()}
        self._shared: dict[tuple[ObjectType, str], tuple[str, ...]] = {}
        self._nested: dict[str, str] | None = None

    @property
    def entitlement(self) -> Entitlement:
        """Who is assigned through what, as found for the whole directory."""
        return self._entitlement

    def evaluate(self, entry: DirectoryObject) -> ScopeEvaluation:
        """The facts about one object (section b.4)."""
        return self._rules[entry.object_type].evaluate(entry, self._entitlement)

    def explain(self, entry: DirectoryObject) -> Explanation:
        """Why this object is in scope or not."""
        evaluation = self.evaluate(entry)
        enabled = self._configuration.enabled(entry.object_type)
        in_scope = enabled and self._can_match[entry.object_type](entry) and evaluation.in_scope
        steps = () if in_scope else tuple(self._steps(entry, evaluation))
        possible = all(step.kind is not ChangeKind.FILTER for step in steps)
        return Explanation(
            entry=entry,
            in_scope=in_scope,
            summary=_summary(entry, in_scope, steps, possible=possible),
            reasons=tuple(self._reasons(entry, evaluation, enabled=enabled)),
            evaluation=evaluation,
            steps=steps,
            possible=possible,
        )

    def _reasons(
        self, entry: DirectoryObject, evaluation: ScopeEvaluation, *, enabled: bool
    ) -> Iterable[str]:
        if not enabled:
            yield f"{_plural(entry)} are not provisioned: their mapping is not enabled."
        if not self._can_match[entry.object_type](entry):
            names = ", ".join(self._matching_sources(entry))
            yield f"There is no value for any matching attribute ({names})."
        if entry.deleted:
            yield f"{entry.display_name} is deleted in the source directory."
        if not entry.account_enabled:
            yield "The account is disabled (accountEnabled is False)."
        yield from self._assignment_reasons(entry)
        yield from _filter_reasons(evaluation)

    def _assignment_reasons(self, entry: DirectoryObject) -> Iterable[str]:
        if self._configuration.settings.scope is ProvisioningScope.ALL:
            yield "The scope is all users and groups, so no assignment is needed."
        grants = self._entitlement.grants.get(entry.id, ())
        for grant in grants:
            yield self._grant_in_words(entry, grant)
        if not grants and not self._entitlement.is_assigned(entry.id):
            yield from self._without_assignment(entry)
        if not self._entitlement.has_required_role(entry.id):
            yield "Default Access alone does not count, because it is excluded in the settings."

    def _grant_in_words(self, entry: DirectoryObject, grant: AppRoleAssignment) -> str:
        role = grant.role.display_name
        if grant.principal_id == entry.id:
            return f"Assigned directly with the role {role}."
        group = self._snapshot.groups[grant.principal_id].display_name
        return f"Assigned with the role {role} as a direct member of the group {group}."

    def _without_assignment(self, entry: DirectoryObject) -> Iterable[str]:
        yield "Not assigned, neither directly nor as a direct member of an assigned group."
        refused = self._entitlement.refused_groups
        for group_id, reason in refused.items():
            group = self._snapshot.groups[group_id]
            if entry.id == group_id or entry.id in group.members:
                yield f"The assignment of the group {group.display_name} does not count: {reason}."
        through = self._nesting().get(entry.id)
        if through:
            yield (
                f"A group of {entry.display_name} is nested in the assigned group {through}; the"
                " members of nested groups are not provisioned."
            )

    def _nesting(self) -> dict[str, str]:
        """Who would be assigned if nested groups were expanded, and through which group."""
        if self._nested is None:
            settings = self._configuration.settings
            wide = entitled(self._snapshot, settings, expand_nested=True)
            self._nested = {
                object_id: self._snapshot.groups[grants[0].principal_id].display_name
                for object_id, grants in wide.grants.items()
                if object_id not in self._entitlement.grants
            }
        return self._nested

    def _steps(self, entry: DirectoryObject, evaluation: ScopeEvaluation) -> Iterable[ScopeStep]:
        if not self._configuration.enabled(entry.object_type):
            yield ScopeStep(
                ChangeKind.ENABLE_MAPPING,
                f"Enable the mapping of {_plural(entry).lower()}.",
            )
        if entry.deleted:
            yield ScopeStep(
                ChangeKind.RESTORE, f"Restore {entry.display_name} in the source directory."
            )
        grants = self._grants(entry)
        if self._lacks_assignment(grants):
            yield self._assignment_step(entry, assigned=bool(grants))
        repair = self._repair(entry)
        yield from self._matching_step(entry, repair.repairs if repair else ())
        if repair is None:
            yield _filter_step(evaluation)
        else:
            yield from (_attribute_step(entry, repair.group, each) for each in repair.repairs)

    def _matching_sources(self, entry: DirectoryObject) -> tuple[str, ...]:
        return matching_sources(self._configuration.schema.mapping_of(entry.object_type))

    def _matching_step(
        self, entry: DirectoryObject, repaired: Iterable[AttributeRepair]
    ) -> Iterable[ScopeStep]:
        """A value to be matched by, unless the filters ask for one already."""
        sources = self._matching_sources(entry)
        given = {repair.attribute for repair in repaired if not repair.known or repair.value}
        if self._can_match[entry.object_type](entry) or not given.isdisjoint(sources):
            return
        yield ScopeStep(
            ChangeKind.MATCHING,
            f"Give {entry.display_name or entry.id} a value for {' or '.join(sources)}, by which "
            "the account in the target is found.",
            attribute=sources[0],
            known=False,
        )

    def _grants(self, entry: DirectoryObject) -> tuple[AppRoleAssignment, ...]:
        """The assignments that reach the object, or would once a refused group is in order."""
        if entry.id in self._entitlement.refused_groups:
            assignments = self._snapshot.assignments
            return tuple(each for each in assignments if each.principal_id == entry.id)
        return self._entitlement.grants.get(entry.id, ())

    def _lacks_assignment(self, grants: Sequence[AppRoleAssignment]) -> bool:
        settings = self._configuration.settings
        if settings.scope is ProvisioningScope.ALL:
            return False
        if settings.exclude_default_access:
            return not any(map(is_admissible, grants))
        return not grants

    def _repair(self, entry: DirectoryObject) -> FilterRepair | None:
        not_false = [ACCOUNT_ENABLED]
        assigned_only = self._configuration.settings.scope is ProvisioningScope.ASSIGNED
        if entry.object_type is ObjectType.GROUP and assigned_only:
            not_false.append(SECURITY_ENABLED)
        groups = self._configuration.schema.mapping_of(entry.object_type).scope.groups
        with_clauses = [group for group in groups if group.clauses]
        return repair_filter(
            with_clauses or [FilterGroup("", ())],
            entry.attributes,
            regex_search=self._configuration.settings.regex_search,
            not_false=not_false,
            shared_values=lambda attribute: self._shared_values(entry.object_type, attribute),
        )

    def _shared_values(self, kind: ObjectType, attribute: str) -> tuple[str, ...]:
        """Values that at least two objects share, so that nobody's own name is suggested."""
        key = (kind, attribute)
        if key not in self._shared:
            counts = Counter(
                value
                for entry in objects_of(self._snapshot, kind).values()
                if isinstance(value := entry.attributes.get(attribute), str)
            )
            common = counts.most_common(_SHARED_VALUES)
            self._shared[key] = tuple(value for value, count in common if count > 1)
        return self._shared[key]

    def _assignment_step(self, entry: DirectoryObject, *, assigned: bool) -> ScopeStep:
        settings = self._configuration.settings
        role = self._role_to_assign() if settings.exclude_default_access else None
        name = entry.display_name
        if settings.exclude_default_access:
            which = role.display_name if role else "any role other than Default Access"
            sentence = f"Assign {name} with {'the role ' if role else ''}{which}"
            if assigned:
                sentence += "; Default Access alone is not enough"
        else:
            sentence = f"Assign {name} to the application"
        if entry.object_type is ObjectType.USER and not assigned:
            group = self._assigned_group()
            if group:
                sentence += f", or add {name} to the assigned group {group.display_name}"
        return ScopeStep(ChangeKind.ASSIGN, f"{sentence}.", role=role)

    def _role_to_assign(self) -> AppRole | None:
        admissible = (a.role for a in self._snapshot.assignments if is_admissible(a))
        return next(admissible, None)

    def _assigned_group(self) -> DirectoryObject | None:
        """An assigned group whose assignment counts and has an admissible role."""
        exclude = self._configuration.settings.exclude_default_access
        for assignment in self._snapshot.assignments:
            group = self._snapshot.groups.get(assignment.principal_id)
            counts = group is not None and group.id not in self._entitlement.refused_groups
            if counts and (not exclude or is_admissible(assignment)):
                return group
        return None


def explain(
    entry: DirectoryObject, snapshot: DirectorySnapshot, configuration: ScopeConfiguration
) -> Explanation:
    """Explains one object; see `Explainer` for many. Raises UnsupportedFilterError."""
    return Explainer(snapshot, configuration).explain(entry)


def clause_in_words(clause: FilterClause) -> str:
    """`department EQUALS "Sales"`, as the editor shows a clause."""
    value = "" if clause.operator.unary else f' "{clause.value}"'
    return f"{clause.attribute} {clause.operator.value}{value}"


def _plural(entry: DirectoryObject) -> str:
    return "Users" if entry.object_type is ObjectType.USER else "Groups"


def _summary(
    entry: DirectoryObject, in_scope: bool, steps: Sequence[ScopeStep], *, possible: bool
) -> str:
    name = entry.display_name
    if in_scope:
        return f"{name} is in scope."
    if not possible:
        return f"{name} is not in scope, and no change of its own would be enough."
    changes = "one change" if len(steps) == 1 else f"{len(steps)} changes"
    return f"{name} is not in scope; {changes} would put it in scope."


def _filter_reasons(evaluation: ScopeEvaluation) -> Iterable[str]:
    if not evaluation.clauses:
        return
    titles = dict.fromkeys(outcome.group for outcome in evaluation.clauses)
    for title in titles:
        outcomes = [outcome for outcome in evaluation.clauses if outcome.group == title]
        failing = [clause_in_words(o.clause) for o in outcomes if not o.passed]
        named = f'The filter "{title}"' if title else "The filter"
        if failing:
            yield f"{named} does not pass: {', '.join(failing)} is false."
        else:
            yield f"{named} passes."


def _filter_step(evaluation: ScopeEvaluation) -> ScopeStep:
    failing = tuple(outcome.clause for outcome in evaluation.clauses if not outcome.passed)
    words = " or ".join(dict.fromkeys(clause_in_words(clause) for clause in failing))
    because = f": {words} cannot become true together with the rest" if words else ""
    return ScopeStep(ChangeKind.FILTER, f"Change the scoping filter{because}.", clauses=failing)


def _attribute_step(
    entry: DirectoryObject, group: FilterGroup, repair: AttributeRepair
) -> ScopeStep:
    name, attribute = entry.display_name, repair.attribute
    wanted = " and ".join(clause_in_words(clause) for clause in repair.failing)
    why = f", so that {wanted} is true" if wanted else ""
    if attribute == ACCOUNT_ENABLED and repair.value == "True":
        return ScopeStep(
            ChangeKind.ENABLE_ACCOUNT,
            f"Enable the account of {name}{why}.",
            attribute=attribute,
            value="True",
            clauses=repair.failing,
        )
    if attribute == SECURITY_ENABLED and not repair.failing:
        sentence = f"Make {name} a security group: its assignment counts only then."
    elif not repair.known:
        sentence = f"Give {name} another {attribute}{why}."
    elif repair.value is None:
        sentence = f"Take the {attribute} of {name} away{why}."
    else:
        sentence = f'Set the {attribute} of {name} to "{repair.value}"{why}.'
    return ScopeStep(
        ChangeKind.ATTRIBUTE, sentence, attribute, repair.value, repair.known, repair.failing
    )
