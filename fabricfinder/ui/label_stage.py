"""The cloth that is asked about, what the model would say, and the nearest labelled ones."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.questions import Asked
from fabricfinder.ui import wording
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.label_words import certainty_text, tr, value_text
from fabricfinder.ui.number_words import held_together, named
from fabricfinder.ui.picture_files import PictureReader
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.theme import SPACE_M, SPACE_S, current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

LARGEST_PX = 1600
TILE = 104


class Cloth(QWidget):
    """One swatch as large as its place, or at true size; the thumbnail at once, then the original."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._swatch: Swatch | None = None
        self._picture: QPixmap | None = None
        self.true_size = False
        self._reader = PictureReader(self)
        self._reader.read.connect(self._take_picture)
        thumbnails.ready.connect(self._thumbnail_ready)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 180)

    @property
    def swatch(self) -> Swatch | None:
        """The swatch shown."""
        return self._swatch

    def show_swatch(self, swatch: Swatch | None, upcoming: Sequence[Swatch] = ()) -> None:
        """Show a swatch; the thumbnails of those that come next are fetched meanwhile."""
        self._swatch, self._picture = swatch, None
        self._reader.forget()
        if swatch is not None:
            self.setAccessibleName(wording.spoken_title(swatch))
            self._reader.ask(swatch.path, LARGEST_PX)
        for later in upcoming:
            self._thumbnails.pixmap(later.id, 512)
        self.update()

    def set_true_size(self, on: bool) -> None:
        """Show the cloth as large as it is in the hand, where its scale is known."""
        self.true_size = on
        self.update()

    def _take_picture(self, path: str, image: QImage) -> None:
        if self._swatch is not None and path == self._swatch.path and not image.isNull():
            self._picture = QPixmap.fromImage(image)
            self.update()

    def _thumbnail_ready(self, swatch_id: str) -> None:
        if self._swatch is not None and swatch_id == self._swatch.id:
            self.update()

    def _place(self, swatch: Swatch) -> QRect:
        shape = QSize(swatch.width or 1, swatch.height or 1)
        size = shape.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.true_size and swatch.px_per_cm:
            per_cm = self.screen().physicalDotsPerInch() / 2.54
            size = shape * (per_cm / swatch.px_per_cm)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().color("surround"))
        if self._swatch is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place(self._swatch)
        picture = self._picture or self._thumbnails.pixmap(self._swatch.id, 512)
        if picture is None or picture.isNull():
            painter.fillRect(place, current_theme().color("placeholder"))
        else:
            painter.drawPixmap(place, picture)
        paint_cloth_edge(painter, place)


class Reference(QWidget):
    """A labelled neighbour: its picture and what was said of it."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails, self._asked, self._words = thumbnails, None, None
        thumbnails.ready.connect(self.update)
        self.setFixedSize(TILE + 40, TILE + 40)

    def show_reference(self, asked: Asked, words: Vocabulary) -> None:
        """Show one."""
        self._asked, self._words = asked, words
        text = value_text(asked.said, words)
        self.setAccessibleName(named(wording.spoken_title(asked.swatch), text))
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        if self._asked is None:
            return
        painter, theme = QPainter(self), current_theme()
        place = QRect(1, 1, TILE, TILE)
        ratio = self.devicePixelRatioF()
        picture = self._thumbnails.pixmap(self._asked.swatch.id, round(TILE * ratio), fill=True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is None or picture.isNull():
            painter.fillRect(place, theme.color("placeholder"))
        else:
            painter.drawPixmap(place, picture)
        paint_cloth_edge(painter, place)
        painter.setFont(scaled_font(0.9, bold=True))
        painter.setPen(theme.color("text"))
        room = QRect(0, TILE + 5, self.width(), 34)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), held_together(value_text(self._asked.said, self._words)))


class LabelStage(QWidget):
    """Cloth, ghost and references.

    Signals:
        accepted: she takes what the model says.
        spread: she wants the look-alikes of this swatch.
    """

    accepted = Signal()
    spread = Signal()

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.cloth = Cloth(thumbnails, self)
        self.title = QLabel(self)
        self.title.setFont(scaled_font(1.15, bold=True))
        self.facts = QLabel(self)
        self.facts.setProperty("muted", True)
        self.accept = QPushButton(self)
        self.accept.clicked.connect(self.accepted)
        self.ghost = WrappedLabel("", self)
        self.near_title = QLabel(self.tr("The nearest you have labelled"), self)
        self.near_title.setProperty("muted", True)
        self._near = QHBoxLayout()
        self._near.setSpacing(SPACE_S)
        self.look_alikes = QPushButton(self.tr("Look-alikes… (F6)"), self)
        self.look_alikes.setToolTip(
            self.tr("Give the same label to swatches that look alike in this dimension only")
        )
        self.look_alikes.clicked.connect(self.spread)
        for button in (self.accept, self.look_alikes):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()

    def _arrange(self) -> None:
        heads = QHBoxLayout()
        heads.addWidget(self.title)
        heads.addSpacing(SPACE_M)
        heads.addWidget(self.facts, 1)
        heads.addWidget(self.look_alikes)
        ghosts = QHBoxLayout()
        ghosts.addWidget(self.accept)
        ghosts.addWidget(self.ghost, 1)
        near = QWidget(self)
        near.setFixedHeight(TILE + 44)
        near.setLayout(self._near)
        self._near.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(heads)
        column.addWidget(self.cloth, 1)
        column.addLayout(ghosts)
        column.addWidget(self.near_title)
        column.addWidget(near)

    def show_asked(
        self, asked: Asked, said: str | float | None, words: Vocabulary, upcoming: Sequence[Swatch]
    ) -> None:
        """Ask about a swatch."""
        swatch = asked.swatch
        if self.cloth.swatch is None or self.cloth.swatch.id != swatch.id:
            self.cloth.show_swatch(swatch, upcoming)
            self._clear_references()
        self.title.setText(wording.swatch_title(swatch))
        self.facts.setText(wording.size_text(swatch.width, swatch.height, swatch.px_per_cm))
        self.accept.setVisible(bool(asked.ghosts) or said is not None)
        told = []
        if asked.ghosts:
            best = asked.ghosts[0]
            name = value_text(best.value, words)
            self.accept.setText(tr("{name}   ⏎ Enter").format(name=name))
            by = tr("by its counts and densities") if asked.source == "computed" else (
                tr("the model, {n} sure").format(n=certainty_text(best.certainty)))  # fmt: skip
            told.append(by)
            told += [
                f"{value_text(g.value, words)} {certainty_text(g.certainty)}"
                for g in asked.ghosts[1:3] if g.certainty >= 0.02
            ]  # fmt: skip
        elif said is not None:
            self.accept.setText(tr("Keep {name}   ⏎ Enter").format(name=value_text(said, words)))
        else:
            told.append(tr("The model cannot say."))
        if said is not None:
            told.append(tr("you said: {value}").format(value=value_text(said, words)))
        self.ghost.setText(" · ".join(told))

    def show_references(self, references: Sequence[Asked], words: Vocabulary) -> None:
        """Show the nearest labelled swatches."""
        self._clear_references()
        for asked in references:
            tile = Reference(self._thumbnails, self)
            tile.show_reference(asked, words)
            self._near.addWidget(tile)
        if not references:
            hint = QLabel(self.tr("None yet: they appear here as you label."), self)
            hint.setProperty("muted", True)
            self._near.addWidget(hint, 0, Qt.AlignmentFlag.AlignTop)
        self._near.addStretch(1)

    def _clear_references(self) -> None:
        while self._near.count():
            item = self._near.takeAt(0)
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
