"""The guide's window with real events: contents, search, links, pictures, and F1 wherever she is."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage

from fabricfinder.domain.resources import resource_path
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.guide_flow import FOUND, PAGES, WINDOWS, guide_language
from fabricfinder.ui.guide_pages import ENGLISH, GuideBook
from fabricfinder.ui.guide_view import COLUMN_PX, PICTURE
from fabricfinder.ui.guide_window import GuideWindow, PictureSheet
from fabricfinder.ui.language import languages, put_on_language, take_off_language
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.theme import apply_theme, current_theme

ROOT = Path(__file__).resolve().parents[2]
GUIDE = resource_path("guide")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def guide(qtbot) -> GuideWindow:
    window = GuideWindow(GuideBook(GUIDE, ENGLISH))
    qtbot.addWidget(window)
    window.open_page("first-search")
    with qtbot.waitExposed(window):
        window.show()
    return window


def line(guide: GuideWindow, text: str):
    """The line of the list that begins with a text."""
    items = (guide.contents.item(i) for i in range(guide.contents.count()))
    return next(item for item in items if item.text().startswith(text))


def click_line(qtbot, guide: GuideWindow, text: str) -> None:
    place = guide.contents.visualItemRect(line(guide, text)).center()
    qtbot.mouseClick(guide.contents.viewport(), LEFT, pos=place)


def test_a_click_on_the_contents_opens_the_page_and_back_returns(guide, qtbot) -> None:
    assert not guide.back.isEnabled()
    click_line(qtbot, guide, "Growing a swatch")
    assert guide.view.key == "growing" and "twice its size" in guide.view.toPlainText()
    assert guide.contents.currentItem().text() == "Growing a swatch"
    qtbot.mouseClick(guide.back, LEFT)
    assert guide.view.key == "first-search"
    assert guide.contents.currentItem().text() == "A first search"
    qtbot.keyClick(guide, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert guide.view.key == "growing"
    click_line(qtbot, guide, "The program")  # a heading leads nowhere
    assert guide.view.key == "growing"


def test_the_contents_by_key_alone(guide, qtbot) -> None:
    guide.contents.setFocus()
    qtbot.keyClick(guide.contents, Qt.Key.Key_Down)
    qtbot.keyClick(guide.contents, Qt.Key.Key_Return)
    assert guide.view.key == "four-bars"


def test_links_lead_to_pages_and_nowhere_else(guide, qtbot, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.view.anchorClicked.emit(guide.view.source().resolved(QUrl("sheets.md")))
    assert guide.view.key == "sheets" and opened == []
    guide.view.anchorClicked.emit(QUrl("https://example.org/cloth"))
    assert opened == ["https://example.org/cloth"] and guide.view.key == "sheets"
    assert guide.view.loadResource(PICTURE, QUrl("https://example.org/a.png")) is None
    outside = QUrl.fromLocalFile(str(ROOT / "resources" / "pictures" / "find-dark.jpg"))
    assert guide.view.loadResource(PICTURE, outside) is None


def test_a_link_is_seen_to_be_one_whatever_its_colour(guide) -> None:
    guide.open_page("index")
    cursor = guide.view.document().find("Growing a swatch")
    assert cursor.charFormat().isAnchor() and cursor.charFormat().fontUnderline()


def test_pictures_fit_the_column_and_are_seen_large_on_a_click(guide, qtbot) -> None:
    name = QUrl("../pictures/en/find.jpg")
    shown = guide.view.loadResource(PICTURE, name)
    assert isinstance(shown, QImage) and 240 <= shown.deviceIndependentSize().width() <= COLUMN_PX
    guide.view.anchorClicked.emit(name)
    sheet = guide.findChild(PictureSheet)
    assert sheet.isVisible() and "nearest cloths" in sheet.windowTitle()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: guide.findChild(PictureSheet) is None)
    plain = guide.view.document().toPlainText()
    assert "The start page with its three cards" in plain, "what it shows stands below it"


def test_searching_lists_pages_marks_words_and_ends_with_escape(guide, qtbot) -> None:
    qtbot.keyClicks(guide.search, "herringbone")
    assert guide.contents.count() == 1 and "herringbone" in guide.contents.item(0).text()
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.view.key == "library" and len(guide.view.extraSelections()) >= 1
    guide.search.setText("crocodile")
    assert guide.contents.count() == 1 and "No page" in guide.contents.item(0).text()
    qtbot.keyClick(guide.search, Qt.Key.Key_Escape)
    assert guide.search.text() == "" and guide.isVisible() and guide.view.extraSelections() == []
    assert guide.contents.count() > 14
    guide.search.setText("scale")
    qtbot.keyClick(guide.search, Qt.Key.Key_Down)
    assert guide.contents.hasFocus() and guide.contents.currentItem() is not None
    qtbot.keyClick(guide.search, Qt.Key.Key_Escape)
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()


def test_the_page_is_dressed_by_the_theme(guide, qtbot, qapp) -> None:
    before = current_theme().name
    guide.open_page("four-bars")
    colors = set()
    try:
        for name in ("light", "dark", "grey"):
            apply_theme(qapp, name)
            qtbot.waitUntil(lambda: not guide.view._settle.isActive())
            (table, *_) = guide.view.document().rootFrame().childFrames()
            colors.add(table.format().borderBrush().color().name())
            assert table.format().borderBrush().color() == current_theme().color("line")
    finally:
        apply_theme(qapp, before)
    assert len(colors) == 3


def test_a_narrower_window_has_a_narrower_column(guide, qtbot) -> None:
    wide = guide.view.column_px
    guide.resize(700, 600)
    qtbot.waitUntil(lambda: guide.view.column_px < wide)
    qtbot.waitUntil(lambda: not guide.view._settle.isActive())
    assert guide.view.document().idealWidth() <= guide.view.viewport().width() + 1


# From the main window ----------------------------------------------------------------------------


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails):
    plain_thumbnails(catalog)
    page = FindPage(desk, thumbnails)
    window = MainWindow(desk, thumbnails, Session(tmp_path / "s.ini"), page, tmp_path / "home")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    yield window
    window.close()


def test_f1_opens_the_page_for_what_is_in_front_of_her(window, qtbot) -> None:
    window.show_page("library")
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    guide = window.guide.opened
    assert guide.isVisible() and guide.view.key == "library"
    qtbot.waitUntil(lambda: guide.isActiveWindow())
    qtbot.keyClick(guide, Qt.Key.Key_F1)
    assert guide.view.key == "index", "from within the guide its contents"
    guide.close()
    window.models.show()
    window.activateWindow()
    window.guide.action.trigger()
    assert guide.view.key == "models" and window.guide.opened is guide
    guide.close()


def test_a_window_beside_has_its_own_page(window, qtbot) -> None:
    sheet = SettingsSheet(window)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    assert window.guide.page_here() == "settings"
    sheet.close()


def test_every_page_for_help_is_there() -> None:
    wanted = {FOUND, *PAGES.values(), *WINDOWS.values()}
    assert wanted <= {page.stem for page in (GUIDE / ENGLISH).glob("*.md")}
    sources = (ROOT / "fabricfinder" / "ui").glob("*.py")
    classes = {node.name for path in sources for node in ast.parse(path.read_text("utf-8")).body
               if isinstance(node, ast.ClassDef)}  # fmt: skip
    assert set(WINDOWS) <= classes


def test_the_guide_is_not_loaded_before_it_is_wanted() -> None:
    code = ("import sys, fabricfinder.ui.main_window; "
            "print([m for m in sys.modules if 'ui.guide_' in m and 'flow' not in m])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_guide_speaks_the_language_of_the_window(window, qtbot, qapp) -> None:
    assert guide_language() == ENGLISH
    try:
        for language in languages():
            put_on_language(qapp, language)
            assert guide_language() == language
    finally:
        take_off_language(qapp)
