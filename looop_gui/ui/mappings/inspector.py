"""The inspector of a mapping: the fields of the portal's Edit Attribute dialog, live results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.mapping import AttributeMapping, FlowType, MappingType
from looop_gui.setup.lint import MappingFinding, MappingFix
from looop_gui.setup.mapping_edits import with_object_mapping, with_type
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.mappings.expression.builder import ExpressionBuilder
from looop_gui.ui.mappings.inspector_fields import AttributePicker, SourceField
from looop_gui.ui.mappings.problem_line import ProblemLine
from looop_gui.ui.mappings.result_list import ResultList
from looop_gui.ui.mappings.table_model import MappingTableModel
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import MAPPING_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.inspector import Inspector
from looop_gui.ui.widgets.labels import hint, strong
from looop_gui.ui.widgets.number_field import NumberField


class MappingInspector(Inspector):
    """Shows one row of the model and writes each change back to it at once."""

    delete_wanted = Signal()

    def __init__(
        self, theme: Theme, document: ConfigurationDocument, model: MappingTableModel
    ) -> None:
        super().__init__(theme)
        self.theme = theme
        self._document = document
        self._model = model
        self.row = -1
        self._make_fields()
        self._lay_out()
        self._connect()

    @property
    def mapping(self) -> AttributeMapping | None:
        """The mapping that is shown."""
        return self._model.mapping_at(self.row)

    def show_row(self, row: int) -> None:
        """Show that row; -1 hides the inspector."""
        self.row = row
        mapping = self.mapping
        if mapping is None:
            self.hide()
            return
        self._offer_attributes()
        self._show(mapping)

    def show_problems(self, problems: Mapping[str, Sequence[MappingFinding]]) -> None:
        """Show these findings beside their fields: source, target, matching, default, apply."""
        for field, line in self._problem_lines.items():
            line.show_findings(problems.get(field, ()))

    def focus_source(self) -> None:
        """Put the focus into the field of the source, ready to type."""
        mapping = self.mapping
        if mapping is None or mapping.mapping_type is MappingType.NONE:
            self.type.setFocus()
        elif mapping.mapping_type is MappingType.DIRECT:
            self.source.attribute.setFocus()
            self.source.attribute.field.selectAll()
        elif mapping.mapping_type is MappingType.CONSTANT:
            self.source.constant.setFocus()
        else:
            self.builder.setFocus()

    def _make_fields(self) -> None:
        self.type = QComboBox()
        self.type.setAccessibleName(self.tr("Mapping type"))
        self.type.setIconSize(QSize(16, 16))
        for mapping_type in MappingType:
            self.type.addItem(self._model.type_text(mapping_type), mapping_type)
        self._tint_types()
        self.builder = ExpressionBuilder(self.theme)
        self.source = SourceField(self.builder)
        self.default = QLineEdit()
        self.default.setAccessibleName(self.tr("Default value if null"))
        self.target = AttributePicker(self.tr("Target attribute"))
        self.matching = QCheckBox(self.tr("Match objects using this attribute"))
        self.precedence = NumberField(self.tr("Matching precedence"), 1, 999)
        self.apply = QComboBox()
        self.apply.setAccessibleName(self.tr("Apply this mapping"))
        for flow in (FlowType.ALWAYS, FlowType.OBJECT_ADD_ONLY):
            self.apply.addItem(self._model.flow_text(flow), flow)
        self.results = ResultList(self.theme)
        self._problem_lines = {
            name: ProblemLine(self.theme)
            for name in ("source", "default", "target", "matching", "apply")
        }

    def _tint_types(self) -> None:
        for index, mapping_type in enumerate(MappingType):
            sign = MAPPING_SIGNS[mapping_type]
            self.type.setItemIcon(index, self.theme.icon(sign.icon, sign.role))

    def _lay_out(self) -> None:
        form = QVBoxLayout()
        form.setContentsMargins(2 * GRID, 0, 2 * GRID, 2 * GRID)
        form.setSpacing(GRID // 2)
        self._source_label = strong("")
        add = self._add_field
        add(form, strong(self.tr("Mapping type")), self.type, "")
        add(form, self._source_label, self.source, "source")
        form.addWidget(self.results)
        form.addSpacing(GRID)
        default_label = strong(self.tr("Default value if null (optional)"))
        add(form, default_label, self.default, "default")
        form.addWidget(hint(self.tr("Used only when an object is created.")))
        form.addSpacing(GRID)
        add(form, strong(self.tr("Target attribute")), self.target, "target")
        form.addWidget(self.matching)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID + 4, 0, 0, 0)
        self._precedence_label = QLabel(self.tr("Matching precedence"))
        line.addWidget(self._precedence_label)
        line.addWidget(self.precedence)
        line.addStretch(1)
        form.addLayout(line)
        form.addWidget(self._problem_lines["matching"])
        form.addSpacing(GRID)
        add(form, strong(self.tr("Apply this mapping")), self.apply, "apply")
        form.addStretch(1)
        content = QWidget()
        content.setLayout(form)
        content.setProperty("look", "surface")
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        self.body.addWidget(area, 1)
        self.delete_button = icon_button(
            self.theme, "trash-2", self.tr("Delete this mapping"), self.delete_wanted.emit
        )
        self.theme.dress(self.delete_button, "trash-2", Role.DANGER)
        self.head.insertWidget(1, self.delete_button, 0, Qt.AlignmentFlag.AlignTop)

    def _add_field(self, form: QVBoxLayout, label: QLabel, field: QWidget, name: str) -> None:
        label.setBuddy(field)
        form.addWidget(label)
        form.addWidget(field)
        if name:
            form.addWidget(self._problem_lines[name])
            form.addSpacing(GRID)

    def _connect(self) -> None:
        self.theme.changed.connect(self._tint_types)
        self.type.activated.connect(self._change_type)
        self.source.changed.connect(self._change_source)
        self.builder.changed.connect(self._change_source)
        self._document.changed.connect(self._admit_functions)
        self.default.textEdited.connect(self._change_default)
        self.target.picked.connect(self._change_target)
        self.matching.clicked.connect(self._change_matching)
        self.precedence.valueChanged.connect(self._change_precedence)
        self.apply.activated.connect(self._change_apply)
        self._model.dataChanged.connect(self._refresh)
        for line in self._problem_lines.values():
            line.fix_wanted.connect(self._fix)

    def _refresh(self) -> None:
        mapping = self.mapping
        if mapping is not None and not self.isHidden():
            self._show(mapping)

    def _show(self, mapping: AttributeMapping) -> None:
        self.show_heading(readable(mapping.target_attribute) or self.tr("New mapping"))
        self.type.setCurrentIndex(self.type.findData(mapping.mapping_type))
        self._source_label.setText(self._source_words(mapping.mapping_type))
        self._source_label.setVisible(mapping.mapping_type is not MappingType.NONE)
        if mapping.mapping_type is MappingType.EXPRESSION:
            self.builder.show_expression(mapping.source)
        self.source.show_mapping(mapping)
        if self.default.text() != (mapping.default_value or ""):
            self.default.setText(mapping.default_value or "")
        self.target.show_text(mapping.target_attribute)
        matching = mapping.matching_priority > 0
        self.matching.setChecked(matching)
        for widget in (self.precedence, self._precedence_label):
            widget.setVisible(matching)
        self.precedence.blockSignals(True)
        self.precedence.setValue(max(1, mapping.matching_priority))
        self.precedence.blockSignals(False)
        self._show_flow(mapping.flow_type)

    def _show_flow(self, flow: FlowType) -> None:
        if self.apply.findData(flow) < 0:
            self.apply.addItem(self._model.flow_text(flow), flow)
        self.apply.setCurrentIndex(self.apply.findData(flow))

    def _source_words(self, mapping_type: MappingType) -> str:
        return {
            MappingType.DIRECT: self.tr("Source attribute"),
            MappingType.CONSTANT: self.tr("Constant value"),
            MappingType.EXPRESSION: self.tr("Expression"),
            MappingType.NONE: "",
        }[mapping_type]

    def _fix(self, fix: MappingFix) -> None:
        changed = with_object_mapping(self._document.schema, fix.mapping)
        self._document.edit_schema(fix.title, changed)

    def _offer_attributes(self) -> None:
        schema, object_type = self._document.schema, self._model.object_type
        sources = schema.source_attributes_of(object_type)
        self.source.attribute.show_names(sources)
        targets = [d for d in schema.target_attributes_of(object_type) if not d.anchor]
        self.target.show_names(targets)
        self.builder.offer([d.name for d in sources])
        self._admit_functions()

    def _admit_functions(self) -> None:
        self.builder.admit(extended=self._document.settings.extended_functions)

    def _change(self, mapping: AttributeMapping | None, words: str, field: str = "") -> None:
        if mapping is not None and mapping != self.mapping:
            self._model.change(self.row, mapping, words, field)

    def _change_type(self, index: int) -> None:
        mapping = self.mapping
        if mapping is not None:
            changed = with_type(mapping, MappingType(self.type.itemData(index)))
            self._change(changed, self.tr("Change the mapping type"))

    def _change_source(self, text: str) -> None:
        mapping = self.mapping
        if mapping is not None:
            field = "" if mapping.mapping_type is MappingType.DIRECT else "source"
            self._change(replace(mapping, source=text), self.tr("Change the source"), field)

    def _change_default(self, text: str) -> None:
        mapping = self.mapping
        if mapping is not None:
            changed = replace(mapping, default_value=text or None)
            self._change(changed, self.tr("Change the default value"), "default")

    def _change_target(self, text: str) -> None:
        mapping = self.mapping
        if mapping is not None and text:
            changed = replace(mapping, target_attribute=text)
            self._change(changed, self.tr("Change the target attribute"))

    def _change_matching(self, on: bool) -> None:
        mapping = self.mapping
        if mapping is not None:
            used = {m.matching_priority for m in self._model.rows}
            free = next(n for n in range(1, len(used) + 2) if n not in used)
            changed = replace(mapping, matching_priority=free if on else 0)
            self._change(changed, self.tr("Change the matching"))

    def _change_precedence(self, value: int) -> None:
        mapping = self.mapping
        if mapping is not None and mapping.matching_priority:
            changed = replace(mapping, matching_priority=value)
            self._change(changed, self.tr("Change the matching precedence"), "precedence")

    def _change_apply(self, index: int) -> None:
        mapping = self.mapping
        if mapping is not None:
            changed = replace(mapping, flow_type=FlowType(self.apply.itemData(index)))
            self._change(changed, self.tr("Change when the mapping applies"))
