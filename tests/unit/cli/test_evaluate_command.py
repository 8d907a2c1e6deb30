"""`looop-gui evaluate`: one expression, a file of examples, and the notation of results."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root

SAMPLES = Path(__file__).parents[2] / "samples" / "reference"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["evaluate", *arguments])


def value_of(expression: str, **attributes: Any) -> Any:
    done = run("--expression", expression, "--attributes", json.dumps(attributes))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def batch(tmp_path: Path, cases: Any) -> list[Any]:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    done = run("--batch", str(file))
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_values_are_json() -> None:
    assert value_of('Join(" ", [a], [b])', a="Zoë", b="Lee") == "Zoë Lee"
    assert value_of('Split([a], ",")', a="x, y") == ["x", "y"]
    assert value_of("[gone]") is None
    assert value_of("IgnoreFlowIfNullOrEmpty([gone])") == {"$ignoreAttributeFlow": True}
    assert value_of("IgnoreObjectFlow") == {"$ignoreObjectFlow": True}


def test_attributes_of_other_types() -> None:
    assert value_of("[a]", a=True) == "True"
    assert value_of("[a] = 7", a=7) == "True"
    assert value_of("IsNull([a])", a=None) == "True"
    assert value_of('Join("-", [a])', a=["x", 1, False]) == "x-1-False"
    assert value_of('Join("-", [a])', a=["x", None, "y"]) == "x-y"
    role = {"id": "1", "value": "admin", "displayName": "Administrator"}
    roles = "SingleAppRoleAssignment([appRoleAssignments])"
    assert value_of(roles, appRoleAssignments=[role]) == "admin"


def test_now() -> None:
    done = run("--expression", "Now()", "--now", "2021-07-02T17:33:38+02:00")
    assert json.loads(done.stdout) == "7/2/2021 3:33:38 PM"
    done = run("--expression", "Now()", "--now", "2021-07-02T15:33:38Z")
    assert json.loads(done.stdout) == "7/2/2021 3:33:38 PM"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("Item([a], 5)", "out_of_bounds"),
        ('Error("Say so")', "Say so"),
        ("ToLower(", "not closed"),
        ("Nonsense()", "unknown_function"),
    ],
)
def test_errors_are_results_with_exit_code_1(expression: str, words: str) -> None:
    done = run("--expression", expression)
    assert done.exit_code == 1
    assert words in json.loads(done.stdout)["$error"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--expression", "Now()", "--batch", str(SAMPLES / "expression-examples.json")),
        ("--expression", "Now()", "--attributes", "{"),
        ("--expression", "Now()", "--attributes", "[]"),
        ("--expression", "Now()", "--now", "soon"),
        ("--batch", "/nowhere/at-all.json"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_reference_as_a_batch() -> None:
    file = SAMPLES / "expression-examples.json"
    cases = json.loads(file.read_text("utf-8"))["expressions"]
    done = run("--batch", str(file))
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == [case["id"] for case in cases]
    wrong = [
        case["id"]
        for case, line in zip(cases, lines, strict=True)
        if case["expected"] != line["result"]
        and not (isinstance(case["expected"], dict) and "$pattern" in case["expected"])
        and case["status"] != "documented_unsupported"
    ]
    assert wrong == []


def test_errors_never_stop_the_batch(tmp_path: Path) -> None:
    cases: list[Any] = [
        {"id": "syntax", "expression": "ToLower("},
        {"id": "bounds", "expression": "Item([a], 9)", "inputs": {"a": ["x"]}},
        {"id": "no expression"},
        {"id": "no date", "expression": "Now()", "now": "soon"},
        {"id": "no such date", "expression": "Now()", "now": "0001-01-01T00:00:00+14:00"},
        {"id": "inputs", "expression": "[a]", "inputs": "x"},
        {"id": "no list", "expression": "Now()", "taken": 5},
        {"id": "taken", "expression": 'SelectUniqueValue("a", "b")', "taken": ["a"]},
        {"id": 7, "expression": "[a]", "inputs": {"a": "\ud800"}},
        {"id": "deep", "expression": "Not(" * 3000},
        "not a case",
        {"id": "slow", "expression": 'Replace([a], , "(a+)+$", , "", , )',
         "inputs": {"a": "a" * 5000 + "!"}},
    ]  # fmt: skip
    lines = batch(tmp_path, {"expressions": cases})
    results = {line["id"]: line["result"] for line in lines}
    assert len(lines) == len(cases)
    assert "$error" in results["syntax"]
    assert results["bounds"] == {"$error": "out_of_bounds"}
    for name in ("no expression", "no date", "no such date", "inputs", "no list", "deep", None):
        assert "$error" in results[name]
    assert results["taken"] == "b"
    assert results[7] == "\ud800"
    assert results["slow"] == {"$error": "too_slow"}


def test_a_list_alone_is_a_batch_too(tmp_path: Path) -> None:
    assert batch(tmp_path, [{"id": "a", "expression": 'Len("abc")'}]) == [
        {"id": "a", "result": "3"}
    ]


@pytest.mark.parametrize("content", ["{}", "7", "{", '{"expressions": 1}', "\ufffe"])
def test_a_file_without_cases_is_wrong_usage(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(content, encoding="utf-16")
    assert run("--batch", str(file)).exit_code == 2
    file.write_text(content, encoding="utf-8")
    assert run("--batch", str(file)).exit_code == 2


def test_as_a_program(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "looop_gui", "evaluate", "--expression", 'ToUpper("é")'],
        cwd=checkout,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "É"
