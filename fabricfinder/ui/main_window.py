"""The window: arranges header, banners, pages and status bar, and forwards; it decides nothing."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.drop_overlay import DropOverlay
from fabricfinder.ui.drops import Dropped, link_sentence, read_drop
from fabricfinder.ui.elided_label import ElidedLabel
from fabricfinder.ui.encoder_dot import EncoderDot
from fabricfinder.ui.header import HeaderBar
from fabricfinder.ui.job_book import JobBook
from fabricfinder.ui.jobs_panel import JobsPanel, JobsStrip
from fabricfinder.ui.library_flow import LibraryFlow
from fabricfinder.ui.library_page import LibraryPage
from fabricfinder.ui.menus import build_menus
from fabricfinder.ui.session import Session
from fabricfinder.ui.start_page import StartPage
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.window_commands import WindowCommands

START, FIND, LIBRARY = "start", "find", "library"


class MainWindow(QMainWindow):
    """The one window.

    Attributes:
        find, library, start: its pages.
        banners, overlay, flow, book: its parts.

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
        self.desk, self.session, self._thumbnails = desk, session, thumbnails
        self._was_painted = False
        self.banners = BannerStack(self)
        self.book = JobBook(self)
        self.flow = LibraryFlow(desk, self.banners, session, flow_home, self)
        self.find, self.library = find_page, LibraryPage(desk, thumbnails, self)
        self.start = StartPage(self)
        self.commands = WindowCommands(self)
        self.actions_by_key, self.menus = build_menus(
            self.menuBar(), self.commands.plans(), self
        )
        self.header = HeaderBar(self._library_menu(), self._add_menu(), self)
        self._build_status()
        self._build_middle()
        self._build_dock()
        self.overlay = DropOverlay(self)
        self._connect()
        self.show_page(START)

    def _library_menu(self) -> QMenu:
        self._recent_menu = QMenu(self)
        self._recent_menu.aboutToShow.connect(self.commands.fill_recent)
        return self._recent_menu

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addActions([self.actions_by_key["add-folder"], self.actions_by_key["add-pictures"]])
        return menu

    def _build_status(self) -> None:
        self.dot = EncoderDot(self)
        self.message = ElidedLabel(self)
        self.message.setProperty("muted", True)
        self.strip = JobsStrip(self.book, self)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.dot)
        bar.addWidget(self.message, 1)
        bar.addPermanentWidget(self.strip, 2)

    def _build_middle(self) -> None:
        self._stack = QStackedWidget(self)
        self._pages = {START: self.start, FIND: self.find, LIBRARY: self.library}
        for page in self._pages.values():
            self._stack.addWidget(page)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.banners, self._stack):
            column.addWidget(widget, 1 if widget is self._stack else 0)
        self.setCentralWidget(middle)

    def _build_dock(self) -> None:
        self.panel = JobsPanel(self.book, self)
        self.dock = QDockWidget(self.tr("Jobs"), self)
        self.dock.setObjectName("jobsDock")
        self.dock.setWidget(self.panel)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self.dock.hide()

    def _connect(self) -> None:
        desk, flow, start = self.desk, self.flow, self.start
        desk.catalog_changed.connect(self._take_catalog)
        desk.encoder_changed.connect(self._show_encoder)
        desk.job_event.connect(self.book.take)
        desk.demo_ready.connect(self._show_demo)
        flow.opened.connect(self._open_pages)
        self.book.changed.connect(self._show_demo_progress)
        for jobs in (self.strip, self.panel):
            jobs.pause.connect(self._pause)
            jobs.stop.connect(desk.cancel)
        self.strip.opened.connect(self.commands.toggle_jobs)
        self.panel.retry.connect(flow.add)
        self.header.page_chosen.connect(self.show_page)
        self.library.use_as_query.connect(self.use_swatch)
        self.library.choose_folder.connect(flow.add_folder)
        self.library.choose_pictures.connect(flow.add_pictures)
        for page in (self.find, self.library):
            page.status.connect(self.message.setText)
        start.demo.connect(desk.make_demo)
        start.make.connect(flow.make_from_folder)
        start.open_other.connect(flow.open_other)
        start.open_recent.connect(flow.open_folder)
        start.forget_recent.connect(self.commands.forget_recent)
        start.stop_demo.connect(self.commands.stop_demo)
        start.theme_chosen.connect(self.commands.choose_theme)
        self.overlay.search_with.connect(self.search_with)
        self.overlay.add_to_library.connect(flow.add_dropped)
        self.overlay.refused.connect(self._refuse_link)

    # Pages -------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The page shown: START, FIND or LIBRARY."""
        shown = self._stack.currentWidget()
        return next(key for key, page in self._pages.items() if page is shown)

    def show_page(self, key: str) -> None:
        """Show a page; without a library there is only the start page."""
        key = key if self.desk.catalog is not None else START
        if key == START:
            self.start.show_recent(self.session.recent)
        self._stack.setCurrentWidget(self._pages[key])
        self.header.setVisible(self.desk.catalog is not None)
        self.header.show_page(key)
        self.commands.enable(library_open=self.desk.catalog is not None)
        self.message.setText("")

    def use_swatch(self, swatch_id: str) -> None:
        """Search with a swatch of the library."""
        self.show_page(FIND)
        self.find.use_swatch(swatch_id)

    def search_with(self, dropped: Dropped) -> None:
        """Search with the first thing of a drop or the clipboard."""
        if self.desk.catalog is None:
            self.banners.tell("notice", self.tr("Open a library first, or make one: then search."))
        elif dropped.link:
            self._refuse_link(dropped)
        elif dropped.swatches:
            self.use_swatch(dropped.swatches[0])
        elif dropped.files:
            self.show_page(FIND)
            self.find.set_query_path(dropped.files[0])
        elif dropped.image is not None:
            self.show_page(FIND)
            self.find.paste_image(dropped.image)

    def paste(self) -> None:
        """Search with what is on the clipboard."""
        dropped = read_drop(QGuiApplication.clipboard().mimeData())
        if dropped.can_search or dropped.link:
            self.search_with(dropped)
        elif dropped.folders:
            self.flow.add_dropped(dropped)
        else:
            self.banners.tell("notice", self.tr("There is no picture on the clipboard."))

    def _open_pages(self, catalog: Catalog) -> None:
        """A library was opened: go where there is something to do."""
        self.setWindowTitle(f"{catalog.name} – fabricfinder")
        self.show_page(FIND if len(catalog) else LIBRARY)

    def _take_catalog(self, catalog: Catalog) -> None:
        self._thumbnails.set_library(catalog.folder)
        self.header.show_catalog(catalog)
        self.panel.show_problems(catalog.problems)
        self.find.set_catalog(catalog)
        self.library.set_catalog(catalog)

    def _show_demo(self, demo: object) -> None:
        self.show_page(FIND)
        self.find.set_query_path(str(demo.query_path))

    def _show_demo_progress(self) -> None:
        lines = [line for line in self.book.active() if line.name == "demo"]
        self.start.show_demo(lines[0] if lines else None)

    def _show_encoder(self) -> None:
        self.dot.show_state(self.desk.encoder, self.desk.encoder_sentence)

    def _pause(self, job: int, paused: bool) -> None:
        self.desk.pause(job, paused)
        self.book.set_paused(job, paused)

    def _refuse_link(self, dropped: Dropped) -> None:
        self.banners.tell("notice", link_sentence())

    # Qt overrides ------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent: the sheet with the targets takes over."""
        dropped = read_drop(event.mimeData())
        if dropped.useful:
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
        self.hide()
        self.desk.close()
        self._thumbnails.wait()
        super().closeEvent(event)
