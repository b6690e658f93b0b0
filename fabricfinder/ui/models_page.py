"""The page “Models”: every model with what it is for and how well it finds, and the way to choose."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.choosing import Choice
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.models import Model, Standing, standings
from fabricfinder.ui.job_book import JobLine, job_title, progress_text
from fabricfinder.ui.models_card import ModelCard
from fabricfinder.ui.models_words import about_text, effort_text, lesson_text, wanted_text
from fabricfinder.ui.number_words import named
from fabricfinder.ui.reading_label import ReadingLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font

TWO_COLUMNS_PX = 1500
TAUGHT = "taught"


class ChangePanel(QFrame):
    """How far a change of model or a measuring is; or that one was not finished.

    Signals:
        pause: whether to hold it.
        stop: end it; what was finished stays.
        go_on, leave: what was not finished is wanted still, or no more.
    """

    pause = Signal(bool)
    stop = Signal()
    go_on = Signal()
    leave = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._paused = False
        self._wanted = ""
        self.title = QLabel(self)
        self.title.setFont(scaled_font(1.1, bold=True))
        self.where = ReadingLabel("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.pause_button = QPushButton(self.tr("Pause"), self)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.go_on_button = QPushButton(self.tr("Go on"), self)
        self.leave_button = QPushButton(self.tr("Leave it"), self)
        self.pause_button.clicked.connect(self._toggle)
        self.stop_button.clicked.connect(self.stop)
        self.go_on_button.clicked.connect(self.go_on)
        self.leave_button.clicked.connect(self.leave)
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        for widget in (self.title, self.where, self.bar):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addLayout(words, 1)
        for button in self._buttons():
            row.addWidget(button)
        self.show_line(None)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.pause_button, self.stop_button, self.leave_button, self.go_on_button

    @property
    def has_keyboard(self) -> bool:
        """Whether one of its buttons has the keyboard."""
        return any(button.hasFocus() for button in self._buttons())

    def show_line(self, line: JobLine | None, title: str = "") -> None:
        """Show a job by its own title or another; None when none runs: what was not finished."""
        running = line is not None and line.active
        self.setVisible(running or bool(self._wanted))
        for widget in (self.bar, self.where, self.pause_button, self.stop_button):
            widget.setVisible(running)
        for button in (self.go_on_button, self.leave_button):
            button.setVisible(not running)
        if line is None or not running:
            self.title.setText(self._wanted)
            self.setAccessibleName(self._wanted)
            return
        self._paused = line.state == "paused"
        self.title.setText(title or job_title(line.name))
        self.where.setText(progress_text(line))
        self.bar.setRange(0, line.total or 0)
        self.bar.setValue(line.done)
        self.pause_button.setText(self.tr("Continue") if self._paused else self.tr("Pause"))
        self.setAccessibleName(named(self.title.text(), self.where.text()))

    def show_wanted(self, sentence: str) -> None:
        """Say which change was not finished; "" = none. Shown while nothing runs."""
        self._wanted = sentence
        if self.bar.isHidden():
            self.show_line(None)

    def _toggle(self) -> None:
        self.pause.emit(not self._paused)


class ModelsPage(QWidget):
    """The page.

    Signals:
        closed: back to where she was.
        chosen: key of the model she wants, a system's name or TAUGHT.
        speed_wanted: measure how fast each looks at cloth here.
    """

    closed = Signal()
    chosen = Signal(str)
    speed_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, ModelCard] = {}
        self._models: tuple[Model, ...] = ()
        self._catalog: Catalog | None = None
        self._choice: Choice | None = None
        self._speeds: Mapping[str, float] = {}
        self._busy = False
        heading = QLabel(self.tr("Models"), self)
        heading.setFont(scaled_font(1.5, bold=True))
        self.speed_button = QPushButton(self.tr("Measure their speed here"), self)
        self.speed_button.clicked.connect(self.speed_wanted)
        self.back = QPushButton(self.tr("Back"), self)
        self.back.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_S)
        head.setSpacing(SPACE_S)
        head.addWidget(heading, 1)
        head.addWidget(self.speed_button)
        head.addWidget(self.back)
        self.change = ChangePanel(self)
        self._scroll = self._arrange()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.setFocusProxy(self._scroll)

    def _arrange(self) -> QScrollArea:
        """What a model is, the change under way, and the cards, in one column that scrolls."""
        inside = QWidget(self)
        self.note = ReadingLabel(self.tr(
            "A model is the eye that looks at your cloth; each was built after another idea of what"
            " makes two cloths alike. Choosing another one looks at all your cloth again, in the"
            " background. Until that is done the one you have now answers, and you can go back at any"
            " time. Marks are of 100: the broad band is the range in which the true one lies 19 times"
            " in 20, the small stroke is what chance would reach."
        ), inside)  # fmt: skip
        self.note.setProperty("muted", True)
        self.said = ReadingLabel("", inside)
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACE_M)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(SPACE_XL, 0, SPACE_XL, SPACE_XL)
        rows.setSpacing(SPACE_M)
        for widget in (self.note, self.said, self.change):
            rows.addWidget(widget)
        rows.addLayout(self._grid)
        rows.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setAccessibleName(self.tr("Models"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.say("")
        return scroll

    @property
    def cards(self) -> Mapping[str, ModelCard]:
        """The cards shown, by key, in order."""
        return dict(self._cards)

    # What the flow tells it --------------------------------------------------------------------

    def show_models(self, models: Sequence[Model]) -> None:
        """Show every model; what was taught is put first by ``show_choice``."""
        self._models = tuple(models)
        self._remake()

    def show_catalog(self, catalog: Catalog | None) -> None:
        """Show which library the choice is for."""
        self._catalog = catalog
        self._show_states()

    def show_choice(self, choice: Choice | None) -> None:
        """Show which model answers; None while that is not known."""
        had = self._choice is not None and self._choice.lesson is not None
        self._choice = choice
        wanted = choice.wanted if choice is not None else ""
        self.change.show_wanted(wanted_text(wanted) if wanted else "")
        has = choice is not None and choice.lesson is not None
        if has or had:
            self._remake()
        self._show_states()

    def show_speeds(self, speeds: Mapping[str, float]) -> None:
        """Show seconds a picture, by the ids of cards."""
        self._speeds = dict(speeds)
        self._show_states()

    def show_line(self, line: JobLine | None, title: str = "") -> None:
        """Show the change or the measuring under way, perhaps by a title; None: there is none."""
        busy = line is not None and line.active
        held = self.change.has_keyboard
        self.change.show_line(line, title)
        if held and not busy:
            self._scroll.setFocus()  # the keyboard is not lost with the panel
        if busy != self._busy:
            self._busy = busy
            self._show_states()

    def say(self, sentence: str) -> None:
        """Show a sentence above the cards; "" takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Inside ------------------------------------------------------------------------------------

    def _remake(self) -> None:
        """Make the cards anew: what was taught, what can be used, what cannot."""
        for card in self._cards.values():
            card.hide()
            card.deleteLater()
        self._cards = {}
        lesson = self._choice.lesson if self._choice is not None else None
        if lesson is not None:
            title = self.tr("Your own, taught from your cloth")
            self._add(ModelCard(TAUGHT, title, lesson_text(lesson), None, self))
        places = standings(self._models)
        for model in sorted(self._models, key=lambda model: not model.shipped):
            system = model.system
            about = about_text(model, places.get(system.name, Standing()))
            self._add(ModelCard(system.name, system.title, about, model, self))
        self._show_states()
        self._lay_out()

    def _add(self, card: ModelCard) -> None:
        card.chosen.connect(self.chosen)
        self._cards[card.key] = card

    def _show_states(self) -> None:
        """Which one answers, which can be chosen, and what that would take."""
        hindrance = self._hindrance()
        choice, catalog = self._choice, self._catalog
        self.speed_button.setEnabled(not self._busy and any(m.shipped for m in self._models))
        for card in self._cards.values():
            seconds = self._seconds(card)
            if card.model is not None:
                card.show_speed(seconds)
            in_use = choice is not None and self._is_of(card, choice.answering)
            effort = ""
            if choice is not None and catalog is not None:
                seen = max([n for e, n in choice.coded.items() if self._is_of(card, e)], default=0)
                effort = effort_text(max(0, len(catalog) - seen), len(catalog), seconds)
            card.show_state(in_use=in_use, can=not hindrance, why=hindrance, effort=effort)

    def _is_of(self, card: ModelCard, encoder: str) -> bool:
        """Whether an encoder's codes are those of a card's model."""
        if card.model is not None:
            return card.model.made(encoder)
        return self._choice is not None and encoder.partition("/")[0] == self._choice.taught

    def _seconds(self, card: ModelCard) -> float | None:
        known = card.model is not None and card.model.card is not None
        return self._speeds.get(card.model.card.id) if known else None

    def _hindrance(self) -> str:
        """Why no model can be chosen now, or ""."""
        if self._catalog is None or self._choice is None:
            return self.tr("Open a library first: the choice is kept with it.")
        if self._catalog.read_only:
            return self.tr("This library is open to read only.")
        if self._busy:
            return self.tr("One thing after the other: stop what is under way first.")
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: two columns where there is room."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        columns = 2 if self.width() >= TWO_COLUMNS_PX else 1
        for place, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, place // columns, place % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, columns - 1)
