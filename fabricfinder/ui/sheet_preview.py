"""The live preview: a page as it will print, painted on the worker by the same painting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.composing import PictureWish, compose
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.sheets.content import Sheet
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.ui.desk import Steps
from fabricfinder.ui.sheet_files import page_image
from fabricfinder.ui.sheet_pages import SheetPages, wish_for
from fabricfinder.ui.theme import current_theme

PREVIEW_PPI = 160.0


@dataclass(frozen=True, slots=True, eq=False)
class PreviewPage:
    """One page for the preview: the picture, its number from 0, and how many the sheet has."""

    image: QImage
    number: int
    total: int


class PreviewMaker:
    """Makes pages on the worker and keeps the last sheet, so that turning a page reads nothing."""

    def __init__(self) -> None:
        self._asked: tuple[Any, ...] = ()
        self._result: object = None  # kept, so that no newer result can have its identity
        self._sheet: Sheet | None = None

    def page(
        self, request: SheetRequest, catalog: Catalog, number: int, px_per_mm: float,
        words: Mapping[str, str], taxonomy: Taxonomy | None = None,
    ) -> Steps:  # fmt: skip
        """Paint page ``number``, or the last there is; returns a PreviewPage.

        Raises:
            SheetError: there is nothing to show.
        """
        asked = (_key(request), catalog.revision)
        if self._sheet is None or asked != self._asked:
            wish = _small(request)
            sheet = yield from compose(request, catalog, wish, words, None, taxonomy)
            self._asked, self._sheet, self._result = asked, sheet, request.result
        pages = SheetPages(self._sheet, request.layout, request.paper)
        number = max(0, min(number, len(pages) - 1))
        yield Progress("Painting the page", number, len(pages), "pages")
        return PreviewPage(page_image(pages, number, px_per_mm), number, len(pages))


def _key(request: SheetRequest) -> tuple[Any, ...]:
    """What a sheet follows from; layouts want other pictures, so they count."""
    return (
        id(request.result), request.preference, request.picks, request.top, request.layout,
        request.paper, request.profile, request.title, request.facts, request.plots, request.fold,
    )  # fmt: skip


def _small(request: SheetRequest) -> Callable[[int], PictureWish]:
    """The layout's pictures at the resolution of a screen."""
    wish = wish_for(request.layout, request.paper)
    return lambda n: replace(wish(n), ppi=min(PREVIEW_PPI, wish(n).ppi), least_ppi=0.0)


class PagePreview(QWidget):
    """Shows one page on a quiet ground, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: PreviewPage | None = None
        self._said = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 400)
        self.setAccessibleName(self.tr("Preview of the page"))

    @property
    def shown(self) -> PreviewPage | None:
        """The page that is shown."""
        return self._page

    def show_page(self, page: PreviewPage) -> None:
        """Show a page."""
        self._page, self._said = page, ""
        self.update()

    def say(self, words: str) -> None:
        """Show words instead of a page."""
        self._page, self._said = None, words
        self.update()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(560, 780)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(self.rect(), theme.color("surround"))
        if self._page is None:
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self._said)
            return
        image = self._page.image
        room = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        scale = min(room.width() / image.width(), room.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        left = room.left() + (room.width() - width) / 2
        target = QRectF(left, room.top() + (room.height() - height) / 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        painter.setPen(theme.color("strong_line"))
        painter.drawRect(target)
