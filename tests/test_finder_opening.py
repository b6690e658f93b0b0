"""Opening a library: the one that is open stays whole until the next one is."""

import threading

import pytest

from fabricfinder.domain.errors import EncoderError, LibraryError
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library import Library


@pytest.fixture
def two_libraries(tmp_path):
    """Two empty libraries."""
    for name in ("one", "two"):
        Library.create(tmp_path / name).close()
    return tmp_path / "one", tmp_path / "two"


def test_an_opening_that_is_cancelled_lets_the_library_go(two_libraries, fake_encoder) -> None:
    gate = threading.Event()

    def slowly() -> object:
        gate.wait(10)
        return fake_encoder

    finder = Finder(encoder_source=slowly)
    try:
        opening = finder.open_library(two_libraries[0])
        for _ in range(4):
            next(opening)
        with pytest.raises(LibraryError, match="Open by"):
            Library.open(two_libraries[0])
        opening.close()
        Library.open(two_libraries[0]).close()
        assert finder.catalog is None
        gate.set()
        assert run_to_end(finder.open_library(two_libraries[1])).folder == two_libraries[1]
    finally:
        gate.set()
        finder.close()


def test_without_a_model_the_library_is_let_go(two_libraries) -> None:
    def nothing() -> object:
        raise EncoderError("There is no encoder.")

    finder = Finder(encoder_source=nothing)
    try:
        with pytest.raises(EncoderError):
            run_to_end(finder.open_library(two_libraries[0]))
        Library.open(two_libraries[0]).close()
    finally:
        finder.close()


def test_a_refused_library_leaves_the_open_one(two_libraries, fake_encoder, swatch_folder) -> None:
    finder = Finder(fake_encoder)
    try:
        first = run_to_end(finder.open_library(two_libraries[0]))
        with Library.open(two_libraries[1]), pytest.raises(LibraryError):
            run_to_end(finder.open_library(two_libraries[1]))
        assert finder.catalog is first
        run_to_end(finder.import_paths([str(swatch_folder)]))
        assert finder.catalog.folder == two_libraries[0] and len(finder.catalog) == 12
    finally:
        finder.close()


def test_a_library_open_to_read_only_opens_to_write(two_libraries, fake_encoder) -> None:
    finder = Finder(fake_encoder)
    try:
        assert run_to_end(finder.open_library(two_libraries[0], read_only=True)).read_only
        assert not run_to_end(finder.open_library(two_libraries[0])).read_only
        before = finder.catalog
        assert run_to_end(finder.open_library(two_libraries[0])) is before
    finally:
        finder.close()
