"""Schedules that once ended wrong; each seed with what it found."""

import pytest

from simulated_schedule import run_schedule


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, id="a full disk came out of the workers as an exception group"),
        pytest.param(14, id="an account made before two crashes was not found again"),
        pytest.param(16, id="a block that met a full disk was lost"),
        pytest.param(57, id="a failed retry forgot that an account may exist"),
        pytest.param(488, id="a resumed cycle forgot whom the cut-off one had failed"),
        pytest.param(600, id="deleted and made anew, she was thought to be a member still"),
        pytest.param(668, id="an account that was there, taken and renamed between two starts"),
        pytest.param(850, id="who took an account over kept its former owner's memberships"),
        pytest.param(4040, id="a manager who was deleted and made anew was thought to be known"),
        pytest.param(4276, id="a second crash forgot under which name somebody was made"),
        pytest.param(1861, id="two renamed in a row between two starts: an account was taken over"),
        pytest.param(1728, id="deleted before a crash and wanted again after it: failed for ever"),
        pytest.param(69, id="renamed between a crash and the next start: a second account"),
        pytest.param(103, id="a second account in groups"),
        pytest.param(5412, id="what a resumed cycle touched once more had no intent: two accounts"),
        pytest.param(4149, id="a Restart forgot who may have been created"),
        pytest.param(5181, id="taken in again before a crash, gone after it: stayed active"),
        pytest.param(6585, id="made anew with another id, thought to be a member still"),
        pytest.param(6904, id="a manager written in the second pass hid that the person failed"),
        pytest.param(2299, id="members written in the second pass hid that the group failed"),
        pytest.param(10663, id="retracted out of scope, and thought to be managed still"),
        pytest.param(1692, id="what a retracted create had given a manager kept it"),
    ],
)
def test_what_once_ended_wrong_ends_right(seed: int) -> None:
    assert run_schedule(seed)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(2001689, id="a disk full while deletions were staged left a list of nothing"),
        pytest.param(2001699, id="staged, logged and not counted, with members"),
        pytest.param(2002157, id="staged, logged and not counted, two of them"),
        pytest.param(2041218, id="renamed between two crashes and gone after them: stayed"),
    ],
)
def test_what_a_guard_once_staged_wrong_is_staged_right(seed: int) -> None:
    assert run_schedule(seed, guarded=True)
