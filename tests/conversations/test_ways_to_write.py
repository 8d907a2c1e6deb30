"""What a refusal of PATCH is taken for: no PATCH, no paths, or an ordinary failure."""

from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.engine.adapting import denies_patch, learn_ways, may_lack_patch, wants_no_path
from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.engine.view import CycleView
from looop_gui.scim.messages import ERROR, JsonObject, ScimRequest, ScimResponse

READ, PATCH, PUT = "GET /Users/u100", "PATCH /Users/u100", "PUT /Users/u100"
USER = ScimRequest("PATCH", "/Users/u100", body={"Operations": [{"op": "add", "path": "title"}]})
GROUP = ScimRequest("PATCH", "/Groups/g100", body={"Operations": []})


def scim(status: int, detail: str = "", scim_type: str = "") -> ScimResponse:
    body = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return ScimResponse(status, body=body | ({"scimType": scim_type} if scim_type else {}))


def page(status: int, text: str) -> ScimResponse:
    return ScimResponse(status, text=text)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (scim(400, "PATCH is not supported."), True),
        (scim(400, "The PATCH method is not allowed"), True),
        (scim(403, "Patch requests are not supported by this service."), True),
        (scim(400, "This service does not support PATCH."), True),
        (scim(400, "Unsupported HTTP method"), True),
        (scim(404, "Method not allowed"), True),
        (page(404, "<pre>Cannot PATCH /scim/v2/Users/u100</pre>"), True),
        (ScimResponse(403, body={"message": "Missing Authentication Token"}), True),
        (ScimResponse(404), True),
        (scim(404, "Resource u100 not found."), True),
        (scim(400, "Invalid value for title."), False),
        (scim(400, "Attribute title is not supported."), False),
        (scim(400, "Patch operation Replace is not supported."), False),
        (scim(400, "The patch path members[value] is not supported."), False),
        (scim(400, "This service does not support patch paths with filters."), False),
        (page(400, "Bad request"), False),
        (scim(403, "Not enough permissions."), False),
        (ScimResponse(403), False),
        (scim(409, "PATCH is not supported."), False),
        (scim(500, "PATCH is not supported."), False),
    ],
)
def test_which_refusals_of_a_person_are_worth_a_try_of_put(
    response: ScimResponse, expected: bool
) -> None:
    assert may_lack_patch(USER, response) is expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        # It may be a member that is not there.
        (scim(404, "User p7 not found."), False),
        (ScimResponse(404), False),
        (page(404, "Cannot PATCH /Groups/g100"), True),
    ],
)
def test_a_group_that_is_not_found_may_miss_a_member(
    response: ScimResponse, expected: bool
) -> None:
    assert may_lack_patch(GROUP, response) is expected


@pytest.mark.parametrize(
    ("request_", "response", "expected"),
    [
        (USER, scim(400, "No.", "invalidPath"), True),
        (USER, scim(400, "Operations with a path are not supported."), True),
        (USER, scim(400, "The value is not valid."), False),
        (USER, scim(403, "A path is not allowed."), False),
        (GROUP, scim(400, "No.", "invalidPath"), False),
    ],
)
def test_which_refusals_are_worth_a_try_without_paths(
    request_: ScimRequest, response: ScimResponse, expected: bool
) -> None:
    assert wants_no_path(request_, response) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"patch": {"supported": False}}, True),
        ({"Patch": {"Supported": "False"}}, True),
        ({"patch": False}, True),
        ({"patch": {"supported": True}}, False),
        ({"patch": {}}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_only_a_plain_no_of_the_configuration_counts(body: Any, expected: bool) -> None:
    assert denies_patch(ScimResponse(200, body=body)) is expected
    assert not denies_patch(ScimResponse(404, body=body))


def test_the_configuration_is_asked_once(world: Any, dialogue: Any) -> None:
    view = world.view
    answer = (200, {"patch": {"supported": False}})

    dialogue(learn_ways(view), [("GET /ServiceProviderConfig", answer)])
    dialogue(learn_ways(view), [])

    assert (view.asked, view.puts) == (True, True)


def test_an_ordinary_failure_is_told_as_it_was(
    world: Any, dialogue: Any, make_person: Any, make_resource: Any
) -> None:
    world.link("ann", "u100")
    there = make_resource(name={"givenName": "Ann", "familyName": "Old"})
    view = world.view

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), view),
        [
            (READ, (200, there)),
            (PATCH, scim(404, "Not found.")),
            (READ, (200, there)),
            (PUT, scim(404, "Not found either.")),
        ],
    )

    assert "PATCH" in talk.result.error.reason
    assert not view.puts
    again = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), view),
        [(READ, (200, there)), (PATCH, scim(404, "Not found."))],
    )
    assert again.result.failed


def test_where_a_patch_was_taken_a_refusal_is_no_lack(
    world: Any, dialogue: Any, make_person: Any, make_resource: Any
) -> None:
    world.link("ann", "u100")
    there = make_resource(name={"givenName": "Ann", "familyName": "Old"})
    view = world.view
    task = world.task(make_person(), Decision.UPDATE)

    dialogue(provision_object(task, view), [(READ, (200, there)), (PATCH, 200)])
    talk = dialogue(
        provision_object(task, view), [(READ, (200, there)), (PATCH, scim(404, "Not found."))]
    )

    assert talk.result.failed


@pytest.fixture
def refused_for_its_path(
    world: Any, dialogue: Any, make_person: Any
) -> Callable[[JsonObject, JsonObject], tuple[Any, CycleView]]:
    """An update of which the forms with a path are refused and the one without is taken."""

    def carry(before: JsonObject, after: JsonObject) -> tuple[Any, CycleView]:
        world.link("ann", "u100")
        refused = scim(400, "Operations with a path are not supported.", "invalidPath")
        view = world.view
        script = [
            (READ, (200, before)),
            (PATCH, refused),
            (PATCH, refused),
            (READ, (200, before)),
            (PATCH, 200),
            (READ, (200, after)),
        ]
        task = world.task(make_person(), Decision.UPDATE)
        return dialogue(provision_object(task, view), script), view

    return carry


def test_without_paths_all_values_of_an_attribute_are_sent(
    refused_for_its_path: Any, make_resource: Any
) -> None:
    mails = [{"type": "home", "value": "h@x.org"}, {"type": "work", "value": "old@contoso.com"}]
    after = make_resource(emails=[mails[0], {"type": "work", "value": "ann@contoso.com"}])

    talk, view = refused_for_its_path(make_resource(emails=mails), after)

    (operation,) = talk.operations()
    assert operation == {"op": "replace", "value": {"emails": after["emails"]}}
    assert view.pathless
    assert talk.result.wrote == 1


def test_what_was_taken_without_effect_is_no_way(
    refused_for_its_path: Any, make_resource: Any
) -> None:
    """A service that ignores what it does not know answers 200 and changes nothing."""
    there = make_resource(name={"givenName": "Ann", "familyName": "Old"})

    talk, view = refused_for_its_path(there, there)

    assert talk.result.failed
    assert (view.pathless, view.keeps_paths) == (False, True)
