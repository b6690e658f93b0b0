"""Takes every picture of the README and the guide: the real window on rendered demo cloth.

    .venv/bin/python packaging/screenshots.py                 all of them, a few minutes
    .venv/bin/python packaging/screenshots.py --only sheet    one of the guide's, in every language

The demo library is made where it is missing and copied before anything is done in it. Each language
is taken in a process of its own: words that were said once are kept for a sitting.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image, ImageEnhance
from PySide6.QtCore import QEventLoop, QPointF, QRect, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QWidget

from fabricfinder.capture.finding import Listing
from fabricfinder.capture.scanner import Abilities, FoundScanner
from fabricfinder.capture.scanning import Preview, frames_on
from fabricfinder.commands import finder_here
from fabricfinder.demo import Demo, default_demo_folder, make_demo
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import macro_field_cm, render
from fabricfinder.synthesis.sampling import ALL_MINORS, sample_fabric
from fabricfinder.synthesis.sampling_knit import KNIT_FINES, sample_knit
from fabricfinder.synthesis.sampling_pile import PILE_FINES, sample_pile
from fabricfinder.synthesis.weaves import WEAVE_FINES
from fabricfinder.terminal import run
from fabricfinder.ui.app import Waiting, application, make_window, screenshot
from fabricfinder.ui.glass_marks import ENDS
from fabricfinder.ui.label_pictures import PICTURES as TERM_PICTURES
from fabricfinder.ui.language import languages, put_on_language
from fabricfinder.ui.main_window import FIND, LIBRARY
from fabricfinder.ui.scan_dialog import ScanDialog
from fabricfinder.ui.session import Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.theme import apply_theme

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
PICTURES = RESOURCES / "pictures"
GUIDE = RESOURCES / "guide" / "pictures"
WINDOW, README_WINDOW = (1240, 780), (1440, 900)
QUALITY = 60
SHOTS = (
    ("find-light", "light", FIND), ("find-dark", "dark", FIND), ("library-grey", "grey", LIBRARY)
)
FLATBED = Abilities((75, 1200), True, ("Flatbed",), (8,), ("Color", "Gray"), 216.0, 297.0, True)
GLASS_PX_PER_MM = 4.0
NEW = ("plaid/tartan", "pattern/paisley", "stripe/bengal", "plaid/gun-club")
ANY_COLOUR = 2  # the place of “Colourways of this cloth” among the presets
WIDEST = 900  # px; the guide's column is no wider
BICUBIC, LANCZOS = Image.Resampling.BICUBIC, Image.Resampling.LANCZOS

SHEET_PX, SHEET_COLUMNS = 150, 12
MID_PX_PER_CM, NEAR_PX_PER_CM = 60.0, 160.0


def cloth_sheet() -> Image.Image:
    """Every minor from afar, then pile and openwork, then knits, and below weaves from near."""
    far = [sample_fabric(generator(77, i), minor, variety=2) for i, minor in enumerate(ALL_MINORS)]
    shown = WEAVE_FINES[5:5 + SHEET_COLUMNS]
    near = [sample_fabric(generator(78, i), "solid/chambray", fine) for i, fine in enumerate(shown)]
    rich = [sample_pile(generator(79, i), fine=fine) for i, fine in enumerate(PILE_FINES)]
    knitted = [sample_knit(generator(80, i), fine=fine) for i, fine in enumerate(KNIT_FINES)]
    rows = [[render(f, SHEET_PX, SHEET_PX / macro_field_cm(f), 1) for f in far],
            [render(f, SHEET_PX, MID_PX_PER_CM, 1) for f in rich + knitted],
            [render(f, SHEET_PX, NEAR_PX_PER_CM, 1) for f in near]]  # fmt: skip
    lines = [
        np.hstack(pictures[i : i + SHEET_COLUMNS])
        for pictures in rows
        for i in range(0, len(pictures) // SHEET_COLUMNS * SHEET_COLUMNS, SHEET_COLUMNS)
    ]
    return Image.fromarray(np.vstack(lines))


def swatches_on_glass() -> np.ndarray:
    """Three cloths laid askew on a scanner's glass, uint8 (h, w, 3) at GLASS_PX_PER_MM."""
    bed = Image.new("RGB", (round(216 * GLASS_PX_PER_MM), round(297 * GLASS_PX_PER_MM)), (244,) * 3)
    places = ((58, 70, 6, "plaid/houndstooth"), (158, 95, -5, "solid/denim"),
              (85, 205, 3, "plaid/glen"))  # fmt: skip
    for n, (x, y, turn, minor) in enumerate(places):
        cloth = render(sample_fabric(generator(90, n), minor), 290, 10 * GLASS_PX_PER_MM, 1)
        piece = Image.fromarray(cloth).convert("RGBA").rotate(turn, BICUBIC, expand=True)
        middle = x * GLASS_PX_PER_MM - piece.width / 2, y * GLASS_PX_PER_MM - piece.height / 2
        bed.paste(piece, (round(middle[0]), round(middle[1])), piece)
    return np.asarray(bed)


def write_delivery(folder: Path, pictures: Path) -> Path:
    """A folder as it comes in: new cloth, known cloth in new photos, copies, and a torn file."""
    folder.mkdir()
    for n, minor in enumerate(NEW):
        cloth = sample_fabric(generator(91, n), minor)
        Image.fromarray(render(cloth, 480, 60.0, 1)).save(folder / f"new-{n + 1}.jpg", quality=90)
    known_files = sorted(pictures.iterdir())
    for n, path in enumerate(known_files[30:600:150]):
        photo = Image.open(path).convert("RGB")
        again = ImageEnhance.Brightness(photo.crop((12, 12, photo.width - 8, photo.height - 8)))
        again.enhance(0.95).save(folder / f"again-{n + 1}.jpg", quality=88)
    for path in known_files[7:400:200]:
        shutil.copy(path, folder / f"copy-{path.name}")
    (folder / "torn.jpg").write_bytes(known_files[0].read_bytes()[:900])
    return folder


def draw_no_cloth(path: Path) -> Path:
    """A picture that shows no cloth: three ridges of hills under a sky."""
    rng = np.random.default_rng(1)
    down, across = np.mgrid[0:480, 0:640] / 480.0
    picture = np.stack([0.55 + 0.2 * down, 0.7 + 0.1 * down, 0.95 - 0.1 * down], axis=2)
    hills = ((0.5, 0.08, (0.35, 0.5, 0.45)), (0.62, 0.06, (0.25, 0.42, 0.28)),
             (0.76, 0.05, (0.15, 0.3, 0.15)))  # fmt: skip
    for n, (base, height, color) in enumerate(hills):
        ridge = base + height * np.sin(3 * across * (n + 1) + n) + 0.02 * np.sin(17 * across + n)
        behind = down > ridge
        picture[behind] = np.array(color) + 0.05 * rng.standard_normal((int(behind.sum()), 1))
    Image.fromarray((255 * np.clip(picture, 0, 1)).astype(np.uint8)).save(path)
    return path


def pause(ms: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def wait_until(ready: Callable[[], object], seconds: float = 120.0) -> None:
    """Let the window work until something is true; raises TimeoutError."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("The window did not get there in time.")
        pause(40)


class Sitting:
    """One window in one language on a copy of the demo library, and its pictures."""

    def __init__(self, demo: Demo, scratch: Path, language: str) -> None:
        self.demo, self.scratch, self.language = demo, scratch, language
        library = shutil.copytree(demo.folder, scratch / "Demo library")
        self.window = make_window(Session(scratch / "settings.ini"), home=scratch / "home")
        self.window.resize(1000, 640)
        self.window.show()
        self.keep(self.window, "start")
        self.window.resize(*WINDOW)
        desk = self.window.desk
        desk.start()
        Waiting(desk.library_opened, desk.library_refused).until(lambda: desk.open_library(library))

    def rest(self) -> None:
        """Until nothing runs and every thumbnail and plot is there."""
        window, still = self.window, 0
        while still < 10:
            pause(60)
            idle = window.thumbnails.idle and window.how_well._painter.idle
            still = still + 1 if idle and not window.book.active() else 0

    def keep(self, widget: QWidget, name: str, part: QRect | None = None) -> None:
        """Write what a widget looks like as the guide's picture of that name."""
        self.rest()
        focused = widget.focusWidget()
        if isinstance(focused, QAbstractButton | QLineEdit):
            focused.clearFocus()  # a frame around a button says nothing on paper
        widget.repaint()
        pixmap = widget.grab(part) if part is not None else widget.grab()
        save_jpeg(pixmap.toImage(), GUIDE / self.language / f"{name}.jpg")

    def ask(self, path: Path) -> None:
        """Search with a picture, and look at the first answer."""
        desk, window = self.window.desk, self.window
        window.show_page(FIND)
        Waiting(desk.search_done, desk.search_failed).until(
            lambda: window.find.set_query_path(str(path))
        )
        self.rest()

    # The pictures; each can be taken by itself --------------------------------------------------

    def find(self) -> None:
        """A customer's scrap and its answers; a result close up."""
        self.ask(self.demo.query_path)
        self.keep(self.window, "find")
        inspector = self.window.find.panes.inspector
        inside = inspector.viewport()
        button = inspector.findChild(QPushButton)
        end = button.mapTo(inspector, button.rect().bottomLeft()).y() + 14
        self.keep(inside, "bars", QRect(0, 0, inside.width(), end))

    def match(self) -> None:
        """Colour freed: the same cloth in any colour."""
        self.ask(self.demo.query_path)
        panel = self.window.find.panes.match
        for place in (ANY_COLOUR, 0):
            panel.preset.setCurrentIndex(place)
            panel.preset.activated.emit(place)
            if place:
                self.keep(panel, "match")

    def unfamiliar(self) -> None:
        """A picture that is no cloth."""
        self.ask(draw_no_cloth(self.scratch / "holiday.png"))
        self.keep(self.window, "unfamiliar")

    def compare(self) -> None:
        """The scrap beside its nearest."""
        self.ask(self.demo.query_path)
        self.window.compare.open_results()
        opened = self.window.compare.opened
        opened.resize(*WINDOW)
        pause(1500)
        self.keep(opened, "compare")
        opened.close()

    def grow(self) -> None:
        """A cloth at twice its size."""
        self.ask(self.demo.query_path)
        result = self.window.find.panes.results.model.view.ranked(0)
        self.window.growing.open(result.swatch)
        opened = self.window.growing.opened
        opened.resize(920, 600)
        pause(500)
        self.keep(opened, "grow")
        opened.close()

    def measure(self) -> None:
        """Ends counted under the pick-glass, on the coarsest cloth whose count came out right."""
        catalog, flow = self.window.desk.catalog, self.window.capture.measure
        known = {s.id: s.fields.get("ends_per_cm", 0.0) for s in catalog.swatches}
        counted = zip(catalog.table.ids, catalog.table.density[:, 0], strict=True)
        right = [i for i, ends in counted if abs(ends - known[i]) < 0.02 * ends and ends > 9]
        swatch = catalog.find(min(right, key=known.__getitem__))
        flow.open_on(swatch)
        wait_until(lambda: not flow.dialog.glass.picture_size.isEmpty())
        flow.dialog.resize(920, 660)
        pause(1500)
        flow.dialog.take_up(ENDS)
        glass = flow.dialog.glass
        pitch = glass.px_per_cm / swatch.fields["ends_per_cm"]
        for n in range(8):
            glass.mark(QPointF(glass.glass.x() + (n - 3.25) * pitch, glass.glass.y()))
        self.keep(flow.dialog, "measure")
        flow.dialog.close()

    def library(self) -> None:
        """The library by article, with the spec sheet of what is chosen."""
        window = self.window
        window.show_page(LIBRARY)
        window.library.bar.spec.setChecked(True)
        window.library.search("weave:twill")
        pause(600)
        self.rest()
        window.library.grid.setCurrentIndex(window.library.model.index(4, 0))
        self.keep(window, "library")
        window.library.search("")

    def review(self) -> None:
        """What a folder brought."""
        desk, review = self.window.desk, self.window.capture.review
        pictures = self.demo.query_path.parent / "pictures" / "images"
        delivery = write_delivery(self.scratch / "delivery", pictures)
        Waiting(desk.import_done, desk.library_refused).until(
            lambda: desk.import_paths([str(delivery)])
        )
        review.open_dialog()
        review.dialog.resize(920, 600)
        self.keep(review.dialog, "review")
        review.dialog.close()
        self.window.banners.clear()

    def scan(self) -> None:
        """Three swatches on one glass, framed; the scanner is only said to be there."""
        dialog = ScanDialog(self.window)
        dialog.show_listing(Listing((FoundScanner("escl:glass", "Flatbed"),), ()))
        dialog.show_abilities(FLATBED)
        glass = swatches_on_glass()
        dialog.show_preview(Preview(glass, GLASS_PX_PER_MM, frames_on(glass, GLASS_PX_PER_MM)))
        dialog.resize(920, 640)
        dialog.show()
        self.keep(dialog, "scan")
        dialog.close()

    def label(self) -> None:
        """The Label page with its keys, every term drawn."""
        seen: list[tuple[str, str]] = []
        self.window.desk.job_event.connect(lambda event: seen.append((event.name, event.kind)))
        self.window.labels.show()
        wait_until(lambda: (TERM_PICTURES, "done") in seen)
        self.keep(self.window, "label")

    def sheet(self) -> None:
        """The sheet of a search, as it will print."""
        self.ask(self.demo.query_path)
        self.window.sheets.open_dialog()
        dialog = self.window.sheets.dialog
        pause(1200)
        self.keep(dialog, "sheet")
        dialog.close()

    def models(self) -> None:
        """The page of models."""
        self.window.models.show()
        self.keep(self.window, "models")

    def how_well(self) -> None:
        """What the model was measured at."""
        self.window.how_well.show()
        pause(2000)
        self.keep(self.window, "how-well")

    def settings(self) -> None:
        """The settings."""
        sheet = SettingsSheet(self.window)
        sheet.show()
        self.keep(sheet, "settings")
        sheet.close()


ORDER = (
    "find", "match", "unfamiliar", "compare", "grow", "measure", "library", "review", "scan",
    "label", "sheet", "models", "how_well", "settings",
)  # fmt: skip


def save_jpeg(image: QImage, path: Path, quality: int = QUALITY) -> None:
    """Write a picture as a progressive JPEG."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    shape = rgb.height(), rgb.bytesPerLine()
    pixels = np.frombuffer(rgb.constBits(), np.uint8).reshape(shape)[:, : 3 * rgb.width()]
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(pixels.reshape(rgb.height(), rgb.width(), 3))
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, round(picture.height * WIDEST / picture.width)), LANCZOS)
    picture.save(path, quality=quality, optimize=True, progressive=True)
    print(f"{path}  {path.stat().st_size / 1000:,.0f} kB", flush=True)


def take_guide(demo: Demo, language: str, only: str) -> None:
    """Every picture of the guide in one language, or one."""
    app = application()
    put_on_language(app, language)
    apply_theme(app, "light")
    with tempfile.TemporaryDirectory(prefix="fabricfinder-") as scratch:
        sitting = Sitting(demo, Path(scratch), language)
        try:
            for name in (only,) if only else ORDER:
                getattr(sitting, name)()
        finally:
            sitting.window.close()


def take_readme(demo: Demo) -> None:
    """The README's own pictures; the others it shows are the guide's."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    cloth_sheet().save(PICTURES / "rendered-cloth.jpg", quality=86)
    for name, theme, page in SHOTS:
        png = PICTURES / f"{name}.png"
        raw = screenshot(demo.folder, png, demo.query_path, theme, page, README_WINDOW)
        Image.open(raw).convert("RGB").save(PICTURES / f"{name}.jpg", quality=80, progressive=True)
        raw.unlink()
        print(PICTURES / f"{name}.jpg")


def main() -> None:
    """Make the demo where it is missing, then take the pictures, each language by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, default=default_demo_folder(), help="its folder")
    parser.add_argument("--language", choices=languages(), help="the guide in this language only")
    parser.add_argument("--only", choices=ORDER, default="", help="one picture of the guide only")
    asked = parser.parse_args()
    finder = finder_here()
    try:
        demo = run(make_demo(finder, asked.demo))
    finally:
        finder.close()
    if asked.language:
        take_guide(demo, asked.language, asked.only)
        return
    for language in languages():
        given = ["--demo", str(asked.demo), "--language", language]
        again = given + (["--only", asked.only] if asked.only else [])
        subprocess.run([sys.executable, __file__, *again], check=True)
    if not asked.only:
        take_readme(demo)


if __name__ == "__main__":
    main()
