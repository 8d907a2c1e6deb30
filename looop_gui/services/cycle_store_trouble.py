"""What is safe when the store gives way under a cycle: other things than when nothing was begun."""

from collections.abc import Iterator
from contextlib import contextmanager

from looop_gui.model.errors import StoreError

SAFE = (
    "Nothing is sent any more. What was sent before is in effect in the target; the next cycle "
    "looks at what could not be noted, so that nobody is created twice."
)


@contextmanager
def within_cycle() -> Iterator[None]:
    """Let a StoreError of the block say what is safe after requests were sent."""
    try:
        yield
    except StoreError as error:
        raise type(error)(error.sentence, safe=SAFE, next_step=error.next_step) from error
