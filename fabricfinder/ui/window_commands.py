"""The window's commands: what each entry of the menus does, and when it can be done."""

from typing import TYPE_CHECKING

from platformdirs import user_log_path
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from fabricfinder.ui.drops import read_drop
from fabricfinder.ui.import_teller import ImportTeller
from fabricfinder.ui.key_sheet import AboutSheet, KeySheet
from fabricfinder.ui.menus import Command, MenuPlan, spoken_keys
from fabricfinder.ui.session import LANGUAGE_KEY
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.theme import apply_theme

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.trouble_flow import TroubleFlow

NEEDS_LIBRARY = (
    "add-pictures", "add-folder", "find", "library", "find-text", "paste", "sheet", "basket",
    "map", "teach", "label",
)  # fmt: skip


class WindowCommands(QObject):
    """The deeds behind the menus of one window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.trouble: TroubleFlow | None = None  # while the program runs as a whole

    def plans(self) -> list[MenuPlan]:
        """Every menu with every command and its key."""
        w, flow = self._window, self._window.flow
        return [
            MenuPlan(self.tr("&File"), [
                Command("new", self.tr("&New library…"), "Ctrl+N", flow.new_library),
                Command("open", self.tr("&Open library…"), "Ctrl+O", flow.open_other),
                Command("demo", self.tr("Try the &demo library"), "", w.desk.make_demo),
                None,
                Command("add-folder", self.tr("Add a &folder…"), "Ctrl+I", flow.add_folder),
                Command("add-pictures", self.tr("Add &pictures…"), "Ctrl+Shift+I",
                        flow.add_pictures),
                *w.capture.actions,
                None,
                w.archive.tables.read, w.archive.tables.write,
                None,
                Command("sheet", self.tr("&Result sheet…"), "Ctrl+P", w.sheets.open_dialog),
                Command("teach", self.tr("&Teach it my cloth…"), "", w.teaching.open_dialog),
                None,
                Command("start", self.tr("&Start page"), "Ctrl+0", self._show_start),
                Command("quit", self.tr("&Quit"), "Ctrl+Q", w.close),
            ]),
            MenuPlan(self.tr("&Edit"), [
                w.archive.undo, w.archive.redo, w.archive.history,
                None,
                Command("paste", self.tr("Search with the &clipboard"), "Ctrl+V", self._paste),
                Command("find-text", self.tr("Search the &words"), "Ctrl+F", self._find_text),
                None,
                Command("settings", self.tr("&Settings"), "Ctrl+,", self._show_settings),
            ]),
            MenuPlan(self.tr("&View"), [
                Command("find", self.tr("&Find"), "Ctrl+1", self._show_find, True),
                Command("library", self.tr("&Library"), "Ctrl+2", self._show_library, True),
                Command("label", self.tr("La&bel"), "Ctrl+3", w.labels.show, True),
                w.archive.health,
                None,
                Command("jobs", self.tr("&Jobs"), "Ctrl+J", self.toggle_jobs, True),
                Command("basket", self.tr("&Basket"), "Ctrl+B", w.sheets.toggle_dock, True),
                Command("map", self.tr("Archive &map"), "Ctrl+M", w.sheets.open_map),
                Command("full", self.tr("Full scr&een"), "F11", self._toggle_full, True),
            ]),
            MenuPlan(self.tr("&Results"), [*w.find.actions_for_menu(), None, w.sheets.gather,
                                           w.compare.action]),
            MenuPlan(self.tr("&Help"), [
                w.guide.action,
                Command("keys", self.tr("&Keys"), "?", self._show_keys),
                w.how_well.action, w.models.action,
                Command("about", self.tr("&About fabricfinder"), "", self._show_about),
            ]),
        ]  # fmt: skip

    def library_menu(self) -> QMenu:
        """The menu of the library's name: the other recent ones, open, new."""
        self._recent = QMenu(self._window)
        self._recent.aboutToShow.connect(self._fill_recent)
        return self._recent

    def add_menu(self) -> QMenu:
        """The menu of the “Add to library” button."""
        menu, actions = QMenu(self._window), self._window.actions_by_key
        menu.addActions([actions["add-folder"], actions["add-pictures"]])
        return menu

    def connect_parts(self) -> None:
        """Let the start page, the jobs and the panel give the same commands as the menus."""
        w, start = self._window, self._window.start
        w.book.changed.connect(self._show_progress)
        self._teller = ImportTeller(w.desk, w.banners, w.line.message.setText, w.dock.show, self)
        for jobs in (w.line.strip, w.dock.panel):
            jobs.pause.connect(self._pause)
            jobs.stop.connect(w.desk.cancel)
        w.line.strip.opened.connect(self.toggle_jobs)
        w.dock.panel.retry.connect(w.flow.add)
        w.dock.visibilityChanged.connect(w.actions_by_key["jobs"].setChecked)
        w.sheets.dock.visibilityChanged.connect(w.actions_by_key["basket"].setChecked)
        start.demo.connect(w.desk.make_demo)
        start.make.connect(w.flow.make_from_folder)
        start.open_other.connect(w.flow.open_other)
        start.open_recent.connect(w.flow.open_folder)
        start.forget_recent.connect(self._forget_recent)
        start.stop_demo.connect(self.stop_demo)
        start.theme_chosen.connect(self.choose_theme)

    def enable(self, *, library_open: bool) -> None:
        """Grey out what needs a library, and mark the page shown."""
        actions = self._window.actions_by_key
        for key in NEEDS_LIBRARY:
            actions[key].setEnabled(library_open)
        for key in ("find", "library", "label"):
            actions[key].setChecked(self._window.page == key)

    def _fill_recent(self) -> None:
        window, menu = self._window, self._recent
        here = window.desk.catalog
        menu.clear()
        for folder in window.session.recent:
            if here is None or folder != str(here.folder):
                action = menu.addAction(folder)
                action.setData(folder)
                action.triggered.connect(self._open_recent)
        menu.addSeparator()
        for key in ("open", "new", "teach", "start"):
            menu.addAction(window.actions_by_key[key])
        menu.addActions([window.models.action, window.how_well.action])

    def _forget_recent(self, folder: str) -> None:
        self._window.session.forget_library(folder)
        self._window.start.show_recent(self._window.session.recent, self._window.session.demo)

    def choose_theme(self, name: str) -> None:
        """Dress the window and remember it."""
        apply_theme(QApplication.instance(), name)
        self._window.session.theme = name
        self._window.start.show_theme(name)

    def stop_demo(self) -> None:
        """Stop the making of the demo."""
        for line in self._window.book.active():
            if line.name == "demo":
                self._window.desk.cancel(line.job)

    def toggle_jobs(self) -> None:
        """Show or hide the jobs panel."""
        dock = self._window.dock
        dock.setVisible(not dock.isVisible())

    def keep_session(self) -> None:
        """Remember the window, the page, the sizes and the last query."""
        window, session = self._window, self._window.session
        session.put("window/page", window.page)
        session.put("library/side", str(window.library.grid.side))
        side, table = window.find.panes.view
        session.put("find/side", str(side))
        session.put("find/table", str(int(table)))
        folder = window.desk.catalog.folder if window.desk.catalog is not None else None
        session.remember_query(folder, window.desk.last_query)
        session.keep_window(window, window.find.save_state())

    def _show_progress(self) -> None:
        """Tell the pages that wait for a long job how it stands."""
        active = {line.name: line for line in self._window.book.active()}
        self._window.start.show_demo(active.get("demo"))
        self._window.library.empty.show_coming("import" in active)

    def _pause(self, job: int, paused: bool) -> None:
        self._window.desk.pause(job, paused)
        self._window.book.set_paused(job, paused)

    def _open_recent(self) -> None:
        self._window.flow.open_folder(self.sender().data())

    def _paste(self) -> None:
        """Search with what is on the clipboard; a folder is added."""
        window = self._window
        dropped = read_drop(QGuiApplication.clipboard().mimeData())
        if dropped.can_search or dropped.link:
            window.search_with(dropped)
        elif dropped.folders:
            window.flow.add_dropped(dropped)
        else:
            window.banners.tell("notice", self.tr("There is no picture on the clipboard."))

    def _show_start(self) -> None:
        self._window.show_page("start")

    def _show_find(self) -> None:
        self._window.show_page("find")

    def _show_library(self) -> None:
        self._window.show_page("library")

    def _find_text(self) -> None:
        self._window.show_page("library")
        self._window.library.focus_search()

    def _toggle_full(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_settings(self) -> None:
        session = self._window.session
        sheet = SettingsSheet(self._window, session.text(LANGUAGE_KEY), session.safe)
        sheet.language_chosen.connect(self._keep_language)
        sheet.theme_chosen.connect(self.choose_theme)
        sheet.units_chosen.connect(self._window.archive.set_units)
        sheet.reset_wanted.connect(self._reset_settings)
        sheet.show()

    def _reset_settings(self) -> None:
        if self.trouble is not None:
            self.trouble.reset_settings()

    def _keep_language(self, name: str) -> None:
        self._window.session.put(LANGUAGE_KEY, name)

    def _show_keys(self) -> None:
        rows = spoken_keys(self._window.menus)
        KeySheet(rows, self._window).show()

    def _show_about(self) -> None:
        model = getattr(self._window.desk.encoder, "id", "")
        AboutSheet(str(user_log_path("fabricfinder")), model, self._window).show()
