"""Every operator of scoping filters with null, empty, wrong type, case and numbers (section e)."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from looop_gui.cli.scope import command
from looop_gui.engine.scoping import compile_filter
from looop_gui.engine.scoping_clauses import (
    UnsupportedFilterError,
    compile_clause,
    unsupported_reason,
)
from looop_gui.model.directory import AttributeValue
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ScopingFilter,
    parse_operator,
)

EXAMPLES = Path(__file__).parents[2] / "samples" / "reference" / "scoping-examples.json"
CASES = json.loads(EXAMPLES.read_text(encoding="utf-8"))["scoping"]


def passes(operator: FilterOperator, value: str | None, entered: str = "") -> bool:
    attributes: dict[str, AttributeValue] = {} if value is None else {"a": value}
    return compile_clause(FilterClause("a", operator, entered))(attributes)


def answers(*cases: Any) -> list[dict[str, Any]]:
    result = CliRunner().invoke(command, ["--batch", "-"], input=json.dumps({"scoping": cases}))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_examples_of_the_reference(case: dict[str, Any]) -> None:
    (answer,) = answers(case)
    assert answer["result"] == case["expected"]


O = FilterOperator  # noqa: E741 - the table below reads better so
TABLE = [
    # operator, entered, value, expected
    (O.EQUALS, "sales", "sales", True),
    (O.EQUALS, "sales", "Sales", False),
    (O.EQUALS, "sales", "sales ", False),
    (O.EQUALS, "100", "100", True),
    (O.EQUALS, "100", "0100", False),
    (O.EQUALS, "True", "True", True),
    (O.NOT_EQUALS, "sales", "Sales", True),
    (O.NOT_EQUALS, "sales", "sales", False),
    (O.NOT_EQUALS, "", "sales", True),
    (O.IS_TRUE, "", "True", True),
    (O.IS_TRUE, "", "true", True),
    (O.IS_TRUE, "", "False", False),
    (O.IS_TRUE, "", "yes", False),
    (O.IS_TRUE, "", "1", False),
    (O.IS_FALSE, "", "False", True),
    (O.IS_FALSE, "", "FALSE", True),
    (O.IS_FALSE, "", "True", False),
    (O.IS_FALSE, "", "no", False),
    (O.IS_NULL, "", "x", False),
    (O.IS_NULL, "", " ", False),
    (O.IS_NOT_NULL, "", "x", True),
    (O.IS_NOT_NULL, "", "False", True),
    (O.REGEX_MATCH, "[a-z]+", "abc", True),
    (O.REGEX_MATCH, "[a-z]+", "Abc", False),
    (O.REGEX_MATCH, "b", "abc", False),
    (O.REGEX_MATCH, "a|abc", "abc", True),
    (O.REGEX_MATCH, r"^.*\@domain\.com$", "x@domain.com", True),
    (O.REGEX_MATCH, r".*\@domain.com", "x@domain.com.evil", False),
    (O.REGEX_MATCH, r"(?<first>\w)\w*\k<first>", "abca", True),
    (O.REGEX_MATCH, "a.c", "a\nc", False),
    (O.REGEX_MATCH, "1[0-9]{6}", "1999999", True),
    (O.NOT_REGEX_MATCH, "[a-z]+", "Abc", True),
    (O.NOT_REGEX_MATCH, "[a-z]+", "abc", False),
    (O.NOT_REGEX_MATCH, "b", "abc", True),
    (O.GREATER_THAN, "100", "101", True),
    (O.GREATER_THAN, "100", "100", False),
    (O.GREATER_THAN, "9", "10", True),
    (O.GREATER_THAN, "-5", "-4", True),
    (O.GREATER_THAN, "100", "10.5e9", False),
    (O.GREATER_THAN, "100", "1_000", False),
    (O.GREATER_THAN, "abc", "101", False),
    (O.GREATER_THAN, "", "101", False),
    (O.GREATER_THAN, "9223372036854775807", "9223372036854775808", True),
    (O.GREATER_THAN_OR_EQUALS, "100", "100", True),
    (O.GREATER_THAN_OR_EQUALS, "100", "99", False),
    (O.GREATER_THAN_OR_EQUALS, "100", " 0100 ", True),
    (O.GREATER_THAN_OR_EQUALS, "100", "abc", False),
    (O.GREATER_THAN_OR_EQUALS, "1.5", "2", False),
    (O.INCLUDES, "ale", "Sales", True),
    (O.INCLUDES, "ALE", "Sales", False),
    (O.INCLUDES, "", "Sales", True),
    (O.ENDS_WITH, "@contoso.com", "a@contoso.com", True),
    (O.ENDS_WITH, "@CONTOSO.com", "a@contoso.com", False),
    (O.ENDS_WITH, "@contoso.com", "a@contoso.com ", False),
    (O.IS_IN, "US,CA,MX", "CA", True),
    (O.IS_IN, "US,CA,MX", "ca", False),
    (O.IS_IN, "US,CA,MX", "US,CA", True),
    (O.IS_IN, "", "CA", False),
    (O.IS_NOT_IN, "US,CA,MX", "FR", True),
    (O.IS_NOT_IN, "US,CA,MX", "MX", False),
    (O.IS_NOT_IN, "", "FR", True),
]


@pytest.mark.parametrize(("operator", "entered", "value", "expected"), TABLE)
def test_operators(operator: FilterOperator, entered: str, value: str, expected: bool) -> None:
    assert passes(operator, value, entered) is expected


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("operator", FilterOperator)
@pytest.mark.parametrize("entered", ["", "x", "1"])
def test_null_and_empty_make_every_clause_false_but_is_null(
    operator: FilterOperator, value: str | None, entered: str
) -> None:
    assert passes(operator, value, entered) is (operator is FilterOperator.IS_NULL)


def test_the_option_search_finds_a_pattern_inside_the_value() -> None:
    clause = FilterClause("a", O.REGEX_MATCH, "([1-9][0-9])")
    assert compile_clause(clause, regex_search=True)({"a": "100"})
    assert not compile_clause(clause)({"a": "100"})


@pytest.mark.parametrize(
    ("value", "operator", "expected"),
    [
        (True, "IS TRUE", True),
        (False, "IS FALSE", True),
        (True, "IS FALSE", False),
        (150, "Greater_Than", True),
        (100, "Greater_Than_OR_EQUALS", True),
        (99.5, "Greater_Than", False),
        (None, "IS NULL", True),
        ("", "IS NOT NULL", False),
        (["x"], "EQUALS", {"$error": "unsupported"}),
        (["x"], "IS NULL", {"$error": "unsupported"}),
    ],
)
def test_values_of_json_are_read_as_the_engine_has_them(
    value: Any, operator: str, expected: Any
) -> None:
    clause = {"attribute": "a", "operator": operator, "value": 100}
    (answer,) = answers({"id": 1, "groups": [{"clauses": [clause]}], "object": {"a": value}})
    assert answer["result"] == expected


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("equals", O.EQUALS),
        ("NOT_EQUALS", O.NOT_EQUALS),
        ("Is True", O.IS_TRUE),
        ("IS_NOT_NULL", O.IS_NOT_NULL),
        ("REGEX_MATCH", O.REGEX_MATCH),
        ("not regex  match", O.NOT_REGEX_MATCH),
        ("GREATER THAN", O.GREATER_THAN),
        ("greater_than_or_equals", O.GREATER_THAN_OR_EQUALS),
        ("INCLUDES", O.INCLUDES),
        ("Ends With", O.ENDS_WITH),
        ("&", O.IS_IN),
        (" !& ", O.IS_NOT_IN),
        ("IsMemberOf", None),
        ("", None),
    ],
)
def test_operators_are_read_in_any_spelling(text: str, operator: FilterOperator | None) -> None:
    assert parse_operator(text) is operator


@pytest.mark.parametrize("operator", FilterOperator)
def test_the_portals_own_spelling_is_read(operator: FilterOperator) -> None:
    assert parse_operator(operator.value) is operator


@pytest.mark.parametrize(
    "attribute",
    [
        "members",
        "appRoleAssignments",
        "userType",
        "manager",
        "proxyAddresses",
        "memberOf",
        "employeeHireDate",
        "createdDateTime",
    ],
)
def test_unsupported_attributes_are_refused_with_the_reason(attribute: str) -> None:
    reason = unsupported_reason(attribute)
    assert reason
    with pytest.raises(UnsupportedFilterError, match=attribute):
        compile_clause(FilterClause(attribute, O.EQUALS, "x"))
    assert unsupported_reason("department") is None


def test_an_attribute_of_several_values_is_refused_when_it_shows() -> None:
    test = compile_clause(FilterClause("projects", O.IS_NOT_NULL))
    with pytest.raises(UnsupportedFilterError, match="several values"):
        test({"projects": ("a", "b")})


@pytest.mark.parametrize("pattern", ["(", "[a-", "a{2", "*a", "(?<1a>x)"])
def test_a_wrong_pattern_is_refused_or_literal(pattern: str) -> None:
    clause = FilterClause("a", O.REGEX_MATCH, pattern)
    if pattern == "a{2":
        assert compile_clause(clause)({"a": "a{2"})
    else:
        with pytest.raises(UnsupportedFilterError, match="pattern"):
            compile_clause(clause)


def test_a_pattern_that_would_never_end_is_stopped() -> None:
    test = compile_clause(FilterClause("a", O.REGEX_MATCH, r"(?:a|aa|aaa)*\d"))
    with pytest.raises(UnsupportedFilterError, match="takes too long"):
        test({"a": "a" * 60 + "b"})


def group(*clauses: FilterClause) -> FilterGroup:
    return FilterGroup("f", clauses)


def test_clauses_are_joined_by_and_filters_by_or() -> None:
    sales = FilterClause("department", O.EQUALS, "Sales")
    us = FilterClause("country", O.EQUALS, "US")
    it = FilterClause("department", O.EQUALS, "IT")
    test = compile_filter(ScopingFilter((group(sales, us), group(it))))
    assert test({"department": "Sales", "country": "US"})
    assert not test({"department": "Sales", "country": "FR"})
    assert test({"department": "IT"})
    assert not test({})


def test_without_filter_everybody_passes_and_an_empty_filter_lets_nobody_in_besides() -> None:
    assert compile_filter(ScopingFilter())({})
    assert compile_filter(ScopingFilter((FilterGroup("new", ()),)))({})
    restricted = ScopingFilter((group(FilterClause("a", O.IS_NOT_NULL)), FilterGroup("new", ())))
    assert not compile_filter(restricted)({})


def test_bad_cases_do_not_stop_the_batch() -> None:
    good = {"id": "ok", "groups": [], "object": {}}
    unknown = {"attribute": "a", "operator": "IsMemberOf", "value": "x"}
    bad: list[Any] = [
        7,
        {"id": "b1", "groups": "x"},
        {"id": "b2", "groups": [{"clauses": [{"operator": "EQUALS"}]}], "object": {}},
        {"id": "b3", "groups": [{"clauses": [unknown]}], "object": {}},
        {"id": "b4", "groups": [], "object": [1]},
        {
            "id": "b5",
            "groups": [{"clauses": [unknown | {"operator": "REGEX MATCH", "value": "("}]}],
        },
    ]
    found = answers(*bad, good)
    assert [answer["id"] for answer in found] == [None, "b1", "b2", "b3", "b4", "b5", "ok"]
    assert all("error" in answer and "$error" in answer["result"] for answer in found[:-1])
    assert found[3]["result"] == {"$error": "unsupported"}
    assert found[-1] == {"id": "ok", "result": True}


def test_an_attribute_of_several_values_is_refused_even_behind_a_filter_that_passes() -> None:
    first = {"clauses": [{"attribute": "a", "operator": "EQUALS", "value": "x"}]}
    second = {"clauses": [{"attribute": "b", "operator": "EQUALS", "value": "x"}]}
    (answer,) = answers({"id": 1, "groups": [first, second], "object": {"a": "x", "b": ["x"]}})
    assert answer["result"] == {"$error": "unsupported"}


def test_one_case_a_line_is_read_and_a_broken_line_answered(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": 1, "groups": [], "object": {}}\n{oops\n{"id": 3}\n', encoding="utf-8")
    result = CliRunner().invoke(command, ["--batch", str(file)])
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["result"] for line in lines] == [True, {"$error": "malformed"}, True]
