"""The composition root: log and crash notes, the headless proof, stalls, and PySide6 itself."""

import json
import logging
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.ui import app as app_module
from fabricfinder.ui.crash_log import CrashLog, catch_bugs, log
from fabricfinder.ui.desk import Desk
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


# The log ----------------------------------------------------------------------------------------


@pytest.fixture
def crash_log(tmp_path):
    crash = CrashLog(tmp_path / "log")
    yield crash
    crash.end()


def test_a_clean_sitting_leaves_no_report(crash_log, tmp_path):
    assert crash_log.begin() == ""
    log.info("a line")
    crash_log.end()
    assert "a line" in crash_log.file.read_text()
    again = CrashLog(tmp_path / "log")
    assert again.begin() == ""
    again.end()


def test_a_crash_is_told_once_with_its_trace(crash_log, tmp_path):
    done = child(
        "import os, signal\nfrom pathlib import Path\n"
        "from fabricfinder.ui.crash_log import CrashLog, log\n"
        f"crash = CrashLog(Path({str(tmp_path / 'log')!r}))\n"
        "crash.begin(); log.info('weaving'); os.kill(os.getpid(), signal.SIGSEGV)"
    )
    assert done.returncode != 0
    report = crash_log.begin()
    assert "weaving" in report and "Segmentation fault" in report
    crash_log.end()
    again = CrashLog(tmp_path / "log")
    assert again.begin() == "", "told once"
    again.end()


def test_another_window_that_still_runs_is_no_crash(crash_log, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / f"running-{os.getppid()}").write_text("")
    assert crash_log.begin() == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_costs_the_log_not_the_window(tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert CrashLog(tmp_path / "log").begin() == ""
    assert "no log" in capsys.readouterr().err
    tmp_path.chmod(0o700)


def test_a_file_in_the_logs_place_costs_the_log_not_the_window(tmp_path, capsys):
    (tmp_path / "log").write_text("in the way")
    crash = CrashLog(tmp_path / "log")
    assert crash.begin() == ""
    assert "no log" in capsys.readouterr().err
    crash.end()


def test_a_bug_on_the_windows_thread_is_logged_and_told(crash_log, monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    crash_log.begin()
    told = []
    catch_bugs(lambda: told.append(1))
    try:
        raise ZeroDivisionError("a bug")
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert told == [1]
    assert "ZeroDivisionError: a bug" in crash_log.report()
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert logging.getLogger("fabricfinder").handlers


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


def test_the_program_runs_remembers_and_ends(real_library, tmp_path):
    """``run`` in a process of its own: opens a library, is closed, leaves settings and a log."""
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
import conftest
from PySide6.QtCore import QTimer
from fabricfinder.finder import Finder
from fabricfinder.ui import app
app.make_finder = lambda: Finder(encoder_source=conftest.FakeEncoder)
application = app.application()
def close_when_open():
    window = next(w for w in application.topLevelWidgets() if w.objectName() == "mainWindow")
    if window.desk.catalog is not None and window.page == "find":
        timer.stop()
        window.close()
timer = QTimer(interval=50)
timer.timeout.connect(close_when_open)
timer.start()
raise SystemExit(app.run(Path({str(real_library)!r})))
"""
    home = {name: str(tmp_path / name) for name in
            ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}  # fmt: skip
    done = child(code, HOME=str(tmp_path), **home)
    assert done.returncode == 0, done.stderr
    settings = next(tmp_path.rglob("settings.ini")).read_text()
    assert str(real_library) in settings
    written = next(tmp_path.rglob("fabricfinder.log"))
    assert "fabricfinder" in written.read_text()
    assert not list(written.parent.glob("running-*"))


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
