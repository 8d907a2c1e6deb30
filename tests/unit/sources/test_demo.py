"""The demo company: the same each time, varied, and whole when written and read again."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.errors import SourceError
from looop_gui.sources.demo import generate
from looop_gui.sources.demo_names import romanise
from looop_gui.sources.files import FilesSource
from looop_gui.sources.folder_writing import write_folder
from looop_gui.sources.source import open_source


def test_the_same_seed_gives_the_same_company_and_another_seed_another() -> None:
    assert generate(60, 7) == generate(60, 7)
    assert generate(60, 8).users.keys() != generate(60, 7).users.keys()


@pytest.mark.parametrize("users", [1, 2, 11, 12, 13, 200])
def test_any_size_has_that_many_people_in_one_tree_without_problems(users: int) -> None:
    company = generate(users)
    assert len(company.users) == users
    assert company.problems == ()
    members = [p for p in company.users.values() if p.attributes.get("userType") == "Member"]
    roots = [person for person in members if person.manager is None]
    assert len(roots) == 1
    for person in members:
        seen = {person.id}
        while person.manager is not None:
            person = company.users[person.manager]
            assert person.id not in seen
            seen.add(person.id)
        assert person is roots[0]


def test_a_thousand_people_have_what_real_directories_have() -> None:
    company = generate(1_000)
    people = company.users.values()
    scripts = {
        unicodedata.name(letter).split()[0]
        for person in people
        for letter in person.display_name
        if letter.isalpha()
    }
    assert {
        "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HIRAGANA",
        "HANGUL", "THAI", "GEORGIAN", "ARMENIAN", "ETHIOPIC", "TAMIL", "BENGALI",
    } <= scripts  # fmt: skip
    assert sum(person.deleted for person in people) >= 5
    assert sum(not person.account_enabled for person in people) >= 10
    guests = [p for p in people if p.attributes.get("userType") == "Guest"]
    assert len(guests) >= 20
    assert all("#EXT#" in str(p.attributes["originalUserPrincipalName"]) for p in guests)
    assert not any("#" in str(p.attributes["userPrincipalName"]) for p in people)
    assert len({p.attributes.get("country") for p in people}) >= 9
    assert any("department" not in p.attributes for p in people)


def test_groups_are_flat_nested_and_empty_with_names_of_their_own() -> None:
    company = generate(1_000)
    groups = company.groups
    names = [group.display_name for group in groups.values()]
    assert len(set(names)) == len(names)
    nested = [g for g in groups.values() if any(member in groups for member in g.members)]
    assert {"All staff", "Project Basalt"} <= {group.display_name for group in nested}
    assert any(not group.members for group in groups.values())
    assert any(group.attributes["securityEnabled"] == "False" for group in groups.values())


def test_assignments_are_of_people_and_groups_with_and_without_a_role() -> None:
    company = generate(1_000)
    assigned = {assignment.principal_id for assignment in company.assignments}
    assert assigned & company.groups.keys()
    assert assigned & company.users.keys()
    roles = {assignment.role.display_name for assignment in company.assignments}
    assert roles == {"Default Access", "Learner", "Author", "Administrator"}


@pytest.mark.parametrize("users", [1, 150])
def test_written_and_read_again_it_is_the_same(users: int, tmp_path: Path) -> None:
    company = generate(users)
    write_folder(company, tmp_path)
    read = FilesSource(tmp_path, SourceSettings(SourceType.FILES)).read()
    assert replace(read, digest=company.digest) == company


def test_aliases_are_ascii_and_unique() -> None:
    aliases = [str(p.attributes["mailNickname"]) for p in generate(2_000).users.values()]
    assert all(alias.isascii() for alias in aliases)
    assert len(set(aliases)) == len(aliases)


@pytest.mark.parametrize(
    ("name", "latin"),
    [("Łukasz", "Lukasz"), ("Groß", "Gross"), ("Ærlend", "Aerlend"), ("Nguyễn", "Nguyen")],
)
def test_latin_names_are_romanised(name: str, latin: str) -> None:
    assert romanise(name) == latin


@pytest.mark.parametrize("users", [0, -1, 1_000_001])
def test_impossible_sizes_are_refused(users: int) -> None:
    with pytest.raises(SourceError, match=str(users)):
        generate(users)


def test_the_demo_source_makes_its_folder_once_and_then_reads_it(tmp_path: Path) -> None:
    settings = SourceSettings(SourceType.DEMO, folder="demo/c1/directory", users=20)
    source = open_source(settings, tmp_path)
    assert not (tmp_path / "demo").exists()
    first = source.read()
    assert len(first.users) == 20
    assert source.digest() == first.digest
    users_file = tmp_path / "demo/c1/directory/users.csv"
    text = users_file.read_text(encoding="utf-8-sig")
    users_file.write_text(text.replace("Chief Executive Officer", "Chair"), encoding="utf-8")
    second = source.read()
    assert {p.attributes.get("jobTitle") for p in second.users.values()} >= {"Chair"}
    assert second.digest != first.digest


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file where the folder should be", encoding="utf-8")
    settings = SourceSettings(SourceType.DEMO, folder="demo/directory", users=5)
    with pytest.raises(SourceError, match="cannot be"):
        open_source(settings, tmp_path).read()
