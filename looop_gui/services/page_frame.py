"""The frame of the pages that leave as one file of HTML: style, policy, banner, tables.

A page stands alone: no script, no link, nothing is fetched. It is light or dark as its reader's
system is, and black on white when it is printed, with everything unfolded.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from itertools import chain

from looop_gui.model.provisioning_log import ModifiedProperty

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --text: #1b1f2a; --ground: #fff; --line: #d9dce3;
  --code: #f3f4f8; --muted: #565d6d; --dry: #1b3a8a; --written: #8a4b00; --bad: #b3261e;
  --bad-ground: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8ee; --ground: #14171f;
  --line: #333948; --code: #1e222d; --muted: #a2a9b8; --dry: #2f52b5; --written: #8f5200;
  --bad: #ff9a91; --bad-ground: #3a1a18; } }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; color: var(--text); background: var(--ground); }
.banner { background: var(--dry); color: #fff; padding: .5rem 1rem; border-radius: 6px;
  font-weight: 600; }
.banner.written { background: var(--written); }
.guard, .failed { background: var(--bad-ground); border: 1px solid var(--bad);
  padding: .5rem 1rem; border-radius: 6px; }
.muted { color: var(--muted); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.number, th.number { text-align: right; padding: .25rem 0 .25rem .75rem;
  font-variant-numeric: tabular-nums; }
summary { cursor: pointer; padding: .25rem 0; }
pre { background: var(--code); padding: .75rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; }
@media print { :root { --text: #000; --ground: #fff; --line: #999; --code: #fff; --muted: #333;
    --bad: #000; --bad-ground: #fff; }
  body { font-size: 10pt; margin: 0; max-width: none; }
  .banner, .banner.written { background: #fff; color: #000; border: 2px solid #000; }
  details::details-content { content-visibility: visible; block-size: auto; }
  tr, summary, pre { break-inside: avoid; } h2 { break-after: avoid; } }
"""


def framed(title: str, body: Iterable[str]) -> str:
    """A whole page; `body` is HTML, the title a text."""
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            *body,
            "</body></html>",
            "",
        )
    )


def banner(sentence: str, *, written: bool = False) -> str:
    """The loud line at the top: a dry run, or where it was written to."""
    return f'<p class="banner{" written" if written else ""}">{escape(sentence)}</p>'


def facts(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and values, one a line."""
    yield "<table>"
    for name, value in rows:
        yield f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
    yield "</table>"


def table(titles: Iterable[str], rows: Iterable[Iterable[str | int]]) -> Iterator[str]:
    """A table; numbers stand at the right, below their titles. Without rows it says so."""
    each = (tuple(row) for row in rows)
    first = next(each, None)
    if first is None:
        yield '<p class="muted">Nothing.</p>'
        return
    heads = (_title(title, cell) for title, cell in zip(titles, first, strict=True))
    yield f"<table><tr>{''.join(heads)}</tr>"
    for row in chain((first,), each):
        yield f"<tr>{''.join(_cell(cell) for cell in row)}</tr>"
    yield "</table>"


def moment(time: datetime) -> str:
    """A time as people read it; a page that is passed on names the zone."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def changes(properties: Iterable[ModifiedProperty]) -> Iterator[str]:
    """Attributes with their old and new values."""
    yield from table(
        ("Attribute", "Old value", "New value"),
        ((one.display_name, one.old_value or "", one.new_value or "") for one in properties),
    )


def _title(title: str, cell: str | int) -> str:
    number = ' class="number"' if isinstance(cell, int) else ""
    return f"<th{number}>{escape(title)}</th>"


def _cell(cell: str | int) -> str:
    if isinstance(cell, int):
        return f'<td class="number">{cell:,}</td>'
    return f"<td>{escape(cell)}</td>"
