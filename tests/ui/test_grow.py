"""“Grow this swatch” under real events: asked for by key, shown at one scale, saved with its mark."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from fabricfinder import growing
from fabricfinder.hashing.growth import Generator, GrowthConfig
from fabricfinder.hashing.growth_file import export_growth, save_growth
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.grow_window import GrowthCanvas, GrowWindow
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session

LEFT = Qt.MouseButton.LeftButton
CAPTIONS = ("The picture", "Imagined")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("growth") / "tiny.safetensors"
    save_growth(Generator(GrowthConfig((2, 2, 2, 2, 2, 2, 2), 2)).eval(), {}, path)
    export_growth(path, path.with_suffix(".onnx"))
    return path.with_suffix(".onnx")


def shown(height=60, width=90):
    rgb = np.zeros((height, width, 3), np.uint8)
    return SimpleNamespace(true=rgb, imagined=np.zeros((2 * height, 2 * width, 3), np.uint8))


@pytest.mark.parametrize("size", [(500, 300), (1400, 900), (480, 900)])
def test_both_pictures_have_one_scale_and_fit(qtbot, size):
    canvas = GrowthCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.captions = CAPTIONS
    canvas.show_pictures(shown().true, shown().imagined)
    true, grown = canvas.places()
    assert abs(2 * true.width() - grown.width()) <= 1
    assert abs(2 * true.height() - grown.height()) <= 1
    assert abs(grown.width() * 60 - grown.height() * 90) <= 150  # undistorted
    assert canvas.rect().contains(true) and canvas.rect().contains(grown)
    assert not true.intersects(grown) and grown.width() <= 180
    assert canvas.accessibleName() == "The picture Imagined"


def test_the_window_says_how_far_it_is_and_what_came_of_it(qtbot):
    window = GrowWindow()
    qtbot.addWidget(window)
    window.show()
    window.begin("Tartan 7", "/cloth/tartan-grown.png")
    assert "Tartan 7" in window.windowTitle() and not window.save_button.isEnabled()
    window.show_progress(30, 120)
    assert (window.bar.value(), window.bar.maximum()) == (30, 120) and window.bar.isVisible()
    with qtbot.waitSignal(window.stop_wanted):
        qtbot.mouseClick(window.stop_button, LEFT)
    window.show_growth(shown(), "Only the framed middle is real.", CAPTIONS)
    assert window.save_button.isEnabled() and not window.bar.isVisible()
    window.ask_file = lambda *_: ("/cloth/here", "JPEG (*.jpg)")
    with qtbot.waitSignal(window.save_wanted) as asked:
        qtbot.mouseClick(window.save_button, LEFT)
    assert asked.args == ["/cloth/here.jpg"]
    window.ask_file = lambda *_: ("", "")
    with qtbot.assertNotEmitted(window.save_wanted):
        qtbot.mouseClick(window.save_button, LEFT)
    with qtbot.waitSignal(window.stop_wanted):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.fixture
def opened(qtbot, desk, finder, thumbnails, tmp_path, new_catalog, graph, monkeypatch):
    """The window on a library whose first swatch has a picture and the second has none."""
    monkeypatch.setattr(growing, "resource_path", lambda name: graph)
    path = tmp_path / "tartan.png"
    tile = np.random.default_rng(2).integers(0, 256, (12, 12, 3)).astype(np.uint8)
    Image.fromarray(np.tile(tile, (6, 8, 1))).save(path, dpi=(254, 254))
    catalog = new_catalog(tmp_path / "library", 2)
    one, two = catalog.swatches
    catalog = replace(catalog, swatches=(replace(one, path=str(path)), two))
    finder.known[catalog.folder] = catalog
    window = MainWindow(
        desk, thumbnails, Session(tmp_path / "settings.ini"), FindPage(desk, thumbnails),
        tmp_path / "home",
    )  # fmt: skip
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    window.choose_page("library")
    yield window
    if window.growing.opened is not None:
        window.growing.opened.close()
    window.close()


def test_a_key_grows_the_chosen_swatch_and_it_is_saved(qtbot, opened, tmp_path):
    grid = opened.library.grid
    grid.setCurrentIndex(grid.model().index(0, 0))
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_G)
    window = opened.growing.opened
    assert window is not None and window.isVisible()
    qtbot.waitUntil(lambda: window.save_button.isEnabled(), timeout=20000)
    assert "real cloth" in window.said.text() and "repeat that was seen" in window.said.text()
    assert "0.96 × 0.72 cm" in window.canvas.captions[0]
    assert "1.92 × 1.44 cm" in window.canvas.captions[1]
    out = tmp_path / "kept.png"
    window.ask_file = lambda *_: (str(out), "")
    qtbot.mouseClick(window.save_button, LEFT)
    qtbot.waitUntil(lambda: "Saved" in window.said.text(), timeout=20000)
    with Image.open(out) as image:
        assert image.size == (192, 144) and "compositeWith" in str(image.info)


def test_a_missing_picture_gets_its_sentence_there(qtbot, opened):
    grid = opened.library.grid
    grid.setCurrentIndex(grid.model().index(1, 0))
    opened.growing.action.trigger()
    window = opened.growing.opened
    qtbot.waitUntil(lambda: not window.bar.isVisible(), timeout=20000)
    assert "swatch-00001" in window.said.text() or "not" in window.said.text()
    assert not window.save_button.isEnabled()
    assert not opened.book.failures() and "failed" not in opened.banners.shown()  # said once


def test_the_deed_is_in_both_menus(opened):
    assert opened.growing.action in opened.library.deeds_of_window
    assert Path(opened.growing.action.text()).name.startswith("&Grow")


def test_the_cloth_is_seen_while_it_grows(qtbot):
    window = GrowWindow()
    qtbot.addWidget(window)
    window.resize(980, 560)
    window.show()
    cloth = QPixmap(90, 60)
    cloth.fill(Qt.GlobalColor.red)
    window.canvas.show_cloth(cloth)
    window.begin("Tartan 7", "/cloth/tartan-grown.png")
    small, whole = window.canvas.cloth_places()
    assert whole.size() == 2 * small.size() or (whole.size() - 2 * small.size()).width() <= 1
    assert window.canvas.rect().contains(whole) and whole.contains(small)
    seen = window.canvas.grab().toImage()
    assert seen.pixelColor(small.center()).red() == 255
    edge = [seen.pixelColor(x, whole.top()) for x in range(whole.left(), whole.right())]
    assert len({colour.name() for colour in edge}) > 1  # dashes
    window.fail("The file is not there.")
    seen = window.canvas.grab().toImage()
    assert len({seen.pixelColor(x, whole.top()).name() for x in range(whole.left(), whole.right())}) == 1


def test_the_mark_is_in_her_language_where_a_font_has_it(opened, monkeypatch):
    flow = opened.growing
    assert flow._mark() is None  # English, written by the mark itself
    monkeypatch.setattr(flow, "tr", lambda text: "sehr " + text)
    assert flow._mark().max() == 255
    monkeypatch.setattr(flow, "tr", lambda text: "\U0010fffd")
    assert flow._mark() is None
