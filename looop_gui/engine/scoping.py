"""Decides who is in scope: assignment, role, scoping filters, activity (sections b and e).

Clauses of one filter are joined by AND, the filters of a mapping by OR, and no filter lets
everybody pass. A filter without clauses counts as not there, so that beginning a new one in the
editor does not let everybody in.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from looop_gui.engine.entitlement import Entitlement
from looop_gui.engine.scoping_clauses import ClauseTest, compile_clause
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import AttributeValue, DirectoryObject
from looop_gui.model.scope import FilterClause, ProvisioningScope, ScopingFilter

FilterTest = Callable[[Mapping[str, AttributeValue]], bool]


@dataclass(frozen=True, slots=True)
class ClauseOutcome:
    """One clause of the filter titled `group`, and whether it is true of somebody."""

    group: str
    clause: FilterClause
    passed: bool

    @property
    def words(self) -> str:
        """`<title>.<attribute> <OPERATOR> '<value>'`, as the log has it (section b.4)."""
        value = "" if self.clause.operator.unary else f" '{self.clause.value}'"
        return f"{self.group}.{self.clause.attribute} {self.clause.operator.value}{value}"


@dataclass(frozen=True, slots=True)
class ScopeEvaluation:
    """The facts of one object's scope evaluation (section b.4); in scope when all are true."""

    scope: ProvisioningScope
    active: bool
    assigned: bool
    has_required_role: bool
    filter_passed: bool
    clauses: tuple[ClauseOutcome, ...] = ()

    @property
    def in_scope(self) -> bool:
        """All facts are true."""
        return self.active and self.selected

    @property
    def selected(self) -> bool:
        """Assignment, role and filter, whatever the account's state: the S of section f.4."""
        return self.assigned and self.has_required_role and self.filter_passed

    @property
    def details(self) -> dict[str, str]:
        """The facts with the names that the provisioning log gives them (section b.4)."""
        sync_all = self.scope is ProvisioningScope.ALL
        results = {outcome.words: outcome.passed for outcome in self.clauses}
        return {
            "IsActive": str(self.active),
            ("Scope sync all" if sync_all else "Assigned"): str(self.assigned),
            "IsEffectivelyEntitledForProvisioning": str(self.has_required_role),
            "IsInProvisioningScopeDisplayName": str(self.filter_passed),
            "ScopeEvaluationResult": json.dumps(results, ensure_ascii=False, separators=(",", ":")),
        }


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """A scoping filter compiled once for a whole directory; see `compile_scope`."""

    groups: tuple[tuple[str, tuple[tuple[FilterClause, ClauseTest], ...]], ...]

    def passes(self, attributes: Mapping[str, AttributeValue]) -> bool:
        """Whether the filter lets these attributes pass. Raises UnsupportedFilterError."""
        if not self.groups:
            return True
        return any(all(test(attributes) for _, test in clauses) for _, clauses in self.groups)

    def in_scope(self, entry: DirectoryObject, entitlement: Entitlement) -> bool:
        """Whether the object is in scope: all facts of section b.4."""
        return (
            entry.active
            and entitlement.is_entitled(entry.id)
            and (not self.groups or self.passes(entry.attributes))
        )

    def evaluate(self, entry: DirectoryObject, entitlement: Entitlement) -> ScopeEvaluation:
        """The facts about one object with the outcome of every clause."""
        clauses = self.outcomes(entry.attributes)
        return ScopeEvaluation(
            scope=entitlement.scope,
            active=entry.active,
            assigned=entitlement.is_assigned(entry.id),
            has_required_role=entitlement.has_required_role(entry.id),
            filter_passed=self.passes(entry.attributes),
            clauses=clauses,
        )

    def outcomes(self, attributes: Mapping[str, AttributeValue]) -> tuple[ClauseOutcome, ...]:
        """What each clause says, in the order of the filters."""
        return tuple(
            ClauseOutcome(name, clause, test(attributes))
            for name, clauses in self.groups
            for clause, test in clauses
        )


def compile_scope(scoping: ScopingFilter, *, regex_search: bool = False) -> ScopeRules:
    """The scoping filter of one object mapping, ready for every object.

    Raises UnsupportedFilterError, with the clause, when it uses what filters cannot use.
    """
    return ScopeRules(
        tuple(
            (
                group.name,
                tuple(
                    (clause, compile_clause(clause, regex_search=regex_search))
                    for clause in group.clauses
                ),
            )
            for group in scoping.groups
            if group.clauses
        )
    )


def compile_filter(scoping: ScopingFilter, *, regex_search: bool = False) -> FilterTest:
    """The filter alone as a function of the source attributes. Raises UnsupportedFilterError."""
    return compile_scope(scoping, regex_search=regex_search).passes


def evaluate(
    entry: DirectoryObject,
    scoping: ScopingFilter,
    entitlement: Entitlement,
    settings: ConnectionSettings,
) -> ScopeEvaluation:
    """The facts about one object; for many, compile the scope once. Raises as `compile_scope`."""
    return compile_scope(scoping, regex_search=settings.regex_search).evaluate(entry, entitlement)
