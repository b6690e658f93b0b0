"""Labels in and out: what is written is read back, and a malformed file gets a sentence."""

import json

import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import CANT_TELL, NOT_CLOTH, Opinion, Suggestion
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.vocabulary import new_term, shipped_vocabulary
from fabricfinder.labelling.exchange import read_opinions, split_of, write_opinions

OWN = new_term("Mill check", "coarse", "plaid/glen")


def _swatch(n, article=""):
    fields = {"article": article} if article else {}
    return Swatch(f"{n:040x}", f"/cloth/caf\udce9 {n}.jpg", str(n), 640, 480, fields=fields)


SWATCHES = [_swatch(n, "A1" if n < 3 else "") for n in range(6)]
OPINIONS = [
    Opinion(SWATCHES[0].id, "coarse", OWN.id, "Ada", 5,
            suggestion=Suggestion("dvsh-128", "plaid/glen", 0.75)),
    Opinion(SWATCHES[0].id, "coarse", "plaid/glen", "dvsh-128", 4, by_model=True),
    Opinion(SWATCHES[1].id, "fine", "twill-2-2", "Bo", 6),
    Opinion(SWATCHES[2].id, "tightness", 62.5, "Ada", 7, source="computed"),
    Opinion(SWATCHES[3].id, "fine", CANT_TELL, "Ada", 8),
    Opinion(SWATCHES[4].id, "coarse", NOT_CLOTH, "Ada", 9),
]  # fmt: skip


@pytest.mark.parametrize("name", ["labels.csv", "labels.json", "labels.coco.json"])
def test_what_is_written_is_read_back(tmp_path, name):
    path, words = tmp_path / name, shipped_vocabulary().extended(OWN)
    assert write_opinions(path, OPINIONS, SWATCHES, words) == 6
    read = read_opinions(path, SWATCHES, words)
    assert list(read.opinions) == OPINIONS and read.unknown == 0
    # Another library that knows the pictures by their place only, and not all of them.
    moved = [Swatch("f" * 39 + str(n), s.path, s.name, 1, 1) for n, s in enumerate(SWATCHES[:2])]
    there = read_opinions(path, moved, words)
    assert [o.swatch for o in there.opinions] == [moved[0].id, moved[0].id, moved[1].id]
    assert there.unknown == 3
    if name != "labels.csv":  # the file brings its own words
        assert read_opinions(path, SWATCHES, shipped_vocabulary()).terms == (OWN,)


def test_json_splits_by_article_and_says_what_is_in_force(tmp_path):
    path = tmp_path / "labels.json"
    write_opinions(path, OPINIONS, SWATCHES, shipped_vocabulary().extended(OWN))
    told = json.loads(path.read_text("utf-8"))
    where = {i: name for name, ids in told["splits"].items() for i in ids}
    assert len({where[s.id] for s in SWATCHES[:3]}) == 1 and len(where) == 5
    assert [row["in_force"] for row in told["labels"]] == [True, False, True, True, False, False]
    shares = [split_of(_swatch(n)) for n in range(2000)]
    assert 0.12 < shares.count("test") / 2000 < 0.18
    assert 0.12 < shares.count("validation") / 2000 < 0.18


def test_coco_is_coco(tmp_path):
    path = tmp_path / "labels.coco.json"
    write_opinions(path, OPINIONS, SWATCHES, shipped_vocabulary().extended(OWN))
    told = json.loads(path.read_text("utf-8"))
    images, categories = ({row["id"] for row in told[k]} for k in ("images", "categories"))
    for one in told["annotations"]:
        assert one["image_id"] in images and one["category_id"] in categories
        assert one["bbox"] == [0, 0, 640, 480] and one["area"] == 640 * 480
    assert len({a["id"] for a in told["annotations"]}) == 6


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.txt", "", "must end in"),
        ("a.csv", "path,coarse\nx,y\n", "needs the columns"),
        ("a.csv", "id,dimension,value\nID,sheen,x\n", "line 2: “sheen” is none of"),
        ("a.csv", "id,dimension,value\nID,fine,tartan\n", "line 2: “tartan” is no fine term"),
        ("a.csv", "id,dimension,value\nID,tightness,140\n", "0 to 100, not “140”"),
        ("a.csv", "id,dimension,value,how\nID,fine,plain,{\n", "cannot be understood"),
        ("a.json", "{", "is no file of labels"),
        ("a.json", '{"format": "other"}', "is no file of labels"),
        ("a.coco.json", '{"images": []}', "is no file of labels"),
    ],
)
def test_a_malformed_file_gets_a_sentence(tmp_path, name, text, sentence):
    path = tmp_path / name
    path.write_text(text.replace("ID", SWATCHES[0].id), "utf-8")
    with pytest.raises(FabricFinderError, match=sentence):
        read_opinions(path, SWATCHES, shipped_vocabulary())


def test_names_and_other_words_are_understood(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"id,dimension,value\n{SWATCHES[0].id},fine,平纹\n", "utf-8")
    (read,) = read_opinions(path, SWATCHES, shipped_vocabulary()).opinions
    assert (read.value, read.who) == ("plain", "file")
