"""The guide's window: contents or what was looked for left, the page right."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.guide_pages import INDEX, GuideBook
from fabricfinder.ui.guide_view import GuideView
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.theme import SPACE_M, SPACE_S, scaled_font

SIDE_PX = 280
ROOMY = "QListWidget::item { padding: 4px 8px; }"
KEY = Qt.ItemDataRole.UserRole


class GuideWindow(QDialog):
    """Not modal: she reads and works.

    Attributes:
        contents: the pages, or those on which the words of ``search`` stand.
        view: the page.
    """

    def __init__(self, book: GuideBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Guide"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.book = book
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search the guide"))
        self.search.setAccessibleName(self.tr("Search the guide"))
        self.search.setClearButtonEnabled(True)
        self.contents = QListWidget(self)
        self.contents.setAccessibleName(self.tr("Contents of the guide"))
        self.contents.setWordWrap(True)
        self.contents.setStyleSheet(ROOMY)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view = GuideView(book.folder, self)
        self.back = self._button("‹", self.tr("Page before (Alt+Left)"))
        self.forward = self._button("›", self.tr("Page after (Alt+Right)"))
        self.home = self._button(self.tr("Contents"), self.tr("All pages of the guide (Alt+Home)"))
        self._lay_out()
        self._connect()
        self.resize(fitting(self, 1120, 780))
        self._fill()

    # What the flow asks ------------------------------------------------------------------------

    def open_page(self, key: str) -> None:
        """Show a page; an unknown key is the index."""
        self.view.show_file(self.book.path(key))
        self.view.mark_words(self.search.text())
        self._show_place()

    def begin_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # Inside ------------------------------------------------------------------------------------

    def _button(self, sign: str, meaning: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setToolTip(meaning)
        button.setAccessibleName(meaning)
        button.setProperty("toggle", True)
        return button

    def _lay_out(self) -> None:
        self.back.setFont(scaled_font(1.3))
        self.forward.setFont(scaled_font(1.3))
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        for button in (self.back, self.forward, self.home):
            head.addWidget(button)
        head.addStretch(1)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self.contents, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(side)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([SIDE_PX, 1120 - SIDE_PX])
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._open_first)
        self.search.installEventFilter(self)
        self.contents.itemClicked.connect(self._open_item)
        self.contents.itemActivated.connect(self._open_item)
        self.view.page_wanted.connect(self._follow)
        self.view.picture_wanted.connect(self._enlarge)
        self.view.sourceChanged.connect(self._show_place)
        self.view.backwardAvailable.connect(self.back.setEnabled)
        self.view.forwardAvailable.connect(self.forward.setEnabled)
        self.back.clicked.connect(self.view.backward)
        self.forward.clicked.connect(self.view.forward)
        self.home.clicked.connect(self._go_home)
        for keys, deed in (
            ("Alt+Left", self.view.backward), ("Alt+Right", self.view.forward),
            ("Alt+Home", self._go_home), ("Ctrl+F", self.begin_search),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, deed)
        self.back.setEnabled(False)
        self.forward.setEnabled(False)

    def _fill(self) -> None:
        """The contents or, while something is looked for, the pages on which it stands."""
        words = self.search.text().strip()
        self.contents.clear()
        if not words:
            self._fill_contents()
            self.view.mark_words("")
        else:
            hits = self.book.find(words)
            for hit in hits:
                text = self.tr("{title} ({n})").format(title=hit.title, n=hit.times)
                self._add(f"{text}\n{hit.snippet}", hit.key)
            if not hits:
                self._add_heading(self.tr("No page has these words."))
        self._show_place()

    def _fill_contents(self) -> None:
        group = ""
        for entry in self.book.entries:
            if entry.group != group:
                group = entry.group
                self._add_heading(group)
            self._add(entry.title, entry.key)

    def _add(self, text: str, key: str) -> None:
        item = QListWidgetItem(text, self.contents)
        item.setData(KEY, key)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text, self.contents)
        item.setFont(scaled_font(1.0, bold=True))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)  # read out, never chosen

    def _items(self) -> list[QListWidgetItem]:
        """The lines that lead to a page."""
        rows = (self.contents.item(row) for row in range(self.contents.count()))
        return [item for item in rows if item.data(KEY)]

    def _open_item(self, item: QListWidgetItem) -> None:
        if item.data(KEY):
            self.open_page(item.data(KEY))

    def _open_first(self) -> None:
        items = self._items()
        if items:
            self._open_item(items[0])

    def _follow(self, key: str) -> None:
        """A link of a page: what was looked for is done with."""
        self.search.clear()
        self.open_page(key)

    def _go_home(self) -> None:
        self._follow(INDEX)

    def _show_place(self) -> None:
        """Choose the line of the page shown."""
        for item in self._items():
            if item.data(KEY) == self.view.key:
                self.contents.setCurrentItem(item)
                return
        self.contents.setCurrentItem(None)

    def _enlarge(self, path: str, caption: str) -> None:
        """A picture in its own size."""
        PictureSheet(path, caption, self).show()

    # Qt overrides ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: Down leads from the search field into the list."""
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
                self.contents.setFocus(Qt.FocusReason.OtherFocusReason)
                if self.contents.currentItem() is None and self._items():
                    self.contents.setCurrentItem(self._items()[0])
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QDialog::keyPressEvent: Esc first ends the search, then puts the guide away."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # belongs to what has the keyboard; this window has no button to press
        super().keyPressEvent(event)


class PictureSheet(QDialog):
    """A picture of the guide in its own size; Esc puts it away."""

    def __init__(self, path: str, caption: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(caption or self.tr("Picture of the guide"))
        pixmap = QPixmap(path)
        picture = QLabel(self)
        picture.setPixmap(pixmap)
        picture.setAccessibleName(caption)
        area = QScrollArea(self)
        area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        area.setWidget(picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.resize(pixmap.width() + 4, pixmap.height() + 4)
