"""The review of a set-up in prose that a colleague could check, with numbers where they are known.

Each section names the step of the wizard where it can be changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from looop_gui.model.connection import SourceType, TokenStorage
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleCounts
from looop_gui.model.mapping import (
    ALL_ACTIONS,
    AttributeMapping,
    MappingType,
    ObjectMapping,
    SynchronizationSchema,
    TargetObjectActions,
)
from looop_gui.model.scope import FilterClause, FilterGroup, ProvisioningScope, ScopingFilter
from looop_gui.setup.draft import SetupDraft, SetupStep


@dataclass(frozen=True, slots=True)
class ReviewNumbers:
    """What was counted; None while it is not known.

    `users` and `groups` are all of the source, `users_in_scope` and `groups_in_scope` those that
    would be provisioned, `forecast_...` what the first cycle would do.
    """

    users: int | None = None
    groups: int | None = None
    users_in_scope: int | None = None
    groups_in_scope: int | None = None
    forecast_users: CycleCounts | None = None
    forecast_groups: CycleCounts | None = None


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """A heading, its sentences, and the step where it can be changed."""

    title: str
    sentences: tuple[str, ...]
    step: SetupStep


def review(
    draft: SetupDraft, schema: SynchronizationSchema, numbers: ReviewNumbers
) -> tuple[ReviewSection, ...]:
    """The whole review, in the order in which one would ask."""
    return (
        ReviewSection("Where", _where(draft), SetupStep.CREDENTIALS),
        ReviewSection("From", _source(draft, numbers), SetupStep.SOURCE),
        ReviewSection("Who", _who(draft, schema, numbers), SetupStep.SCOPE),
        ReviewSection("People", _mapping(schema.user_mapping), SetupStep.USER_MAPPINGS),
        ReviewSection("Groups", _mapping(schema.group_mapping), SetupStep.GROUP_MAPPINGS),
        ReviewSection("When and how safely", _care(draft), SetupStep.NOTIFICATION),
    )


def counted(number: int, singular: str, plural: str) -> str:
    """A number with its noun: `1 person`, `1,204 people`."""
    return f"{number:,} {singular if number == 1 else plural}"


def people(number: int) -> str:
    """How many people."""
    return counted(number, "person", "people")


def groups(number: int) -> str:
    """How many groups."""
    return counted(number, "group", "groups")


def forecast_sentences(users: CycleCounts, group_counts: CycleCounts) -> tuple[str, ...]:
    """What the first cycle would do, in words; nothing to write is said, too."""
    sentences = []
    for verb, of in _VERBS:
        parts = _nonzero((of(users), people), (of(group_counts), groups))
        if parts:
            sentences.append(f"{verb.format(parts)}.")
    failing = _nonzero((users.failed, people), (group_counts.failed, groups))
    if not sentences:
        sentences.append("Nothing to write: the target already holds what it should.")
    if failing:
        sentences.append(f"Cannot be provisioned as it stands: {failing}.")
    return tuple(sentences)


def filter_in_words(scope: ScopingFilter) -> str:
    """A scoping filter as half a sentence, e.g. `department EQUALS "Sales", or city IS NULL`."""
    return ", or ".join(group_in_words(group) for group in scope.groups if group.clauses)


def group_in_words(group: FilterGroup) -> str:
    """The clauses of one scoping filter, joined by and."""
    return " and ".join(clause_in_words(clause) for clause in group.clauses)


def clause_in_words(clause: FilterClause) -> str:
    """One clause as a person would read it out."""
    value = "" if clause.operator.unary else f' "{clause.value}"'
    return f"{clause.attribute} {clause.operator.value}{value}"


def _where(draft: SetupDraft) -> tuple[str, ...]:
    tested = draft.tested_url == draft.target.tenant_url
    return (
        f"Changes are written to {draft.target.tenant_url}.",
        f"The Secret Token is {_STORAGE[draft.target.token_storage]}.",
        "Test Connection passed." if tested else "Test Connection has not passed yet.",
    )


def _source(draft: SetupDraft, numbers: ReviewNumbers) -> tuple[str, ...]:
    size = ""
    if numbers.users is not None and numbers.groups is not None:
        size = f" It has {people(numbers.users)} and {groups(numbers.groups)}."
    if draft.source.type is SourceType.FILES:
        return (f"The source directory is read from {draft.source.folder} at each cycle.{size}",)
    return (f"The source directory is a demo company that you can edit here.{size}",)


def _who(
    draft: SetupDraft, schema: SynchronizationSchema, numbers: ReviewNumbers
) -> tuple[str, ...]:
    within = ""
    if numbers.users_in_scope is not None and numbers.groups_in_scope is not None:
        within = f" ({people(numbers.users_in_scope)}, {groups(numbers.groups_in_scope)})"
    name = draft.name.strip()
    if draft.settings.scope is ProvisioningScope.ASSIGNED:
        sentences = [f"Everyone assigned to {name}{within}, directly or as a member of a group."]
    else:
        sentences = [f"Everyone in the source directory{within}, assigned or not."]
    for mapping, who in ((schema.user_mapping, "people"), (schema.group_mapping, "groups")):
        words = filter_in_words(mapping.scope)
        if words and mapping.enabled:
            sentences.append(f"Only {who} where {words}.")
    return tuple(sentences)


def _mapping(mapping: ObjectMapping) -> tuple[str, ...]:
    noun = "person" if mapping.object_type is ObjectType.USER else "group"
    if not mapping.enabled:
        return (f"No {noun} is provisioned: this mapping is not enabled.",)
    sentences = [_matched(mapping, noun), _written(mapping.attribute_mappings)]
    if mapping.actions != ALL_ACTIONS:
        sentences.append(_restricted(mapping.actions))
    return tuple(sentences)


def _matched(mapping: ObjectMapping, noun: str) -> str:
    matching = mapping.matching
    if not matching:
        return f"No attribute is used for matching, so no {noun} can be found in the target."
    first = ", then ".join(f"{m.target_attribute} equals {_source_words(m)}" for m in matching)
    return f"A {noun} is the one in the target whose {first}; where there is none, it is created."


def _source_words(mapping: AttributeMapping) -> str:
    if mapping.mapping_type is MappingType.EXPRESSION:
        return f"the result of {mapping.source}"
    if mapping.mapping_type is MappingType.CONSTANT:
        return f'"{mapping.source}"'
    return mapping.source


def _written(mappings: Iterable[AttributeMapping]) -> str:
    types = [mapping.mapping_type for mapping in mappings]
    number = counted(len(types), "attribute is", "attributes are")
    parts = (
        (types.count(MappingType.DIRECT), "copied directly"),
        (types.count(MappingType.EXPRESSION), "made by an expression"),
        (types.count(MappingType.CONSTANT), "constant"),
        (types.count(MappingType.NONE), "left alone"),
    )
    return f"{number} mapped: " + ", ".join(f"{n} {words}" for n, words in parts if n) + "."


def _restricted(actions: TargetObjectActions) -> str:
    named = (
        (TargetObjectActions.CREATE, "created"),
        (TargetObjectActions.UPDATE, "updated or disabled"),
        (TargetObjectActions.DELETE, "deleted"),
    )
    left_out = [words for action, words in named if action not in actions]
    return f"Nothing is {' or '.join(left_out)}, as the target object actions say."


def _care(draft: SetupDraft) -> tuple[str, ...]:
    settings = draft.settings
    sentences = [
        "The first cycle starts when you save; then there is one every "
        f"{counted(settings.interval_minutes, 'minute', 'minutes')} while the application runs."
    ]
    if settings.prevent_accidental_deletion:
        sentences.append(
            f"A cycle that would delete or disable more than {settings.deletion_threshold:,} "
            "objects stops before its first write and asks."
        )
    else:
        sentences.append("Nothing stops a cycle that deletes or disables many objects at once.")
    if settings.send_failure_notification:
        sentences.append(f"Failures are reported to {settings.notification_email}.")
    else:
        sentences.append("Failures are shown here and not sent by e-mail.")
    return tuple(sentences)


def _nonzero(*parts: tuple[int, Callable[[int], str]]) -> str:
    return " and ".join(words(number) for number, words in parts if number)


_STORAGE = {
    TokenStorage.KEYRING: "kept in the keyring of this desktop",
    TokenStorage.ENCRYPTED_FILE: "kept in an encrypted file, opened with your passphrase",
    TokenStorage.MEMORY: "kept only in memory and asked for again after the application was closed",
    TokenStorage.ENVIRONMENT: "taken from an environment variable",
}

_VERBS: tuple[tuple[str, Callable[[CycleCounts], int]], ...] = (
    ("Create {}", lambda counts: counts.created),
    ("Update {}", lambda counts: counts.updated),
    ("Disable {}", lambda counts: counts.disabled),
    ("Delete {}", lambda counts: counts.deleted),
    ("Leave {} alone", lambda counts: counts.skipped),
)
