"""A tenant in a process of its own, against which benchmarks run a cycle."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TOKEN = "token-of-the-benchmark"


@contextmanager
def served_tenant() -> Iterator[tuple[str, int]]:
    """Its endpoint, which takes `TOKEN`, and the number of its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", "serve", "--token", TOKEN], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["scimEndpoint"], process.pid
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
