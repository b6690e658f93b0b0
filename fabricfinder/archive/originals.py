"""Originals: which are where they were, and which have moved."""

import os
import threading
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from fabricfinder.domain.archive import Originals, Relinked
from fabricfinder.domain.errors import FabricFinderError, LibraryError
from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import until_done
from fabricfinder.library.backups import backup_time, backups
from fabricfinder.vision.files import file_digest

Steps = Generator[Progress, None, Any]
LOOKED_A_STEP = 400


def look_for(paths: Mapping[str, str], pool: ThreadPoolExecutor) -> Steps:
    """Look whether originals, by swatch id, are where they were; returns Originals.

    Looking happens in threads: a drive that does not answer holds up nobody.
    """
    missing: list[str] = []
    ids, stop = list(paths), threading.Event()
    try:
        for start in range(0, len(ids), LOOKED_A_STEP):
            part = {i: paths[i] for i in ids[start : start + LOOKED_A_STEP]}
            looking = pool.submit(_not_there, part, stop)
            yield from until_done([looking], Progress("Looking for originals", start, len(ids)))
            missing += looking.result()
    finally:
        stop.set()
    folders = pool.submit(lost_folders, [paths[i] for i in missing])
    yield from until_done([folders], Progress("Looking for originals", len(ids), len(ids)))
    return Originals(frozenset(missing), len(ids), folders.result())


def find_moved(
    places: Mapping[str, tuple[str, int, int]],
    swatch_id: str,
    path: str,
    pool: ThreadPoolExecutor,
) -> Steps:
    """From one example of where an original lies now, find the others that moved with it.

    What lies under the old place at the same distance is looked for under the new one. A file
    counts when size and time are those that were seen, else when its content is the same.

    Args:
        places: swatch id -> path, size and mtime_ns as last seen.
        swatch_id, path: the example.
        pool: where files are looked at.

    Returns:
        (swatch id -> new path, Relinked).

    Raises:
        LibraryError: the file is not the original of that swatch.
    """
    example = os.path.abspath(path)
    checking = pool.submit(_is_original, example, swatch_id)
    yield from until_done([checking], Progress("Looking for originals"))
    if not checking.result():
        raise LibraryError(f"{example} is another picture; choose the original of this swatch.")
    old, new = moved_root(places[swatch_id][0], example)
    found, other, missing = {swatch_id: example}, [], 0
    wanted = [(i, p) for i, p in places.items() if i != swatch_id and under(p[0], old)]
    for at, (one, (was, size, mtime)) in enumerate(wanted):
        here = new + was[len(old) :]
        looking = pool.submit(_found_at, was, here, one, size, mtime)
        yield from until_done([looking], Progress("Looking for originals", at, len(wanted)))
        answer = looking.result()
        if answer == "same":
            found[one] = here
        elif answer != "there":
            missing += 1
            other += [here] if answer == "other" else []
    return found, Relinked(len(found), missing, tuple(other))


def backup_list(folder: Path) -> tuple[tuple[Path, datetime], ...]:
    """(file, when it was made) of every backup of a library, the newest first."""
    return tuple((file, made) for file in backups(folder) if (made := backup_time(file)))


def lost_folders(paths: Iterable[str]) -> dict[str, int]:
    """The topmost folders that are gone, with how many of the paths lie under each."""
    counts: dict[str, int] = {}
    for path in paths:
        folder = os.path.dirname(path)
        counts[folder] = counts.get(folder, 0) + 1
    gathered: dict[str, int] = {}
    for folder, n in counts.items():
        top = folder
        while (above := os.path.dirname(top)) != top and not os.path.isdir(above):
            top = above
        gathered[top] = gathered.get(top, 0) + n
    return dict(sorted(gathered.items(), key=lambda item: -item[1]))


def moved_root(old: str, new: str) -> tuple[str, str]:
    """The two folders that differ between an old and a new path of one file."""
    a, b = Path(old).parts, Path(new).parts
    same = 0
    while same < min(len(a), len(b)) - 1 and a[-1 - same] == b[-1 - same]:
        same += 1
    return str(Path(*a[: len(a) - same])), str(Path(*b[: len(b) - same]))


def under(path: str, folder: str) -> bool:
    """Whether a path lies in a folder or below it."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _not_there(paths: Mapping[str, str], stop: threading.Event | None = None) -> list[str]:
    gone = []
    for swatch_id, path in paths.items():
        if stop is not None and stop.is_set():
            break
        if not os.path.exists(path):
            gone.append(swatch_id)
    return gone


def _is_original(path: str, swatch_id: str) -> bool:
    try:
        return file_digest(path) == swatch_id
    except FabricFinderError:
        return False


def _found_at(was: str, here: str, swatch_id: str, size: int, mtime_ns: int) -> str:
    """“there” when nothing is missing; else “same” or “other” for what lies at the new path, or “”."""
    if os.path.exists(was):
        return "there"
    try:
        stat = os.stat(here)
    except OSError:
        return ""
    if (stat.st_size, stat.st_mtime_ns) == (size, mtime_ns) or _is_original(here, swatch_id):
        return "same"
    return "other"
