"""Conditions: what each value leaves, what pressing it asks for, and the chips that lift it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import facet_counts, filter_mask
from fabricfinder.ui.conditions import conditions
from fabricfinder.ui.facet_panel import FacetPanel, pattern_choices
from fabricfinder.ui.results_header import ConditionChips

TAXONOMY = default_taxonomy()
FULL = Filters(
    majors=frozenset({"plaid"}), coarse=frozenset({"plaid/gingham", "plaid/glen"}),
    fine=frozenset({"twill-2-2"}), colors=frozenset({"blue", "red"}), tightness=(40.0, 60.0),
    labelled=True, scale_known=False, text="wool", fields=frozenset({("supplier", "Vitale")}),
)  # fmt: skip


@pytest.fixture
def counts_of(find_catalog):
    return lambda f: facet_counts(f, find_catalog.coded, find_catalog.table, None, TAXONOMY)


@pytest.fixture
def panel(qtbot):
    panel = FacetPanel(TAXONOMY)
    qtbot.addWidget(panel)
    panel.resize(300, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def press(box):
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def test_every_active_condition_can_be_lifted_alone():
    found = conditions(FULL, TAXONOMY)
    assert len(found) == 11
    assert len({c.text for c in found}) == 11
    for condition in found:
        assert condition.without != FULL
        assert len(conditions(condition.without, TAXONOMY)) == 10
    assert conditions(Filters(), TAXONOMY) == ()


def test_lifting_all_one_by_one_leaves_no_condition():
    filters = FULL
    while filters.active:
        filters = conditions(filters, TAXONOMY)[0].without
    assert filters == Filters()


def test_counts_are_what_pressing_leaves(panel, counts_of, find_catalog):
    filters = Filters(scale_known=True)
    panel.show_counts(filters, counts_of(filters))
    for key in ("pattern", "fine", "color", "tightness"):
        section = panel.sections[key]
        section.head.setChecked(True)
        section.more.click()
        asked = []
        section.chosen.connect(asked.append)
        for choice, box in zip(section._choices, section.boxes(), strict=True):
            box.click()
            mask = filter_mask(
                asked[-1], find_catalog.coded, find_catalog.table, None, TAXONOMY
            )
            assert mask.sum() == choice.count, choice.text
        section.chosen.disconnect()


def test_minors_show_under_a_ticked_major_and_go_with_it(counts_of):
    plain = pattern_choices(Filters(), counts_of(Filters()), TAXONOMY)
    assert all(c.depth == 0 for c in plain)
    ticked = next(c for c in plain if c.text == "pattern").pressed
    assert ticked.majors == {"pattern"}
    choices = pattern_choices(ticked, counts_of(ticked), TAXONOMY)
    minors = [c for c in choices if c.depth == 1]
    assert minors
    narrowed = minors[0].pressed
    assert len(narrowed.coarse) == 1
    again = pattern_choices(narrowed, counts_of(narrowed), TAXONOMY)
    major = next(c for c in again if c.text == "pattern")
    assert major.chosen
    assert major.pressed == Filters()


def test_a_ticked_value_with_nothing_left_can_still_be_unticked(panel, counts_of):
    filters = Filters(fine=frozenset({"velvet"}), text="")
    counts = replace(counts_of(filters), fine={})
    panel.show_counts(filters, counts)
    boxes = panel.sections["fine"].boxes()
    assert [b.text() for b in boxes] == ["velvet / velveteen"]
    assert boxes[0].isChecked()
    asked = []
    panel.filters_changed.connect(asked.append)
    press(boxes[0])
    assert asked == [Filters()]


def test_only_a_few_values_show_until_more_is_asked(panel, counts_of):
    panel.show_counts(Filters(), counts_of(Filters()))
    section = panel.sections["fine"]
    QTest.mouseClick(section.head, Qt.MouseButton.LeftButton)
    assert len(section.boxes()) == section.FIRST
    assert section.more.isVisible()
    QTest.mouseClick(section.more, Qt.MouseButton.LeftButton)
    assert len(section.boxes()) == len(counts_of(Filters()).fine)
    assert not section.more.isVisible()


def test_the_keyboard_stays_on_the_value_it_ticked(panel, counts_of):
    panel.show_counts(Filters(), counts_of(Filters()))
    section = panel.sections["pattern"]
    section.head.setChecked(True)
    box = section.boxes()[1]
    box.setFocus()
    name = box.text()
    panel.filters_changed.connect(lambda f: panel.show_counts(f, counts_of(f)))
    QTest.keyClick(box, Qt.Key.Key_Space)
    focused = [b for b in section.boxes() if b.hasFocus()]
    assert [b.text() for b in focused] == [name]
    assert focused[0].isChecked()


def test_without_a_library_there_are_no_facets(panel, counts_of):
    panel.show_counts(Filters(), counts_of(Filters()))
    panel.show_counts(Filters(), None)
    assert not any(s.isVisible() for s in panel.sections.values())


def test_chips_lift_their_condition_and_clear_all(qtbot):
    chips = ConditionChips()
    qtbot.addWidget(chips)
    chips.resize(300, 200)
    chips.show()
    chips.show_conditions(conditions(FULL, TAXONOMY))
    assert len(chips.chips()) == 12
    assert all(chip.accessibleName() for chip in chips.chips())
    with qtbot.waitSignal(chips.lifted) as lifted:
        QTest.mouseClick(chips.chips()[0], Qt.MouseButton.LeftButton)
    assert lifted.args[0].majors == frozenset()
    with qtbot.waitSignal(chips.lifted) as lifted:
        QTest.mouseClick(chips.chips()[-1], Qt.MouseButton.LeftButton)
    assert lifted.args == [Filters()]
    rights = [chip.geometry().right() for chip in chips.chips()]
    assert max(rights) <= 300, "chips wrap instead of running out of the pane"
    chips.show_conditions(())
    assert not chips.isVisible()
