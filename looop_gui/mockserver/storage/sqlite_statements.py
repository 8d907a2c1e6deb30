"""The schema and the statements of the tenant's SQLite file."""

APPLICATION_ID = 0x4C6F6F70
VERSION = 1
SCHEMA = """
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    display TEXT NOT NULL,
    version INTEGER NOT NULL,
    created TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX resource_in_order ON resource (type, seq);
CREATE TABLE indexed (
    number INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    attribute TEXT NOT NULL,
    UNIQUE (type, attribute)
);
CREATE TABLE lookup (
    indexed INTEGER NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (indexed, value, seq)
) WITHOUT ROWID;
CREATE INDEX lookup_of_resource ON lookup (seq);
CREATE TABLE membership (
    group_seq INTEGER NOT NULL,
    member_seq INTEGER NOT NULL,
    PRIMARY KEY (group_seq, member_seq)
) WITHOUT ROWID;
CREATE INDEX membership_of_member ON membership (member_seq, group_seq);
CREATE TABLE foreign_member (
    group_seq INTEGER NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_seq, member_id)
) WITHOUT ROWID;
CREATE INDEX foreign_member_of_id ON foreign_member (member_id);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
GET = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document, r.seq
FROM resource r WHERE r.id = ? AND r.type = ?
"""
GET_BY_SEQ = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document, r.seq
FROM resource r WHERE r.seq = ?
"""
FIND = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document, r.seq
FROM lookup k JOIN resource r ON r.seq = k.seq
WHERE k.indexed = ? AND k.value = ? ORDER BY k.seq
"""
PAGE = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document, r.seq
FROM resource r WHERE r.type = ? AND r.seq >= ? ORDER BY r.seq LIMIT ? OFFSET ?
"""
SCAN = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document, r.seq
FROM resource r WHERE r.type = ? ORDER BY r.seq
"""
REFERENCE = "SELECT r.id, r.type, r.display FROM resource r WHERE r.id = ?"
MEMBERS = """
SELECT r.id, r.type, r.display FROM membership m JOIN resource r ON r.seq = m.member_seq
WHERE m.group_seq = (SELECT seq FROM resource WHERE id = ?) ORDER BY m.member_seq
"""
GROUPS_OF = """
WITH RECURSIVE above(seq) AS (
    SELECT group_seq FROM membership WHERE member_seq = ?1
    UNION
    SELECT m.group_seq FROM membership m JOIN above ON m.member_seq = above.seq
)
SELECT r.id, r.type, r.display, EXISTS (
    SELECT 1 FROM membership d WHERE d.member_seq = ?1 AND d.group_seq = r.seq
) AS direct
FROM above JOIN resource r ON r.seq = above.seq ORDER BY direct DESC, r.seq
"""
IN_ANY_GROUP = "SELECT 1 FROM membership WHERE member_seq = ? LIMIT 1"
HAS_MORE_MEMBERS = """
SELECT 1 FROM (
    SELECT 1 FROM membership WHERE group_seq = ? UNION ALL
    SELECT 1 FROM foreign_member WHERE group_seq = ?
) LIMIT 1 OFFSET ?
"""
GROUPS_HOLDING = """
SELECT group_seq FROM membership WHERE member_seq = ? UNION ALL
SELECT group_seq FROM foreign_member WHERE member_id = ?
"""
INSERT = """
INSERT INTO resource (id, type, display, version, created, last_modified, document)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
UPDATE = """
UPDATE resource SET display = ?, version = ?, last_modified = ?, document = ? WHERE seq = ?
"""
KEYS_OF = "SELECT indexed, value FROM lookup WHERE seq = ?"
ADD_KEY = "INSERT OR IGNORE INTO lookup (seq, indexed, value) VALUES (?, ?, ?)"
REMOVE_KEY = "DELETE FROM lookup WHERE seq = ? AND indexed = ? AND value = ?"
DELETES = (
    "DELETE FROM membership WHERE member_seq = ?",
    "DELETE FROM membership WHERE group_seq = ?",
    "DELETE FROM foreign_member WHERE group_seq = ?",
    "DELETE FROM lookup WHERE seq = ?",
    "DELETE FROM resource WHERE seq = ?",
)
