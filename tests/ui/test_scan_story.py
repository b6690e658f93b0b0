"""The story of a day: scan three swatches, split them, fill the spec, find the nearest older one.

Real events in the real window over a real library; the scanner is one on loopback that speaks
eSCL, its glass holding three cloths laid askew. Then everything is undone, and done again.
"""

import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from fabricfinder.domain.search import Preference
from fabricfinder.finder import Finder
from fabricfinder.ui.app import make_window
from fabricfinder.ui.session import Session

LEFT = Qt.MouseButton.LeftButton
GLASS_DPI = 200.0
PX_PER_MM = GLASS_DPI / 25.4
PLACES = ((60.0, 70.0, 7.0), (150.0, 80.0, -5.0), (95.0, 200.0, 2.0))  # mm, mm, degrees


@pytest.fixture(autouse=True)
def quiet_network(monkeypatch):
    """No test asks the network for scanners."""
    monkeypatch.setattr("fabricfinder.capture.finding.announced_scanners", list)


def beside(name: str):
    """A module of the capture tests' folder, which is no package."""
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "capture" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def laid_on_glass(cloths: list[np.ndarray]) -> np.ndarray:
    """Cloths of 480 px on a white bed, each turned a little, uint8 (h, w, 3)."""
    bed = np.full((round(297 * PX_PER_MM), round(216 * PX_PER_MM), 3), 244, np.uint8)
    height, width = bed.shape[:2]
    for cloth, (x, y, turn) in zip(cloths, PLACES, strict=True):
        side = cloth.shape[0]
        there = cv2.getRotationMatrix2D((side / 2, side / 2), -turn, 1)
        there[:, 2] += (x * PX_PER_MM - side / 2, y * PX_PER_MM - side / 2)
        covered = cv2.warpAffine(np.full((side, side), 255, np.uint8), there, (width, height)) > 127
        bed[covered] = cv2.warpAffine(cloth, there, (width, height))[covered]
    return bed


def cloth(seed: int, px: int) -> np.ndarray:
    """Coarse checks of three colours with a thread-like grain, uint8 (px, px, 3)."""
    rng = np.random.default_rng(seed)
    colors = rng.integers(30, 215, (3, 3))
    pitch = int(rng.integers(20, 60)) * px // 480
    band = np.arange(px) // max(1, pitch)
    picture = (colors[band % 3][None, :] * 0.5 + colors[(band * seed) % 3][:, None] * 0.5)
    return np.clip(picture + rng.normal(0, 5, (px, px, 1)), 0, 255).astype(np.uint8)


@pytest.fixture
def scanner():
    module = beside("escl_responder")
    glass = laid_on_glass([cloth(seed, 480) for seed in (1, 2, 3)])
    serving = module.EsclResponder(module.Device(glass=glass, glass_dpi=GLASS_DPI))
    yield serving
    serving.close()


@pytest.fixture
def window(qtbot, fake_encoder, tmp_path, monkeypatch):
    nothing = tmp_path / "sane.d"
    nothing.mkdir()
    (nothing / "dll.conf").write_text("")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(nothing))  # no other scanner than the one on loopback
    session = Session(tmp_path / "settings.ini")
    window = make_window(session, lambda: Finder(fake_encoder), tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    yield window
    window.close()


def older_cloths(folder: Path) -> Path:
    """Six cloths photographed long ago, the third the same as the first on the glass."""
    folder.mkdir()
    for n, seed in enumerate((11, 12, 1, 13, 14, 15)):
        picture = cv2.cvtColor(cloth(seed, 480)[6:-6, 6:-6], cv2.COLOR_RGB2BGR)
        assert cv2.imwrite(str(folder / f"old-{n}.png"), picture)
    return folder


def choose(page, rows):
    page.grid.setCurrentIndex(page.model.index(rows[0], 0))
    for row in rows:
        index = page.model.index(row, 0)
        page.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    page.grid.selection.emit()


def say(qtbot, window, field, text):
    """Type into the spec sheet and wait for the step."""
    n, edit = window.archive.steps.count(), window.library.spec.rows[field].edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.archive.steps.count() == n + 1)


def scan_the_glass(qtbot, window, scanner):
    """Name the scanner, look, put the frames right, scan."""
    window.capture.scan_action.trigger()
    dialog = window.capture.scan.dialog
    qtbot.waitUntil(lambda: not dialog.bar.isVisible(), timeout=20_000)
    qtbot.keyClicks(dialog.address, scanner.address)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.abilities is not None and not dialog.bar.isVisible(), timeout=20_000)
    dialog.dpi.setCurrentIndex(dialog.dpi.findData(200.0))
    qtbot.mouseClick(dialog.preview_button, LEFT)
    qtbot.waitUntil(lambda: dialog.bed.has_preview, timeout=20_000)
    bed = dialog.bed
    assert len(bed.frames) == 3
    for frame, (x, y, turn) in zip(bed.frames, PLACES, strict=True):
        assert (frame.x, frame.y) == pytest.approx((x, y), abs=1.0)
        assert frame.turned_deg == pytest.approx(turn, abs=0.7)
    start, end = (bed.to_screen(*mm).toPoint() for mm in ((160, 200), (200, 260)))
    qtbot.mousePress(bed, LEFT, pos=start)  # a frame about nothing, and away with it
    qtbot.mouseMove(bed, (start + end) / 2)
    qtbot.mouseMove(bed, end)
    qtbot.mouseRelease(bed, LEFT, pos=end)
    assert len(bed.frames) == 4
    qtbot.keyClick(bed, Qt.Key.Key_Delete)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000) as done:
        qtbot.mouseClick(dialog.scan_button, LEFT)
    assert done.args[0].imported == 3
    dialog.close()


def test_three_swatches_from_the_glass_to_the_spec_and_back(window, qtbot, scanner, tmp_path):
    library, page = tmp_path / "archive", window.library
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(library, create=True)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        window.desk.import_paths([str(older_cloths(tmp_path / "older"))])
    window.show_page("library")
    page.bar.spec.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 6)
    choose(page, [2])
    say(qtbot, window, "article", "OLD-1987")

    scan_the_glass(qtbot, window, scanner)
    qtbot.waitUntil(lambda: page.model.rowCount() == 9)
    new = window.desk.catalog.swatches[6:]
    assert {s.scale_source for s in new} == {"scanner"}
    for swatch in new:
        assert swatch.px_per_cm == pytest.approx(GLASS_DPI / 2.54, rel=1e-3)
        assert Path(swatch.path).parent == library / "scans"
        assert (swatch.width, swatch.height) == pytest.approx((480, 480), abs=14), "cut out, upright"

    page.grid.clearSelection()
    choose(page, [6, 7, 8])
    for field, text in (("article", "20450"), ("weight", "185"), ("composition", "100 CO"),
                        ("supplier", "Mill South")):  # fmt: skip
        say(qtbot, window, field, text)
    filled = window.desk.catalog.swatches
    assert {s.fields["supplier"] for s in filled[6:]} == {"Mill South"}

    first = next(s for s in filled[6:] if s.path.endswith("-s1.png"))
    with qtbot.waitSignal(window.desk.search_done, timeout=30_000) as found:
        window.use_swatch(first.id)
    result = found.args[0]
    before = {s.id for s in filled[:6]}
    older = [one for one in result.ranked(Preference()) if one.swatch.id in before]
    assert older[0].swatch.fields.get("article") == "OLD-1987", "the same cloth, years ago"

    steps = window.archive.steps
    done = steps.count()
    for n in range(done):
        window.archive.undo.trigger()
        qtbot.waitUntil(lambda n=n: sum(s.undone for s in window.desk.catalog.history) == n + 1)
    assert len(window.desk.catalog) == 0 and len(window.desk.catalog.removed) == 9
    for n in range(done):
        window.archive.redo.trigger()
        qtbot.waitUntil(
            lambda n=n: sum(s.undone for s in window.desk.catalog.history) == done - n - 1
        )
    assert window.desk.catalog.swatches == filled
