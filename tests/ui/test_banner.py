"""Banners: one of a kind, newest on top, acting and going."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

import pytest

from fabricfinder.ui.banner import BannerStack


@pytest.fixture
def stack(qtbot):
    stack = BannerStack()
    qtbot.addWidget(stack)
    stack.resize(800, 300)
    stack.show()
    return stack


def button(banner, name):
    return banner.findChild(QPushButton, name)


def test_an_action_is_done_once_and_the_banner_goes(stack, qtbot):
    done = []
    banner = stack.tell("recode", "An older model.", ("Re-code now", lambda: done.append(1)))
    assert stack.shown() == {"recode": "An older model."}
    qtbot.mouseClick(button(banner, "bannerAction0"), Qt.MouseButton.LeftButton)
    assert done == [1] and stack.shown() == {}


def test_not_now_puts_it_away_without_acting(stack, qtbot):
    done = []
    banner = stack.tell("recode", "An older model.", ("Re-code now", lambda: done.append(1)))
    qtbot.mouseClick(button(banner, "bannerAway"), Qt.MouseButton.LeftButton)
    assert not done and stack.shown() == {}


def test_escape_puts_it_away(stack, qtbot):
    banner = stack.tell("notice", "A link.")
    qtbot.keyClick(banner, Qt.Key.Key_Escape)
    assert stack.shown() == {}


def test_one_of_a_kind(stack):
    stack.tell("notice", "First.")
    stack.tell("recode", "Other.")
    stack.tell("notice", "Second.")
    assert stack.shown() == {"recode": "Other.", "notice": "Second."}
    stack.drop("recode")
    stack.drop("never shown")
    stack.clear()
    assert stack.shown() == {}


def test_each_of_several_actions_does_its_own(stack, qtbot):
    done = []
    for number in (0, 1):
        banner = stack.tell(
            "two", "Choose.", ("A", lambda: done.append("a")), ("B", lambda: done.append("b"))
        )
        qtbot.mouseClick(button(banner, f"bannerAction{number}"), Qt.MouseButton.LeftButton)
    assert done == ["a", "b"]


def test_a_sentence_is_plain_text_and_named(stack):
    banner = stack.tell("notice", "<b>cloth</b>.jpg is empty")
    assert banner.label.text() == "<b>cloth</b>.jpg is empty"
    assert banner.label.textFormat() == Qt.TextFormat.PlainText
    assert banner.accessibleName() == "<b>cloth</b>.jpg is empty"
