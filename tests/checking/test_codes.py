"""Codes written down and compared: what differs is counted, what was not written down is said."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.checking.codes import (
    CODES_FILE,
    Compared,
    Seen,
    compare,
    draw_pictures,
    pixels_mark,
    see,
    shipped_graphs,
    write_down,
)
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.resources import resource_path


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Two small pictures."""
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path, grey in zip(paths, (40, 200), strict=True):
        Image.new("RGB", (40, 40), (grey, grey, 90)).save(path)
    return paths


@pytest.fixture
def seen() -> Seen:
    """What an encoder of 64 bits said of two pictures."""
    return Seen("cloth-64-00000000/fp32", (HashCode(bytes(8), 64), HashCode(b"\xff" * 8, 64)))


def flipped(code: HashCode, n: int) -> HashCode:
    bits = code.bits
    bits[:n] ^= 1
    return HashCode(np.packbits(bits).tobytes(), code.n_bits)


@pytest.mark.parametrize(("n", "good"), [(0, True), (2, True), (3, False), (64, False)])
def test_bits_that_differ_are_counted(pictures, seen, tmp_path, n, good) -> None:
    path = tmp_path / "codes.json"
    write_down(path, pictures, [seen])
    here = Seen(seen.encoder, (seen.codes[0], flipped(seen.codes[1], n)))
    (compared,), redrawn = compare([here], pictures, path)
    assert (compared.differing, compared.good, redrawn) == ((0, n), good, 0)
    assert f"cloth-64-00000000: {n} of 128 bits differ" in compared.sentence
    assert ("2 are allowed" in compared.sentence) is not good


def test_a_picture_drawn_otherwise_is_counted(pictures, seen, tmp_path) -> None:
    path = tmp_path / "codes.json"
    write_down(path, pictures, [seen])
    image = Image.open(pictures[1])
    image.putpixel((0, 0), (201, 200, 90))
    image.save(pictures[1])
    assert compare([seen], pictures, path)[1] == 1


def test_the_mark_is_of_the_pixels_not_of_the_file(pictures, tmp_path) -> None:
    again = tmp_path / "again.png"
    Image.open(pictures[0]).save(again, compress_level=0)
    assert again.read_bytes() != pictures[0].read_bytes()
    assert pixels_mark(again) == pixels_mark(pictures[0]) != pixels_mark(pictures[1])


def test_an_encoder_nobody_wrote_down_is_said(pictures, seen, tmp_path) -> None:
    path = tmp_path / "codes.json"
    write_down(path, pictures, [seen])
    with pytest.raises(FabricFinderError, match="were not written down"):
        compare([Seen("other-64-00000001/fp32", seen.codes)], pictures, path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "x", "version": 1}'])
def test_a_damaged_file_is_a_sentence(pictures, seen, tmp_path, content) -> None:
    path = tmp_path / "codes.json"
    path.write_text(content)
    with pytest.raises(FabricFinderError, match=r"codes\.json is damaged"):
        compare([seen], pictures, path)
    path.unlink()
    with pytest.raises(FabricFinderError, match="missing"):
        compare([seen], pictures, path)


def test_every_encoder_that_ships_is_written_down(tmp_path) -> None:
    """After a change of model or drawing: fabricfinder self-check --record resources/codes.json."""
    drawn = draw_pictures(tmp_path)
    compared, redrawn = compare(see(drawn, shipped_graphs()), drawn)
    assert len(compared) >= 4 and all(each.good for each in compared), compared
    assert redrawn == 0 or all(sum(each.differing) < 8 for each in compared)
    content = json.loads(resource_path(CODES_FILE).read_text("utf-8"))
    assert set(content["codes"]) == {each.encoder for each in compared}, "an old one is left"
    codes = [tuple(told) for told in content["codes"].values()]
    assert all(len(set(told)) == len(drawn) for told in codes), "codes tell the cloths apart"


def test_one_bit_in_thirty_two_is_allowed() -> None:
    assert [Compared("a", bits, (0,)).allowed for bits in (64, 128)] == [2, 4]
