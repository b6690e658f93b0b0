"""Progress of an operation as one line of a terminal."""

import sys
import time
from collections.abc import Callable
from typing import Any

from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import run_to_end


class ProgressLine:
    """One line of progress on stderr, rewritten in place; silent when stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._began = time.monotonic()
        self._wrote = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show a progress, at most ten times a second."""
        now = time.monotonic()
        if not self._shown or now - self._wrote < 0.1:
            return
        self._wrote = now
        rate = progress.done / max(now - self._began, 1e-6)
        total = f" of {progress.total:,}" if progress.total else ""
        left = ""
        if progress.total and rate > 0:
            left = f" · {(progress.total - progress.done) / rate:.0f} s left"
        line = f"{progress.phase} {progress.done:,}{total} {progress.unit} · {rate:.1f}/s{left}"
        print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self._shown and self._wrote:
            print("\r" + " " * 79 + "\r", end="", file=sys.stderr, flush=True)


def run(operation: Any, watch: Callable[[Progress], None] | None = None) -> Any:
    """Run an operation to its end with a progress line; ``watch`` sees every progress too."""
    line = ProgressLine()

    def show(progress: Progress) -> None:
        line(progress)
        if watch is not None:
            watch(progress)

    try:
        return run_to_end(operation, show)
    finally:
        line.end()
