"""Undo, applied plans, provision on demand, drift, resets: between the cycles of random schedules.

A failure prints `run_operations(SEED)` and the story; `LOOOP_SEED=SEED` runs that schedule alone.
`LOOOP_SOAK=1` runs thousands. Odd seeds have faults and crashes.
"""

import os

import pytest

from simulated_operations import run_operations
from simulated_wide import WIDER

SOAK = bool(os.environ.get("LOOOP_SOAK"))
FIRST = 4_000_000
BLOCKS = 20 if SOAK else 4
BLOCK = 100 if SOAK else 15


@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_is_done_between_cycles_the_target_holds_what_it_must(block: int) -> None:
    for seed in range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK):
        assert run_operations(seed)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(5 if SOAK else 2))
def test_with_bulk_grace_quirks_pauses_and_a_lost_database_too(block: int) -> None:
    for seed in range(WIDER + block * BLOCK, WIDER + (block + 1) * BLOCK):
        assert run_operations(seed)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(4000198, id="made with a manager who was deleted then: said to be changed"),
        pytest.param(4000113, id="a manager who is nobody's, put back, was never taken away again"),
        pytest.param(4000167, id="a member whose removal had arrived was put back"),
        pytest.param(4000183, id="deleted though it could not be read"),
        pytest.param(4000219, id="a manager before an interrupted write was not known"),
        pytest.param(4000247, id="members that may have arrived were thought to be a stranger's"),
        pytest.param(4000429, id="other members since a crash were not written, for ever"),
        pytest.param(4000457, id="made and retracted by one run, and made anew by its undo"),
        pytest.param(4000273, id="there before, taken and retracted by one run: not made anew"),
        pytest.param(
            4100043, id="left out of a plan, it was forgotten that she may have been made"
        ),
        pytest.param(4100075, id="a manager made anew by an undo cut off: said to be changed"),
        pytest.param(4100312, id="an account was taken over from somebody who returns to it"),
        pytest.param(4100659, id="there before and thought to be made by a run that was cut off"),
        pytest.param(4000325, id="a deletion and her manager's, both of one run that was stopped"),
        pytest.param(4200051, id="a full disk forgot the members that were being written"),
        pytest.param(4200077, id="with a manager managed no more she was read in every cycle"),
        pytest.param(
            4200139, id="made by a run that was cut off, then written: stayed when undone"
        ),
        pytest.param(4200287, id="on demand a second account of one who may have been made"),
        pytest.param(4000111, id="a membership in doubt of a group that is deleted next"),
        pytest.param(4000647, id="deleted by the run before, said to be lost by this one"),
        pytest.param(4001473, id="a create that met itself was taken for somebody else"),
        pytest.param(4500089, id="a deletion in doubt, of somebody's manager"),
        pytest.param(4500655, id="members after a batch in doubt were not kept for an undo"),
        pytest.param(5000521, id="made on demand without an answer, then out of scope: stayed"),
        pytest.param(4000797, id="members put back by an undo that was cut off were forgotten"),
    ],
)
def test_what_once_ended_wrong_ends_right(seed: int) -> None:
    assert run_operations(seed)
