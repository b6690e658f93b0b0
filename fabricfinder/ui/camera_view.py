"""What a camera sees, live, or why there is nothing to see."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.ui.theme import current_theme, scaled_font


class CameraView(QWidget):
    """A picture fitted in the middle with a cross to aim by; dimmed while the camera is lost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.words, self.lost = "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(self.tr("What the camera sees"))

    def show_image(self, image: QImage) -> None:
        """Show the newest picture."""
        self.image, self.words, self.lost = image, "", False
        self.update()

    def show_words(self, words: str) -> None:
        """Say why there is no picture; the last one stays, dimmed."""
        self.words, self.lost = words, True
        self.setAccessibleDescription(words)
        self.update()

    def forget(self, words: str) -> None:
        """No picture, only words."""
        self.image = QImage()
        self.show_words(words)

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(720, 540)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surround"))
        if not self.image.isNull():
            size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(QRectF(self.rect()).center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self.image)
            middle = place.center()
            for color, width in ((QColor("#141414"), 3), (QColor("#ffffff"), 1)):
                painter.setPen(QPen(color, width))
                painter.drawLine(int(middle.x()) - 12, int(middle.y()), int(middle.x()) + 12,
                                 int(middle.y()))  # fmt: skip
                painter.drawLine(int(middle.x()), int(middle.y()) - 12, int(middle.x()),
                                 int(middle.y()) + 12)  # fmt: skip
            if self.lost:
                fade = theme.color("surround")
                fade.setAlpha(190)
                painter.fillRect(place, fade)
        if self.words:
            painter.setPen(theme.color("text"))
            painter.setFont(scaled_font(1.15))
            room = self.rect().adjusted(40, 20, -40, -20)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self.words)


def image_of(rgb: np.ndarray) -> QImage:
    """Pixels, uint8 (h, w, 3), as a picture that owns them."""
    rgb = np.ascontiguousarray(rgb)
    height, width, _ = rgb.shape
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def pixels_of(image: QImage) -> np.ndarray:
    """A picture's pixels, uint8 (h, w, 3), a copy."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
