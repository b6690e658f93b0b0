"""The comparison's window: query pinned, candidates paged through, facts beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.comparing import Cloth, compare
from fabricfinder.domain.palette import Palette
from fabricfinder.sheets.content import Scores
from fabricfinder.ui.cloth_words import spoken_default
from fabricfinder.ui.compare_bar import CHART, GLASS, CandidateBar, SpokeBar, WaysBar
from fabricfinder.ui.compare_canvas import ZOOM_STEP, CompareCanvas
from fabricfinder.ui.compare_count import GlassPair
from fabricfinder.ui.compare_facts import WIDTH, CompareFacts
from fabricfinder.ui.compare_pictures import ComparePictures
from fabricfinder.ui.compare_spoke import SpokeMaps
from fabricfinder.ui.elided_label import ElidedLabel, WholeLabel
from fabricfinder.ui.number_words import pointed
from fabricfinder.ui.query_panel import ScaleChip
from fabricfinder.ui.score_chart import ChartRow, ScoreChart
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.sheet_words import sheet_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.wording import as_sentence

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What is compared.

    Attributes:
        pinned: the query, or the first of some swatches.
        candidates: one to five.
        scores: those the search gave, by key of a candidate.
        is_query: whether ``pinned`` is what was searched with.
        measure: how colours are compared.
    """

    pinned: Cloth
    candidates: tuple[Cloth, ...]
    scores: Mapping[str, Scores]
    is_query: bool = True
    measure: str = "emd_hsv"


class CompareWindow(QDialog):
    """Not modal.

    Attributes:
        canvas, glasses, facts, ways, strip, spoke: its parts, for focus and tests.
        scales: the chips that say and set the scale of query and candidate.

    Signals:
        gather_wanted: a swatch id for the basket.
        query_wanted: a swatch id to search with.
        scale_chosen: the cloth, and px per cm or None.
    """

    gather_wanted = Signal(str)
    query_wanted = Signal(str)
    scale_chosen = Signal(object, object)

    def __init__(
        self, desk: Any, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._compared: Compared | None = None
        self._place = 0
        self.pictures = ComparePictures(self)
        self.canvas = CompareCanvas(self.pictures, self)
        self.glasses = GlassPair(self.pictures, self)
        self.facts = CompareFacts(self)
        self.ways, self.spoke = WaysBar(self), SpokeBar(self)
        self.strip = CandidateBar(thumbnails, self)
        self.scales = ScaleChip(self), ScaleChip(self)
        self.maps = SpokeMaps(desk, self.spoke, self.canvas, self)
        self.title = WholeLabel(self)  # it stands on the picture too
        self.size_label = QLabel(self)
        self._views = QStackedWidget(self)
        self._views.addWidget(self.canvas)
        self._views.addWidget(self.glasses)
        self.chart = ScoreChart(self)
        self._views.addWidget(_scrolled(self.chart))
        self._lay_out()
        self._connect()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter belongs to what has the keyboard
        self.resize(fitting(self, 1180, 760))
        self.canvas.setFocus()

    # What the flow asks ------------------------------------------------------------------------

    @property
    def candidate(self) -> Cloth | None:
        """The candidate shown."""
        return self._compared.candidates[self._place] if self._compared else None

    @property
    def compared(self) -> Compared | None:
        """What is compared."""
        return self._compared

    def show_compared(self, compared: Compared, place: int = 0) -> None:
        """Compare these; place is the candidate to begin with."""
        self._compared = compared
        self._place = max(0, min(place, len(compared.candidates) - 1))
        self.pictures.show([compared.pinned, *compared.candidates])
        self.strip.show_candidates(
            tuple(c.key for c in compared.candidates), tuple(c.title for c in compared.candidates)
        )
        self.maps.show_compared(compared.pinned, compared.candidates, compared.measure)
        self._show_pair()

    def turn(self, step: int) -> None:
        """Show the candidate before or after; from the last on to the first."""
        if self._compared is not None:
            self.show_place((self._place + step) % len(self._compared.candidates))

    def show_place(self, place: int) -> None:
        """Show a candidate; zoom and place of the view stay."""
        if place != self._place:
            self._place = place
            self._show_pair()

    # Inside ------------------------------------------------------------------------------------

    def _show_pair(self) -> None:
        compared, candidate = self._compared, self.candidate
        pinned, n = compared.pinned, len(compared.candidates)
        first = self.tr("Query: {name}") if compared.is_query else self.tr("Pinned: {name}")
        second = self.tr("{name} ({n} of {m})") if n > 1 else "{name}"
        titles = (first.format(name=pinned.title),
                  second.format(name=candidate.title, n=self._place + 1, m=n))  # fmt: skip
        self.title.setText(titles[1])
        self.strip.show_current(self._place)
        self.canvas.set_pair(pinned, candidate, titles)
        if self._views.currentWidget() is self.glasses:
            self.glasses.show_pair(pinned, candidate, titles)
        self._show_chart(titles)
        words = sheet_words()
        scores = compared.scores.get(candidate.key)
        found = compare(pinned, candidate, words, compared.measure, scores, spoken_default())
        self.facts.show_comparison(pinned, candidate, found, words["color_basis"])
        for chip, cloth in zip(self.scales, (pinned, candidate), strict=True):
            chip.show_scale(cloth.px_per_cm, cloth.scale_source)
        for button in (self.gather_button, self.query_button):
            button.setEnabled(candidate.swatch is not None)
        self.maps.show_place(self._place)
        self._show_size()
        why = as_sentence(found.sentence)
        self.canvas.setAccessibleDescription(self.tr("{0}; {1}. {2}").format(*titles, why))

    def _show_chart(self, titles: tuple[str, str]) -> None:
        """Query and candidates at a glance."""
        compared, words = self._compared, sheet_words()
        rows = [ChartRow("", titles[0], (), _palette(compared.pinned))]
        for cloth in compared.candidates:
            scores = compared.scores.get(cloth.key)
            found = compare(compared.pinned, cloth, words, compared.measure, scores)
            rows.append(
                ChartRow(cloth.key, cloth.title, found.scores, _palette(cloth), found.unsure)
            )
        self.chart.set_rows(rows, self.candidate.key)

    def _choose_row(self, key: str) -> None:
        keys = [c.key for c in self._compared.candidates]
        if key in keys:
            self.show_place(keys.index(key))

    def _lay_out(self) -> None:
        self.title.setFont(scaled_font(1.15, bold=True))
        self.before_button = _arrow(self, "‹", self.tr("Candidate before (Left)"))
        self.after_button = _arrow(self, "›", self.tr("Candidate after (Right)"))
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.before_button)
        head.addWidget(self.strip)
        head.addWidget(self.after_button)
        head.addWidget(self.title, 1)
        head.addWidget(self.ways)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._views, 1)
        chips = QHBoxLayout()
        chips.setSpacing(SPACE_M)
        for chip in self.scales:
            chips.addWidget(chip, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(chips)
        column.addLayout(self._sizes())
        column.addWidget(self.spoke)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(self.facts)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([820, WIDTH])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        outer.setSpacing(SPACE_S)
        outer.addLayout(head)
        outer.addWidget(split, 1)
        outer.addLayout(self._foot())

    def _sizes(self) -> QHBoxLayout:
        """Smaller, larger, and the sizes that have names."""
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        canvas = self.canvas
        self.size_buttons = {}
        for name, words, meaning, deed in (
            ("smaller", "−", self.tr("Smaller (−)"), lambda: canvas.zoom(1 / ZOOM_STEP)),
            ("larger", "+", self.tr("Larger (+)"), lambda: canvas.zoom(ZOOM_STEP)),
            ("fill", self.tr("Fill"), self.tr("Fill the view with the smaller cloth (0)"),
             canvas.fit),
            ("whole", self.tr("Whole"), self.tr("All of both cloths (9)"), canvas.show_whole),
            ("life", self.tr("Life size"), self.tr("As large as the cloth is, by what this screen "
                                                   "says of its own size (Z)"),
             canvas.show_life_size),
        ):  # fmt: skip
            button = QToolButton(self)
            button.setText(words)
            button.setToolTip(meaning)
            button.setAccessibleName(meaning)
            button.setProperty("toggle", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(deed)
            row.addWidget(button)
            self.size_buttons[name] = button
        row.addWidget(self.size_label, 1)
        return row

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_S)
        keys = ElidedLabel(self.tr(
            "Left, Right: candidates · Shift+arrows: move · + − 0 9 Z: size · "
            "S K W H G A: ways · O: what spoke · B: basket · Esc: close"), self)  # fmt: skip
        keys.setProperty("muted", True)
        keys.setFont(scaled_font(0.85))
        foot.addWidget(keys, 1)
        self.gather_button = QPushButton(self.tr("Put into the basket"), self)
        self.query_button = QPushButton(self.tr("Use as query"), self)
        for button in (self.query_button, self.gather_button):
            foot.addWidget(button)
        return foot

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.turn_wanted.connect(self.turn)
        canvas.view_changed.connect(self._show_size)
        self.strip.chosen.connect(self.show_place)
        self.chart.chosen.connect(self._choose_row)
        self.ways.chosen.connect(self._look)
        self.before_button.clicked.connect(self._turn_back)
        self.after_button.clicked.connect(self._turn_on)
        self.gather_button.clicked.connect(self._gather)
        self.query_button.clicked.connect(self._use)
        self.scales[0].chosen.connect(self._scale_pinned)
        self.scales[1].chosen.connect(self._scale_candidate)
        for key, deed in (
            ("PgUp", self._turn_back), ("PgDown", self._turn_on), ("B", self._gather),
            ("Z", canvas.show_life_size), ("9", canvas.show_whole),
        ):  # fmt: skip
            QShortcut(QKeySequence(key), self, deed)
        for key, deed in (
            ("+", self._larger), ("=", self._larger), ("-", self._smaller), ("0", canvas.fit),
        ):  # fmt: skip
            # The glasses have these keys themselves.
            QShortcut(QKeySequence(key), canvas, deed, context=Qt.ShortcutContext.WidgetShortcut)

    def _look(self, way: str) -> None:
        place = {GLASS: 1, CHART: 2}.get(way, 0)
        self._views.setCurrentIndex(place)
        for widget in (*self.size_buttons.values(), self.spoke.button):
            widget.setEnabled(place == 0)
        if place:
            self.canvas.stop()
            if self._compared is not None:
                self._show_pair()
            (self.glasses.sides[1].glass if place == 1 else self.chart).setFocus()
        else:
            self.canvas.set_mode(way)
            self.canvas.setFocus()
        self._show_size()

    def _show_size(self) -> None:
        """How large cloth is shown, in words."""
        canvas = self.canvas
        if self._compared is None or self._views.currentWidget() is not canvas:
            self.size_label.setText("")
            return
        if not any(size.true for size in canvas.sizes):
            self.size_label.setText(self.tr("No scale known: the size is not true."))
            return
        times = canvas.view.zoom / canvas.screen_px_per_mm
        seen = canvas.panes()[0].width() / canvas.view.zoom
        words = self.tr("{times} × life size · {mm} mm across")
        self.size_label.setText(words.format(times=pointed(f"{times:.2g}"), mm=f"{seen:.0f}"))

    def _turn_back(self) -> None:
        self.turn(-1)

    def _turn_on(self) -> None:
        self.turn(1)

    def _larger(self) -> None:
        self.canvas.zoom(ZOOM_STEP)

    def _smaller(self) -> None:
        self.canvas.zoom(1 / ZOOM_STEP)

    def _gather(self) -> None:
        if self.candidate is not None and self.candidate.swatch is not None:
            self.gather_wanted.emit(self.candidate.swatch.id)

    def _use(self) -> None:
        if self.candidate is not None and self.candidate.swatch is not None:
            self.query_wanted.emit(self.candidate.swatch.id)

    def _scale_pinned(self, px_per_cm: float | None) -> None:
        pinned = self._compared.pinned
        self._rescaled(replace(pinned, px_per_cm=px_per_cm), self._compared.candidates)
        self.scale_chosen.emit(pinned, px_per_cm)

    def _scale_candidate(self, px_per_cm: float | None) -> None:
        old = self.candidate
        new: Sequence[Cloth] = [
            replace(c, px_per_cm=px_per_cm) if c is old else c for c in self._compared.candidates
        ]
        self._rescaled(self._compared.pinned, tuple(new))
        self.scale_chosen.emit(old, px_per_cm)

    def _rescaled(self, pinned: Cloth, candidates: tuple[Cloth, ...]) -> None:
        """Show the cloths at their new scale at once; what is kept of it comes later."""
        compared = replace(self._compared, pinned=pinned, candidates=candidates)
        self.show_compared(compared, self._place)
        self.canvas.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override QDialog::closeEvent."""
        self.settle()
        super().closeEvent(event)

    def reject(self) -> None:
        """Override QDialog::reject: Esc puts it away."""
        self.settle()
        super().reject()

    def settle(self) -> None:
        """Nothing blinks, reads or is worked out any more."""
        self.canvas.stop()
        self.maps.stop()
        self.pictures.stop()


def _arrow(parent: QWidget, sign: str, meaning: str) -> QToolButton:
    button = QToolButton(parent)
    button.setText(sign)
    button.setFont(scaled_font(1.4))
    button.setToolTip(meaning)
    button.setAccessibleName(meaning)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _scrolled(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _palette(cloth: Cloth) -> Palette:
    return cloth.known.palette if cloth.known is not None else Palette(())
