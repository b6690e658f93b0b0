"""Collections, swatches taken out, originals that moved."""

from pathlib import Path
from types import ModuleType

import pytest

from fabricfinder.domain.errors import LibraryError
from fabricfinder.library import Library


@pytest.fixture
def ids(library: Library, synthetic: ModuleType) -> list[str]:
    library.add([synthetic.new_swatch(n) for n in range(5)])
    return [synthetic.digest(n) for n in range(5)]


def test_collections_by_hand_and_by_rule(library: Library, ids: list[str]) -> None:
    library.make_collection("  SS28  shirting ")
    library.make_collection("Heavy twills", "weave:twill gsm:300..")
    library.gather("SS28 shirting", [ids[3], ids[1]])
    library.gather("SS28 shirting", [ids[1]])
    rule, hand = library.collections()
    assert (rule.name, rule.rule, rule.is_smart) == ("Heavy twills", "weave:twill gsm:300..", True)
    assert (hand.name, hand.ids, hand.is_smart) == ("SS28 shirting", (ids[1], ids[3]), False)
    library.gather("SS28 shirting", [ids[1]], take_out=True)
    library.rename_collection("SS28 shirting", "AW28")
    assert [c.ids for c in library.collections()] == [(ids[3],), ()]
    library.drop_collection("AW28")
    assert [c.name for c in library.collections()] == ["Heavy twills"] and len(library) == 5
    for deed, why in (
        (lambda: library.make_collection("Heavy twills"), "already"),
        (lambda: library.make_collection("  "), "needs a name"),
        (lambda: library.gather("Heavy twills", ids), "follows from its rule"),
        (lambda: library.drop_collection("AW28"), "no collection"),
    ):
        with pytest.raises(LibraryError, match=why):
            deed()


def test_what_is_taken_out_is_kept_and_comes_back(
    library: Library, ids: list[str], synthetic: ModuleType
) -> None:
    library.table(synthetic.ENCODER)
    library.take_out([ids[1], ids[3]])
    assert [s.id for s in library.swatches()] == [ids[0], ids[2], ids[4]] and len(library) == 3
    assert library.table(synthetic.ENCODER).ids == (ids[0], ids[2], ids[4])
    assert ids[1] not in library.known() and library.find_text("IMG 00001") == []
    assert [r.id for r in library.removed()] == [ids[1], ids[3]]
    assert library.thumbnail(ids[1]) is not None
    new = synthetic.new_swatch(3)
    assert library.seen(new.swatch.path, new.file_size, new.mtime_ns) is None
    assert library.add([new]) == 0  # imported again: it is back where it was
    assert [s.id for s in library.swatches()] == [ids[0], ids[2], ids[3], ids[4]]
    library.put_back([ids[1], ids[0]])
    assert [s.id for s in library.swatches()] == ids
    assert library.table(synthetic.ENCODER).ids == tuple(ids) and library.removed() == ()
    expected = [synthetic.descriptor(n).encoding.code.packed for n in range(5)]
    assert [row.tobytes() for row in library.table(synthetic.ENCODER).codes] == expected


def test_a_crash_sweeps_no_picture_of_what_was_taken_out(
    library: Library, ids: list[str]
) -> None:
    library.take_out(ids[:1])
    folder = library.folder
    library.close()
    (folder / "lock").write_text('{"user": "a", "host": "b", "pid": 1, "since": "2026-01-01T00:00"}')
    with Library.open(folder) as again:
        assert again.closed_badly and again.thumbnail(ids[0]) is not None


def test_a_moved_original_keeps_its_record(
    library: Library, ids: list[str], synthetic: ModuleType, tmp_path: Path
) -> None:
    here = str(tmp_path / "new place" / "IMG_00002.jpg")
    library.move({ids[2]: here})
    assert library.swatches()[2].path == here and library.locations(ids[2]) == [here]
    old = synthetic.new_swatch(2)
    assert library.seen(here, old.file_size, old.mtime_ns) == ids[2]
    assert library.find_text("new place") == [ids[2]]
    assert library.places()[ids[2]] == (here, old.file_size, old.mtime_ns)


def test_files_of_the_same_bytes_are_told(
    library: Library, ids: list[str], synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(2, path="/nas/copies/two.jpg")])
    assert library.copies() == {ids[2]: ("/cloth/shirting/IMG_00002.jpg", "/nas/copies/two.jpg")}


def test_views_and_scales(library: Library, ids: list[str]) -> None:
    library.set_views({ids[0]: "back", ids[1]: "selvedge"})
    library.set_scales({ids[0]: 236.2, ids[1]: None})
    first, second = library.swatches()[:2]
    assert (first.view, second.view, first.px_per_cm, second.px_per_cm) == (
        "back", "selvedge", 236.2, None,
    )  # fmt: skip
    for deed in (
        lambda: library.set_views({ids[0]: "inside"}), lambda: library.set_scales({ids[0]: 0.0}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"view|above 0"):
            deed()


def test_a_scale_keeps_who_says_it(library: Library, ids: list[str]) -> None:
    library.set_scales({ids[0]: 120.0}, "ruler")
    with library.step("Scale"):
        library.set_scales({ids[0]: 240.0})
    assert library.swatches()[0].scale_source == "hand"
    library.undo()
    assert (library.swatches()[0].px_per_cm, library.swatches()[0].scale_source) == (120.0, "ruler")
    library.set_scales({ids[0]: None}, "ruler")
    assert library.swatches()[0].scale_source == "", "nobody says an unknown scale"
    with pytest.raises(ValueError, match="guess"):
        library.set_scales({ids[0]: 9.0}, "guess")
