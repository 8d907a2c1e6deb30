"""How fast a large directory is read, compared and asked about its scope.

Run with `python tests/benchmarks/bench_directory.py [people]`. The folder is the demo company of
that size; reading should take a few seconds at most, the rest well under two.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from looop_gui.engine.census import take_census
from looop_gui.engine.entitlement import entitled
from looop_gui.engine.explain import Explainer
from looop_gui.engine.scope_change import ScopeConfiguration, scope_change
from looop_gui.model.connection import Application, ConnectionSettings, SourceSettings, SourceType
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator, ScopingFilter
from looop_gui.setup.default_mappings import default_schema
from looop_gui.sources.demo import generate
from looop_gui.sources.files import FilesSource
from looop_gui.sources.folder_writing import write_folder

PEOPLE = 100_000


def main() -> None:
    """Prints one figure a line."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as name:
        company = generate(people)
        write_folder(company, Path(name))
        size = sum(file.stat().st_size for file in Path(name).iterdir()) / 1e6
        print(f"{people} people, {len(company.groups)} groups, {size:.1f} MB of CSV")
        source = FilesSource(Path(name), SourceSettings(SourceType.FILES))
        with timed("digest of an unchanged folder"):
            source.digest()
        with timed("read"):
            snapshot = source.read()
    before, after = configuration("Sales"), configuration("Sales", "Finance")
    with timed("who is entitled"):
        entitled(snapshot, before.settings)
    with timed("scope change"):
        change = scope_change(snapshot, before, after)
    print(f"  {change.in_scope_count} of {change.total} in scope, {len(change.entering)} enter")
    with timed("census"):
        take_census(snapshot, before)
    with timed("explainer of the whole directory"):
        explainer = Explainer(snapshot, before)
    with timed("first 100 explanations"):
        for person in list(snapshot.users.values())[:100]:
            explainer.explain(person)


def configuration(*departments: str) -> ScopeConfiguration:
    """A configuration that lets these departments pass."""
    pattern = FilterClause("department", FilterOperator.REGEX_MATCH, "|".join(departments))
    number = FilterClause("employeeId", FilterOperator.GREATER_THAN, "100500")
    schema = default_schema(Application.LOOOP)
    scope = ScopingFilter((FilterGroup("departments", (pattern, number)),))
    mapping = replace(schema.user_mapping, scope=scope)
    return ScopeConfiguration(replace(schema, user_mapping=mapping), ConnectionSettings())


@contextmanager
def timed(what: str, clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
    """Prints how long the body took."""
    began = clock()
    yield
    print(f"  {what}: {clock() - began:.2f} s")


if __name__ == "__main__":
    main()
