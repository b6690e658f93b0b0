"""The pictures of one article side by side: its colourways, faces and backs."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui import field_words
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.flow_layout import FlowLayout
from fabricfinder.ui.theme import SPACE_XS, current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

SIDE, PAD, MOST = 62, 3, 24


class PictureButton(QAbstractButton):
    """One picture with its colourway and view under it; the one she looks at is framed."""

    def __init__(self, swatch: Swatch, current: bool, cache: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self.swatch, self._current, self._cache = swatch, current, cache
        colour = str(swatch.fields.get("colourway", ""))
        view = field_words.view_name(swatch.view) if swatch.view else ""
        self.setText(" ".join(word for word in (colour, view) if word))
        self.setAccessibleName(self.text() or self.tr("picture"))
        self.setToolTip(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        cache.ready.connect(self._arrived)

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        words = 14 if self.text() else 0
        return QSize(SIDE + 2 * PAD, SIDE + 2 * PAD + words)

    def _arrived(self, swatch_id: str) -> None:
        if swatch_id == self.swatch.id:
            self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override QWidget::enterEvent."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override QWidget::leaveEvent."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter, theme = QPainter(self), current_theme()
        cloth = QRect(PAD, PAD, SIDE, SIDE)
        picture = self._cache.pixmap(
            self.swatch.id, round(SIDE * self.devicePixelRatioF()), fill=True
        )
        if picture is None:
            painter.fillRect(cloth, theme.color("placeholder"))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(cloth, picture)
            paint_cloth_edge(painter, cloth)
        if self._current or self.hasFocus() or self.underMouse():
            width = 2 if self._current or self.hasFocus() else 1
            painter.setPen(QPen(theme.color("focus" if self._current else "strong_line"), width))
            painter.drawRect(cloth.adjusted(-1, -1, 0, 0))
        painter.setPen(theme.color("text" if self._current else "muted"))
        painter.setFont(scaled_font(0.8))
        under = QRect(0, SIDE + 2 * PAD - 1, self.width(), 14)
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, shown)
        painter.end()


class ArticleStrip(QWidget):
    """Every picture of the article she looks at; hidden when there is only one.

    Signals:
        chosen: a swatch id.
    """

    chosen = Signal(str)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._flow = FlowLayout(self, spacing=SPACE_XS)
        self._shown: tuple = ()
        self.setAccessibleName(self.tr("Pictures of this article"))

    def show_swatch(self, catalog: Catalog | None, swatch: Swatch | None) -> None:
        """Show the article of a swatch."""
        rows = []
        if catalog is not None and swatch is not None:
            rows = catalog.articles.get(str(swatch.fields.get("article")), [])
        several = len(rows) > 1
        swatches = [catalog.swatches[r] for r in rows[:MOST]] if several else []
        key = (swatch.id if swatch else "", tuple(swatches))
        if key == self._shown:
            return
        self._shown = key
        self._flow.clear()
        for one in swatches:
            button = PictureButton(one, swatch is not None and one.id == swatch.id,
                                   self._thumbnails, self)  # fmt: skip
            button.clicked.connect(self._choose)
            self._flow.addWidget(button)
            button.show()
        self.setVisible(several)
        self.updateGeometry()

    def buttons(self) -> list[PictureButton]:
        """The pictures shown, in order."""
        return [self._flow.itemAt(i).widget() for i in range(self._flow.count())]

    def _choose(self) -> None:
        self.chosen.emit(self.sender().swatch.id)
