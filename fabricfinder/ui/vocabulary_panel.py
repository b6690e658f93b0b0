"""The words: terms added, renamed, merged and given other names, and no label ever lost by it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.label_words import dimension_word, language
from fabricfinder.ui.number_words import count_text, in_a_row, listed
from fabricfinder.ui.plain_parts import plain_button
from fabricfinder.ui.reading_label import ReadingLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

if TYPE_CHECKING:
    from fabricfinder.domain.vocabulary import Term, Vocabulary

ID = Qt.ItemDataRole.UserRole


class VocabularyPanel(QWidget):
    """Terms at the left, one of them at the right.

    Signals:
        change_wanted: a name for the step, and what is done: a method of Vocabulary and its
            arguments, ("renamed", term id, name, language) and so on.
        file_wanted: path of a file of terms to be read.
    """

    change_wanted = Signal(str, tuple)
    file_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: Vocabulary | None = None
        self._used: Mapping[str, int] = {}
        self.dimension = QComboBox(self)
        self.dimension.setAccessibleName(self.tr("Dimension"))
        for key in ("coarse", "fine"):
            self.dimension.addItem(dimension_word(key), key)
        self.dimension.currentIndexChanged.connect(self._fill)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find a word"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Words"))
        self.list.currentItemChanged.connect(self._show_term)
        self.title, self.facts = QLabel(self), ReadingLabel("", self)
        self.title.setFont(scaled_font(1.3, bold=True))
        self.facts.setProperty("muted", True)
        self.name, self.other = QLineEdit(self), QLineEdit(self)
        self.into, self.counts_as = self._choice(), self._choice()
        self.new_name = QLineEdit(self)
        self.sentence = ReadingLabel("", self)
        self.rename = plain_button(self, self.tr("Rename"), self._rename)
        self.add_other = plain_button(self, self.tr("Add"), self._alias)
        self.merge = plain_button(self, self.tr("Merge"), self._merge)
        self.add = plain_button(self, self.tr("Add the term"), self._extend)
        self.read = plain_button(self, self.tr("Words from a file…"), self._choose_file)
        self._arrange()

    def _choice(self) -> QComboBox:
        combo = QComboBox(self)
        combo.setMaxVisibleItems(18)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(18)
        combo.setPlaceholderText(self.tr("choose a term"))
        return combo

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(SPACE_S)
        for widget in (self.dimension, self.search):
            left.addWidget(widget)
        left.addWidget(self.list, 1)
        left.addWidget(self.read)
        form = QFormLayout()
        form.setVerticalSpacing(SPACE_M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, field, button in (
            (self.tr("Name"), self.name, self.rename),
            (self.tr("Another word for it"), self.other, self.add_other),
            (self.tr("Use in its place"), self.into, self.merge),
        ):
            form.addRow(label, self._pair(field, button, label))
        fresh = QFormLayout()
        fresh.setVerticalSpacing(SPACE_M)
        fresh.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fresh.addRow(self.tr("A new term"), self._pair(self.new_name, None, self.tr("A new term")))
        fresh.addRow(
            self.tr("compared as"), self._pair(self.counts_as, self.add, self.tr("compared as"))
        )
        right = QVBoxLayout()
        right.setSpacing(SPACE_M)
        right.addWidget(self.title)
        right.addWidget(self.facts)
        right.addLayout(form)
        right.addSpacing(SPACE_L)
        right.addLayout(fresh)
        right.addWidget(self.sentence)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addLayout(left, 2)
        row.addLayout(right, 3)

    def _pair(self, field: QWidget, button: QPushButton | None, name: str) -> QHBoxLayout:
        field.setAccessibleName(name)
        row = QHBoxLayout()
        row.addWidget(field, 1)
        if button is not None:
            row.addWidget(button)
        return row

    # What is shown -----------------------------------------------------------------------------

    def show_words(self, words: "Vocabulary", used: Mapping[str, int]) -> None:
        """Show the vocabulary, and how many labels name each term."""
        self._words, self._used = words, used
        self.sentence.setText("")
        self._fill()

    def show_sentence(self, sentence: str) -> None:
        """Say why a change cannot be made; everything stays as it was."""
        self.sentence.setText(sentence)

    @property
    def term(self) -> "Term | None":
        """The term that is shown."""
        item = self.list.currentItem()
        return None if item is None or self._words is None else self._words.terms[item.data(ID)]

    def _fill(self) -> None:
        if self._words is None:
            return
        kind, wanted = str(self.dimension.currentData()), self.search.text().strip().casefold()
        here = self.term.id if self.term is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        for combo in (self.into, self.counts_as):
            combo.clear()
        for term in self._words.terms.values():
            if term.dimension != kind:
                continue
            name = term.name(language())
            if not term.merged_into:
                self.into.addItem(name, term.id)
                self.counts_as.addItem(name, term.id)
            if wanted and not any(
                wanted in w.casefold() for w in (name, term.id, *term.names.values(), *term.also)
            ):
                continue
            item = QListWidgetItem(self._line(term), self.list)
            item.setData(ID, term.id)
            if term.id == here:
                self.list.setCurrentItem(item)
        for combo in (self.into, self.counts_as):
            combo.setCurrentIndex(-1)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._show_term()

    def _line(self, term: "Term") -> str:
        text = term.name(language())
        if n := self._used.get(term.id):
            text += f"  ({count_text(n)})"
        if term.merged_into:
            text += "  → " + self._words.name(term.id, language())
        elif term.counts_as:
            text += self.tr("  · yours")
        return text

    def _show_term(self) -> None:
        term, words = self.term, self._words
        for button in (self.rename, self.add_other, self.merge):
            button.setEnabled(term is not None)
        if term is None or words is None:
            self.title.clear()
            self.facts.setText("")
            return
        self.title.setText(term.name(language()))
        self.name.setText(term.name(language()))
        n = self._used.get(term.id, 0)
        facts = [self.tr("{n} labels name it.").format(n=count_text(n))]
        if term.also or len(term.names) > 1:
            others = [w for w in (*term.names.values(), *term.also) if w != term.name(language())]
            facts.append(self.tr("Also: {words}.").format(words=listed(others)))
        if term.counts_as:
            name = words.name(term.counts_as, language())
            facts.append(self.tr("Compared as {name}.").format(name=name))
        if term.merged_into:
            name = words.name(term.id, language())
            facts.append(self.tr("{name} is used in its place; its labels follow.").format(name=name))
        self.facts.setText(in_a_row(*facts))

    # Wishes ------------------------------------------------------------------------------------

    def _rename(self) -> None:
        if self.term is not None:
            text = self.tr("Rename {old} to {new}").format(
                old=self.term.name(language()), new=self.name.text().strip()
            )
            self.change_wanted.emit(text, ("renamed", self.term.id, self.name.text(), language()))

    def _alias(self) -> None:
        if self.term is not None:
            text = self.tr("Another word for {name}").format(name=self.term.name(language()))
            self.change_wanted.emit(text, ("aliased", self.term.id, self.other.text()))
            self.other.clear()

    def _merge(self) -> None:
        if self.term is not None and self.into.currentData():
            text = self.tr("Merge {name} into {other}").format(
                name=self.term.name(language()), other=self.into.currentText()
            )
            self.change_wanted.emit(text, ("merged", self.term.id, self.into.currentData()))

    def _extend(self) -> None:
        name, kind = self.new_name.text().strip(), str(self.dimension.currentData())
        text = self.tr("New term {name}").format(name=name)
        self.change_wanted.emit(text, ("extended", name, kind, self.counts_as.currentData() or ""))
        self.new_name.clear()

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Words"), "", self.tr("Words (*.csv *.json);;All files (*)")
        )
        if path:
            self.file_wanted.emit(path)
