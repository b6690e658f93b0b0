"""The language of the window: which one is put on, and that every word of the window can be in it."""

import csv
import importlib.util
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from matplotlib.text import Text
from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QTabWidget,
    QWidget,
)

from fabricfinder.domain.archive import Step
from fabricfinder.domain.bands import BANDS, SAME_SWATCH
from fabricfinder.domain.composition import FIBRES, fibre_code, read_composition
from fabricfinder.domain.models import list_models
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.units import UNITS, find_unit, read_measure
from fabricfinder.evaluation import plots
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.drawn import load_answers
from fabricfinder.measuring.label_curves import curve_drawing, study_drawing
from fabricfinder.measuring.of_hundred import of_hundred
from fabricfinder.measuring.plotting import drawings_of, look_like
from fabricfinder.retrieval.explanation import ENGLISH as EXPLANATION
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.ui import wording
from fabricfinder.ui.cloth_words import spoken_default
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.field_words import fibre_word, field_value, unit_symbol
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.key_sheet import AboutSheet
from fabricfinder.ui.language import (
    language_for,
    language_title,
    languages,
    put_on_language,
    take_off_language,
)
from fabricfinder.ui.main_window import FIND, LIBRARY, START, MainWindow
from fabricfinder.ui.number_words import count_text, day_text, decimal_text
from fabricfinder.ui.plot_words import plot_words
from fabricfinder.ui.scan_dialog import ScanDialog
from fabricfinder.ui.scan_words import progress_sentence
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.session import LANGUAGE_KEY, Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.sheet_words import sheet_words
from fabricfinder.ui.step_stack import step_name

OPEN, CLOSE = "⟦", "⟧"
INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
FILLED = re.compile(r"{[^}]*}")
ROOT = Path(__file__).resolve().parents[2]


class PseudoLocale(QTranslator):
    """A language in which every sentence is put in brackets; what has none was never asked for."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, said: str | None = None, n: int = -1) -> str:
        return f"{OPEN}{text}{CLOSE}" if text else text


def forget_words() -> None:
    """Words are kept for the sitting; here several languages are spoken in one."""
    for kept in (wording.phrases, spoken_default, sheet_words):
        kept.cache_clear()


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[PseudoLocale]:
    forget_words()
    translator = PseudoLocale(qapp)
    qapp.installTranslator(translator)
    yield translator
    qapp.removeTranslator(translator)
    translator.deleteLater()
    forget_words()


def raw(text: str) -> str:
    """What is left of a text when all that went through tr is taken out."""
    while (less := INNERMOST.sub(" ", text)) != text:
        text = less
    return text


def texts(top: QWidget) -> Iterator[tuple[str, str]]:
    """(where, text) of everything a window says or has a screen reader say."""
    widgets = [top, *top.findChildren(QWidget)]
    for widget in widgets:
        where = f"{type(widget).__name__}#{widget.objectName()} in {type(widget.parent()).__name__}"
        for text in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()):
            yield where, text
        if isinstance(widget, QAbstractButton | QLabel):
            yield where, widget.text()
        elif isinstance(widget, QLineEdit | QPlainTextEdit):
            yield where, widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from ((where, widget.itemText(i)) for i in range(widget.count()))
        elif isinstance(widget, QGroupBox | QMenu):
            yield where, widget.title()
        elif isinstance(widget, QTabWidget):
            yield from ((where, widget.tabText(i)) for i in range(widget.count()))
        elif isinstance(widget, QDialog):
            yield where, widget.windowTitle()
        elif isinstance(widget, QTableView) and widget.model() is not None:
            columns = range(widget.model().columnCount(QModelIndex()))
            for column in columns:
                yield where, str(widget.model().headerData(column, Qt.Orientation.Horizontal) or "")
    for action in top.findChildren(QAction):
        for text in (action.text(), action.toolTip(), action.statusTip()):
            yield f"action {action.objectName()}", text


def untranslated(top: QWidget, data: tuple[str, ...] = ()) -> list[str]:
    found = []
    for where, text in texts(top):
        left = raw(text).replace("\u200b", "")
        for known in (*data, *(HERS if where.endswith(LABELLING) else ())):
            left = left.replace(known, " ")
        for unit in SYMBOLS:
            left = re.sub(rf"(?<!\w){re.escape(unit)}(?!\w)", " ", left)
        if LETTERS.search(left):
            found.append(f"{where}: {text!r}")
    return sorted(set(found))


@pytest.fixture
def opened(pseudo, qtbot, thumbnails, fake_encoder, swatch_folder, tmp_path):
    """The whole window in the pseudo-language, over a real library of twelve swatches."""
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    desk = Desk(lambda: Finder(fake_encoder))
    page = FindPage(desk, thumbnails)
    window = MainWindow(desk, thumbnails, Session(tmp_path / "s.ini"), page, tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    desk.start()
    with qtbot.waitSignal(desk.library_opened, timeout=60_000):
        desk.open_library(tmp_path / "library")
    yield window
    window.close()
    assert desk.close(20_000)


def data_of(window: MainWindow) -> tuple[str, ...]:
    """Names, not words: hers, of papers and networks, of units."""
    catalog = window.desk.catalog
    hers = [catalog.name, str(catalog.folder), str(catalog.folder.parent)]
    hers += [text for swatch in catalog.swatches for text in (swatch.path, swatch.name)]
    hers += [step.name for step in catalog.history]  # stored when they were done
    names = ["fabricfinder", *EXAMPLES, *map(language_title, languages())]
    for model in list_models():
        names += [model.system.reference, model.system.title, model.command]
        if model.card is not None and model.checkpoint is not None:
            names += [model.checkpoint.name, model.card.id, model.card.command]
    said = [figure.protocol for model in list_models() for figure in model.figures.values()]
    return tuple(sorted(filter(None, [*hers, *names, *said]), key=len, reverse=True))


SYMBOLS = ("cm", "mm", "px", "dpi", "ΔE00", "CMC")
LABELLING = ("ChoiceBoard", "LabelStage")  # what they offer is of the designer's own vocabulary
HERS = sorted(default_taxonomy().names.values(), key=len, reverse=True)
EXAMPLES = ("http://192.168.1.20/eSCL", "Letter")  # an address, a paper


def test_every_word_of_the_window_can_be_in_another_language(opened, qtbot) -> None:
    """In a language that puts brackets around all it is asked for, nothing is without brackets.

    Walked are the pages, what they open at first, comparison, sheet and scan; names of cloth on the
    Label page come from the designer's own vocabulary, steps of the history and suggestions from
    what was stored.
    """
    catalog = opened.desk.catalog
    with qtbot.waitSignal(opened.desk.search_done, timeout=60_000):
        opened.use_swatch(catalog.swatches[3].id)
    opened.how_well.show()
    opened.models.show()
    qtbot.waitUntil(lambda: "12" in opened.models.page.cards["dvsh"].effort.text(), timeout=60_000)
    for page in (START, LIBRARY, FIND):
        opened.show_page(page)
        qtbot.wait(50)
    opened.compare.open_swatches([s.id for s in catalog.swatches[:3]])
    opened.sheets.open_dialog()
    opened.labels.show()
    qtbot.wait(300)
    assert opened.compare.opened.isVisible() and opened.sheets.dialog.isVisible()
    sheets = [SettingsSheet(opened), AboutSheet("/", "", opened), ScanDialog(opened)]
    data = data_of(opened)
    assert sheets and sum(1 for _, text in texts(opened) if text) > 600
    assert untranslated(opened, data) == []


def test_every_word_of_the_plots_can_be_in_another_language(pseudo, monkeypatch) -> None:
    """All that ships is drawn; precision and the like keep the names that papers give them."""
    monkeypatch.setattr(plots, "_CHINESE", ("DejaVu Sans",))  # a font that is everywhere
    answers = load_answers(resource_path("figures.json")).answers
    draws = [drawing.draw for answer in answers for drawing in drawings_of(answer)]
    draws += [study_drawing(), curve_drawing([(20, 0.5)], 0.4, (0.01, 0.03), tightness=False)]
    assert len(draws) > 6
    words, look = plot_words(), look_like(False)
    for draw in draws:
        figure = draw(look)
        of_hundred(figure)
        plots.speak(figure, words)
        ticks = [t for axes in figure.axes for t in (*axes.get_xticklabels(), *axes.get_yticklabels())]
        left = [raw(text.get_text()) for text in figure.findobj(Text) + ticks]
        assert [text for text in left if LETTERS.search(text)] == []


@pytest.fixture
def clean(qapp: QApplication) -> Iterator[QApplication]:
    """The application, speaking English again at the end."""
    forget_words()
    yield qapp
    take_off_language(qapp)
    forget_words()


def test_the_language_is_hers_the_desktops_or_english() -> None:
    known = languages()
    assert known[0] == "en" and "zh_CN" in known
    assert language_for("zh_CN", "en_GB", known) == "zh_CN"
    assert language_for("", "zh_CN", known) == "zh_CN"
    assert language_for("", "zh_SG", known) == "zh_CN"  # the same script
    assert language_for("", "zh_TW", known) == "en"  # another one
    assert language_for("gone", "de_DE", known) == "en"
    assert language_title("en") == "English" and "中文" in language_title("zh_CN")


def test_chinese_is_put_on_and_taken_off(clean: QApplication) -> None:
    says = QCoreApplication.translate
    assert put_on_language(clean, "", desktop="zh_CN") == "zh_CN"
    assert says("AboutSheet", "Close") == "关闭" and says("Wording", "Close") == "接近"
    assert says("Anything", "Undo") == "撤销"
    assert says("Cloth", "gingham") == "色织小方格" or "gingham" not in says("Cloth", "gingham")
    assert says("Anything", "never said") == "never said"  # not ""
    assert says("QPlatformTheme", "Cancel") == "取消"  # Qt's own buttons
    assert put_on_language(clean, "en", desktop="zh_CN") == "en"
    assert says("AboutSheet", "Close") == "Close"


@pytest.mark.parametrize("language", languages())
def test_a_sheet_calls_match_and_dimensions_as_the_window_does(clean, language) -> None:
    put_on_language(clean, language)
    words = sheet_words()
    for band in (*BANDS, SAME_SWATCH):
        assert words[band.key] == wording.band_word(band)
    assert tuple(words[name] for name in DIMENSIONS) == wording.dimension_short_names()
    texts = set(ENGLISH.values()) & set(EXPLANATION.values())
    apart = {t for t in texts if QCoreApplication.translate("Sheet", t)
             != QCoreApplication.translate("Explanation", t)}  # fmt: skip
    assert apart == set()


def test_a_catalogue_that_cannot_be_read_leaves_english(clean: QApplication, tmp_path) -> None:
    (tmp_path / "zh_CN.json").write_text("{")
    assert put_on_language(clean, "zh_CN", tmp_path) == "en"
    (tmp_path / "zh_CN.json").write_text('{"words": {}}')
    assert put_on_language(clean, "zh_CN", tmp_path) == "en"


def script() -> ModuleType:
    """``packaging/translations.py``."""
    path = ROOT / "packaging" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_chinese_says_everything_and_keeps_what_is_filled_in() -> None:
    content = json.loads((ROOT / "resources" / "translations" / "zh_CN.json").read_text("utf-8"))
    known, sentences = script().said(), script().sentences()
    assert {"Undo", "Looking at the cloth", "Finds the very cloth"} <= known
    assert {"This file is empty.", "{0} cannot be written ({1})."} <= sentences
    assert known - content["words"].keys() == set()
    assert sentences - content["sentences"].keys() == set()
    tables = [content[k] for k in ("words", "sentences", "fragments")] + [*content["in"].values()]
    for english, chinese in (pair for table in tables for pair in table.items()):
        assert chinese, english
        assert sorted(FILLED.findall(english)) == sorted(FILLED.findall(chinese)), english
        assert english.count("\t") == chinese.count("\t"), english
        keys = re.findall(r"&(\w)", english)
        assert [k.upper() for k in keys] == re.findall(r"\(&(\w)\)", chinese), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("/a/b c.jpg cannot be written (Permission denied).", "/a/b c.jpg 无法写入（没有权限）。"),
        ("Line 2, weight: “-3” is no measure of cloth; it must be 0 or more.",
         "第 2 行，克重：“-3”不是布的度量；必须不小于 0。"),
        ("The library in /a is damaged. The last backup is b.db, in /c; it can be restored.",
         "/a 中的布库已损坏。最近的备份是 b.db，在 /c 中；可以恢复。"),
        ("There is no field “mil”. Did you mean mill:?", "没有字段“mil”。你是指 mill: 吗？"),
        ("Nobody said this. Nor that.", "Nobody said this. Nor that."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_from_below_is_told_in_chinese(clean, english, chinese) -> None:
    assert retold(english) == english
    put_on_language(clean, "zh_CN")
    assert retold(english) == chinese
    assert retold(chinese) == chinese  # told twice, it stays


def test_arrivals_and_phases_of_a_scan_are_told_in_chinese(clean) -> None:
    put_on_language(clean, "zh_CN")
    names = [f"Add {n}" for n in ("one swatch", "1,200 swatches")] + ["Change the lot of A"]
    told = [step_name(Step(1, name, "", 0)) for name in names]
    assert told == ["添加一块布样", "添加 1,200 块布样", "Change the lot of A"]
    assert progress_sentence(Progress("Looking for scanners"), 0)[0] == "正在寻找扫描仪"


def test_every_fibre_can_be_typed_as_it_is_shown(clean) -> None:
    put_on_language(clean, "zh_CN")
    for code in FIBRES:
        assert fibre_code(fibre_word(code)) == code
    shown = field_value("composition", "60 % cotton, 40 % wool")
    assert shown == "60 % 棉，40 % 羊毛"
    assert str(read_composition(shown)) == "60 % cotton, 40 % wool"


def test_every_unit_can_be_typed_as_it_is_shown(clean) -> None:
    put_on_language(clean, "zh_CN")
    for kind, units in UNITS.items():
        for unit in units:
            assert find_unit(kind, unit_symbol(unit)) is unit
    shown = field_value("ends_per_cm", 28.0)
    assert shown == "28 根/厘米" and read_measure(shown, "threads") == 28.0


@pytest.mark.parametrize(
    ("language", "desktop", "count", "decimal", "day"),
    [
        ("en", "de_DE", "41,207", "−0.4", "03/11/2026 14:02"),
        ("en", "en_DE", "41.207", "−0,4", "03/11/2026 14:02"),
        ("zh_CN", "en_US", "41,207", "−0.4", "2026/11/3 14:02"),
    ],
)  # fmt: skip
def test_numbers_and_days_follow_the_language(
    clean, language, desktop, count, decimal, day
) -> None:
    put_on_language(clean, language, desktop=desktop)
    assert count_text(41_207) == count
    assert decimal_text(-0.42, 1, signed=True) == decimal
    assert day_text(datetime(2026, 11, 3, 14, 2)) == day


def test_every_kind_of_cloth_has_its_chinese_name() -> None:
    with (ROOT / "resources" / "terms.csv").open(encoding="utf-8", newline="") as file:
        named = {row["en"] for row in csv.DictReader(file) if row["zh"]}
    assert set(default_taxonomy().names.values()) <= named


def test_she_chooses_it_in_the_settings(opened, qtbot) -> None:
    opened.commands._show_settings()
    sheet = opened.findChild(SettingsSheet)
    assert sheet.language.currentData() == "" and sheet.language_note.isHidden()
    titles = [sheet.language.itemText(i) for i in range(sheet.language.count())]
    assert "English" in titles and language_title("zh_CN") in titles
    sheet.language.setFocus()
    qtbot.keyClick(sheet.language, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: opened.session.text(LANGUAGE_KEY) == "zh_CN")
    assert sheet.language_note.isVisible()
    sheet.close()
    opened.commands._show_settings()
    assert opened.findChildren(SettingsSheet)[-1].language.currentData() == "zh_CN"
