"""Previews of mappings: values of real people, counts of a change, samples that differ."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.services.mapping_preview import (
    count_changes,
    most_different,
    preview_now,
    step_through,
)
from looop_gui.sources.demo import generate

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAME = AttributeMapping("name.givenName", MappingType.DIRECT, "givenName")


def person(number: int, **attributes: str) -> DirectoryObject:
    return DirectoryObject(f"p{number}", ObjectType.USER, attributes)


def directory(*people: DirectoryObject) -> DirectorySnapshot:
    return DirectorySnapshot({p.id: p for p in people}, {}, (), "digest")


def expression(text: str) -> AttributeMapping:
    return replace(NAME, mapping_type=MappingType.EXPRESSION, source=text)


@pytest.mark.parametrize(
    ("mapping", "result", "problem"),
    [
        (NAME, "Anna", ""),
        (replace(NAME, source="nothing"), None, ""),
        (replace(NAME, source="nothing", default_value="Guest"), "Guest", ""),
        (expression("ToUpper([givenName])"), "ANNA", ""),
        (expression("Redact([givenName])"), "[Redact]", ""),
        (expression("IgnoreFlowIfNullOrEmpty([nothing])"), None, ""),
        (expression("ToUpper("), None, "missing"),
        (replace(NAME, mapping_type=MappingType.CONSTANT, source="x"), "x", ""),
        (replace(NAME, mapping_type=MappingType.NONE, source=""), None, ""),
    ],
)
def test_one_value_for_one_person(
    mapping: AttributeMapping, result: str | None, problem: str
) -> None:
    anna = person(1, givenName="Anna")
    (shown,) = preview_now([mapping], [anna], directory(anna), NOW)
    (value,) = shown.values
    assert value.result == result
    assert bool(value.problem) is bool(problem)


def test_a_guest_is_seen_as_expressions_see_her() -> None:
    guest = person(1, userPrincipalName="eva_home.example#EXT#@firm.example")
    mapping = AttributeMapping("userName", MappingType.DIRECT, "userPrincipalName")
    (shown,) = preview_now([mapping], [guest], directory(guest), NOW)
    assert shown.values[0].result == "eva@home.example"


async def count(before: AttributeMapping, after: AttributeMapping, *people: DirectoryObject):
    counting = count_changes([before], [after], directory(*people), ObjectType.USER, NOW)
    return [each async for each in counting][-1]


async def test_a_change_is_counted_by_what_it_does() -> None:
    people = (
        person(1, givenName="Anna"),
        person(2, givenName="BO"),
        person(3, surname="Only"),
        person(4, givenName="Zoë", nick="z"),
    )
    upper = await count(NAME, expression("ToUpper([givenName])"), *people)
    assert (upper.looked_at, upper.altered, upper.case_only) == (4, 2, 2)
    nick = await count(NAME, replace(NAME, source="nick"), *people)
    assert (nick.altered, nick.emptied) == (3, 2)
    filled = await count(NAME, expression('Coalesce([givenName], "none")'), *people)
    assert (filled.altered, filled.filled) == (1, 1)
    broken = await count(NAME, expression("ToUpper("), *people)
    assert (broken.altered, broken.failed, broken.emptied) == (4, 4, 0)
    same = await count(NAME, NAME, *people)
    assert (same.altered, same.finished) == (0, True)


async def test_a_large_directory_is_counted_in_portions() -> None:
    snapshot = generate(600, 3)
    counts = [
        each
        async for each in count_changes(
            [NAME], [expression("ToUpper([givenName])")], snapshot, ObjectType.USER, NOW
        )
    ]
    looked_at = [each.looked_at for each in counts]
    assert looked_at == sorted(looked_at)
    assert len(looked_at) > 3
    assert counts[-1].finished
    assert len(counts[-1].examples) == 5


async def test_the_steps_of_an_expression() -> None:
    anna = person(1, givenName="Anna")
    steps = await step_through('Append([givenName], "!")', anna, directory(anna), NOW)
    assert [(step.text, step.value) for step in steps] == [
        ('Append([givenName], "!")', "Anna!"),
        ("[givenName]", "Anna"),
        ('"!"', "!"),
    ]
    with pytest.raises(ExpressionSyntaxError):
        await step_through("Append(", anna, directory(anna), NOW)


def test_five_that_differ_most_are_not_five_alike() -> None:
    snapshot = generate(200, 1)
    chosen = most_different(snapshot.users.values())
    assert len(chosen) == len({p.id for p in chosen}) == 5
    assert any(not p.display_name.isascii() for p in chosen)
    assert len({frozenset(p.attributes) for p in chosen}) > 2
    assert most_different([], 5) == ()
