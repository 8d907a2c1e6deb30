"""Accidental deletion prevention (section f.8) by the reference's examples."""

import json
from pathlib import Path

import pytest

from looop_gui.engine.guards import exceeds

SAMPLES = Path(__file__).parents[2] / "samples" / "reference" / "engine-examples.json"
EXAMPLES = json.loads(SAMPLES.read_text("utf-8"))["accidental_deletions"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_documented_examples(example: dict) -> None:
    stops = exceeds(
        example["threshold"], example["deletes"], example["disables"], example["group_deletes"]
    )

    assert stops is example["expected_quarantine"]
