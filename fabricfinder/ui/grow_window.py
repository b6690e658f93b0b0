"""The window of a swatch grown to twice its size: the picture and what was imagined, side by side."""

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.plain_parts import plain_button, plain_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, current_theme, scaled_font

LARGEST_PX = 1600  # of the grown picture on the screen; the file that is saved is whole
KINDS = "PNG (*.png);;JPEG (*.jpg);;TIFF (*.tif)"
FIELDS = 3  # widths of the picture side by side: its own, and the grown one's two


class GrowthCanvas(QWidget):
    """Both pictures at one scale, so that a yarn is as wide in one as in the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._true: QPixmap | None = None
        self._imagined: QPixmap | None = None
        self._cloth: QPixmap | None = None
        self._growing = False
        self.captions = ("", "")
        self.setMinimumSize(480, 260)

    def show_pictures(self, true: np.ndarray | None, imagined: np.ndarray | None) -> None:
        """Show uint8 (h, w, 3) and (2h, 2w, 3), or nothing."""
        self._true = None if true is None else _pixmap(true)
        self._imagined = None if imagined is None else _pixmap(imagined)
        self.setAccessibleName(" ".join(self.captions))
        self.update()

    def show_cloth(self, cloth: QPixmap | None) -> None:
        """Show the cloth until both pictures are there; None while its thumbnail is not."""
        self._cloth = cloth
        self.update()

    def show_growing(self, growing: bool) -> None:
        """Frame the room it grows into while it does."""
        self._growing = growing
        self.update()

    def cloth_places(self) -> tuple[QRect, QRect]:
        """Where the cloth is painted while nothing has come of it, and what it grows into."""
        if self._cloth is None:
            return QRect(), QRect()
        room = self.size() - 2 * QSize(SPACE_L, SPACE_L)
        whole = QRect(QPoint(), self._cloth.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
        whole.moveCenter(self.rect().center())
        cloth = QRect(QPoint(), whole.size() / 2)
        cloth.moveCenter(whole.center())
        return cloth, whole

    def places(self) -> tuple[QRect, QRect]:
        """Where the picture and the grown one are painted; empty without pictures."""
        if self._imagined is None:
            return QRect(), QRect()
        words = self.fontMetrics().height() + SPACE_S
        room = QSize(self.width() - 3 * SPACE_L, self.height() - 2 * SPACE_M - words)
        shape = self._imagined.size()
        whole = QSize(shape.width() * FIELDS // 2, shape.height())
        fitted = whole.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if fitted.width() > whole.width():  # never larger than its own pixels
            fitted = whole
        wide = fitted.width() * 2 // FIELDS
        grown = QRect(QPoint(0, SPACE_M), QSize(wide, fitted.height()))
        true = QRect(QPoint(0, 0), grown.size() / 2)
        left = (self.width() - true.width() - SPACE_L - grown.width()) // 2
        true.moveTo(left, grown.center().y() - true.height() // 2)
        grown.moveLeft(true.right() + SPACE_L)
        return true, grown

    # Qt overrides ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surround"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._true is None or self._imagined is None:
            self._paint_cloth(painter)
            return
        painter.setPen(theme.color("text"))
        pictures = (self._true, self._imagined)
        for place, picture, words in zip(self.places(), pictures, self.captions, strict=True):
            painter.drawPixmap(place, picture)
            under = QRect(place.left(), place.bottom() + SPACE_S, place.width(), self.height())
            shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, under.width())
            painter.drawText(under, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)


    def _paint_cloth(self, painter: QPainter) -> None:
        cloth, whole = self.cloth_places()
        if self._cloth is not None:
            painter.drawPixmap(cloth, self._cloth)
        if self._growing:
            painter.setPen(QPen(current_theme().color("strong_line"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(whole.adjusted(0, 0, -1, -1))


class GrowWindow(QDialog):
    """Not modal. It shows how far the growing is, then both pictures, and saves the result.

    Signals:
        stop_wanted: stop growing; also when the window is closed.
        save_wanted: write the grown swatch to this path.
    """

    stop_wanted = Signal()
    save_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ask_file = QFileDialog.getSaveFileName
        self._proposed = ""
        self.title = QLabel(self)
        self.title.setFont(scaled_font(1.4, bold=True))
        self.canvas = GrowthCanvas(self)
        self.said = plain_words(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.save_button = plain_button(self, self.tr("Save picture…"))
        self.stop_button = plain_button(self, self.tr("Stop"))
        self.close_button = plain_button(self, self.tr("Close"))
        self.save_button.setProperty("primary", True)
        self._lay_out()
        self.save_button.clicked.connect(self._save)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.close_button.clicked.connect(self.close)
        self.resize(980, 560)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.title)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.said)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        for button in (self.close_button, self.stop_button, self.save_button):
            row.addWidget(button)
        column.addLayout(row)

    # What the flow tells -----------------------------------------------------------------------

    def begin(self, name: str, proposed: str) -> None:
        """A swatch is being grown.

        Args:
            name: what it is called.
            proposed: the path offered when it is saved.
        """
        self._proposed = proposed
        self.setWindowTitle(self.tr("Grow this swatch – {name}").format(name=name))
        self.title.setText(self.tr("{name}, twice its size").format(name=name))
        self.canvas.show_pictures(None, None)
        self.say(self.tr("Looking for how this cloth repeats, and going on with it."))
        self._show_busy(True)
        self.stop_button.setFocus()

    def show_progress(self, done: int, total: int | None) -> None:
        """Say how far it is."""
        self.bar.setRange(0, total or 0)
        self.bar.setValue(done)

    def show_growth(self, shown: Any, sentence: str, captions: tuple[str, str]) -> None:
        """Show a ``growing.ShownGrowth``, what is to be said of it, and a line under each."""
        self.canvas.captions = captions
        self.canvas.show_pictures(shown.true, shown.imagined)
        self.say(sentence)
        self._show_busy(False)
        self.save_button.setEnabled(True)
        self.save_button.setFocus()

    def fail(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self.say(sentence)
        self._show_busy(False)
        self.close_button.setFocus()

    def say(self, sentence: str) -> None:
        """Show a sentence under the pictures."""
        self.said.setText(sentence)

    # Inside ------------------------------------------------------------------------------------

    def _show_busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.stop_button.setVisible(busy)
        self.save_button.setEnabled(False)
        self.canvas.show_growing(busy)

    def _save(self) -> None:
        words = self.tr("Save the grown swatch")
        path, kind = self.ask_file(self, words, self._proposed, KINDS)
        if not path:
            return
        if not Path(path).suffix:
            path += kind[kind.index("*") + 1 : kind.index(")")] if "*" in kind else ".png"
        self.save_wanted.emit(path)

    # Qt overrides ------------------------------------------------------------------------------

    def reject(self) -> None:
        """Override QDialog::reject, by which every closing goes: what still grows is stopped."""
        self.stop_wanted.emit()
        super().reject()


def _pixmap(rgb: np.ndarray) -> QPixmap:
    """uint8 (h, w, 3) as a pixmap of its own."""
    rgb = np.ascontiguousarray(rgb)
    height, width, _ = rgb.shape
    return QPixmap.fromImage(
        QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    )
