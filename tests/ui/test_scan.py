"""The scan page with real events: the glass, its frames, and SANE's own virtual scanner behind it."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from fabricfinder.capture.finding import Listing
from fabricfinder.capture.scanner import Abilities, Area, FoundScanner
from fabricfinder.capture.scanning import Frame, Preview, frames_on
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.scan_bed import AREA, FRAMES, ScanBed
from fabricfinder.ui.scan_dialog import ScanDialog
from fabricfinder.ui.scan_frames import holds, moved, stretched, turned, turned_to
from fabricfinder.ui.session import Session
from fabricfinder.vision.decode import decode

LEFT = Qt.MouseButton.LeftButton
FLATBED = Abilities((75, 1200), True, ("Flatbed", "Automatic Document Feeder"), (8, 16),
                    ("Color", "Gray"), 216.0, 297.0, True)  # fmt: skip
SANE = Path("/etc/sane.d/test.conf")
needs_sane = pytest.mark.skipif(
    not (shutil.which("scanimage") and SANE.exists()), reason="needs SANE and its test backend"
)


@pytest.fixture(autouse=True)
def quiet_network(monkeypatch):
    """No test asks the network for scanners."""
    monkeypatch.setattr("fabricfinder.capture.finding.announced_scanners", list)


def drag(qtbot, widget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    qtbot.mouseMove(widget, (start + end) / 2)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, LEFT, pos=end)


# Frames as plain geometry -------------------------------------------------------------------------


def test_a_frame_is_stretched_about_its_opposite_corner():
    frame = Frame(100, 80, 40, 20, 30.0)
    fixed = frame.corners[0]
    new = stretched(frame, "br", 140.0, 120.0)
    assert np.allclose(new.corners[0], fixed)
    assert np.allclose(new.corners[2], (140, 120))
    assert new.turned_deg == 30.0


def test_a_frame_is_turned_and_moved_as_a_whole():
    frame = Frame(50, 50, 30, 10)
    assert turned(frame, 5).turned_deg == 5
    quarter = turned(turned(frame, 44), 44)
    assert quarter.turned_deg == pytest.approx(-2)
    assert (quarter.width, quarter.height) == (10, 30), "the same rectangle, named upright"
    assert turned_to(frame, 80, 50).turned_deg == pytest.approx(90)
    assert moved(frame, 5, -5).corners == pytest.approx(frame.corners + (5, -5))
    assert holds(turned(frame, 20), 50 + 13, 50 + 4) and not holds(frame, 66, 50)


def test_frames_hold_on_a_finer_scan_of_a_part():
    frame = Frame(60, 70, 40, 30, 0.0)
    outline = frame.outline(10.0, (20.0, 30.0))
    assert outline.corners[0] == pytest.approx(((60 - 20 - 20) * 10 - 0.5, (70 - 15 - 30) * 10 - 0.5))
    assert outline.size == pytest.approx((400, 300))


# The glass ----------------------------------------------------------------------------------------


@pytest.fixture
def bed(qtbot):
    bed = ScanBed()
    qtbot.addWidget(bed)
    bed.resize(500, 640)
    bed.show_glass(200, 280)
    with qtbot.waitExposed(bed):
        bed.show()
    return bed


def at(bed, x, y) -> QPoint:
    return bed.to_screen(x, y).toPoint()


def test_the_area_is_drawn_in_millimetres(bed, qtbot):
    with qtbot.waitSignal(bed.area_changed):
        drag(qtbot, bed, at(bed, 40, 50), at(bed, 120, 90))
    area = bed.area
    assert (area.x, area.y, area.width, area.height) == pytest.approx((40, 50, 80, 40), abs=1)
    assert not bed.frames


def test_frames_are_drawn_moved_stretched_turned_and_removed(bed, qtbot):
    bed.set_mode(FRAMES)
    with qtbot.waitSignal(bed.frames_changed):
        drag(qtbot, bed, at(bed, 20, 20), at(bed, 80, 60))
    assert bed.frames[0].width == pytest.approx(60, abs=1) and bed.chosen == 0
    drag(qtbot, bed, at(bed, 50, 40), at(bed, 70, 100))
    assert (bed.frames[0].x, bed.frames[0].y) == pytest.approx((70, 100), abs=1)
    drag(qtbot, bed, at(bed, 100, 120), at(bed, 120, 150))
    assert (bed.frames[0].width, bed.frames[0].height) == pytest.approx((80, 70), abs=1.5)
    knob = bed._knob(bed.frames[0]).toPoint()
    middle = bed.to_screen(bed.frames[0].x, bed.frames[0].y).toPoint()
    drag(qtbot, bed, knob, middle + QPoint(150, -150))
    assert bed.frames[0].turned_deg == pytest.approx(45, abs=2)
    qtbot.keyClick(bed, Qt.Key.Key_Delete)
    assert bed.frames == [] and bed.chosen == -1


def test_frames_are_corrected_by_key_alone(bed, qtbot):
    bed.setFocus()
    qtbot.keyClick(bed, Qt.Key.Key_Insert)
    first = bed.frames[0]
    qtbot.keyClick(bed, Qt.Key.Key_Right)
    qtbot.keyClick(bed, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bed, Qt.Key.Key_Period)
    assert bed.frames[0].x == first.x + 0.5 and bed.frames[0].height == first.height + 0.5
    assert bed.frames[0].turned_deg == 0.5
    qtbot.keyClick(bed, Qt.Key.Key_Insert)
    qtbot.keyClick(bed, Qt.Key.Key_PageDown)
    assert bed.chosen == 0
    qtbot.keyClick(bed, Qt.Key.Key_Delete)
    assert len(bed.frames) == 1 and "1 swatches framed" in bed.accessibleDescription()


# The page -----------------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot):
    dialog = ScanDialog()
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def glass_with_swatches(n: int) -> np.ndarray:
    """A white bed at 2 px per mm with n patches, uint8."""
    rng = np.random.default_rng(n)
    bed = np.full((594, 432, 3), 244, np.uint8)
    for i in range(n):
        left, top = 40 + (i % 2) * 200, 40 + (i // 2) * 220
        bed[top : top + 150, left : left + 140] = rng.integers(30, 200, (150, 140, 3)) // 3 + 40
    return bed


def test_without_a_scanner_it_says_where_to_look(dialog):
    dialog.show_listing(Listing((), ("SANE is not on this computer.",)))
    assert "No scanner" in dialog.scanners.currentText() and not dialog.scan_button.isEnabled()
    assert "SANE is not" in dialog.notes.text()


def test_without_a_scanner_the_glass_says_so_and_what_to_do(dialog, qtbot):
    assert not dialog.absent.isVisible()  # nobody has looked yet
    dialog.show_busy(True, "Looking for scanners")
    dialog.show_listing(Listing((), ()))
    assert not dialog.absent.isVisible()
    dialog.show_busy(False)
    card = dialog.absent
    assert card.isVisible() and dialog.bed.rect().contains(card.geometry())
    for box in (dialog.sources, dialog.dpi, dialog.depths, dialog.pages, dialog.cut):
        assert not box.isVisible()
    assert dialog.address.isVisible() and dialog.refresh.isVisible()
    with qtbot.waitSignal(dialog.refresh_wanted):
        qtbot.mouseClick(card.again, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(dialog.guide_wanted):
        qtbot.mouseClick(card.guide, Qt.MouseButton.LeftButton)
    dialog.show_listing(Listing((FoundScanner("sane:x", "Loom LS-1"),), ()))
    dialog.show_abilities(FLATBED)
    assert not card.isVisible()
    assert dialog.sources.isVisible() and dialog.dpi.isVisible() and dialog.cut.isVisible()


def test_what_a_scanner_can_do_is_what_is_offered(dialog, qtbot):
    with qtbot.waitSignal(dialog.scanner_chosen):
        dialog.show_listing(Listing((FoundScanner("sane:x", "Loom LS-1"),), ()))
    dialog.show_abilities(FLATBED)
    assert [dialog.dpi.itemData(i) for i in range(dialog.dpi.count())] == [75, 150, 300, 600, 1200]
    assert dialog.dpi.currentData() == 300 and dialog.sources.count() == 2
    assert not dialog.pages.isEnabled() and dialog.preview_button.isVisible()
    assert "0.085 mm" in dialog.scale.text() and "megapixels" in dialog.scale.text()
    dialog.dpi.setCurrentIndex(0)
    assert "too coarse to judge the weave" in dialog.scale.text()
    dialog.sources.setCurrentIndex(1)
    assert dialog.from_feeder and dialog.pages.isEnabled() and not dialog.preview_button.isVisible()
    settings = dialog.settings()
    assert (settings.pages, settings.source, settings.dpi) == (0, "Automatic Document Feeder", 75)
    assert dialog.wanted_frames() is None


def test_the_area_by_number_and_back_to_all(dialog, qtbot):
    dialog.show_abilities(FLATBED)
    for box, value in zip(dialog.edges, (200, 10, 50, 60), strict=True):
        box.setValue(value)
    dialog.edges[0].editingFinished.emit()
    assert dialog.settings().area == Area(200, 10, 16, 60), "kept on the glass"
    qtbot.mouseClick(dialog.whole, LEFT)
    assert dialog.settings().area is None


def test_what_is_found_on_the_preview_is_what_is_cut(dialog, qtbot):
    dialog.show_abilities(FLATBED)
    rgb = glass_with_swatches(3)
    dialog.show_preview(Preview(rgb, 2.0, frames_on(rgb, 2.0)))
    assert len(dialog.wanted_frames()) == 3 and "3 swatches are framed" in dialog.frames.text()
    first = dialog.wanted_frames()[0]
    assert (first.x, first.y, first.width, first.height) == pytest.approx((55, 57.5, 70, 75), abs=1)
    assert dialog.bed.mode == FRAMES
    dialog.bed.setFocus()
    qtbot.keyClick(dialog.bed, Qt.Key.Key_PageDown)
    qtbot.keyClick(dialog.bed, Qt.Key.Key_Delete)
    assert len(dialog.wanted_frames()) == 2
    qtbot.mouseClick(dialog.cut, LEFT, pos=QPoint(8, dialog.cut.height() // 2))
    assert dialog.wanted_frames() is None
    qtbot.mouseClick(dialog.modes[AREA], LEFT)
    assert dialog.bed.mode == AREA


# With SANE's virtual scanner ----------------------------------------------------------------------


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails, monkeypatch):
    """The window over the fake finder, SANE knowing its virtual scanner only."""
    configured = tmp_path / "sane.d"
    configured.mkdir()
    (configured / "dll.conf").write_text("test\n")
    if SANE.exists():
        shutil.copy(SANE, configured / "test.conf")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(configured))
    plain_thumbnails(catalog)
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    yield window
    assert window.capture.scan.devices.close()
    window.close()


def ready(qtbot, window):
    """The page with the virtual scanner chosen and asked, coarse and a small area."""
    window.capture.scan_action.trigger()
    dialog = window.capture.scan.dialog
    qtbot.waitUntil(lambda: dialog.abilities is not None and not dialog.bar.isVisible(), timeout=20_000)
    assert dialog.scanner == "sane:test:0"
    dialog.dpi.setCurrentIndex(0)
    for box, value in zip(dialog.edges, (0, 0, 60, 50), strict=True):
        box.setValue(value)
    dialog.edges[0].editingFinished.emit()
    return dialog


def imported(finder) -> tuple[str, ...]:
    return next(argument for name, argument in finder.calls if name == "import_paths")


@needs_sane
def test_a_page_of_the_virtual_scanner_goes_into_the_library(window, qtbot, finder, catalog):
    dialog = ready(qtbot, window)
    assert dialog.bed._glass == (200, 200), "as the device says"
    with qtbot.waitSignal(window.desk.import_done, timeout=20_000):
        qtbot.mouseClick(dialog.scan_button, LEFT)
        qtbot.waitUntil(lambda: dialog.stop_button.isVisible())
    (path,) = imported(finder)
    assert Path(path).parent == catalog.folder / "scans"
    image = decode(path)
    assert (image.px_per_cm, image.scale_source) == (pytest.approx(75 / 2.54, rel=1e-3), "scanner")
    assert image.full_width == pytest.approx(60 / 25.4 * 75, abs=2)
    assert "One page scanned" in dialog.said.text() and not dialog.stop_button.isVisible()


@needs_sane
def test_the_feeder_and_a_jam_that_keeps_the_pages_before_it(
    window, qtbot, finder, tmp_path, monkeypatch
):
    """Three real pages, then the driver says it jammed."""
    real = shutil.which("scanimage")
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    program = bin_dir / "scanimage"
    program.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\nasked = sys.argv[1:]\nreal = {real!r}\n"
        "if not any(a.startswith('--batch=') for a in asked):\n"
        "    sys.exit(subprocess.run([real, *asked]).returncode)\n"
        "subprocess.run([real, *asked, '--batch-count=3'])\n"
        "sys.exit(subprocess.run([real, *asked, '--batch-start=4',\n"
        "         '--read-return-value=SANE_STATUS_JAMMED']).returncode)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_dir), prepend=":")
    dialog = ready(qtbot, window)
    dialog.sources.setCurrentIndex(1)
    dialog.cut.setChecked(False)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        qtbot.mouseClick(dialog.scan_button, LEFT)
    assert len(imported(finder)) == 3
    assert "jammed" in dialog.said.text() and "3 pages scanned" in dialog.said.text()


@needs_sane
def test_a_preview_shows_the_glass_and_a_read_error_is_a_sentence(
    window, qtbot, finder, tmp_path, monkeypatch
):
    dialog = ready(qtbot, window)
    qtbot.mouseClick(dialog.preview_button, LEFT)
    qtbot.waitUntil(lambda: dialog.bed.has_preview, timeout=20_000)
    broken = tmp_path / "bin"
    broken.mkdir()
    program = broken / "scanimage"
    program.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\nasked = sys.argv[1:]\n"
        "more = ['--read-return-value=SANE_STATUS_IO_ERROR'] if '-p' in asked else []\n"
        f"sys.exit(subprocess.run([{shutil.which('scanimage')!r}, *asked, *more]).returncode)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(broken), prepend=":")
    qtbot.mouseClick(dialog.scan_button, LEFT)
    qtbot.waitUntil(lambda: "stopped in mid-page" in dialog.said.text(), timeout=20_000)
    assert not [name for name, _ in finder.calls if name == "import_paths"]
    assert dialog.scan_button.isEnabled()


@needs_sane
def test_stop_keeps_the_whole_pages(window, qtbot, finder, monkeypatch, tmp_path):
    dialog = ready(qtbot, window)
    dialog.sources.setCurrentIndex(1)
    dialog.dpi.setCurrentIndex(dialog.dpi.findData(300.0))
    qtbot.mouseClick(dialog.whole, LEFT)
    qtbot.mouseClick(dialog.scan_button, LEFT)
    qtbot.waitUntil(lambda: len(window.capture.scan._pages) >= 1, timeout=30_000)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        qtbot.mouseClick(dialog.stop_button, LEFT)
    kept = imported(finder)
    assert 1 <= len(kept) < 10 and all(decode(path).px_per_cm for path in kept)
    assert "stopped" in dialog.said.text() and "kept" in dialog.said.text()


def test_an_address_that_is_none_is_told_at_once(window, qtbot):
    window.capture.scan.open_dialog()
    dialog = window.capture.scan.dialog
    dialog.address.setText("ftp://nowhere")
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    assert "no address of a scanner" in dialog.said.text()
