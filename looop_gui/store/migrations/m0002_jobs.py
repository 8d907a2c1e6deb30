"""Migration 2: jobs, links, escrows, cycles, the journal and the provisioning log."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Create the tables of provisioning.

    A job has a number, and so has a cycle, because the log holds millions of references to them.
    Times are ISO 8601 in UTC, but for the log's, which is Unix time as a number: it is compared.
    """
    for statement in (*_STATE, *_CYCLES, *_LOG):
        database.execute(statement)


_STATE = (
    """CREATE TABLE jobs (
        number INTEGER PRIMARY KEY,
        connection_id TEXT NOT NULL UNIQUE,
        source_digest TEXT, configuration_digest TEXT, watermark_time TEXT,
        quarantine_reason TEXT, quarantine_sentence TEXT, quarantine_began TEXT,
        quarantine_next_attempt TEXT, quarantine_attempts INTEGER,
        paused INTEGER NOT NULL DEFAULT 0,
        next_cycle TEXT)""",
    """CREATE TABLE links (
        job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        source_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        object_type TEXT NOT NULL,
        display_name TEXT NOT NULL,
        managed INTEGER NOT NULL,
        disabled INTEGER NOT NULL,
        source_digest TEXT NOT NULL,
        manager TEXT NOT NULL,
        PRIMARY KEY (job, source_id)) WITHOUT ROWID""",
    "CREATE INDEX links_target ON links (job, target_id)",
    """CREATE TABLE link_members (
        job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        group_id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        PRIMARY KEY (job, group_id, member_id)) WITHOUT ROWID""",
    """CREATE TABLE escrows (
        job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        source_id TEXT NOT NULL,
        object_type TEXT NOT NULL,
        first_failure TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_attempt TEXT NOT NULL,
        is_reference INTEGER NOT NULL,
        error_code TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (job, source_id)) WITHOUT ROWID""",
)

_CYCLES = (
    """CREATE TABLE cycles (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT,
        users TEXT NOT NULL,
        groups TEXT NOT NULL,
        requests INTEGER NOT NULL,
        sentence TEXT NOT NULL,
        ended_by TEXT NOT NULL,
        configuration_digest TEXT NOT NULL)""",
    "CREATE INDEX cycles_job ON cycles (job, number)",
    """CREATE TABLE journal (
        cycle INTEGER NOT NULL REFERENCES cycles (number) ON DELETE CASCADE,
        pass TEXT NOT NULL,
        source_id TEXT NOT NULL,
        result TEXT,
        PRIMARY KEY (cycle, pass, source_id)) WITHOUT ROWID""",
)

_LOG = (
    """CREATE TABLE log (
        key INTEGER PRIMARY KEY,
        job INTEGER NOT NULL,
        cycle INTEGER NOT NULL,
        time REAL NOT NULL,
        object_type TEXT NOT NULL,
        action TEXT NOT NULL,
        status TEXT NOT NULL,
        source_id TEXT NOT NULL,
        source_name TEXT NOT NULL,
        target_id TEXT,
        target_name TEXT,
        milliseconds REAL NOT NULL,
        error_code TEXT NOT NULL,
        skip_reason TEXT NOT NULL,
        summary TEXT NOT NULL)""",
    "CREATE INDEX log_status ON log (job, status)",
    "CREATE INDEX log_action ON log (job, action)",
    "CREATE INDEX log_cycle ON log (cycle)",
    "CREATE INDEX log_source ON log (source_id)",
    "CREATE INDEX log_time ON log (job, time)",
    "CREATE INDEX log_error ON log (job, error_code) WHERE error_code != ''",
    "CREATE INDEX log_skip ON log (job, skip_reason) WHERE skip_reason != ''",
    "CREATE TABLE log_details (key INTEGER PRIMARY KEY, content BLOB NOT NULL)",
    """CREATE VIRTUAL TABLE log_search USING fts5 (
        source_name, target_name, source_id, summary,
        content='log', content_rowid='key', prefix='2 3',
        tokenize="unicode61 remove_diacritics 2")""",
)
