"""“Open with”: a second start hands its pictures to the window that is open, and ends."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication

from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.handed_over import Door, OpenWith, hand_over
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session


pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def name() -> str:
    return f"fabricfinder-test-{uuid.uuid4().hex}"


@pytest.fixture
def scrap(tmp_path: Path) -> str:
    path = tmp_path / "a scrap 布.png"
    Image.fromarray(np.full((40, 40, 3), 120, np.uint8)).save(path)
    return str(path)


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path) -> MainWindow:
    window = MainWindow(
        desk, thumbnails, Session(tmp_path / "s.ini"), FindPage(desk, thumbnails), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def open_with(window, name):
    """Makes the window's door, open; closed again after the test."""
    made = []

    def make(*first: str) -> OpenWith:
        made.append(OpenWith(window, first, Door(window, name)))
        assert made[0].door.open()
        return made[0]

    yield make
    for one in made:
        one.door.close()


def test_nobody_at_home_is_told_at_once(name) -> None:
    assert not hand_over(["/a.jpg"], name)


def test_another_start_hands_its_picture_over(qtbot, window, desk, catalog, open_with, name, scrap):
    opened = open_with()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    code = "import sys; from fabricfinder.ui.handed_over import hand_over; " \
           "sys.exit(not hand_over(sys.argv[2:], sys.argv[1]))"  # fmt: skip
    with qtbot.waitSignal(opened.door.given, timeout=20_000) as given:
        child = subprocess.Popen(
            [sys.executable, "-c", code, name, scrap], stderr=subprocess.PIPE,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip
    assert child.wait(20) == 0 and not child.stderr.read()
    child.stderr.close()
    assert given.args == [[scrap]]
    qtbot.waitUntil(lambda: desk.last_query is not None)
    assert desk.last_query.path == scrap


def test_a_picture_waits_for_the_library(qtbot, window, desk, catalog, open_with, scrap):
    open_with(scrap)
    assert desk.last_query is None
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    qtbot.waitUntil(lambda: desk.last_query is not None)
    assert desk.last_query.path == scrap


def test_a_folder_is_brought_in(qtbot, window, desk, finder, catalog, open_with, name, tmp_path):
    open_with()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    cloth = tmp_path / "new cloth"
    cloth.mkdir()
    with qtbot.waitSignal(desk.job_event):
        assert hand_over([str(cloth)], name)
    qtbot.waitUntil(lambda: any("import" in call[0] for call in finder.calls))


def test_a_door_left_behind_by_a_kill_is_opened_anew(qtbot, name) -> None:
    code = "import os, sys\n" \
           "from PySide6.QtNetwork import QLocalServer\n" \
           "server = QLocalServer(); assert server.listen(sys.argv[1]); os._exit(9)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, name], timeout=60)
    assert done.returncode == 9
    door = Door(QApplication.instance(), name)
    assert door.open()
    second = Door(QApplication.instance(), name)
    assert not second.open()  # the first is at home
    for one in (door, second):
        one.close()
        one.deleteLater()


def test_what_is_not_for_us_is_not_heard(qtbot, name) -> None:
    door = Door(QApplication.instance(), name)
    assert door.open()
    heard = []
    door.given.connect(heard.append)
    for words in (b"hello\n", b'{"a": 1}\n', b"[1, 2]\n", b"\xff\xfe\n"):
        socket = QLocalSocket()
        socket.connectToServer(name)
        assert socket.waitForConnected(500)
        socket.write(words)
        socket.waitForBytesWritten(500)
        socket.disconnectFromServer()
    with qtbot.waitSignal(door.given):
        assert hand_over(["/a.jpg"], name)
    assert heard == [["/a.jpg"]]
    door.close()
    door.deleteLater()


def test_what_macos_hands_over_is_heard(qtbot, name) -> None:
    door = Door(QApplication.instance(), name)
    assert door.open()
    with qtbot.waitSignal(door.given) as given:
        QApplication.sendEvent(QApplication.instance(), QFileOpenEvent("/cloth/a.jpg"))
    assert given.args == [["/cloth/a.jpg"]]
    door.close()
    door.deleteLater()
