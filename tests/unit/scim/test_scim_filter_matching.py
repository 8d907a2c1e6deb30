"""What satisfies a filter, by type and operator (RFC 7644 section 3.4.2.2, tables 3 to 6)."""

import pytest

from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter import parse_filter
from looop_gui.scim.filtering import compile_filter, equalities, equality
from looop_gui.scim.schema import ResourceType, SchemaSet

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

SATISFIED = [
    'userName eq "bjensen@example.com"',
    'userName eq "BJENSEN@EXAMPLE.COM"',
    'USERNAME eq "bjensen@example.com"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "BJ"',
    'URN:IETF:params:scim:schemas:core:2.0:user:username sw "BJ"',
    'userName co "JENSEN@"',
    'userName ew ".COM"',
    'userName ne "x"',
    'userName gt "a"',
    'userName ge "bjensen@example.com"',
    'userName lt "c"',
    'userName le "bjensen@example.com"',
    'name.familyName eq "jensen"',
    'name.familyName co "ense"',
    "name pr",
    "name.givenName pr",
    "title pr",
    "emails pr",
    "emails.type pr",
    'emails eq "babs@jensen.org"',
    'emails co "jensen.org"',
    'emails.value co "jensen.org"',
    'emails.type eq "WORK"',
    'emails.type ne "work"',
    'emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "home" and not (primary eq true)]',
    'emails[not (type eq "work")]',
    'emails[type eq "work"].value eq "bjensen@example.com"',
    'emails[type eq "work"].value ew "example.com" and active eq true',
    "emails.primary eq true",
    'emails[primary eq "True"].value pr',
    'addresses[type eq "home" and locality eq "burbank"]',
    "active eq true",
    'active eq "True"',
    "active ne false",
    "active pr",
    'externalId eq "701984"',
    'id eq "2819c223-7f76-453a-919d-413861904646"',
    "id pr",
    'meta.resourceType eq "User"',
    'meta.lastModified gt "2011-05-13T04:42:33Z"',
    'meta.lastModified eq "2011-05-13T04:42:34Z"',
    'meta.lastModified eq "2011-05-13T06:42:34+02:00"',
    'meta.lastModified ge "2011-05-13T04:42:34.000Z"',
    'meta.lastModified lt "2026-01-01T00:00:00Z"',
    'meta.created sw "2010-01"',
    'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"',
    f'{ENTERPRISE}:department eq "tour operations"',
    f"{ENTERPRISE}:manager pr",
    f'{ENTERPRISE}:manager.value eq "26118915-6090-4610-87e4-49d8ca9f808d"',
    f'{ENTERPRISE}:manager eq "26118915-6090-4610-87e4-49d8ca9f808d"',
    'manager eq "26118915-6090-4610-87e4-49d8ca9f808d"',
    "not (nickName pr)",
    "nickName eq null",
    "title ne null",
    'nickName ne "x"',
    'profileUrl ne "x" and title pr',
    'title eq "x" or title eq "tour guide"',
    '(title eq "x" or active eq true) and not (userType eq "Intern")',
    'not (title eq "x") and not (title eq "y")',
]


@pytest.mark.parametrize("text", SATISFIED)
def test_3_4_2_2_satisfied(
    text: str, barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    assert compile_filter(parse_filter(text), schema_set, user_type)(barbara)


UNSATISFIED = [
    'userName eq "bjensen"',
    'userName ne "BJENSEN@example.com"',
    'userName gt "z"',
    'id eq "2819C223-7F76-453A-919D-413861904646"',
    'externalId sw "X"',
    'emails[type eq "work" and value co "jensen.org"]',
    'emails[type eq "home"].value co "example.com"',
    'emails[type eq "other"]',
    'emails[type eq "other"].value pr',
    "nickName pr",
    'nickName eq "x"',
    'nickName co "x"',
    'nickName gt "a"',
    "title eq null",
    "active eq false",
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'meta.lastModified lt "2011-05-13T06:42:34+02:00"',
    "photos pr",
    f"{ENTERPRISE}:costCenter pr",
    'unknown eq "x"',
    "unknown pr",
    'urn:example:2.0:User:unknown eq "x"',
    'schemas eq "URN:ietf:params:scim:schemas:core:2.0:User"',
    'not (title eq "tour guide")',
]


@pytest.mark.parametrize("text", UNSATISFIED)
def test_3_4_2_2_not_satisfied(
    text: str, barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    assert not compile_filter(parse_filter(text), schema_set, user_type)(barbara)


NOT_COMPARABLE = [
    "active gt true",
    "active ge false",
    "active lt true",
    "active le true",
    'active co "tr"',
    'active eq "yes"',
    "active eq 1",
    "userName eq true",
    "title gt null",
    'x509Certificates.value gt "a"',
    'meta.created gt "yesterday"',
    "meta.created gt 5",
    'name eq "Barbara"',
    'name[familyName.x eq "a"]',
    'emails.value[type eq "work"]',
]


@pytest.mark.parametrize("text", NOT_COMPARABLE)
def test_3_4_2_2_what_cannot_be_compared_is_an_invalid_filter(
    text: str, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        compile_filter(parse_filter(text), schema_set, user_type)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_3_12_an_unknown_attribute_is_refused_when_strict(
    schema_set: SchemaSet, user_type: ResourceType
) -> None:
    with pytest.raises(ScimProtocolError, match="unknown"):
        compile_filter(parse_filter('unknown eq "x"'), schema_set, user_type, strict=True)


def test_3_10_an_extension_needs_its_urn_when_strict(
    schema_set: SchemaSet, user_type: ResourceType
) -> None:
    with pytest.raises(ScimProtocolError, match="department"):
        compile_filter(parse_filter('department eq "x"'), schema_set, user_type, strict=True)


def test_4_2_members_are_found_by_their_value(
    schema_set: SchemaSet, group_type: ResourceType
) -> None:
    group = {"displayName": "Tour Guides", "members": [{"value": "u1"}, {"value": "u2"}]}
    for text, expected in (
        ('members eq "u2"', True),
        ('members.value eq "u1"', True),
        ('members[value eq "u3"]', False),
        ('displayName eq "TOUR GUIDES"', True),
    ):
        assert compile_filter(parse_filter(text), schema_set, group_type)(group) is expected


def test_an_equality_is_recognised_for_an_index() -> None:
    found = equality(parse_filter('userName eq "a"'))
    assert found is not None
    assert (found[0].name, found[1]) == ("userName", "a")
    assert equality(parse_filter('userName co "a"')) is None
    assert equality(parse_filter('userName eq "a" and active eq true')) is None


def test_equalities_are_those_that_must_hold() -> None:
    tree = parse_filter(
        'userName eq "a" and (title eq "b" and emails[value eq "c" and type co "d"]) '
        'and (active eq true or title eq "e") and not (title eq "f")'
    )
    names = [(path.name, path.sub_attribute, value) for path, value in equalities(tree)]
    assert names == [("userName", None, "a"), ("title", None, "b"), ("emails", "value", "c")]
    assert equalities(parse_filter('userName eq "a" or title eq "b"')) == ()
