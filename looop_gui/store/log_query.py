"""Turns a filter of the provisioning log into a query that answers quickly at a million entries.

Facts of an entry are looked up as numbers first (`log_facets`), so that each query walks one index:
the object's own entries where a person is asked for, the words of the full-text search, a short
time, the entries of few rare kinds, or `log_cycle` and `log_order`, which hold everything that a
filter asks about in the order of the log. How many entries a kind has is known from `log_counts`.
"""

import sqlite3
from dataclasses import dataclass, replace

from looop_gui.model.provisioning_log import LogFilter
from looop_gui.store.log_facets import FACT, matching_change_sets, matching_kinds

RARE = 20_000
"""Up to so many entries are quicker collected by their kind, and sorted, than found on the way."""

MOST_KINDS = 100
"""More kinds are not asked of the full-text index, whose expressions have a limit."""

_JOINED = "log_search CROSS JOIN log ON log.key = log_search.rowid"
_PERSON_COLUMNS = "{source_name target_name source_id principal}"


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A query of `log`; its text is made of constants only, values are for its question marks.

    `key` is the column by which it is ordered. `job` is 0 when there can be no entry. `counted`
    says that `log_counts` alone can count it, with `cycle` and `kinds` as the conditions (None:
    any).
    """

    source: str = ""
    where: str = ""
    parameters: tuple[object, ...] = ()
    key: str = "log.key"
    job: int = 0
    cycle: int | None = None
    kinds: tuple[int, ...] | None = None
    counted: bool = False

    def select(self, columns: str, tail: str = "") -> str:
        """The whole statement; columns and tail are constants of the caller."""
        return f"SELECT {columns} FROM {self.source} WHERE {self.where} {tail}"  # noqa: S608

    def by_kind(self) -> str:
        """The statement that counts entries by kind, without its GROUP BY."""
        query = replace(self, source=_JOINED) if self.source == "log_search" else self
        return query.select("log.kind AS kind, count(*) AS number")


NOTHING = LogQuery()


def log_query(connection: sqlite3.Connection, log_filter: LogFilter) -> LogQuery:
    """The query of a filter; NOTHING when it can be told beforehand that no entry matches."""
    job = _number(
        connection, "SELECT number FROM jobs WHERE connection_id = ?", log_filter.connection_id
    )
    cycle: int | None = None
    if log_filter.cycle_id:
        cycle = _number(connection, "SELECT number FROM cycles WHERE id = ?", log_filter.cycle_id)
    kinds = matching_kinds(connection, log_filter)
    change_sets: list[int] | None = None
    if log_filter.attribute:
        change_sets = matching_change_sets(connection, log_filter.attribute)
    if job is None or kinds == [] or change_sets == [] or (log_filter.cycle_id and not cycle):
        return NOTHING
    found = _Conditions(job, cycle, None if kinds is None else tuple(kinds))
    found.add_times(log_filter)
    if change_sets is not None:
        found.restrict(f"log.change_set IN {_marks(len(change_sets))}", *change_sets)
    if log_filter.source_id:
        found.restrict("log.source_id = ?", log_filter.source_id)
    return found.query(connection, search_expression(log_filter), person=log_filter.source_id)


def count_known(connection: sqlite3.Connection, query: LogQuery) -> int:
    """The number of entries of a query that is `counted`, or of its kinds and cycle otherwise."""
    conditions, values = count_conditions(query)
    row = connection.execute(
        f"SELECT total(number) FROM log_counts WHERE {conditions}",  # noqa: S608 - constants
        values,
    ).fetchone()
    return int(row[0])


def count_conditions(query: LogQuery) -> tuple[str, tuple[object, ...]]:
    """The conditions on `log_counts` that a query's job, cycle and kinds stand for."""
    conditions, values = "job = ?", [query.job]
    if query.cycle is not None:
        conditions += " AND cycle = ?"
        values.append(query.cycle)
    if query.kinds is not None:
        conditions += f" AND kind IN {_marks(len(query.kinds))}"
        values += query.kinds
    return conditions, tuple(values)


def search_expression(log_filter: LogFilter) -> str:
    """The FTS5 query of the filter's text and person; "" without words."""
    text, person = search_words(log_filter.text), search_words(log_filter.person)
    if person:
        person = f"{_PERSON_COLUMNS} : ({person})"
    return f"({text}) AND {person}" if text and person else text or person


def search_words(text: str) -> str:
    """An FTS5 query that finds every word of the text by its beginning; "" for no words."""
    words = (word.replace('"', '""') for word in text.split())
    return " ".join(f'"{word}"*' for word in words if any(c.isalnum() for c in word))


class _Conditions:
    """Collects the conditions of a query and chooses the index that it walks."""

    def __init__(self, job: int, cycle: int | None, kinds: tuple[int, ...] | None) -> None:
        self._conditions = ["log.job = ?"]
        self._values: list[object] = [job]
        self._job, self._cycle, self._kinds = job, cycle, kinds
        if cycle is not None:
            self._add("log.cycle = ?", cycle)
        if kinds is not None:
            self._add(f"+log.kind IN {_marks(len(kinds))}", *kinds)
        self._counted = True
        self._times: list[tuple[str, float]] = []

    def restrict(self, condition: str, *values: object) -> None:
        """Add a condition that `log_counts` knows nothing of."""
        self._add(condition, *values)
        self._counted = False

    def add_times(self, log_filter: LogFilter) -> None:
        """The bounds of time."""
        for bound, comparison in ((log_filter.since, ">="), (log_filter.until, "<")):
            if bound is not None:
                self.restrict(f"log.time {comparison} ?", bound.timestamp())
                self._times.append((f"time {comparison} ?", bound.timestamp()))

    def query(self, connection: sqlite3.Connection, words: str, *, person: str) -> LogQuery:
        """The query, on the index that has the fewest entries to look at."""
        if words and not person:
            return self._searched(words)
        if words:
            self.restrict(
                "log.key IN (SELECT rowid FROM log_search WHERE log_search MATCH ?)", words
            )
        if person:
            return self._made("log INDEXED BY log_source")
        if self._times and self._is_short_time(connection):
            return self._made("log INDEXED BY log_time")
        if self._cycle is not None:
            return self._made("log INDEXED BY log_cycle")
        ordered = self._made("log INDEXED BY log_order")
        if self._kinds is None or count_known(connection, ordered) > RARE:
            return ordered
        # The plus keeps SQLite from seeking once a kind for each entry; here it is to seek.
        self._conditions = [condition.removeprefix("+") for condition in self._conditions]
        return self._made("log INDEXED BY log_kind")

    def _is_short_time(self, connection: sqlite3.Connection) -> bool:
        """Whether the bounds of time let few entries through; counts no further than that."""
        conditions = " AND ".join(condition for condition, _ in self._times)
        row = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM log INDEXED BY log_time"  # noqa: S608 - constants
            f" WHERE job = ? AND {conditions} LIMIT ?)",
            (self._job, *(bound for _, bound in self._times), RARE + 1),
        ).fetchone()
        return int(row[0]) <= RARE

    def _searched(self, words: str) -> LogQuery:
        """Found by the full-text index, which knows job, cycle and kind as words, too."""
        facts = [f'"{FACT}j{self._job}"']
        if self._cycle is not None:
            facts.append(f'"{FACT}c{self._cycle}"')
        few = self._kinds is None or len(self._kinds) <= MOST_KINDS
        if self._kinds is not None and few:
            kinds = " OR ".join(f'"{FACT}k{kind}"' for kind in self._kinds)
            facts.append(f"({kinds})")
        alone = self._counted and few
        if alone:
            self._conditions, self._values = [], []
        self.restrict("log_search MATCH ?", " AND ".join((f"({words})", *facts)))
        return self._made("log_search" if alone else _JOINED, "log_search.rowid")

    def _add(self, condition: str, *values: object) -> None:
        self._conditions.append(condition)
        self._values.extend(values)

    def _made(self, source: str, key: str = "log.key") -> LogQuery:
        return LogQuery(
            source=source,
            where=" AND ".join(self._conditions),
            parameters=tuple(self._values),
            key=key,
            job=self._job,
            cycle=self._cycle,
            kinds=self._kinds,
            counted=self._counted,
        )


def _number(connection: sqlite3.Connection, query: str, value: str) -> int | None:
    row = connection.execute(query, (value,)).fetchone()
    return None if row is None else int(row[0])


def _marks(number: int) -> str:
    return f"({', '.join('?' * number)})"
