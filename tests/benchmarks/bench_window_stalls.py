"""How long the window's thread stands still during an import; prints a table.

    python tests/benchmarks/bench_window_stalls.py [--photos DIR] [--n 300] [--runs 3]
        [--library 1000] [--page library|find]

The real window with its real worker, drawn offscreen. A watchdog timer of 5 ms on the window's
thread measures how much later than that it is woken; beside it an idle window for the same time.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from drawn import photographs, stock_library
from PySide6.QtCore import QEventLoop, Qt, QTimer

from fabricfinder.encoding import load_default_encoder
from fabricfinder.finder import Finder
from fabricfinder.ui.app import DEFAULT_SIZE, SWITCH_S, application, make_window
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.theme import apply_theme

TICK_MS = 5


class Watchdog:
    """Ticks every 5 ms on the thread it is made on, and keeps how late it was, in ms."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._before = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1e3 * (now - self._before) - TICK_MS))
        self._before = now

    def stop(self) -> list[float]:
        """End it; returns the lateness of every tick."""
        self._timer.stop()
        return self.late


def wait_for(signal: object) -> None:
    """Run the event loop until a signal."""
    loop = QEventLoop()
    signal.connect(lambda *_: loop.quit())
    loop.exec()


def rest(seconds: float) -> None:
    """Run the event loop for a time."""
    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


def one_run(
    folder: Path, photos: str, page: str, encoder: object
) -> tuple[list[float], list[float]]:
    """An import watched, then the window idle for as long: lateness of both."""
    stock = folder / "library"
    window: MainWindow = make_window(
        Session(folder / "settings.ini"), lambda: Finder(encoder_source=lambda: encoder), folder
    )
    window.resize(*DEFAULT_SIZE)
    window.show()
    window.desk.start()
    window.desk.open_library(stock)
    wait_for(window.desk.library_opened)
    window.show_page(page)
    rest(1.5)
    watchdog = Watchdog()
    began = time.perf_counter()
    window.desk.import_paths([photos])
    wait_for(window.desk.import_done)
    busy = watchdog.stop()
    took = time.perf_counter() - began
    rest(1.0)
    watchdog = Watchdog()
    rest(took)
    idle = watchdog.stop()
    window.close()
    window.desk.close()
    return busy, idle


def row(name: str, late: list[float]) -> str:
    """Cells of one run: how many ticks, and how late."""
    ranked = sorted(late)
    cells = [ranked[int(q * (len(ranked) - 1))] for q in (0.5, 0.99, 0.999, 1.0)]
    over = sum(value > 50 for value in late)
    return f"{name:<14}{len(late):>8}" + "".join(f"{c:>10.1f}" for c in cells) + f"{over:>10}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", default="", help="folder of photographs; drawn ones without")
    parser.add_argument("--n", type=int, default=300, help="photographs to import")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--library", type=int, default=1000, help="swatches there before")
    parser.add_argument("--page", choices=("library", "find"), default="library")
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_S)
    app = application()
    apply_theme(app, "light")
    encoder = load_default_encoder()
    print(f"{encoder.id}; {arguments.n:,} photographs into {arguments.library:,} swatches, page "
          f"{arguments.page}; ms late")  # fmt: skip
    heads = ("median", "99 %", "99.9 %", "worst", "> 50 ms")
    print(f"{'run':<14}{'ticks':>8}" + "".join(f"{head:>10}" for head in heads))
    worst: dict[str, list[float]] = {"import": [], "idle": []}
    with tempfile.TemporaryDirectory() as scratch:
        photographs(Path(scratch) / "photos", arguments.n, arguments.photos)
        for run in range(1, arguments.runs + 1):
            folder = Path(scratch) / f"run-{run}"
            folder.mkdir()
            stock_library(folder / "library", arguments.library, encoder.id)
            late = one_run(folder, str(Path(scratch) / "photos"), arguments.page, encoder)
            for name, values in zip(worst, late, strict=True):
                worst[name].append(max(values))
                print(row(f"{name} {run}", values), flush=True)
    for name, values in worst.items():
        print(f"median of the runs' worst, {name}: {statistics.median(values):.1f} ms")


if __name__ == "__main__":
    main()
