"""Reading labels.csv: what is used, what is left out, and a sentence for each fault."""

from pathlib import Path

import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.labelled import (
    LabelledSet,
    RecaptureSet,
    read_labelled,
    read_recaptures,
)

CAPTURES = (
    "path,fabric,capture,coarse_minor,fine\n"
    "0.png,f1,0,stripe/bengal,plain\n"
    "1.png,f1,10,stripe/bengal,plain\n"
    "2.png,f1,9,stripe/bengal,plain\n"
    "3.png,f2,0,plaid/tartan,twill-2-2\n"
)


def folder_with(folder: Path, text: str, n: int = 6, encoding: str = "utf-8") -> Path:
    (folder / "labels.csv").write_text(text, encoding)
    for i in range(n):
        (folder / f"{i}.png").write_bytes(b"")
    return folder


def test_rows_labels_and_groups(tmp_path: Path) -> None:
    text = (
        "path,label,near_duplicate_group,major\n"
        "0.png,striped,7,stripe\n1.png, striped ,7,stripe\n2.png,dotted,,pattern\n"
        "3.png,,9,\n4.png,dotted,,\n"
    )
    photos = read_labelled(folder_with(tmp_path, text, encoding="utf-8-sig"))
    assert photos.name == tmp_path.name
    assert len(photos) == 4
    assert photos.labels == ("striped", "striped", "dotted", "dotted")
    assert photos.paths[2] == tmp_path / "2.png"
    assert photos.unlabelled == 1
    codes = photos.group_codes.tolist()
    assert codes[0] == codes[1]
    assert len(set(codes[1:])) == 3  # pictures of no group are alone
    assert photos.label_codes.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,class\n0.png,a\n", "no column label"),
        ("path,label\n", "no rows"),
        ("path,label\n0.png,a\n1.png,a\n", "at least two different labels"),
        ("path,label\n0.png,a\nnowhere.png,b\n", "1 of 2 pictures"),
        ("path,label\n0.png,ä\n", "cannot be read"),
    ],
)
def test_a_fault_of_the_file_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    encoding = "latin-1" if "ä" in text else "utf-8"
    with pytest.raises(FabricFinderError, match=sentence):
        read_labelled(folder_with(tmp_path, text, encoding=encoding))


def test_a_folder_without_labels_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FabricFinderError, match="cannot be read"):
        read_labelled(tmp_path)


def test_the_last_capture_of_a_fabric_asks(tmp_path: Path) -> None:
    captures = read_recaptures(folder_with(tmp_path, CAPTURES))
    assert [p.name for p in captures.queries] == ["1.png"]  # 10 is above 9 as a number
    assert captures.query_fabrics == ("f1",)
    assert captures.minors == ("stripe/bengal",)
    assert captures.fines == ("plain",)
    assert captures.gallery_fabrics == ("f1", "f1", "f2")


def test_a_role_column_decides_who_asks(tmp_path: Path) -> None:
    lines = CAPTURES.splitlines()
    roles = ["role", "Query", "gallery", "gallery", "gallery"]
    text = "\n".join(f"{line},{role}" for line, role in zip(lines, roles, strict=True))
    captures = read_recaptures(folder_with(tmp_path, text))
    assert [p.name for p in captures.queries] == ["0.png"]
    assert len(captures) == 1
    with pytest.raises(FabricFinderError, match="“asker” is no role"):
        read_recaptures(folder_with(tmp_path, text.replace("Query", "asker")))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("f1,", "f{}"), "captured at least twice"),
        ((",10,", ",ten,"), "whole numbers"),
        (("capture,", "shot,"), "no column capture"),
    ],
)
def test_captures_that_cannot_be_used_get_a_sentence(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    old, new = change
    text = CAPTURES
    if "{}" in new:
        for i in range(3):
            text = text.replace(f"{i}.png,f1,", f"{i}.png,only{i},")
    else:
        text = text.replace(old, new)
    with pytest.raises(FabricFinderError, match=sentence):
        read_recaptures(folder_with(tmp_path, text))


def test_columns_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="as many"):
        LabelledSet("x", (Path("a"),), (), ())
    with pytest.raises(ValueError, match="gallery"):
        RecaptureSet("x", (Path("a"),), (), (), (), (), ())
    with pytest.raises(ValueError, match="classes"):
        RecaptureSet("x", (), (), (Path("a"),), ("f",), (), ())
