"""One writer a library: a lock file that says who, held by a lock of the operating system.

The text in the file is for people; the lock that counts is the operating system's, which a crash
releases by itself. Text left behind in a free lock therefore means that the last writer crashed.
"""

import getpass
import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from fabricfinder.domain.file_lock import HELD, lock_file, unlock_file
from fabricfinder.library.errors import LibraryInUseError

_MAX_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a library open for writing.

    Attributes:
        user, host: names as the operating system gives them.
        pid: the process.
        since: when it was opened, ISO 8601 with offset.
    """

    user: str
    host: str
    pid: int
    since: str

    @staticmethod
    def here(now: datetime) -> "Holder":
        """This process."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError):  # no such user in the system's list, as in some containers
            user = "someone"
        return Holder(user, socket.gethostname(), os.getpid(), now.isoformat(timespec="seconds"))

    def words(self, now: datetime) -> str:
        """“Ana on STUDIO-2 since 09:12”, with the day when that is not today."""
        since = datetime.fromisoformat(self.since).astimezone(now.tzinfo)
        clock = since.strftime("%H:%M")
        day = "" if since.date() == now.date() else since.strftime("%d %b ").lstrip("0")
        return f"{self.user} on {self.host} since {day}{clock}"


class LibraryLock:
    """The right to write to one library, held from construction to ``release``.

    Attributes:
        left_by_a_crash: whether the last holder never released it.

    Raises:
        LibraryInUseError: somebody else holds it; the sentence says who, where and since when.
        OSError: the lock file cannot be made.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock_file(self._fd)
        except OSError as error:
            words = _words_in(self._fd, now)
            os.close(self._fd)
            if error.errno not in HELD:
                raise
            who = f"Open by {words}." if words else "Open in another window."
            raise LibraryInUseError(f"{who} You can open it to read only.", words) from error
        self.left_by_a_crash = bool(_text_of(self._fd))
        with suppress(OSError):  # a full disk has no room for the text, which is for people only
            _write(self._fd, json.dumps(asdict(Holder.here(now))))

    def release(self) -> None:
        """Let the library go; safe to call twice."""
        if self._fd < 0:
            return
        _write(self._fd, "")
        unlock_file(self._fd)
        os.close(self._fd)
        self._fd = -1


def _text_of(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    return os.read(fd, _MAX_TEXT).decode("utf-8", "replace")


def _write(fd: int, text: str) -> None:
    os.ftruncate(fd, 0)
    os.lseek(fd, 0, os.SEEK_SET)
    os.write(fd, text.encode("utf-8"))


def _words_in(fd: int, now: datetime) -> str:
    """Who the lock file names, or "" when it is empty or was written by something else."""
    try:
        return Holder(**json.loads(_text_of(fd))).words(now)
    except (ValueError, TypeError, OSError):
        return ""
