"""A file is whole or not there, and a failure of the disk is a sentence."""

import errno
import os
from pathlib import Path

import pytest

from fabricfinder.domain import whole_file as module
from fabricfinder.domain.errors import FabricFinderError, sentence_of
from fabricfinder.domain.whole_file import whole_file


def test_the_new_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "布 labels.csv"
    target.write_text("old")
    with whole_file(target) as unfinished:
        unfinished.write_text("new")
        assert target.read_text() == "old" and unfinished.parent == tmp_path
    assert target.read_text() == "new" and list(tmp_path.iterdir()) == [target]
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_fails_leaves_the_old(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr(module.os, "fsync", full)
        with whole_file(target) as unfinished:
            unfinished.write_text("half")
    with pytest.raises(KeyError), whole_file(target) as unfinished:
        raise KeyError("a bug")
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FabricFinderError("Choose another."), "Choose another."),
        (OSError(errno.ENOSPC, "x", "/a/b"), "The disk is full (/a/b). Make room and try again"),
        (OSError(errno.EDQUOT, "x"), "The disk is full. Make room"),
        (PermissionError(errno.EACCES, "x", "/a"), "does not let fabricfinder write or read there (/a)"),
        (OSError(errno.EROFS, "x"), "does not let fabricfinder write or read there."),
        (OSError(errno.EIO, "x"), None),
        (KeyError("x"), None),
    ],
)  # fmt: skip
def test_what_can_be_mended_is_a_sentence_and_a_bug_is_none(error, says) -> None:
    assert (says in sentence_of(error)) if says else sentence_of(error) == ""
