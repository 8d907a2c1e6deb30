"""A mapping editor with 200 attributes on each side, moved and typed in as people do."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from PySide6.QtWidgets import QApplication

from looop_gui.model.connection import (
    Application,
    ConnectionSettings,
    SourceSettings,
    SourceType,
)
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeDefinition, AttributeMapping, MappingType
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.mapping_edits import with_object_mapping, with_target_attributes
from looop_gui.sources.source import open_source
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.editor import MappingEditor

_EXTENSION = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:attribute_"


def large_editor(desk: Desk, attributes: int) -> MappingEditor:
    """The editor of people with that many targets, all mapped, every third by an expression."""
    schema = default_schema(Application.LOOOP)
    names = [definition.name for definition in schema.source_attributes_of(ObjectType.USER)]
    mapped = schema.user_mapping.attribute_mappings
    added = tuple(
        AttributeMapping(
            f"{_EXTENSION}{number}",
            MappingType.DIRECT if number % 3 else MappingType.EXPRESSION,
            names[number % len(names)]
            if number % 3
            else f'Join(" ", [{names[number % len(names)]}], [city])',
        )
        for number in range(attributes - len(mapped))
    )
    targets = schema.target_attributes_of(ObjectType.USER)
    mapping = replace(schema.user_mapping, attribute_mappings=(*mapped, *added))
    definitions = (
        *targets,
        *(AttributeDefinition(mapping.target_attribute) for mapping in added),
    )
    schema = with_target_attributes(
        with_object_mapping(schema, mapping), ObjectType.USER, definitions
    )
    document = ConfigurationDocument(Configuration(schema, ConnectionSettings()))
    return MappingEditor(desk, document, ObjectType.USER, Application.LOOOP)


async def measure_canvas(desk: Desk, folder: Path, attributes: int = 200) -> None:
    """Frames while scrolling and zooming, an edit until it is drawn, a letter until its results."""
    editor = large_editor(desk, attributes)
    editor.resize(1300, 800)
    editor.show()
    editor.show_snapshot(open_source(SourceSettings(SourceType.DEMO, users=5000), folder).read())
    editor.show_canvas(True)
    await asyncio.sleep(1.0)
    canvas, bar = editor.canvas, editor.canvas.verticalScrollBar()
    for what, zoom in (("as wide as the window", 0.0), ("all at once", -1.0), ("large", 1.6)):
        canvas.fit() if zoom < 0 else canvas.fit_width()
        canvas.zoom(max(1.0, zoom))
        steps = [bar.maximum() * step // 60 for step in range(61)]
        _report(f"scroll, {what}", _timed(canvas, [lambda y=y: bar.setValue(y) for y in steps]))
    canvas.fit_width()
    _report("zoom", _timed(canvas, [lambda f=f: canvas.zoom(f) for f in (1.1, 1 / 1.1) * 30]))
    rows = editor.model.rows
    _report("select", _timed(canvas, [lambda r=r: editor.select(r) for r in range(0, 120, 4)]))
    edits = [
        lambda r=r: editor.model.change(r, replace(rows[r], source="mail"), "change")
        for r in range(10, 70, 3)
    ]
    _report("edit", _timed(canvas, edits))
    await _measure_typing(editor)
    editor.hide()
    editor.deleteLater()


async def _measure_typing(editor: MappingEditor) -> None:
    """From a letter to the results of five people in every row."""
    row = next(
        n for n, m in enumerate(editor.model.rows) if m.mapping_type is MappingType.EXPRESSION
    )
    editor.select(row)
    field = editor.inspector.builder.field
    waits, late = [], []
    for number in range(30):
        await asyncio.sleep(0.15)
        arrived = asyncio.get_running_loop().create_future()
        editor.live.previewed.connect(
            lambda _shown, done=arrived: done.done() or done.set_result(0)
        )
        began = time.perf_counter()
        field.selectAll()
        field.insert_text(f'Join("{number}", [givenName], [city])')
        late.append(_since(began))
        await arrived
        waits.append(_since(began))
    _report("a letter in the field", late)
    _report("a letter until the results of 5 people", waits)


def _timed(canvas: object, actions: Sequence[Callable[[], object]]) -> list[float]:
    """How long each takes until it is drawn."""
    times = []
    for action in actions:
        began = time.perf_counter()
        action()
        QApplication.sendPostedEvents()
        times.append(_since(began))
    return times


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _report(what: str, times: Sequence[float]) -> None:
    points = quantiles(times, n=100)
    words = f"canvas of 200, {what}"
    print(f"{words:54s} p50 {points[49]:5.1f}  p99 {points[98]:5.1f}  max {max(times):5.1f} ms")
