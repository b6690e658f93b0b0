"""The first thing she sees: three cards, the libraries she had open, and one promise."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.job_book import JobLine, progress_text
from fabricfinder.ui.theme import (
    SPACE_L,
    SPACE_M,
    SPACE_S,
    SPACE_XL,
    SPACE_XS,
    SPACE_XXL,
    asked_theme,
    current_theme,
    scaled_font,
)
from fabricfinder.ui.weave_art import WeaveBand
from fabricfinder.ui.wording import shown_path

CARD_WIDTH = 300


class StartCard(QFrame):
    """A large card that is one button: ornament, title, sentence.

    Signals:
        clicked: by mouse, Enter or Space.
    """

    clicked = Signal()

    def __init__(self, weave: str, title: str, sentence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedWidth(CARD_WIDTH)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        heading = QLabel(title, self)
        heading.setFont(scaled_font(1.25, bold=True))
        heading.setWordWrap(True)
        words = QLabel(sentence, self)
        words.setWordWrap(True)
        words.setProperty("muted", True)
        inner = QVBoxLayout()
        inner.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_XL)
        inner.setSpacing(SPACE_S)
        inner.addWidget(heading)
        inner.addWidget(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(WeaveBand(weave, self))
        column.addLayout(inner)
        column.addStretch(1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: taken here, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QFrame::paintEvent: a ring when it has the keyboard, an edge under the mouse."""
        super().paintEvent(event)
        if not (self.hasFocus() or self.underMouse()):
            return
        painter = QPainter(self)
        theme = current_theme()
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(theme.color("focus" if self.hasFocus() else "strong_line"), width))
        inset = width // 2
        painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: entering and leaving change the edge."""
        kinds = (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut)
        if event.type() in kinds:
            self.update()
        return super().event(event)


class RecentRow(QWidget):
    """A library she had open: its name as a button, where it lies, and whether it is still there.

    Signals:
        opened: the folder.
        forgotten: the folder, to be taken off the list.
    """

    opened = Signal(str)
    forgotten = Signal(str)

    def __init__(self, folder: str, is_demo: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._folder = folder
        self.missing = not (Path(folder) / "library.sqlite").exists() and not Path(folder).is_dir()
        # The name of the demo's folder is nobody's choice.
        name = self.tr("Demo library") if is_demo else Path(folder).name
        self.button = QPushButton(name, self)
        self.button.setProperty("link", True)
        self.button.setEnabled(not self.missing)
        self.button.clicked.connect(self._open)
        where = shown_path(str(Path(folder).parent))
        place = QLabel(self.tr("not found: {place}").format(place=where) if self.missing else where)
        place.setProperty("muted", True)
        place.setToolTip(shown_path(folder))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.button)
        row.addWidget(place)
        if self.missing:
            forget = QPushButton(self.tr("Take off the list"), self)
            forget.setProperty("link", True)
            forget.clicked.connect(self._forget)
            row.addWidget(forget)
        row.addStretch(1)

    def _open(self) -> None:
        self.opened.emit(self._folder)

    def _forget(self) -> None:
        self.forgotten.emit(self._folder)


class DemoProgress(QFrame):
    """The demo library being made: where it is, and a way to stop.

    Signals:
        stop: she has had enough.
    """

    stop = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._text = QLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.clicked.connect(self.stop)
        column = QVBoxLayout()
        column.setSpacing(SPACE_S)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addLayout(column, 1)
        row.addWidget(self.stop_button)
        self.hide()

    def show_line(self, line: JobLine | None) -> None:
        """Show the demo's job, or nothing."""
        self.setVisible(line is not None)
        if line is not None:
            text = self.tr("Making the demo library").rstrip()
            self._text.setText(f"{text} · {progress_text(line)}")
            self._bar.setRange(0, line.total or 0)
            self._bar.setValue(line.done)


class StartPage(QScrollArea):
    """Three cards, recent libraries, the promise and the choice of light.

    Signals:
        demo, make, open_other: a card was pressed.
        open_recent, forget_recent: a folder of the list.
        stop_demo: she does not want the demo after all.
        theme_chosen: one of THEME_NAMES.
    """

    demo = Signal()
    make = Signal()
    open_other = Signal()
    open_recent = Signal(str)
    forget_recent = Signal(str)
    stop_demo = Signal()
    theme_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self.setAccessibleName(self.tr("Start page"))
        self.setWidgetResizable(True)
        inside = QWidget()
        outer = QHBoxLayout(inside)
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setContentsMargins(SPACE_XL, SPACE_XXL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_L)
        column.addStretch(1)
        column.addLayout(self._heading())
        column.addSpacing(SPACE_M)
        column.addLayout(self._cards())
        self.progress = DemoProgress(inside)
        self.progress.stop.connect(self.stop_demo)
        column.addWidget(self.progress)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(SPACE_XS)
        column.addSpacing(SPACE_M)
        column.addLayout(self._recent)
        column.addStretch(2)
        column.addLayout(self._foot())
        outer.addLayout(column)
        outer.addStretch(1)
        self.setWidget(inside)

    def _heading(self) -> QVBoxLayout:
        title = QLabel(self.tr("Which cloth is this like?"))
        title.setFont(scaled_font(2.2, bold=True))
        words = QLabel(
            self.tr("Drop a photo of cloth here and see the nearest ones you own, and why.")
        )
        words.setFont(scaled_font(1.15))
        words.setProperty("muted", True)
        column = QVBoxLayout()
        column.setSpacing(SPACE_XS)
        column.addWidget(title)
        column.addWidget(words)
        return column

    def _cards(self) -> QHBoxLayout:
        cards = (
            ("demoCard", "houndstooth", self.tr("Try the demo library"), self.demo,
             self.tr("About 300 cloths, woven by the program, with one to search for lying "
                     "beside them. Ready in a minute or two.")),
            ("makeCard", "herringbone", self.tr("Make a library from my folder"), self.make,
             self.tr("Choose a folder of photos or scans. They stay where they are; nothing is "
                     "moved or changed.")),
            ("openCard", "gingham", self.tr("Open a library"), self.open_other,
             self.tr("Go on with a library made before, on this computer or on a disk.")),
        )  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(SPACE_L)
        for name, weave, title, signal, sentence in cards:
            card = StartCard(weave, title, sentence, self)
            card.setObjectName(name)
            card.clicked.connect(signal)
            row.addWidget(card)
        return row

    def _foot(self) -> QHBoxLayout:
        promise = QLabel(
            self.tr("No account. Nothing is uploaded; your cloth never leaves this computer.")
        )
        promise.setProperty("muted", True)
        promise.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_XS)
        row.addWidget(promise, 1)
        self._lights = QButtonGroup(self)
        names = (
            ("system", self.tr("Like the desktop")), ("light", self.tr("Light")),
            ("dark", self.tr("Dark")), ("grey", self.tr("Neutral grey")),
        )  # fmt: skip
        for key, text in names:
            button = QToolButton(self)
            button.setText(text)
            button.setObjectName(f"light-{key}")
            button.setCheckable(True)
            button.setChecked(key == asked_theme())
            self._lights.addButton(button)
            row.addWidget(button)
        self._lights.buttonClicked.connect(self._choose_light)
        return row

    def show_recent(self, folders: list[str], demo: str = "") -> None:
        """List the libraries she had open, newest first; ``demo`` is the demo library's folder."""
        while self._recent.count():
            widget = self._recent.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        if not folders:
            return
        heading = QLabel(self.tr("Recent libraries"))
        heading.setFont(scaled_font(1.0, bold=True))
        self._recent.addWidget(heading)
        for folder in folders:
            row = RecentRow(folder, folder == demo, self)
            row.opened.connect(self.open_recent)
            row.forgotten.connect(self.forget_recent)
            self._recent.addWidget(row)

    def show_theme(self, name: str) -> None:
        """Mark the theme in use."""
        button = self.findChild(QToolButton, f"light-{name}")
        if button is not None:
            button.setChecked(True)

    def show_demo(self, line: JobLine | None) -> None:
        """Show the making of the demo; the cards wait meanwhile."""
        self.progress.show_line(line)
        cards = self.findChildren(StartCard)
        if line is not None and any(card.hasFocus() for card in cards):
            self.progress.stop_button.setFocus()
        for card in cards:
            card.setEnabled(line is None)

    def _choose_light(self, button: QObject) -> None:
        self.theme_chosen.emit(button.objectName().removeprefix("light-"))
