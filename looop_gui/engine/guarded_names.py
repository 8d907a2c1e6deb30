"""What the guards over names look for: people who are renamed, and people with one name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.identity import comparable_name, identity, is_renamed
from looop_gui.engine.importing import imported_attributes
from looop_gui.engine.processing import DesiredValue, evaluate_rule
from looop_gui.engine.rules import AttributeRule
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import DirectoryObject


def renamed_people(
    given: CycleInput, work: CycleWork, context: EvaluationContext
) -> list[ObjectTask]:
    """Linked people whose userName or matching value is another one than was last exported.

    Somebody who was last exported before identities were kept is not counted.
    """
    rules = given.rules.users
    wanted = [rule for rule in rules.attributes if rule.is_name]
    return [
        task
        for task in work.users.tasks
        if task.decision is Decision.UPDATE
        and task.source is not None
        and task.link is not None
        and is_renamed(
            task.link.identity,
            identity(_values(wanted, task.source, task.roles, context)),
        )
    ]


def people_with_one_name(
    given: CycleInput, work: CycleWork, context: EvaluationContext
) -> Mapping[str, list[DirectoryObject]]:
    """Active people in scope by the matching value that they share with somebody.

    Only those are listed of whom at least one has work to be done in this cycle that is not just
    another attempt at what has failed already.
    """
    rules = given.rules.users
    busy = {
        task.source_id
        for task in work.users.tasks
        if task.decision in (Decision.PROVISION, Decision.UPDATE) and not _failed_so(given, task)
    }
    if not busy:
        return {}
    found: defaultdict[str, list[DirectoryObject]] = defaultdict(list)
    for person in given.snapshot.users.values():
        if not person.active or not given.scope.in_scope(person):
            continue
        roles = given.scope.roles(person.id) if rules.uses_roles else ()
        for item in _values(rules.matching, person, roles, context):
            if item.value is not None:
                found[comparable_name(item)].append(person)
                break
    return {
        value: people
        for value, people in found.items()
        if len(people) > 1 and any(person.id in busy for person in people)
    }


def _failed_so(given: CycleInput, task: ObjectTask) -> bool:
    escrow = given.escrows.get(task.source_id)
    return escrow is not None and escrow.digest == task.digest


def _values(
    rules: Iterable[AttributeRule],
    person: DirectoryObject,
    roles: tuple[str, ...],
    context: EvaluationContext,
) -> list[DesiredValue]:
    """The values of some mappings; one that fails for this person has none here."""
    attributes = imported_attributes(person, soft_deleted=False, roles=roles)
    values: list[DesiredValue] = []
    for rule in rules:
        try:
            values.append(DesiredValue(rule, evaluate_rule(rule, attributes, context)))
        except (ObjectFailedError, ObjectSkippedError):
            continue
    return values
