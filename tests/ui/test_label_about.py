"""What stands behind the labels, in a real window: learning, doubts, second opinions, words, drafts."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from fabricfinder.domain.opinion import Opinion
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.judging import Judged
from fabricfinder.synthesis.drafts import draft_of
from fabricfinder.synthesis.weaves import twill
from fabricfinder.synthesis.wif import save_draft
from fabricfinder.ui.app import make_window
from fabricfinder.ui.label_learning import LEARN_EVERY, surety_text
from fabricfinder.ui.session import Session

Key = Qt.Key
HUNDRED = 104


@pytest.fixture
def folder(tmp_path, fake_encoder, monkeypatch):
    """A library of a hundred and four small swatches: dark above, or dark at the left."""
    monkeypatch.setattr(
        "fabricfinder.ui.label_flow.user_cache_path", lambda name: tmp_path / "cache"
    )
    monkeypatch.setattr("fabricfinder.ui.label_pictures.TermPictures.want", lambda self: None)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(4)
    for i in range(HUNDRED):
        picture = np.zeros((48, 48, 3)) + rng.integers(90, 160)
        (picture[:24] if i % 2 else picture[:, :24])[...] *= rng.uniform(0.2, 0.5)
        picture += rng.normal(0, 4, picture.shape)
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(pictures / f"{i:03}.png")
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(pictures)]))
    finder.close()
    return tmp_path / "library"


@pytest.fixture
def window(qtbot, folder, fake_encoder, tmp_path):
    window = make_window(
        Session(tmp_path / "settings.ini"), lambda: Finder(fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened, timeout=20000):
        window.desk.open_library(folder)
    qtbot.keySequence(window, QKeySequence("Ctrl+3"))
    qtbot.waitUntil(lambda: window.labels.page.sitting is not None, timeout=20000)
    yield window
    window.close()


def _look(finder):
    from fabricfinder.domain.progress import Progress

    yield Progress("Looking")
    return {o.swatch: o for o in finder._library.opinions()}, finder._library.vocabulary()


def _kept(window, qtbot):
    """What the library itself holds by now, through the worker."""
    found = []
    job = window.desk.run("look", _look)
    window.desk.job_event.connect(
        lambda e: found.append(e.value) if e.job == job and e.kind == "done" else None
    )
    qtbot.waitUntil(lambda: bool(found), timeout=20000)
    return found[0]


def _kind(asked) -> str:
    return "wy" if int(asked.swatch.name[:3]) % 2 else "ry"  # a stripe, or a pattern


def test_a_hundred_by_keys_undone_redone_closed_and_opened_again(
    window, qtbot, folder, fake_encoder
):
    page = window.labels.page
    learned = []
    window.labels.learning.learned.connect(learned.append)
    for n in range(100):
        for key in _kind(page.sitting.current):
            qtbot.keyClicks(page, key)
        assert page.sitting.done == n + 1
    said, _ = _kept(window, qtbot)
    assert len(said) == 100 and len({o.value for o in said.values()}) == 2
    qtbot.waitUntil(lambda: bool(learned), timeout=30000)
    assert learned[-1].labels >= LEARN_EVERY and learned[-1].kept
    for _ in range(100):
        qtbot.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert _kept(window, qtbot)[0] == {} and page.sitting.done == 0
    for _ in range(100):
        qtbot.keyClick(page, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    again, _ = _kept(window, qtbot)
    assert {i: o.value for i, o in again.items()} == {i: o.value for i, o in said.items()}
    qtbot.waitUntil(lambda: not window.labels.busy, timeout=30000)
    window.close()
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(folder))
    kept = {o.swatch: o.value for o in finder._library.opinions()}
    assert kept == {i: o.value for i, o in said.items()}
    assert sum(s.labels.coarse is not None for s in finder.catalog.swatches) == 100
    finder.close()


def test_what_is_open_is_sorted_anew_and_nothing_moves_under_her_eyes(window, qtbot):
    page = window.labels.page
    order = [a.swatch.id for a in page.sitting.queue.asked]
    learned = []
    window.labels.learning.learned.connect(learned.append)
    for _ in range(LEARN_EVERY):
        for key in _kind(page.sitting.current):
            qtbot.keyClicks(page, key)
    qtbot.waitUntil(lambda: bool(learned), timeout=30000)
    assert learned[0].kept and "named right" in window.line.message.text()
    here = page.stage.cloth.swatch.id
    assert here == page.sitting.current.swatch.id == order[LEARN_EVERY]
    for key in _kind(page.sitting.current):
        qtbot.keyClicks(page, key)
    now = [a.swatch.id for a in page.sitting.queue.asked]
    assert now[: LEARN_EVERY + 1] == order[: LEARN_EVERY + 1] and sorted(now) == sorted(order)
    assert now != order
    for at in range(LEARN_EVERY, -1, -1):
        qtbot.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.sitting.at == at
    assert _kept(window, qtbot)[0] == {}


def _fill(window, qtbot, opinions):
    done = []
    job = window.desk.run("fill", lambda f: f.labels.say(opinions, "Labels"))
    window.desk.job_event.connect(
        lambda e: done.append(1) if e.job == job and e.kind == "done" else None
    )
    qtbot.waitUntil(lambda: bool(done), timeout=20000)


def test_taught_doubtful_second_and_words(window, qtbot):
    swatches = window.desk.catalog.swatches
    terms = {s.id: "stripe/other" if int(s.name[:3]) % 2 else "pattern/dot" for s in swatches[:70]}
    wrong = swatches[9].id
    opinions = [Opinion(i, "coarse", v, "bea", 4) for i, v in list(terms.items())[:20]]
    opinions += [Opinion(i, "coarse", v, "ann", 5) for i, v in terms.items() if i != wrong]
    opinions += [Opinion(wrong, "coarse", "solid/denim", "ann", 5)]
    _fill(window, qtbot, opinions)
    qtbot.keyClick(window.labels.page, Key.Key_F10)
    dialog = window.labels.about.dialog
    card = dialog.gains.cards["coarse"]
    nothing = dialog.gains.cards["fine"].gain
    qtbot.waitUntil(lambda: "Nothing has been learned" in nothing.text(), timeout=20000)
    card.learn.click()
    qtbot.waitUntil(lambda: "held back" in card.gain.text(), timeout=30000)
    assert "next hundred" in card.ahead.text() and card.plot is not None and card.back.isEnabled()
    card.back.click()
    qtbot.waitUntil(lambda: not card.back.isEnabled(), timeout=20000)
    dialog.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: bool(dialog.doubts.rows), timeout=20000)
    (row,) = [r for r in dialog.doubts.rows if r.swatch_id == wrong]
    row.change.click()
    qtbot.waitUntil(lambda: wrong not in {r.swatch_id for r in dialog.doubts.rows})
    dialog.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: dialog.agreement.table.rowCount() > 0, timeout=20000)
    table = dialog.agreement.table
    cells = [[table.item(r, c).text() for c in range(6)] for r in range(table.rowCount())]
    (pair,) = [row for row in cells if row[:2] == ["ann", "bea"]]
    assert pair[2:4] == ["Pattern", "20"] and pair[4] == "95 %" and "almost perfect" in pair[5]


def test_words_are_changed_and_no_label_is_lost(window, qtbot):
    swatch = window.desk.catalog.swatches[0].id
    _fill(window, qtbot, [Opinion(swatch, "coarse", "plaid/gingham", "ann", 5)])
    qtbot.keyClick(window.labels.page, Key.Key_F10)
    window.labels.about.dialog.tabs.setCurrentIndex(3)
    panel = window.labels.about.dialog.words
    qtbot.waitUntil(lambda: panel.list.count() > 60, timeout=20000)

    def choose(name):
        panel.search.setText(name)
        rows = [r for r in range(panel.list.count())
                if panel.list.item(r).text().split("  ")[0] == name]
        panel.list.setCurrentRow(rows[0])

    def changes(deed):
        before = panel._words
        deed()
        qtbot.waitUntil(lambda: panel._words is not before, timeout=20000)

    choose("gingham")
    assert "1 labels name it" in panel.facts.text()
    panel.name.setText("vichy")
    changes(panel.rename.click)
    choose("vichy")
    assert "gingham" in panel.facts.text()
    panel.new_name.setText("mill check")
    panel.counts_as.setCurrentIndex(panel.counts_as.findData("plaid/glen"))
    changes(panel.add.click)
    choose("vichy")
    own = next(t.id for t in panel._words.terms.values() if t.name() == "mill check")
    panel.into.setCurrentIndex(panel.into.findData(own))
    changes(panel.merge.click)
    said, words = _kept(window, qtbot)
    assert said[swatch].value == "plaid/gingham" and words.resolve("plaid/gingham") == own
    assert window.desk.catalog.find(swatch).labels.coarse == "plaid/glen"
    choose("mill check")
    panel.into.addItem("gingham", "plaid/gingham")  # merging back would run in a circle
    panel.into.setCurrentIndex(panel.into.findData("plaid/gingham"))
    panel.merge.click()
    qtbot.waitUntil(lambda: "circle" in panel.sentence.text(), timeout=20000)
    panel.other.setText("burra")
    changes(panel.add_other.click)
    assert panel._words.find("burra", "coarse") == own


def test_a_weave_by_its_draft_and_a_broken_file(window, qtbot, tmp_path):
    page = window.labels.page
    qtbot.keyClick(page, Key.Key_F3)
    qtbot.waitUntil(lambda: page.sitting.queue.dimension == "fine", timeout=20000)
    first = page.sitting.current.swatch.id
    qtbot.keyClick(page, Key.Key_F8)
    dialog = window.labels._draft
    assert not dialog.take.isEnabled() or dialog.record is None
    dialog.picks.setValue(3)
    dialog.ends.setValue(3)
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_Up, Key.Key_Space, Key.Key_Right,
                Key.Key_Up, Key.Key_Space):  # fmt: skip
        qtbot.keyClick(dialog.paper, key)
    qtbot.waitUntil(lambda: dialog.record is not None, timeout=20000)
    assert dialog.record.notation == "1/2 Z" and "weft-faced" in dialog.facts.text()
    broken = tmp_path / "broken.wif"
    broken.write_text("[WIF]\nVersion=one\n[THREADING]\n1=x")
    dialog.read_wanted.emit(str(broken))
    qtbot.waitUntil(lambda: "not a weaving draft" in dialog.sentence.text(), timeout=20000)
    assert not dialog.take.isEnabled()
    good = tmp_path / "good.wif"
    save_draft(draft_of(np.tile(twill(2, 2, "S"), (3, 3))), good)
    dialog.read_wanted.emit(str(good))
    qtbot.waitUntil(lambda: dialog.name.text() == "2/2 twill", timeout=20000)
    dialog.take.click()
    said, _ = _kept(window, qtbot)
    assert said[first].value == "twill-2-2" and said[first].weave.notation == "2/2 S"


def _judged(dimension, low, high):
    return Judged(dimension, 60, 25, 0.5, 0.6, low, high, True)


@pytest.mark.parametrize(
    ("dimension", "low", "high", "said", "counts"),
    [
        ("coarse", 0.031, 0.12, "between +3 and +12, 9 times in 10", "better"),
        ("coarse", -0.51, -0.25, "between −51 and −25,", "worse"),
        ("coarse", -0.04, 0.09, "between −4 and +9,", "cannot tell"),
        ("coarse", -0.002, 0.09, "between 0 and +9,", "cannot tell"),
        ("tightness", -2.31, -0.4, "between −2.3 and −0.4,", "better"),
        ("tightness", -2.31, -0.02, "between −2.3 and 0,", "cannot tell"),
        ("tightness", 0.4, 2.31, "between +0.4 and +2.3,", "worse"),
    ],
)
def test_a_gain_is_better_worse_or_cannot_be_told(dimension, low, high, said, counts):
    for used in (True, False):
        words = surety_text(_judged(dimension, low, high), used=used)
        assert said in words and "25 articles" in words
        told = [word for word in ("worse.", "worse,", "better.", "cannot tell") if word in words]
        if counts == "cannot tell":
            assert "cannot tell better from worse" in words
        elif used:
            assert told == [f"{counts}."]
        else:
            assert ("That is worse" in words) == (counts == "worse")
        assert words.endswith("so the model's own word counts.") != used
