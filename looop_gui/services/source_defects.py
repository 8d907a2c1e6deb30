"""Says in a sentence what was wrong in a source directory that was read."""

from collections import Counter
from collections.abc import Sequence

from looop_gui.model.directory import SourceProblem

DEFECTS_CARRIED = 100
"""How many defects a cycle carries one by one; it counts all of them."""


def defects_sentence(problems: Sequence[SourceProblem]) -> str:
    """How many defects in which files, or "" for none."""
    if not problems:
        return ""
    files = Counter(problem.file for problem in problems)
    what = "defect" if len(problems) == 1 else "defects"
    where = ", ".join(f"{count} in {file}" for file, count in files.items())
    if len(files) == 1:
        return f"{len(problems)} {what} in {problems[0].file}."
    return f"{len(problems)} {what} in the source: {where}."
