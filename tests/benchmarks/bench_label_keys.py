"""From a key to the next swatch, painted, in the Label workspace of a large library.

    python tests/benchmarks/bench_label_keys.py [--swatches 100000] [--keys 200] [--folder DIR]

The real window with its real worker, drawn offscreen at 1920 x 1080. Every answer is two real keys, a
group and a term, or Enter; the time is from the last key to the end of the next swatch's painting.
Heads are fitted and the queue is sorted anew meanwhile, every 25 answers. Prints median, 90th
percentile and worst, in milliseconds, on the clock and of the window's thread's own processor time
(they differ where other programs have the processors). --folder keeps the library for another run.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from drawn import spread, stock_library
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest

from fabricfinder.encoding import load_default_encoder
from fabricfinder.finder import Finder
from fabricfinder.ui import label_flow
from fabricfinder.ui.app import application, make_window
from fabricfinder.ui.session import Session

PAUSE_S = 0.12  # between two answers: a quick labeller
ANSWERS = ("ew", "rd", "wq", None)  # None is Enter


class Painted(QObject):
    """Remembers when a widget was painted last, by the end of its event."""

    def __init__(self) -> None:
        super().__init__()
        self.at = self.cpu = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() == QEvent.Type.Paint:
            self.at, self.cpu = time.perf_counter(), time.thread_time()
        return False


def until(app: object, met: object, limit_s: float = 600.0) -> None:
    """Run the window until something is so."""
    end = time.monotonic() + limit_s
    while not met():
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if time.monotonic() > end:
            raise SystemExit("the window did not get there")


def main() -> None:
    """Make the library, label in it, print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swatches", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=200, help="answers")
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    place = arguments.folder or Path(tempfile.mkdtemp(prefix="label-keys-"))
    encoder = load_default_encoder()
    if not (place / "library").exists():
        place.mkdir(parents=True, exist_ok=True)
        stock_library(place / "library", arguments.swatches, encoder.id)
    label_flow.user_cache_path = lambda name: place / "cache"
    app = application()
    window = make_window(Session(place / "settings.ini"), lambda: Finder(encoder), place / "home")
    window.labels.pictures.want = lambda: None  # the examples are drawn once, on another day
    window.resize(1920, 1080)
    window.show()
    window.desk.start()
    window.desk.open_library(place / "library")
    until(app, lambda: window.desk.catalog is not None)
    window.labels.show()
    page = window.labels.page
    until(app, lambda: page.sitting is not None)
    painted, learned = Painted(), []
    page.stage.cloth.installEventFilter(painted)
    window.labels.learning.learned.connect(learned.append)
    times: list[float] = []
    busy: list[float] = []
    for n in range(arguments.keys):
        before = page.sitting.at
        keys = ANSWERS[n % len(ANSWERS)]
        for key in (keys or "")[:-1]:
            QTest.keyClicks(page, key)
        painted.at, began, worked = 0.0, time.perf_counter(), time.thread_time()
        QTest.keyClicks(page, keys[-1]) if keys else QTest.keyClick(page, Qt.Key.Key_Return)
        until(app, lambda: painted.at > 0)
        times.append(1e3 * (painted.at - began))
        busy.append(1e3 * (painted.cpu - worked))
        assert page.sitting.at == before + 1, "the key did not answer"
        pause = time.monotonic() + PAUSE_S
        until(app, lambda: time.monotonic() > pause)  # noqa: B023
    print(f"{len(window.desk.catalog):,} swatches, {len(times)} answers, "
          f"{len(learned)} times learned meanwhile")  # fmt: skip
    print(f"{'ms':24}{'median':>10}{'90 %':>10}{'worst':>10}")
    print(f"{'key to next swatch':24}{spread(times)}")
    print(f"{'of it at work itself':24}{spread(busy)}")
    window.close()
    until(app, lambda: window.desk.close(60_000))


if __name__ == "__main__":
    main()
