"""Turns the bytes of a file into text: byte order marks, UTF-8, and Windows-1252 with a notice.

Spreadsheets save CSV in whatever the desk speaks, so the encoding is found and told rather than
asked: a byte order mark decides; without one the file is UTF-8 when it decodes as that, UTF-16
when every other byte is zero, and Windows-1252 otherwise.
"""

import codecs
from dataclasses import dataclass

from looop_gui.model.directory import SourceProblem
from looop_gui.model.errors import SourceError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file without its byte order mark, and the Python name of its encoding."""

    text: str
    encoding: str
    problems: tuple[SourceProblem, ...] = ()


def decode(data: bytes, file: str, encoding: str = "") -> DecodedText:
    """The text of `data`; an empty `encoding` is found automatically.

    Bytes that cannot be decoded become U+FFFD and are listed with their line. Raises SourceError
    for an encoding that does not exist.
    """
    chosen = encoding or _marked_encoding(data)
    if chosen:
        return _decode_as(data, file, _checked_name(chosen))
    try:
        return DecodedText(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    guessed = _unmarked_utf16(data)
    if guessed:
        return _decode_as(data, file, guessed)
    return _decode_windows(data, file)


def _marked_encoding(data: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    return _unmarked_utf16(data)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark: mostly Latin text has a zero in every other byte."""
    sample = data[:_SAMPLE]
    zeros_first, zeros_second = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or max(zeros_first, zeros_second) * 4 < len(sample):
        return ""
    return "utf-16-be" if zeros_first > zeros_second else "utf-16-le"


def _checked_name(encoding: str) -> str:
    try:
        b"a".decode(encoding, errors="replace")
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError(
            f"There is no text encoding named {encoding}.",
            next_step="Choose an encoding such as utf-8, utf-16 or windows-1252, or automatic.",
        ) from error


def _decode_as(data: bytes, file: str, encoding: str) -> DecodedText:
    try:
        return DecodedText(data.decode(encoding).removeprefix("\ufeff"), encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    return DecodedText(text, encoding, _replaced(text, file, encoding))


def _decode_windows(data: bytes, file: str) -> DecodedText:
    line = _first_foreign_line(data)
    notice = SourceProblem(
        file,
        line,
        "The file is not UTF-8, so it was read as Windows-1252; check the names with accents, or"
        " choose the encoding.",
    )
    text = data.decode("cp1252", errors="replace")
    return DecodedText(text, "cp1252", (notice, *_replaced(text, file, "cp1252")))


def _first_foreign_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def _replaced(text: str, file: str, encoding: str) -> tuple[SourceProblem, ...]:
    return tuple(
        SourceProblem(file, number, f"The line has bytes that are not {encoding}.")
        for number, line in enumerate(text.split("\n"), start=1)
        if "\ufffd" in line
    )
