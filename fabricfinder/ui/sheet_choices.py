"""What can be chosen about a sheet: cloths, layout, reader, paper, words of the header."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from fabricfinder.domain.search import Preference, SearchResult
from fabricfinder.sheets.request import DEFAULT_TOP, FACTS, PAPERS, Pick, SheetRequest
from fabricfinder.ui.plain_parts import off_the_frame
from fabricfinder.ui.sheet_words import layout_names, profile_names
from fabricfinder.ui.theme import SPACE_S

BASKET, BEST = "basket", "best"
MOST = 500


class SheetChoices(QWidget):
    """The choices of a sheet, one under another.

    Signals:
        changed: some choice is another one now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cloths = QComboBox(self)
        self.top = QSpinBox(self)
        off_the_frame(self.top)
        self.top.setRange(1, MOST)
        self.top.setValue(DEFAULT_TOP)
        self.layout_box = _combo(layout_names(), "2x3", self)
        self.profile = _combo(profile_names(), "internal", self)
        self.paper = _combo({name: name for name in PAPERS}, "A4", self)
        self.title = QLineEdit(self)
        self.title.setPlaceholderText(self.tr("The usual title"))
        self.season, self.customer, self.prepared = (QLineEdit(self) for _ in range(3))
        self.with_query = QCheckBox(self.tr("With the query and how near each is"), self)
        self.with_query.setChecked(True)
        self.fold = QCheckBox(self.tr("One picture of each cloth"), self)
        self.fold.setChecked(True)
        self.plots = QCheckBox(self.tr("Drawings of scores and colours"), self)
        self.archival = QCheckBox(self.tr("PDF for keeping (PDF/A)"), self)
        self.excel = QCheckBox(self.tr("CSV for Excel in my language"), self)
        self._rows()
        self._connect()

    def offer(self, n_basket: int, n_results: int) -> None:
        """Say what cloths there are; the basket comes first when anything is in it."""
        chosen = self.cloths.currentData()
        self.cloths.blockSignals(True)
        self.cloths.clear()
        if n_basket:
            self.cloths.addItem(self.tr("The basket ({n})").format(n=n_basket), BASKET)
        if n_results:
            self.cloths.addItem(self.tr("The best results"), BEST)
        place = self.cloths.findData(chosen)
        self.cloths.setCurrentIndex(max(0, place))
        self.cloths.blockSignals(False)
        self.with_query.setEnabled(bool(n_results))
        self._enable()

    def request(
        self, result: SearchResult | None, preference: Preference, picks: tuple[Pick, ...]
    ) -> SheetRequest:
        """The sheet these choices ask for."""
        basket = self.cloths.currentData() == BASKET
        shows_query = not basket or self.with_query.isChecked()
        lines = (self.season, self.customer, self.prepared)
        facts = tuple(zip(FACTS, (line.text().strip() for line in lines), strict=True))
        return SheetRequest(
            result if shows_query else None, preference, picks if basket else (),
            self.top.value(), self.layout_box.currentData(), self.paper.currentData(),
            self.profile.currentData(), self.title.text().strip(),
            tuple((key, text) for key, text in facts if text),
            self.plots.isChecked(), self.fold.isChecked() and not basket,
        )  # fmt: skip

    def _rows(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(SPACE_S)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            (self.tr("Cloths"), self.cloths), (self.tr("How many"), self.top),
            (self.tr("Layout"), self.layout_box), (self.tr("For"), self.profile),
            (self.tr("Paper"), self.paper), (self.tr("Title"), self.title),
            (self.tr("Season"), self.season), (self.tr("Customer"), self.customer),
            (self.tr("Prepared by"), self.prepared),
        )  # fmt: skip
        for words, widget in rows:
            label = QLabel(words, self)
            label.setBuddy(widget)
            widget.setAccessibleName(words)
            form.addRow(label, widget)
        for box in (self.with_query, self.fold, self.plots, self.archival, self.excel):
            form.addRow(box)

    def _connect(self) -> None:
        for combo in (self.cloths, self.layout_box, self.profile, self.paper):
            combo.currentIndexChanged.connect(self._tell)
        self.top.valueChanged.connect(self._tell)
        for line in (self.title, self.season, self.customer, self.prepared):
            line.textChanged.connect(self._tell)
        for box in (self.with_query, self.fold, self.plots):
            box.toggled.connect(self._tell)

    def _tell(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        """The basket has its own number of cloths and its own order."""
        best = self.cloths.currentData() == BEST
        self.top.setEnabled(best)
        self.fold.setEnabled(best)


def _combo(names: dict[str, str], chosen: str, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    for key, words in names.items():
        box.addItem(words, key)
    box.setCurrentIndex(box.findData(chosen))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(18)
    return box
