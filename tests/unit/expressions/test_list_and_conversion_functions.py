"""Functions on lists, conversions, roles and random values (sections c.7 and d.3)."""

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.functions.roles import read_role, role_text
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import AppRole


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Count([many])", "3"),
        ("Count([text])", "1"),
        ("Count([gone])", "0"),
        ("Item([many], 1)", "a"),
        ("Item([many], 3)", "a"),
        ('Item([many], "2")', "b"),
        ("Item([text], 1)", "x, y"),
        ("RemoveDuplicates([many])", ("a", "b")),
        ("RemoveDuplicates([text])", ("x, y",)),
        ("RemoveDuplicates([gone])", None),
        ('Split([text], ",")', ("x", "y")),
        ('Split("a,,b", ",")', ("a", "", "b")),
        ('Split("a--b", "--")', ("a", "b")),
        ('Split("a", ",")', ("a",)),
        ('Split("", ",")', ()),
        ('Split([gone], ",")', None),
        ('Split("a b", "")', ("a b",)),
    ],
)
def test_lists(evaluate: Callable[..., Any], expression: str, expected: object) -> None:
    assert evaluate(expression, many=("a", "b", "a"), text="x, y") == expected


@pytest.mark.parametrize("index", ["0", "4", "-1", '"x"', "[gone]"])
def test_item_outside_the_list(error_code: Callable[..., str], index: str) -> None:
    code = error_code(f"Item([many], {index})", many=("a", "b", "c"))
    assert code == ("out_of_bounds" if index.lstrip("-").isdigit() else "not_a_number")


def test_item_of_nothing(error_code: Callable[..., str]) -> None:
    assert error_code("Item([gone], 1)") == "out_of_bounds"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("BitAnd(&HF, &HF7)", "7"),
        ("BitAnd(12, 10)", "8"),
        ('BitAnd("512", 2)', "0"),
        ("BitAnd(-1, 5)", "5"),
        ("BitAnd([gone], 2)", None),
        ('CStr("x")', "x"),
        ("CStr(5)", "5"),
        ("CStr([gone])", None),
        ('ConvertToBase64("")', ""),
        ('ConvertToBase64("é")', "6QA="),
        ("ConvertToBase64([gone])", None),
        ('ConvertToUTF8Hex("é")', "C3A9"),
        ('ConvertToUTF8Hex("")', ""),
        ("ConvertToUTF8Hex([gone])", None),
        ("DefaultDomain()", "contoso.com"),
    ],
)
def test_conversions(evaluate: Callable[..., Any], expression: str, expected: object) -> None:
    assert evaluate(expression, default_domain="contoso.com") == expected


def test_an_unknown_default_domain_is_null(evaluate: Callable[..., Any]) -> None:
    assert evaluate("DefaultDomain()") is None


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('BitAnd("x", 1)', "not_a_number"),
        ("CStr([many])", "multi_valued"),
        ("ConvertToBase64([many])", "multi_valued"),
        ("NormalizeDiacritics([many])", "multi_valued"),
    ],
)
def test_wrong_conversions(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression, many=("a", "b")) == code


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Zoë", "Zoe"),
        ("Müller", "Muller"),
        ("Æß Ø ł", "AEss OE l"),
        ("Łukasz Çağrı İpek", "Lukasz Cagri Ipek"),
        ("Ǣ ǣ ǟ ȱ", "AE ae a o"),
        ("a̱ C̄ ê̄ E̊̄ ṳ̄ ȳ̃", "a C e E u y"),
        ("œ̄ œ Œ", "oe œ Œ"),
        # Decomposed letters count like composed ones.
        ("e\u0308 N\u0303", "e N"),
        # What the table does not have stays.
        ("đ ŵ Đ й が 李", "đ ŵ Đ й が 李"),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_normalize_diacritics(evaluate: Callable[..., Any], source: str, expected: str) -> None:
    assert evaluate("NormalizeDiacritics([source])", source=source) == expected


def test_normalize_diacritics_of_nothing(evaluate: Callable[..., Any]) -> None:
    assert evaluate("NormalizeDiacritics([gone])") is None


ADMIN = AppRole("06b0", "admin", "Administrator")
USER = AppRole("07c1", "user", "User")


def test_roles_as_the_attribute_holds_them(evaluate: Callable[..., Any]) -> None:
    assigned = (role_text(ADMIN), role_text(USER))
    single = "SingleAppRoleAssignment([appRoleAssignments])"
    assert evaluate(single, appRoleAssignments=assigned) == "admin"
    assert evaluate(single) is None
    assert evaluate(single, appRoleAssignments=("Reader",)) == "Reader"
    plain = "AppRoleAssignments([appRoleAssignments])"
    assert evaluate(plain, appRoleAssignments=assigned) == ("admin", "user")


@pytest.mark.parametrize(
    "function", ["AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex"]
)
def test_complex_roles_are_json_texts(evaluate: Callable[..., Any], function: str) -> None:
    expression = f"{function}([appRoleAssignments])"
    given = evaluate(expression, appRoleAssignments=(role_text(ADMIN), "Reader"))
    assert [json.loads(text) for text in given] == [
        {"id": "06b0", "value": "admin", "displayName": "Administrator"},
        {"id": "", "value": "Reader", "displayName": "Reader"},
    ]
    assert evaluate(expression) == ()


@pytest.mark.parametrize("text", ["{", '{"value": 1}', "[]", "plain", '{"displayName": "Only"}'])
def test_any_text_is_some_role(text: str) -> None:
    role = read_role(text)
    assert read_role(role_text(role)) == role


def test_a_role_without_a_value_goes_by_its_name(evaluate: Callable[..., Any]) -> None:
    role = role_text(AppRole("1", "", "Owner"))
    expression = "SingleAppRoleAssignment([appRoleAssignments])"
    assert evaluate(expression, appRoleAssignments=(role,)) == "Owner"


def test_guid() -> None:
    compiled = compile_expression("Guid()")
    context = EvaluationContext(datetime.now(UTC), random.Random(5))
    drawn = [compiled({}, context) for _ in range(50)]
    assert len(set(drawn)) == 50
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(isinstance(each, str) and re.fullmatch(pattern, each) for each in drawn)


@pytest.mark.parametrize("seed", range(20))
def test_random_string_has_what_is_asked(seed: int) -> None:
    compiled = compile_expression('RandomString(12, 2, 3, 2, 1, "?,0aA")')
    drawn = compiled({}, EvaluationContext(datetime.now(UTC), random.Random(seed)))
    assert isinstance(drawn, str)
    assert len(drawn) == 12
    assert not set(drawn) & set("?,0aA")
    assert sum(each.isdigit() for each in drawn) >= 2
    assert sum(not each.isalnum() for each in drawn) >= 3
    assert sum(each.isupper() for each in drawn) >= 2
    assert sum(each.islower() for each in drawn) >= 1


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        ("6, 3, 0, 0, 3", "[0-9a-z]{6}"),
        ("4, 4, 0, 0, 0", "[0-9]{4}"),
        ("8, 1, 0, 0, 0", "[0-9]{8}"),
        ("8, 0, 0, 0, 0", "[0-9A-Za-z]{8}"),
        ("0, 0, 0, 0, 0", ""),
        ("256, 0, 0, 1, 0", "[A-Z]{256}"),
        ('"3", "3", "0", "0", "0"', "[0-9]{3}"),
    ],
)
def test_random_string_kinds(evaluate: Callable[..., Any], arguments: str, pattern: str) -> None:
    assert re.fullmatch(pattern, evaluate(f"RandomString({arguments})"))


@pytest.mark.parametrize(
    "arguments",
    [
        "257, 0, 0, 0, 0",
        "-1, 0, 0, 0, 0",
        "3, 2, 2, 0, 0",
        "3, -1, 0, 0, 0",
        '3, 1, 0, 0, 0, "0123456789"',
    ],
)
def test_random_string_limits(error_code: Callable[..., str], arguments: str) -> None:
    assert error_code(f"RandomString({arguments})") == "out_of_bounds"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)', "Hello world!"),
        ('ConvertFromBase64("SGVsbG8gd29ybGQh", "ascii")', "Hello world!"),
        ('ConvertFromBase64(ConvertToBase64("Zoë"), Unicode)', "Zoë"),
        ("ConvertFromBase64([gone])", None),
        ('Trim("  a b ")', "a b"),
        ("Trim([many])", ("a", "b")),
        ("Trim([gone])", None),
        ('Contains([many], "b")', "2"),
        ('Contains([many], "B")', "0"),
        ('Contains([gone], "b")', "0"),
        ('StringFromSid("AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAA9AEAAA==")', "S-1-5-21-1-2-3-500"),
        ("StringFromSid([gone])", None),
        ('DNComponent("cn=Joe\\\\, Jr,ou=Sales", 1)', "Joe, Jr"),
        ('DNComponent("cn=Joe,ou=Sales", 2)', "Sales"),
        ("DNComponent([gone], 1)", None),
        ('CRef("x")', "x"),
    ],
)
def test_extended(evaluate: Callable[..., Any], expression: str, expected: object) -> None:
    assert evaluate(expression, many=(" a", "b ")) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('ConvertFromBase64("?")', "wrong_argument"),
        ('ConvertFromBase64("QQ==", "UTF7")', "wrong_argument"),
        ('StringFromSid("AAAA")', "wrong_argument"),
        ('DNComponent("cn=Joe", 2)', "out_of_bounds"),
        ('Error("AccountName is required.")', "error"),
        ('Error("")', "error"),
    ],
)
def test_wrong_extended(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression) == code


def test_extended_functions_need_the_switch(evaluate: Callable[..., Any]) -> None:
    assert evaluate('Trim(" a ")', extended=True) == "a"
    with pytest.raises(Exception, match="no function Trim"):
        evaluate('Trim(" a ")', extended=False)
