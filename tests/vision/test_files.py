"""Walking folders for pictures, and digests of their bytes."""

import hashlib
import os
from pathlib import Path

import pytest

from fabricfinder.domain.errors import UnreadableImageError
from fabricfinder.vision.files import SUPPORTED_SUFFIXES, file_digest, list_images


def touch(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return str(path)


def test_folders_are_walked_sorted_without_hidden_or_foreign_files(tmp_path: Path) -> None:
    wanted = [
        touch(tmp_path / "a" / "1.JPG"),
        touch(tmp_path / "a" / "2.tiff"),
        touch(tmp_path / "b.png"),
        touch(tmp_path / "c" / "d" / "e.webp"),
    ]
    for name in (".hidden.png", "._1.jpg", "notes.txt", "Thumbs.db", ".git/x.png", "@eaDir/x.jpg"):
        touch(tmp_path / name)
    assert list(list_images([str(tmp_path)])) == wanted


def test_named_files_come_whatever_their_name_and_each_once(tmp_path: Path) -> None:
    odd, picture = touch(tmp_path / "photo.heic"), touch(tmp_path / "x" / "1.png")
    missing = str(tmp_path / "gone.jpg")
    found = list(list_images([odd, picture, str(tmp_path / "x"), missing, odd]))
    assert found == [odd, picture, missing]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "1.png")
    elsewhere = tmp_path / "elsewhere"
    touch(elsewhere / "2.png")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "other").symlink_to(elsewhere, target_is_directory=True)
    (tmp_path / "a" / "self.png").symlink_to(tmp_path / "a" / "self.png")
    found = [os.path.basename(p) for p in list_images([str(tmp_path / "a")])]
    assert sorted(found) == ["1.png", "2.png", "self.png"]


def test_a_closed_folder_is_a_line_and_not_a_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    touch(closed / "1.png")
    opened = touch(tmp_path / "open.png")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if path == str(closed):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert list(list_images([str(tmp_path)])) == [str(closed), opened]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    try:
        with open(raw, "wb") as stream:
            stream.write(b"x")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert list(list_images([str(tmp_path)])) == [os.fsdecode(raw)]
    assert len(file_digest(os.fsdecode(raw))) == 32


def test_digest_is_of_the_bytes_only(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    for name in ("a.jpg", "b.png"):
        (tmp_path / name).write_bytes(content)
        expected = hashlib.blake2b(content, digest_size=16).hexdigest()
        assert file_digest(str(tmp_path / name)) == expected
    with pytest.raises(UnreadableImageError, match="not there"):
        file_digest(str(tmp_path / "none.jpg"))
    with pytest.raises(UnreadableImageError, match="folder"):
        file_digest(str(tmp_path))


def test_every_suffix_is_lower_case_with_a_dot() -> None:
    assert all(s == s.lower() and s.startswith(".") for s in SUPPORTED_SUFFIXES)
