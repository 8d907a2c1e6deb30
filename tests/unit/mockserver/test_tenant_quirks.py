"""Quirks on command: for each a conversation that shows how such an application behaves."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.mockserver.quirks import Quirks, UnknownQuirkError, quirk_descriptions
from looop_gui.scim.messages import ScimResponse

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

Conversation = Callable[[Any], None]
CONVERSATIONS: dict[str, Conversation] = {}


def shows(name: str) -> Callable[[Conversation], Conversation]:
    def note(conversation: Conversation) -> Conversation:
        CONVERSATIONS[name] = conversation
        return conversation

    return note


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def user_path(user: dict[str, Any]) -> str:
    return f"/Users/{user['id']}"


@shows("booleans-as-json-only")
def refuses_text(call: Any) -> None:
    path = user_path(call.user())
    assert call.patch(path, replace("active", "False")).status == 400
    assert call.patch(path, replace("active", False)).body["active"] is False


@shows("booleans-as-text-only")
def refuses_json(call: Any) -> None:
    path = user_path(call.user())
    assert call.patch(path, {"op": "replace", "value": {"active": False}}).status == 400
    assert call.patch(path, replace("active", "False")).body["active"] is False


@shows("case-sensitive-username")
def finds_only_the_same_case(call: Any) -> None:
    call.user("Ann@looop.example")
    assert call.find('userName eq "ann@looop.example"') == []
    assert len(call.find('userName eq "Ann@looop.example"')) == 1


def duplicate(call: Any) -> Any:
    call.user("ann")
    return call("POST", "/Users", {"schemas": [USER], "userName": "ann"})


@shows("conflict-as-400")
def answers_400(call: Any) -> None:
    response = duplicate(call)
    assert (response.status, response.body["status"]) == (400, "400")


@shows("conflict-as-500")
def answers_500(call: Any) -> None:
    assert duplicate(call).status == 500


@shows("conflict-without-scimtype")
def leaves_the_scim_type_out(call: Any) -> None:
    response = duplicate(call)
    assert response.status == 409
    assert "scimType" not in response.body


@shows("contains-breaks")
def breaks_on_contains(call: Any) -> None:
    assert call.get("/Users", filter='userName co "a"').status == 500
    assert call.get("/Users", filter='userName sw "a"').status == 200


@shows("count-breaks")
def breaks_on_count(call: Any) -> None:
    assert call.get("/Users", count="10").status == 500
    assert call.get("/Users").status == 200


@shows("delete-disables")
def only_disables(call: Any) -> None:
    user = call.user()
    assert call("DELETE", user_path(user)).status == 204
    assert call.get(user_path(user)).body["active"] is False


@shows("delete-disabled")
def refuses_to_delete(call: Any) -> None:
    user = call.user()
    assert call("DELETE", user_path(user)).status == 405
    assert call.get(user_path(user)).body["active"] is True


@shows("delete-not-implemented")
def knows_no_delete(call: Any) -> None:
    assert call("DELETE", user_path(call.user())).status == 501


@shows("disable-deletes")
def removes_for_good(call: Any) -> None:
    user = call.user()
    assert call.patch(user_path(user), replace("active", "False")).status == 200
    assert call.get(user_path(user)).status == 404


@shows("display-name-rebuilt")
def makes_its_own_display_name(call: Any) -> None:
    user = call.user(displayName="Dr. Lee", name={"givenName": "Ann", "familyName": "Lee"})
    assert user["displayName"] == "Ann Lee"


@shows("empty-lookup-404")
def says_404_for_nobody(call: Any) -> None:
    call.user("ann")
    assert call.get("/Users", filter='userName eq "bob"').status == 404
    assert len(call.find('userName eq "ann"')) == 1
    assert call.get("/Groups").status == 200


@shows("excluded-attributes-ignored")
def shows_members_anyway(call: Any) -> None:
    group = call.group("Sales", [call.user()["id"]])
    assert call.get(f"/Groups/{group['id']}", excludedAttributes="members").body["members"]


@shows("external-id-not-stored")
def forgets_external_id(call: Any) -> None:
    assert "externalId" not in call.user(externalId="ann")
    assert call.find('externalId eq "ann"') == []


@shows("filter-ignored")
def returns_everybody(call: Any) -> None:
    call.user("ann")
    call.user("bob")
    assert len(call.find('userName eq "nobody"')) == 2


@shows("filter-node-cap")
def refuses_long_filters(call: Any) -> None:
    long = " or ".join(f'userName eq "u{n}"' for n in range(201))
    assert call.get("/Users", filter=long).body["scimType"] == "invalidFilter"
    assert call.get("/Users", filter=" or ".join(long.split(" or ")[:150])).status == 200


@shows("filter-username-only")
def understands_one_filter(call: Any) -> None:
    assert call.get("/Users", filter='externalId eq "x"').status == 400
    assert call.get("/Users", filter='userName sw "x"').status == 400
    assert call.get("/Users", filter='userName eq "x"').status == 200
    assert call.get("/Users").status == 200


@shows("filter-without-and")
def understands_no_and(call: Any) -> None:
    assert call.get("/Users", filter='userName eq "x" and active eq true').status == 400
    body = {"schemas": [SEARCH], "filter": 'userName eq "x" and active eq true'}
    assert call("POST", "/Users/.search", body).status == 400
    assert call.get("/Users", filter='userName eq "x" or active eq true').status == 200


@shows("id-changes-on-rename")
def gives_a_new_id(call: Any) -> None:
    user = call.user("ann")
    group = call.group("Sales", [user["id"]])
    assert call.patch(user_path(user), replace("title", "Boss")).body["id"] == user["id"]
    renamed = call.patch(user_path(user), replace("userName", "anna")).body
    assert renamed["id"] != user["id"]
    assert call.get(user_path(user)).status == 404
    assert call.get(user_path(renamed)).body["title"] == "Boss"
    members = call.get(f"/Groups/{group['id']}").body["members"]
    assert [one["value"] for one in members] == [renamed["id"]]


@shows("items-per-page-missing")
def leaves_the_page_size_out(call: Any) -> None:
    body = call.get("/Users").body
    assert "itemsPerPage" not in body
    assert "startIndex" not in body
    assert body["totalResults"] == 0


@shows("large-groups-refused")
def refuses_large_groups(call: Any) -> None:
    group = call.group("Everybody", [f"u{n}" for n in range(8000)])
    add = {"op": "add", "path": "members", "value": [{"value": "one more"}]}
    assert call.patch(f"/Groups/{group['id']}", add).status == 413
    small = call.group("Few")
    assert call.patch(f"/Groups/{small['id']}", add).ok
    members = [{"value": f"u{n}"} for n in range(8001)]
    body = {"schemas": [GROUP], "displayName": "More", "members": members}
    assert call("POST", "/Groups", body).status == 413
    assert call("PUT", f"/Groups/{small['id']}", body).status == 413
    everybody = body | {"displayName": "Everybody", "members": members[:8000]}
    assert call("PUT", f"/Groups/{group['id']}", everybody).ok


@shows("lowercase-ops-only")
def refuses_capitalised_ops(call: Any) -> None:
    path = user_path(call.user())
    assert call.patch(path, {"op": "Replace", "path": "active", "value": False}).status == 400
    assert call.get(path).body["active"] is True
    assert call.patch(path, replace("active", False)).status == 200


@shows("manager-as-text")
def shows_the_manager_as_text(call: Any) -> None:
    boss = call.user()
    user = call.user(**{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    assert user[ENTERPRISE]["manager"] == boss["id"]


@shows("manager-not-returned")
def hides_the_manager(call: Any) -> None:
    boss = call.user()
    user = call.user(**{ENTERPRISE: {"manager": {"value": boss["id"]}, "department": "Sales"}})
    assert user[ENTERPRISE] == {"department": "Sales"}


def adding(number: int) -> dict[str, Any]:
    values = [{"value": f"u{n}"} for n in range(number)]
    return {"op": "add", "path": "members", "value": values}


def shown_members(call: Any, group: dict[str, Any]) -> int:
    return len(call.get(f"/Groups/{group['id']}").body.get("members", ()))


@shows("member-cap-100")
def refuses_more_than_100_changes(call: Any) -> None:
    group = call.group("Sales")
    response = call.patch(f"/Groups/{group['id']}", adding(101))
    assert (response.status, response.body["scimType"]) == (400, "tooMany")
    assert call.patch(f"/Groups/{group['id']}", adding(100)).ok
    assert shown_members(call, group) == 100


@shows("members-beyond-100-dropped")
def drops_the_rest(call: Any) -> None:
    group = call.group("Sales")
    assert call.patch(f"/Groups/{group['id']}", adding(130)).ok
    assert shown_members(call, group) == 100
    assert len(call.group("All", [f"u{n}" for n in range(130)])["members"]) == 100


@shows("member-removal-by-filter-only")
def wants_the_member_in_the_path(call: Any) -> None:
    group = call.group("Sales", ["u1", "u2"])
    path = f"/Groups/{group['id']}"
    by_value = {"op": "remove", "path": "members", "value": [{"value": "u1"}]}
    assert call.patch(path, by_value).status == 400
    assert call.patch(path, {"op": "remove", "path": 'members[value eq "u1"]'}).ok
    assert shown_members(call, group) == 1


@shows("member-removal-by-value-only")
def wants_the_members_in_the_value(call: Any) -> None:
    group = call.group("Sales", ["u1", "u2"])
    path = f"/Groups/{group['id']}"
    assert call.patch(path, {"op": "remove", "path": 'members[value eq "u1"]'}).status == 400
    assert call.patch(path, {"op": "remove", "path": "members", "value": [{"value": "u1"}]}).ok
    assert shown_members(call, group) == 1


@shows("members-never-returned")
def never_shows_members(call: Any) -> None:
    group = call.group("Sales", ["u1"])
    assert "members" not in group
    assert all("members" not in one for one in call.get("/Groups").body["Resources"])


@shows("meta-missing")
def shows_no_meta(call: Any) -> None:
    user = call.user()
    assert "meta" not in user
    assert "meta" not in call.get("/Users").body["Resources"][0]


@shows("only-active-patched")
def ignores_all_but_active(call: Any) -> None:
    path = user_path(call.user(title="Boss"))
    response = call.patch(path, replace("title", "Clerk"))
    assert (response.status, response.body["title"]) == (200, "Boss")
    both = {"op": "replace", "value": {"title": "Clerk", "active": False}}
    response = call.patch(path, both)
    assert (response.body["title"], response.body["active"]) == ("Boss", False)


@shows("page-cap-50")
def never_lists_more_than_50(call: Any) -> None:
    for _ in range(55):
        call.user()
    for query in ({}, {"count": "100"}, {"count": "1000"}):
        body = call.get("/Users", **query).body
        assert (body["totalResults"], body["itemsPerPage"]) == (55, 50)
    assert call.get("/Users", count="10").body["itemsPerPage"] == 10
    assert call.get("/Users", startIndex="51").body["itemsPerPage"] == 5
    search = call("POST", "/Users/.search", {"schemas": [SEARCH], "count": 100}).body
    assert search["itemsPerPage"] == 50


@shows("paging-ignored")
def always_lists_from_the_beginning(call: Any) -> None:
    for _ in range(3):
        call.user()
    body = call.get("/Users", startIndex="3", count="1").body
    assert (body["startIndex"], body["itemsPerPage"]) == (1, 3)


@shows("paging-never-ends")
def gives_the_first_page_again(call: Any) -> None:
    first = call.user()
    body = call.get("/Users", startIndex="99").body
    assert [one["id"] for one in body["Resources"]] == [first["id"]]
    assert call.get("/Users", count="0").body["Resources"] == []


@shows("patch-answers-204")
def answers_without_the_user(call: Any) -> None:
    path = user_path(call.user())
    response = call.patch(path, replace("title", "Boss"))
    assert (response.status, response.body) == (204, None)
    assert call.get(path).body["title"] == "Boss"


@shows("patch-answers-empty-200")
def answers_with_nothing(call: Any) -> None:
    response = call.patch(user_path(call.user()), replace("title", "Boss"))
    assert (response.status, response.body, response.text) == (200, None, "")


@shows("patch-needs-path")
def wants_a_path(call: Any) -> None:
    path = user_path(call.user())
    assert call.patch(path, {"op": "replace", "value": {"title": "Boss"}}).status == 400
    assert call.patch(path, replace("title", "Boss")).status == 200


@shows("patch-not-implemented")
def claims_patch(call: Any) -> None:
    assert call.get("/ServiceProviderConfig").body["patch"] == {"supported": True}
    assert call.patch(user_path(call.user()), replace("title", "Boss")).status == 501


@shows("patch-not-advertised")
def says_that_there_is_no_patch(call: Any) -> None:
    assert call.get("/ServiceProviderConfig").body["patch"] == {"supported": False}
    user = call.user()
    assert call.patch(user_path(user), replace("title", "Boss")).status == 400
    assert call("PUT", user_path(user), {**user, "title": "Boss"}).body["title"] == "Boss"


@shows("patch-not-routed")
def does_not_route_patch(call: Any) -> None:
    path = user_path(call.user())
    response = call.patch(path, replace("title", "Boss"))
    assert (response.status, response.body) == (404, {"message": f"Cannot PATCH {path}"})


@shows("patch-without-path-only")
def wants_no_path(call: Any) -> None:
    path = user_path(call.user())
    assert call.patch(path, replace("title", "Boss")).status == 400
    assert call.patch(path, {"op": "replace", "value": {"title": "Boss"}}).status == 200


@shows("pending-users")
def accepts_and_changes_nothing(call: Any) -> None:
    user = call.user(title="Boss")
    response = call.patch(user_path(user), replace("title", "Clerk"))
    assert (response.status, response.body) == (200, user)


@shows("schemas-missing")
def has_no_schemas(call: Any) -> None:
    assert call.get("/Schemas").status == 404
    assert call.get(f"/Schemas/{USER}").status == 404
    assert call.get("/ResourceTypes").status == 200


@shows("soft-delete")
def hides_and_clashes(call: Any) -> None:
    user = call.user("ann")
    assert call("DELETE", user_path(user)).status == 204
    assert call.get(user_path(user)).status == 404
    assert call.find('userName eq "ann"') == []
    assert call.get("/Users").body["totalResults"] == 0
    assert call("POST", "/Users", {"schemas": [USER], "userName": "ann"}).status == 409


@shows("special-characters-break-filters")
def breaks_on_special_characters(call: Any) -> None:
    for character in "'+&%":
        assert call.get("/Users", filter=f'userName eq "a{character}b"').status == 400
    assert call.get("/Users", filter='userName eq "ab"').status == 200


@shows("timestamps-rounded")
def rounds_times(call: Any) -> None:
    meta = call.user()["meta"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta["created"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta["lastModified"])


@shows("total-results-of-page")
def counts_the_page(call: Any) -> None:
    for _ in range(3):
        call.user()
    assert call.get("/Users", count="2").body["totalResults"] == 2


@shows("values-normalised")
def tidies_up(call: Any) -> None:
    user = call.user(
        displayName="  Ann Lee ",
        name={"givenName": " Ann "},
        emails=[{"type": "work", "value": "Ann.Lee@Looop.Example"}],
        phoneNumbers=[{"type": "work", "value": "+49 (30) 123-45"}],
    )
    assert user["displayName"] == "Ann Lee"
    assert user["name"]["givenName"] == "Ann"
    assert user["emails"][0]["value"] == "ann.lee@looop.example"
    assert user["phoneNumbers"][0]["value"] == "+493012345"
    again = call.patch(user_path(user), replace("displayName", "  Ann Lee "))
    assert again.body["meta"]["version"] == user["meta"]["version"]


@pytest.mark.parametrize("name", [one.name for one in quirk_descriptions()])
def test_a_quirk_behaves_as_its_conversation_shows(call_with: Any, name: str) -> None:
    CONVERSATIONS[name](call_with(quirks=Quirks([name])))


def test_each_quirk_has_a_sentence_about_the_kind_of_app() -> None:
    descriptions = quirk_descriptions()
    assert len(descriptions) >= 40
    for one in descriptions:
        assert one.sentence.endswith(".")
        assert len(one.sentence) > 30


def test_quirks_switch_on_and_off_while_it_runs(call_with: Any) -> None:
    quirks = Quirks()
    call = call_with(quirks=quirks)
    user = call.user()
    quirks.switch_on("delete-disabled")
    assert call("DELETE", user_path(user)).status == 405
    assert quirks.names == ("delete-disabled",)
    assert quirks.switch_off("delete-disabled")
    assert not quirks.switch_off("delete-disabled")
    assert call("DELETE", user_path(user)).status == 204


def test_no_quirk_stumbles_over_a_path_without_an_id(call_with: Any) -> None:
    for one in quirk_descriptions():
        call = call_with(quirks=Quirks([one.name]))
        for path in ("/Users/", "/Groups/", "/", "//", "/Users/x/y", "/Groups/x/y"):
            for method in ("GET", "PUT", "PATCH", "DELETE"):
                assert (
                    call(method, path, {"schemas": [PATCH_OP]}).status < 500
                    or "not-impl" in one.name
                )


def test_several_quirks_act_together(call_with: Any) -> None:
    call = call_with(quirks=Quirks(["patch-answers-204", "lowercase-ops-only"]))
    path = user_path(call.user())
    assert call.patch(path, {"op": "Replace", "path": "title", "value": "x"}).status == 400
    assert call.patch(path, replace("title", "x")).status == 204


WRITING = (
    "booleans-as-json-only",
    "booleans-as-text-only",
    "conflict-as-400",
    "conflict-without-scimtype",
    "delete-disabled",
    "delete-disables",
    "delete-not-implemented",
    "disable-deletes",
    "display-name-rebuilt",
    "external-id-not-stored",
    "id-changes-on-rename",
    "large-groups-refused",
    "lowercase-ops-only",
    "member-cap-100",
    "member-removal-by-filter-only",
    "member-removal-by-value-only",
    "members-beyond-100-dropped",
    "only-active-patched",
    "patch-needs-path",
    "patch-not-implemented",
    "patch-without-path-only",
    "pending-users",
    "soft-delete",
    "values-normalised",
)


def in_bulk(call: Any) -> Any:
    """A caller that sends each write as a bulk request of one operation."""
    plain = type(call)

    class BulkCaller(plain):  # type: ignore[misc, valid-type]
        def __call__(
            self, method: str, path: str, body: Any = None, *rest: Any, **query: Any
        ) -> Any:
            send = super().__call__
            if method == "GET" or path == "/Users/.search":
                return send(method, path, body, *rest, **query)
            operation = {"method": method, "path": path, "bulkId": "one", "data": body}
            sent = send("POST", "/Bulk", {"schemas": [BULK], "Operations": [operation]})
            assert sent.status == 200, sent.body
            done = sent.body["Operations"][0]
            shown = done.get("response")
            if shown is None and method != "DELETE":
                shown = send("GET", done["location"].partition("/scim/v2")[2]).body
            return ScimResponse(int(done["status"]), {}, shown)

    return BulkCaller(call.service)


@pytest.mark.parametrize("name", WRITING)
def test_a_quirk_of_writing_also_acts_inside_a_bulk_request(call_with: Any, name: str) -> None:
    CONVERSATIONS[name](in_bulk(call_with(quirks=Quirks([name]))))


def test_an_unknown_quirk_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownQuirkError) as caught:
        Quirks(["nonsense"])
    assert "--list-quirks" in caught.value.next_step
