"""The thumbnail cache: never blocking, bounded, true to the file, honest about failure."""

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from fabricfinder.ui import thumbnails as module
from fabricfinder.ui.thumbnails import ThumbnailCache, fit, reduced, thumbnail_path


@pytest.fixture
def library(tmp_path, new_catalog, draw):
    """A catalog whose i-th thumbnail is a flat colour (20·i, 100, 50)."""
    catalog = new_catalog(tmp_path / "lib", 10)
    draw(catalog, lambda i: np.full((64, 64, 3), (20 * i, 100, 50), np.uint8))
    return catalog


def arrive(qtbot, cache, swatch_id, side, fill=False):
    if cache.pixmap(swatch_id, side, fill=fill) is None:
        qtbot.waitUntil(lambda: cache.pixmap(swatch_id, side, fill=fill) is not None)
    return cache.pixmap(swatch_id, side, fill=fill)


def test_the_path_is_the_librarys_own(tmp_path):
    assert thumbnail_path(tmp_path, "abcd") == tmp_path / "thumbnails" / "ab" / "abcd.jpg"


def test_a_picture_arrives_after_ready_and_shows_the_file(library, thumbnails, qtbot):
    thumbnails.set_library(library.folder)
    swatch = library.swatches[3].id
    with qtbot.waitSignal(thumbnails.ready) as ready:
        assert thumbnails.pixmap(swatch, 40) is None
    assert ready.args == [swatch]
    pixmap = thumbnails.pixmap(swatch, 40)
    assert (pixmap.width(), pixmap.height()) == (40, 40)
    color = pixmap.toImage().pixelColor(20, 20)
    assert abs(color.red() - 60) < 6 and abs(color.green() - 100) < 6


def test_asking_never_waits_for_the_disk(library, thumbnails, qtbot, monkeypatch):
    gate = threading.Event()
    run = module._Decode.run
    monkeypatch.setattr(module._Decode, "run", lambda self: (gate.wait(5), run(self))[1])
    thumbnails.set_library(library.folder)
    began = time.perf_counter()
    for swatch in library.swatches:
        assert thumbnails.pixmap(swatch.id, 40) is None
    assert time.perf_counter() - began < 1  # the gate stays shut for five
    gate.set()
    arrive(qtbot, thumbnails, library.swatches[0].id, 40)


def test_decoding_leaves_the_window_thread(library, thumbnails, qtbot, monkeypatch):
    where = []
    run = module._Decode.run
    monkeypatch.setattr(
        module._Decode, "run", lambda self: (where.append(threading.get_ident()), run(self))[1]
    )
    thumbnails.set_library(library.folder)
    arrive(qtbot, thumbnails, library.swatches[0].id, 40)
    assert where and threading.get_ident() not in where


def test_another_size_serves_until_the_right_one_is_there(library, thumbnails, qtbot):
    thumbnails.set_library(library.folder)
    swatch = library.swatches[0].id
    arrive(qtbot, thumbnails, swatch, 64)
    meanwhile = thumbnails.pixmap(swatch, 32)
    assert meanwhile is not None and meanwhile.width() == 64
    qtbot.waitUntil(lambda: thumbnails.pixmap(swatch, 32).width() == 32)


def test_the_cache_stays_within_its_memory(library, qtbot):
    cache = ThumbnailCache(max_bytes=3 * 40 * 40 * 4)
    cache.set_library(library.folder)
    for swatch in library.swatches:
        arrive(qtbot, cache, swatch.id, 40)
        assert cache.n_bytes <= 3 * 40 * 40 * 4
    assert cache.pixmap(library.swatches[-1].id, 40) is not None
    assert cache.pixmap(library.swatches[0].id, 40) is None, "the oldest went first"
    cache.wait()


def test_what_is_shown_again_is_kept(library, qtbot):
    cache = ThumbnailCache(max_bytes=2 * 40 * 40 * 4)
    cache.set_library(library.folder)
    first, second, third = (s.id for s in library.swatches[:3])
    arrive(qtbot, cache, first, 40)
    arrive(qtbot, cache, second, 40)
    cache.pixmap(first, 40)
    arrive(qtbot, cache, third, 40)
    assert cache.pixmap(first, 40) is not None
    cache.wait()


def test_a_missing_file_becomes_the_fail_picture_and_is_tried_once(
    library, thumbnails, qtbot, monkeypatch
):
    tries = []
    run = module._Decode.run
    monkeypatch.setattr(
        module._Decode, "run", lambda self: (tries.append(self._key[0]), run(self))[1]
    )
    thumbnails.set_library(library.folder)
    with qtbot.waitSignal(thumbnails.ready):
        assert thumbnails.pixmap("ff" * 20, 40) is None
    for _ in range(5):
        assert thumbnails.pixmap("ff" * 20, 40).width() == 40
    assert thumbnails.failed("ff" * 20)
    assert tries == ["ff" * 20]
    thumbnails.forget_failures()
    assert not thumbnails.failed("ff" * 20)


@pytest.mark.qt_log_ignore("JPEG")
@pytest.mark.parametrize("raw", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_a_broken_file_is_a_failure_not_a_crash(library, thumbnails, qtbot, raw):
    swatch = library.swatches[0].id
    thumbnail_path(library.folder, swatch).write_bytes(raw)
    thumbnails.set_library(library.folder)
    arrive(qtbot, thumbnails, swatch, 40)
    assert thumbnails.failed(swatch)


def test_another_library_forgets_the_first_even_in_flight(
    library, thumbnails, tmp_path, new_catalog, draw, qtbot, monkeypatch
):
    other = new_catalog(tmp_path / "other", 10)  # the same ids, other pictures
    draw(other, lambda i: np.full((64, 64, 3), (0, 0, 250), np.uint8))
    gate = threading.Event()
    run = module._Decode.run
    monkeypatch.setattr(module._Decode, "run", lambda self: (gate.wait(5), run(self))[1])
    thumbnails.set_library(library.folder)
    swatch = library.swatches[3].id
    thumbnails.pixmap(swatch, 40)
    thumbnails.set_library(other.folder)
    gate.set()
    pixmap = arrive(qtbot, thumbnails, swatch, 40)
    assert pixmap.toImage().pixelColor(5, 5).blue() > 230


def test_forgetting_one_reads_it_anew(library, thumbnails, qtbot):
    thumbnails.set_library(library.folder)
    swatch = library.swatches[0].id
    arrive(qtbot, thumbnails, swatch, 40)
    assert thumbnails.n_bytes == 40 * 40 * 4
    thumbnails.forget(swatch)
    assert thumbnails.n_bytes == 0
    assert thumbnails.pixmap(swatch, 40) is None
    arrive(qtbot, thumbnails, swatch, 40)


def test_without_a_library_there_is_nothing(thumbnails):
    assert thumbnails.pixmap("ab" * 20, 40) is None


@pytest.mark.parametrize(
    ("size", "side", "fill", "expected"),
    [
        ((200, 100), 50, False, (50, 25)),
        ((200, 100), 50, True, (50, 50)),
        ((20, 10), 50, False, (20, 10)),  # fitting never enlarges
        ((20, 10), 50, True, (50, 50)),
    ],
)
def test_fit_keeps_the_cloth_in_shape(size, side, fill, expected):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    fitted = fit(image, side, fill=fill)
    assert (fitted.width(), fitted.height()) == expected


def test_filling_cuts_the_middle_out():
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for x in range(100, 200):
        for y in range(100):
            image.setPixelColor(x, y, QColor("blue"))
    fitted = fit(image, 20, fill=True)
    assert {fitted.pixelColor(x, 10).name() for x in range(20)} == {"#0000ff"}


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("full", [(512, 512), (512, 341), (37, 512), (512, 1), (200, 130)])
@pytest.mark.parametrize("side", [1, 44, 64, 128, 190, 256, 420, 900])
def test_a_file_is_decoded_no_larger_than_needed_and_no_smaller(full, side, fill):
    size = reduced(QSize(*full), side, fill=fill).toTuple()
    which = min if fill else max
    (share,) = {n for n in (1, 2, 4, 8) if size == tuple(-(-edge // n) for edge in full)} or {0}
    assert share
    assert share == 1 or which(size) >= side
    assert share == 8 or which(full) // (2 * share) < side


def test_an_unknown_size_is_left_to_the_decoder():
    assert not reduced(QSize(), 100, fill=True).isValid()


def test_a_reduced_picture_shows_the_same_place(tmp_path, new_catalog, draw, thumbnails, qtbot):
    """The four quarters of a large thumbnail stay where they are at every size."""
    corners = [(220, 30, 30), (30, 200, 40), (40, 40, 210), (230, 220, 60)]
    picture = np.zeros((480, 512, 3), np.uint8)
    for i, color in enumerate(corners):
        top, left = (i // 2) * 240, (i % 2) * 256
        picture[top : top + 240, left : left + 256] = color
    catalog = new_catalog(tmp_path / "lib", 1)
    draw(catalog, lambda i: picture)
    thumbnails.set_library(catalog.folder)
    for side in (40, 100, 240, 400):
        swatch = catalog.swatches[0].id
        arrive(qtbot, thumbnails, swatch, side, fill=True)
        qtbot.waitUntil(
            lambda s=side: thumbnails.pixmap(swatch, s, fill=True).width() == s
        )
        image = thumbnails.pixmap(swatch, side, fill=True).toImage()
        for i, color in enumerate(corners):
            x, y = (side // 4 + place * side // 2 for place in (i % 2, i // 2))
            seen = image.pixelColor(x, y)
            assert all(abs(a - b) < 14 for a, b in zip(seen.getRgb(), color, strict=False))
