"""The dot in the status bar: whether the program's eye is awake, and what it runs on."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fabricfinder.domain.encoder import Encoder
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, current_theme

WAKING, READY, READY_SLOW, MISSING = "waking", "ready", "slow", "missing"


class _Dot(QWidget):
    """Filled = graphics card, hollow = processor, dashed = waking, crossed = missing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = WAKING
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.error if self.state == MISSING else theme.text), 1.6)
        if self.state == WAKING:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        if self.state == READY:
            painter.setBrush(QColor(theme.text))
        middle = QPointF(7, 7)
        painter.drawEllipse(middle, 4.5, 4.5)
        if self.state == MISSING:
            painter.drawLine(QPointF(4, 10), QPointF(10, 4))
        painter.end()


class EncoderDot(QWidget):
    """The dot and its word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = _Dot(self)
        self.word = QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(self._dot)
        row.addWidget(self.word)
        self._name = ""
        self.show_state(None, "")

    @property
    def state(self) -> str:
        """WAKING, READY, READY_SLOW or MISSING."""
        return self._dot.state

    def show_state(self, encoder: Encoder | None, sentence: str) -> None:
        """Show an encoder that has woken, a sentence why it cannot, or neither yet."""
        if encoder is not None:
            fast = getattr(encoder, "device", "cpu") != "cpu"
            state, word = (READY if fast else READY_SLOW), self.tr("Ready")
            place = self.tr("the graphics card") if fast else self.tr("the processor")
            more = self.tr("Looking at cloth with {place}. Model {id}.").format(
                place=place, id=getattr(encoder, "id", "")
            )
        elif sentence:
            state, word, more = MISSING, self.tr("Cannot look at cloth"), sentence
        else:
            state, word, more = WAKING, self.tr("Getting ready…"), ""
        self._dot.state, self._word = state, word
        self._dot.update()
        self.setToolTip(more)
        self.setAccessibleDescription(more)
        self.show_name(self._name)

    def show_name(self, name: str) -> None:
        """Say which model answers for the open library; "" = not known."""
        self._name = name
        ready = self.state in (READY, READY_SLOW)
        self.word.setText(f"{self._word} · {name}" if name and ready else self._word)
        self.setAccessibleName(self.word.text())
