"""The watched folder: what is told as new, and when."""

import os
from pathlib import Path

from fabricfinder.capture.watched import WatchedFolder


def write(path: Path, raw: bytes, mtime: int) -> None:
    """A file of a given time, so that no clock decides."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    os.utime(path, ns=(mtime, mtime))


def test_a_file_is_told_once_it_is_whole(tmp_path: Path) -> None:
    watched = WatchedFolder(str(tmp_path))
    assert watched.look().new == ()
    path = tmp_path / "a.jpg"
    write(path, b"half", 1)
    first = watched.look()
    assert (first.new, first.coming) == ((), 1)
    write(path, b"half and half", 2)
    assert watched.look().new == (), "it is still growing"
    assert watched.look().new == (str(path),)
    assert watched.look().new == (), "once is enough"
    write(path, b"scanned again", 3)
    watched.look()
    assert watched.look().new == (str(path),), "another picture under the same name"


def test_empty_hidden_and_foreign_files_do_not_count(tmp_path: Path) -> None:
    watched = WatchedFolder(str(tmp_path))
    write(tmp_path / "notes.txt", b"x", 1)
    write(tmp_path / ".hidden.jpg", b"x", 1)
    write(tmp_path / "empty.jpg", b"", 1)
    write(tmp_path / "sub" / "b.png", b"x", 1)
    watched.look()
    assert watched.look().new == (str(tmp_path / "sub" / "b.png"),)


def test_a_drive_that_goes_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    write(folder / "a.jpg", b"x", 1)
    watched = WatchedFolder(str(folder))
    watched.look()
    assert len(watched.look().new) == 1
    folder.rename(tmp_path / "gone")
    assert not watched.look().there
    (tmp_path / "gone").rename(folder)
    write(folder / "b.jpg", b"y", 2)
    back = watched.look()
    assert back.there
    assert back.coming == 1
    assert watched.look().new == (str(folder / "b.jpg"),), "what was told is not told again"


def test_what_is_there_already_can_be_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", b"x", 1)
    watched = WatchedFolder(str(tmp_path))
    watched.take_for_known()
    assert watched.look().new == ()
    (tmp_path / "a.jpg").unlink()
    watched.look()
    assert watched.known == {}
