"""A label that gives way instead of pushing its neighbours."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class ElidedLabel(QLabel):
    """A one-line label that gives way: what does not fit becomes an ellipsis and a tooltip."""

    def minimumSizeHint(self) -> QSize:
        """Override QLabel::minimumSizeHint: a few letters are enough."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QLabel::paintEvent: draw the text cut at the end when it is too long."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if text != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class WholeLabel(ElidedLabel):
    """A one-line label that says its text whole or not at all; what it says is said elsewhere too."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QLabel::paintEvent."""
        if QFontMetrics(self.font()).horizontalAdvance(self.text()) <= self.width():
            super().paintEvent(event)
