"""Why an object was skipped, so shortly that objects with the same cause can be counted together.

The cause is read from the entry's own steps, so that the provisioning log can be divided by it
without asking the configuration, which may have changed meanwhile (sections b.4 and i.3).
"""

import json
import re
from collections.abc import Mapping

from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus, StepType
from looop_gui.model.scope import FilterOperator

NO_MATCHING_VALUE = "None of the matching attributes has a value in the source directory"
"""How the reason of ImportSkipped begins; the names of the attributes follow after a colon."""

_FACTS = (
    ("IsActive", "not active in the source"),
    ("Assigned", "not assigned"),
    ("Scope sync all", "not assigned"),
    ("IsEffectivelyEntitledForProvisioning", "no admissible role"),
)
_REASONS = {
    "RedundantExport": "nothing to change",
    "ImportSkipped": "no matching value",
    "NotEffectivelyEntitled": "out of scope",
    "IgnoreObjectFlow": "left out by the mapping",
    "CreateNotAllowed": "creating is not allowed",
    "UpdateNotAllowed": "updating is not allowed",
    "DisableNotAllowed": "disabling is not allowed",
    "DeleteNotAllowed": "deleting is not allowed",
    "SkipOutOfScopeDeletions": "out-of-scope deletions are skipped",
    "IsSoftDeletedNotMapped": "IsSoftDeleted is not mapped",
    "ChangedSince": "changed since the run",
    "BeforeImageLost": "not known what it held before",
    "NotKept": "what it held before is not kept",
    "ReferenceGone": "who was referred to is gone",
    "AppendOnly": "append only",
    "AwaitsDeletion": "waits to be deleted",
}
_CLAUSE = re.compile(
    r"(?P<title>.*?)\.[^.\s]+ (?:"
    + "|".join(re.escape(operator.value) for operator in FilterOperator)
    + r")(?: '|$)",
    re.DOTALL,
)


def skip_cause(entry: ProvisioningLogEntry) -> str:
    """The cause of a skipped entry; "" for every other entry."""
    if entry.status is not ProvisioningStatus.SKIPPED:
        return ""
    if entry.skip_reason == "NotEffectivelyEntitled":
        for step in entry.steps:
            if step.step_type is StepType.SCOPING:
                return _scope_cause(step.details) or _REASONS["NotEffectivelyEntitled"]
    if entry.skip_reason == "ImportSkipped" and entry.error is not None:
        beginning, _, names = entry.error.reason.partition(": ")
        if beginning == NO_MATCHING_VALUE and names:
            return f"no {names.rstrip('.')}"
    return _REASONS.get(entry.skip_reason, entry.skip_reason)


def _scope_cause(details: Mapping[str, str]) -> str:
    for name, cause in _FACTS:
        if details.get(name) == "False":
            return cause
    if details.get("IsInProvisioningScopeDisplayName") == "False":
        return _filter_cause(details.get("ScopeEvaluationResult", ""))
    return ""


def _filter_cause(result: str) -> str:
    """The first clause of the first filter that is not true: "filter 'Sales NY' clause 2"."""
    try:
        outcomes = json.loads(result)
    except ValueError:
        outcomes = None
    if not isinstance(outcomes, dict):
        return "scoping filter"
    numbers: dict[str, int] = {}
    for words, passed in outcomes.items():
        clause = _CLAUSE.match(words)
        title = clause["title"] if clause else ""
        numbers[title] = numbers.get(title, 0) + 1
        if passed is False:
            return f"filter '{title}' clause {numbers[title]}"
    return "scoping filter"
