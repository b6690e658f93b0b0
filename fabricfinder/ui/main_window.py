"""The window: arranges header, banners, pages and status bar, and forwards; it decides nothing."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.archive_flow import ArchiveFlow
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.capture_flow import CaptureFlow
from fabricfinder.ui.compare_flow import CompareFlow
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.drop_overlay import DropOverlay
from fabricfinder.ui.drops import Dropped, link_sentence, read_drop
from fabricfinder.ui.grow_flow import GrowFlow
from fabricfinder.ui.guide_flow import GuideFlow
from fabricfinder.ui.header import HeaderBar
from fabricfinder.ui.how_well_flow import HOW_WELL, HowWellFlow
from fabricfinder.ui.job_book import JobBook
from fabricfinder.ui.jobs_panel import JobsDock
from fabricfinder.ui.label_flow import LABEL, LabelFlow
from fabricfinder.ui.library_flow import LibraryFlow
from fabricfinder.ui.library_page import LibraryPage
from fabricfinder.ui.menus import build_menus
from fabricfinder.ui.models_flow import MODELS, ModelsFlow
from fabricfinder.ui.session import Session
from fabricfinder.ui.sheet_flow import SheetFlow
from fabricfinder.ui.start_page import StartPage
from fabricfinder.ui.status_line import StatusLine
from fabricfinder.ui.teach_flow import TeachFlow
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.window_commands import WindowCommands

START, FIND, LIBRARY = "start", "find", "library"


class MainWindow(QMainWindow):
    """The one window.

    Signals:
        painted: the first paint is over.
    """

    painted = Signal()

    def __init__(
        self,
        desk: Desk,
        thumbnails: ThumbnailCache,
        session: Session,
        find_page: QWidget,
        flow_home: Path,
    ) -> None:
        """``flow_home`` is the folder in which libraries are made when she names none."""
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("fabricfinder")
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 640)
        self.desk, self.session, self.thumbnails = desk, session, thumbnails
        self._was_painted = False
        self.banners, self.book = BannerStack(self), JobBook(self)
        self.flow = LibraryFlow(desk, self.banners, session, flow_home, self)
        self.start, self.find = StartPage(self), find_page
        self.archive = ArchiveFlow(self)
        self.library = LibraryPage(desk, thumbnails, self, self.archive.desk)
        self.sheets, self.teaching = SheetFlow(self), TeachFlow(self)
        self.compare, self.growing = CompareFlow(self), GrowFlow(self)
        self.how_well, self.models = HowWellFlow(self), ModelsFlow(self)
        self.labels, self.capture = LabelFlow(self), CaptureFlow(self)
        self.guide = GuideFlow(self)
        self.commands = WindowCommands(self)
        self.actions_by_key, self.menus = build_menus(self.menuBar(), self.commands.plans(), self)
        self.header = HeaderBar(self.commands.library_menu(), self.commands.add_menu(), self)
        self.line = StatusLine(self.book, self)
        self.setStatusBar(self.line)
        self.dock = JobsDock(self.book, self)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self._arrange()
        self.overlay = DropOverlay(self)
        self._connect()
        self.show_page(START)

    def _arrange(self) -> None:
        """Header, banners and pages under one another."""
        self._stack = QStackedWidget(self)
        self._pages = {START: self.start, FIND: self.find, LIBRARY: self.library,
                       HOW_WELL: self.how_well.page, LABEL: self.labels.page,
                       MODELS: self.models.page}  # fmt: skip
        for page in self._pages.values():
            self._stack.addWidget(page)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.banners)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(middle)

    def _connect(self) -> None:
        desk, flow = self.desk, self.flow
        desk.catalog_changed.connect(self._take_catalog)
        desk.encoder_changed.connect(self._show_encoder)
        desk.job_event.connect(self.book.take)
        desk.demo_ready.connect(self._show_demo)
        flow.opened.connect(self._open_pages)
        self.header.page_chosen.connect(self.choose_page)
        self.library.use_as_query.connect(self.use_swatch)
        self.library.choose_pictures.connect(flow.add_pictures)
        self.labels.page.status.connect(self.line.message.setText)
        for page in (self.find, self.library):
            page.choose_folder.connect(flow.add_folder)
            page.status.connect(self.line.message.setText)
        self.overlay.search_with.connect(self.search_with)
        self.overlay.add_to_library.connect(flow.add_dropped)
        self.overlay.refused.connect(self.search_with)
        self.commands.connect_parts()
        self.archive.connect_parts()
        self.capture.connect_parts()
        self.how_well.connect_parts()
        self.models.connect_parts()

    # Pages -------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The page shown: START, FIND, LIBRARY, LABEL, HOW_WELL or MODELS."""
        shown = self._stack.currentWidget()
        return next(key for key, page in self._pages.items() if page is shown)

    def show_page(self, key: str) -> None:
        """Show a page; without a library there is only the start page."""
        key = key if self.desk.catalog is not None or key in (HOW_WELL, MODELS) else START
        if key == START:
            self.start.show_recent(self.session.recent, self.session.demo)
        if key != LABEL:
            self.labels.settle()
        self._stack.setCurrentWidget(self._pages[key])
        self.header.setVisible(self.desk.catalog is not None)
        self.header.show_page(key)
        self.commands.enable(library_open=self.desk.catalog is not None)
        self.line.message.setText("")

    def choose_page(self, key: str) -> None:
        """Go to a workspace of the header; the Label workspace gets its queue."""
        self.labels.show() if key == LABEL else self.show_page(key)

    def use_swatch(self, swatch_id: str) -> None:
        """Search with a swatch of the library."""
        self.show_page(FIND)
        self.find.use_swatch(swatch_id)

    def search_with(self, dropped: Dropped) -> None:
        """Search with the first thing of a drop or the clipboard."""
        self.banners.drop("notice")
        if dropped.link:
            self.banners.tell("notice", link_sentence())
        elif self.desk.catalog is None:
            self.banners.tell("notice", self.tr("Open a library first, or make one: then search."))
        elif dropped.swatches:
            self.use_swatch(dropped.swatches[0])
        elif dropped.files:
            self.show_page(FIND)
            self.find.set_query_path(dropped.files[0])
        elif dropped.image is not None:
            self.show_page(FIND)
            self.find.paste_image(dropped.image)

    def _open_pages(self, catalog: Catalog) -> None:
        """A library was opened: go where there is something to do, the keyboard too."""
        self.show_page(FIND if len(catalog) else LIBRARY)
        self._stack.currentWidget().setFocus()

    def _take_catalog(self, catalog: Catalog) -> None:
        self.thumbnails.set_library(catalog.folder)
        self.setWindowTitle(f"{self.header.name_of(catalog)} – fabricfinder")
        self.header.show_catalog(catalog)
        self.dock.panel.show_problems(catalog.problems)
        self.find.set_catalog(catalog)
        self.sheets.set_catalog(catalog)
        self.library.set_catalog(catalog)
        self.archive.show_catalog(catalog)
        self.labels.take_catalog(catalog)
        self.compare.set_catalog(catalog)

    def _show_demo(self, demo: object) -> None:
        self.show_page(FIND)
        self.find.set_query_path(str(demo.query_path))

    def _show_encoder(self) -> None:
        self.line.dot.show_state(self.desk.encoder, self.desk.encoder_sentence)

    # Qt overrides ------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent: the sheet with the targets takes over."""
        dropped = read_drop(event.mimeData())
        # Her own swatches are often only passing through, on their way to another program.
        passing = bool(dropped.swatches) and self.page == FIND
        if dropped.useful and not passing:
            self.overlay.offer(dropped, can_add=not getattr(self.desk.catalog, "read_only", False))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Override QWidget::dragLeaveEvent."""
        self.overlay.leave_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: tell when the first paint is over."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override QWidget::closeEvent: keep the session, end the worker at a safe point."""
        self.commands.keep_session()
        self.sheets.basket.save_now()
        self.compare.close()
        self.guide.close()
        self.hide()
        self.capture.close()
        self.desk.close()
        self.thumbnails.wait()
        self.how_well.close()
        self.labels.about.close()
        super().closeEvent(event)
