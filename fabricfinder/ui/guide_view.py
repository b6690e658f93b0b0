"""One page of the guide: Markdown dressed by the theme, its pictures as wide as the column."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from fabricfinder.ui.guide_pages import with_captions
from fabricfinder.ui.settling import Settling, settling_timer
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, Theme, current_theme

COLUMN_PX = 760  # a longer line is hard to read
LINE_HEIGHT = 135.0  # percent
HEADINGS = {1: 1.7, 2: 1.25, 3: 1.05}  # times the text's size
PICTURE = QTextDocument.ResourceType.ImageResource.value
_TEXT = QTextDocument.ResourceType.MarkdownResource.value
_HEIGHT = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


class GuideView(Settling, QTextBrowser):
    """Shows a page, goes back and forward between pages; nothing is fetched from anywhere.

    Signals:
        page_wanted: the key of a page whose link was followed.
        picture_wanted: the file of a picture to be seen large, and what it shows.
    """

    page_wanted = Signal(str)
    picture_wanted = Signal(str, str)

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        """``folder`` holds everything that may be shown."""
        super().__init__(parent)
        self._folder = folder.resolve()
        self._words = ""
        self._drawn = (0, "")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(self.tr("Page of the guide"))
        self._settle = settling_timer(self, self._redraw)
        self.anchorClicked.connect(self._follow)

    # What the window asks ----------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The page shown, or ""."""
        return Path(self.source().path()).stem

    def show_file(self, path: Path) -> None:
        """Show a page; the one shown before is kept for going back."""
        self.setSource(QUrl.fromLocalFile(str(path.resolve())))

    def mark_words(self, words: str) -> None:
        """Mark every place where one of some words stands, and go to the first; "" = none."""
        self._words = words
        selections = []
        for word in words.split():
            cursor = self.document().find(word)
            while not cursor.isNull():
                selections.append(_marked(cursor))
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(selections)
        if selections:
            first = min(selections, key=lambda one: one.cursor.selectionStart()).cursor
            first.clearSelection()
            self.setTextCursor(first)
            upper = self.cursorRect(first).top() - self.viewport().height() // 3
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + upper)

    @property
    def column_px(self) -> int:
        """Width of the text and its pictures."""
        return max(240, min(COLUMN_PX, self.viewport().width() - 2 * SPACE_XL))

    # Inside ------------------------------------------------------------------------------------

    def _follow(self, url: QUrl) -> None:
        """A link was clicked, or Enter pressed on it: only then anything outside is opened."""
        if url.scheme() in ("http", "https", "mailto"):
            QDesktopServices.openUrl(url)
            return
        path = Path(url.toLocalFile() or url.path())
        if path.suffix == ".md":
            self.page_wanted.emit(path.stem)
        else:
            there = self._file_of(url)
            if there is not None:
                self.picture_wanted.emit(str(there), self._captions.get(str(there), ""))

    def _file_of(self, url: QUrl) -> Path | None:
        """The file of a link on this page, where it is one of the guide's own."""
        resolved = self.source().resolved(url) if url.isRelative() else url
        path = Path(resolved.toLocalFile()).resolve()
        return path if path.is_file() and path.is_relative_to(self._folder) else None

    def _dress(self) -> None:
        """Give the page the theme's looks."""
        theme, document = current_theme(), self.document()
        self._captions: dict[str, str] = {}
        frame = document.rootFrame().frameFormat()
        side = max(SPACE_XL, (self.viewport().width() - self.column_px) // 2)
        _set_margins(frame, SPACE_XL, side)
        document.rootFrame().setFrameFormat(frame)
        size = self.font().pointSizeF()
        below_picture = False
        block = document.begin()
        while block.isValid():
            following = block.next()
            below_picture = self._dress_block(block, theme, size, below_picture)
            block = following
        for table in document.rootFrame().childFrames():
            if isinstance(table, QTextTable):
                _dress_table(table, theme)
        self._drawn = (self.column_px, theme.name)

    def _dress_block(self, block: QTextBlock, theme: Theme, size: float, caption: bool) -> bool:
        """Dress a paragraph, a heading, a list's line; returns whether it is a picture."""
        shape, level = block.blockFormat(), block.blockFormat().headingLevel()
        cursor = QTextCursor(block)
        in_table = cursor.currentTable() is not None
        shape.setLineHeight(LINE_HEIGHT, _HEIGHT)
        shape.setTopMargin(SPACE_XL if level == 2 else SPACE_L if level == 3 else 0)
        shape.setBottomMargin(0 if in_table else SPACE_S if block.textList() else SPACE_M)
        if caption:
            shape.setBottomMargin(SPACE_L)
        is_picture = self._dress_words(block, theme, size * HEADINGS.get(level, 1.0), level)
        if is_picture:
            shape.setLineHeight(0, QTextBlockFormat.LineHeightTypes.SingleHeight.value)
            shape.setBottomMargin(SPACE_S)
        cursor.setBlockFormat(shape)
        if caption:
            quiet = QTextCharFormat()
            quiet.setForeground(theme.color("muted"))
            quiet.setFontPointSize(size * 0.9)
            _select(cursor, block)
            cursor.mergeCharFormat(quiet)
            self._captions[self._last_picture] = block.text()
        return is_picture

    def _dress_words(self, block: QTextBlock, theme: Theme, size: float, level: int) -> bool:
        """Sizes, code and pictures in one paragraph; returns whether it is a picture."""
        is_picture = False
        parts = []
        walk = block.begin()
        while not walk.atEnd():
            piece = walk.fragment()
            parts.append((piece.position(), piece.length(), piece.charFormat()))
            walk += 1
        cursor = QTextCursor(block)
        for start, length, format_ in parts:
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            new = QTextCharFormat()
            new.setFontPointSize(size)
            if level:
                new.setFontWeight(700)
            if format_.fontFixedPitch() or "monospace" in (format_.fontFamilies() or ()):
                new.setBackground(theme.color("window"))
            if format_.isAnchor():
                new.setFontUnderline(True)
                new.setForeground(theme.color("text"))
            if format_.isImageFormat():
                is_picture = True
                name = QTextImageFormat(format_.toImageFormat()).name()
                self._last_picture = str(self._file_of(QUrl(name)) or "")
                new = QTextCharFormat()
                new.setAnchor(True)
                new.setAnchorHref(name)
            cursor.mergeCharFormat(new)
        return is_picture

    def _redraw(self) -> None:
        """The column has another width, or the theme is another."""
        if self.source().isEmpty() or self._drawn == (self.column_px, current_theme().name):
            return
        place = self.verticalScrollBar().value() / max(1, self.verticalScrollBar().maximum())
        self.reload()
        if self._words:
            self.mark_words(self._words)
        self.verticalScrollBar().setValue(round(place * self.verticalScrollBar().maximum()))

    # Qt overrides ------------------------------------------------------------------------------

    def doSetSource(self, name: QUrl, kind: QTextDocument.ResourceType) -> None:
        """Override QTextBrowser::doSetSource: a page is dressed as soon as it is read."""
        super().doSetSource(name, kind)
        self._words = ""
        self.setExtraSelections([])
        self._dress()

    def loadResource(self, kind: int, name: QUrl) -> Any:
        """Override QTextBrowser::loadResource: files of the guide and nothing else."""
        path = self._file_of(name)
        if path is None:
            return None
        if kind == _TEXT:
            return with_captions(path.read_text("utf-8"))
        if kind != PICTURE:
            return None
        image, ratio = QImage(str(path)), self.devicePixelRatioF()
        width = min(image.width(), round(self.column_px * ratio))
        shown = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(ratio if width == round(self.column_px * ratio) else 1.0)
        return shown


def _set_margins(frame: QTextFrameFormat, upper: float, side: float) -> None:
    frame.setTopMargin(upper)
    frame.setBottomMargin(upper)
    frame.setLeftMargin(side)
    frame.setRightMargin(side)


def _select(cursor: QTextCursor, block: QTextBlock) -> None:
    """Select a block without its end."""
    cursor.setPosition(block.position())
    cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)


def _dress_table(table: QTextTable, theme: Theme) -> None:
    """Hairlines, room in the cells, a bold first row where it says anything."""
    format_ = table.format()
    format_.setBorder(1)
    format_.setBorderCollapse(True)
    format_.setBorderBrush(theme.color("line"))
    format_.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    format_.setCellPadding(SPACE_S)
    format_.setCellSpacing(0)
    format_.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    format_.setTopMargin(SPACE_S)
    format_.setBottomMargin(SPACE_L)
    table.setFormat(format_)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        head = cell.format()
        head.setBackground(theme.color("panel"))
        cell.setFormat(head)


def _marked(cursor: QTextCursor) -> QTextEdit.ExtraSelection:
    """How a place that was looked for is shown."""
    theme = current_theme()
    one = QTextEdit.ExtraSelection()
    one.cursor = QTextCursor(cursor)
    one.format.setBackground(QColor(theme.select))
    one.format.setForeground(QColor(theme.select_text))
    one.format.setProperty(QTextFormat.Property.FullWidthSelection, False)
    return one
