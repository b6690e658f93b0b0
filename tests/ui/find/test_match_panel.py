"""The four weights: sliders, numbers, locks, frees and presets, by clicks and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fabricfinder.domain.search import Preference
from fabricfinder.domain.similarity import DIMENSIONS, Weights
from fabricfinder.ui.match_panel import MatchPanel, presets


@pytest.fixture
def panel(qtbot):
    panel = MatchPanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


@pytest.fixture
def changes(panel):
    seen = []
    panel.changed.connect(lambda: seen.append(panel.applied_to(Preference())))
    return seen


def test_at_first_all_four_count_the_same(panel):
    preference = panel.applied_to(Preference(order="fine", floor=0.3))
    assert preference.weights.as_array().tolist() == [0.25] * 4
    assert (preference.order, preference.floor) == ("fine", 0.3), "what it does not own stays"
    assert panel.preset.currentText() == "Balanced"


def test_slider_and_number_follow_each_other_and_announce_once(panel, changes):
    row = panel.rows["color"]
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.number.value() == 51
    assert len(changes) == 1
    row.number.setFocus()
    row.number.selectAll()
    QTest.keyClicks(row.number, "9")
    assert row.slider.value() == 9
    assert changes[-1].weights.color == pytest.approx(0.09)
    assert panel.preset.currentIndex() == -1, "no longer a preset: her own"


def test_lock_and_free_exclude_each_other(panel, changes):
    row = panel.rows["fine"]
    QTest.mouseClick(row.lock, Qt.MouseButton.LeftButton)
    assert changes[-1].locked == {"fine"}
    QTest.mouseClick(row.free, Qt.MouseButton.LeftButton)
    assert (changes[-1].locked, changes[-1].free) == (frozenset(), {"fine"})
    assert not row.slider.isEnabled()
    QTest.mouseClick(row.lock, Qt.MouseButton.LeftButton)
    assert (changes[-1].locked, changes[-1].free) == ({"fine"}, frozenset())
    assert row.slider.isEnabled()
    assert len(changes) == 3


def test_all_sliders_at_zero_count_all_equally(panel, changes):
    for row in panel.rows.values():
        row.slider.setValue(0)
    assert changes[-1].weights == Weights()


@pytest.mark.parametrize("index", range(5))
def test_each_preset_stands_as_it_says(panel, changes, index):
    preset = presets()[index]
    panel.preset.setFocus()
    panel.preset.setCurrentIndex(index)
    panel.preset.activated.emit(index)
    assert len(changes) == 1
    assert changes[0].locked == preset.locked
    assert changes[0].free == preset.free
    assert [row.slider.value() for row in panel.rows.values()] == list(preset.sliders)
    assert panel.preset.currentText() == preset.name


def test_presets_mean_what_they_are_called():
    by_name = {p.name: p for p in presets()}
    assert list(by_name) == [
        "Balanced", "Reproduce this cloth", "Colourways of this cloth",
        "Same colour, other cloth", "Same hand, other pattern",
    ]  # fmt: skip
    assert "color" in by_name["Colourways of this cloth"].free
    assert by_name["Same colour, other cloth"].locked == {"color"}
    assert by_name["Same hand, other pattern"].locked == {"fine", "tightness"}
    assert "coarse" in by_name["Same hand, other pattern"].free
    assert all(not (p.locked & p.free) for p in presets())


def test_a_shown_preference_is_handed_back_without_an_announcement(panel, changes):
    wanted = Preference(
        Weights(0.2, 1.0, 0.0, 0.35), locked=frozenset({"coarse"}), free=frozenset({"tightness"})
    )
    panel.show_preference(wanted)
    assert panel.applied_to(Preference()) == wanted
    assert changes == []


def test_rows_are_in_the_fixed_order_and_named(panel):
    assert tuple(panel.rows) == DIMENSIONS
    for row in panel.rows.values():
        for control in (row.slider, row.number, row.lock, row.free):
            assert control.accessibleName()
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
