"""The demo's sheet: numbered articles, about a third of them without labels."""

import csv
from pathlib import Path

from fabricfinder.demo import UNLABELLED, unlabelled_designs, write_label_sheet
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library.labels_csv import read_labels_csv
from fabricfinder.synthesis.demo import demo_fabrics, demo_query

HEAD = ("path", "design", "colourway", "coarse_minor", "fine", "repeat_mm", "ends_per_cm",
        "picks_per_cm", "warp_tex", "weft_tex", "tightness")  # fmt: skip


def _sheet(folder: Path, n: int) -> tuple[list[dict[str, str]], Path]:
    """What ``write_demo`` tells of n fabrics, two pictures each, and the sheet made of it."""
    source, target = folder / "labels.csv", folder / "archive.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for cloth in demo_fabrics(n=n):
            for photo in range(2):
                writer.writerow((f"images/{cloth.id}-{photo}.jpg", cloth.design, cloth.colourway,
                                 cloth.coarse, cloth.fine, "1x1", 20, 20, 30, 30, 70))  # fmt: skip
    write_label_sheet(source, target)
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, target


def test_a_third_of_the_articles_is_left_to_be_labelled(tmp_path: Path) -> None:
    rows, sheet = _sheet(tmp_path, 300)
    with sheet.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["path"] for row in written] == [row["path"] for row in rows]
    unlabelled = {row["article"] for row in written if not row["coarse"]}
    articles = {row["article"] for row in written}
    assert 0.9 * UNLABELLED <= len(unlabelled) / len(articles) <= UNLABELLED
    for row in written:  # a whole article, and all of its labels; what a mill knows stays
        labels = {row[name] for name in ("coarse", "fine", "tightness")}
        assert (labels == {""}) == (row["article"] in unlabelled)
        assert row["ends_per_cm"] == "20" and row["colourway"]
    for name in ("coarse_minor", "fine"):  # every kind has an example
        known = {row[name] for row, other in zip(rows, written, strict=True) if other["coarse"]}
        assert known == {row[name] for row in rows}
    read = read_labels_csv(sheet, default_taxonomy())
    assert len(read.rows) == len(rows) and not read.problems


def test_the_cloth_of_the_scrap_is_labelled_and_the_choice_is_always_the_same(tmp_path: Path) -> None:
    rows, _ = _sheet(tmp_path, 300)
    left = unlabelled_designs(rows)
    assert left == unlabelled_designs(rows) and demo_query().design not in left
    assert not unlabelled_designs(rows[:10])  # a handful are all the first of their kind
