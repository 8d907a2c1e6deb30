"""How the details of log entries are stored: MessagePack, several entries compressed by Zstandard.

A cycle writes an entry for every object, some 6 kB each, and they are much alike. One at a time
took 14 microseconds for 1,860 bytes, sixteen in one frame 6 for 616. Old entries have theirs by
itself: as MessagePack, or before that as JSON and through zlib; the first byte tells those apart.
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

PACKED_ENTRIES = 16
"""So many entries are compressed together. Who looks at one unpacks all: some 0.1 ms."""

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
_decode_pack = msgspec.msgpack.Decoder(list[bytes]).decode
_decode_json = msgspec.json.Decoder(LogDetails).decode


def encode_details(entry: ProvisioningLogEntry) -> bytes:
    """The details of an entry, not yet compressed."""
    return _encode(LogDetails(entry.steps, entry.modified_properties, entry.error, entry.exchanges))


def compress_details(encoded: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """The stored form of the details of many entries: how many are in a pack, and the pack.

    They are compressed in one call, which does not hold the interpreter's lock: beside a loop that
    is busy sending, a call for each would cost the loop more than the compressing itself.
    """
    if not encoded:
        return []
    packs = [
        list(encoded[start : start + PACKED_ENTRIES])
        for start in range(0, len(encoded), PACKED_ENTRIES)
    ]
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    frames = compressor.multi_compress_to_buffer([_encode(pack) for pack in packs])
    return [(len(pack), frames[number].tobytes()) for number, pack in enumerate(packs)]


class DetailsReader:
    """Reads details of entries, one after the other; the last pack stays unpacked."""

    def __init__(self) -> None:
        self._last_key = 0
        self._pack: list[bytes] = []

    def read(self, stored: bytes, key: int, last_key: int, entries: int) -> LogDetails:
        """The details of the entry `key` out of the stored form of `entries` up to `last_key`."""
        if entries == 0:
            return _read_alone(stored)
        if last_key != self._last_key:
            self._pack = _decode_pack(zstandard.ZstdDecompressor().decompress(stored))
            self._last_key = last_key
        return _decode(self._pack[key - last_key - 1])


def _read_alone(stored: bytes) -> LogDetails:
    if stored[0] == _ZLIB:
        return _decode_json(zlib.decompress(stored))
    return _decode(zstandard.ZstdDecompressor().decompress(stored))
