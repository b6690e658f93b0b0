"""Trouble in the window: faults of any thread, the last end, safe mode, what cannot be written."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton

from fabricfinder.domain.errors import CRASH_SENTENCE
from fabricfinder.domain.progress import Progress
from fabricfinder.ui import picture_files
from fabricfinder.ui import session as session_module
from fabricfinder.ui import trouble_flow as flow_module
from fabricfinder.ui.crash_log import CrashLog
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.trouble_flow import TroubleFlow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def crash_log(tmp_path):
    crash = CrashLog(tmp_path / "log")
    crash.begin()
    yield crash
    crash.end()


@pytest.fixture
def make(qtbot, desk, thumbnails, tmp_path, crash_log):
    """Makes a window with its trouble flow; settings.ini lies in the test's folder."""
    made = []

    def start(safe: bool = False, report: str = "", by_itself: bool = False) -> TroubleFlow:
        session = Session(tmp_path / "settings.ini", safe)
        window = MainWindow(
            desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home"
        )
        qtbot.addWidget(window)
        flow = TroubleFlow(window, crash_log)
        window.commands.trouble = flow
        window.resize(1280, 800)
        with qtbot.waitExposed(window):
            window.show()
        flow.begin(report, by_itself)
        made.append((flow, window))
        flow.window = window
        return flow

    yield start
    for flow, _ in made:
        flow.end()
        if flow.sheet is not None:
            flow.sheet.close()


def press(qtbot, flow, kind, text):
    """Press the button of a banner that says ``text``."""
    banner = flow.window.banners.banner(kind)
    button = next(b for b in banner.findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(button, LEFT)


def test_a_bug_of_a_slot_shows_its_report(make, qtbot, capsys):
    flow = make()
    QTimer.singleShot(0, flow.window, lambda: {}["weft"])
    qtbot.waitUntil(lambda: flow.sheet is not None)
    sheet = flow.sheet
    assert sheet.isVisible() and not sheet.isModal()
    report = sheet.text.toPlainText()
    assert "KeyError: 'weft'" in report and report.startswith("fabricfinder ")
    qtbot.mouseClick(sheet.copy, LEFT)
    assert QGuiApplication.clipboard().text() == report
    assert sheet.copied.text() == "Copied"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: flow.sheet is None)


def test_the_same_bug_is_shown_once(make, qtbot, capsys):
    flow = make()

    def broken() -> None:
        raise ValueError("the same")

    for _ in range(3):
        QTimer.singleShot(0, flow.window, broken)
    qtbot.waitUntil(lambda: flow.sheet is not None)
    flow.sheet.close()
    qtbot.waitUntil(lambda: flow.sheet is None)
    QTimer.singleShot(0, flow.window, broken)
    qtbot.wait(50)
    assert flow.sheet is None
    assert capsys.readouterr().err.count("ValueError: the same") == 4, "but logged each time"


def test_a_bug_of_another_thread_is_shown_by_the_windows_own(make, qtbot, capsys):
    class Loom(QObject):
        @Slot()
        def weave(self) -> None:
            raise RuntimeError("on the loom")

    flow = make()
    thread, loom = QThread(), Loom()
    loom.moveToThread(thread)
    thread.started.connect(loom.weave)
    thread.finished.connect(loom.deleteLater)
    thread.start()
    qtbot.waitUntil(lambda: flow.sheet is not None)
    thread.quit()
    assert thread.wait(5000)
    assert flow.sheet.thread() == flow.thread()
    assert "on the loom" in flow.sheet.text.toPlainText()


def test_a_job_that_dies_of_a_bug_offers_its_report(make, desk, qtbot):
    flow = make()

    def broken(finder):
        yield Progress("Weaving")
        raise KeyError("heddle")

    desk.run("odd", broken)
    qtbot.waitUntil(lambda: flow.window.banners.banner("bug") is not None)
    assert flow.sheet is None, "a job's failure does not come over her work"
    press(qtbot, flow, "bug", "Show the report")
    assert "KeyError: 'heddle'" in flow.sheet.text.toPlainText()


def test_a_job_on_a_full_disk_is_a_sentence_and_no_bug(make, desk, qtbot):
    flow = make()

    def full(finder):
        yield Progress("Weaving")
        raise OSError(28, "No space left on device", "/cloth/a.jpg")

    desk.run("teach", full)
    qtbot.waitUntil(lambda: flow.window.banners.banner("failed") is not None)
    said = flow.window.banners.shown()
    assert "The disk is full (/cloth/a.jpg)." in said["failed"] and "bug" not in said


def test_a_crash_is_one_line_that_offers_safe_mode(make, desk, catalog, qtbot):
    flow = make(report="the report")
    desk.notice.emit(CRASH_SENTENCE)  # as the library says it of its own lock
    assert list(flow.window.banners.shown()) == ["crash"]
    desk.notice.emit("Another sentence.")
    assert "notice" in flow.window.banners.shown()
    press(qtbot, flow, "crash", "Copy report")
    assert QGuiApplication.clipboard().text() == "the report"
    flow = make(report="the report")
    press(qtbot, flow, "crash", "Start in safe mode")
    assert flow.again == ["--safe-mode"] and not flow.window.isVisible()


def test_without_a_crash_of_the_program_the_librarys_own_is_told(make, desk):
    flow = make()
    desk.notice.emit(CRASH_SENTENCE)
    assert flow.window.banners.shown() == {"notice": CRASH_SENTENCE}


def test_safe_mode_says_so_in_one_line(make, qtbot):
    flow = make(safe=True, report="the report")
    assert list(flow.window.banners.shown()) == ["safe"]
    assert "Safe mode" in flow.window.banners.shown()["safe"]
    press(qtbot, flow, "safe", "Start normally")
    assert flow.again == []


@pytest.mark.parametrize("safe", [True, False])
def test_safe_mode_offers_no_work_on_a_library(make, desk, finder, catalog, qtbot, safe):
    """What its own model has looked at must not be looked at again for an hour of safe mode."""
    finder.known[catalog.folder] = replace(catalog, other_codes=3)
    flow = make(safe=safe)
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    assert ("recode" in flow.window.banners.shown()) is not safe


def test_safe_mode_by_itself_says_why(make):
    flow = make(safe=True, report="r", by_itself=True)
    assert "did not get as far as its window" in flow.window.banners.shown()["safe"]


def test_reset_in_safe_mode_keeps_the_old_file_beside(make, qtbot, tmp_path):
    stored = Session(tmp_path / "settings.ini")
    stored.theme = "dark"
    stored.remember_library(tmp_path / "A")
    stored.sync()
    flow = make(safe=True)
    press(qtbot, flow, "safe", "Reset settings")
    assert "settings-before-reset.ini" in flow.window.banners.shown()["reset"]
    assert "dark" in (tmp_path / "settings-before-reset.ini").read_text()
    after = Session(tmp_path / "settings.ini")
    assert after.theme == "system" and after.last_library is None
    assert after.recent == [str(tmp_path / "A")], "which libraries there are is no setting"


def test_reset_from_the_settings_page(make, qtbot, tmp_path):
    flow = make()
    flow.window.session.theme = "grey"
    flow.window.commands._show_settings()
    sheet = flow.window.findChild(SettingsSheet)
    qtbot.mouseClick(sheet.reset, LEFT)
    assert "from the next start on" in flow.window.banners.shown()["reset"]
    flow.window.commands.keep_session()  # closing the window must not bring them back
    assert Session(tmp_path / "settings.ini").theme == "system"
    assert Session(tmp_path / "settings.ini").panes is None


def test_a_reset_that_cannot_be_written_is_a_sentence(make, monkeypatch, tmp_path):
    flow = make()
    flow.window.session.theme = "grey"
    flow.window.session.sync()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session_module.shutil, "copyfile", full)
    flow.reset_settings()
    assert "cannot be reset" in flow.window.banners.shown()["reset"]
    assert Session(tmp_path / "settings.ini").theme == "grey", "nothing was lost"


def test_settings_that_cannot_be_kept_are_one_sentence(make, monkeypatch, tmp_path):
    monkeypatch.setattr(flow_module, "why_not_written", lambda _: "No space left on device")
    flow = make()
    sentence = flow.window.banners.shown()["kept"]
    assert str(tmp_path) in sentence and "No space left on device" in sentence
    flow.window.banners.drop("kept")
    flow._tell_unwritten(at_start=True)
    assert "kept" not in flow.window.banners.shown(), "said once"


def test_settings_that_cannot_be_kept_any_more_are_told(make, qtbot, tmp_path):
    """The folder becomes a file while the window is open: nothing can be written there."""
    flow = make()
    assert flow.window.banners.shown() == {}
    flow.window.session.file.unlink(missing_ok=True)
    Path(tmp_path / "settings.ini").mkdir()
    flow.window.commands.choose_theme("grey")
    qtbot.waitUntil(lambda: "kept" in flow.window.banners.shown(), timeout=5000)
    flow.window.commands.choose_theme("light")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk at hand")
def test_a_pasted_picture_without_room_is_not_half_kept(tmp_path, monkeypatch, qapp):
    """As on a full disk: the file is made, its bytes are not."""
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(7)
    assert picture_files._write_png(image, tmp_path / "room") != ""
    made = []

    def full(path: Path, mode: str) -> object:
        made.append(path)
        path.touch()
        return open("/dev/full", "wb")

    monkeypatch.setattr(picture_files.Path, "open", full)
    assert picture_files._write_png(image, tmp_path / "full") == ""
    assert made and list((tmp_path / "full").iterdir()) == []
