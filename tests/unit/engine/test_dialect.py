"""The requests of the reference (scim-requests.json), exactly as it has them."""

import json
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from looop_gui.client.target import request_target
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import (
    AttributeChange,
    add_members_request,
    create_request,
    delete_request,
    lookup_request,
    quoted,
    read_request,
    remove_members_request,
    update_request,
)
from looop_gui.scim.filter import parse_filter
from looop_gui.scim.messages import ScimRequest
from looop_gui.scim.target_path import target_path

SAMPLES = Path(__file__).parents[2] / "samples" / "reference" / "scim-requests.json"
EXPECTED = {item["id"]: item for item in json.loads(SAMPLES.read_text("utf-8"))["scim_requests"]}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LEGACY, COMPLIANT, RFC = Dialect.ENTRA_LEGACY, Dialect.ENTRA_COMPLIANT, Dialect.RFC7644
USER, GROUP = ObjectType.USER, ObjectType.GROUP
GUID = "7d1f4f0e-1d0b-4d2c-9f63-5b0c1f2a9e77"


def change(path: str, value: object, *, had: bool = True, **more: bool) -> AttributeChange:
    return AttributeChange(target_path(path), value, had, **more)


SEVERAL = [
    change("displayName", "Ann B"),
    change('emails[type eq "work"].value', "annb@contoso.com"),
    change("name.givenName", "Ann"),
    change(f"{ENTERPRISE}:employeeNumber", "77"),
]
NEW_USER = [
    change("externalId", "ann"),
    change("userName", "ann@contoso.com"),
    change("active", True),
    change("displayName", "Ann Lee"),
    change('emails[type eq "work"].value', "ann@contoso.com"),
    change("name.formatted", "Ann Lee"),
    change("name.familyName", "Lee"),
    change("name.givenName", "Ann"),
]
NEW_GROUP = [
    change("externalId", "5b7b0f5e-0000-4000-8000-000000000001"),
    change("displayName", "Sales"),
]
ROLE_TEXT = '{"id":"06b0","value":"Admin","displayName":"Admin"}'
ROLE = {
    "primary": False,
    "type": "WindowsAzureActiveDirectoryRole",
    "display": "User",
    "value": "User",
}

REQUESTS: dict[str, ScimRequest] = {
    "r01": lookup_request(USER, "userName", GUID),
    "r02": lookup_request(GROUP, "displayName", GUID),
    "r03": lookup_request(USER, "userName", "ann@contoso.com"),
    "r04": lookup_request(USER, 'emails[type eq "work"].value', "ann@contoso.com"),
    "r05": lookup_request(GROUP, "displayName", "Sales"),
    "r06": read_request(USER, "u100"),
    "r07": read_request(GROUP, "g100"),
    "r08": create_request(USER, NEW_USER, LEGACY),
    "r09": create_request(GROUP, NEW_GROUP, LEGACY),
    "r10": update_request(USER, "u100", SEVERAL, LEGACY),
    "r11": update_request(USER, "u100", SEVERAL, COMPLIANT),
    "r12": update_request(USER, "u100", [change("nickName", "Babs", had=False)], LEGACY),
    "r13": update_request(USER, "u100", [change("nickName", "Babs", had=False)], COMPLIANT),
    "r14": update_request(USER, "u100", [change("active", False)], LEGACY),
    "r15": update_request(USER, "u100", [change("active", False)], COMPLIANT),
    "r16": update_request(GROUP, "g100", [change("displayName", "Sales EU")], LEGACY),
    "r17": add_members_request("g100", ["u100"], LEGACY),
    "r18": remove_members_request("g100", ["u100"], LEGACY),
    "r19": remove_members_request("g100", ["u100"], COMPLIANT),
    "r20": update_request(
        USER,
        "u100",
        [change(f"{ENTERPRISE}:manager", "u200", had=False, reference=True)],
        LEGACY,
    ),
    "r21": delete_request(USER, "u100"),
    "r22": delete_request(GROUP, "g100"),
    "r25": update_request(
        USER, "u100", [change("roles", [{"value": ROLE_TEXT}], adds=True)], LEGACY
    ),
    "r26": update_request(USER, "u100", [change("roles", [ROLE])], COMPLIANT),
}


@pytest.mark.parametrize("identifier", REQUESTS)
def test_request_is_the_references(identifier: str) -> None:
    expected, request = EXPECTED[identifier], REQUESTS[identifier]

    assert request.method == expected["method"]
    assert unquote_plus(request_target(request)) == unquote_plus(expected["path"])
    assert request.body == expected.get("body")


def test_a_role_of_its_own_carries_primary_and_type() -> None:
    request = create_request(USER, [change('roles[primary eq "True"].value', "Admin")], LEGACY)

    assert request.body["roles"] == EXPECTED["r24"]["body"]["roles"]


@pytest.mark.parametrize("dialect", [LEGACY, COMPLIANT])
def test_a_custom_extension_is_not_listed_in_schemas(dialect: Dialect) -> None:
    looop = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"

    request = create_request(USER, [change(f"{looop}:area", "R&D")], dialect)

    assert request.body[looop] == {"area": "R&D"}
    assert looop not in request.body["schemas"]


def test_plain_rfc_lists_the_extensions_and_adds_nothing_of_entras() -> None:
    values = [*NEW_USER, change(f"{ENTERPRISE}:manager", "u200", reference=True)]

    request = create_request(USER, values, RFC)

    assert request.body["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]
    assert request.body["emails"] == [{"type": "work", "value": "ann@contoso.com"}]
    assert request.body[ENTERPRISE] == {"manager": {"value": "u200"}}
    assert "meta" not in request.body
    assert "roles" not in request.body


def test_plain_rfc_adds_an_element_whole_when_there_is_none() -> None:
    changes = [
        change('addresses[type eq "work"].locality', "Graz", had=False),
        change('addresses[type eq "work"].country', "AT", had=False),
    ]

    request = update_request(USER, "u100", changes, RFC)

    assert request.body["Operations"] == [
        {
            "op": "add",
            "path": "addresses",
            "value": [{"type": "work", "locality": "Graz", "country": "AT"}],
        }
    ]


@pytest.mark.parametrize(
    ("dialect", "operation"),
    [
        (LEGACY, {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""}),
        (COMPLIANT, {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": ""}),
        (RFC, {"op": "remove", "path": f"{ENTERPRISE}:manager"}),
    ],
)
def test_a_manager_is_taken_away(dialect: Dialect, operation: dict) -> None:
    cleared = [change(f"{ENTERPRISE}:manager", None, reference=True)]

    assert update_request(USER, "u1", cleared, dialect).body["Operations"] == [operation]


@pytest.mark.parametrize("text", ['a"b', "back\\slash", "line\nbreak", "O'Neil+&%", "名前", ""])
def test_any_text_survives_a_filter(text: str) -> None:
    tree = parse_filter(f"userName eq {quoted(text)}")

    assert tree.value == text
