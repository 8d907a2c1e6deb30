"""An undo that makes somebody anew does not believe an answer about somebody else either."""

from looop_gui.engine.decisions import Decision
from looop_gui.engine.failure import ObjectFailedError
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.undo_anew import make_anew
from looop_gui.engine.undo_work import UndoState
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningAction

FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'
CREATE = "POST /Users"


def test_somebody_else_is_not_taken_for_who_was_made_anew(
    world, dialogue, make_person, make_resource, make_list
):
    resource = make_resource("u1")
    image = BeforeImage(
        ImageKind.DELETED, ObjectType.USER, "ann", "u1", "Ann Lee", resource=resource
    )
    zoe = make_resource("u7", userName="zoe@contoso.com", externalId="zoe", emails=None)

    def made_anew(*found):
        view, state = world.view, UndoState({"ann": image})
        task = world.task(make_person(), Decision.PROVISION)
        record = ObjectRecord(task, ProvisioningAction.CREATE, None, view.ahead)

        def conversation():
            try:
                yield from make_anew(record, image, view, state)
            except ObjectFailedError as failure:
                return failure
            return record.target_id

        script = [(FIND, make_list()), (CREATE, (201, zoe)), (FIND, make_list(*found))]
        if not found:
            script += [(CREATE, (201, zoe)), (FIND, make_list())]
        return dialogue(conversation(), script).result

    assert made_anew(make_resource("u8")) == "u8"
    assert "is about another resource" in made_anew().reason
