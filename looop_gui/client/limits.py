"""The limits of a conversation with a target: time-outs, sizes, redirects."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TargetLimits:
    """Seconds and bytes beyond which a request is given up.

    `total_seconds` covers connecting, sending and reading one request with its redirects.
    `body_seconds` is how long the body of an answer to a write may let wait for its beginning: the
    head has said what became of the write. `response_bytes` is the size of a response after
    decompression; `record_bytes` that of a body in the wire record, which is cut there.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    body_seconds: float = 5.0
    response_bytes: int = 16 * MEBIBYTE
    record_bytes: int = 64 * 1024
    redirects: int = 3
