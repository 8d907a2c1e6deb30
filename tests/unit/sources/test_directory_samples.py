"""The samples of tests/samples/directory are read as their README says."""

from collections import Counter
from pathlib import Path

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.sources.files import FilesSource

SAMPLES = Path(__file__).parents[2] / "samples" / "directory"


def read(name: str) -> DirectorySnapshot:
    return FilesSource(SAMPLES / name, SourceSettings(SourceType.FILES)).read()


def test_the_portal_export_gives_its_people_and_every_defect() -> None:
    snapshot = read("portal")
    assert len(snapshot.users) == 1_036
    assert Counter(problem.file for problem in snapshot.problems) == {
        "users.csv": 8,
        "members.csv": 5,
    }
    assert len(snapshot.unreadable - snapshot.users.keys()) == len(snapshot.unreadable) > 0
    rows = (SAMPLES / "portal" / "users.csv").read_text(encoding="utf-8-sig").split("\n")
    for problem in snapshot.problems:
        if problem.file == "users.csv" and "accountEnabled" in problem.sentence:
            assert ",unknown," in rows[problem.line - 1]
        if "29 cells" in problem.sentence:
            assert "Lee, Ann" in rows[problem.line - 1]


def test_utf16_with_semicolons_and_human_headings() -> None:
    snapshot = read("utf16-semicolons")
    assert len(snapshot.users) == 25
    assert snapshot.problems == ()
    streets = [str(p.attributes.get("streetAddress", "")) for p in snapshot.users.values()]
    assert sum("\n2nd floor; left" in street for street in streets) > 20


def test_windows_1252_with_tabs_comes_with_a_notice() -> None:
    snapshot = read("windows-1252-tabs")
    names = [person.display_name for person in snapshot.users.values()]
    assert names == ["Jürgen Groß", "Zoë Lefèvre – «Zo»", "Anna Smith"]
    assert [problem.line for problem in snapshot.problems] == [2]


def test_graph_answers_are_read_with_entra_names() -> None:
    snapshot = read("graph-json")
    assert len(snapshot.users) == 30
    assert snapshot.problems == ()
    assert all(person.attributes["telephoneNumber"] for person in snapshot.users.values())
    assert sum(person.manager is not None for person in snapshot.users.values()) == 29
