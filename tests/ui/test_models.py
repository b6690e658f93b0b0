"""The page “Models” under real events: what it tells, choosing in the background, the way back."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from fabricfinder.choosing import Choice
from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.errors import EncoderError, FabricFinderError
from fabricfinder.domain.lesson import Lesson, Marks
from fabricfinder.domain.models import SHOWN, KeyFigure, Model, Standing
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.systems import SYSTEMS, find_system, system_names
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.finder import Finder
from fabricfinder.importing import look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.ui import models_flow
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import FIND, LIBRARY, START, MainWindow
from fabricfinder.ui.models_flow import MODELS
from fabricfinder.ui.models_page import TAUGHT, ModelsPage
from fabricfinder.ui.models_words import (
    answering_name,
    effort_text,
    figure_words,
    size_text,
    speed_text,
    standing_text,
)
from fabricfinder.ui.session import Session

LEFT = Qt.MouseButton.LeftButton
HERE = ("dvsh", "dshc", "dah")
FIGURES = {
    "recall@1": KeyFigure(0.312, 0.284, 0.339, 0.001, 1000, "benchmark, re-captured"),
    "photos P@1": KeyFigure(0.616, math.nan, math.nan, math.nan, 1056, "photographs"),
}


def card_of(name: str) -> EncoderCard:
    taxonomy = default_taxonomy()
    return EncoderCard(
        name, 64, {}, taxonomy.version, taxonomy.coarse, taxonomy.fine, id=f"{name}-64-0123abcd",
        command=f"fabricfinder train {name}", images_seen=40_000, minutes=12,
    )  # fmt: skip


@pytest.fixture
def models(tmp_path: Path) -> tuple[Model, ...]:
    """Every system; three of them are here, one of those measured."""
    graph = tmp_path / "graph.onnx"
    graph.write_bytes(bytes(2_000_000))
    made = []
    for system in SYSTEMS:
        model = Model(system, reason="It has not been trained for this program yet.")
        if system.name in HERE:
            model = Model(system, card_of(system.name), 1_500_000, graph, graph,
                          figures=FIGURES if system.name == "dvsh" else {})  # fmt: skip
        made.append(model)
    return tuple(made)


@pytest.fixture
def page(qtbot: Any, models: tuple[Model, ...]) -> ModelsPage:
    page = ModelsPage()
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show_models(models)
    page.show()
    return page


def choice(**changes: Any) -> Choice:
    before = Choice("", "", "dvsh-64-0123abcd/fp32", {"dvsh-64-0123abcd/fp32": 30})
    return replace(before, **changes)


# -- the page alone ------------------------------------------------------------------------------


def test_every_system_is_told_of_and_what_is_not_here_says_why(page, models) -> None:
    assert set(page.cards) == set(system_names())
    assert [page.cards[name].usable for name in page.cards] == sorted(
        (m.shipped for m in models), reverse=True
    )  # those that can be used come first
    for model in models:
        card = page.cards[model.system.name]
        assert card.title.text() == model.system.title
        assert card.about.text() == model.system.built_for  # nothing to compare it with
        if model.shipped:
            assert "1 picture" not in card.speed.text() and "not measured" in card.speed.text()
        else:
            assert "has not been trained" in card.effort.text() and card.effort.isVisible()
            assert not card.button.isEnabled() and card.title.property("muted")
            assert card.speed.isHidden()


def test_what_a_model_is_good_at_is_what_was_measured(page, models) -> None:
    better = KeyFigure(0.6, 0.55, 0.65, 0.001, 1000, "benchmark, re-captured")
    near = KeyFigure(0.61, 0.58, 0.64, 0.1, 1056, "photographs")
    figures = {"dshc": {"recall@1": better, "photos P@1": near}, "dah": {"recall@1": FIGURES["recall@1"]}}
    page.show_models([
        replace(m, figures=figures[m.system.name]) if m.system.name in figures else m for m in models
    ])  # fmt: skip
    said = {name: card.about.text().removeprefix(find_system(name).built_for).strip()
            for name, card in page.cards.items()}  # fmt: skip
    assert said["dvsh"] == "Measured here, the best of all at: “Same kind, photographs”."
    assert said["dshc"] == (
        "Measured here, the best of all at: “Finds the very cloth”."
        " Not clearly behind the best at: “Same kind, photographs”."
    )
    assert said["dah"] == "Measured here, another finds better in everything that was asked."
    assert said["tsn"] == ""
    assert [key for key, *_ in figure_words()] == list(SHOWN)
    best = Standing(best=SHOWN)
    assert standing_text(best) == "Measured here, it is the best of all in everything that was asked."
    assert standing_text(Standing()) == ""


def test_figures_have_intervals_words_and_what_was_asked(page) -> None:
    card = page.cards["dvsh"]
    grid = card._facts
    rows = {
        grid.itemAtPosition(row, 0).widget().text(): grid.itemAtPosition(row, 2).widget().text()
        for row in range(2)
    }
    assert rows == {"Finds the very cloth": "31 (28 to 34)", "Same kind, photographs": "62"}
    bar = grid.itemAtPosition(0, 1).widget()
    assert bar.accessibleName() == "Finds the very cloth: 31 (28 to 34) of 100"
    assert "1,000 times: benchmark, re-captured" in bar.accessibleDescription()
    assert not bar.grab().toImage().isNull()
    measured = page.cards["dshc"]._facts.itemAtPosition(0, 0).widget().text()
    assert measured == "How well it finds has not been measured."


def test_engineers_find_paper_parameters_and_checkpoint(page, qtbot) -> None:
    card = page.cards["dvsh"]
    assert card.engineers.isHidden()
    qtbot.mouseClick(card.fold, LEFT)
    assert card.engineers.isVisible() and card.fold.accessibleDescription() == "open"
    words = " ".join(label.text() for label in card.engineers.findChildren(type(card.about)))
    for said in ("Xiang, Pan & Gao 2022", "1.50 million", "dvsh-64-0123abcd",
                 "fabricfinder train dvsh · 40,000 pictures seen in 12 min"):  # fmt: skip
        assert said in words
    card.fold.setFocus()
    qtbot.keyClick(card.fold, Qt.Key.Key_Space)
    assert card.engineers.isHidden()


def test_without_a_library_nothing_can_be_chosen_and_it_says_why(page, new_catalog, tmp_path) -> None:
    for card in page.cards.values():
        assert not card.button.isEnabled()
    assert "Open a library" in page.cards["dshc"].button.toolTip()
    page.show_catalog(new_catalog(tmp_path, 30))
    page.show_choice(choice())
    assert page.cards["dvsh"].in_use.isVisible() and not page.cards["dvsh"].button.isVisible()
    assert page.cards["dshc"].button.isEnabled() and not page.cards["tsn"].button.isEnabled()
    page.show_catalog(new_catalog(tmp_path, 30, read_only=True))
    assert not page.cards["dshc"].button.isEnabled()
    assert "read only" in page.cards["dshc"].button.accessibleDescription()


def test_what_a_choice_would_take_is_told(page, new_catalog, tmp_path) -> None:
    page.show_catalog(new_catalog(tmp_path, 30))
    coded = {"dvsh-64-0123abcd/fp32": 30, "dah-64-0123abcd/fp32": 12}
    page.show_choice(choice(coded=coded))
    page.show_speeds({"dshc-64-0123abcd": 6.0})
    assert "your 30 swatches" in page.cards["dshc"].effort.text()
    assert "3 min or more" in page.cards["dshc"].effort.text()
    assert "18 of 30 swatches" in page.cards["dah"].effort.text()
    page.show_choice(choice(coded=coded | {"dah-64-0123abcd/fp32": 30}))
    assert "answers at once" in page.cards["dah"].effort.text()
    assert effort_text(0, 0, None) == ""
    assert speed_text(0.02).startswith("about 50 pictures") and "1.5 pic" in speed_text(0.66)


def test_what_was_taught_is_one_of_them(page, qtbot, new_catalog, tmp_path, models) -> None:
    lesson = Lesson(True, 310, 98, 120, 2, Marks(0.61), Marks(0.78), 4.2, "a", "dvsh-64-aaaaaaaa")
    page.show_catalog(new_catalog(tmp_path, 30))
    page.show_choice(choice(lesson=lesson, taught=lesson.taught))
    card = page.cards[TAUGHT]
    assert next(iter(page.cards)) == TAUGHT and "310 of your own" in card.about.text()
    assert "78 of 100" in card.about.text() and not page.cards["dvsh"].in_use.isHidden()
    with qtbot.waitSignal(page.chosen) as caught:
        qtbot.mouseClick(card.button, LEFT)
    assert caught.args == [TAUGHT]
    page.show_choice(choice(lesson=lesson, taught=lesson.taught, answering="dvsh-64-aaaaaaaa/fp32"))
    assert not page.cards[TAUGHT].in_use.isHidden() and page.cards["dvsh"].in_use.isHidden()
    assert answering_name("dvsh-64-aaaaaaaa/fp32", models) == "DVSH, your own"
    assert answering_name("fake-64/fp32", models) == ""
    page.show_choice(choice())
    assert TAUGHT not in page.cards


def test_the_page_holds_together_at_every_width(page, qtbot) -> None:
    for width, columns in ((960, 1), (1280, 1), (1920, 2)):
        page.resize(width, 800)
        qtbot.wait(10)
        cards = list(page.cards.values())
        assert (cards[0].y() == cards[1].y()) == (columns == 2)
        for card in cards:
            assert card.width() <= page.width()
            for child in (card.title, card.about, card.fold):
                assert child.height() >= child.minimumSizeHint().height()
        for row in range(2):
            label = cards[0]._facts.itemAtPosition(row, 0).widget()
            assert label.height() >= label.sizeHint().height()  # no word is cut


def test_sizes_are_told_in_megabytes(models) -> None:
    assert size_text(models[0]) == "2.0 MB · fingerprint of 64 bits"
    assert size_text(models[1]) == ""


# -- in the window -------------------------------------------------------------------------------


@pytest.fixture
def encoders(fake_encoder: Any) -> dict[str, Any]:
    """Encoders of the three that are here."""
    made = {}
    for seed, name in enumerate(HERE):
        made[name] = type(fake_encoder)(seed=40 + seed)
        made[name].id = f"{name}-64-0123abcd/fp32"
    return made


@pytest.fixture
def make_finder(encoders: dict[str, Any]) -> Callable[[], Finder]:
    def source(name: str) -> Any:
        if name not in encoders:
            raise EncoderError(f"The model “{name}” did not come with this program.")
        return encoders[name]

    return lambda: Finder(encoders["dvsh"], model_source=source)


@pytest.fixture
def library(make_finder: Any, swatch_folder: Path, tmp_path: Path) -> Path:
    """A library of twelve swatches, seen with what ships."""
    finder = make_finder()
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    return tmp_path / "library"


@pytest.fixture
def window(
    qtbot: Any, thumbnails: Any, make_finder: Any, tmp_path: Path, models: Any
) -> Iterator[MainWindow]:
    desk = Desk(make_finder)
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    window.models._list = lambda: models
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    desk.start()
    yield window
    window.close()
    assert desk.close(20_000)


@pytest.fixture
def opened(window: MainWindow, library: Path, qtbot: Any) -> MainWindow:
    with qtbot.waitSignal(window.desk.library_opened, timeout=60_000):
        window.desk.open_library(library)
    window.show_page(LIBRARY)
    window.models.action.trigger()
    qtbot.waitUntil(lambda: window.models.page.cards["dvsh"].in_use.isVisible(), timeout=60_000)
    return window


def test_it_is_in_the_menus_on_the_keys_and_needs_no_library(window, qtbot) -> None:
    action = window.models.action
    assert any(action in menu.actions() for menu in window.menus)
    library_menu: QMenu = window.header.library.menu()
    library_menu.aboutToShow.emit()
    assert action in library_menu.actions()
    window.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_M, keys)
    qtbot.waitUntil(lambda: window.page == MODELS)
    page = window.models.page
    assert len(page.cards) == len(SYSTEMS) and not page.cards["dshc"].button.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.page == START


def test_choosing_one_looks_at_the_library_again_and_is_remembered(
    opened, qtbot, library, make_finder
) -> None:
    page, desk = opened.models.page, opened.desk
    assert opened.line.dot.word.text().endswith("DVSH")
    with qtbot.waitSignal(desk.search_done, timeout=60_000):
        opened.use_swatch(desk.catalog.swatches[3].id)
    opened.models.show()
    seen = []
    opened.book.changed.connect(lambda: seen.append(page.change.title.text()))
    page.cards["dshc"].button.setFocus()
    qtbot.keyClick(page.cards["dshc"].button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.cards["dshc"].in_use.isVisible(), timeout=60_000)
    assert "Looking at your cloth with DSHC" in seen
    assert desk.catalog.table.encoder == "dshc-64-0123abcd/fp32" and len(desk.catalog.table) == 12
    assert opened.line.dot.word.text().endswith("DSHC")
    assert page.cards["dvsh"].button.isEnabled()
    assert "answers at once" in page.cards["dvsh"].effort.text()
    answered = opened.find.session
    qtbot.waitUntil(  # what is on the Find page was asked again by itself
        lambda: answered.result is not None
        and answered.result.table.encoder == "dshc-64-0123abcd/fp32",
        timeout=60_000,
    )
    assert answered.query.swatch_id == desk.catalog.swatches[3].id
    qtbot.mouseClick(page.back, LEFT)
    assert opened.page == FIND
    opened.close()
    assert desk.close(20_000)
    finder = make_finder()
    run_to_end(finder.open_library(library))
    assert finder.encoder.id == "dshc-64-0123abcd/fp32"
    finder.close()


class Failing:
    """An encoder that cannot look at anything while it is broken."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        for name in ("id", "n_bits", "blend", "code_layout", "conformal"):
            setattr(self, name, getattr(encoder, name))
        self.broken = True

    def encode(self, views: Any) -> Any:
        if self.broken:
            raise FabricFinderError("The drive is gone; connect it.")
        return self._encoder.encode(views)


def test_it_can_be_paused_searched_meanwhile_stopped_and_gone_on_with(
    opened, qtbot, monkeypatch
) -> None:
    gate = threading.Event()

    def look_slowly(*asked: Any) -> Any:
        assert gate.wait(60)
        return look_at(*asked)

    monkeypatch.setattr("fabricfinder.recoding.look_at", look_slowly)
    page, desk = opened.models.page, opened.desk
    try:
        qtbot.mouseClick(page.cards["dah"].button, LEFT)
        qtbot.waitUntil(lambda: "Looking at the cloth" in page.change.where.text(), timeout=60_000)
        assert page.change.isVisible() and not page.cards["dshc"].button.isEnabled()
        assert "stop what is under way" in page.cards["dshc"].button.toolTip()
        qtbot.mouseClick(page.change.pause_button, LEFT)
        assert page.change.pause_button.text() == "Continue"
        assert page.change.where.text().startswith("Paused")
        with qtbot.waitSignal(desk.search_done, timeout=60_000) as caught:
            opened.use_swatch(desk.catalog.swatches[0].id)
        assert caught.args[0].table.encoder == "dvsh-64-0123abcd/fp32"  # the one of before
        assert opened.page == FIND
        opened.models.show()
        qtbot.mouseClick(page.change.pause_button, LEFT)
        assert page.change.pause_button.text() == "Pause"
        qtbot.mouseClick(page.change.stop_button, LEFT)
        qtbot.waitUntil(lambda: "Stopped" in page.said.text(), timeout=60_000)
    finally:
        gate.set()
    assert desk.catalog.table.encoder == "dvsh-64-0123abcd/fp32"
    qtbot.waitUntil(page.change.go_on_button.isVisible, timeout=60_000)
    qtbot.mouseClick(page.change.go_on_button, LEFT)
    qtbot.waitUntil(lambda: page.cards["dah"].in_use.isVisible(), timeout=60_000)
    assert desk.catalog.table.encoder == "dah-64-0123abcd/fp32" and page.change.isHidden()


def test_what_was_not_finished_can_be_gone_on_with_or_left(window, qtbot, library, make_finder) -> None:
    finder = make_finder()
    run_to_end(finder.open_library(library))
    operation = finder.choosing.choose("dah")
    while not finder._library.encoder_counts().get("dah-64-0123abcd/fp32"):
        next(operation)
    operation.close()
    finder.close()
    notices: list[str] = []
    window.desk.notice.connect(notices.append)
    with qtbot.waitSignal(window.desk.library_opened, timeout=60_000):
        window.desk.open_library(library)
    assert any("not finished" in sentence for sentence in notices)
    window.models.show()
    page = window.models.page
    qtbot.waitUntil(page.change.isVisible, timeout=60_000)
    assert page.change.title.text() == "Looking at your cloth with DAH was not finished."
    assert page.change.go_on_button.isVisible() and not page.change.stop_button.isVisible()
    assert "4 of 12" in page.cards["dah"].effort.text()
    qtbot.mouseClick(page.change.leave_button, LEFT)
    qtbot.waitUntil(page.change.isHidden, timeout=60_000)
    window.models.choose("dah")
    qtbot.waitUntil(lambda: page.cards["dah"].in_use.isVisible(), timeout=60_000)
    assert page.change.isHidden()


def test_a_failure_is_a_sentence_and_the_old_model_answers(opened, qtbot, encoders) -> None:
    failing = encoders["dah"] = Failing(encoders["dah"])
    page = opened.models.page
    qtbot.mouseClick(page.cards["dah"].button, LEFT)
    qtbot.waitUntil(lambda: page.said.isVisible(), timeout=60_000)
    assert page.said.text() == "The drive is gone; connect it."
    assert opened.desk.catalog.table.encoder == "dvsh-64-0123abcd/fp32"
    failing.broken = False
    qtbot.waitUntil(lambda: page.cards["dah"].button.isEnabled(), timeout=60_000)
    qtbot.mouseClick(page.cards["dah"].button, LEFT)
    qtbot.waitUntil(lambda: page.cards["dah"].in_use.isVisible(), timeout=60_000)
    assert not page.said.isVisible()


def test_the_speed_is_measured_when_asked_and_kept(opened, qtbot, monkeypatch, encoders) -> None:
    monkeypatch.setattr("fabricfinder.eyes.named_encoder", lambda name, notify: encoders[name])
    page = opened.models.page
    qtbot.mouseClick(page.speed_button, LEFT)
    qtbot.waitUntil(lambda: "a second" in page.cards["dah"].speed.text(), timeout=60_000)
    for name in HERE:
        assert "pictures a second on this computer" in page.cards[name].speed.text()
    qtbot.waitUntil(page.speed_button.isEnabled, timeout=60_000)
    kept = opened.models._speeds()
    assert set(kept) == {f"{name}-64-0123abcd" for name in HERE} and min(kept.values()) > 0
    opened.session.put(models_flow.SPEEDS_KEY, "nonsense")
    assert opened.models._speeds() == {}


def test_a_measuring_can_be_stopped(opened, qtbot, monkeypatch) -> None:
    def endless(models: Any) -> Any:
        def start(finder: Any) -> Any:
            while True:
                yield Progress("Measuring the speed", 1, 9, "pictures")

        return start

    monkeypatch.setattr(models_flow, "_measure", endless)
    page = opened.models.page
    page.speed_button.click()
    qtbot.waitUntil(page.change.isVisible, timeout=60_000)
    assert not page.speed_button.isEnabled()
    page.change.stop_button.setFocus()
    qtbot.keyClick(page.change.stop_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.change.isHidden, timeout=60_000)
    assert page.speed_button.isEnabled() and not page.said.isVisible()


def test_another_library_has_another_choice(opened, qtbot, tmp_path) -> None:
    page = opened.models.page
    qtbot.mouseClick(page.cards["dshc"].button, LEFT)
    qtbot.waitUntil(lambda: page.cards["dshc"].in_use.isVisible(), timeout=60_000)
    with qtbot.waitSignal(opened.desk.library_opened, timeout=60_000):
        opened.desk.open_library(tmp_path / "other", create=True)
    opened.models.show()
    qtbot.waitUntil(lambda: page.cards["dvsh"].in_use.isVisible(), timeout=60_000)
    assert not page.cards["dshc"].in_use.isVisible()
    assert opened.line.dot.word.text().endswith("DVSH")
