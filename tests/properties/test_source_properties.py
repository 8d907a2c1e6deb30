"""Whatever bytes a folder holds: a snapshot or a SourceError, and nobody lost in silence."""

import contextlib
import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import SourceError
from looop_gui.sources.files import FilesSource
from looop_gui.sources.json_objects import read_json_objects

SETTINGS = SourceSettings(SourceType.FILES)
NAMES = ("id", "userPrincipalName", "displayName", "accountEnabled", "manager", "deletedDateTime")

cells = st.one_of(
    st.sampled_from(
        ("", "a", "b", "A@x.y", "a@x.y", "true", "False", "maybe", " a ", "x_y#EXT#@z")
    ),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=8),
)
rows = st.lists(st.lists(cells, min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=8)
encodings = st.sampled_from(("utf-8", "utf-8-sig", "utf-16"))
delimiters = st.sampled_from((",", ";", "\t"))


def read(data: bytes, name: str = "users.csv") -> DirectorySnapshot:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        return FilesSource(Path(folder), SETTINGS).read()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(("users.csv", "users.json")))
def test_any_bytes_give_a_snapshot_or_a_source_error(data: bytes, name: str) -> None:
    prefix = b"id,userPrincipalName\n" if name.endswith("csv") else b""
    for content in (data, prefix + data):
        with contextlib.suppress(SourceError):
            assert read(content, name) == read(content, name)


@settings(max_examples=100, deadline=None)
@given(rows, encodings, delimiters)
def test_every_row_is_a_person_or_a_problem_and_cells_come_back(
    table: list[list[str]], encoding: str, delimiter: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(NAMES)
    writer.writerows(table)
    given_rows = [dict(zip(NAMES, row, strict=True)) for row in table if any(row)]
    try:
        snapshot = read(text.getvalue().encode(encoding))
    except SourceError:
        # Without an id anywhere, or nobody at all, there is nothing to read.
        assert not any(row["id"].strip() for row in given_rows) or not given_rows
        return
    listed = len(snapshot.users) + len({problem.line for problem in snapshot.problems})
    assert listed >= len(given_rows)
    for row in given_rows:
        person = snapshot.users.get(row["id"].strip())
        others = [r for r in given_rows if r["id"].strip() == row["id"].strip()]
        if person is not None and len(others) == 1 and row["displayName"]:
            assert person.attributes["displayName"] == row["displayName"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from((*NAMES, "value", "x")), json_values), max_size=5))
def test_any_json_objects_are_flattened_to_texts(objects: list[dict[str, object]]) -> None:
    text = json.dumps({"value": objects}, indent=1)
    found = read_json_objects(text.encode(), "users.json")
    assert len(found.objects) == len(objects)
    lines = text.splitlines()
    for index, attributes in enumerate(found.objects):
        assert lines[found.line_of(index) - 1].lstrip().startswith("{")
        for value in attributes.values():
            assert isinstance(value, str) or all(isinstance(item, str) for item in value)
