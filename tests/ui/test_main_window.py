"""The whole window under real events: opening, dropping, pasting, importing, keys, closing."""

import shutil
import time

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.search import Query
from fabricfinder.domain.swatch import ImportProblem
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.drop_overlay import ADD, SEARCH
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.key_sheet import AboutSheet, KeySheet
from fabricfinder.ui.main_window import FIND, LIBRARY, START, MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.theme import apply_theme, current_theme

COPY = Qt.DropAction.CopyAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class TakenError(LibraryError):
    """A library that somebody else has open."""

    can_read = True


class Answers:
    """Answers the file dialogs."""

    def __init__(self):
        self.folder_answer, self.pictures_answer, self.new_answer = "", [], ""

    def folder(self, parent, title):
        return self.folder_answer

    def pictures(self, parent, title):
        return self.pictures_answer

    def new_folder(self, parent, title, proposed):
        return self.new_answer


@pytest.fixture
def open_window(qtbot, desk, thumbnails, tmp_path):
    """Makes the window over the running fake desk."""

    def make():
        session = Session(tmp_path / "settings.ini")
        page = FindPage(desk, thumbnails)
        window = MainWindow(desk, thumbnails, session, page, tmp_path / "home")
        window.flow._ask = Answers()
        qtbot.addWidget(window)
        window.resize(1280, 800)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        return window

    return make


@pytest.fixture
def window(open_window, qapp):
    yield open_window()
    if current_theme().name != "light":
        apply_theme(qapp, "light")


@pytest.fixture
def opened(window, desk, catalog, plain_thumbnails, qtbot):
    """The window with a library of 30 swatches open."""
    plain_thumbnails(catalog)
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    return window


def press(qtbot, window, keys):
    """Press a shortcut through the window's own event handling."""
    qtbot.keyClick(window, keys[-1], keys[0] if len(keys) > 1 else NONE)


def drag_onto(window, mime, target=None):
    """Drag mime data onto the window and drop it on a target of the sheet."""
    event = QDragEnterEvent(QPoint(600, 400), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(window, event)
    if target is None:
        return event
    sheet = window.overlay
    QApplication.sendEvent(sheet, QDragEnterEvent(QPoint(5, 5), COPY, mime, LEFT, NONE))
    point = sheet.targets()[target].center()
    QApplication.sendEvent(sheet, QDropEvent(point, COPY, mime, LEFT, NONE))
    return event


def file_mime(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    return mime


def calls(finder, name):
    return [argument for called, argument in finder.calls if called == name]


# Opening ---------------------------------------------------------------------------------------


def test_without_a_library_there_is_the_start_page(window):
    assert window.page == START and window.header.isHidden()
    for page in (FIND, LIBRARY):
        window.show_page(page)
        assert window.page == START
    assert not window.actions_by_key["add-folder"].isEnabled()


def test_an_opened_library_shows_its_name_and_count(opened, catalog):
    assert opened.page == FIND
    assert opened.windowTitle().startswith("Autumn archive")
    assert "Autumn archive" in opened.header.library.text()
    assert "30" in opened.header.library.text()
    assert opened.session.recent == [str(catalog.folder)]
    assert opened.focusWidget() is opened.find, "Tab goes on inside the page"


def test_an_empty_library_opens_on_its_drawer(window, desk, new_catalog, finder, tmp_path, qtbot):
    folder = tmp_path / "new"
    finder.known[folder] = new_catalog(folder, 0)
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(folder)
    assert window.page == LIBRARY and window.library.empty.isVisible()


def test_a_library_in_use_offers_to_read_only(window, desk, finder, catalog, qtbot):
    finder.refusal = TakenError("Open by Ana on STUDIO-2 since 09:12.")
    with qtbot.waitSignal(desk.library_refused):
        desk.open_library(catalog.folder)
    banner = window.banners.banner("refused")
    assert banner.label.text() == "Open by Ana on STUDIO-2 since 09:12."
    with qtbot.waitSignal(desk.library_opened):
        qtbot.mouseClick(banner.findChild(QPushButton, "bannerAction0"), LEFT)
    assert calls(finder, "open_library")[-1] == (catalog.folder, False, True)
    assert "read only" in window.header.note.text()
    assert not window.header.add.isEnabled()


def test_another_refusal_only_says_why(window, desk, finder, catalog, qtbot):
    finder.refusal = LibraryError("This library is from a newer fabricfinder.")
    with qtbot.waitSignal(desk.library_refused):
        desk.open_library(catalog.folder)
    assert window.page == START
    banner = window.banners.banner("refused")
    assert banner.findChild(QPushButton, "bannerAction0") is None


def test_a_damaged_library_is_restored_by_one_click(
    window, desk, finder, catalog, qtbot, monkeypatch, tmp_path
):
    shown = []
    opener = "fabricfinder.ui.library_flow.QDesktopServices.openUrl"
    monkeypatch.setattr(opener, lambda url: shown.append(url.toLocalFile()))
    finder.refusal = LibraryError("The library is damaged; a backup of Monday lies beside it.")
    finder.refusal.backup = tmp_path / "backups" / "monday.fflib"
    with qtbot.waitSignal(desk.library_refused):
        desk.open_library(catalog.folder)
    banner = window.banners.banner("refused")
    qtbot.mouseClick(banner.findChild(QPushButton, "bannerAction1"), LEFT)
    assert shown == [str(tmp_path / "backups")]
    with qtbot.waitSignal(desk.library_refused):
        desk.open_library(catalog.folder)
    banner = window.banners.banner("refused")
    with qtbot.waitSignal(desk.library_opened):
        qtbot.mouseClick(banner.findChild(QPushButton, "bannerAction0"), LEFT)
    assert ("restore_backup", (catalog.folder, tmp_path / "backups" / "monday.fflib")) in finder.calls
    assert "refused" not in window.banners.shown()


def test_an_interrupted_import_and_an_older_model_are_offered(
    window, desk, finder, new_catalog, tmp_path, qtbot
):
    folder = tmp_path / "lib"
    finder.known[folder] = new_catalog(
        folder, 30, n_coded=10, pending_import=1204, other_codes=20
    )
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(folder)
    shown = window.banners.shown()
    assert "1,204 files to go" in shown["pending"]
    assert "20 swatches" in shown["recode"] and "older model" in shown["recode"]
    assert "Searching 10 of 1,234" in window.header.note.text()
    with qtbot.waitSignal(desk.import_done):
        pending = window.banners.banner("pending")
        qtbot.mouseClick(pending.findChild(QPushButton, "bannerAction0"), LEFT)
    recode = window.banners.banner("recode")
    qtbot.mouseClick(recode.findChild(QPushButton, "bannerAction0"), LEFT)
    qtbot.waitUntil(lambda: calls(finder, "recode") != [])
    assert calls(finder, "resume_import") != []
    assert "recode" not in window.banners.shown() and "pending" not in window.banners.shown()


def test_new_and_existing_libraries_by_dialog(window, desk, finder, catalog, tmp_path, qtbot):
    window.flow._ask.new_answer = str(tmp_path / "Spring")
    with qtbot.waitSignal(desk.library_opened):
        press(qtbot, window, (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_N))
    assert calls(finder, "open_library")[-1] == (tmp_path / "Spring", True, False)
    window.flow._ask.folder_answer = str(catalog.folder)
    with qtbot.waitSignal(desk.library_opened):
        press(qtbot, window, (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_O))
    assert calls(finder, "open_library")[-1] == (catalog.folder, False, False)


def test_a_cancelled_dialog_asks_for_nothing(window, finder, qtbot):
    for key in (Qt.Key.Key_N, Qt.Key.Key_O):
        press(qtbot, window, (Qt.KeyboardModifier.ControlModifier, key))
    qtbot.wait(20)
    assert calls(finder, "open_library") == []


def test_a_library_from_a_folder_takes_its_name(window, desk, finder, tmp_path, qtbot):
    pictures = tmp_path / "Shirtings 2019"
    pictures.mkdir()
    window.flow._ask.folder_answer = str(pictures)
    with qtbot.waitSignal(desk.import_done):
        window.start.make.emit()
    folder, create, _ = calls(finder, "open_library")[-1]
    assert folder == tmp_path / "home" / "Shirtings 2019" and create
    assert calls(finder, "import_paths") == [(str(pictures),)]
    folder.mkdir(parents=True)
    window.flow.make_for((str(pictures),))
    qtbot.waitUntil(lambda: len(calls(finder, "open_library")) == 2)
    assert calls(finder, "open_library")[-1][0].name == "Shirtings 2019 2"


def test_the_demo_opens_with_its_query_asked(window, desk, finder, qtbot):
    finder.step_s = 0.01
    with qtbot.waitSignal(desk.search_done):
        qtbot.mouseClick(window.start.findChild(object, "demoCard"), LEFT)
    assert window.page == FIND
    assert calls(finder, "search")[-1].path.endswith("query.jpg")
    assert "Demo library" in window.header.library.text()
    assert window.windowTitle().startswith("Demo library")


def test_the_demo_can_be_stopped(window, desk, finder, qtbot):
    finder.gate.clear()
    desk.make_demo()
    qtbot.waitUntil(lambda: window.start.progress.isVisible())
    qtbot.mouseClick(window.start.progress.stop_button, LEFT)
    qtbot.waitUntil(lambda: finder.closed == ["demo"])
    qtbot.waitUntil(lambda: window.start.progress.isHidden())
    assert window.page == START


# Dropping and pasting --------------------------------------------------------------------------


def test_a_file_dropped_on_search_is_searched_with(opened, finder, tmp_path, qtbot):
    (tmp_path / "scrap.jpg").write_bytes(b"x")
    opened.show_page(LIBRARY)
    with qtbot.waitSignal(opened.desk.search_done):
        event = drag_onto(opened, file_mime(tmp_path / "scrap.jpg"), SEARCH)
    assert event.isAccepted()
    assert opened.page == FIND
    assert calls(finder, "search")[-1].path == str(tmp_path / "scrap.jpg")
    assert opened.overlay.isHidden()


def test_a_file_dropped_on_add_is_added(opened, finder, tmp_path, qtbot):
    (tmp_path / "scrap.jpg").write_bytes(b"x")
    with qtbot.waitSignal(opened.desk.import_done):
        drag_onto(opened, file_mime(tmp_path / "scrap.jpg"), ADD)
    assert calls(finder, "import_paths") == [(str(tmp_path / "scrap.jpg"),)]
    assert calls(finder, "search") == []


def test_a_folder_dropped_without_a_library_makes_one(window, finder, tmp_path, qtbot):
    folder = tmp_path / "Silks"
    folder.mkdir()
    with qtbot.waitSignal(window.desk.import_done):
        drag_onto(window, file_mime(folder), ADD)
    assert calls(finder, "open_library")[-1][0].name == "Silks"


def test_a_file_dropped_without_a_library_says_what_to_do(window, finder, tmp_path, qtbot):
    (tmp_path / "scrap.jpg").write_bytes(b"x")
    drag_onto(window, file_mime(tmp_path / "scrap.jpg"), SEARCH)
    assert "Open a library first" in window.banners.shown()["notice"]
    assert calls(finder, "search") == []


def test_a_bare_link_is_answered_with_a_sentence(opened, finder):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/cloth.jpg")])
    drag_onto(opened, mime, SEARCH)
    assert "never goes online" in opened.banners.shown()["notice"]
    assert calls(finder, "search") == []


def test_useless_drags_are_not_taken(opened):
    mime = QMimeData()
    mime.setText("two metres, please")
    assert not drag_onto(opened, mime).isAccepted()
    assert opened.overlay.isHidden()


def test_a_browser_picture_is_searched_with(opened, finder, qtbot):
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    mime = QMimeData()
    mime.setImageData(image)
    mime.setUrls([QUrl("https://example.com/cloth.jpg")])
    with qtbot.waitSignal(opened.desk.search_done):
        drag_onto(opened, mime, SEARCH)
    asked = calls(finder, "search")[-1].path
    assert QImage(asked).pixelColor(30, 30) == QColor("teal")


def test_a_swatch_of_the_library_is_searched_with(opened, finder, catalog, qtbot):
    mime = opened.library.model.mimeData([opened.library.model.index(4, 0)])
    assert not drag_onto(opened, mime).isAccepted(), "on Find the query pane itself takes it"
    opened.show_page(LIBRARY)
    with qtbot.waitSignal(opened.desk.search_done):
        drag_onto(opened, mime, SEARCH)
    assert calls(finder, "search")[-1].swatch_id == catalog.swatches[4].id


def test_ctrl_v_searches_with_the_clipboard(opened, finder, tmp_path, qtbot):
    (tmp_path / "scrap.jpg").write_bytes(b"x")
    QGuiApplication.clipboard().setMimeData(file_mime(tmp_path / "scrap.jpg"))
    with qtbot.waitSignal(opened.desk.search_done):
        press(qtbot, opened, (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_V))
    assert calls(finder, "search")[-1].path == str(tmp_path / "scrap.jpg")
    QGuiApplication.clipboard().setText("just words")
    press(qtbot, opened, (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_V))
    assert "no picture on the clipboard" in opened.banners.shown()["notice"]


# Working ---------------------------------------------------------------------------------------


def test_using_a_library_swatch_goes_to_find(opened, finder, catalog, qtbot):
    opened.show_page(LIBRARY)
    opened.library.grid.setCurrentIndex(opened.library.model.index(2, 0))
    with qtbot.waitSignal(opened.desk.search_done):
        qtbot.keyClick(opened.library.grid, Qt.Key.Key_Return)
    assert opened.page == FIND
    assert calls(finder, "search")[-1].swatch_id == catalog.swatches[2].id


def test_back_and_forward_by_keys(opened, finder, catalog, qtbot):
    for k in (1, 2):
        with qtbot.waitSignal(opened.desk.search_done):
            opened.use_swatch(catalog.swatches[k].id)
    press(qtbot, opened, (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Left))
    assert opened.find.session.query.swatch_id == catalog.swatches[1].id
    press(qtbot, opened, (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Right))
    assert opened.find.session.query.swatch_id == catalog.swatches[2].id


def test_workspaces_by_keys_and_buttons(opened, qtbot):
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, opened, (control, Qt.Key.Key_2))
    assert opened.page == LIBRARY and opened.actions_by_key["library"].isChecked()
    press(qtbot, opened, (control, Qt.Key.Key_1))
    assert opened.page == FIND and not opened.actions_by_key["library"].isChecked()
    qtbot.mouseClick(opened.header.findChild(object, "page-library"), LEFT)
    assert opened.page == LIBRARY
    opened.show_page(FIND)
    press(qtbot, opened, (control, Qt.Key.Key_F))
    assert opened.page == LIBRARY and opened.library.bar.search.hasFocus()


def test_an_import_shows_its_progress_and_grows_every_page(opened, finder, catalog, qtbot):
    finder.step_s = 0.02
    job = opened.desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: opened.line.strip.stop_button.isVisible())
    assert "Looking at the cloth" in opened.dock.panel.row(job)._where.text()
    with qtbot.waitSignal(opened.desk.import_done):
        pass
    qtbot.waitUntil(lambda: opened.library.model.rowCount() == 70)
    assert "70" in opened.header.library.text()
    assert opened.dock.panel.problems.rowCount() == 1
    assert opened.line.strip.stop_button.isHidden()


def test_pausing_and_stopping_from_the_strip(opened, finder, qtbot):
    finder.step_s = 0.02
    opened.desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: opened.line.strip.pause_button.isVisible())
    qtbot.mouseClick(opened.line.strip.pause_button, LEFT)
    assert opened.line.strip.pause_button.text() == "Continue"
    assert opened.book.active()[0].state == "paused"
    qtbot.mouseClick(opened.line.strip.stop_button, LEFT)
    qtbot.waitUntil(lambda: finder.closed == ["import"])
    qtbot.waitUntil(lambda: opened.line.strip.stop_button.isHidden())


def test_problems_are_tried_again(opened, finder, qtbot):
    opened.dock.panel.show_problems((ImportProblem("/cloth/a.jpg", "Empty."),))
    opened.actions_by_key["jobs"].trigger()
    assert opened.dock.isVisible()
    with qtbot.waitSignal(opened.desk.import_done):
        qtbot.mouseClick(opened.dock.panel.retry_button, LEFT)
    assert calls(finder, "import_paths") == [("/cloth/a.jpg",)]


def test_a_failed_import_is_told_and_kept(opened, finder, qtbot):
    def broken(paths, *, labels_csv=""):
        raise LibraryError("The disk is full.")
        yield

    finder.import_paths = broken
    opened.desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: "failed" in opened.banners.shown())
    assert "The disk is full." in opened.banners.shown()["failed"]
    assert [line.sentence for line in opened.book.failures()] == ["The disk is full."]


def test_the_dot_tells_of_the_encoder(window, finder, qtbot):
    qtbot.waitUntil(lambda: window.line.dot.state == "slow")
    assert "processor" in window.line.dot.toolTip()


def test_an_encoder_that_cannot_wake_is_told(qtbot, finder, thumbnails, tmp_path):
    def broken():
        raise LibraryError("The model file is damaged; reinstall fabricfinder.")
        yield

    finder.load_encoder = broken
    desk = Desk(lambda: finder)
    session = Session(tmp_path / "s.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path)
    qtbot.addWidget(window)
    with qtbot.waitSignal(desk.encoder_changed):
        desk.start()
    assert window.line.dot.state == "missing"
    assert "reinstall" in window.line.dot.toolTip()
    assert desk.close()


# Manners ---------------------------------------------------------------------------------------


def test_every_command_has_a_menu_entry_and_no_key_is_taken_twice(opened):
    keys = {}
    for menu in opened.menus:
        for action in menu.actions():
            if action.isSeparator():
                continue
            assert action.text()
            for shortcut in action.shortcuts():
                text = shortcut.toString()
                assert text not in keys, f"{text}: {action.text()} and {keys[text]}"
                keys[text] = action.text()
    for wanted in ("Ctrl+1", "Ctrl+2", "Ctrl+O", "Ctrl+N", "Ctrl+I", "Ctrl+V", "Ctrl+F", "F1",
                   "Ctrl+,", "Alt+Left", "Alt+Right"):  # fmt: skip
        assert wanted in keys


def test_the_key_sheet_lists_the_keys(opened, qtbot):
    press(qtbot, opened, (Qt.Key.Key_Question,))
    sheet = opened.findChild(KeySheet)
    words = [label.text() for label in sheet.findChildren(QLabel)]
    assert "Ctrl+O" in words and "Alt+Left" in words and "Space" in words
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: opened.findChild(KeySheet) is None)


def test_settings_dress_the_window_at_once_and_are_remembered(opened, qtbot):
    press(qtbot, opened, (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Comma))
    sheet = opened.findChild(SettingsSheet)
    assert not sheet.isModal()
    qtbot.mouseClick(sheet.findChild(object, "theme-grey"), LEFT, pos=QPoint(8, 8))
    assert current_theme().name == "grey" and opened.session.theme == "grey"
    sheet.close()


def test_about_names_the_version(opened, qtbot):
    opened.actions_by_key["about"].trigger()
    words = " ".join(label.text() for label in opened.findChild(AboutSheet).findChildren(QLabel))
    assert "fabricfinder" in words and "Apache-2.0" in words
    opened.findChild(AboutSheet).close()


def test_a_missing_recent_library_is_taken_off_the_list(opened, qtbot, tmp_path):
    opened.session.remember_library(tmp_path / "gone")
    opened.show_page(START)
    opened.start.forget_recent.emit(str(tmp_path / "gone"))
    assert str(tmp_path / "gone") not in opened.session.recent


def test_every_control_can_be_reached_and_is_named(opened):
    """What takes the keyboard has words a screen reader can say."""
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSlider, QLineEdit

    for page in (FIND, LIBRARY, START):
        opened.show_page(page)
        for kind in (QAbstractButton, QAbstractSlider, QLineEdit, QAbstractItemView):
            for widget in opened.findChildren(kind):
                if not widget.isVisible() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
                    continue
                words = widget.accessibleName() or getattr(widget, "text", lambda: "")()
                words = words or widget.toolTip()
                assert words, f"{widget.metaObject().className()} on {page} has no words"


# Closing ---------------------------------------------------------------------------------------


def test_closing_during_an_import_is_clean_and_quick(qtbot, finder, catalog, thumbnails, tmp_path):
    desk = Desk(lambda: finder)
    session = Session(tmp_path / "s.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path)
    window.show()
    desk.start()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    finder.step_s = 0.03
    desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: calls(finder, "import_paths") != [])
    began = time.monotonic()
    assert window.close()
    assert time.monotonic() - began < 2
    assert finder.closed == ["import"] and finder.shut


def test_the_session_comes_back(qtbot, finder, catalog, thumbnails, tmp_path):
    from fabricfinder.ui.app import Opening

    def sit(deeds):
        desk = Desk(lambda: finder)
        session = Session(tmp_path / "s.ini")
        window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path)
        opening = Opening(window, None, False, None)
        window.painted.connect(opening.begin)
        session.restore_window(window)
        window.show()
        try:
            deeds(window)
        finally:
            window.close()

    catalog.folder.mkdir(parents=True)
    query = tmp_path / "scrap.jpg"
    query.write_bytes(b"x")

    def first(window):
        qtbot.waitUntil(lambda: window.line.dot.state == "slow")
        with qtbot.waitSignal(window.desk.library_opened):
            window.desk.open_library(catalog.folder)
        with qtbot.waitSignal(window.desk.search_done):
            window.find.set_query_path(str(query), (0.1, 0.1, 0.9, 0.9))
        window.show_page(LIBRARY)
        window.library.set_side(224)

    def second(window):
        with qtbot.waitSignal(window.desk.search_done):
            pass
        assert window.page == LIBRARY
        assert window.library.grid.side == 224
        assert window.desk.last_query.path == str(query)
        assert window.desk.last_query.crop == (0.1, 0.1, 0.9, 0.9)

    def third(window):
        qtbot.waitUntil(lambda: window.line.dot.state == "slow")
        qtbot.wait(50)
        assert window.page == START, "the library is gone: nothing is opened, nothing fails"

    sit(first)
    sit(second)
    shutil.rmtree(catalog.folder)
    sit(third)
    assert [q.path for q in calls(finder, "search")] == [str(query)] * 2
    assert isinstance(calls(finder, "search")[0], Query)


def test_nothing_starts_before_the_first_paint(qtbot, finder, thumbnails, tmp_path):
    from fabricfinder.ui.app import Opening

    desk = Desk(lambda: finder)
    session = Session(tmp_path / "s.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path)
    qtbot.addWidget(window)
    opening = Opening(window, None, False, None)
    window.painted.connect(opening.begin)
    qtbot.wait(30)
    assert finder.calls == []
    with qtbot.waitSignal(desk.encoder_changed):
        window.show()
    assert desk.close()


def test_a_drop_between_the_targets_is_nobodys(opened, finder, tmp_path):
    mime = file_mime(tmp_path / "a.jpg")
    drag_onto(opened, mime)
    sheet = opened.overlay
    QApplication.sendEvent(sheet, QDragEnterEvent(QPoint(5, 5), COPY, mime, LEFT, NONE))
    QApplication.sendEvent(sheet, QDropEvent(QPointF(3, 3), COPY, mime, LEFT, NONE))
    assert opened.overlay.isHidden()
    assert calls(finder, "search") == [] and calls(finder, "import_paths") == []
