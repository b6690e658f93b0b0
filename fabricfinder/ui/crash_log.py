"""The rotating log, and the note left behind when the program ends otherwise than it should.

While the program runs a marker with its process number lies beside the log; a marker whose process
is gone means that the last sitting ended badly, and she is told once.
"""

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import platform
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from fabricfinder import __version__

log = logging.getLogger("fabricfinder")

MAX_BYTES = 512 * 1024
REPORT_LINES = 120


class CrashLog:
    """The log of one process.

    Attributes:
        folder: where the log lies.
        file: the log itself.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "fabricfinder.log"
        self._fault = folder / "crash.txt"
        self._fault_stream: TextIO | None = None
        self._marker = folder / f"running-{os.getpid()}"
        self._handler: logging.Handler | None = None
        self._others_faults = False

    def begin(self) -> str:
        """Start logging; returns a report when the last sitting ended badly, else "".

        A folder that cannot be written leaves the program without a log, not without a window.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            report = self._report_of_the_last()
            self._handler = logging.handlers.RotatingFileHandler(
                self.file, maxBytes=MAX_BYTES, backupCount=2, encoding="utf-8"
            )
            self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            log.addHandler(self._handler)
            log.setLevel(logging.INFO)
            self._marker.write_text("")
            self._fault_stream = open(self._fault, "w", encoding="utf-8")  # noqa: SIM115
            self._others_faults = faulthandler.is_enabled()
            faulthandler.enable(self._fault_stream)
        except OSError as error:
            print(f"fabricfinder: no log can be kept ({error}).", file=sys.stderr)
            return ""
        log.info("fabricfinder %s, Python %s, %s", __version__, *_surroundings())
        return report

    def end(self) -> None:
        """The program ends as it should."""
        if self._fault_stream is not None:
            faulthandler.disable()
            if self._others_faults and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__)
            self._fault_stream.close()
            self._fault_stream = None
        with contextlib.suppress(OSError):
            self._marker.unlink()
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def report(self) -> str:
        """The end of the log, for the clipboard."""
        try:
            lines = self.file.read_text("utf-8", "replace").splitlines()[-REPORT_LINES:]
        except OSError:
            lines = []
        return "\n".join(lines)

    def _report_of_the_last(self) -> str:
        """Log and fault trace of a process that is gone but left its marker."""
        dead = [m for m in self.folder.glob("running-*") if not _alive(m.name)]
        for marker in dead:
            marker.unlink(missing_ok=True)
        if not dead:
            return ""
        fault = ""
        if self._fault.exists():
            fault = self._fault.read_text("utf-8", "replace")
        return f"{self.report()}\n{fault}".strip() or "(no log)"


def catch_bugs(tell: Callable[[], None]) -> None:
    """Write every uncaught exception to the log and call ``tell``; the program goes on."""

    def hook(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("uncaught\n%s", text)
        print(text, file=sys.stderr, end="")
        tell()

    sys.excepthook = hook


def _alive(marker: str) -> bool:
    """Whether the process a marker names still runs (on Windows: whether it may)."""
    try:
        number = int(marker.removeprefix("running-"))
        if sys.platform == "win32":
            return number != os.getpid() and _alive_on_windows(number)
        os.kill(number, 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return number != os.getpid()


def _alive_on_windows(number: int) -> bool:
    """os.kill would end the process there: ask for a handle instead."""
    import ctypes

    handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, number)
    if handle:
        ctypes.windll.kernel32.CloseHandle(handle)
    return bool(handle)


def _surroundings() -> tuple[str, str]:
    return platform.python_version(), platform.platform()
