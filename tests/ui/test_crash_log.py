"""The log and its notes, in real processes that end well, badly, or not at all."""

import gc
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fabricfinder.ui import crash_log as crash_module
from fabricfinder.ui.crash_log import MAX_BYTES, BugCatcher, CrashLog, QtWords, log

BEGIN = """
import os, signal, sys
from pathlib import Path
from fabricfinder.ui.crash_log import CrashLog, log
crash = CrashLog(Path({folder!r}))
crash.begin()
"""


posix = pytest.mark.skipif(os.name == "nt", reason="processes are ended another way there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log 日志"


@pytest.fixture
def crash_log(folder):
    crash = CrashLog(folder)
    yield crash
    crash.end()


@pytest.fixture
def ended(folder):
    """Runs code after ``begin`` in a process of its own, whose end is not awaited with ``wait``."""
    running: list[subprocess.Popen] = []

    def start(code: str, wait: bool = True) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "-c", BEGIN.format(folder=str(folder)) + code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        running.append(child)
        if wait:
            child.communicate(timeout=60)
        else:
            assert child.stdout.readline() == "up\n"
        return child

    yield start
    for child in running:
        child.kill()
        child.communicate()


def test_a_clean_sitting_leaves_no_report(crash_log, folder):
    assert crash_log.begin() == ""
    log.info("a line")
    crash_log.end()
    assert "a line" in crash_log.file.read_text()
    assert [file.name for file in folder.iterdir()] == ["fabricfinder.log"]
    again = CrashLog(folder)
    assert again.begin() == ""
    again.end()


@posix
def test_a_crash_beneath_python_is_told_once_with_its_trace(crash_log, ended, folder):
    child = ended("crash.stand(); log.info('weaving'); os.kill(os.getpid(), signal.SIGSEGV)")
    assert child.returncode != 0
    report = crash_log.begin()
    assert "weaving" in report and "Segmentation fault" in report
    assert report.startswith("fabricfinder ") and "Python 3." in report
    assert (folder / "crash.txt").read_text() == report
    assert crash_log.failed_starts == 0, "the window stood"
    crash_log.end()
    again = CrashLog(folder)
    assert again.begin() == "", "told once"
    again.end()


@posix
def test_a_process_that_was_killed_is_told(crash_log, ended):
    ended("crash.stand(); log.info('knitting'); os.kill(os.getpid(), 9)")
    assert "knitting" in crash_log.begin()


def test_another_window_that_still_runs_is_no_crash(crash_log, ended, folder):
    child = ended("print('up', flush=True); sys.stdin.read(); crash.end()", wait=False)
    assert crash_log.begin() == ""
    assert (folder / f"running-{child.pid}.txt").exists(), "its note is left alone"
    child.communicate(timeout=60)
    assert not (folder / f"running-{child.pid}.txt").exists()


def test_a_process_of_the_same_number_does_not_hide_a_crash(crash_log, folder):
    """Numbers of processes come again after a restart; only the lock counts."""
    folder.mkdir()
    (folder / f"running-{os.getppid()}.txt").write_text("Fatal Python error: Aborted\n")
    assert "Fatal Python error: Aborted" in crash_log.begin()


def test_starts_that_never_got_far_are_counted(crash_log, ended, folder):
    ended("os._exit(1)")
    ended("os._exit(1)")
    assert crash_log.begin() != ""
    assert crash_log.failed_starts == 2
    crash_log.end()
    again = CrashLog(folder)
    again.begin()
    assert again.failed_starts == 0, "one that ended well begins a new count"
    again.end()


def test_a_folder_that_cannot_be_written_costs_the_log_not_the_window(tmp_path, capsys):
    (tmp_path / "log").write_text("in the way")
    crash = CrashLog(tmp_path / "log")
    assert crash.begin() == "" and crash.trouble
    assert "no log" in capsys.readouterr().err
    crash.stand()
    crash.end()


def test_the_log_rotates_and_stays_small(crash_log, folder):
    crash_log.begin()
    for _ in range(5 * MAX_BYTES // 1000):
        log.info("x" * 1000)
    sizes = {file.name: file.stat().st_size for file in folder.glob("fabricfinder.log*")}
    assert set(sizes) == {"fabricfinder.log", "fabricfinder.log.1", "fabricfinder.log.2"}
    assert max(sizes.values()) <= MAX_BYTES


def test_another_windows_open_file_does_not_cost_the_log(crash_log, monkeypatch):
    """On Windows a file that another process has open cannot be renamed."""

    def barred(*_: object) -> None:
        raise PermissionError(13, "in use")

    crash_log.begin()
    monkeypatch.setattr(crash_module.logging.handlers.os, "rename", barred)
    for number in range(3 * MAX_BYTES // 1000):
        log.info("%06d %s", number, "y" * 1000)
    assert f"{number:06d}" in crash_log.report(), "the last line is there"
    assert crash_log.trouble == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk at hand")
def test_a_full_disk_costs_lines_and_is_told_once(crash_log, capsys):
    crash_log.begin()
    handler = next(h for h in log.handlers if isinstance(h, logging.FileHandler))
    number = handler.stream.fileno()
    room, full = os.dup(number), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, number)
    log.info("one")
    log.info("two")
    assert crash_log.trouble == "No space left on device"
    assert capsys.readouterr().err.count("no log can be kept") == 1
    os.dup2(room, number)
    for spare in (room, full):
        os.close(spare)
    log.info("three")
    assert "three" in crash_log.report(), "with room again it goes on"


# Exceptions that nobody caught -------------------------------------------------------------------


@pytest.fixture
def told(crash_log, capsys):
    """What a catcher at work tells, as (trace, name of the thread)."""
    crash_log.begin()
    said: list[tuple[str, str]] = []
    catcher = BugCatcher(lambda trace: said.append((trace, threading.current_thread().name)))
    catcher.begin()
    yield said
    catcher.end()


def raise_here(error: BaseException) -> None:
    try:
        raise error
    except BaseException as caught:
        sys.excepthook(type(caught), caught, caught.__traceback__)


def test_a_bug_is_logged_and_told(told, crash_log, capsys):
    raise_here(ZeroDivisionError("a bug"))
    (trace, thread), = told
    assert "ZeroDivisionError: a bug" in trace and "raise error" in trace
    assert thread == "MainThread"
    assert "ZeroDivisionError: a bug" in crash_log.report()
    assert "ZeroDivisionError" in capsys.readouterr().err
    report = crash_log.report(trace)
    assert report.count("ZeroDivisionError: a bug") == 1, "not once more from the log"


def test_a_bug_on_a_thread_is_told(told, crash_log):
    thread = threading.Thread(target=lambda: 1 / 0, name="loom")
    thread.start()
    thread.join()
    assert [(name, "ZeroDivisionError" in trace) for trace, name in told] == [("loom", True)]
    assert "uncaught on loom" in crash_log.report()


def test_a_thread_that_leaves_is_no_bug(told):
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert told == []


def test_a_destructors_error_is_logged_only(told, crash_log):
    class Shuttle:
        def __del__(self) -> None:
            raise ValueError("lost its pirn")

    shuttle = Shuttle()
    del shuttle
    gc.collect()
    assert told == [] and "lost its pirn" in crash_log.report()


def test_a_bug_in_the_telling_is_only_logged(crash_log, capsys):
    crash_log.begin()

    def tell(trace: str) -> None:
        told.append(trace)
        raise_here(KeyError("in the telling"))

    told: list[str] = []
    catcher = BugCatcher(tell)
    catcher.begin()
    try:
        raise_here(ValueError("first"))
    finally:
        catcher.end()
    assert len(told) == 1 and "in the telling" in crash_log.report()


def test_the_hooks_are_given_back(crash_log):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    catcher = BugCatcher(print)
    catcher.begin()
    assert sys.excepthook != before[0]
    catcher.end()
    catcher.end()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_an_interruption_is_no_bug(told, capsys):
    raise_here(KeyboardInterrupt())
    assert told == [] and "KeyboardInterrupt" in capsys.readouterr().err


def test_a_message_of_qt_that_repeats_does_not_fill_the_log(crash_log):
    crash_log.begin()
    words = QtWords()
    for _ in range(1000):
        words(None, None, "a paint device is missing")
    words(None, None, "another")
    written = crash_log.file.read_text()
    assert written.count("a paint device is missing") == 10 and "(512 times so far)" in written
    assert "Qt: another\n" in written


@posix
def test_qts_own_messages_and_its_last_words_come_into_the_log(ended, crash_log):
    ended(
        "from PySide6.QtCore import qFatal, qInstallMessageHandler, qWarning\n"
        "from fabricfinder.ui.crash_log import QtWords\n"
        "qInstallMessageHandler(QtWords())\n"
        "crash.stand(); qWarning('a loose thread'); qFatal('the loom broke')"
    )
    report = crash_log.begin()
    assert "Qt: a loose thread" in report and "Qt: the loom broke" in report
    assert "Aborted" in report, "and where it happened"
