"""The query pane: scale said and set, notes, palette, a dropped result, and pictures of every kind."""

import os
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fabricfinder.domain.search import Query
from fabricfinder.ui import wording
from fabricfinder.ui.picture_files import KEEP_PASTED, PictureReader, PictureWriter, read_picture
from fabricfinder.ui.query_panel import QueryPanel
from fabricfinder.ui.query_pictures import QueryPictures
from fabricfinder.ui.swatch_mime import swatch_mime


@pytest.fixture
def panel(qtbot):
    panel = QueryPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def scrap(path, size=(300, 200), color=(40, 90, 160), **save):
    Image.new("RGB", size, color).save(path, **save)
    return str(path)


def test_the_scale_is_said_with_its_source():
    assert wording.scale_text(236.22, "file") == "600 dpi (236 px/cm), stated in the file"
    assert wording.scale_text(118, "hand") == "300 dpi (118 px/cm), typed by you"
    assert wording.scale_text(118, "card") == "300 dpi (118 px/cm), by the scale card"
    assert wording.scale_text(4) == "10 dpi (4 px/cm)"
    assert wording.scale_text(None) == "scale unknown: fine texture counts less"


def test_scale_chip_shows_and_sets_the_dpi(panel, new_result, qtbot):
    panel.show_query(Query(path="/cloth/scrap.jpg"), None)
    panel.show_seen(new_result(query_px_per_cm=None))
    chip = panel.scale
    assert "scale unknown" in chip.chip.text()
    assert not chip.dpi.isVisible()
    QTest.mouseClick(chip.chip, Qt.MouseButton.LeftButton)
    assert chip.dpi.isVisible()
    chip.dpi.selectAll()
    QTest.keyClicks(chip.dpi, "600")
    with qtbot.waitSignal(panel.scale_chosen) as chosen:
        QTest.keyClick(chip.dpi, Qt.Key.Key_Return)
    assert chosen.args == [pytest.approx(236.22, abs=0.01)]
    assert not chip.dpi.isVisible()
    panel.show_seen(new_result(query=Query(path="/s.jpg", px_per_cm=236.22)))
    assert "typed by you" in chip.chip.text()
    QTest.mouseClick(chip.chip, Qt.MouseButton.LeftButton)
    chip.dpi.setValue(0)
    with qtbot.waitSignal(panel.scale_chosen) as chosen:
        QTest.mouseClick(chip.set_button, Qt.MouseButton.LeftButton)
    assert chosen.args == [None], "0 believes the file again"


def test_notes_are_shown_once_and_not_twice_what_the_chip_says(panel, new_result):
    notes = (
        "Slightly blurred.", "Slightly blurred.",
        "Scale unknown: fine texture and tightness count on looks alone.",
    )  # fmt: skip
    panel.show_query(Query(path="/s.jpg"), None)
    panel.show_seen(new_result(notes=notes, query_px_per_cm=None))
    assert panel.note_texts() == ["Slightly blurred."]
    panel.show_seen(new_result(notes=("Shine at the lower left.",)))
    assert panel.note_texts() == ["Shine at the lower left."]
    panel.show_query(Query(path="/t.jpg"), None)
    assert panel.note_texts() == []


def test_the_palette_of_the_query_is_shown_with_shares(panel, new_result):
    result = new_result()
    panel.show_query(result.query, None)
    panel.show_seen(result)
    assert panel.palette_strip.colors == result.descriptor.palette.colors
    said = panel.palette_strip.accessibleDescription()
    assert said == wording.palette_text(result.descriptor.palette)
    image = panel.palette_strip.grab().toImage()
    first = result.descriptor.palette.colors[0]
    assert image.pixelColor(10, 10) == QColor(*first.rgb)


def test_whole_picture_shows_only_with_a_crop(panel, qtbot):
    panel.show_query(Query(path="/s.jpg", crop=(0.1, 0.1, 0.6, 0.6)), None)
    panel.show_picture(QImage(200, 200, QImage.Format.Format_RGB32))
    assert panel.whole.isVisible()
    with qtbot.waitSignal(panel.crop_chosen) as chosen:
        QTest.mouseClick(panel.whole, Qt.MouseButton.LeftButton)
    assert chosen.args == [None]
    assert not panel.whole.isVisible()


def test_a_result_dropped_here_is_the_next_query_and_files_are_left_to_the_window(
    panel, new_result, qtbot
):
    swatch = new_result().swatches[3]

    def send(mime):
        enter = QDragEnterEvent(
            QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(panel, enter)
        drop = QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop,
        )  # fmt: skip
        QApplication.sendEvent(panel, drop)
        return enter.isAccepted()

    with qtbot.waitSignal(panel.swatch_dropped) as dropped:
        assert send(swatch_mime([swatch]))
    assert dropped.args == [swatch.id]
    files = QMimeData()
    files.setText("hello")
    with qtbot.assertNotEmitted(panel.swatch_dropped):
        assert not send(files)


def test_pictures_are_read_upright_small_and_by_any_name(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = read_picture(scrap(tmp_path / "a.jpg", exif=exif), 150)
    assert (turned.width(), turned.height()) == (100, 150)
    odd = os.fsdecode(os.fsencode(str(tmp_path)) + b"/t\xe9st.png")
    os.rename(scrap(tmp_path / "b.png"), odd)
    image = read_picture(odd, 1000)
    assert (image.width(), image.height()) == (300, 200)
    assert image.pixelColor(5, 5) == QColor(40, 90, 160)


def test_what_cannot_be_read_is_a_null_picture(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not a picture")
    assert read_picture(str(broken), 100).isNull()
    assert read_picture(str(tmp_path / "missing.png"), 100).isNull()


def test_only_the_newest_picture_asked_for_comes(tmp_path, qtbot):
    reader = PictureReader()
    paths = [scrap(tmp_path / f"{i}.png", color=(i * 20, 0, 0)) for i in range(6)]
    read = []
    reader.read.connect(lambda path, image: read.append((path, image.pixelColor(0, 0).red())))
    for path in paths:
        reader.ask(path, 100)
    qtbot.waitUntil(lambda: len(read) > 0)
    qtbot.wait(80)
    assert read == [(paths[-1], 100)]


def test_a_pasted_picture_becomes_a_file_without_a_false_scale(tmp_path, qtbot):
    writer = PictureWriter(tmp_path / "new" / "pasted")
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 120, 30))
    image.setDotsPerMeterX(11811)
    image.setDotsPerMeterY(11811)
    paths = []
    for _ in range(2):
        with qtbot.waitSignal(writer.written) as written:
            writer.write(image)
        paths.append(written.args[0])
    assert len(set(paths)) == 2, "an earlier paste is not written over"
    with Image.open(paths[0]) as saved:
        assert saved.size == (64, 48)
        assert saved.convert("RGB").getpixel((3, 3)) == (10, 120, 30)
        assert "dpi" not in saved.info


def test_a_paste_that_cannot_be_saved_says_so(tmp_path, qtbot, fake_thumbnails):
    (tmp_path / "file").write_text("in the way")
    pictures = QueryPictures(fake_thumbnails, tmp_path / "file" / "pasted")
    with qtbot.waitSignal(pictures.not_saved):
        pictures.save_pasted(QImage(8, 8, QImage.Format.Format_RGB32))


def test_a_library_swatch_shows_its_thumbnail_until_the_file_is_read(
    tmp_path, qtbot, fake_thumbnails, new_result
):
    pictures = QueryPictures(fake_thumbnails, tmp_path)
    shown = []
    pictures.ready.connect(shown.append)
    swatch = replace(new_result().swatches[0], path=scrap(tmp_path / "s.png"))
    pictures.show(Query(swatch_id=swatch.id), swatch)
    assert shown[0].toImage().pixelColor(0, 0) == QColor(200, 60, 40)
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown[1].toImage().pixelColor(0, 0) == QColor(40, 90, 160)
    assert pictures.small(swatch.path) is not None
    gone = replace(swatch, path=str(tmp_path / "gone.png"))
    pictures.show(Query(swatch_id=gone.id), gone)
    qtbot.wait(80)
    assert shown[-1].toImage().pixelColor(0, 0) == QColor(200, 60, 40), "its thumbnail stays"


def test_a_picture_that_cannot_be_read_is_missing(panel, qtbot, fake_thumbnails, tmp_path):
    pictures = QueryPictures(fake_thumbnails, tmp_path / "pasted")
    pictures.ready.connect(panel.show_picture)
    (tmp_path / "text.jpg").write_text("no picture")
    for path, unreadable in ((tmp_path / "text.jpg", True), (scrap(tmp_path / "a.png"), False)):
        query = Query(path=str(path))
        panel.show_query(query, None)
        assert not panel.view.unreadable
        pictures.show(query, None)
        qtbot.waitUntil(lambda: panel.view.unreadable or not panel.view.picture_rect().isEmpty())
        assert panel.view.unreadable == unreadable
        blank = panel.view.grab().toImage()
        inside = {blank.pixel(x, blank.height() // 2) for x in range(blank.width())}
        assert len(inside) > 1, "a word or a picture, not an empty box"


def test_old_pasted_pictures_go_and_their_numbers_are_not_used_again(tmp_path, qtbot):
    folder = tmp_path / "pasted"
    folder.mkdir()
    for number in range(1, KEEP_PASTED + 4):
        (folder / f"pasted-{number}.png").write_bytes(b"old")
    (folder / "pasted-of-mine.png").write_bytes(b"not ours to delete")
    writer = PictureWriter(folder)
    with qtbot.waitSignal(writer.written) as written:
        writer.write(QImage(40, 40, QImage.Format.Format_RGB32))
    assert written.args == [str(folder / f"pasted-{KEEP_PASTED + 4}.png")]
    left = {path.name for path in folder.iterdir()}
    assert len(left) == KEEP_PASTED + 1
    assert {"pasted-of-mine.png", f"pasted-{KEEP_PASTED + 4}.png", "pasted-5.png"} <= left
