"""Turns a filter of the provisioning log into a query that answers quickly at a million entries.

Facts of an entry are looked up as numbers first (`log_facets`), so that each query walks one index:
the words of the full-text search, the entries of few rare kinds, or `log_order`, which holds
everything that a filter asks about in the order of the log. An object that is asked for is found by
its id as words. How many entries a kind or a change has is known from `log_counts`. A cycle and
bounds of time are made narrower to bounds of the key, which every index knows.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from looop_gui.model.provisioning_log import LogFilter
from looop_gui.store.log_facets import FACT, TIME_BLOCK, matching_change_sets, matching_kinds

RARE = 20_000
"""Up to so many entries are quicker collected by their kind, and sorted, than found on the way."""

MOST_ROWS = 2**62

MOST_FACTS = 100
"""More kinds or change sets are not asked of the full-text index: its expressions have a limit."""

_JOINED = "log_search CROSS JOIN log ON log.key = log_search.rowid"
_PERSON_COLUMNS = "{source_name target_name source_id principal}"

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A query of `log`; its text is made of constants only, values are for its question marks.

    `key` is the column by which it is ordered. `job` is 0 when there can be no entry. `counted`
    says that `log_counts` alone can count it, with `cycle`, `kinds` and `change_sets` as the
    conditions (None: any). `few` says that no more than RARE entries match, as far as it is known.
    """

    source: str = ""
    where: str = ""
    parameters: tuple[object, ...] = ()
    key: str = "log.key"
    job: int = 0
    cycle: int | None = None
    kinds: Numbers | None = None
    change_sets: Numbers | None = None
    counted: bool = False
    few: bool = False

    def select(self, columns: str, tail: str = "") -> str:
        """The whole statement; columns and tail are constants of the caller."""
        return f"SELECT {columns} FROM {self.source} WHERE {self.where} {tail}"  # noqa: S608

    def joined(self) -> "LogQuery":
        """The same query with the columns of `log`."""
        return replace(self, source=_JOINED) if self.source == "log_search" else self

    @property
    def joins(self) -> bool:
        """Whether it looks at a whole row for each word that it finds, which takes longer."""
        return self.source == _JOINED


NOTHING = LogQuery()


def log_query(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    *,
    kinds: Sequence[int] | None = None,
    keys: tuple[int, int] | None = None,
) -> LogQuery:
    """The query of a filter; NOTHING when it can be told beforehand that no entry matches.

    `kinds` are those of the filter's kinds that are wanted, where the caller has looked them up.
    `keys` are the least and the greatest key that are wanted.
    """
    job = _number(
        connection, "SELECT number FROM jobs WHERE connection_id = ?", log_filter.connection_id
    )
    cycle: int | None = None
    if log_filter.cycle_id:
        cycle = _number(connection, "SELECT number FROM cycles WHERE id = ?", log_filter.cycle_id)
    if kinds is None:
        kinds = matching_kinds(connection, log_filter)
    change_sets: Sequence[int] | None = None
    if log_filter.attribute:
        change_sets = matching_change_sets(connection, log_filter.attribute)
    impossible = (kinds is not None and not kinds) or (change_sets is not None and not change_sets)
    if job is None or impossible or (log_filter.cycle_id and not cycle):
        return NOTHING
    found = _Conditions(connection, job, cycle, _tuple(kinds), _tuple(change_sets))
    found.keys = keys
    found.add_times(log_filter)
    query = found.query(search_expression(log_filter), log_filter.source_id)
    # Words and times only narrow it further: where there is no such entry, none is looked for.
    return query if count_known(connection, query) else NOTHING


def count_known(connection: sqlite3.Connection, query: LogQuery) -> int:
    """The number of entries of a query that is `counted`, or of its kinds and cycle otherwise."""
    conditions, values = count_conditions(query)
    row = connection.execute(
        f"SELECT total(number) FROM log_counts WHERE {conditions}",  # noqa: S608 - constants
        values,
    ).fetchone()
    return int(row[0])


def most_rows(connection: sqlite3.Connection, query: LogQuery, offset: int = 0) -> int:
    """How many rows a query can give from an offset on, as far as that is known.

    Who asks for no more than these stops at the last one, and need not walk to the end of the log.
    """
    return count_known(connection, query) - offset if query.counted else MOST_ROWS


def count_conditions(query: LogQuery) -> tuple[str, tuple[object, ...]]:
    """The conditions on `log_counts` that a query's job, cycle, kinds and changes stand for."""
    conditions, values = "job = ?", [query.job]
    if query.cycle is not None:
        conditions += " AND cycle = ?"
        values.append(query.cycle)
    for column, numbers in (("kind", query.kinds), ("change_set", query.change_sets)):
        if numbers is not None:
            conditions += f" AND {column} IN {_marks(len(numbers))}"
            values += numbers
    return conditions, tuple(values)


def search_expression(log_filter: LogFilter) -> str:
    """The FTS5 query of the filter's text and person; "" without words."""
    text, person = search_words(log_filter.text), search_words(log_filter.person)
    if person:
        person = f"{_PERSON_COLUMNS} : ({person})"
    return f"({text}) AND {person}" if text and person else text or person


def search_words(text: str) -> str:
    """An FTS5 query that finds every word of the text by its beginning; "" for no words."""
    return " ".join(f"{_quoted(word)}*" for word in text.split() if _has_words(word))


class _Conditions:
    """Collects the conditions of a query and chooses the index that it walks."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        job: int,
        cycle: int | None,
        kinds: Numbers | None,
        change_sets: Numbers | None,
    ) -> None:
        self._connection = connection
        self._conditions = ["log.job = ?"]
        self._values: list[object] = [job]
        self._job, self._cycle = job, cycle
        self._kinds, self._change_sets = kinds, change_sets
        self.keys: tuple[int, int] | None = None
        if cycle is not None:
            self._add("log.cycle = ?", cycle)
        for column, numbers in (("kind", kinds), ("change_set", change_sets)):
            if numbers is not None:
                self._add(f"+log.{column} IN {_marks(len(numbers))}", *numbers)
        self._counted = True
        self._times: list[tuple[str, float]] = []

    def restrict(self, condition: str, *values: object) -> None:
        """Add a condition that `log_counts` knows nothing of."""
        self._add(condition, *values)
        self._counted = False

    def add_times(self, log_filter: LogFilter) -> None:
        """The bounds of time."""
        if log_filter.since is not None:
            self.restrict("log.time >= ?", log_filter.since.timestamp())
            self._times.append(("latest >= ?", log_filter.since.timestamp()))
        if log_filter.until is not None:
            self.restrict("log.time < ?", log_filter.until.timestamp())
            self._times.append(("earliest < ?", log_filter.until.timestamp()))

    def query(self, words: str, person: str) -> LogQuery:
        """The query, on the index that has the fewest entries to look at."""
        if person:
            self.restrict("log.source_id = ?", person)
        if words or _has_words(person):
            found = self._searched(words, person)
            return found if words else replace(found, few=True)
        short = self._bound("log.key")
        ordered = self._made("log INDEXED BY log_order")
        few = short or count_known(self._connection, ordered) <= RARE
        ordered = replace(ordered, few=few)
        by_kind = replace(ordered, change_sets=None)
        if (
            short
            or self._cycle is not None
            or self._kinds is None
            or count_known(self._connection, by_kind) > RARE
        ):
            return ordered
        # The plus keeps SQLite from seeking once a kind for each entry; here it is to seek.
        where = " AND ".join(condition.removeprefix("+") for condition in self._conditions)
        return replace(ordered, source="log INDEXED BY log_kind", where=where)

    def _bound(self, key: str) -> bool:
        """Bound the key: by the cycle, and by what the caller wants or else by the times.

        True for a short time.
        """
        if self._cycle is not None:
            self._add(f"{key} BETWEEN ? AND ?", *self._keys_of_cycle())
        short = False
        if self.keys is None and self._times:
            conditions = " AND ".join(condition for condition, _ in self._times)
            row = self._connection.execute(
                "SELECT count(*), min(block), max(block) FROM log_times"  # noqa: S608 - constants
                f" WHERE job = ? AND {conditions}",
                (self._job, *(bound for _, bound in self._times)),
            ).fetchone()
            first, last = int(row[1] or 0), int(row[2] or 0)
            short = (last + 1 - first) * TIME_BLOCK <= RARE
            self.keys = (first * TIME_BLOCK, (last + 1) * TIME_BLOCK - 1)
        if self.keys is not None:
            self.restrict(f"{key} BETWEEN ? AND ?", *self.keys)
        return short

    def _keys_of_cycle(self) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT first, last FROM log_cycles WHERE job = ? AND cycle = ?",
            (self._job, self._cycle),
        ).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def _searched(self, words: str, person: str) -> LogQuery:
        """Found by the full-text index, which knows job, cycle, kind and changes as words, too."""
        facts = [f'"{FACT}j{self._job}"']
        if self._cycle is not None:
            facts.append(f'"{FACT}c{self._cycle}"')
        alone = self._counted
        for letter, numbers in (("k", self._kinds), ("x", self._change_sets)):
            if numbers is not None and len(numbers) <= MOST_FACTS:
                facts.append(f"({' OR '.join(_fact(letter, number) for number in numbers)})")
            elif numbers is not None:
                alone = False
        if _has_words(person):
            facts.append(f"source_id : {_quoted(person)}")
        if alone:
            self._conditions, self._values = [], []
        self._bound("log_search.rowid")
        if words:
            facts.insert(0, f"({words})")
        self.restrict("log_search MATCH ?", " AND ".join(facts))
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
            change_sets=self._change_sets,
            counted=self._counted,
        )


def _fact(letter: str, number: int) -> str:
    return f'"{FACT}{letter}{number}"'


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _tuple(numbers: Sequence[int] | None) -> Numbers | None:
    return None if numbers is None else tuple(numbers)


def _number(connection: sqlite3.Connection, query: str, value: str) -> int | None:
    row = connection.execute(query, (value,)).fetchone()
    return None if row is None else int(row[0])


def _marks(number: int) -> str:
    return f"({', '.join('?' * number)})"
