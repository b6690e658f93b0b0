"""The guide: its pages say what is so, and its window leads to them."""

import argparse
import ast
import importlib.util
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument

from fabricfinder.__main__ import build_parser
from fabricfinder.domain.resources import resource_path
from fabricfinder.library import schema
from fabricfinder.ui.guide_flow import FOUND, PAGES, WINDOWS
from fabricfinder.ui.guide_pages import ENGLISH, INDEX, GuideBook, plain_text
from fabricfinder.ui.guide_view import COLUMN_PX, PICTURE
from fabricfinder.ui.guide_window import GuideWindow, PictureSheet
from fabricfinder.ui.language import languages
from fabricfinder.ui.theme import apply_theme, current_theme

ROOT = Path(__file__).resolve().parents[2]
GUIDE = resource_path("guide")
LANGUAGES = languages()
PAGES_OF = {language: sorted((GUIDE / language).glob("*.md")) for language in LANGUAGES}
ALL_PAGES = [page for pages in PAGES_OF.values() for page in pages]
LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
MOST_BYTES = 1_600_000  # of all pictures together: they ship
LABORATORY = {"synthesize", "train", "study", "textures", "cifar", "evaluate"}
LEFT = Qt.MouseButton.LeftButton


def page_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


# The pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ALL_PAGES, ids=page_id)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert not target.startswith("http"), "the guide needs no network"
        assert (page.parent / target).resolve().is_file(), target


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_names_every_page_once(language: str) -> None:
    book = GuideBook(GUIDE, language)
    keys = [entry.key for entry in book.entries]
    assert sorted([*keys, INDEX]) == [page.stem for page in PAGES_OF[language]]
    assert len(set(keys)) == len(keys) and all(entry.group for entry in book.entries)
    for entry in book.entries:
        assert book.text(entry.key).startswith(f"# {entry.title}\n"), entry.key


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != ENGLISH])
def test_other_languages_have_the_same_pages_pictures_and_links(language: str) -> None:
    assert [p.name for p in PAGES_OF[language]] == [p.name for p in PAGES_OF[ENGLISH]]
    for mine, english in zip(PAGES_OF[language], PAGES_OF[ENGLISH], strict=True):
        ours = [t.replace(f"/{language}/", f"/{ENGLISH}/") for t in LINK.findall(mine.read_text("utf-8"))]
        assert sorted(ours) == sorted(LINK.findall(english.read_text("utf-8"))), mine.name


def test_pictures_are_small_used_and_readable() -> None:
    pictures = sorted((GUIDE / "pictures").rglob("*.jpg"))
    shown = {(page.parent / t).resolve() for page in ALL_PAGES
             for t in LINK.findall(page.read_text("utf-8")) if t.endswith(".jpg")}  # fmt: skip
    assert set(pictures) == shown and len(pictures) >= 16
    assert sum(p.stat().st_size for p in pictures) < MOST_BYTES
    for picture in pictures:
        with Image.open(picture) as image:
            assert 250 <= image.width <= 1000, picture.name


# Names ----------------------------------------------------------------------------------------------


@cache
def translations() -> ModuleType:
    """``packaging/translations.py``."""
    path = ROOT / "packaging" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bare(text: str) -> str:
    """A text of the window as the guide writes it: without key, menu letter and dots."""
    text = re.sub(r"\(&\w\)", "", text).partition("\t")[0].replace("&", "")
    return re.sub(r"[\s…]+$", "", " ".join(text.split()))


def named(page: Path) -> list[str]:
    """Names of the window in a page, menus and their commands apart."""
    bold = BOLD.findall(page.read_text("utf-8"))
    return [bare(name) for whole in bold for name in whole.split("▸")]


@cache
def said_bare() -> frozenset[str]:
    return frozenset(map(bare, translations().said()))


@pytest.mark.parametrize("page", PAGES_OF[ENGLISH], ids=page_id)
def test_what_is_bold_is_written_so_in_the_window(page: Path) -> None:
    assert [name.strip() for name in named(page) if name.strip() not in said_bare()] == []


@cache
def words_of(language: str) -> dict[str, set[str]]:
    """Translations of each bare English text, of any context."""
    path = ROOT / "resources" / "translations" / f"{language}.json"
    content = json.loads(path.read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for part in (content["words"], *content["in"].values()):
        for english, other in part.items():
            found.setdefault(bare(english), set()).add(bare(other))
    return found


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != ENGLISH])
def test_names_in_other_languages_are_those_of_the_catalogue(language: str) -> None:
    known, wrong = words_of(language), []
    for mine, english in zip(PAGES_OF[language], PAGES_OF[ENGLISH], strict=True):
        wanted = [known.get(name.strip(), {f"no {name}"}) for name in named(english)]
        given = [name.strip() for name in named(mine)]
        wrong += [f"{mine.name}: {sorted(w)}" for w in wanted if not w & set(given)]
        every = set().union(*wanted) if wanted else set()
        wrong += [f"{mine.name}: {name} is no name" for name in given if name not in every]
    assert wrong == []


# The command line -----------------------------------------------------------------------------------


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command of the real parser; "" is the window."""
    parser = build_parser()
    (choices,) = (a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return {"": parser, **choices}


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {o for a in parser._actions for o in a.option_strings if o.startswith("--")} - {"--help"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_commands_says_every_command_and_option(language: str) -> None:
    text = (GUIDE / language / "command-line.md").read_text("utf-8")
    sections: dict[str, str] = {}
    for part in text.split("\n### ")[1:]:
        head = re.match(r"`fabricfinder ?([\w-]*)", part)
        if head:
            sections[head[1]] = part.partition("\n## ")[0]
    known = commands()
    assert set(sections) == set(known) - LABORATORY
    for name, part in sections.items():
        told = set(re.findall(r"--[a-z][a-z-]*", part))
        assert told == options(known[name]), name or "the window"
    for name in LABORATORY & set(known):
        assert f"`fabricfinder {name}`" in text


# Files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_formats_names_every_setting(language: str) -> None:
    """Every key that is put into the settings, and no other; one that is made up has a start."""
    text = (GUIDE / language / "formats.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z]+/[a-z]+)`", text))
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "fabricfinder" / "ui").glob("*.py"))
    groups = "look|units|library|window|find|scan|camera|watch|models"
    assert told == set(re.findall(rf'"((?:{groups})/[a-z]+)"', source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_formats_names_every_table(language: str) -> None:
    text = (GUIDE / language / "formats.md").read_text("utf-8")
    rows = re.findall(r"^\| (.*?) \|", text.partition("## library.fflib")[2], re.MULTILINE)
    told = set(re.findall(r"`([a-z_]+)`", " ".join(rows)))
    places = (ROOT / "fabricfinder" / "library").glob("*.py")
    source = "\n".join(p.read_text("utf-8") for p in places)
    made = set(re.findall(r"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?([a-z_]+)", source))
    assert told == made and str(schema.VERSION) in text


# The book -------------------------------------------------------------------------------------------


def test_words_are_found_on_the_pages_where_they_stand() -> None:
    book = GuideBook(GUIDE, ENGLISH)
    hits = book.find("scale card")
    assert hits[0].key == "measuring" and all(hit.times >= 2 for hit in hits)
    assert "scale" in hits[0].snippet.casefold() and "*" not in hits[0].snippet
    assert book.find("  ") == () and book.find("crocodile") == ()


def test_a_language_without_a_page_has_it_in_english(tmp_path: Path) -> None:
    for language, pages in (("en", ("index", "one")), ("xx", ("index",))):
        (tmp_path / language).mkdir()
        for page in pages:
            (tmp_path / language / f"{page}.md").write_text("## Group\n[One](one.md)\n")
    book = GuideBook(tmp_path, "xx")
    assert book.path("one").parent.name == "en" and book.path("index").parent.name == "xx"
    assert book.path("nothing") == tmp_path / "en" / "index.md"


@pytest.mark.parametrize("page", ALL_PAGES, ids=page_id)
def test_every_mark_of_a_page_is_understood(page: Path, qapp) -> None:
    """A bold name that ends with dots and goes on without a space would keep its stars."""
    document = QTextDocument()
    document.setMarkdown(page.read_text("utf-8"))
    assert not re.search(r"\*\*|\]\(|`|^#", document.toPlainText(), re.MULTILINE)


def test_markdown_read_aloud_has_no_marks() -> None:
    plain = plain_text("# T\n\n- **Bold** `code`, [link](x.md)\n\n![picture](y.jpg)\n\n| a | b |\n|---|---|\n")
    assert plain == "T Bold code, link picture a b"


# The window -----------------------------------------------------------------------------------------


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


# From the main window ------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails):
    from fabricfinder.ui.find_page import FindPage
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.session import Session

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
    from fabricfinder.ui.settings import SettingsSheet

    sheet = SettingsSheet(window)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    assert window.guide.page_here() == "settings"
    sheet.close()


def test_every_page_for_help_is_there() -> None:
    wanted = {FOUND, *PAGES.values(), *WINDOWS.values()}
    assert wanted <= {page.stem for page in PAGES_OF[ENGLISH]}
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
    from fabricfinder.ui.guide_flow import guide_language
    from fabricfinder.ui.language import put_on_language, take_off_language

    assert guide_language() == ENGLISH
    try:
        for language in languages():
            put_on_language(qapp, language)
            assert guide_language() == language
    finally:
        take_off_language(qapp)
