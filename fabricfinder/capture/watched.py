"""A watched folder: which pictures came since the last look, also on drives that send no word.

Network drives tell nobody of new files, so the folder is looked through again and again. A file
is new once it has kept its size and time over two looks: before that it is still being copied.
"""

import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fabricfinder.domain.progress import Progress
from fabricfinder.vision.files import list_images

_Sight = tuple[int, int]  # size, mtime_ns


@dataclass(frozen=True, slots=True)
class Look:
    """What one look through the folder found.

    Attributes:
        new: paths of pictures that came or changed and are whole now.
        coming: how many more are still being copied.
        there: whether the folder could be read at all.
        at: when, seconds since 1970.
    """

    new: tuple[str, ...]
    coming: int
    there: bool
    at: float


@dataclass(slots=True)
class WatchedFolder:
    """One folder and what is known of it; ``look`` is the only deed.

    Attributes:
        folder: absolute path; its subfolders count too.
        known: files that were told as new, or need no telling, with their size and time.
    """

    folder: str
    known: dict[str, _Sight] = field(default_factory=dict)
    _waiting: dict[str, _Sight] = field(default_factory=dict)

    def look(self) -> Look:
        """Look through the folder once."""
        now = time.time()
        if not os.path.isdir(self.folder):
            return Look((), 0, False, now)
        sights = {path: sight for path in list_images([self.folder]) if (sight := _sight(path))}
        if not sights and not os.access(self.folder, os.R_OK | os.X_OK):
            return Look((), 0, False, now)
        fresh = {path: s for path, s in sights.items() if self.known.get(path) != s}
        new = tuple(path for path, s in fresh.items() if self._waiting.get(path) == s and s[0])
        self.known |= {path: fresh[path] for path in new}
        self._waiting = {path: s for path, s in fresh.items() if path not in new}
        for gone in self.known.keys() - sights.keys():
            del self.known[gone]
        return Look(new, len(self._waiting), True, now)

    def take_for_known(self) -> None:
        """Everything there now needs no telling."""
        self.known |= {path: s for path in list_images([self.folder]) if (s := _sight(path))}


def look_through(folders: "Sequence[WatchedFolder]") -> Generator[Progress, None, Any]:
    """Look through some folders, one after the other; returns a Look of each, by its path."""
    looks: dict[str, Look] = {}
    for done, watched in enumerate(folders):
        yield Progress("Looking for new pictures", done, len(folders), "folders")
        looks[watched.folder] = watched.look()
    return looks


def _sight(path: str) -> _Sight | None:
    """Size and time of a file, or None when it is gone again or is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if os.path.isfile(path) else None
