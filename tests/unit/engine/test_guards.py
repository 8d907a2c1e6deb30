"""Accidental deletion prevention by the reference's examples (section f.8), and other guards."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from looop_gui.engine.cycle import CycleInput, plan_cycle
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.guard_verdict import Guard, GuardVerdict, plan_guards
from looop_gui.engine.guards import evaluate_guards, exceeds
from looop_gui.engine.identity import is_renamed
from looop_gui.engine.rules import compile_rules
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.connection import Application, ConnectionSettings, Dialect
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import CycleKind, Link, Watermark
from looop_gui.model.scope import ProvisioningScope
from looop_gui.setup.default_mappings import default_schema

NOW = datetime(2026, 11, 24, tzinfo=UTC)

SAMPLES = Path(__file__).parents[2] / "samples" / "reference" / "engine-examples.json"
EXAMPLES = json.loads(SAMPLES.read_text("utf-8"))["accidental_deletions"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_documented_examples(example: dict) -> None:
    stops = exceeds(
        example["threshold"], example["deletes"], example["disables"], example["group_deletes"]
    )

    assert stops is example["expected_quarantine"]


@dataclass(frozen=True)
class Small:
    """A source, what is linked of it, and the work of one incremental cycle.

    Of those present the first `inactive` are not active, and the first `renamed` have new names.
    """

    links: int
    present: int
    before: int
    inactive: int = 0
    renamed: int = 0

    def verdict(
        self, allowed: str = "", planned: frozenset[str] | None = None, **settings: object
    ) -> GuardVerdict | None:
        schema = default_schema(Application.LOOOP)
        chosen = replace(ConnectionSettings(scope=ProvisioningScope.ALL), **settings)
        rules = compile_rules(schema, chosen, Dialect.ENTRA_LEGACY, "target")
        names = [f"p{number}" for number in range(max(self.links, self.present))]
        people = {
            name: person(name, active=n >= self.inactive)
            for n, name in enumerate(names[: self.present])
        }
        old = "userName:somebody else"
        snapshot = DirectorySnapshot(people, {}, (), "digest")
        given = CycleInput(
            snapshot=snapshot,
            links={
                name: Link(
                    name,
                    f"t-{name}",
                    ObjectType.USER,
                    name,
                    identity=old if n < self.renamed else "",
                )
                for n, name in enumerate(names[: self.links])
            },
            watermark=Watermark("", rules.digest, NOW, self.before, 0),
            escrows={},
            rules=rules,
            scope=CycleScope(rules, snapshot),
            now=NOW,
            began=NOW,
            planned=planned,
        )
        work = plan_cycle(given, CycleKind.INCREMENTAL)
        return evaluate_guards(given, work, EvaluationContext(NOW, Random(1)), allowed)


def person(name: str, *, active: bool = True) -> DirectoryObject:
    attributes = {"userPrincipalName": f"{name}@contoso.com", "accountEnabled": str(active)}
    return DirectoryObject(name, ObjectType.USER, attributes)


@pytest.mark.parametrize(
    ("small", "settings", "guard"),
    [
        (Small(10, 8, 10), {"limit_deletes": 1}, Guard.DELETES),
        (Small(10, 8, 10), {"limit_deletes": 2}, None),
        (Small(10, 8, 10), {"limit_deletes": 0}, None),
        (Small(10, 8, 10), {"limit_disables": 1}, None),
        (Small(10, 8, 10), {"limit_source_shrink_percent": 19}, Guard.SOURCE_SHRANK),
        (Small(10, 8, 10), {"limit_source_shrink_percent": 20}, None),
        (Small(10, 8, 0), {"limit_source_shrink_percent": 1}, None),
        (Small(10, 12, 10), {"limit_source_shrink_percent": 1}, None),
        (Small(10, 0, 10), {}, Guard.EMPTY_SOURCE),
        (Small(10, 0, 10), {"prevent_accidental_deletion": False}, None),
        (Small(10, 8, 10), {"deletion_threshold": 1}, Guard.ACCIDENTAL_DELETION),
        (Small(10, 8, 10), {"limit_departures_percent": 19}, Guard.DEPARTURES),
        (Small(2, 5, 2), {"limit_creates": 2}, Guard.CREATES),
        (Small(10, 13, 10), {"limit_creates_percent": 29}, Guard.CREATES),
        (Small(10, 13, 10), {"limit_creates_percent": 30}, None),
        (Small(0, 13, 0), {"limit_creates_percent": 1}, None),
        (Small(10, 13, 10), {"limit_creates": 3, "limit_creates_percent": 29}, Guard.CREATES),
        (Small(10, 8, 10), {"limit_deletes_percent": 19}, Guard.DELETES),
        (Small(10, 8, 10), {"limit_deletes_percent": 20}, None),
        (Small(10, 10, 10, 3), {"limit_disables_percent": 29}, Guard.DISABLES),
        (Small(10, 10, 10, 3), {"limit_disables_percent": 30}, None),
        (Small(10, 10, 10, 0, 3), {"limit_renames_percent": 29}, Guard.RENAMES),
        (Small(10, 10, 10, 0, 3), {"limit_renames_percent": 30}, None),
    ],
)
def test_limits(small: Small, settings: dict[str, object], guard: Guard | None) -> None:
    verdict = small.verdict(**settings)

    assert (verdict.guard if verdict else None) == guard
    if verdict is not None:
        assert small.verdict(allowed=verdict.token, **settings) is None


@pytest.mark.parametrize(
    ("settings", "words", "most"),
    [
        ({"limit_deletes": 1}, "delete 2 people, more than 1.", 1),
        (
            {"limit_deletes_percent": 15},
            "delete 2 people of 10 linked people and groups, more than 15 percent.",
            1,
        ),
        ({"limit_departures_percent": 10}, "disable or delete 2 of 10 linked people", 1),
        ({"deletion_threshold": 1}, "would delete 2 people, more than the threshold of 1.", 1),
        ({"limit_source_shrink_percent": 1}, "8 people instead of 10", -1),
    ],
)
def test_a_sentence_tells_number_or_share_and_how_many_would_pass(
    settings: dict[str, object], words: str, most: int
) -> None:
    verdict = Small(10, 8, 10).verdict(**settings)
    assert verdict is not None
    (guard,) = plan_guards(verdict)

    assert words in guard.sentence
    assert guard.most == most
    assert [(one.source_id, one.what) for one in guard.objects] == [
        ("p8", "delete"),
        ("p9", "delete"),
    ]


def test_where_two_guards_object_each_has_its_own_list() -> None:
    both: dict[str, object] = {"limit_deletes": 1, "limit_creates": 1}
    verdict = Small(10, 8, 10).verdict(**both)
    assert verdict is not None
    assert [guard.guard for guard in plan_guards(verdict)] == ["deletes"]

    both["limit_source_shrink_percent"] = 1
    verdict = Small(10, 8, 10).verdict(**both)
    assert verdict is not None
    assert [guard.guard for guard in plan_guards(verdict)] == ["source shrank", "deletes"]


def test_a_plan_with_fewer_of_them_passes() -> None:
    small, limit = Small(10, 7, 10), {"limit_deletes": 2}
    whole = small.verdict(**limit)
    assert whole is not None

    assert small.verdict(planned=frozenset({"p7", "p8"}), **limit) is None
    assert small.verdict(planned=frozenset({"p7", "p8", "p9"}), **limit) is not None
    # What was allowed as a whole may be thinned out.
    smaller = {"limit_deletes": 1}
    assert small.verdict(planned=frozenset({"p7", "p8"}), **smaller) is not None
    assert small.verdict(whole.token, planned=frozenset({"p7", "p8"}), **smaller) is None


def test_a_token_is_for_what_was_held_back_alone() -> None:
    settings: dict[str, object] = {"limit_source_shrink_percent": 10, "limit_deletes": 1}
    first = Small(10, 8, 10).verdict(**settings)
    assert first is not None

    other = Small(10, 7, 10).verdict(allowed=first.token, **settings)

    assert other is not None
    assert "delete 3 people" in other.sentence
    assert other.sentence.count("Nothing was sent to the target.") == 1


@pytest.mark.parametrize(
    ("before", "now", "renamed"),
    [
        ("userName:aa", "userName:aa", False),
        ("userName:aa", "userName:bb", True),
        ("", "userName:bb", False),
        ("userName:aa", "userName:aa\nexternalId:cc", False),
        ('emails[type eq "work"].value:aa', 'emails[type eq "work"].value:bb', True),
    ],
)
def test_renames_are_told_by_attributes_in_both(before: str, now: str, renamed: bool) -> None:
    assert is_renamed(before, now) is renamed
