"""How fast mappings are evaluated: 100,000 people x 40 mappings, compiled against a tree walk.

Run with `python tests/benchmarks/bench_expressions.py [people]`. The mix is that of a real
configuration: most mappings copy an attribute; the rest are the default expressions and the
functions that the guides use most. The limit is 10 seconds on one core (issue 4).
"""

import collections
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from looop_gui.expressions.compile import compile_expression, compile_mappings
from looop_gui.expressions.parser import parse
from looop_gui.expressions.values import EvaluationContext
from looop_gui.expressions.walk import walk
from looop_gui.model.mapping import AttributeMapping, MappingType

LIMIT_SECONDS = 10.0
PEOPLE = 100_000

DIRECT = (
    *("userPrincipalName", "displayName", "jobTitle", "mail", "preferredLanguage", "givenName"),
    *("surname", "physicalDeliveryOfficeName", "streetAddress", "city", "state", "postalCode"),
    *("country", "telephoneNumber", "mobile", "facsimileTelephoneNumber", "mailNickname"),
    *("employeeId", "department", "companyName", "objectId", "extensionAttribute1"),
    *("extensionAttribute2", "extensionAttribute3", "extensionAttribute4"),
)
EXPRESSIONS = (
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    'Join(" ", [givenName], [surname])',
    'Join(", ", [surname], [givenName])',
    "ToLower([mail])",
    "ToUpper([country])",
    'Replace([telephoneNumber], " ", , , "", , )',
    'Replace([mobile], , "[()\\\\s-]+", , "", , )',
    'IIF([country]="CH", "Zurich", [city])',
    'Switch([department], "Other", "Sales", "10", "Finance", "20", "Research", "30")',
    'Switch([companyName], [companyName], "", "Contoso")',
    'Append([mailNickname], "@contoso.com")',
    "Mid([employeeId], 1, 4)",
    "Coalesce([mail], [userPrincipalName])",
    'NormalizeDiacritics(StripSpaces(Join(".", [givenName], [surname])))',
    "IgnoreFlowIfNullOrEmpty([extensionAttribute5])",
)


def mappings() -> tuple[AttributeMapping, ...]:
    """The 40 mappings."""
    direct = [AttributeMapping(f"d{n}", MappingType.DIRECT, each) for n, each in enumerate(DIRECT)]
    computed = [
        AttributeMapping(f"e{number}", MappingType.EXPRESSION, each)
        for number, each in enumerate(EXPRESSIONS)
    ]
    return (*direct, *computed)


def people(count: int) -> list[dict[str, str]]:
    """People with values for most attributes; every tenth lacks some."""
    draw = random.Random(4)
    names = ("Ann", "Zoë", "José María", "Łukasz", "Mary-Ann", "李")
    made = []
    for number in range(count):
        given, family = draw.choice(names), draw.choice(("Lee", "García López", "Müller", "Ng"))
        person = {name: f"{name} {number % 97}" for name in DIRECT if number % 10 or len(name) % 3}
        person |= {"givenName": given, "surname": family, "country": draw.choice(("CH", "DE"))}
        person |= {"IsSoftDeleted": "False", "mobile": f"+41 (79) {number:07}"}
        person |= {
            "department": draw.choice(("Sales", "Finance", "Law")),
            "employeeId": f"{number}",
        }
        made.append(person)
    return made


def exhaust(values: Iterable[object]) -> None:
    """Take all values and keep none."""
    collections.deque(values, maxlen=0)


def measure(run: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main(count: int = PEOPLE) -> int:
    """Print the figures; 1 when the limit is passed."""
    context = EvaluationContext(datetime.now(UTC), random.Random(1))
    everybody, rows = people(count), mappings()
    whole = compile_mappings(rows)
    trees = [
        parse(row.source if row.mapping_type is MappingType.EXPRESSION else f"[{row.source}]")
        for row in rows
    ]
    single = [compile_expression(tree) for tree in trees]
    sample = everybody[: max(1, count // 20)]

    compiled = measure(lambda: exhaust(whole(p, context) for p in everybody))
    one_by_one = measure(lambda: exhaust(each(p, context) for p in sample for each in single))
    walked = measure(lambda: exhaust(walk(tree, p, context) for p in sample for tree in trees))
    evaluations, sampled = count * len(rows), len(sample) * len(rows)
    rate = evaluations / compiled
    report = (
        f"{count:,} people x {len(rows)} mappings in {compiled:.2f} s (limit {LIMIT_SECONDS:g} s)",
        f"compiled as a whole: {rate:,.0f} evaluations/s",
        f"compiled one by one: {sampled / one_by_one:,.0f} evaluations/s",
        f"tree walk:           {sampled / walked:,.0f} evaluations/s",
        f"ratio to the tree walk: {rate * walked / sampled:.1f}",
    )
    sys.stdout.write("\n".join(report) + "\n")
    return int(compiled > LIMIT_SECONDS * count / PEOPLE)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE))
