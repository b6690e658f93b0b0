"""How an archive of a hundred thousand articles opens, scrolls, narrows and is searched.

    python tests/benchmarks/bench_archive.py --folder DIR [--articles 100000]

The library is made once in DIR: articles with ten trade fields each, thumbnails of rendered cloth
(300 different ones, linked under every name), descriptors made of numbers. What is measured is the
real window, painted without a screen. Speed only, nothing about quality.
"""

import argparse
import importlib.util
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer  # noqa: E402

from fabricfinder.domain.search import Filters  # noqa: E402
from fabricfinder.finder import Finder  # noqa: E402
from fabricfinder.library import Library, NewSwatch  # noqa: E402
from fabricfinder.synthesis.dataset import write_dataset  # noqa: E402
from fabricfinder.terminal import run  # noqa: E402
from fabricfinder.ui.app import SWITCH_S, application, make_window  # noqa: E402
from fabricfinder.ui.session import Session  # noqa: E402
from fabricfinder.vision.decode import decode  # noqa: E402
from fabricfinder.vision.thumbnail import thumbnail_jpeg  # noqa: E402

BATCH, PICTURES = 1000, 300
MILLS = ("Vitale", "Reda", "Abraham Moon", "Getzner", "Klopman", "Larusmiani", "Loro", "Zegna")
WORDS = ("herringbone", "flannel", "gabardine", "poplin", "tweed", "seersucker", "denim", "voile")


def synthetic() -> ModuleType:
    """The module of the tests that makes swatches of numbers."""
    path = Path(__file__).parents[1] / "library" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("synthetic", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fields_of(number: int, rng: random.Random) -> dict[str, str | float]:
    """Ten trade fields of an article."""
    return {
        "article": f"{100_000 + number}", "supplier": rng.choice(MILLS),
        "season": f"{rng.choice(('SS', 'AW'))}{rng.randrange(10, 29)}",
        "design": f"{rng.choice(WORDS)} {rng.randrange(900)}",
        "composition": "60 % cotton, 40 % wool", "weight": float(rng.randrange(80, 420)),
        "ends_per_cm": float(rng.randrange(10, 60)), "picks_per_cm": float(rng.randrange(10, 50)),
        "width": 150.0, "drawer": f"C{rng.randrange(40)}-{rng.randrange(20)}",
    }  # fmt: skip


def make_library(folder: Path, articles: int) -> None:
    """Fill a library; what an earlier run left is gone on with."""
    made, rng = synthetic(), random.Random(1)
    coded = [made.descriptor(number) for number in range(PICTURES)]
    cloth = folder.with_name(f"{folder.name}-cloth")
    if not cloth.exists():
        run(write_dataset(cloth, PICTURES // 3, 3, 5))
    pictures = sorted((cloth / "images").iterdir())[:PICTURES]
    jpegs = [thumbnail_jpeg(decode(str(path)).rgb) for path in pictures]
    library = Library.open(folder) if folder.exists() else Library.create(folder)
    with library:
        for start in range(len(library), articles, BATCH):
            batch = []
            for number in range(start, min(start + BATCH, articles)):
                new = made.new_swatch(number, encoder=None)
                fields = fields_of(number, rng)
                swatch = replace(new.swatch, fields=fields, name=str(fields["article"]))
                batch.append(NewSwatch(swatch, b"", coded[number % PICTURES], new.mtime_ns, 1000))
            library.add(batch)
            for number, new in enumerate(batch, start):
                link(library.thumbnail_file(new.swatch.id), cloth, number, jpegs)
            print(f"\r{start + len(batch):,} articles", end="", file=sys.stderr, flush=True)
        library.flush_columns()


def link(place: Path, cloth: Path, number: int, jpegs: list[bytes]) -> None:
    """Put one of the pictures under a swatch's name."""
    one = cloth / f"thumbnail-{number % len(jpegs)}.jpg"
    if not one.exists():
        one.write_bytes(jpegs[number % len(jpegs)])
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        os.link(one, place)


class PaintWatch(QObject):
    """Notes when a widget was painted, and how long its event loop was away."""

    def __init__(self, widget: QObject) -> None:
        super().__init__()
        self.last = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.last = time.perf_counter()


def until(condition: Callable[[], object], seconds: float = 60) -> float:
    """Run the event loop until something holds; returns the seconds it took."""
    began = time.perf_counter()
    loop = QEventLoop()
    while not condition():
        QTimer.singleShot(2, loop.quit)
        loop.exec()
        assert time.perf_counter() - began < seconds, "it never came"
    return time.perf_counter() - began


Times = tuple[float, float]


class Clock:
    """Seconds since it was made, on the wall and of this thread's processor time."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.thread_time()

    def read(self) -> Times:
        """The two times so far."""
        return time.perf_counter() - self._wall, time.thread_time() - self._cpu


def show(what: str, times: list[Times], aim: str) -> None:
    """Print median and worst in ms, wall time and this thread's own; a busy machine widens them."""
    wall, cpu = (sorted(1e3 * t for t in column) for column in zip(*times, strict=True))
    print(f"{what:<56}{statistics.median(wall):>8.1f} ms  worst {wall[-1]:>8.1f}"
          f"   thread {statistics.median(cpu):>7.1f}  worst {cpu[-1]:>7.1f}   aim {aim}")  # fmt: skip


def measure(folder: Path, rounds: int) -> None:
    """Open the window on the library and try it."""
    sys.setswitchinterval(SWITCH_S)
    made = synthetic()
    app = application()
    window = make_window(Session(folder.with_name("settings.ini")), lambda: _finder(made))
    window.resize(1440, 900)
    window.show()
    window.desk.start()
    until(lambda: window.desk.encoder is not None)
    page = window.library
    watch = PaintWatch(page.grid.viewport())
    opened: list[object] = []
    window.flow.opened.connect(opened.append)
    began, clock, cpu = time.perf_counter(), Clock(), time.process_time()
    window.desk.open_library(folder)
    until(lambda: opened)
    window.show_page("library")
    until(lambda: page.model.rowCount() and watch.last > began)
    show("library asked for, swatches painted", [clock.read()], "2000 ms")
    print(f"... processor time of all threads till then {time.process_time() - cpu:.2f} s")
    until(lambda: window.thumbnails.idle)
    show("... with every thumbnail in sight", [clock.read()], "")
    until(lambda: not window.book.active(), 120)
    clicks, searches, frames = [], [], []
    for n in range(rounds):
        for filters in (
            Filters(majors=frozenset({("plaid", "stripe", "solid", "pattern")[n % 4]})),
            Filters(fields=frozenset({("supplier", MILLS[n % 8])})),
            Filters(ranges=frozenset({("weight", 150.0, 220.0 + n)})), Filters(),
        ):  # fmt: skip
            clock = Clock()
            page.choice.set_filters(filters)
            page.grid.viewport().repaint()
            clicks.append(clock.read())
        text = (f"{WORDS[n % 8]} {n}", f"supplier:{MILLS[n % 8]} gsm:180..2{n % 9}0")[n % 2]
        clock = Clock()
        page.choice.set_text(text)
        until(lambda: page.choice._found is not None)
        page.grid.viewport().repaint()
        searches.append(clock.read())
        page.choice.set_text("")
        frames += scroll(page.grid)
    show(f"a facet is clicked, counts and grid anew ({len(clicks)} ×)", clicks, "100 ms")
    show(f"a text search, asked to painted ({len(searches)} ×)", searches, "100 ms")
    show(f"a frame while scrolling ({len(frames)} ×)", frames, "no frame over 50 ms")
    print(f"memory at its most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
          ", aim under 1000 MB")  # fmt: skip
    window.close()
    app.processEvents()


def scroll(grid: QObject, steps: int = 60) -> list[Times]:
    """Scroll by half a screen at a time with thumbnails coming in; the times of each frame."""
    bar, frames = grid.verticalScrollBar(), []
    at = random.randrange(max(1, bar.maximum()))
    for step in range(steps):
        clock = Clock()
        bar.setValue((at + step * 450) % max(1, bar.maximum()))
        grid.viewport().repaint()
        frames.append(clock.read())
        until(lambda c=clock: c.read()[0] > 0.016)
    return frames


class _Encoder:
    """The name of the encoder that coded the library; nothing is encoded here."""

    def __init__(self, encoder_id: str) -> None:
        self.id, self.n_bits, self.blend = encoder_id, 64, (0.0, 0.0)
        self.code_layout = None
        self.conformal = (0.0, 0.0)


def _finder(made: ModuleType) -> Finder:
    return Finder(_Encoder(made.ENCODER))  # type: ignore[arg-type]


def main() -> None:
    """Make the library where it is not there yet, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    make_library(arguments.folder, arguments.articles)
    measure(arguments.folder, arguments.rounds)


if __name__ == "__main__":
    main()
