"""The composition root: puts window, desk, finder and encoder together, and runs them.

Nothing heavy is imported before the first paint: the finder (OpenCV, SQLite) and the encoder (ONNX
Runtime) come in on the worker's thread, which starts when the window has been painted once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from platformdirs import user_config_path, user_data_path, user_log_path
from PySide6.QtCore import QEventLoop, QProcess, QTimer, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.ui.crash_log import CrashLog, QtWords, log
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.handed_over import OpenWith, hand_over
from fabricfinder.ui.language import put_on_language
from fabricfinder.ui.leaving import Leaving
from fabricfinder.ui.main_window import FIND, MainWindow
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.session import LANGUAGE_KEY, Session
from fabricfinder.ui.theme import SystemThemeWatcher, apply_theme
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.trouble_flow import TroubleFlow

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

DEFAULT_SIZE = (1440, 900)
SCREENSHOT_SIZE = (1600, 1000)
SCREENSHOT_TIMEOUT_MS = 120_000
ICON_PX = (16, 24, 32, 48, 64, 128, 256)
# Python hands the interpreter from thread to thread this often: a busy worker must not make the
# window wait the default 5 ms for every slice of work.
SWITCH_S = 0.001


# What changes how large or in which dress Qt shows a window: safe mode takes none of it over.
QT_DRESS = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI", "QT_STYLE_OVERRIDE",
            "QT_SCALE_FACTOR_ROUNDING_POLICY", "QT_ENABLE_HIGHDPI_SCALING")  # fmt: skip
MOST_FAILED_STARTS = 2


def make_safe_finder() -> "Finder":
    """The finder of safe mode: the model that ships, on the processor, for every library."""
    from fabricfinder.eyes import plain_encoder
    from fabricfinder.finder import Finder

    return Finder(encoder_source=plain_encoder)


def make_finder() -> "Finder":
    """The real finder; called on the worker's thread."""
    from fabricfinder.eyes import best_encoder, named_encoder, taught_encoder
    from fabricfinder.finder import Finder

    finder = Finder(
        encoder_source=lambda: best_encoder(finder.notify),
        own_source=lambda folder: taught_encoder(folder, finder.notify),
        model_source=lambda name: named_encoder(name, finder.notify),
    )
    return finder


def libraries_home() -> Path:
    """Where libraries are made when she names no place: on this computer's own disk."""
    return user_data_path("fabricfinder") / "libraries"


def application() -> QApplication:
    """The application object, made once."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("fabricfinder")
    app.setApplicationDisplayName("fabricfinder")
    app.setDesktopFileName("fabricfinder")
    icon = QIcon()
    for size in ICON_PX:
        icon.addFile(str(resource_path(f"icons/fabricfinder-{size}.png")))
    app.setWindowIcon(icon)
    return app


def make_window(
    session: Session, source: Callable[[], "Finder"] | None = None, home: Path | None = None
) -> MainWindow:
    """Window, desk and pages, not shown and not started.

    Args:
        session: what is remembered.
        source: makes the finder, on the worker; ``make_finder`` by default.
        home: where libraries are made when she names no place; ``libraries_home`` by default.
    """
    desk = Desk(source or make_finder)
    thumbnails = ThumbnailCache()
    page = FindPage(desk, thumbnails)
    return MainWindow(desk, thumbnails, session, page, home or libraries_home())


def run(
    library: Path | None = None,
    demo: bool = False,
    demo_folder: Path | None = None,
    settings: Path | None = None,
    safe: bool = False,
    pictures: Sequence[str] = (),
) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    Args:
        library: open this library instead of the last one.
        demo: open the demo library, made first where it is missing.
        demo_folder: where the demo lives, or None for its usual place.
        settings: the settings file, or None for its usual place.
        safe: begin with defaults and leave the settings alone.
        pictures: absolute paths to search with or bring in; a window that is open already is given
            them, and this program ends.
    """
    sys.setswitchinterval(SWITCH_S)
    if pictures and hand_over(pictures):
        return 0
    crash_log = CrashLog(user_log_path("fabricfinder"))
    report = crash_log.begin()
    by_itself = not safe and crash_log.failed_starts >= MOST_FAILED_STARTS
    if safe := safe or by_itself:
        undress()
    app = application()
    qInstallMessageHandler(QtWords())
    session = Session(settings or user_config_path("fabricfinder") / "settings.ini", safe)
    put_on_language(app, session.text(LANGUAGE_KEY))
    apply_theme(app, session.theme)
    SystemThemeWatcher(app)
    window = make_window(session, make_safe_finder if safe else None)
    trouble = TroubleFlow(window, crash_log)
    window.commands.trouble = trouble
    opening = Opening(window, library, demo, demo_folder, crash_log.stand)
    open_with = OpenWith(window, pictures)
    window.painted.connect(open_with.door.open)
    window.painted.connect(opening.begin)
    window.painted.connect(lambda: log.info("First paint"))
    if not session.restore_window(window):
        window.resize(fitting(window, *DEFAULT_SIZE))
    window.show()
    trouble.begin(report, by_itself)
    leaving = Leaving(window.close, window)
    code = app.exec()
    leaving.end()
    open_with.door.close()
    ended = window.desk.close()
    trouble.end()
    qInstallMessageHandler(None)
    crash_log.end()
    if trouble.again is not None:
        start_anew(trouble.again)
    if not ended:
        # A step outlasted the two seconds. What was finished is stored, the rest is in the
        # import's journal: leave without waiting for it.
        os._exit(code)
    return code


def undress() -> None:
    """Leave out what the surroundings say of scale, dress and model: safe mode has its own."""
    for name in (*QT_DRESS, "FABRICFINDER_MODEL"):
        os.environ.pop(name, None)


def start_anew(arguments: list[str]) -> bool:
    """Start this program again, apart from this process; False where that did not work."""
    from fabricfinder.teaching import this_program

    program, *before = this_program()
    return QProcess.startDetached(program, [*before, *arguments])[0]


class Opening:
    """What happens once the window has been painted: wake the worker, go where she left off."""

    def __init__(
        self,
        window: MainWindow,
        library: Path | None,
        demo: bool,
        demo_folder: Path | None,
        stands: Callable[[], object] | None = None,
    ) -> None:
        """``stands`` is called once all that happens at a start has happened."""
        self._stands = stands
        self._window, self._demo, self._demo_folder = window, demo, demo_folder
        self._library = library
        self._restore = library is None and not demo

    def begin(self) -> None:
        """Start the worker and open what is to be opened."""
        window, session = self._window, self._window.session
        window.library.set_side(session.number("library/side", window.library.grid.side))
        side, table = window.find.panes.view
        window.find.panes.set_view(
            session.number("find/side", side), bool(session.number("find/table", int(table)))
        )
        if session.panes is not None:
            window.find.restore_state(session.panes)
        window.desk.start()
        folder = self._library or session.last_library
        gone = folder is None or self._restore and not folder.exists()
        opens = not self._demo and not gone
        self._tell_when_it_stands(opens)
        if self._demo:
            window.desk.make_demo(self._demo_folder)
        if not opens:
            return
        if self._restore:
            window.flow.opened.connect(self._go_back_to_work)
        window.desk.open_library(folder)

    def _tell_when_it_stands(self, opens: bool) -> None:
        """With a library to be opened, when it is; else when the encoder has woken."""
        desk = self._window.desk
        ends = (desk.library_opened, desk.library_refused) if opens else (desk.encoder_changed,)
        for end in ends if self._stands is not None else ():
            end.connect(self._stand)

    def _stand(self, _: object = None) -> None:
        self._stands()

    def _go_back_to_work(self, catalog: object) -> None:
        """Show the page and ask the query of the last sitting."""
        window, session = self._window, self._window.session
        window.flow.opened.disconnect(self._go_back_to_work)
        query = session.last_query(catalog.folder)
        if query is not None and query.swatch_id:
            window.find.use_swatch(query.swatch_id)
        elif query is not None:
            window.find.set_query_path(query.path, query.crop)
        page = session.text("window/page")
        if page in ("find", "library") and len(catalog):
            window.show_page(page)


def screenshot(
    folder: Path,
    picture: Path,
    query: Path | None = None,
    theme: str = "light",
    page: str = FIND,
    size: tuple[int, int] = SCREENSHOT_SIZE,
) -> Path:
    """Prove the window without a display: open a library, search once, write what is seen as PNG.

    Args:
        folder: the library.
        picture: where the PNG goes.
        query: the picture to search with; None takes the demo's own, else the first swatch.
        theme: light, dark or grey.
        page: which workspace is seen once the search is done.
        size: of the window in px.

    Raises:
        FabricFinderError: the library did not open, the search failed, or the PNG cannot be
            written.
    """
    app = application()
    apply_theme(app, theme)
    settings = TemporaryDirectory(prefix="fabricfinder-")
    window = make_window(Session(Path(settings.name) / "settings.ini"))
    try:
        window.resize(*size)
        window.show()
        window.desk.start()
        Waiting(window.desk.library_opened, window.desk.library_refused).until(
            lambda: window.desk.open_library(Path(folder))
        )
        catalog = window.desk.catalog
        asked = str(query or catalog.demo_query)
        window.show_page(FIND)
        Waiting(window.desk.search_done, window.desk.search_failed).until(
            lambda: (
                window.find.set_query_path(asked)
                if asked and Path(asked).is_file()
                else window.find.use_swatch(catalog.swatches[0].id)
            )
        )
        window.show_page(page)
        _settle(window)
        Path(picture).parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(picture)):
            raise FabricFinderError(f"The picture {picture} cannot be written.")
    finally:
        window.close()
        settings.cleanup()
    return Path(picture)


class Waiting:
    """Runs the event loop until one of two signals; the second one is a failure."""

    def __init__(self, done: object, failed: object) -> None:
        self._loop = QEventLoop()
        self._sentence = ""
        done.connect(self._done)
        failed.connect(self._failed)

    def until(self, begin: Callable[[], object]) -> None:
        """Begin something and wait for its end.

        Raises:
            FabricFinderError: it failed, or took over two minutes.
        """
        QTimer.singleShot(SCREENSHOT_TIMEOUT_MS, self._loop, self._late)
        begin()
        self._loop.exec()
        if self._sentence:
            raise FabricFinderError(self._sentence)

    def _done(self, value: object) -> None:
        self._loop.quit()

    def _failed(self, why: object) -> None:
        self._sentence = getattr(why, "sentence", "") or str(why)
        self._loop.quit()

    def _late(self) -> None:
        self._sentence = "The window did not answer within two minutes."
        self._loop.quit()


def _settle(window: MainWindow) -> None:
    """Let thumbnails and layouts come to rest: three looks in a row with nothing on its way."""
    rounds = still = 0
    while still < 3 and rounds < 100:
        loop = QEventLoop()
        QTimer.singleShot(40, loop.quit)
        loop.exec()
        window.repaint()
        rounds, still = rounds + 1, still + 1 if window.thumbnails.idle else 0
