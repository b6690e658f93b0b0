"""Picture files on disk: which ones there are, what identifies one, and opening one safely."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from fabricfinder.domain.errors import UnreadableImageError

SUPPORTED_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".tif", ".tiff", ".webp", ".bmp", ".dib",
     ".gif"}
)  # fmt: skip

# Folders that network drives and archivers fill with copies of the real pictures.
_SHADOW_FOLDERS = frozenset({"@eaDir", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"})


@contextmanager
def open_picture(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a picture's file for reading, whatever bytes its name is made of.

    Raises:
        UnreadableImageError: missing, a folder, a pipe or device, not permitted, empty, or the
            drive failed; the sentence says which. Failures while reading are turned too.
    """
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            os.listdir(path)
            raise UnreadableImageError("This is a folder, not a picture.")
        if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
            raise UnreadableImageError("This is not an ordinary file, so it cannot be a picture.")
        if found.st_size == 0:
            raise UnreadableImageError("This file is empty.")
        with open(path, "rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise UnreadableImageError(
            "This file is not there; it may have been moved, renamed or deleted."
        ) from error
    except PermissionError as error:
        raise UnreadableImageError("You have no permission to read this file.") from error
    except ValueError as error:
        if "null" not in str(error):  # open() refuses a name with a zero character in it
            raise
        raise UnreadableImageError("This is not a possible file name.") from error
    except OSError as error:
        raise UnreadableImageError(
            f"The file could not be read from its drive ({error.strerror or error})."
        ) from error


def file_digest(path: str | os.PathLike[str]) -> str:
    """The content digest that identifies a swatch: BLAKE2b-128 of the file's bytes, 32 hex digits.

    Raises:
        UnreadableImageError: as ``open_picture``.
    """
    with open_picture(path) as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def list_images(paths: Iterable[str]) -> Iterator[str]:
    """Walk files and folders and yield absolute paths of pictures, each once.

    A file named outright is yielded whatever it is called (decoding says what is wrong with it);
    inside folders only ``SUPPORTED_SUFFIXES`` count, hidden files and folders are passed over,
    entries come sorted by name, and a folder reached a second time through a link is not entered
    again. A folder that may not be opened is yielded itself, so that it becomes a line in the
    report instead of silence.
    """
    seen_paths: set[str] = set()
    seen_folders: set[tuple[int, int]] = set()
    for root in paths:
        for path in _walk(os.path.abspath(root), seen_folders):
            if path not in seen_paths:
                seen_paths.add(path)
                yield path


def _walk(root: str, seen_folders: set[tuple[int, int]]) -> Iterator[str]:
    """One root, depth first with its own stack, so that deep trees cannot exhaust recursion."""
    stack = [root]
    while stack:
        path = stack.pop()
        if not os.path.isdir(path):
            yield path
            continue
        try:
            found = os.stat(path)
            if (found.st_dev, found.st_ino) in seen_folders:
                continue
            seen_folders.add((found.st_dev, found.st_ino))
            with os.scandir(path) as entries:
                wanted = sorted((e.path for e in entries if _is_wanted(e)), reverse=True)
        except OSError:
            yield path
            continue
        stack.extend(wanted)


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    """Whether a folder's entry is a visible folder or a visible file with a picture's suffix."""
    if entry.name.startswith(".") or entry.name in _SHADOW_FOLDERS:
        return False
    try:
        attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
        if attributes & stat.FILE_ATTRIBUTE_HIDDEN:  # Windows
            return False
        if entry.is_dir():
            return True
    except OSError:
        pass  # a link that loops or an entry that vanished: judged by its name alone
    return os.path.splitext(entry.name)[1].lower() in SUPPORTED_SUFFIXES
