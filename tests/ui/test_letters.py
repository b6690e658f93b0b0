"""Letters of other scripts: a font made for them, words as ink, one foot for a line of a sheet."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QImage, QPainter
from PySide6.QtWidgets import QApplication

from fabricfinder.ui import letters
from fabricfinder.ui.language import put_on_language, take_off_language
from fabricfinder.ui.letters import INK_PX, ink_of
from fabricfinder.ui.sheet_canvas import Align, Canvas


@pytest.fixture
def family(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A font that is here, taken for one made for Chinese."""
    here = QFontInfo(qapp.font()).family()
    monkeypatch.setattr(letters, "FONTS", {"zh_CN": ("No such font", here)})
    yield here
    take_off_language(qapp)


def test_chinese_is_written_in_a_font_made_for_it(qapp: QApplication, family: str) -> None:
    before = qapp.font()
    put_on_language(qapp, "zh_CN", desktop="en_GB")
    assert qapp.font().families() == [family, *before.families()]
    put_on_language(qapp, "zh_CN", desktop="en_GB")  # not twice
    assert qapp.font().families() == [family, *before.families()]
    put_on_language(qapp, "en", desktop="en_GB")
    assert qapp.font() == before


def test_a_chinese_desktop_knows_its_font_itself(qapp: QApplication, family: str) -> None:
    before = qapp.font()
    put_on_language(qapp, "zh_CN", desktop="zh_CN")
    assert qapp.font() == before


def test_ink_is_there_only_for_letters_that_can_be_drawn(qapp: QApplication) -> None:
    ink = ink_of("imagined")
    assert ink is not None and ink.shape[0] == INK_PX and ink.dtype == np.uint8
    assert ink.max() == 255 and ink[:, : ink.shape[1] // 8].any() and not ink[0].any()
    assert ink_of("\U0010fffd") is None  # of no font
    assert ink_of("") is None


def drawn(words: str, align: Align = Align.LEFT) -> np.ndarray:
    """A line of text on white, as bool (h, w) of what is dark."""
    image = QImage(400, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    canvas = Canvas(painter, 4.0)
    canvas.text(5, 2, 90, words, 10, align=align)
    canvas.close()
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(40, -1)[:, :400] < 160


def test_letters_of_another_font_stand_on_the_same_line(qapp: QApplication) -> None:
    alone, beside = drawn("mill"), drawn("mill 布")
    wide = np.flatnonzero(alone.any(0))[-1] + 1
    assert np.array_equal(alone[:, :wide], beside[:, :wide])
    assert beside[:, wide:].any()


def test_a_line_stands_left_right_or_in_the_middle(qapp: QApplication) -> None:
    left, middle, right = (
        np.flatnonzero(drawn("mill", align).any(0))[[0, -1]]
        for align in (Align.LEFT, Align.CENTER, Align.RIGHT)
    )
    assert abs(left[0] - 20) <= 2 and abs(right[1] - 380) <= 2
    assert abs(middle.mean() - 200) <= 2
