"""Opening and closing: the lock, the places a library may not lie, damage, backups, a full disk."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import pytest

from fabricfinder.domain.errors import LibraryError
from fabricfinder.library import (
    Library,
    LibraryDamagedError,
    LibraryInUseError,
    LibraryReadOnlyError,
    Surroundings,
)
from fabricfinder.library import library as library_module
from fabricfinder.library import lock as lock_module
from fabricfinder.library.backups import backups
from fabricfinder.library.lock import Holder

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
READ_ONLY_MEDIUM = Surroundings(writable=lambda folder: False)


def _at(time: datetime) -> Surroundings:
    return Surroundings(now=lambda: time)


# -- making one ----------------------------------------------------------------------------------


def test_a_library_is_made_in_a_new_or_an_empty_folder(tmp_path: Path) -> None:
    Library.create(tmp_path / "a" / "b" / "new").close()
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / ".DS_Store").write_bytes(b"")
    Library.create(empty).close()
    Library.open(empty / "library.fflib").close()  # the file means its folder


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    with pytest.raises(LibraryError, match="not empty.*photographs stay"):
        Library.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_library_is_not_made_over_another(library: Library) -> None:
    with pytest.raises(LibraryError, match="a library in .* already"):
        Library.create(library.folder)


def test_a_making_that_was_cut_short_can_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "library.fflib.tmp").write_bytes(b"half")
    (folder / "lock").write_text("half")
    with pytest.raises(LibraryError, match="no library"):
        Library.open(folder)
    Library.create(folder).close()
    assert sorted(p.name for p in folder.iterdir()) == ["library.fflib", "lock"]


def test_a_file_where_the_folder_should_be_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="cannot be made"):
        Library.create(tmp_path / "file" / "library")


def test_nothing_there_gets_a_sentence(tmp_path: Path) -> None:
    for read_only in (False, True):
        with pytest.raises(LibraryError, match="There is no library"):
            Library.open(tmp_path / "nowhere", read_only=read_only)
    assert not (tmp_path / "nowhere").exists()


# -- one writer ----------------------------------------------------------------------------------


def test_a_second_window_is_told_who_has_it(library: Library) -> None:
    with pytest.raises(LibraryInUseError) as caught:
        Library.open(library.folder)
    me = Holder.here(NOON)
    assert str(caught.value).startswith(f"Open by {me.user} on {me.host} since ")
    assert "read only" in str(caught.value)
    assert caught.value.holder.startswith(f"{me.user} on {me.host}")
    library.close()
    Library.open(library.folder).close()


def test_another_process_is_told_too(library: Library) -> None:
    program = (
        "import sys; from fabricfinder.library import Library, LibraryInUseError\n"
        "try: Library.open(sys.argv[1])\n"
        "except LibraryInUseError as error: print(error); sys.exit(7)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(library.folder)],
        capture_output=True, text=True, cwd=root,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith("Open by ")


def test_the_words_of_the_holder() -> None:
    zone = timezone(timedelta(hours=2))
    holder = Holder("Ana", "STUDIO-2", 4711, "2026-11-20T09:12:00+02:00")
    today = datetime(2026, 11, 20, 17, 0, tzinfo=zone)
    assert holder.words(today) == "Ana on STUDIO-2 since 09:12"
    assert holder.words(today + timedelta(days=1)) == "Ana on STUDIO-2 since 20 Nov 09:12"


def test_the_lock_file_says_who_and_is_empty_after_closing(library: Library) -> None:
    lock = library.folder / "lock"
    assert json.loads(lock.read_text())["pid"] == os.getpid()
    library.close()
    library.close()
    assert lock.read_text() == ""


def test_a_lock_nobody_can_read_still_refuses(library: Library) -> None:
    (library.folder / "lock").write_text("{")
    with pytest.raises(LibraryInUseError, match="Open in another window"):
        Library.open(library.folder)


def test_what_a_crash_left_is_swept(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(1)])
    library.close()
    (library.folder / "lock").write_text('{"user": "Ana"}')  # never released, but free
    drawer = library.thumbnail_file(synthetic.digest(1)).parent
    orphan = drawer / f"{drawer.name}{'0' * 62}.jpg"
    unfinished = drawer / f"{drawer.name}{'1' * 62}.jpg.tmp"
    foreign = drawer / "my notes.txt"
    for file in (orphan, unfinished, foreign):
        file.write_bytes(b"x")
    with Library.open(library.folder) as again:
        assert again.closed_badly and "nothing was lost" in again.notices[0]
        assert again.thumbnail(synthetic.digest(1)) == synthetic.jpeg(1)
    assert [file.exists() for file in (orphan, unfinished, foreign)] == [False, False, True]


def test_an_error_while_opening_frees_the_lock(library: Library) -> None:
    library.close()
    file = library.folder / "library.fflib"
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(LibraryDamagedError):
        Library.open(library.folder)
    file.write_bytes(whole)
    Library.open(library.folder).close()


# -- where it may lie ----------------------------------------------------------------------------


def test_a_network_share_is_refused_with_a_sentence(library: Library, tmp_path: Path) -> None:
    share = Surroundings(on_network=lambda folder: True)
    library.close()
    for attempt in (
        lambda: Library.create(tmp_path / "new", around=share),
        lambda: Library.open(library.folder, around=share),
        lambda: Library.open(library.folder, read_only=True, around=share),
    ):
        with pytest.raises(LibraryError, match="network share.*photographs may stay"):
            attempt()
    assert not (tmp_path / "new").exists()


def test_a_read_only_place_is_told_and_can_be_read(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    library.close()
    before = sorted(p.name for p in library.folder.iterdir())
    with pytest.raises(LibraryReadOnlyError, match="cannot be written.*read only"):
        Library.open(library.folder, around=READ_ONLY_MEDIUM)
    with Library.open(library.folder, read_only=True, around=READ_ONLY_MEDIUM) as reader:
        assert len(reader.swatches()) == len(reader.table(synthetic.ENCODER)) == 1
        with pytest.raises(LibraryReadOnlyError):
            reader.meta_set("a", "b")
        assert sorted(p.name for p in library.folder.iterdir()) == before


def test_a_new_library_in_a_read_only_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryReadOnlyError, match="cannot be written"):
        Library.create(tmp_path / "library", around=READ_ONLY_MEDIUM)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind root")
def test_permissions_are_found_by_trying(library: Library) -> None:
    library.close()
    library.folder.chmod(0o555)
    try:
        with pytest.raises(LibraryReadOnlyError):
            Library.open(library.folder)
        Library.open(library.folder, read_only=True).close()
    finally:
        library.folder.chmod(0o755)


def test_a_copy_taken_while_it_was_open_is_told_apart_on_a_read_only_medium(
    library: Library, synthetic: ModuleType, tmp_path: Path
) -> None:
    library.add([synthetic.new_swatch(1)])
    copy = tmp_path / "on a stick"
    shutil.copytree(library.folder, copy)
    assert (copy / "library.fflib-wal").stat().st_size > 0
    with pytest.raises(LibraryError, match="not closed before it was copied"):
        Library.open(copy, read_only=True, around=READ_ONLY_MEDIUM)
    with Library.open(copy) as opened:  # where it can be written, the log is folded in
        assert len(opened) == 1 and opened.closed_badly


# -- damage and backups --------------------------------------------------------------------------


def _filled(folder: Path, synthetic: ModuleType, count: int = 60) -> Path:
    with Library.create(folder) as library:
        library.add([synthetic.new_swatch(i) for i in range(count)])
    return folder / "library.fflib"


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("damage", ["empty", "text", "cut", "header only"])
def test_a_damaged_library_gets_a_sentence(
    tmp_path: Path, synthetic: ModuleType, damage: str, read_only: bool
) -> None:
    file = _filled(tmp_path / "library", synthetic)
    whole = file.read_bytes()
    contents = {"empty": b"", "text": b"These are my notes. " * 50, "cut": whole[: len(whole) // 2],
                "header only": whole[:100]}  # fmt: skip
    file.write_bytes(contents[damage])
    with pytest.raises(LibraryDamagedError, match="damaged.*no backup.*photographs") as caught:
        Library.open(file.parent, read_only=read_only)
    assert caught.value.backup is None
    assert file.read_bytes() == contents[damage]


def test_damage_found_while_reading_names_the_backup(tmp_path: Path, synthetic: ModuleType) -> None:
    file = _filled(tmp_path / "library", synthetic)
    Library.open(file.parent).close()  # makes the day's backup
    (backup,) = backups(file.parent)
    whole = bytearray(file.read_bytes())
    whole[4096 : len(whole)] = b"\xa5" * (len(whole) - 4096)
    file.write_bytes(whole)
    with pytest.raises(LibraryDamagedError) as caught:
        with Library.open(file.parent) as library:
            library.swatches()
    assert caught.value.backup == backup and backup.name in str(caught.value)


def test_a_damaged_library_never_pushes_a_good_backup_out(
    tmp_path: Path, synthetic: ModuleType
) -> None:
    file = _filled(tmp_path / "library", synthetic)
    Library.open(file.parent, around=_at(NOON)).close()
    good = backups(file.parent)
    whole = bytearray(file.read_bytes())
    database = sqlite3.connect(file)
    sql = "SELECT rootpage FROM sqlite_master WHERE name = 'descriptor'"
    (page,) = database.execute(sql).fetchone()
    database.close()
    whole[4096 * (page - 1) : 4096 * page] = b"\xa5" * 4096
    file.write_bytes(whole)
    for day in range(1, 6):
        with pytest.raises(LibraryDamagedError):
            Library.open(file.parent, around=_at(NOON + timedelta(days=day)))
    assert backups(file.parent) == good


def test_a_backup_can_be_opened_and_put_back(tmp_path: Path, synthetic: ModuleType) -> None:
    file = _filled(tmp_path / "library", synthetic)
    folder = file.parent
    with Library.open(folder) as library:
        library.add([synthetic.new_swatch(100)])  # after the backup: this one is lost
        assert len(library.table(synthetic.ENCODER)) == 61
    file.write_bytes(b"ruined" * 100)
    with Library.open_backup(folder) as library:
        assert library.read_only and len(library.swatches()) == 60
        assert len(library.table(synthetic.ENCODER)) == 60  # not the newer sidecar's 61
    aside = Library.restore_backup(folder)
    assert aside.read_bytes() == b"ruined" * 100
    with Library.open(folder) as library:
        assert len(library.swatches()) == len(library.table(synthetic.ENCODER)) == 60
        with pytest.raises(LibraryInUseError):
            Library.restore_backup(folder)


def test_no_backup_to_open_or_put_back(library: Library) -> None:
    library.close()
    for attempt in (Library.open_backup, Library.restore_backup):
        with pytest.raises(LibraryError, match="no backup"):
            attempt(library.folder)


def test_backups_are_made_once_a_day_when_something_changed_and_three_are_kept(
    tmp_path: Path, synthetic: ModuleType
) -> None:
    folder = tmp_path / "library"
    Library.create(folder).close()
    Library.open(folder, around=_at(NOON)).close()
    assert backups(folder) == []  # nothing in it yet
    for day in range(5):
        for hours in (0, 1, 9):
            time = NOON + timedelta(days=day, hours=hours)
            with Library.open(folder, around=_at(time)) as library:
                library.add([synthetic.new_swatch(day * 24 + hours)])
    names = [backup.name for backup in backups(folder)]
    days = [(NOON + timedelta(days=day)).strftime("%Y-%m-%d") for day in (4, 3, 2)]
    assert [name[len("library-") :][:10] for name in names] == days
    for backup in backups(folder):
        database = sqlite3.connect(backup)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
    with Library.open(folder, read_only=True, around=_at(NOON + timedelta(days=30))):
        assert [backup.name for backup in backups(folder)] == names


def test_an_unchanged_library_is_not_copied_again(tmp_path: Path, synthetic: ModuleType) -> None:
    folder = _filled(tmp_path / "library", synthetic, 3).parent
    for day in range(4):
        Library.open(folder, around=_at(NOON + timedelta(days=day))).close()
    assert len(backups(folder)) == 1


# -- a full disk ---------------------------------------------------------------------------------


def test_a_full_disk_gets_a_sentence_and_loses_nothing(
    library: Library, synthetic: ModuleType
) -> None:
    library.add([synthetic.new_swatch(1)])
    pages = library._db.value("PRAGMA page_count")
    library._db.rows(f"PRAGMA max_page_count = {pages + 4}")  # SQLite's own "disk is full"
    with pytest.raises(LibraryError, match="disk.*full"):
        library.add([synthetic.new_swatch(i) for i in range(2, 200)])
    assert [s.id for s in library.swatches()] == [synthetic.digest(1)]
    library._db.rows("PRAGMA max_page_count = 1000000")
    assert library.add([synthetic.new_swatch(i) for i in range(2, 200)]) == 198
    assert library._db.value("PRAGMA integrity_check") == "ok"


def test_a_full_disk_while_writing_thumbnails(
    library: Library, synthetic: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("fabricfinder.library.thumbnails.os.replace", full)
    with pytest.raises(LibraryError, match="disk.*full"):
        library.add([synthetic.new_swatch(1)])
    monkeypatch.undo()
    assert len(library) == 0
    assert not [p for p in (library.folder / "thumbnails").rglob("*") if p.is_file()]
    assert library.add([synthetic.new_swatch(1)]) == 1


def test_a_daily_backup_that_cannot_be_written_is_told_and_keeps_nobody_out(
    tmp_path: Path, synthetic: ModuleType
) -> None:
    file = _filled(tmp_path / "library", synthetic, 3)
    (file.parent / "backups").write_text("a file in the way")
    with Library.open(file.parent) as library:
        (notice,) = library.notices
        assert "backup" in notice and "could not be written" in notice
        assert len(library.swatches()) == 3
    (file.parent / "backups").unlink()
    with Library.open(file.parent) as library:
        assert library.notices == () and len(backups(file.parent)) == 1


# -- a full disk ---------------------------------------------------------------------------------


def test_on_a_full_disk_a_library_opens_to_read_only(tmp_path, monkeypatch) -> None:
    with Library.create(tmp_path / "lib") as library:
        uuid = library.uuid
    monkeypatch.setattr(library_module, "has_room", lambda _: False)
    with pytest.raises(LibraryReadOnlyError, match="disk that holds the library is full") as said:
        Library.open(tmp_path / "lib")
    assert said.value.can_read
    before = sorted((tmp_path / "lib").iterdir())
    with Library.open(tmp_path / "lib", read_only=True) as library:
        assert library.uuid == uuid
        assert sorted((tmp_path / "lib").iterdir()) == before, "nothing is written to read"
    (tmp_path / "lib" / "library.fflib-wal").write_bytes(b"unwritten")
    with pytest.raises(LibraryError, match="full"):
        Library.open(tmp_path / "lib", read_only=True)


def test_a_lock_holds_where_there_is_no_room_for_its_words(tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    now = datetime.now().astimezone()
    with monkeypatch.context() as patched:
        patched.setattr(lock_module.os, "write", full)
        lock = lock_module.LibraryLock(tmp_path, now)
    with pytest.raises(LibraryInUseError):
        lock_module.LibraryLock(tmp_path, now)
    lock.release()
    lock_module.LibraryLock(tmp_path, now).release()
