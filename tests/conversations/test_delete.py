"""Somebody who is gone from the source is deleted in the target (section f.4)."""

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.scim.messages import FailureKind, ScimResponse

DELETE, READ = "DELETE /Users/u100", "GET /Users/u100"
LOST = ScimResponse(0, failure=FailureKind.CONNECTION_LOST, failure_text="The connection was lost.")


@pytest.fixture
def delete(world, dialogue):
    def carry(script):
        link = world.link("ann", "u100")
        task = world.task(None, Decision.DELETE, link=link)
        return dialogue(provision_object(task, world.view), script).result

    return carry


@pytest.mark.parametrize("answer", [204, 200, 404])
def test_deleted_or_gone_already_the_link_is_broken(delete, answer):
    outcome = delete([(DELETE, answer)])

    assert outcome.unlink
    assert (outcome.action, outcome.status) == (
        ProvisioningAction.DELETE,
        ProvisioningStatus.SUCCESS,
    )


@pytest.mark.parametrize(("answer", "code"), [(405, "MethodNotAllowed"), (501, "NotImplemented")])
def test_a_target_that_does_not_delete_fails_and_keeps_the_link(delete, answer, code):
    outcome = delete([(DELETE, answer)])

    assert outcome.error.error_code == code
    assert not outcome.unlink


def test_a_delete_without_answer_is_looked_at(delete):
    assert delete([(DELETE, LOST), (READ, 404)]).unlink


def test_a_delete_that_did_not_arrive_is_sent_once_more(delete, make_resource):
    assert delete([(DELETE, LOST), (READ, (200, make_resource())), (DELETE, 204)]).unlink


@pytest.fixture
def delete_kept(world, dialogue):
    """As in a cycle: what is deleted is read before, for an undo."""

    def carry(script):
        task = world.task(None, Decision.DELETE, link=world.link("ann", "u100"))
        view = world.view
        view.keeps_images = True
        return dialogue(provision_object(task, view), script).result

    return carry


@pytest.mark.parametrize("answer", [503, 429, LOST, (200, "<html>Sign in</html>")])
def test_what_cannot_be_read_now_is_not_deleted_now(delete_kept, answer):
    if isinstance(answer, tuple):
        answer = ScimResponse(200, text=answer[1])

    outcome = delete_kept([(READ, answer)])

    assert outcome.failed
    assert not outcome.unlink
    assert outcome.image is None


def test_a_deletion_that_may_have_arrived_keeps_what_was_there(delete_kept, make_resource):
    there = (200, make_resource())

    outcome = delete_kept(
        [(READ, there), (DELETE, LOST), (READ, there), (DELETE, LOST), (READ, there)]
    )

    assert outcome.failed
    assert outcome.image.doubtful
    assert outcome.image.resource["userName"] == there[1]["userName"]


@pytest.mark.parametrize("answer", [403, 501])
def test_a_deletion_that_is_refused_keeps_nothing(delete_kept, make_resource, answer):
    outcome = delete_kept([(READ, (200, make_resource())), (DELETE, answer)])

    assert (outcome.failed, outcome.image) == (True, None)


def test_what_is_gone_though_it_was_just_read_may_have_been_deleted_by_us(
    delete_kept, make_resource
):
    """The first request has arrived, and neither its answer nor that of the check."""
    there = (200, make_resource())

    outcome = delete_kept([(READ, there), (DELETE, LOST), (READ, 500), (DELETE, 404)])

    assert outcome.unlink
    assert outcome.image.doubtful
    assert outcome.image.resource["userName"] == there[1]["userName"]
