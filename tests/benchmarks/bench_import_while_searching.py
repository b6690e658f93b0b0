"""Searches while an import runs, through the window's own desk and worker; prints a table.

    python tests/benchmarks/bench_import_while_searching.py [--photos DIR] [--n 2000]
        [--searches 50] [--library 1000] [--seed 1]

Every search asks with a photograph file and is timed from the wish to its answer on the window's
thread. First on the idle program, then at random moments of the import.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from drawn import photographs, spread, stock_library
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from fabricfinder.domain.search import Query
from fabricfinder.encoding import load_default_encoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import JobEvent
from fabricfinder.ui.app import SWITCH_S
from fabricfinder.ui.desk import Desk

AFTER_MS = 400  # a search begins up to this long after the import has come to its mark


class Asker:
    """Searches one after another, and keeps how long each took in ms."""

    def __init__(self, desk: Desk, paths: list[str], seed: int) -> None:
        self._desk, self._paths, self._rng = desk, paths, random.Random(seed)
        self._began = 0.0
        self.busy = False
        self.spent: list[float] = []
        self.failed: list[str] = []
        desk.search_done.connect(self._done)
        desk.search_failed.connect(self._failed)

    def ask(self) -> None:
        """Search with a photograph drawn by lot."""
        self.busy, self._began = True, time.perf_counter()
        self._desk.search(Query(path=self._rng.choice(self._paths)))

    def _done(self, result: object) -> None:
        if self.busy:
            self.spent.append(1e3 * (time.perf_counter() - self._began))
            self.busy = False

    def _failed(self, sentence: str) -> None:
        self.busy = False
        self.failed.append(sentence)


def wait_for(signal: object) -> object:
    """Run the event loop until a signal; returns what it carried."""
    loop, carried = QEventLoop(), []
    signal.connect(lambda value=None: (carried.append(value), loop.quit()))
    loop.exec()
    return carried[0]


def ask_idle(asker: Asker, n: int) -> list[float]:
    """n searches with nothing else going on."""
    asker.spent = []
    loop = QEventLoop()

    def again() -> None:
        if len(asker.spent) + len(asker.failed) >= n:
            loop.quit()
        elif not asker.busy:
            asker.ask()

    timer = QTimer()
    timer.timeout.connect(again)
    timer.start(20)
    loop.exec()
    timer.stop()
    return asker.spent


class Marks:
    """Asks at random moments of an import: after its progress has passed a mark, and a while."""

    def __init__(self, asker: Asker, total: int, n: int, seed: int) -> None:
        self._asker, self._rng = asker, random.Random(seed)
        self._marks = sorted(self._rng.uniform(0.01, 0.97) * total for _ in range(n))
        self._due: list[float] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(3)
        self.ended = False

    def take(self, event: JobEvent) -> None:
        """Note how far the import is."""
        if event.name != "import":
            return
        if event.kind == "progress":
            while self._marks and event.progress.done >= self._marks[0]:
                self._marks.pop(0)
                self._due.append(time.perf_counter() + self._rng.uniform(0, AFTER_MS) / 1e3)
        elif event.kind != "started":
            self.ended = True

    def _look(self) -> None:
        ready = self._due and time.perf_counter() >= min(self._due)
        if ready and not self._asker.busy and not self.ended:
            self._due.remove(min(self._due))
            self._asker.ask()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", default="", help="folder of photographs; drawn ones without")
    parser.add_argument("--n", type=int, default=2000, help="photographs to import")
    parser.add_argument("--searches", type=int, default=50)
    parser.add_argument("--library", type=int, default=1000, help="swatches there before")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_S)
    app = QCoreApplication([])
    encoder = load_default_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = photographs(folder / "photos", arguments.n, arguments.photos)
        stock_library(folder / "library", arguments.library, encoder.id)
        desk = Desk(lambda: Finder(encoder_source=lambda: encoder))
        desk.start()
        desk.open_library(folder / "library")
        wait_for(desk.library_opened)
        asker = Asker(desk, paths, arguments.seed)
        ask_idle(asker, 3)  # warm
        idle = list(ask_idle(asker, arguments.searches))
        asker.spent = []
        marks = Marks(asker, arguments.n, arguments.searches, arguments.seed)
        desk.job_event.connect(marks.take)
        began = time.perf_counter()
        desk.import_paths([str(folder / "photos")])
        report = wait_for(desk.import_done)
        took = time.perf_counter() - began
        busy = list(asker.spent)
        after = list(ask_idle(asker, arguments.searches))
        desk.close()
    app.processEvents()
    print(f"{encoder.id}; {arguments.library:,} swatches there before")
    print(f"{report.imported:,} imported in {took:.1f} s, {report.imported / took:.1f} a second; "
          f"{len(report.problems)} unreadable")  # fmt: skip
    print(f"\n{'searches, ms':<28}{'n':>5}{'median':>10}{'p90':>10}{'worst':>10}")
    rows = (("idle, before", idle), ("during the import", busy), ("idle, after", after))
    for name, spent in rows:
        print(f"{name:<28}{len(spent):>5}{spread(spent)}")
    ratio = statistics.median(busy) / statistics.median(idle)
    print(f"\nmedian during the import / idle: {ratio:.2f}; searches that failed: {asker.failed}")


if __name__ == "__main__":
    main()
