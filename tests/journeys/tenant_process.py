"""A tenant in a process of its own, as `looop-gui serve` starts it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOKEN = "token-of-the-command-line"


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The SCIM endpoint of a tenant that accepts `TOKEN`, until the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", "serve", "--token", TOKEN, *options],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["scimEndpoint"]
    process.terminate()
    process.wait()
    process.stdout.close()
