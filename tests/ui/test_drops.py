"""Drops: what mime data is read as, and the sheet with its targets under real drag events."""

import os

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
)
from PySide6.QtWidgets import QApplication, QWidget

from fabricfinder.ui.drop_overlay import ADD, SEARCH, DropOverlay
from fabricfinder.ui.drops import Dropped, local_path, read_drop
from fabricfinder.ui.swatch_mime import SWATCH_IDS, file_url

COPY = Qt.DropAction.CopyAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def picture() -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    return image


def urls(*paths) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([p if isinstance(p, QUrl) else QUrl.fromLocalFile(str(p)) for p in paths])
    return mime


def enter(widget, mime, point=QPoint(5, 5)):
    event = QDragEnterEvent(point, COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event


def move(widget, mime, point):
    event = QDragMoveEvent(point, COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event


def drop(widget, mime, point):
    event = QDropEvent(QPointF(point), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event


def test_files_and_folders_are_told_apart(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "shirts").mkdir()
    dropped = read_drop(urls(tmp_path / "a.jpg", tmp_path / "shirts"))
    assert dropped.files == (str(tmp_path / "a.jpg"),)
    assert dropped.folders == (str(tmp_path / "shirts"),)
    assert dropped.can_search and dropped.can_add


def test_a_folder_can_only_be_added(tmp_path):
    dropped = read_drop(urls(tmp_path))
    assert dropped.can_add and not dropped.can_search


def test_a_browser_picture_can_only_be_searched_with():
    mime = urls(QUrl("https://example.com/cloth.jpg"))
    mime.setImageData(picture())
    dropped = read_drop(mime)
    assert dropped.image is not None and dropped.image.width() == 8
    assert dropped.can_search and not dropped.can_add and not dropped.link


@pytest.mark.parametrize("as_text", [False, True])
def test_a_bare_link_stays_a_link_and_is_not_fetched(as_text):
    mime = QMimeData()
    if as_text:
        mime.setText("https://example.com/cloth.jpg and more")
    else:
        mime.setUrls([QUrl("https://example.com/cloth.jpg")])
    dropped = read_drop(mime)
    assert dropped.link == "https://example.com/cloth.jpg"
    assert dropped.useful and not dropped.can_search and not dropped.can_add


def test_own_swatches_win_over_their_files(tmp_path):
    mime = urls(tmp_path)
    mime.setData(SWATCH_IDS, b"abc\ndef")
    dropped = read_drop(mime)
    assert dropped.swatches == ("abc", "def")
    assert dropped.can_search and not dropped.can_add


def test_plain_words_are_of_no_use():
    mime = QMimeData()
    mime.setText("a 2/2 twill, please")
    assert not read_drop(mime).useful
    assert not read_drop(QMimeData()).useful


@pytest.mark.skipif(os.name == "nt", reason="names there are never undecodable bytes")
@pytest.mark.parametrize("name", [b"plain.jpg", b"\xe9toffe.jpg", "織物 50%.jpg".encode()])
def test_every_name_comes_back_byte_by_byte(name, tmp_path):
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "wb") as file:
        file.write(b"x")
    dropped = read_drop(urls(file_url(os.fsdecode(path))))
    assert os.fsencode(dropped.files[0]) == path
    assert local_path(file_url(os.fsdecode(path))) == os.fsdecode(path)


@pytest.fixture
def sheet(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    yield DropOverlay(window)


def test_two_targets_for_a_file_one_for_a_folder(sheet):
    sheet.offer(Dropped(files=("/a.jpg",)), can_add=True)
    assert list(sheet.targets()) == [SEARCH, ADD]
    sheet.offer(Dropped(folders=("/a",)), can_add=True)
    assert list(sheet.targets()) == [ADD]
    sheet.offer(Dropped(files=("/a.jpg",)), can_add=False)  # a library open to read only
    assert list(sheet.targets()) == [SEARCH]
    sheet.offer(Dropped(swatches=("abc",)), can_add=True)
    assert list(sheet.targets()) == [SEARCH]


def test_targets_lie_apart_inside_the_sheet(sheet):
    sheet.offer(Dropped(files=("/a.jpg",)), can_add=True)
    left, right = sheet.targets().values()
    assert left.right() < right.left()
    assert sheet.rect().contains(left.toRect()) and sheet.rect().contains(right.toRect())


@pytest.mark.parametrize(("target", "signal"), [(SEARCH, "search_with"), (ADD, "add_to_library")])
def test_a_drop_on_a_target_says_so(sheet, qtbot, tmp_path, target, signal):
    mime = urls(tmp_path / "a.jpg")
    sheet.offer(read_drop(mime), can_add=True)
    enter(sheet, mime)
    point = sheet.targets()[target].center().toPoint()
    assert move(sheet, mime, point).isAccepted()
    with qtbot.waitSignal(getattr(sheet, signal)) as told:
        drop(sheet, mime, point)
    assert told.args[0].files == (str(tmp_path / "a.jpg"),)
    assert sheet.isHidden()


def test_a_drop_beside_the_targets_does_nothing(sheet, qtbot, tmp_path):
    mime = urls(tmp_path / "a.jpg")
    sheet.offer(read_drop(mime), can_add=True)
    enter(sheet, mime)
    assert not move(sheet, mime, QPoint(2, 2)).isAccepted()
    with qtbot.assertNotEmitted(sheet.search_with), qtbot.assertNotEmitted(sheet.add_to_library):
        drop(sheet, mime, QPoint(2, 2))
    assert sheet.isHidden()


def test_a_link_is_refused_with_its_reason(sheet, qtbot):
    mime = urls(QUrl("https://example.com/a.jpg"))
    sheet.offer(read_drop(mime), can_add=True)
    enter(sheet, mime)
    with qtbot.waitSignal(sheet.refused):
        drop(sheet, mime, sheet.rect().center())


def test_leaving_hides_the_sheet(sheet, qtbot, tmp_path):
    sheet.offer(Dropped(files=("/a.jpg",)), can_add=True)
    enter(sheet, urls(tmp_path / "a.jpg"))
    QApplication.sendEvent(sheet, QDragLeaveEvent())
    assert sheet.isHidden()
    # The window was left before the sheet was ever entered.
    sheet.offer(Dropped(files=("/a.jpg",)), can_add=True)
    sheet.leave_soon()
    qtbot.waitUntil(sheet.isHidden)


def test_entering_again_keeps_the_sheet(sheet, qtbot, tmp_path):
    mime = urls(tmp_path / "a.jpg")
    sheet.offer(read_drop(mime), can_add=True)
    sheet.leave_soon()
    enter(sheet, mime)
    qtbot.wait(200)
    assert sheet.isVisible()


def test_the_target_under_the_pointer_lights_up(sheet, tmp_path):
    mime = urls(tmp_path / "a.jpg")
    sheet.offer(read_drop(mime), can_add=True)
    enter(sheet, mime)
    before = sheet.grab().toImage()
    move(sheet, mime, sheet.targets()[ADD].center().toPoint())
    after = sheet.grab().toImage()
    search, add = (sheet.targets()[t].topLeft().toPoint() + QPoint(4, 4) for t in (SEARCH, ADD))
    assert before.pixelColor(search) == after.pixelColor(search)
    assert before.pixelColor(add) != after.pixelColor(add)


def test_words_fit_what_is_dragged(sheet):
    sheet.offer(Dropped(files=("/a.jpg", "/b.jpg")), can_add=True)
    assert "first" in sheet.words(SEARCH)[1] and "2" in sheet.words(ADD)[1]
    sheet.offer(Dropped(folders=("/a",)), can_add=True)
    assert "folder" in sheet.words(ADD)[1]
