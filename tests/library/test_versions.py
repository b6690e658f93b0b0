"""Every version of a library that was ever written opens, whole, in this program."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.swatch import ImportProblem, Labels
from fabricfinder.library import Library, LibraryNewerError
from fabricfinder.library.backups import backups
from fabricfinder.library.schema import MIGRATIONS, VERSION

FROZEN = Path(__file__).parents[1] / "fixtures" / "libraries"


@pytest.fixture
def frozen(tmp_path: Path) -> Callable[[str], Path]:
    """Copies the frozen library of a version and returns its folder."""

    def copy(version: str) -> Path:
        return Path(shutil.copytree(FROZEN / version, tmp_path / version))

    return copy


def _set_version(folder: Path, version: int) -> None:
    database = sqlite3.connect(folder / "library.fflib")
    database.execute(f"PRAGMA user_version = {version}")
    database.close()


def _structure(folder: Path) -> dict[str, list[tuple]]:
    database = sqlite3.connect(folder / "library.fflib")
    tables = [r[0] for r in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    columns = {t: database.execute(f"PRAGMA table_info('{t}')").fetchall() for t in tables}
    columns["version"] = database.execute("PRAGMA user_version").fetchall()
    columns["check"] = database.execute("PRAGMA integrity_check").fetchall()
    columns["keys"] = database.execute("PRAGMA foreign_key_check").fetchall()
    database.close()
    return columns


def _check_version_1(library: Library) -> None:
    ids = [hashlib.sha256(b"version 1, swatch %d" % row).hexdigest() for row in (1, 2, 3, 4)]
    swatches = library.swatches()
    assert [s.id for s in swatches] == ids
    assert [s.name for s in swatches] == ["blue gingham", "caf\udce9 stripe", "斜纹布", "blue gingham"]
    assert swatches[1].path == "/archive/1890/caf\udce9 stripe.jpg"
    assert [s.px_per_cm for s in swatches] == [236.2, None, 118.1, 236.2]
    assert swatches[0].labels == Labels("plaid/gingham", None, 62.5)
    assert swatches[0].fields == {"article": "20341-07", "ends_per_cm": 28.0}
    table = library.table("first-64/fp32")
    assert table.ids == tuple(ids[:3])
    np.testing.assert_array_equal(table.codes, [[row] * 8 for row in (1, 2, 3)])
    np.testing.assert_array_equal(table.tightness, [[62.5, 0], [62, 5], [63, 5]])
    assert library.pending_import() == ["/archive/1890/waiting.jpg"]
    assert library.problems() == (
        ImportProblem("/archive/1890/torn.jpg", "The picture is cut short."),
    )
    assert library.find_text("斜纹") == [ids[2]] and library.name == "Archive of 1890"
    # What version 2 brought: the places. The file that was replaced belongs to its last content.
    assert library.seen("/archive/1890/caf\udce9 stripe.jpg", 102, 2) == ids[1]
    assert library.seen("/archive/1890/blue gingham.tif", 104, 4) == ids[3]
    assert library.seen("/archive/1890/blue gingham.tif", 101, 1) is None


def _check_version_2(library: Library, synthetic: ModuleType) -> None:
    ids = [synthetic.digest(i) for i in range(6)]
    swatches = library.swatches()
    assert [s.id for s in swatches] == ids
    assert swatches[5].path == "/nas/caf\udce9/斜纹 gris.tif"
    assert library.locations(ids[2]) == ["/cloth/shirting/IMG_00002.jpg", "/nas/copies/two.jpg"]
    assert swatches[1].labels == Labels("plaid/gingham", "twill-2-2", 70.0)
    assert swatches[1].name == swatches[1].fields["article"] == "20341-07"
    assert library.encoder_counts() == {synthetic.ENCODER: 5, "second-64/fp32": 1}
    code = library.table("second-64/fp32").codes[0].tobytes()
    assert code == synthetic.descriptor(0, "second-64/fp32").encoding.code.packed
    assert library.pending_import() == ["/cloth/b.jpg", "/cloth/a.jpg"]
    assert library.find_text("wolle") == [ids[1]] and library.find_text("斜") == [ids[5]]
    assert library.meta_get("demo_query") == "/cloth/query.png"


def _check_version_3(library: Library, synthetic: ModuleType) -> None:
    ids = [synthetic.digest(i) for i in range(6)]
    swatches = library.swatches()
    assert [s.id for s in swatches] == ids[:5] and [r.id for r in library.removed()] == ids[5:]
    shared = {"article": "20341", "weight": 185.0, "supplier": "Mill North"}
    assert swatches[0].fields == shared | {"colourway": "07", "lot": "B12"}
    assert swatches[1].fields == shared | {"colourway": "08", "lot": "C3"}
    assert swatches[2].fields["weight"] == 190.0 and swatches[2].own == {"weight"}
    assert swatches[3].fields["article"] == "caf\udce9" and swatches[1].view == "back"
    assert swatches[1].labels == Labels("plaid/gingham", "twill-2-2", 70.0)
    assert [(c.name, c.rule, c.ids) for c in library.collections()] == [
        ("Heavy", "gsm:180..", ()), ("SS28", "", (ids[0], ids[4])),
    ]  # fmt: skip
    assert [(s.name, s.undone) for s in library.history()] == [
        ("Change the weight of one swatch", False), ("Label 2 swatches", False),
        ("Take one swatch out", False), ("Change the season of one swatch", True),
    ]  # fmt: skip
    assert set(library.find_text("north")) == set(ids[:3])
    assert library.pending_import() == ["/cloth/b.jpg"]


def test_every_version_has_a_frozen_library() -> None:
    majors = {start // 1000 for start in MIGRATIONS} | {VERSION // 1000}
    assert {f"v{major}" for major in majors} == {p.name for p in FROZEN.glob("v*")}


@pytest.mark.parametrize("read_only", [False, True])
def test_version_1_opens(frozen: Callable[[str], Path], read_only: bool) -> None:
    folder = frozen("v1")
    before = (folder / "library.fflib").read_bytes()
    with Library.open(folder, read_only=read_only) as library:
        _check_version_1(library)
    if read_only:
        assert (folder / "library.fflib").read_bytes() == before
    else:
        with Library.open(folder) as library:
            _check_version_1(library)


@pytest.mark.parametrize("read_only", [False, True])
def test_version_2_opens(
    frozen: Callable[[str], Path], synthetic: ModuleType, read_only: bool
) -> None:
    with Library.open(frozen("v2"), read_only=read_only) as library:
        _check_version_2(library, synthetic)


@pytest.mark.parametrize("read_only", [False, True])
def test_version_3_opens(
    frozen: Callable[[str], Path], synthetic: ModuleType, read_only: bool
) -> None:
    with Library.open(frozen("v3"), read_only=read_only) as library:
        _check_version_3(library, synthetic)
        if not read_only:
            library.redo()
            library.undo()
            library.undo()
            assert len(library) == 6  # its history still works
            library.redo()
            _check_version_3(library, synthetic)


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_a_migrated_library_is_built_like_a_new_one(
    frozen: Callable[[str], Path], tmp_path: Path, version: str
) -> None:
    folder = frozen(version)
    Library.open(folder).close()
    Library.create(tmp_path / "new").close()
    assert _structure(folder) == _structure(tmp_path / "new")


def test_a_migration_leaves_a_backup_of_the_old_version(frozen: Callable[[str], Path]) -> None:
    folder = frozen("v1")
    Library.open(folder).close()
    (backup,) = backups(folder)
    database = sqlite3.connect(backup)
    assert database.execute("PRAGMA user_version").fetchone() == (1000,)
    assert database.execute("SELECT count(*) FROM swatch").fetchone() == (4,)
    database.close()
    with Library.open_backup(folder) as library:
        _check_version_1(library)


def test_nothing_is_migrated_without_a_backup(frozen: Callable[[str], Path]) -> None:
    folder = frozen("v1")
    (folder / "backups").write_text("a file in the way")
    with pytest.raises(LibraryError, match="backup.*could not be written"):
        Library.open(folder)
    assert _structure(folder)["version"] == [(1000,)]


def test_a_migration_that_fails_leaves_the_library_as_it_was(
    frozen: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = frozen("v1")
    statements, reached = MIGRATIONS[1000]
    monkeypatch.setitem(MIGRATIONS, 1000, ((*statements[:3], "SELECT nonsense"), reached))
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        Library.open(folder)
    monkeypatch.undo()
    assert _structure(folder)["version"] == [(1000,)]
    with Library.open(folder) as library:
        _check_version_1(library)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_major_version_is_refused_with_a_sentence(
    frozen: Callable[[str], Path], read_only: bool
) -> None:
    folder = frozen("v3")
    _set_version(folder, VERSION + 1000)
    with pytest.raises(LibraryNewerError, match="newer fabricfinder"):
        Library.open(folder, read_only=read_only)
    _set_version(folder, VERSION)
    Library.open(folder).close()  # nothing is locked or spoiled by the refusal


def test_a_newer_minor_version_opens(frozen: Callable[[str], Path], synthetic: ModuleType) -> None:
    folder = frozen("v3")
    Library.open(folder).close()  # a newer minor version has all that this one has
    _set_version(folder, VERSION + 7)
    with Library.open(folder) as library:
        _check_version_3(library, synthetic)
    assert _structure(folder)["version"] == [(VERSION + 7,)]


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "library.fflib")
    database.execute("CREATE TABLE bookmarks (url)")
    database.close()
    with pytest.raises(LibraryError, match="another program"):
        Library.open(tmp_path)
