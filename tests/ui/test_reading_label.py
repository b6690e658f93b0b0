"""Numbers stay with their units on the screen, and are read as they were written everywhere else."""

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel

from fabricfinder.ui.number_words import NO_BREAK, held_together
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.text_fit import Face


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("seersucker 7 %, or perhaps", "seersucker 7~%, or perhaps"),
        ("180 g/m², 35 × 35 threads/cm", "180~g/m², 35 × 35 threads/cm"),
        ("3.1 × 3.1 cm", "3.1 × 3.1~cm"),
        ("368 dpi (145 px/cm)", "368~dpi (145~px/cm)"),
        ("12 min left", "12~min left"),
        ("found 38 in first place", "found 38 in first place"),  # no inches
        ("12 meadows, 7 secrets", "12 meadows, 7 secrets"),  # no metres, no seconds
        ("pattern too, lighter", "pattern too, lighter"),
    ],
)
def test_a_number_and_its_unit(text, held) -> None:
    assert held_together(text) == held.replace("~", NO_BREAK)


def test_a_label_shows_them_together_and_reads_as_written(qtbot) -> None:
    label = WrappedLabel("5-end satin 19 %")
    qtbot.addWidget(label)
    assert label.text() == "5-end satin 19 %" and QLabel.text(label) == f"5-end satin 19{NO_BREAK}%"
    label.setText("velveteen 17 %")
    assert label.text() == "velveteen 17 %" and QLabel.text(label).endswith(f"17{NO_BREAK}%")
    label.clear()
    assert label.text() == QLabel.text(label) == ""


def test_words_on_a_card_break_before_the_number_and_not_behind(qapp) -> None:
    face = Face(QFont())
    text = "probably lighter by 11 % again"
    for width in range(round(face.advance("lighter by 11")), round(face.advance(text)) + 20):
        lines = face.fitted(text, width, 6)
        assert not any(line.startswith("%") for line in lines)
