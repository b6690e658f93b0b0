"""A library's daily life: adding, knowing again, labelling, tables, thumbnails, the journal."""

import os
import sqlite3
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fabricfinder.domain.descriptor import TABLE_COLUMNS
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.swatch import ImportProblem, Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library

TAXONOMY = default_taxonomy()


def test_what_is_added_is_there_after_reopening(library: Library, synthetic: ModuleType) -> None:
    batch = [synthetic.new_swatch(i) for i in range(5)]
    assert library.add(batch) == 5
    library.close()
    with Library.open(library.folder) as again:
        assert again.swatches() == tuple(new.swatch for new in batch)
        assert len(again) == 5
        assert again.uuid == library.uuid != ""
        assert again.thumbnail(synthetic.digest(3)) == synthetic.jpeg(3)
        assert again.thumbnail_file(synthetic.digest(3)).read_bytes() == synthetic.jpeg(3)
        assert not again.closed_badly


def test_adding_again_does_nothing(library: Library, synthetic: ModuleType) -> None:
    batch = [synthetic.new_swatch(i) for i in range(4)]
    library.add(batch)
    before = library.swatches()
    assert library.add(batch) == 0
    assert library.add([*batch, *batch, synthetic.new_swatch(9), synthetic.new_swatch(9)]) == 1
    assert library.swatches() == (*before, synthetic.new_swatch(9).swatch)
    assert len(library.table(synthetic.ENCODER)) == 5


def test_the_same_bytes_elsewhere_are_one_swatch_in_two_places(
    library: Library, synthetic: ModuleType, tmp_path: Path
) -> None:
    first = tmp_path / "a.jpg"
    first.write_bytes(b"cloth")
    library.add([synthetic.new_swatch(1, path=str(first))])
    library.add([synthetic.new_swatch(1, path="/elsewhere/b.jpg", encoder=None)])
    assert [s.path for s in library.swatches()] == [str(first)]
    assert library.locations(synthetic.digest(1)) == [str(first), "/elsewhere/b.jpg"]


def test_a_moved_file_is_found_at_its_new_place_with_its_labels(
    library: Library, synthetic: ModuleType, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.jpg", tmp_path / "new.jpg"
    old.write_bytes(b"cloth")
    library.add([synthetic.new_swatch(1, path=str(old))])
    library.set_labels({synthetic.digest(1): Labels("plaid/gingham")})
    old.rename(new)
    library.add([synthetic.new_swatch(1, path=str(new), encoder=None)])
    (swatch,) = library.swatches()
    assert (swatch.path, swatch.labels.coarse) == (str(new), "plaid/gingham")
    assert len(library.table(synthetic.ENCODER)) == 1


def test_a_changed_file_is_another_swatch_and_takes_the_path(
    library: Library, synthetic: ModuleType, tmp_path: Path
) -> None:
    path, copy = str(tmp_path / "a.jpg"), tmp_path / "copy.jpg"
    copy.write_bytes(b"cloth")
    library.add([synthetic.new_swatch(1, path=path), synthetic.new_swatch(1, path=str(copy))])
    library.add([synthetic.new_swatch(2, path=path)])
    assert [s.path for s in library.swatches()] == [str(copy), path]
    assert library.locations(synthetic.digest(1)) == [str(copy)]


def test_a_file_is_known_by_path_size_and_time(library: Library, synthetic: ModuleType) -> None:
    new = synthetic.new_swatch(1)
    library.add([new])
    path = new.swatch.path
    assert library.seen(path, new.file_size, new.mtime_ns) == new.swatch.id
    assert library.seen(path, new.file_size + 1, new.mtime_ns) is None
    assert library.seen(path, new.file_size, new.mtime_ns + 1) is None
    assert library.seen(path + "x", new.file_size, new.mtime_ns) is None


def test_known_is_a_live_view(library: Library, synthetic: ModuleType) -> None:
    known = library.known()
    assert not known
    library.add([synthetic.new_swatch(1)])
    assert synthetic.digest(1) in known and len(known) == 1


def test_swatches_since_gives_what_a_snapshot_lacks(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(i) for i in range(3)])
    count = len(library.swatches())
    assert library.swatches_since(count) == ()
    library.add([synthetic.new_swatch(i) for i in (8, 7)])
    assert [s.id for s in library.swatches_since(count)] == [synthetic.digest(i) for i in (8, 7)]


def test_a_failed_batch_adds_nothing(library: Library, synthetic: ModuleType) -> None:
    library.queue_import(["/cloth/shirting/IMG_00001.jpg"])
    bad = synthetic.new_swatch(2, labels=Labels(tightness=140.0))
    with pytest.raises(ValueError, match="percentage"):
        library.add([synthetic.new_swatch(1), bad])
    assert library.swatches() == () and len(library.known()) == 0
    assert library.pending_import() == ["/cloth/shirting/IMG_00001.jpg"]
    assert library.add([synthetic.new_swatch(1)]) == 1


def test_ids_and_thumbnails_must_be_what_they_say(library: Library, synthetic: ModuleType) -> None:
    with pytest.raises(ValueError, match="digest"):
        library.add([synthetic.new_swatch(1, id="../../../etc/passwd")])
    new = synthetic.new_swatch(1)
    object.__setattr__(new, "thumbnail", b"no jpeg")
    with pytest.raises(ValueError, match="JPEG"):
        library.add([new])
    assert len(library) == 0


# -- labels and fields ---------------------------------------------------------------------------


def test_set_labels_sets_the_whole_of_what_is_said(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(i) for i in range(3)])
    one = synthetic.digest(1)
    library.set_labels({one: Labels("plaid/gingham", "plain", 55.0)}, who="Ana")
    library.set_labels({one: Labels(fine="rep")})
    assert library.swatches()[1].labels == Labels(fine="rep")
    library.set_labels({one: Labels("stripe/pin")}, merge=True)
    assert library.swatches()[1].labels == Labels("stripe/pin", "rep")
    assert library.swatches()[0].labels == Labels()


def test_who_said_it_and_when_is_kept(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(1, labels=Labels(fine="plain"))])
    library.set_labels({synthetic.digest(1): Labels("plaid/gingham")}, who="Ana", merge=True)
    library.close()
    with sqlite3.connect(library.folder / "library.fflib") as database:
        rows = database.execute("SELECT dimension, who, said_at FROM label ORDER BY 1").fetchall()
    database.close()
    assert [row[:2] for row in rows] == [("coarse", "Ana"), ("fine", "sheet")]
    assert all(row[2] > 1_700_000_000 for row in rows)


def test_what_is_said_again_stays_the_word_of_whoever_said_it(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1, labels=Labels("plaid/gingham", "plain", 50.0))])
    library.set_labels({synthetic.digest(1): Labels("plaid/gingham", "rep")}, who="Ana")
    assert library.swatches()[0].labels == Labels("plaid/gingham", "rep")
    library.close()
    with sqlite3.connect(library.folder / "library.fflib") as database:
        rows = database.execute("SELECT dimension, who FROM label ORDER BY 1").fetchall()
    database.close()
    assert rows == [("coarse", "sheet"), ("fine", "Ana")]


def test_a_label_is_certain_in_the_table_and_leaves_when_taken_away(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(i) for i in range(3)])
    before = library.table(synthetic.ENCODER)
    one = synthetic.digest(1)
    library.set_labels({one: Labels("plaid/gingham", None, 42.0)})
    table = library.table(synthetic.ENCODER)
    assert table.coarse[1].sum() == table.coarse[1, TAXONOMY.coarse_index["plaid/gingham"]] == 1
    assert table.tightness[1].tolist() == [42.0, 0.0]
    assert table.certain.tolist() == [[False] * 3, [True, False, True], [False] * 3]
    np.testing.assert_array_equal(table.fine, before.fine)
    assert not before.certain.any()  # the snapshot taken earlier did not change
    library.set_labels({one: Labels()})
    _assert_same_table(library.table(synthetic.ENCODER), before)


def test_labels_and_fields_of_unknown_swatches_are_refused(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    for refused in (
        lambda: library.set_labels({synthetic.digest(1): Labels("x"), "ff" * 32: Labels("y")}),
        lambda: library.set_fields({"ff" * 32: {"lot": "1"}}),
        lambda: library.put_descriptors([("ff" * 32, synthetic.descriptor(1))]),
    ):
        with pytest.raises(KeyError):
            refused()
    assert library.swatches()[0].labels == Labels()


@pytest.mark.parametrize("tightness", [-1.0, 100.5, float("nan")])
def test_a_tightness_that_is_no_percentage_is_refused(
    library: Library, synthetic: ModuleType, tightness: float
) -> None:
    library.add([synthetic.new_swatch(1)])
    with pytest.raises(ValueError):
        library.set_labels({synthetic.digest(1): Labels(tightness=tightness)})


def test_fields_are_set_one_by_one_and_an_empty_text_removes_one(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1, fields={"lot": "A", "weight": 180.0})])
    one = synthetic.digest(1)
    library.set_fields({one: {"supplier": "Bianchi", "lot": ""}})
    assert library.swatches()[0].fields == {"weight": 180.0, "supplier": "Bianchi"}
    with pytest.raises(ValueError, match="not a number"):
        library.set_fields({one: {"weight": float("nan")}})


def test_an_article_names_the_swatch(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(1)])
    one = synthetic.digest(1)
    library.set_fields({one: {"article": "20341-07"}})
    assert library.swatches()[0].name == "20341-07"
    assert library.find_text("20341") == [one]
    library.set_fields({one: {"article": ""}})
    assert library.swatches()[0].name == "IMG_00001"


def test_a_second_file_of_a_swatch_brings_its_labels(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1, labels=Labels(coarse="plaid/gingham"))])
    library.add(
        [synthetic.new_swatch(1, path="/b.jpg", labels=Labels(fine="rep"), fields={"lot": "7"})]
    )
    (swatch,) = library.swatches()
    assert swatch.labels == Labels("plaid/gingham", "rep") and swatch.fields == {"lot": "7"}
    assert library.find_text("ottoman") == [swatch.id]


# -- descriptors ---------------------------------------------------------------------------------


def _assert_same_table(one, two) -> None:  # noqa: ANN001
    assert one.encoder == two.encoder and one.ids == two.ids
    for name in TABLE_COLUMNS:
        left, right = getattr(one, name), getattr(two, name)
        assert left.dtype == right.dtype, name
        np.testing.assert_array_equal(left, right, err_msg=name)


def test_the_table_holds_what_the_encoder_said(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(i) for i in range(6)])
    table = library.table(synthetic.ENCODER)
    assert table.ids == tuple(synthetic.digest(i) for i in range(6))
    for row in range(6):
        said = synthetic.descriptor(row)
        assert table.codes[row].tobytes() == said.encoding.code.packed
        np.testing.assert_array_equal(table.coarse[row], said.encoding.coarse.astype(np.float16))
        np.testing.assert_array_equal(table.fine[row], said.encoding.fine.astype(np.float16))
        np.testing.assert_array_equal(table.palettes[row], said.palette.to_array())
        np.testing.assert_array_equal(
            table.tightness[row], np.array(said.encoding.tightness, np.float32)
        )
        np.testing.assert_array_equal(
            table.unfamiliarity[row], np.float32(said.encoding.unfamiliarity)
        )
        np.testing.assert_array_equal(table.density[row], said.density.to_array())
    assert {a.dtype for a in (table.coarse, table.fine, table.palettes)} == {np.dtype(np.float32)}
    with pytest.raises(ValueError, match="read-only"):
        table.codes[0] = 0


def test_encoders_are_never_mixed_and_the_old_one_stays_until_dropped(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(i) for i in range(4)])
    ids = [synthetic.digest(i) for i in range(4)]
    new = "better-64/int8"
    assert library.ids_without(new) == ids and library.ids_without(synthetic.ENCODER) == []
    library.put_descriptors([(i, synthetic.descriptor(n, new)) for n, i in enumerate(ids[:3])])
    assert library.encoder_counts() == {synthetic.ENCODER: 4, new: 3}
    assert library.ids_without(new) == ids[3:]
    assert library.table(new).ids == tuple(ids[:3])
    assert len(library.table(synthetic.ENCODER)) == 4
    library.drop_encoder(synthetic.ENCODER)
    library.drop_encoder("never heard of")
    assert library.encoder_counts() == {new: 3}
    assert len(library.table(synthetic.ENCODER)) == 0


def test_recoding_out_of_order_keeps_the_order_of_arrival(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(i, encoder=None) for i in range(5)])
    assert len(library.table(synthetic.ENCODER)) == 0
    for number in (3, 0, 4, 1, 2):
        library.put_descriptors([(synthetic.digest(number), synthetic.descriptor(number))])
        ids = library.table(synthetic.ENCODER).ids
        assert list(ids) == [i for i in (s.id for s in library.swatches()) if i in ids]
    kept = library.table(synthetic.ENCODER)
    library.put_descriptors([(synthetic.digest(2), synthetic.descriptor(99))])
    assert kept.codes[2].tobytes() == synthetic.descriptor(2).encoding.code.packed
    changed = library.table(synthetic.ENCODER)
    assert changed.codes[2].tobytes() == synthetic.descriptor(99).encoding.code.packed


def test_a_table_of_no_swatches_has_the_right_shapes(library: Library) -> None:
    table = library.table("")
    assert len(table) == 0 and table.encoder == ""
    assert table.coarse.shape == (0, len(TAXONOMY.coarse))
    assert table.fine.shape == (0, len(TAXONOMY.fine))
    assert table.palettes.shape == (0, 10, 5) and table.certain.shape == (0, 3)


def test_codes_of_another_length_under_one_name_are_refused(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    odd = synthetic.descriptor(2)
    object.__setattr__(odd.encoding, "coarse", np.ones(3, np.float32) / 3)
    with pytest.raises(ValueError, match="another length"):
        library.put_descriptors([(synthetic.digest(1), odd)])


def test_snapshots_do_not_change_while_the_library_grows(
    library: Library, synthetic: ModuleType
) -> None:
    seen = []
    for number in range(40):
        library.add([synthetic.new_swatch(number)])
        if number % 7 == 3:
            label = Labels(fine=TAXONOMY.fine[number])
            library.set_labels({synthetic.digest(number // 2): label})
        table = library.table(synthetic.ENCODER)
        seen.append((table, table.fine.copy(), table.codes.copy(), table.certain.copy()))
    for table, fine, codes, certain in seen:
        np.testing.assert_array_equal(table.fine, fine)
        np.testing.assert_array_equal(table.codes, codes)
        np.testing.assert_array_equal(table.certain, certain)


# -- thumbnails ----------------------------------------------------------------------------------


def test_spoiled_thumbnails_are_none_and_can_be_written_again(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1), synthetic.new_swatch(2)])
    one = synthetic.digest(1)
    library.thumbnail_file(one).write_bytes(b"")
    assert library.thumbnail(one) is None
    library.thumbnail_file(one).unlink()
    assert library.thumbnail(one) is None
    library.put_thumbnails({one: synthetic.jpeg(7)})
    assert library.thumbnail(one) == synthetic.jpeg(7)
    with pytest.raises(KeyError):
        library.put_thumbnails({"ff" * 32: synthetic.jpeg(7)})


def test_thumbnails_lie_where_the_window_looks_for_them(
    library: Library, synthetic: ModuleType
) -> None:
    one = synthetic.digest(1)
    assert library.thumbnail_file(one) == library.folder / "thumbnails" / one[:2] / f"{one}.jpg"


# -- journal, problems, notes --------------------------------------------------------------------


def test_the_journal_keeps_order_and_lets_go_of_what_is_added(
    library: Library, synthetic: ModuleType
) -> None:
    paths = [f"/cloth/shirting/IMG_{i:05}.jpg" for i in (3, 1, 2, 5)]
    library.queue_import(paths)
    library.queue_import(["/later.jpg", paths[0]])
    assert library.pending_import() == [*paths, "/later.jpg"]
    library.add([synthetic.new_swatch(1), synthetic.new_swatch(3)])
    assert library.pending_import() == [paths[2], paths[3], "/later.jpg"]
    library.finish_import([paths[2], "/never queued.jpg"])
    library.close()
    with Library.open(library.folder) as again:
        assert again.pending_import() == [paths[3], "/later.jpg"]
        assert again.pending_count() == 2


def test_problems_stay_until_the_file_is_imported(library: Library, synthetic: ModuleType) -> None:
    path = "/cloth/shirting/IMG_00001.jpg"
    library.add_problem(ImportProblem(path, "The picture is cut short."))
    library.add_problem(ImportProblem("/b.jpg", "This is text."))
    library.add_problem(ImportProblem(path, "The picture is still cut short."))
    assert set(library.problems()) == {
        ImportProblem(path, "The picture is still cut short."),
        ImportProblem("/b.jpg", "This is text."),
    }
    library.add([synthetic.new_swatch(1)])
    assert library.problems() == (ImportProblem("/b.jpg", "This is text."),)
    library.forget_problems(["/b.jpg"])
    assert library.problems() == ()


def test_notes_are_kept_and_the_library_keeps_its_own(library: Library) -> None:
    assert library.meta_get("demo_query") is None
    library.meta_set("demo_query", "/demo/caf\udce9.png")
    library.meta_set("demo_query", "/demo/斜.png")
    assert library.meta_get("demo_query") == "/demo/斜.png"
    with pytest.raises(ValueError):
        library.meta_set("change", "0")
    assert library.name == "library"
    library.meta_set("name", "Archive of 1890")
    assert library.name == "Archive of 1890"


HOSTILE = [
    "/cloth/caf\udce9.jpg", "/cloth/'; DROP TABLE swatch; --.jpg", "/cloth/a\nb\tc.jpg",
    '/cloth/"quoted" %s {} * AND OR NOT.jpg', "/cloth/斜纹布 ①.tif", "/cloth/é.jpg",
    "/cloth/e\u0301.jpg", "/cloth/" + "x" * 240 + ".png", "/cloth/🧵.webp", "/cloth/ .jpg",
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="file names of other systems")
def test_hostile_names_survive_everything(library: Library, synthetic: ModuleType) -> None:
    batch = [synthetic.new_swatch(i, path=path) for i, path in enumerate(HOSTILE)]
    library.queue_import(HOSTILE)
    assert library.pending_import() == HOSTILE
    library.add(batch)
    assert library.pending_import() == []
    for path in HOSTILE:
        library.add_problem(ImportProblem(path, "Why: " + path))
    library.set_fields({synthetic.digest(0): {"notes": HOSTILE[0], "article": HOSTILE[1]}})
    library.close()
    with Library.open(library.folder) as again:
        assert [s.path for s in again.swatches()] == HOSTILE
        assert [s.name for s in again.swatches()[1:]] == [n.swatch.name for n in batch[1:]]
        assert again.swatches()[0].fields == {"notes": HOSTILE[0], "article": HOSTILE[1]}
        assert {p.path for p in again.problems()} == set(HOSTILE)
        for new in batch:
            assert again.seen(new.swatch.path, new.file_size, new.mtime_ns) == new.swatch.id
        assert len(again.table(synthetic.ENCODER)) == len(HOSTILE)


# -- reading only --------------------------------------------------------------------------------


def test_reading_only_reads_everything_and_writes_nothing(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    one = synthetic.digest(1)
    with Library.open(library.folder, read_only=True) as reader:  # beside the writer
        assert reader.read_only and reader.swatches() == library.swatches()
        _assert_same_table(reader.table(synthetic.ENCODER), library.table(synthetic.ENCODER))
        writes = [
            lambda: reader.add([synthetic.new_swatch(2)]),
            lambda: reader.add([synthetic.new_swatch(1)]),
            lambda: reader.set_labels({one: Labels()}),
            lambda: reader.set_fields({one: {"lot": "1"}}),
            lambda: reader.put_descriptors([(one, synthetic.descriptor(1))]),
            lambda: reader.drop_encoder(synthetic.ENCODER),
            lambda: reader.queue_import(["/a.jpg"]),
            lambda: reader.finish_import(["/a.jpg"]),
            lambda: reader.add_problem(ImportProblem("/a.jpg", "why")),
            lambda: reader.forget_problems(["/a.jpg"]),
            lambda: reader.put_thumbnails({one: synthetic.jpeg(1)}),
            lambda: reader.meta_set("name", "Mine"),
        ]
        for write in writes:
            with pytest.raises(LibraryError, match="read only"):
                write()
        reader.flush_columns()
    assert not (library.folder / "thumbnails" / synthetic.digest(2)[:2]).exists()
    assert library.thumbnail(one) == synthetic.jpeg(1)


def test_a_reader_sees_what_the_writer_added_when_it_looks_again(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    with Library.open(library.folder, read_only=True) as reader:
        first = reader.swatches()
        library.add([synthetic.new_swatch(2)])
        # A table never holds a swatch that the last look at the swatches did not.
        assert reader.table(synthetic.ENCODER).ids == tuple(s.id for s in first)
        library.set_labels({synthetic.digest(1): Labels("plaid/gingham")})
        assert reader.swatches() == library.swatches()
        _assert_same_table(reader.table(synthetic.ENCODER), library.table(synthetic.ENCODER))


def test_an_open_library_belongs_to_its_thread(library: Library) -> None:
    import threading

    caught: list[BaseException] = []

    def trespass() -> None:
        try:
            library.pending_import()
        except sqlite3.ProgrammingError as error:
            caught.append(error)

    thread = threading.Thread(target=trespass)
    thread.start()
    thread.join()
    assert len(caught) == 1
