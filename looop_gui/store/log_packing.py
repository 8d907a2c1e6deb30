"""How the details of a log entry are stored: MessagePack, compressed by Zstandard.

A cycle writes an entry for every object, some 6 kB each. As JSON and through zlib, as it was before
and as old entries still are, each took 65 microseconds; so it is 25 for the same size. The first
byte of what is stored tells the two apart.
"""

import zlib
from collections.abc import Sequence

import msgspec
import zstandard

from looop_gui.model.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningLogEntry,
    ProvisioningStep,
    WireExchange,
)

_ZLIB = 0x78
_LEVEL = 1


class LogDetails(msgspec.Struct, frozen=True):
    """What of an entry is read only when it is looked at."""

    steps: tuple[ProvisioningStep, ...]
    modified_properties: tuple[ModifiedProperty, ...]
    error: ErrorInformation | None
    exchanges: tuple[WireExchange, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(LogDetails).decode
_decode_json = msgspec.json.Decoder(LogDetails).decode


def encode_details(entry: ProvisioningLogEntry) -> bytes:
    """The details of an entry, not yet compressed."""
    return _encode(LogDetails(entry.steps, entry.modified_properties, entry.error, entry.exchanges))


def compress_details(encoded: Sequence[bytes]) -> list[bytes]:
    """The stored form of the details of many entries.

    They are compressed in one call, which does not hold the interpreter's lock: beside a loop that
    is busy sending, a call for each would cost the loop more than the compressing itself.
    """
    if not encoded:
        return []
    frames = zstandard.ZstdCompressor(level=_LEVEL).multi_compress_to_buffer(list(encoded))
    return [frames[number].tobytes() for number in range(len(frames))]


def read_details(stored: bytes) -> LogDetails:
    """The details out of their stored form."""
    if stored[0] == _ZLIB:
        return _decode_json(zlib.decompress(stored))
    return _decode(zstandard.ZstdDecompressor().decompress(stored))
