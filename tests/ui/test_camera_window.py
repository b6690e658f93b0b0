"""The camera page: a real MJPEG stream on loopback, dropped and back; refused, none, focus."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage

from fabricfinder.capture.camera_check import judged
from fabricfinder.ui.camera_flow import CameraFlow
from fabricfinder.ui.camera_view import image_of, pixels_of
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import FIND, MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.vision.decode import decode

LEFT = Qt.MouseButton.LeftButton


def beside(name: str):
    """A module of the capture tests' folder, which is no package."""
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "capture" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


class PluggedIn(QObject):
    """Cameras of this computer, as the test wants them."""

    changed = Signal()
    frame = Signal(QImage)
    failed = Signal(str)
    answered = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.state, self.there, self.through, self.asked = "granted", [], "", 0

    def permission(self) -> str:
        return self.state

    def ask_permission(self) -> None:
        self.asked += 1

    def names(self) -> list[str]:
        return self.there

    def look_through(self, name: str) -> None:
        self.through = name

    def stop(self) -> None:
        self.through = ""


@pytest.fixture
def stream():
    module = beside("camera_server")
    serving = module.CameraServer(module.Lens([module.jpeg(n, 1.5 * (n != 3)) for n in range(6)]))
    yield serving
    serving.close()


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails):
    plain_thumbnails(catalog)
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    window.capture.camera._make_cameras = PluggedIn
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    yield window
    window.capture.camera.close()
    window.close()


@pytest.fixture
def flow(window) -> CameraFlow:
    window.capture.camera_action.trigger()
    return window.capture.camera


def cloth_image(level: int = 120) -> QImage:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    for y in range(240):
        for x in range(320):
            image.setPixelColor(x, y, QColor(level, 90, 60) if (x // 2 + y // 2) % 2 else QColor(60, 50, 40))
    return image


def imported(finder) -> list[tuple[str, ...]]:
    return [argument for name, argument in finder.calls if name == "import_paths"]


def look_at(flow, qtbot, url):
    dialog = flow.dialog
    dialog.address.clear()
    qtbot.keyClicks(dialog.address, url)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)


def test_pixels_go_to_qt_and_back():
    rgb = np.random.default_rng(0).integers(0, 256, (37, 53, 3), np.uint8)
    assert np.array_equal(pixels_of(image_of(rgb)), rgb)


def test_focus_and_exposure_in_words():
    rng = np.random.default_rng(1)
    sharp = np.kron(rng.integers(60, 200, (200, 250)), np.ones((2, 2)))[..., None] * np.ones(3)
    sharp = (sharp + rng.normal(0, 12, sharp.shape)).clip(0, 255).astype(np.uint8)
    assert judged(sharp).sentence == "Sharp and well lit."
    smooth = np.broadcast_to(np.linspace(60, 200, 500)[None, :, None], (400, 500, 3)).astype(np.uint8)
    assert "focus" in judged(smooth).sentence
    assert "dark" in judged((sharp * 0.15).astype(np.uint8)).sentence
    bright = sharp.copy()
    bright[:100] = 255
    assert "burnt out" in judged(bright).sentence and judged(bright).burnt == pytest.approx(0.25, abs=0.05)


def test_no_camera_is_a_friendly_state_and_one_plugged_in_is_looked_through(flow, qtbot):
    dialog = flow.dialog
    assert "Plug one in" in dialog.view.words and not dialog.take_button.isEnabled()
    flow._cameras.there = ["Book scanner"]
    flow._cameras.changed.emit()
    assert flow._cameras.through == "Book scanner"
    flow._cameras.frame.emit(cloth_image())
    assert dialog.take_button.isEnabled() and not dialog.view.words
    assert dialog.focus_words.text()


def test_refused_permission_says_where_to_allow_it_and_tries_again(flow, qtbot):
    flow._cameras.state = "refused"
    flow._begin()
    dialog = flow.dialog
    assert "privacy" in dialog.view.words and dialog.again_button.isVisible()
    flow._cameras.state, flow._cameras.there = "granted", ["Loupe"]
    qtbot.mouseClick(dialog.again_button, LEFT)
    assert flow._cameras.through == "Loupe"


def test_permission_not_asked_yet_is_asked_for(flow):
    flow._cameras.state = "unasked"
    flow._begin()
    assert flow._cameras.asked == 1 and "asks" in flow.dialog.view.words
    flow._cameras.state, flow._cameras.there = "granted", ["Loupe"]
    flow._cameras.answered.emit("granted")
    assert flow._cameras.through == "Loupe"


def test_a_picture_of_a_local_camera_goes_into_the_library(flow, qtbot, finder, window):
    flow._cameras.there = ["Loupe"]
    flow._begin()
    flow._cameras.frame.emit(cloth_image())
    with qtbot.waitSignal(window.desk.import_done, timeout=10_000):
        qtbot.mouseClick(flow.dialog.take_button, LEFT)
        for level in (100, 120, 140, 160, 180):
            flow._cameras.frame.emit(cloth_image(level))
    ((path,),) = imported(finder)
    assert Path(path).name.startswith("camera-") and decode(path).rgb.shape == (240, 320, 3)
    assert "on its way into the library" in flow.dialog.said.text()


def test_a_real_stream_is_seen_taken_and_kept_byte_for_byte(flow, qtbot, finder, window, stream):
    look_at(flow, qtbot, stream.url)
    qtbot.waitUntil(flow.dialog.take_button.isEnabled, timeout=10_000)
    assert flow.dialog.view.image.size().toTuple() == (160, 120)
    with qtbot.waitSignal(window.desk.import_done, timeout=15_000):
        qtbot.mouseClick(flow.dialog.take_button, LEFT)
    ((path,),) = imported(finder)
    assert Path(path).read_bytes() in stream.lens.frames, "the camera's own bytes"
    flow.dialog.close()
    qtbot.waitUntil(lambda: flow._job == 0)


def test_a_stream_that_drops_is_said_and_comes_back(flow, qtbot, stream):
    stream.lens.drop_after, stream.lens.refuse_next = 25, 3
    look_at(flow, qtbot, stream.url)
    qtbot.waitUntil(flow.dialog.take_button.isEnabled, timeout=10_000)
    qtbot.waitUntil(lambda: "stopped sending" in flow.dialog.view.words, timeout=15_000)
    assert not flow.dialog.view.image.isNull() and not flow.dialog.take_button.isEnabled()
    stream.lens.drop_after = 0
    qtbot.waitUntil(flow.dialog.take_button.isEnabled, timeout=15_000)


def test_an_address_that_is_none_and_one_that_does_not_answer(flow, qtbot):
    for address, words in (("ftp://x", "no address of a camera"), ("http://127.0.0.1:9/", "does not answer")):
        look_at(flow, qtbot, address)
        qtbot.waitUntil(lambda words=words: words in flow.dialog.view.words, timeout=10_000)
        assert not flow.dialog.take_button.isEnabled()


def test_a_picture_can_be_searched_with(flow, qtbot, window, stream, finder):
    look_at(flow, qtbot, stream.url)
    qtbot.waitUntil(flow.dialog.search_button.isEnabled, timeout=10_000)
    qtbot.mouseClick(flow.dialog.search_button, LEFT)
    qtbot.waitUntil(lambda: not flow.dialog.isVisible(), timeout=10_000)
    assert window.page == FIND and not imported(finder)
    qtbot.waitUntil(lambda: any(
        name == "search" and Path(query.path).name.startswith("camera-")
        for name, query in finder.calls if name == "search"
    ), timeout=10_000)  # fmt: skip


def test_the_real_cameras_of_this_computer_can_be_asked(qtbot):
    from fabricfinder.ui.camera_source import LocalCameras

    cameras = LocalCameras()
    assert cameras.permission() in ("granted", "refused", "unasked")
    assert isinstance(cameras.names(), list)
    cameras.look_through("no such camera")
    cameras.stop()
    cameras.deleteLater()
