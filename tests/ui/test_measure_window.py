"""The measuring page over a real library: counted, kept, undone; ruler, grey card, true colours."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt

from fabricfinder.domain.density import YarnDensity
from fabricfinder.finder import Finder
from fabricfinder.ui.app import make_window
from fabricfinder.ui.glass_marks import ENDS, PICKS, REPEAT, RULER, Stretch, ThreadMarks
from fabricfinder.ui.glass_words import count_text, repeat_text, ruler_text
from fabricfinder.ui.session import Session

LEFT = Qt.MouseButton.LeftButton
PX_PER_CM = 120.0


def beside(name: str):
    """A module of the capture tests' folder, which is no package."""
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "capture" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def test_counts_are_said_beside_what_was_measured():
    marks = ThreadMarks(tuple(float(6 * i) for i in range(11)))
    density = YarnDensity(20.2, 15.0, 0.4, 0.4, 6.0)
    said = count_text(ENDS, marks, PX_PER_CM, density)
    assert said == ("11 ends over 5.0 mm: 20.0 ± 1.0 per cm. Measured in the picture: 20.2 ± 0.4 "
                    "per cm: they agree.")  # fmt: skip
    assert count_text(PICKS, marks, PX_PER_CM, density).endswith("they do not agree.")
    assert "did not tell a count" in count_text(ENDS, marks, PX_PER_CM, YarnDensity())
    assert "scale is not known" in count_text(ENDS, marks, None, density)


def test_repeat_and_ruler_in_words():
    stretch = Stretch(0, 0, 240, 120)
    assert repeat_text(stretch, PX_PER_CM, (19.8, None)) == (
        "20.0 mm across × 10.0 mm down. Found by itself: 19.8 × – mm."
    )
    assert repeat_text(stretch, None, None) == "240 × 120 px; the scale is not known."
    assert ruler_text(Stretch(0, 0, 300, 400), PX_PER_CM) == "500 px, 41.7 mm."


@pytest.fixture
def pictures(tmp_path) -> Path:
    """Checks of known scale, a colour target in warm light, and a grey card."""
    folder = tmp_path / "cloth"
    folder.mkdir()
    y, x = np.indices((480, 600))
    checks = np.where(((x // 30 + y // 40) % 2)[..., None], (190, 60, 50), (40, 60, 110))
    noise = np.random.default_rng(0).normal(0, 6, checks.shape)
    cloth = np.clip(checks + noise, 0, 255).astype(np.uint8)
    Image.fromarray(cloth).save(folder / "a checks.png", dpi=(305, 305))
    target = beside("test_color_target")
    Image.fromarray(target.photographed(target.WARM, 3)).save(folder / "b target.png")
    grey = cloth.copy()
    grey[20:160, 20:200] = (150, 128, 96)
    Image.fromarray(grey).save(folder / "c grey.png")
    return folder


@pytest.fixture
def window(qtbot, fake_encoder, tmp_path, pictures):
    session = Session(tmp_path / "settings.ini")
    window = make_window(session, lambda: Finder(fake_encoder), tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(tmp_path / "archive", create=True)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        window.desk.import_paths([str(pictures)])
    window.show_page("library")
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 3)
    yield window
    window.close()


def measure(window, qtbot, name):
    """The page of one picture, looked at."""
    swatch = next(s for s in window.desk.catalog.swatches if s.name == name)
    assert window.library.grid.show_swatch(swatch.id)
    window.capture.measure_action.trigger()
    dialog = window.capture.measure.dialog
    qtbot.waitUntil(lambda: not dialog.glass.picture_size.isEmpty(), timeout=10_000)
    qtbot.waitUntil(lambda: "looked at" not in dialog.capture.text(), timeout=20_000)
    return dialog


def drag(qtbot, glass, start, end):
    a, b = (glass.to_screen(QPointF(*p)).toPoint() for p in (start, end))
    qtbot.mousePress(glass, LEFT, pos=a)
    qtbot.mouseMove(glass, QPoint((a.x() + b.x()) // 2, (a.y() + b.y()) // 2))
    qtbot.mouseMove(glass, b)
    qtbot.mouseRelease(glass, LEFT, pos=b)


def fields(window, name):
    return next(s for s in window.desk.catalog.swatches if s.name == name).fields


def test_ends_are_counted_by_click_kept_and_taken_back(window, qtbot):
    dialog = measure(window, qtbot, "a checks")
    glass = dialog.glass
    assert glass.px_per_cm == pytest.approx(305 / 2.54, rel=1e-3)
    qtbot.mouseClick(dialog.tools[ENDS], LEFT)
    assert not dialog.keep_button.isEnabled()
    for i in range(4):
        at = glass.to_screen(QPointF(glass.glass.x() - 45 + 30 * i, glass.glass.y()))
        qtbot.mouseClick(glass, LEFT, pos=at.toPoint())
    assert "4 ends over" in dialog.reading.text() and "4.0 ±" in dialog.reading.text()
    qtbot.mouseClick(dialog.keep_button, LEFT)
    qtbot.waitUntil(lambda: fields(window, "a checks").get("ends_per_cm") == pytest.approx(4, abs=0.1))
    window.archive.undo.trigger()
    qtbot.waitUntil(lambda: "ends_per_cm" not in fields(window, "a checks"))


def test_the_repeat_is_dragged_beside_the_one_found(window, qtbot):
    dialog = measure(window, qtbot, "a checks")
    qtbot.mouseClick(dialog.tools[REPEAT], LEFT)
    drag(qtbot, dialog.glass, (120, 120), (180, 200))
    across, down = (float(n) for n in re.findall(r"([\d.]+) mm", dialog.reading.text())[:2])
    assert across == pytest.approx(5.0, abs=0.15) and down == pytest.approx(6.7, abs=0.15)
    assert "Found by itself: 5.0 × 6.7 mm" in dialog.reading.text()
    qtbot.mouseClick(dialog.keep_button, LEFT)
    qtbot.waitUntil(lambda: fields(window, "a checks").get("repeat") == pytest.approx(6.7, abs=0.2))


def test_the_ruler_sets_the_scale_and_says_so(window, qtbot):
    dialog = measure(window, qtbot, "c grey")
    assert dialog.glass.px_per_cm is None
    qtbot.mouseClick(dialog.tools[RULER], LEFT)
    drag(qtbot, dialog.glass, (100, 240), (400, 240))
    dialog.length.setValue(20)
    qtbot.mouseClick(dialog.scale_button, LEFT)
    qtbot.waitUntil(lambda: dialog.glass.px_per_cm is not None)
    swatch = next(s for s in window.desk.catalog.swatches if s.name == "c grey")
    assert swatch.px_per_cm == pytest.approx(150, rel=0.01) and swatch.scale_source == "ruler"
    window.library.bar.spec.click()
    qtbot.waitUntil(lambda: window.library.spec.scale_source.text().endswith(", by your ruler"))


def test_the_colour_target_is_found_shown_and_kept_as_a_copy(window, qtbot, tmp_path):
    dialog = measure(window, qtbot, "b target")
    qtbot.mouseClick(dialog.target_button, LEFT)
    qtbot.waitUntil(lambda: "Colour target found" in dialog.colours.text(), timeout=20_000)
    assert "ΔE00" in dialog.colours.text() and dialog.save_button.isVisible()
    before = dialog.glass.picture.toImage().pixelColor(20, 20)
    qtbot.mouseClick(dialog.show_button, LEFT)
    qtbot.waitUntil(lambda: dialog.glass.picture.toImage().pixelColor(20, 20) != before, timeout=10_000)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        qtbot.mouseClick(dialog.save_button, LEFT)
    qtbot.waitUntil(lambda: len(window.desk.catalog) == 4)
    assert (tmp_path / "archive" / "scans" / "b target-true-colour.png").exists()
    qtbot.mouseClick(dialog.show_button, LEFT)
    assert dialog.glass.picture.toImage().pixelColor(20, 20) == before


def test_no_target_and_a_grey_card(window, qtbot):
    dialog = measure(window, qtbot, "c grey")
    qtbot.mouseClick(dialog.target_button, LEFT)
    qtbot.waitUntil(lambda: "No colour target" in dialog.colours.text(), timeout=20_000)
    assert not dialog.save_button.isVisible()
    qtbot.mouseClick(dialog.tools[REPEAT], LEFT)
    drag(qtbot, dialog.glass, (40, 40), (180, 140))
    qtbot.mouseClick(dialog.grey_button, LEFT)
    qtbot.waitUntil(lambda: "grey card is" in dialog.colours.text(), timeout=10_000)
    assert dialog.save_button.isVisible()


def test_without_an_original_it_says_so(window, qtbot, pictures):
    (pictures / "a checks.png").unlink()
    swatch = next(s for s in window.desk.catalog.swatches if s.name == "a checks")
    window.capture.measure.open_on(swatch)
    dialog = window.capture.measure.dialog
    qtbot.waitUntil(lambda: "not there to be measured" in dialog.said.text(), timeout=10_000)
