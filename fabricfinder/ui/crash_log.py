"""The rotating log, and the note left behind when the program ends otherwise than it should.

While the program runs it holds a lock on a file of its own beside the log, into which a crash
beneath Python writes its trace. Such a file that nobody holds means that its process ended badly,
and she is told once. Nothing of it ever leaves the computer.
"""

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from fabricfinder import __version__
from fabricfinder.domain.file_lock import lock_file, unlock_file

log = logging.getLogger("fabricfinder")

MAX_BYTES = 512 * 1024
REPORT_LINES = 120
MAX_FAULT = 64 * 1024
MOST_QT_WORDS = 1000
STARTING = "starting "  # and how many starts in a row, this one counted, did not get further


class CrashLog:
    """The log of one process.

    Attributes:
        folder: where the log lies.
        file: the log itself.
        trouble: why no log can be kept, in the system's words; "" while it can.
        failed_starts: how many starts before this one, in a row, never got as far as the window.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "fabricfinder.log"
        self.trouble = ""
        self.failed_starts = 0
        self._last = folder / "crash.txt"
        self._note = folder / f"running-{os.getpid()}.txt"
        self._fd = -1
        self._handler: logging.Handler | None = None
        self._others_faults = False

    def begin(self) -> str:
        """Start logging; returns a report when the last sitting ended badly, else "".

        A folder that cannot be written leaves the program without a log, not without a window.
        """
        log.setLevel(logging.INFO)
        report = ""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            report = self._report_of_the_last()
            self._handler = _LogFile(self.file, self._tell_trouble)
            self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            log.addHandler(self._handler)
            self._hold_note()
        except OSError as error:
            self._tell_trouble(error)
        log.info("%s", surroundings())
        return report

    def stand(self) -> None:
        """The window stands: an end from here on is no failed start."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, 0)

    def end(self) -> None:
        """The program ends as it should."""
        if self._fd >= 0:
            faulthandler.disable()
            if self._others_faults and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__)
            with contextlib.suppress(OSError):
                unlock_file(self._fd)
            os.close(self._fd)
            self._fd = -1
            with contextlib.suppress(OSError):
                self._note.unlink()
        if self._handler is not None:
            log.removeHandler(self._handler)
            with contextlib.suppress(OSError):  # a full disk has no room for the last lines
                self._handler.close()
            self._handler = None

    def report(self, fault: str = "") -> str:
        """What this program is, a fault, and the end of the log, for the clipboard."""
        try:
            lines = self.file.read_text("utf-8", "replace").splitlines()[-REPORT_LINES:]
        except OSError:
            lines = []
        end = "\n".join(lines).replace(fault.strip() or "\0", "(as above)")
        return "\n".join(filter(None, (surroundings(), fault.strip(), end)))

    def _hold_note(self) -> None:
        """Take the lock of this process's note, and let crashes beneath Python write there."""
        self._fd = os.open(self._note, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        with contextlib.suppress(OSError):  # a disk without locks: no crash will be told
            lock_file(self._fd)
        with contextlib.suppress(OSError):  # a full disk: the note is empty, and that is all
            os.write(self._fd, f"{STARTING}{self.failed_starts + 1}\n".encode())
        self._others_faults = faulthandler.is_enabled()
        faulthandler.enable(self._fd)

    def _report_of_the_last(self) -> str:
        """Log and fault trace of a process that is gone but left its note; "" where none did."""
        left = [told for note in sorted(self.folder.glob("running-*")) if (told := _left(note))]
        if not left:
            return ""
        words = "".join(left)
        counts = [line.removeprefix(STARTING) for line in words.splitlines()
                  if line.startswith(STARTING)]  # fmt: skip
        self.failed_starts = max((int(n) for n in counts if n.isdigit()), default=0)
        fault = "\n".join(line for line in words.splitlines() if not line.startswith(STARTING))
        report = self.report(fault)
        with contextlib.suppress(OSError):
            self._last.write_text(report, "utf-8")
        return report

    def _tell_trouble(self, error: OSError) -> None:
        """Say once, and keep for the window, that there is no log."""
        if not self.trouble:
            self.trouble = error.strerror or str(error)
            print(f"fabricfinder: no log can be kept ({error}).", file=sys.stderr)


class _LogFile(logging.handlers.RotatingFileHandler):
    """Three files at most; a disk that is full costs lines of the log and nothing else."""

    def __init__(self, file: Path, tell: Callable[[OSError], None]) -> None:
        self._tell = tell
        super().__init__(file, maxBytes=MAX_BYTES, backupCount=2, encoding="utf-8")

    def doRollover(self) -> None:
        """Override: where another window's open file bars the renaming, go on in the same file."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Override: a line that could not be written is told once, not on every line."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._tell(error)
        else:
            super().handleError(record)


def _left(note: Path) -> str:
    """What a process that is gone left in its note, at least a line end; "" while it runs."""
    try:
        fd = os.open(note, os.O_RDWR)
    except OSError:  # gone meanwhile, or another user's
        return ""
    try:
        lock_file(fd)
    except OSError:  # it runs; or the disk knows no locks: silence rather than a false alarm
        return ""
    else:
        os.lseek(fd, 0, os.SEEK_SET)
        told = os.read(fd, MAX_FAULT).decode("utf-8", "replace")
        unlock_file(fd)
    finally:
        os.close(fd)
    with contextlib.suppress(OSError):
        note.unlink()
    return told + "\n"


class BugCatcher:
    """Catches every exception nobody caught, on any thread; the program goes on.

    ``tell`` is called with the trace, on the thread where it happened.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._before: tuple[Any, Any, Any] | None = None
        self._telling = threading.local()

    def begin(self) -> None:
        """Take Python's hooks: of this thread, of threads, and of what cannot be raised."""
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._take
        threading.excepthook = self._take_of_thread
        sys.unraisablehook = self._take_unraisable

    def end(self) -> None:
        """Give the hooks back; safe to call twice."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            self._before = None

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("uncaught on %s\n%s", threading.current_thread().name, text)
        print(text, file=sys.stderr, end="")
        if not getattr(self._telling, "now", False):  # a bug in the telling is only logged
            self._telling.now = True
            try:
                self._tell(text)
            finally:
                self._telling.now = False

    def _take_of_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            self._take(args.exc_type, args.exc_value, args.exc_traceback)

    def _take_unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        """A destructor's error harms nobody: it is logged, and not told."""
        if args.exc_value is not None:
            text = "".join(traceback.format_exception(args.exc_value))
            log.error("%s %r\n%s", args.err_msg or "ignored in", args.object, text)


class QtWords:
    """Puts Qt's own messages into the log; one that comes again and again is only counted."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __call__(self, kind: object, context: object, message: str) -> None:
        """Take a message, as ``qInstallMessageHandler`` gives it."""
        count = self._counts[message] = self._counts.get(message, 0) + 1
        if count & (count - 1) == 0:  # the first, second, fourth, eighth …
            times = f" ({count} times so far)" if count > 1 else ""
            log.warning("Qt: %s%s", message, times)
        if len(self._counts) > MOST_QT_WORDS:
            self._counts.clear()


def surroundings() -> str:
    """What this program is and where it runs, in a line."""
    frozen = ", bundled" if getattr(sys, "frozen", False) else ""
    return (
        f"fabricfinder {__version__}{frozen}, Python {platform.python_version()}, "
        f"{platform.platform()}"
    )
