"""The compact copies beside the database: believed only while they say exactly what it says."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fabricfinder.domain.descriptor import TABLE_COLUMNS, DescriptorTable
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library
from fabricfinder.library.descriptor_rows import read_table
from fabricfinder.library.growing import GrowingTable
from fabricfinder.library.sidecars import checksum, read_sidecar

ENCODER = "small-64/fp32"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> Path:
    """A closed library of 30 swatches with its sidecar; to be copied."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Library.create(folder) as library:
        library.add([synthetic.new_swatch(i) for i in range(30)])
        library.set_labels({synthetic.digest(4): Labels("plaid/gingham", "plain", 51.0)})
        library.table(ENCODER)
    return folder


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    """A copy of the library of 30 swatches."""
    return Path(shutil.copytree(made, tmp_path / "library"))


def _sidecar(folder: Path) -> Path:
    (sidecar,) = (folder / "columns").iterdir()
    return sidecar


def _read_from(library: Library) -> str:
    """Whether the table in use came from the sidecar or from the database."""
    library.table(ENCODER)
    return "sidecar" if ENCODER in library._sidecars else "database"


def _assert_true(library: Library) -> None:
    """The table in use is what the database says."""
    _, truth = read_table(library._db, ENCODER, default_taxonomy())
    table = library.table(ENCODER)
    assert table.ids == truth.ids and table.encoder == truth.encoder
    for name in TABLE_COLUMNS:
        left, right = getattr(table, name), getattr(truth, name)
        assert left.dtype == right.dtype, name
        np.testing.assert_array_equal(left, right, err_msg=name)


def test_an_unchanged_library_opens_from_its_sidecar(folder: Path) -> None:
    for read_only in (False, True):
        with Library.open(folder, read_only=read_only) as library:
            assert _read_from(library) == "sidecar"
            _assert_true(library)


def test_the_sidecar_is_made_of_plain_columns(folder: Path) -> None:
    sidecar = _sidecar(folder)
    names = {p.stem for p in sidecar.glob("*.npy")}
    assert names == {*TABLE_COLUMNS, "rows"}
    assert np.load(sidecar / "coarse.npy").dtype == np.float32
    assert np.load(sidecar / "codes.npy").shape == (30, 8)


CHANGES: dict[str, Callable[[Library, ModuleType], object]] = {
    "added": lambda lib, s: lib.add([s.new_swatch(77)]),
    "labelled": lambda lib, s: lib.set_labels({s.digest(3): Labels(fine="rep")}),
    "unlabelled": lambda lib, s: lib.set_labels({s.digest(4): Labels()}),
    "re-coded": lambda lib, s: lib.put_descriptors([(s.digest(3), s.descriptor(50))]),
    "dropped": lambda lib, s: lib.drop_encoder(ENCODER),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_stale_sidecar_is_not_believed(
    folder: Path, synthetic: ModuleType, tmp_path: Path, change: str
) -> None:
    old = tmp_path / "old columns"
    shutil.copytree(folder / "columns", old)
    with Library.open(folder) as library:
        CHANGES[change](library, synthetic)
    shutil.rmtree(folder / "columns", ignore_errors=True)
    old.rename(folder / "columns")  # as if the program had died before it could write the new one
    with Library.open(folder) as library:
        assert _read_from(library) == "database"
        _assert_true(library)
    if change != "dropped":
        with Library.open(folder) as library:
            assert _read_from(library) == "sidecar"
            assert _sidecar(folder)  # and the old one is gone


def test_a_stale_sidecar_dressed_up_as_new_is_still_found_out(
    folder: Path, synthetic: ModuleType
) -> None:
    sidecar = _sidecar(folder)
    kept = {p.name: p.read_bytes() for p in sidecar.iterdir()}
    with Library.open(folder) as library:
        library.add([synthetic.new_swatch(77)])
        library.table(ENCODER)
    new = _sidecar(folder)
    for name, content in kept.items():
        (new / name).write_bytes(content)  # the right folder, the wrong stamp inside
    with Library.open(folder) as library:
        assert _read_from(library) == "database"
        _assert_true(library)


def test_the_sidecar_of_another_library_is_not_believed(
    folder: Path, synthetic: ModuleType, tmp_path: Path
) -> None:
    with Library.create(tmp_path / "other") as other:
        other.add([synthetic.new_swatch(i + 100) for i in range(30)])
        other.table(ENCODER)
        change = other.meta_get("change")
    theirs, ours = _sidecar(tmp_path / "other"), _sidecar(folder)
    shutil.rmtree(ours)
    shutil.copytree(theirs, ours)
    assert change is not None and change not in ours.name
    with Library.open(folder) as library:
        assert _read_from(library) == "database"
        _assert_true(library)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def _zero(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:128] + bytes(len(whole) - 128))


def _flip(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[-3] ^= 16
    file.write_bytes(whole)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut short": _cut, "zeroed": _zero, "one bit": _flip, "gone": Path.unlink,
    "empty": lambda file: file.write_bytes(b""), "text": lambda file: file.write_text("hello"),
    "other shape": lambda file: np.save(file, np.zeros((30, 3), np.float32)),
    "pickle": lambda file: np.save(file, np.array([{}], object), allow_pickle=True),
}  # fmt: skip


@pytest.mark.parametrize("name", [*TABLE_COLUMNS, "rows"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_column_is_not_believed(folder: Path, name: str, damage: str) -> None:
    file = _sidecar(folder) / f"{name}.npy"
    before = file.read_bytes()
    DAMAGE[damage](file)
    if file.exists() and file.read_bytes() == before:
        pytest.skip("these bytes were there already")
    with Library.open(folder, read_only=True) as library:
        assert _read_from(library) == "database"
        _assert_true(library)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99, "stamp": {}}', "null"])
def test_a_damaged_stamp_is_not_believed(folder: Path, text: str) -> None:
    (_sidecar(folder) / "stamp.json").write_text(text)
    with Library.open(folder) as library:
        assert _read_from(library) == "database"
        _assert_true(library)


def test_a_stamp_of_a_smaller_taxonomy_is_not_believed(folder: Path) -> None:
    stamp = _sidecar(folder) / "stamp.json"
    head = json.loads(stamp.read_text())
    head["stamp"]["coarse"] -= 1
    stamp.write_text(json.dumps(head))
    with Library.open(folder) as library:
        assert _read_from(library) == "database"


def test_a_sidecar_that_cannot_be_written_costs_time_and_nothing_else(
    folder: Path, synthetic: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    with Library.open(folder) as library:
        library.add([synthetic.new_swatch(50)])
        library.table(ENCODER)
        monkeypatch.setattr("fabricfinder.library.sidecars.np.save", full)
    monkeypatch.undo()
    assert not list((folder / "columns").glob("*.tmp"))
    with Library.open(folder) as library:
        assert len(library.table(ENCODER)) == 31
        _assert_true(library)


def test_the_columns_may_be_deleted_at_any_time(folder: Path) -> None:
    shutil.rmtree(folder / "columns")
    with Library.open(folder) as library:
        _assert_true(library)
    assert _sidecar(folder).is_dir()


def test_sidecars_of_two_encoders_live_side_by_side(folder: Path, synthetic: ModuleType) -> None:
    with Library.open(folder) as library:
        new = "a/../b: *?\n斜"
        library.put_descriptors([(synthetic.digest(1), synthetic.descriptor(1, "better"))])
        assert len(library.table(new)) == 0
        library.table("better")
        library.table(ENCODER)
    assert len(list((folder / "columns").iterdir())) == 2
    with Library.open(folder) as library:
        assert len(library.table("better")) == 1
        assert _read_from(library) == "sidecar"
        library.drop_encoder("better")
    assert len(list((folder / "columns").iterdir())) == 1


# -- the parts -----------------------------------------------------------------------------------


@given(hnp.arrays(np.uint8, st.integers(0, 67)))
def test_the_checksum_is_a_sum_of_words(array: np.ndarray) -> None:
    padded = array.tobytes() + bytes(-len(array) % 8)
    words = [int.from_bytes(padded[i : i + 8], "little") for i in range(0, len(padded), 8)]
    assert checksum(array) == sum(words) % 2**64


def _table(numbers: list[int], shift: int = 0) -> DescriptorTable:
    n = len(numbers)
    value = np.array(numbers, np.float32) + shift
    return DescriptorTable(
        "e", tuple(f"{number:04x}" for number in numbers),
        np.repeat(np.array(numbers, np.uint8)[:, None], 2, axis=1),
        np.repeat(value[:, None], 3, axis=1), np.repeat(value[:, None], 2, axis=1),
        np.repeat(value[:, None], 2, axis=1), np.zeros((n, 10, 5), np.float32), value,
        np.zeros((n, 3), bool),
    )  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=20))
def test_a_growing_table_equals_a_list(deeds: list[tuple[bool, int]]) -> None:
    growing, model = GrowingTable([], _table([])), []
    snapshots = []
    for grow, amount in deeds:
        if grow:
            rows = list(range(len(model) + 1, len(model) + 1 + amount))
            growing.append(rows, _table(rows))
            model += [float(row) for row in rows]
        elif model:
            row = amount % len(model) + 1
            growing.replace([row], _table([row], shift=1000 + amount))
            model[row - 1] = float(row + 1000 + amount)
        snapshots.append((growing.snapshot(), list(model)))
    for snapshot, expected in snapshots:
        assert snapshot.unfamiliarity.tolist() == expected
        assert len(snapshot) == len(expected)


def test_a_growing_table_refuses_rows_out_of_order() -> None:
    growing = GrowingTable([1, 2], _table([1, 2]))
    with pytest.raises(ValueError, match="follow"):
        growing.append([2], _table([2]))
    with pytest.raises(KeyError):
        growing.replace([5], _table([5]))


def test_nothing_is_read_from_nowhere(tmp_path: Path, folder: Path) -> None:
    with Library.open(folder) as library:
        assert read_sidecar(tmp_path / "nowhere", library._stamp(ENCODER)) is None
