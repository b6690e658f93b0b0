"""The composition root: log and crash notes, the headless proof, stalls, and PySide6 itself."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.ui import app as app_module
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.session import Session
from fabricfinder.ui.stall_watch import StallWatch


def child(code: str, **environment: str) -> subprocess.CompletedProcess:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environment
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=env
    )


# PySide6 and the start --------------------------------------------------------------------------


def test_this_pyside_keeps_none_alive():
    """PySide6 6.12.0 lost a reference to None a call; an interpreter dies of a few thousand."""
    done = child(
        "from PySide6.QtCore import QObject\n"
        "o = QObject()\n"
        "for i in range(20_000): o.setObjectName('a')\n"
        "print('alive')"
    )
    assert done.returncode == 0 and done.stdout.strip() == "alive", done.stderr


def test_the_window_paints_before_anything_heavy_is_imported(tmp_path):
    """Neither torch nor onnxruntime nor the library's SQL is there when the first paint is over."""
    code = f"""
import json, sys, time
from pathlib import Path
from fabricfinder.ui import app as a
from fabricfinder.ui.session import Session
application = a.application()
window = a.make_window(Session(Path({str(tmp_path / "s.ini")!r})), home=Path({str(tmp_path)!r}))
seen = {{}}
def painted():
    seen.update(loaded=[m for m in ("torch", "onnxruntime", "sqlite3") if m in sys.modules])
    application.quit()
window.painted.connect(painted)
window.show()
application.exec()
print(json.dumps(seen))
"""
    done = child(code)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"loaded": []}


# The headless proof -----------------------------------------------------------------------------


@pytest.fixture
def real_library(tmp_path, swatch_folder, fake_encoder):
    """A real library of twelve swatches, made by the real finder with the small fake encoder."""
    folder = tmp_path / "library"
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(folder, create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    return folder


@pytest.fixture
def fake_source(monkeypatch, fake_encoder):
    """The app with the real finder and the fake encoder."""
    source = lambda: Finder(encoder_source=lambda: fake_encoder)  # noqa: E731
    monkeypatch.setattr(app_module, "make_finder", source)
    return source


def test_the_screenshot_shows_a_search(real_library, fake_source, swatch_folder, tmp_path, qapp):
    picture = tmp_path / "proof" / "window.png"
    query = swatch_folder / "swatch-03.png"
    assert app_module.screenshot(real_library, picture, query) == picture
    image = QImage(str(picture))
    assert (image.width(), image.height()) == app_module.SCREENSHOT_SIZE
    # Something is on it: the query's two colours, and many greys.
    colors = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, 1000, 7)}
    assert len(colors) > 300
    assert sorted(p.name for p in picture.parent.iterdir()) == ["window.png"], "nothing beside it"


def test_without_a_query_the_first_swatch_is_asked(real_library, fake_source, tmp_path, qapp):
    assert app_module.screenshot(real_library, tmp_path / "w.png").exists()


def test_a_screenshot_of_no_library_says_why(fake_source, tmp_path, qapp):
    with pytest.raises(FabricFinderError):
        app_module.screenshot(tmp_path / "nothing", tmp_path / "w.png")
    assert not (tmp_path / "w.png").exists()


def test_a_screenshot_that_cannot_be_written_says_so(real_library, fake_source, tmp_path, qapp):
    (tmp_path / "w.png").mkdir()
    with pytest.raises(FabricFinderError, match="cannot be written"):
        app_module.screenshot(real_library, tmp_path / "w.png")


def test_a_library_open_elsewhere_can_be_read(
    real_library, fake_encoder, fake_source, qtbot, tmp_path
):
    """The real refusal of the real library, answered with its button."""
    other = Finder(fake_encoder)
    run_to_end(other.open_library(real_library))
    window = app_module.make_window(Session(tmp_path / "s.ini"), fake_source, tmp_path / "home")
    qtbot.addWidget(window)
    window.show()
    window.desk.start()
    try:
        with qtbot.waitSignal(window.desk.library_refused, timeout=20_000):
            window.desk.open_library(real_library)
        banner = window.banners.banner("refused")
        assert "since" in banner.label.text()
        with qtbot.waitSignal(window.desk.library_opened, timeout=20_000):
            qtbot.mouseClick(
                banner.findChild(QPushButton, "bannerAction0"), Qt.MouseButton.LeftButton
            )
        assert window.desk.catalog.read_only and len(window.desk.catalog) == 12
    finally:
        window.close()
        other.close()


# The whole program ------------------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest
from PySide6.QtCore import QTimer
from fabricfinder.finder import Finder
from fabricfinder.ui import app
app.make_finder = app.make_safe_finder = lambda: Finder(encoder_source=conftest.FakeEncoder)
application = app.application()
def close_when_open():
    window = next(w for w in application.topLevelWidgets() if w.objectName() == "mainWindow")
    if {ready}:
        timer.stop()
        print(window.banners.shown(), flush=True)
        {deed}
timer = QTimer(interval=50)
timer.timeout.connect(close_when_open)
timer.start()
raise SystemExit(app.run({arguments}))
"""
OPEN = "window.desk.catalog is not None and window.page == 'find'"
AWAKE = "window.desk.encoder is not None"


@pytest.fixture
def program(tmp_path):
    """``run`` in a process of its own, at home in the test's folder; returns what it said."""
    home = {name: str(tmp_path / name) for name in
            ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}  # fmt: skip

    def run(arguments: str = "", ready: str = OPEN, deed: str = "window.close()", code: int = 0):
        source = PROGRAM.format(
            tests=str(Path(__file__).parents[1]), arguments=arguments, ready=ready, deed=deed
        )
        done = child(source, HOME=str(tmp_path), QT_SCALE_FACTOR="1", **home)
        assert done.returncode == code, done.stderr
        return done

    return run


def test_the_program_runs_remembers_and_ends(program, real_library, tmp_path):
    """It opens a library, is closed, leaves settings and a log; a safe start touches neither."""
    program(f"Path({str(real_library)!r})")
    file = next(tmp_path.rglob("settings.ini"))
    settings = file.read_bytes()
    assert str(real_library) in settings.decode()
    written = next(tmp_path.rglob("fabricfinder.log"))
    assert "fabricfinder" in written.read_text()
    assert not list(written.parent.glob("running-*"))
    said = program("safe=True", "window.desk.encoder is not None and window.page == 'start'")
    assert "Safe mode" in said.stdout
    assert file.read_bytes() == settings
    program()  # and the next one opens the library by itself


@pytest.mark.skipif(os.name == "nt", reason="processes are ended another way there")
def test_a_crash_at_work_is_told_and_two_failed_starts_lead_to_safe_mode(
    program, real_library, tmp_path
):
    crash = "import faulthandler; faulthandler._sigsegv()"
    program(f"Path({str(real_library)!r})", deed=crash, code=-11)
    said = program("", "'crash' in window.banners.shown() and window.isVisible()",
                   "import os; os._exit(3)", 3).stdout  # fmt: skip
    assert "closed unexpectedly" in said and "Safe mode" not in said
    program("", "True", "import os; os._exit(3)", 3)
    said = program("", AWAKE).stdout
    assert "did not get as far as its window" in said and "'crash'" not in said
    assert "did not get" not in program("").stdout, "the start after that is an ordinary one"


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals there")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_log_out_is_an_ordinary_end(program, tmp_path, name):
    """The session's end is no crash: settings are kept and no note is left."""
    program("", AWAKE, f"import os, signal; os.kill(os.getpid(), signal.{name})")
    assert "geometry" in next(tmp_path.rglob("settings.ini")).read_text()
    assert not list(tmp_path.rglob("running-*"))


def test_the_first_window_is_no_larger_than_the_screen(qtbot, tmp_path, monkeypatch):
    window = app_module.make_window(Session(tmp_path / "s.ini"), Finder, tmp_path)
    qtbot.addWidget(window)
    sizes = []
    for width, height in ((2560, 1440), (1280, 800), (800, 600)):
        screen = type("Screen", (), {"availableSize": lambda _, w=width, h=height: QSize(w, h)})()
        monkeypatch.setattr(window, "screen", lambda screen=screen: screen)
        sizes.append(fitting(window, *app_module.DEFAULT_SIZE).toTuple())
    assert sizes == [(1440, 900), (1280, 768), (960, 640)]


# Stalls -----------------------------------------------------------------------------------------


def test_the_watch_sees_a_stall(qtbot):
    watch = StallWatch()
    watch.start()
    qtbot.wait(20)
    time.sleep(0.12)
    qtbot.wait(5)
    assert watch.stop() >= 100


@pytest.mark.parametrize("work", ["sleeping", "counting"])
def test_a_slow_operation_never_stalls_the_window(work, qtbot, finder, catalog):
    """Steps of 300 ms, asleep or hard at work in Python, leave the window's thread free."""

    def slow(paths, *, labels_csv=""):
        for i in range(2):
            until = time.monotonic() + 0.3
            if work == "sleeping":
                time.sleep(0.3)
            while time.monotonic() < until:
                sum(range(500))
            yield Progress("Reading", i, 2)

    finder.import_paths = slow
    desk = Desk(lambda: finder)
    desk.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(app_module.SWITCH_S)
    try:
        with qtbot.waitSignal(desk.library_opened):
            desk.open_library(catalog.folder)
        stalls = []
        for _ in range(3):
            watch = StallWatch()
            watch.start()
            job = desk.import_paths(["/cloth"])
            ended = []
            desk.job_event.connect(
                lambda e, job=job, ended=ended: ended.append(1)
                if e.job == job and e.kind in ("done", "failed")
                else None
            )
            qtbot.waitUntil(lambda ended=ended: bool(ended), timeout=20_000)
            stalls.append(watch.stop())
    finally:
        sys.setswitchinterval(interval)
        assert desk.close(5000)
    # 300 ms steps: a window that waited for even one of them would show it three times over.
    assert statistics.median(stalls) < 150, stalls


def test_a_real_import_through_the_window(
    qtbot, tmp_path, swatch_folder, fake_encoder, thumbnails
):
    """Folder in, swatches on the page, a search answered: the real finder and the real window."""
    session = Session(tmp_path / "s.ini")
    window = app_module.make_window(
        session, lambda: Finder(encoder_source=lambda: fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000) as done:
        window.flow.make_for((str(swatch_folder),))
    assert done.args[0].imported == 12 and done.args[0].problems == ()
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 12)
    assert window.desk.catalog.folder == tmp_path / "home" / "swatches"
    window.show_page("library")
    first = window.library.model.index(0, 0)
    shown = window.library.model._thumbnails
    qtbot.waitUntil(lambda: shown.n_bytes > 0)
    assert not shown.failed(window.library.model.swatch(first).id), "the path of thumbnails agrees"
    with qtbot.waitSignal(window.desk.search_done, timeout=30_000) as found:
        window.find.set_query_path(str(Path(swatch_folder) / "swatch-05.png"))
    best = found.args[0]
    assert best.n_searched == 12
    window.find.panes.set_view(260, True)
    assert window.close()
    again = app_module.make_window(
        session, lambda: Finder(encoder_source=lambda: fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(again)
    opening = app_module.Opening(again, None, False, None)
    with qtbot.waitSignal(again.desk.search_done, timeout=30_000):
        opening.begin()
    assert again.find.panes.view == (260, True), "results are shown as she left them"
    assert again.find.session.query.path == str(Path(swatch_folder) / "swatch-05.png")
    assert again.close()
