"""A hundred real photographs labelled by keys alone, undone, redone, reopened; slow, where they are."""

import csv
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from fabricfinder.encoding import load_default_encoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.choices import KEYS, groups_of
from fabricfinder.ui.app import make_window
from fabricfinder.ui.label_asking import GROUP_KEYS
from fabricfinder.ui.session import Session

PHOTOS = Path(os.environ.get("FABRICFINDER_PHOTOS", ""))
# What each of the eleven labels is in the shipped vocabulary; herringbone is a weave.
MEANS = {
    "argyle": "pattern/argyle", "checkered": "plaid/other", "dotted": "pattern/dot",
    "floral": "pattern/floral-large", "houndstooth": "plaid/houndstooth",
    "leopard": "pattern/animal", "paisley": "pattern/paisley", "striped": "stripe/other",
    "tartan": "plaid/tartan", "zebra": "pattern/animal",
}  # fmt: skip
Key = Qt.Key


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    not (PHOTOS / "labels.csv").is_file(), reason="FABRICFINDER_PHOTOS names no labelled photographs"
)
def test_a_hundred_real_swatches_by_keys_alone(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("fabricfinder.ui.label_flow.user_cache_path", lambda name: tmp_path)
    monkeypatch.setattr("fabricfinder.ui.label_pictures.TermPictures.want", lambda self: None)
    with (PHOTOS / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in MEANS]
    truth = {str(PHOTOS / row["path"]): MEANS[row["label"]] for row in rows[::9]}
    encoder = load_default_encoder()
    finder = Finder(encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths(list(truth)))
    words = finder._library.vocabulary()
    finder.close()
    keys = {
        term.id: GROUP_KEYS[at] + KEYS[n]
        for at, group in enumerate(groups_of(words, "coarse"))
        for n, term in enumerate(group.terms)
    }
    window = make_window(Session(tmp_path / "s.ini"), lambda: Finder(encoder), tmp_path / "home")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened, timeout=60000):
        window.desk.open_library(tmp_path / "library")
    qtbot.keySequence(window, QKeySequence("Ctrl+3"))
    page = window.labels.page
    qtbot.waitUntil(lambda: page.sitting is not None, timeout=60000)
    said = {}
    for n in range(100):
        asked = page.sitting.current
        right = truth[asked.swatch.path]
        if asked.ghosts and asked.ghosts[0].value == right:
            qtbot.keyClick(page, Key.Key_Return)  # the model's word is the right one
        else:
            for key in keys[right]:
                qtbot.keyClicks(page, key)
        assert page.sitting.done == n + 1
        said[asked.swatch.id] = right
    control = Qt.KeyboardModifier.ControlModifier
    for _ in range(100):
        qtbot.keyClick(page, Key.Key_Z, control)
    assert page.sitting.done == 0
    for _ in range(100):
        qtbot.keyClick(page, Key.Key_Y, control)
    assert page.sitting.done == 100
    window.labels.settle()
    qtbot.waitUntil(lambda: not window.labels.busy, timeout=120000)
    window.close()
    finder = Finder(encoder)
    run_to_end(finder.open_library(tmp_path / "library"))
    assert {o.swatch: o.value for o in finder._library.opinions()} == said
    assert all(o.suggestion is not None for o in finder._library.opinions())
    finder.close()
