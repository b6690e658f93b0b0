"""The Label workspace under real keys, on a real library: answered, undone, redone, reopened."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton

from fabricfinder.domain.opinion import CANT_TELL, COMPUTED, ESTIMATED, JUDGED, Suggestion
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.vocabulary import shipped_vocabulary
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.questions import LabelQueue
from fabricfinder.labelling.queue import AGAIN, LEAST_SURE, RANDOM
from fabricfinder.labelling.deeds import Asked
from fabricfinder.ui.app import make_window
from fabricfinder.ui.label_grid import believes
from fabricfinder.ui.label_sitting import Sitting
from fabricfinder.ui.label_stage import Reference
from fabricfinder.ui.label_words import pace_text
from fabricfinder.ui.session import Session

Key = Qt.Key


@pytest.fixture
def folder(tmp_path, swatch_folder, fake_encoder, monkeypatch):
    monkeypatch.setattr(
        "fabricfinder.ui.label_flow.user_cache_path", lambda name: tmp_path / "cache"
    )
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    return tmp_path / "library"


@pytest.fixture
def no_drawing(monkeypatch):
    """The examples are drawn elsewhere (tests of synthesis); here nothing waits for them."""
    monkeypatch.setattr("fabricfinder.ui.label_pictures.TermPictures.want", lambda self: None)


@pytest.fixture
def window(qtbot, folder, fake_encoder, tmp_path, no_drawing):
    window = make_window(
        Session(tmp_path / "settings.ini"), lambda: Finder(fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(folder)
    qtbot.keySequence(window, QKeySequence("Ctrl+3"))
    qtbot.waitUntil(lambda: window.labels.page.sitting is not None)
    yield window
    window.close()


def _said(window, qtbot):
    """What the library itself holds by now, through the worker."""
    found = []
    window.labels.settle()
    job = window.desk.run("look", lambda f: _look(f))

    def take(event):
        if event.job == job and event.kind == "done":
            found.append(event.value)

    window.desk.job_event.connect(take)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def _look(finder):
    from fabricfinder.domain.progress import Progress

    yield Progress("Looking")
    return {(o.swatch, o.dimension): o for o in finder._library.opinions()}


def _press(qtbot, window, *keys):
    page = window.labels.page
    for key in keys:
        if isinstance(key, str):
            qtbot.keyClicks(page, key)
        else:
            qtbot.keyClick(page, key)


def test_one_key_one_answer_and_every_step_back_and_again(window, qtbot):
    page = window.labels.page
    asked = [a.swatch.id for a in page.sitting.queue.asked]
    assert len(asked) == 12 and window.page == "label"
    ghost = page.sitting.current.ghosts[0]
    _press(qtbot, window, Key.Key_Return)  # the model's word
    _press(qtbot, window, "ew")  # plaid, then its second term
    _press(qtbot, window, "s")  # skipped
    _press(qtbot, window, Key.Key_Minus, Key.Key_Delete)
    assert page.sitting.at == 5 and page.sitting.labelled == 2
    said = _said(window, qtbot)
    assert said[asked[0], "coarse"].accepted and said[asked[0], "coarse"].value == ghost.value
    assert said[asked[1], "coarse"].value == "plaid/gingham"
    assert said[asked[1], "coarse"].suggestion is not None
    assert [said[asked[i], "coarse"].value for i in (3, 4)] == ["cant-tell", "not-cloth"]
    assert (asked[2], "coarse") not in said
    for expected in (4, 3, 1, 0):
        qtbot.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.sitting.at == expected
    assert _said(window, qtbot) == {}
    for _ in range(4):
        qtbot.keyClick(page, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    again = _said(window, qtbot)
    assert {k: o.value for k, o in again.items()} == {k: o.value for k, o in said.items()}
    names = [s.name for s in window.desk.catalog.history]
    assert names[-4:][1:] == ["Pattern: gingham", "Pattern: can't tell", "Pattern: not cloth"]


def test_back_corrects_and_a_skip_says_nothing(window, qtbot):
    page = window.labels.page
    first = page.sitting.current.swatch.id
    _press(qtbot, window, "ew", Key.Key_Backspace)
    assert page.sitting.at == 0 and page.sitting.said(0) == "plaid/gingham"
    assert any(choice.chosen for choice in page.board.choices)
    _press(qtbot, window, "we")
    assert _said(window, qtbot)[first, "coarse"].value == "stripe/chalk"
    assert page.sitting.at == 1 and page.sitting.done == 1
    _press(qtbot, window, "e", Key.Key_Escape)
    assert [c.value for c in page.board.choices] == ["solid", "stripe", "plaid", "pattern"]


def test_the_ladder_the_ghost_and_the_counts(window, qtbot):
    page = window.labels.page
    _press(qtbot, window, Key.Key_F4)
    qtbot.waitUntil(lambda: page.dimension == page.sitting.queue.dimension == "tightness")
    asked = [a.swatch.id for a in page.sitting.queue.asked]
    assert len(page.board.choices) == 10
    _press(qtbot, window, "1", Key.Key_Return, Key.Key_F8)
    dialog = window.labels._counts
    for box, value in zip(dialog.boxes.values(), (28, 24, 20, 20), strict=True):
        box.setValue(value)
    assert "67.6 %" in dialog.result.text() and "√20 tex" in dialog.working.text()
    dialog.take.click()
    _press(qtbot, window, Key.Key_F9)
    pairs = window.labels._pairs
    qtbot.waitUntil(lambda: pairs.state.text().startswith("Answers: 0,"))
    first = pairs._pair
    qtbot.keyClick(pairs, Key.Key_Left)
    qtbot.waitUntil(lambda: pairs.state.text().startswith("Answers: 1,"))
    assert pairs._pair and pairs._pair != first
    qtbot.keyClick(pairs, Key.Key_Backspace)
    qtbot.waitUntil(lambda: pairs.state.text().startswith("Answers: 0,"))
    pairs.reject()
    said = _said(window, qtbot)
    gauze, ghost, counted = (said[i, "tightness"] for i in asked[:3])
    assert (gauze.source, gauze.value < 20) == (JUDGED, True)
    assert ghost.source == ESTIMATED and ghost.accepted
    assert (counted.source, counted.value) == (COMPUTED, 67.6)
    assert not page.keys.findChild(type(dialog.take), "label-key-counts").isHidden()


def test_many_at_once_and_look_alikes(window, qtbot):
    page = window.labels.page
    _press(qtbot, window, "ew", Key.Key_F6)
    qtbot.waitUntil(lambda: page._spreading is not None)
    n = len(page.grid.tiles)
    assert n == 11
    for tile in page.grid.tiles:
        assert tile.isChecked() == believes(tile.asked, "plaid/gingham", shipped_vocabulary())
        tile.setChecked(True)
    page.grid.tiles[0].click()  # not this one
    _press(qtbot, window, Key.Key_Return)
    said = _said(window, qtbot)
    assert sum(o.value == "plaid/gingham" for o in said.values()) == n  # the first and ten more
    qtbot.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(_said(window, qtbot)) == 1  # one undo
    _press(qtbot, window, Key.Key_F5)
    assert len(page.grid.tiles) == 11
    for at in (0, 1, 2):
        qtbot.keyClick(page.grid.tiles[at], Key.Key_Space)
    _press(qtbot, window, "rd")
    assert sum(o.value == "pattern/animal" for o in _said(window, qtbot).values()) == 3
    assert len(page.grid.tiles) == 8


def test_references_appear_and_the_page_settles_when_it_is_left(window, qtbot):
    page = window.labels.page
    first = page.sitting.current.swatch.id
    _press(qtbot, window, "ew")
    qtbot.waitUntil(lambda: bool(page.stage.findChildren(Reference)))
    (tile,) = page.stage.findChildren(Reference)
    assert "gingham" in tile.accessibleName()
    assert window.desk.catalog.find(first).labels.coarse is None
    window.show_page("library")
    qtbot.waitUntil(lambda: window.desk.catalog.find(first).labels.coarse == "plaid/gingham")


def test_an_order_is_chosen_and_the_end_is_told(window, qtbot):
    page = window.labels.page
    page.bar.order.setCurrentIndex(page.bar.order.findData(LEAST_SURE))
    page.bar.order.activated.emit(0)
    qtbot.waitUntil(lambda: page.sitting.queue.order == LEAST_SURE)
    for _ in range(12):
        _press(qtbot, window, Key.Key_Return)
    assert page.over.isVisible() and "answered" in page.over.words.text()
    qtbot.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.work.isVisible() and page.sitting.at == 11


def _keys_that_act(page):
    return {key for key in ("accept", "skip", "cant", "not", "true", "back")
            if page.keys.findChild(QPushButton, f"label-key-{key}").isEnabled()}  # fmt: skip


def test_where_nothing_is_asked_the_keys_are_grey_and_a_button_leads_on(window, qtbot):
    page = window.labels.page
    assert _keys_that_act(page) == {"accept", "skip", "cant", "not", "true"}
    _press(qtbot, window, "s")
    for _ in range(11):
        _press(qtbot, window, Key.Key_Return)
    assert page.over.isVisible() and _keys_that_act(page) == {"back"}
    texts = [button.text() for button in page.over.buttons]
    assert texts == ["Pattern: 1 to label", "Weave: 12 to label", "Tightness: 12 to label",
                     "Look through the labels again"]  # fmt: skip
    qtbot.mouseClick(page.over.buttons[0], Qt.MouseButton.LeftButton)  # what was skipped
    qtbot.waitUntil(lambda: len(page.sitting.queue.asked) == 1 and page.work.isVisible())
    _press(qtbot, window, Key.Key_Return)
    assert [b.text() for b in page.over.buttons][0] == "Weave: 12 to label"
    qtbot.mouseClick(page.over.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.dimension == "fine" and page.work.isVisible())
    assert page.bar.pace.text().startswith("12 in this sitting · 0 of 12 labelled")
    _press(qtbot, window, Key.Key_Return)
    assert page.bar.pace.text().startswith("13 in this sitting · 1 of 12 labelled")


def test_the_picture_of_a_tile_is_seen_with_the_keyboard_on_it(window, qtbot):
    page = window.labels.page
    qtbot.keyClick(page, Key.Key_F5)
    tile = page.grid.tiles[0]
    tile.setFocus()
    tile.setChecked(True)
    qtbot.waitUntil(lambda: len({tile.grab().toImage().pixel(x, tile.width() // 3)
                                 for x in range(10, tile.width() - 10)}) > 5)  # fmt: skip


def test_labels_are_looked_through_again_and_enter_keeps_them(window, qtbot):
    page = window.labels.page
    for _ in range(12):
        _press(qtbot, window, "ew")
    before = {key: o.value for key, o in _said(window, qtbot).items()}
    qtbot.mouseClick(page.over.buttons[-1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.sitting.queue.order == AGAIN and page.work.isVisible())
    assert page.bar.order_key == AGAIN and "gingham" in page.stage.accept.text()
    _press(qtbot, window, Key.Key_Return, "we")  # kept; changed
    assert page.sitting.at == 2 and page.bar.pace.text().startswith("13 in this sitting")
    now = {key: o.value for key, o in _said(window, qtbot).items()}
    changed = page.sitting.queue.asked[1].swatch.id
    assert now == before | {(changed, "coarse"): "stripe/chalk"}
    qtbot.keyClick(page, Key.Key_F5)
    assert {tile.text() for tile in page.grid.tiles} == {"gingham"}
    qtbot.keyClick(page.grid.tiles[0], Key.Key_Return)
    assert page.over.isVisible() and page.over.words.text() == "You have seen all your labels."
    assert {key: o.value for key, o in _said(window, qtbot).items()} == now


def test_a_library_without_cloth_offers_a_folder_and_asks_once_there_is_some(
    window, qtbot, tmp_path, swatch_folder
):
    page = window.labels.page
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(tmp_path / "empty", create=True)
    window.labels.show()
    qtbot.waitUntil(lambda: page.sitting is not None and page.sitting.queue.total == 0)
    assert [b.text() for b in page.over.buttons] == ["Add a folder…"] and not _keys_that_act(page)
    with qtbot.waitSignal(page.choose_folder):
        page.choose_folder.disconnect(window.labels._add_folder)
        qtbot.mouseClick(page.over.buttons[0], Qt.MouseButton.LeftButton)
    window.desk.import_paths([str(swatch_folder)])
    qtbot.waitUntil(lambda: page.work.isVisible())


def test_a_library_open_to_read_only_says_so_and_takes_no_answer(
    qtbot, folder, fake_encoder, tmp_path, no_drawing
):
    window = make_window(
        Session(tmp_path / "settings.ini"), lambda: Finder(fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(folder, read_only=True)
    assert window.desk.catalog.read_only
    qtbot.keySequence(window, QKeySequence("Ctrl+3"))
    page = window.labels.page
    qtbot.waitUntil(lambda: page.sitting is not None)
    assert "read only" in page.over.words.text() and not page.over.buttons
    assert not _keys_that_act(page)
    _press(qtbot, window, Key.Key_Return, Key.Key_Minus, "s")
    assert page.sitting.done == 0 and page.sitting.at == 0
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(folder)  # the other program has closed it
    window.labels.show()
    qtbot.waitUntil(lambda: page.work.isVisible() and "accept" in _keys_that_act(page))
    window.close()


def _queue(n, **changes):
    words = shipped_vocabulary()
    asked = tuple(
        Asked(Swatch(f"{i:040x}", f"/{i}.jpg", str(i), 10, 10),
              (Suggestion("m", "plaid/glen" if i % 2 else "plaid/tartan", 0.5),))
        for i in range(n)
    )  # fmt: skip
    return LabelQueue("coarse", RANDOM, asked, 0, n, words, **changes)


def test_a_hundred_answers_taken_back_and_done_again():
    now = iter(range(1000))
    sitting = Sitting(_queue(100), clock=lambda: float(next(now)) * 3)
    for i in range(100):
        sitting.answer("plaid/glen") if i % 3 else sitting.accept()
    assert sitting.current is None and sitting.done == sitting.labelled == 100
    assert sitting.per_minute == pytest.approx(20)
    said = [sitting.said(i) for i in range(100)]
    for _ in range(100):
        assert sitting.undo() is not None
    assert sitting.undo() is None and sitting.at == 0 and sitting.labelled == 0
    for _ in range(100):
        assert sitting.redo() is not None
    assert [sitting.said(i) for i in range(100)] == said and sitting.redo() is None
    sitting.undo()
    sitting.answer(CANT_TELL)
    assert sitting.redo() is None and sitting.labelled == 99


def test_a_tick_is_set_where_the_model_believes_it_too():
    words = shipped_vocabulary()
    swatch = Swatch("0" * 40, "/0.jpg", "0", 10, 10)
    ghosts = (Suggestion("m", "plaid/glen", 0.3), Suggestion("m", "plaid/tartan", 0.25),
              Suggestion("m", "pattern/dot", 0.1))  # fmt: skip
    asked = Asked(swatch, ghosts)
    assert believes(asked, "plaid/glen", words) and believes(asked, "plaid/tartan", words)
    assert not believes(asked, "pattern/dot", words) and not believes(asked, "plain", words)
    cover = Asked(swatch, (Suggestion("m", 60.0, 0.3),))
    assert believes(cover, 66.0, words) and not believes(cover, 70.0, words)


def test_the_pace_in_words():
    assert pace_text(0, 3, 10, 0) == "0 in this sitting · 3 of 10 labelled"
    assert pace_text(12, 312, 2000, 14).endswith("14 a minute · about 2 h left")
