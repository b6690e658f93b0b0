"""The pages of the guide say what is so: links, names of the window, commands, settings, tables."""

import argparse
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image
from PySide6.QtGui import QTextDocument

from fabricfinder.__main__ import build_parser
from fabricfinder.domain.resources import resource_path
from fabricfinder.library import schema
from fabricfinder.ui.guide_pages import ENGLISH, INDEX, GuideBook, plain_text
from fabricfinder.ui.language import languages

ROOT = Path(__file__).resolve().parents[2]
GUIDE = resource_path("guide")
LANGUAGES = languages()
PAGES_OF = {language: sorted((GUIDE / language).glob("*.md")) for language in LANGUAGES}
ALL_PAGES = [page for pages in PAGES_OF.values() for page in pages]
LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
MOST_BYTES = 1_600_000  # of all pictures together: they ship
LABORATORY = {"synthesize", "train", "study", "textures", "cifar", "evaluate"}


def page_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ALL_PAGES, ids=page_id)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert not target.startswith("http"), "the guide needs no network"
        assert (page.parent / target).resolve().is_file(), target


def test_every_link_and_picture_of_the_readme_is_there() -> None:
    targets = LINK.findall((ROOT / "README.md").read_text("utf-8"))
    here = [t for t in targets if not t.startswith(("http", "#"))]
    assert len(here) > 20 and [t for t in here if not (ROOT / t).is_file()] == []


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
        targets = LINK.findall(mine.read_text("utf-8"))
        ours = [target.replace(f"/{language}/", f"/{ENGLISH}/") for target in targets]
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


# Names -------------------------------------------------------------------------------------------


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


# The command line --------------------------------------------------------------------------------


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


# Files -------------------------------------------------------------------------------------------


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


# The book ----------------------------------------------------------------------------------------


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
    page = "# T\n\n- **Bold** `code`, [link](x.md)\n\n![picture](y.jpg)\n\n| a | b |\n|---|---|\n"
    assert plain_text(page) == "T Bold code, link picture a b"
