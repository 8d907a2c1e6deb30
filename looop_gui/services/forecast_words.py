"""Puts a dry run into numbers, names and sentences for the review page."""

from collections import Counter
from collections.abc import Iterator

from looop_gui.engine.cycle import CycleInput
from looop_gui.model.directory import ObjectType
from looop_gui.model.forecast import Forecast, ForecastGroup
from looop_gui.model.job import CycleCounts
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_runner import CycleRunner
from looop_gui.services.source_defects import defects_sentence

NAMES = 200
"""How many names of each kind are given."""

_VERBS = (
    ("create", "created"),
    ("update", "updated"),
    ("disable", "disabled"),
    ("delete", "deleted"),
    ("fail", "failed"),
    ("skip", "skipped"),
)


def forecast_of(runner: CycleRunner, memory: CycleMemory, given: CycleInput) -> Forecast:
    """The forecast of a rehearsed cycle."""
    traffic = runner.traffic
    users, groups = runner.counts.of(ObjectType.USER), runner.counts.of(ObjectType.GROUP)
    verdict = runner.verdict
    return Forecast(
        kind=runner.standing.cycle.kind,
        users=users,
        groups=groups,
        members_added=runner.members_added,
        members_removed=runner.members_removed,
        requests=traffic.requests,
        writes=traffic.writes,
        by_action=tuple(_groups(runner, given)),
        sentences=(*_sentences(runner, users, groups, memory), *_defects(given)),
        guard=verdict.sentence if verdict is not None else "",
        entries=tuple(memory.kept_entries),
    )


def _groups(runner: CycleRunner, given: CycleInput) -> Iterator[ForecastGroup]:
    people: dict[tuple[ObjectType, str], list[tuple[str, str]]] = {}
    for source_id, word in runner.counts.words.items():
        candidate = given.snapshot.find(source_id)
        link = given.links.get(source_id)
        if candidate is not None:
            kind, name = candidate.object_type, candidate.display_name
        elif link is not None:
            kind, name = link.object_type, link.display_name
        else:
            continue
        people.setdefault((kind, word), []).append((source_id, name))
    for kind in ObjectType:
        for verb, word in _VERBS:
            found = people.get((kind, word), [])
            if found:
                yield ForecastGroup(verb, kind, len(found), tuple(found[:NAMES]))


def _sentences(
    runner: CycleRunner, users: CycleCounts, groups: CycleCounts, memory: CycleMemory
) -> Iterator[str]:
    if runner.verdict is not None:
        yield runner.verdict.sentence
    yield _counted("people", users)
    if runner.counts.of(ObjectType.GROUP) != CycleCounts():
        yield _counted("groups", groups)
    if runner.members_added or runner.members_removed:
        yield (
            f"It would add {runner.members_added} memberships and remove {runner.members_removed}."
        )
    changed = Counter(
        item.display_name
        for entry in memory.kept_entries
        for item in entry.modified_properties
        if entry.action == "update"
    )
    if changed:
        (name, count), *_ = changed.most_common(1)
        short = name.rpartition(":")[2] or name
        yield f"The largest change: {short} of {count}."


def _defects(given: CycleInput) -> tuple[str, ...]:
    sentence = defects_sentence(given.snapshot.problems)
    return (sentence,) if sentence else ()


def _counted(what: str, counts: CycleCounts) -> str:
    parts = [
        f"{verb} {getattr(counts, word)}"
        for verb, word in _VERBS
        if verb not in ("skip", "fail") and getattr(counts, word)
    ]
    text = f"Of the {what}, it would " + (", ".join(parts) if parts else "change nobody")
    if counts.skipped:
        text += f"; {counts.skipped} are left as they are"
    if counts.failed:
        text += f"; {counts.failed} would fail"
    return text + "."
