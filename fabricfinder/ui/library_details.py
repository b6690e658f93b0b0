"""The strip under the library's grid: what is known of the swatch under the cursor."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.belief_words import belief_text
from fabricfinder.ui.elided_label import ElidedLabel
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.palette_strip import PaletteStrip
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.swatch_mime import file_url
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, current_theme, scaled_font
from fabricfinder.ui.thread_words import density_text
from fabricfinder.ui.thumbnails import ThumbnailCache

SIDE = 96
LEAST_FOR_COLOURS, LEAST_FOR_PICTURE = 800, 520  # px of the strip


class ClothPicture(QWidget):
    """A square of cloth from the thumbnail cache."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails, self._id = thumbnails, ""
        self.setFixedSize(QSize(SIDE, SIDE))
        thumbnails.ready.connect(self._arrived)

    def show_swatch(self, swatch_id: str) -> None:
        """Show a swatch's picture."""
        self._id = swatch_id
        self.update()

    def _arrived(self, swatch_id: str) -> None:
        if swatch_id == self._id:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        side = round(SIDE * self.devicePixelRatioF())
        picture = self._thumbnails.pixmap(self._id, side, fill=True) if self._id else None
        if picture is None:
            painter.fillRect(self.rect(), current_theme().color("placeholder"))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self.rect(), picture)
        painter.end()


class DetailsStrip(QFrame):
    """One swatch in words: name, what it is, colours, size, scale, where its file lies.

    Of several that are chosen it says how many.

    Signals:
        use_as_query: a swatch id.
    """

    use_as_query = Signal(str)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("side", True)
        self._swatch: Swatch | None = None
        self._alone = False  # whether one swatch is told of, not several
        self._picture = ClothPicture(thumbnails, self)
        self._title = ElidedLabel(self)
        self._title.setFont(scaled_font(1.15, bold=True))
        self._facts = ElidedLabel(self)
        self._size = ElidedLabel(self)
        self._path = ElidedLabel(self)
        self._path.setProperty("muted", True)
        self._palette_strip = PaletteStrip(self, shares=False)
        self._palette_strip.setFixedWidth(240)
        self.query_button = QPushButton(self.tr("Use as query"), self)
        self.query_button.setProperty("primary", True)
        self.query_button.clicked.connect(self._use)
        self.folder_button = QPushButton(self.tr("Show in folder"), self)
        self.folder_button.clicked.connect(self._show_in_folder)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        for label in (self._title, self._facts, self._size, self._path):
            words.addWidget(label)
        colours = QVBoxLayout()
        colours.setSpacing(SPACE_XS)
        self._colors = WrappedLabel("", self)
        self._colors.setFixedWidth(240)
        colours.addWidget(self._palette_strip)
        colours.addWidget(self._colors)
        colours.addStretch(1)
        buttons = QVBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.query_button)
        buttons.addWidget(self.folder_button)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addWidget(self._picture)
        row.addLayout(words, 1)
        row.addLayout(colours)
        row.addLayout(buttons)
        self.setFixedHeight(SIDE + 2 * SPACE_M)
        self.show_swatch(None, None)

    def show_swatch(self, catalog: Catalog | None, swatch: Swatch | None) -> None:
        """Show a swatch of a catalog, or say that none is chosen."""
        self._swatch, self._alone = swatch, swatch is not None
        self._picture.show_swatch(swatch.id if swatch else "")
        self._show_parts()
        if swatch is None or catalog is None:
            self._title.setText(self.tr("No swatch chosen"))
            self._facts.setText(self.tr("Click a swatch, or move with the arrow keys."))
            self._size.setText("")
            self._path.setText("")
            return
        self._title.setText(wording.swatch_title(swatch))
        scale = wording.scale_text(swatch.px_per_cm, swatch.scale_source)
        size = self.tr("{w} × {h} px").format(w=swatch.width, h=swatch.height)
        self._size.setText(f"{size} · {scale}")
        self._path.setText(wording.shown_path(swatch.path))
        self._show_descriptor(catalog, swatch)

    def show_chosen(
        self, catalog: Catalog | None, current: Swatch | None, chosen: Sequence[Swatch]
    ) -> None:
        """Tell of the swatch under the cursor; of several chosen, how many they are."""
        if catalog is None or len(chosen) < 2:
            self.show_swatch(catalog, current or next(iter(chosen), None))
            return
        self._show_several(catalog, chosen)
        self._swatch = current  # the keys still mean the one she is at

    def _show_several(self, catalog: Catalog, swatches: Sequence[Swatch]) -> None:
        """How many are chosen, of how many articles, and how many nobody has looked at."""
        self._alone = False
        self._show_parts()
        self._title.setText(self.tr("{n} swatches chosen").format(n=count_text(len(swatches))))
        articles = {str(s.fields.get("article", "")).strip() for s in swatches} - {""}
        said = self.tr("of {n} articles").format(n=count_text(len(articles)))
        if len(articles) == 1:
            said = self.tr("all of article {name}").format(name=next(iter(articles)))
        self._facts.setText(said if articles else "")
        looked = sum(s.id in catalog.table_row_of for s in swatches)
        waiting = len(swatches) - looked
        self._size.setText(
            self.tr("{n} not looked at yet").format(n=count_text(waiting)) if waiting else ""
        )
        self._path.setText(self.tr("Press B to put them into the basket, right-click for more."))

    def _show_parts(self) -> None:
        """Show picture, buttons and colours where one swatch is meant, as far as there is room."""
        least = {self.query_button: 0, self.folder_button: 0, self._picture: LEAST_FOR_PICTURE,
                 self._palette_strip: LEAST_FOR_COLOURS, self._colors: LEAST_FOR_COLOURS}  # fmt: skip
        for widget, width in least.items():
            widget.setVisible(self._alone and self.width() >= width)

    def _show_descriptor(self, catalog: Catalog, swatch: Swatch) -> None:
        """What was seen in it, or that nobody has looked yet."""
        row = catalog.table_row_of.get(swatch.id)
        if row is None:
            self._facts.setText(self.tr("Not looked at yet."))
            self._palette_strip.set_colors(Palette(()))
            self._colors.setText("")
            return
        descriptor = catalog.table.descriptor(row)
        words = [
            belief_text(descriptor, dimension, default_taxonomy(), catalog.conformal)
            for dimension in ("coarse", "fine", "tightness")
        ]
        words.append(density_text(descriptor.with_stated_threads(swatch.fields).density))
        self._facts.setText(" · ".join(word for word in words if word != wording.UNKNOWN))
        self._palette_strip.set_colors(descriptor.palette)
        self._colors.setText(wording.palette_text(descriptor.palette))

    def _use(self) -> None:
        if self._swatch is not None:
            self.use_as_query.emit(self._swatch.id)

    def _show_in_folder(self) -> None:
        if self._swatch is not None:
            folder = self._swatch.path.rpartition("/")[0] or self._swatch.path
            QDesktopServices.openUrl(QUrl(file_url(folder)))

    def minimumSizeHint(self) -> QSize:
        """Override QFrame::minimumSizeHint: colours and picture give way, the buttons do not."""
        least = self.query_button.sizeHint().width() + 2 * SPACE_M + SPACE_L
        return QSize(least + self._title.minimumSizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QFrame::resizeEvent."""
        super().resizeEvent(event)
        self._show_parts()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: bold faces follow the application's font."""
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(scaled_font(1.15, bold=True))
        super().changeEvent(event)
