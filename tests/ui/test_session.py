"""The settings file: what is kept comes back; what is broken in it does no harm."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QTextEdit

from fabricfinder.domain.search import Query
from fabricfinder.ui.session import MAX_RECENT, Session, why_not_written


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.ini"


def again(session, file) -> Session:
    session.sync()
    return Session(file)


def test_a_new_file_gives_defaults(file):
    session = Session(file)
    assert session.theme == "system"
    assert session.recent == [] and session.last_library is None
    assert session.last_query(Path("/lib")) is None
    assert session.number("library/side", 160) == 160
    assert session.panes is None


def test_theme_and_libraries_come_back(file):
    session = Session(file)
    session.theme = "grey"
    session.remember_library(Path("/cloth/A"))
    session.remember_library(Path("/cloth/Ä, b=c; [d]"))
    session = again(session, file)
    assert session.theme == "grey"
    assert session.recent == ["/cloth/Ä, b=c; [d]", "/cloth/A"]
    assert session.last_library == Path("/cloth/Ä, b=c; [d]")


def test_recent_libraries_are_few_and_each_once(file):
    session = Session(file)
    for number in range(20):
        session.remember_library(Path(f"/cloth/{number}"))
    session.remember_library(Path("/cloth/15"))
    assert len(session.recent) == MAX_RECENT
    assert session.recent[0] == "/cloth/15" and session.recent.count("/cloth/15") == 1


def test_which_library_is_the_demo_is_remembered(file):
    session = Session(file)
    session.remember_library(Path("/cloth/demo/library"), demo=True)
    session.remember_library(Path("/cloth/A"))
    assert again(session, file).demo == "/cloth/demo/library"


def test_forgetting_the_last_library(file):
    session = Session(file)
    session.remember_library(Path("/cloth/A"))
    session.forget_library("/cloth/A")
    assert session.recent == [] and session.last_library is None


def test_the_last_query_belongs_to_its_library(file, tmp_path):
    picture = tmp_path / "scrap.jpg"
    picture.write_bytes(b"x")
    session = Session(file)
    asked = Query(path=str(picture), crop=(0.1, 0.2, 0.8, 0.9))
    session.remember_query(Path("/lib"), asked)
    session = again(session, file)
    kept = session.last_query(Path("/lib"))
    assert kept.path == asked.path and kept.crop == asked.crop
    assert session.last_query(Path("/other")) is None
    picture.unlink()
    assert session.last_query(Path("/lib")) is None, "its picture is gone"


def test_a_query_by_swatch(file):
    session = Session(file)
    session.remember_query(Path("/lib"), Query(swatch_id="abc"))
    assert again(session, file).last_query(Path("/lib")).swatch_id == "abc"
    session.remember_query(Path("/lib"), None)
    assert again(session, file).last_query(Path("/lib")) is None


@pytest.mark.parametrize(
    "text",
    [
        "[library]\nrecent=nonsense\nlast=\n[look]\ntheme=pink\n[library]\nside=wide\n",
        "[find]\nquery=[1,2]\npanes=zzz\n[library]\nrecent={}\n",
        "[window]\ngeometry=abc\nstate=abc\n",
        "\x00\x01garbage",
    ],
)
def test_a_broken_file_is_as_good_as_none(file, text, qtbot):
    file.write_text(text)
    session = Session(file)
    assert session.theme == "system"
    assert session.recent == []
    assert session.last_query(Path("/lib")) is None
    assert session.number("library/side", 160) == 160
    window = QMainWindow()
    qtbot.addWidget(window)
    session.restore_window(window)


def make_window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setObjectName("halves")
    splitter.addWidget(QTextEdit())
    splitter.addWidget(QTextEdit())
    window.setCentralWidget(splitter)
    return window, splitter


def test_window_and_splitters_come_back(file, qtbot):
    window, splitter = make_window(qtbot)
    window.resize(700, 500)
    window.show()
    splitter.setSizes([200, 500])
    sizes = splitter.sizes()
    session = Session(file)
    session.keep_window(window, QByteArray(b"panes"))
    other, halves = make_window(qtbot)
    session = again(session, file)
    assert session.restore_window(other)
    other.show()
    assert other.size() == window.size()
    qtbot.waitUntil(lambda: halves.sizes() == sizes)
    assert session.panes == QByteArray(b"panes")


def test_nothing_kept_is_told(file, qtbot):
    window, _ = make_window(qtbot)
    assert not Session(file).restore_window(window)


# Safe mode and reset ------------------------------------------------------------------------------


def test_safe_mode_begins_with_defaults_and_leaves_the_file_alone(file):
    session = Session(file)
    session.theme = "dark"
    session.remember_library(Path("/cloth/A"))
    session.put("watch/folders", '{"/cloth/A": ["/in"]}')
    session.sync()
    before = file.read_bytes()
    safe = Session(file, safe=True)
    assert safe.theme == "system" and safe.last_library is None
    assert safe.text("watch/folders") == ""
    assert safe.recent == ["/cloth/A"], "her libraries can be reached"
    safe.theme = "grey"
    safe.remember_library(Path("/cloth/B"))
    safe.sync()
    assert safe.theme == "grey" and safe.trouble == ""
    assert file.read_bytes() == before


def test_a_reset_keeps_the_libraries_and_forgets_the_rest(file):
    session = Session(file)
    session.theme = "dark"
    session.remember_library(Path("/cloth/A"))
    aside = session.reset()
    assert aside == file.with_name("settings-before-reset.ini") and "dark" in aside.read_text()
    session.theme = "grey"  # what happens until the next start does not count
    session = again(session, file)
    assert session.theme == "system" and session.recent == ["/cloth/A"]


def test_a_reset_of_nothing_makes_nothing(file):
    assert Session(file).reset() is None
    assert not file.with_name("settings-before-reset.ini").exists()


def test_why_a_folder_cannot_be_written(tmp_path):
    assert why_not_written(tmp_path / "new" / "folder") == ""
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    (tmp_path / "file").write_text("")
    assert why_not_written(tmp_path / "file" / "folder") == "Not a directory"
