"""Turns a filter of the provisioning log into the WHERE of a query."""

from collections.abc import Iterable
from dataclasses import dataclass

from looop_gui.model.provisioning_log import LogFilter


@dataclass(frozen=True, slots=True)
class LogQuery:
    """SQL text made of constants only, and the values for its question marks."""

    joins: str
    where: str
    parameters: tuple[object, ...]

    def select(self, columns: str, tail: str = "") -> str:
        """The whole statement; columns and tail are constants of the caller."""
        return f"SELECT {columns} FROM log {self.joins} WHERE {self.where} {tail}"  # noqa: S608


def log_query(log_filter: LogFilter) -> LogQuery:
    """The query of a filter; its text holds nothing that a person typed."""
    conditions = ["log.job = (SELECT number FROM jobs WHERE connection_id = ?)"]
    parameters: list[object] = [log_filter.connection_id]

    def restrict(condition: str, *values: object) -> None:
        conditions.append(condition)
        parameters.extend(values)

    if log_filter.statuses:
        restrict(_one_of("log.status", log_filter.statuses), *sorted(log_filter.statuses))
    if log_filter.actions:
        restrict(_one_of("log.action", log_filter.actions), *sorted(log_filter.actions))
    if log_filter.object_type is not None:
        restrict("log.object_type = ?", log_filter.object_type)
    if log_filter.cycle_id:
        restrict("log.cycle = (SELECT number FROM cycles WHERE id = ?)", log_filter.cycle_id)
    if log_filter.since is not None:
        restrict("log.time >= ?", log_filter.since.timestamp())
    if log_filter.until is not None:
        restrict("log.time < ?", log_filter.until.timestamp())
    if log_filter.source_id:
        restrict("log.source_id = ?", log_filter.source_id)
    if log_filter.error_code:
        restrict("log.error_code = ?", log_filter.error_code)
    joins = ""
    words = search_words(log_filter.text)
    if words:
        joins = "JOIN log_search ON log_search.rowid = log.key"
        restrict("log_search MATCH ?", words)
    return LogQuery(joins, " AND ".join(conditions), tuple(parameters))


def search_words(text: str) -> str:
    """An FTS5 query that finds every word of the text by its beginning; "" for no words."""
    words = (word.replace('"', '""') for word in text.split())
    return " ".join(f'"{word}"*' for word in words if any(c.isalnum() for c in word))


def _one_of(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join('?' for _ in values)})"
