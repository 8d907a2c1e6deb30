"""Filters over HTTP, every operator and type (RFC 7644 section 3.4.2.2)."""

from typing import Any

import pytest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"

PEOPLE: dict[str, dict] = {
    "ann": {
        "externalId": "E-1",
        "displayName": "Ann Lee",
        "title": "Tour Guide",
        "userType": "Employee",
        "active": True,
        "name": {"familyName": "Lee", "givenName": "Ann"},
        "emails": [
            {"value": "ann@example.com", "type": "work", "primary": True},
            {"value": "ann@home.org", "type": "home"},
        ],
        ENTERPRISE: {"department": "Sales", "employeeNumber": "100"},
    },
    "bob": {
        "externalId": "e-1",
        "displayName": "Bob O'Malley",
        "userType": "Intern",
        "active": False,
        "name": {"familyName": "O'Malley", "givenName": "Bob"},
        "emails": [
            {"value": "bob@home.org", "type": "work"},
            {"value": "bob@example.com", "type": "home"},
        ],
        ENTERPRISE: {"department": "sales"},
    },
    "cleo": {
        "displayName": 'Cleo "Q" \\ (x) [y] & z + 100% é 🦊',
        "title": "tour guide",
        "active": True,
        "phoneNumbers": [{"value": "555-1", "type": "mobile"}],
        "roles": [{"value": "admin", "primary": True}],
    },
    "dan": {"displayName": "dan", "nickName": "", "title": "Chief"},
}

# The filter, and the initials of the people it finds.
FOUND: dict[str, tuple[str, str]] = {
    "eq": ('userName eq "ann"', "a"),
    "eq in another letter case": ('userName eq "ANN"', "a"),
    "eq of a name in another letter case": ('USERNAME Eq "ann"', "a"),
    "eq of nobody": ('userName eq "zoe"', ""),
    "eq of a caseExact attribute": ('externalId eq "E-1"', "a"),
    "eq of a caseExact attribute, other case": ('externalId eq "e-1"', "b"),
    "ne": ('userName ne "ann"', "bcd"),
    "ne of the unassigned": ('userType ne "Intern"', "acd"),
    "co": ('displayName co "an"', "ad"),
    "co with an apostrophe": ('name.familyName co "O\'Malley"', "b"),
    "sw": ('userName sw "A"', "a"),
    "ew": ('title ew "GUIDE"', "ac"),
    "gt": ('userName gt "bob"', "cd"),
    "ge": ('userName ge "bob"', "bcd"),
    "lt": ('userName lt "bob"', "a"),
    "le": ('userName le "BOB"', "ab"),
    "pr": ("title pr", "acd"),
    "pr of empty text": ("nickName pr", ""),
    "pr of a complex attribute": ("name pr", "ab"),
    "pr of a sub-attribute": ("name.givenName pr", "ab"),
    "pr of a multi-valued attribute": ("phoneNumbers pr", "c"),
    "pr of an extension attribute": (f"{ENTERPRISE}:employeeNumber pr", "a"),
    "pr in capitals": ("title PR", "acd"),
    "eq null": ("title eq null", "b"),
    "ne null": ("title ne null", "acd"),
    "boolean eq": ("roles.primary eq true", "c"),
    "boolean eq false": ("active eq false", "b"),
    "not": ('not (title co "guide")', "bd"),
    "not in capitals": ('NOT (title co "guide")', "bd"),
    "not of a group": ('not (userName eq "ann" or userName eq "bob")', "cd"),
    "and": ('title co "guide" and active eq true', "ac"),
    "and that fails": ('title co "guide" and userName eq "bob"', ""),
    "or": ('userName eq "ann" or userName eq "dan"', "ad"),
    "and binds before or": ('userName eq "dan" or title pr and userType pr', "ad"),
    "a group before and": ('(userName eq "dan" or title pr) and userType pr', "a"),
    "groups in groups": ('((userName eq "ann") or ((userName eq "bob")))', "ab"),
    "sub-attribute of multi-valued, any": ('emails.value co "example.com"', "ab"),
    "multi-valued stands for its value": ('emails co "example.com"', "ab"),
    "two conditions on any values": ('emails.type eq "work" and emails.value co "home"', "ab"),
    "value filter: one value": ('emails[type eq "work" and value co "example.com"]', "a"),
    "value filter with or": ('emails[value eq "ann@home.org" or value eq "bob@home.org"]', "ab"),
    "value filter with not": ('emails[type eq "work" and not (primary eq true)]', "b"),
    "value filter with pr": ("emails[primary pr]", "a"),
    "value filter and more": ('emails[type eq "home"] and userType eq "intern"', "b"),
    "not of a value filter": ('not (emails[type eq "home"])', "cd"),
    "sub-attribute behind a value filter": ('emails[type eq "work"].value eq "bob@home.org"', "b"),
    "sub-attribute behind a value filter, with and": (
        'emails[type eq "work"].value co "home" and active eq false',
        "b",
    ),
    "extension": (f'{ENTERPRISE}:department eq "SALES"', "ab"),
    "extension, URN in capitals": (f'{ENTERPRISE.upper()}:department eq "sales"', "ab"),
    "core URN": (f'{USER}:userName eq "ann"', "a"),
    "core URN with a sub-attribute": (f'{USER}:name.givenName eq "ann"', "a"),
    "meta.resourceType": ('meta.resourceType eq "User"', "abcd"),
    "meta.created, later": ('meta.created gt "2000-01-01T00:00:00Z"', "abcd"),
    "meta.created, earlier": ('meta.created lt "2000-01-01T00:00:00Z"', ""),
    "meta.lastModified with an offset": (
        'meta.lastModified ge "2000-01-01T00:00:00+05:30"',
        "abcd",
    ),
    "schemas": (f'schemas eq "{ENTERPRISE}"', "ab"),
    "quotes in text": ('displayName co "\\"Q\\""', "c"),
    "backslash in text": ('displayName co " \\\\ "', "c"),
    "brackets in text": ('displayName co "(x) [y]"', "c"),
    "ampersand, plus and percent": ('displayName co "& z + 100%"', "c"),
    "escape for a letter": ('displayName co "\\u00e9"', "c"),
    "emoji": ('displayName ew "🦊"', "c"),
    "many blanks": ('  userName    eq    "ann"  ', "a"),
    "empty text": ('nickName eq ""', "d"),
    "co of empty text": ('userName co ""', "abcd"),
}


@pytest.fixture(scope="module")
def people(fresh: Any) -> Any:
    for name, attributes in PEOPLE.items():
        fresh.user(userName=name, **attributes)
    return fresh


def initials(resources: list[dict]) -> str:
    return "".join(sorted(resource["userName"][0] for resource in resources))


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND.keys())
def test_3_4_2_2_a_filter_finds(text: str, expected: str, people: Any) -> None:
    # The preset rfc has no default for `active`.
    assert initials(people.found("/Users", text)) == expected


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND.keys())
def test_3_4_3_a_search_finds_the_same(text: str, expected: str, people: Any) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": text,
        "attributes": ["userName"],
    }
    for path in ("/Users/.search", "/.search"):
        response = people.post(path, body)
        assert response.status_code == 200, response.text
        assert initials(response.json()["Resources"]) == expected
        assert all(
            set(one) == {"schemas", "id", "userName"} for one in response.json()["Resources"]
        )


def test_3_4_2_2_the_id(people: Any) -> None:
    (ann,) = people.found("/Users", 'userName eq "ann"')
    assert initials(people.found("/Users", f'id eq "{ann["id"]}"')) == "a"
    assert initials(people.found("/Users", f'id ne "{ann["id"]}"')) == "bcd"
    assert people.found("/Users", f'id eq "{ann["id"].upper()}x"') == []
    located = people.found("/Users", f'meta.location eq "{ann["meta"]["location"]}"')
    assert initials(located) == "a"


def test_3_4_2_2_dates_are_compared_as_dates(people: Any) -> None:
    (ann,) = people.found("/Users", 'userName eq "ann"')
    created = ann["meta"]["created"]
    assert "a" in initials(people.found("/Users", f'meta.created eq "{created}"'))
    shifted = created.replace("Z", "+01:00")
    assert initials(people.found("/Users", f'meta.created gt "{shifted}"')) == "abcd"
    assert "a" in initials(people.found("/Users", f'meta.created le "{created}"'))


REFUSED = [
    "",
    "userName",
    "userName eq",
    'eq "x"',
    'userName "x"',
    'userName xx "x"',
    "userName eq x",
    "userName eq 'x'",
    'userName eq "x',
    '(userName eq "x"',
    'userName eq "x")',
    'userName eq "x" and',
    'userName eq "x" xor title pr',
    "not title pr",
    "emails[",
    "emails[]",
    'emails[type eq "work"',
    'emails[type eq "work"]]',
    "()",
    "[]",
    '"userName" eq "x"',
    "active gt true",
    "active le false",
    'active co "t"',
    'x509Certificates.value gt "a"',
    'meta.created gt "yesterday"',
    "title pr pr",
    "title pr; title pr",
    "(" * 3000 + "title pr" + ")" * 3000,
    " or ".join(['title eq "x"'] * 600),
]


@pytest.mark.parametrize("text", [text for text in REFUSED if text], ids=lambda text: text[:30])
def test_3_12_a_filter_that_cannot_be_read_is_400(text: str, people: Any) -> None:
    for response in (
        people.get("/Users", params={"filter": text}),
        people.get("/Groups", params={"filter": text.replace("userName", "displayName")})
        if "active" not in text and "x509" not in text
        else people.get("/Users", params={"filter": text}),
        people.post(
            "/.search",
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": text,
            },
        ),
    ):
        people.refused(response, 400, "invalidFilter")


def test_3_4_2_1_an_unknown_attribute(people: Any) -> None:
    response = people.get("/Users", params={"filter": 'bogus eq "x"'})
    if people.preset == "rfc":
        people.refused(response, 400, "invalidFilter")
    else:
        assert response.json()["totalResults"] == 0
    # Over several types an attribute need not be one of all of them.
    root = people.get("/", params={"filter": 'userName eq "ann"'})
    assert initials(root.json()["Resources"]) == "a"


def test_a_4_the_query_of_a_connection_test(people: Any) -> None:
    """Blanks as `+`, raw double quotes, as Entra sends it (reference r01 and r03)."""
    url = f'{people.url}/Users?filter=userName+eq+"7d1f4f0e-1d0b-4d2c-9f63-5b0c1f2a9e77"'
    body = people.get(url).json()
    assert (body["totalResults"], body["Resources"]) == (0, [])
    people.user(userName="x%y@contoso.com")
    body = people.get(f'{people.url}/Users?filter=userName+eq+"x%25y%40contoso.com"').json()
    assert body["totalResults"] == 1
    people.delete(f"/Users/{body['Resources'][0]['id']}")
