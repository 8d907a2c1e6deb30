"""Filters are read by RFC 7644 section 3.4.2.2 and written so that they read the same."""

import pytest

from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter import MAXIMUM_DEPTH, MAXIMUM_EXPRESSIONS, parse_filter
from looop_gui.scim.filter_tree import (
    And,
    AttributePath,
    Comparison,
    Not,
    Or,
    Present,
    ValuePath,
    format_filter,
    nodes,
)


def attribute(name: str, sub: str | None = None, urn: str | None = None) -> AttributePath:
    return AttributePath(urn, name, None, sub)


def eq(name: str, value: object) -> Comparison:
    return Comparison(attribute(name), "eq", value)


CORE = "urn:ietf:params:scim:schemas:core:2.0:User"

TREES = {
    "3.4.2.2 figure 2, eq": (
        'userName eq "bjensen"',
        eq("userName", "bjensen"),
    ),
    "3.4.2.2 figure 2, co on a sub-attribute": (
        'name.familyName co "O\'Malley"',
        Comparison(attribute("name", "familyName"), "co", "O'Malley"),
    ),
    "3.4.2.2 figure 2, URN": (
        f'{CORE}:userName sw "J"',
        Comparison(attribute("userName", None, CORE), "sw", "J"),
    ),
    "3.4.2.2 figure 2, pr": ("title pr", Present(attribute("title"))),
    "3.4.2.2 figure 2, date": (
        'meta.lastModified gt "2011-05-13T04:42:34Z"',
        Comparison(attribute("meta", "lastModified"), "gt", "2011-05-13T04:42:34Z"),
    ),
    "3.4.2.2 figure 2, and": (
        'title pr and userType eq "Employee"',
        And((Present(attribute("title")), eq("userType", "Employee"))),
    ),
    "3.4.2.2 figure 2, or": (
        'title pr or userType eq "Intern"',
        Or((Present(attribute("title")), eq("userType", "Intern"))),
    ),
    "3.4.2.2 figure 2, group of or": (
        'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
        And(
            (
                eq("userType", "Employee"),
                Or(
                    (
                        Comparison(attribute("emails"), "co", "example.com"),
                        Comparison(attribute("emails", "value"), "co", "example.org"),
                    )
                ),
            )
        ),
    ),
    "3.4.2.2 figure 2, not": (
        'userType ne "Employee" and not (emails co "example.com")',
        And(
            (
                Comparison(attribute("userType"), "ne", "Employee"),
                Not(Comparison(attribute("emails"), "co", "example.com")),
            )
        ),
    ),
    "3.4.2.2 figure 2, complex filter": (
        'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
        And(
            (
                eq("userType", "Employee"),
                ValuePath(
                    attribute("emails"),
                    And(
                        (
                            eq("type", "work"),
                            Comparison(attribute("value"), "co", "@example.com"),
                        )
                    ),
                ),
            )
        ),
    ),
    "3.4.2.2 and binds before or": (
        'a eq "1" or b eq "2" and c eq "3"',
        Or((eq("a", "1"), And((eq("b", "2"), eq("c", "3"))))),
    ),
    "3.4.2.2 operators in any letter case": (
        'userName EQ "x" AND NOT (title PR)',
        And((eq("userName", "x"), Not(Present(attribute("title"))))),
    ),
    "3.4.2.2 true": ("active eq true", eq("active", True)),
    "3.4.2.2 false": ("active eq false", eq("active", False)),
    "3.4.2.2 null": ("title eq null", eq("title", None)),
    "3.4.2.2 integer": ("n gt -12", Comparison(attribute("n"), "gt", -12)),
    "3.4.2.2 decimal": ("n le 1.5e3", Comparison(attribute("n"), "le", 1500.0)),
    "3.4.2.2 escapes of JSON": (
        r'title eq "a \"b\" \\ \u00e9 \n"',
        eq("title", 'a "b" \\ é \n'),
    ),
    "3.4.2.2 brackets and parentheses in text": ('title eq "(a] or b"', eq("title", "(a] or b")),
    "3.4.2.2 an attribute called not": ("not pr", Present(attribute("not"))),
    "3.4.2.2 $ref": ("members.$ref pr", Present(attribute("members", "$ref"))),
    "Entra r04, a sub-attribute behind a value filter": (
        'emails[type eq "work"].value eq "ann@contoso.com"',
        Comparison(
            AttributePath(None, "emails", eq("type", "work"), "value"), "eq", "ann@contoso.com"
        ),
    ),
}


@pytest.mark.parametrize(("text", "tree"), TREES.values(), ids=TREES.keys())
def test_a_filter_is_read_and_written_back(text: str, tree: object) -> None:
    assert parse_filter(text) == tree
    assert parse_filter(format_filter(parse_filter(text))) == tree


MALFORMED = {
    "empty": "",
    "blanks": "   ",
    "attribute alone": "userName",
    "operator missing": 'userName "bjensen"',
    "value missing": "userName eq",
    "unknown operator": 'userName regex "x"',
    "text without quotes": "userName eq bjensen",
    "single quotes": "userName eq 'bjensen'",
    "open quotes": 'userName eq "bjensen',
    "open parenthesis": '(userName eq "x"',
    "closing parenthesis alone": 'userName eq "x")',
    "open bracket": 'emails[type eq "work"',
    "empty brackets": "emails[]",
    "empty parentheses": "()",
    "not without parentheses": "not title pr",
    "and at the end": "title pr and",
    "or at the start": "or title pr",
    "two values": 'userName eq "a" "b"',
    "two expressions": "title pr title pr",
    "raw line break in text": 'title eq "a\nb"',
    "unknown escape": r'title eq "\x"',
    "half a surrogate pair": r'title eq "\ud800"',
    "NaN": "n eq NaN",
    "infinite": "n eq 1e999",
    "leading zero": "n eq 01",
    "plus sign": "n eq +1",
    "object": 'n eq {"a":1}',
    "two dots": "name.a.b pr",
    "path of a digit": "1a pr",
    "a value filter in another": 'emails[x[y eq 1] and type eq "work"]',
    "sub-attribute of a sub-attribute": 'name.x[type eq "work"].value eq "a"',
    "a schema compared": f'{CORE} eq "x"',
    "values of a schema": f'{CORE}[userName eq "x"]',
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_3_12_a_malformed_filter_is_refused(text: str) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        parse_filter(text)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


TOO_LARGE = {
    "parentheses": "(" * 100_000 + "title pr" + ")" * 100_000,
    "a little too deep": "(" * (MAXIMUM_DEPTH + 1) + "title pr" + ")" * (MAXIMUM_DEPTH + 1),
    "nots": "not (" * 3000 + "title pr" + ")" * 3000,
    "expressions": " or ".join(["title pr"] * (MAXIMUM_EXPRESSIONS + 1)),
    "number": "n eq " + "1" * 400,
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_7_7_a_filter_has_limits(text: str) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        parse_filter(text)
    assert refused.value.scim_type == "invalidFilter"


def test_3_4_2_2_a_filter_at_the_limits_is_read() -> None:
    deep = "(" * MAXIMUM_DEPTH + "title pr" + ")" * MAXIMUM_DEPTH
    assert parse_filter(deep) == Present(attribute("title"))
    wide = parse_filter(" or ".join(["title pr"] * MAXIMUM_EXPRESSIONS))
    assert sum(isinstance(node, Present) for node in nodes(wide)) == MAXIMUM_EXPRESSIONS
