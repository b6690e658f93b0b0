"""The start page: three cards by mouse and key, recent libraries, the demo's progress."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from fabricfinder.ui.job_book import JobLine
from fabricfinder.ui.start_page import RecentRow, StartCard, StartPage


@pytest.fixture
def page(qtbot):
    page = StartPage()
    qtbot.addWidget(page)
    page.resize(1280, 760)
    with qtbot.waitExposed(page):
        page.show()
    return page


def card(page, name) -> StartCard:
    return page.findChild(StartCard, name)


@pytest.mark.parametrize(
    ("name", "signal"), [("demoCard", "demo"), ("makeCard", "make"), ("openCard", "open_other")]
)
def test_a_card_is_a_button_for_mouse_and_keys(page, qtbot, name, signal):
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(card(page, name), Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(getattr(page, signal)):
            qtbot.keyClick(card(page, name), key)
    assert card(page, name).accessibleName() and card(page, name).accessibleDescription()


def test_tab_reaches_every_card(page, qtbot):
    card(page, "demoCard").setFocus()
    reached = []
    for _ in range(3):
        reached.append(page.focusWidget().objectName())
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    assert reached == ["demoCard", "makeCard", "openCard"]


def test_no_words_are_cut_at_the_least_window(page, qtbot):
    page.resize(960, 560)
    qtbot.wait(20)
    for label in page.findChildren(QLabel):
        needed = label.heightForWidth(label.width()) if label.wordWrap() else 0
        assert label.height() >= needed - 1, label.text()
    assert page.horizontalScrollBar().maximum() == 0 or page.widget().width() <= 1000


def test_recent_libraries_open_and_missing_ones_say_so(page, qtbot, tmp_path):
    (tmp_path / "Autumn").mkdir()
    page.show_recent([str(tmp_path / "Autumn"), str(tmp_path / "Gone")])
    there, gone = page.findChildren(RecentRow)
    assert not there.missing and gone.missing
    with qtbot.waitSignal(page.open_recent) as opened:
        qtbot.mouseClick(there.button, Qt.MouseButton.LeftButton)
    assert opened.args == [str(tmp_path / "Autumn")]
    assert not gone.button.isEnabled()
    assert any("not found" in label.text() for label in gone.findChildren(QLabel))
    forget = [b for b in gone.findChildren(QPushButton) if b is not gone.button][0]
    with qtbot.waitSignal(page.forget_recent) as forgotten:
        qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
    assert forgotten.args == [str(tmp_path / "Gone")]


def test_the_demo_is_called_so_and_not_by_its_folder(page, tmp_path):
    demo, other = str(tmp_path / "demo" / "library"), str(tmp_path / "mine" / "library")
    page.show_recent([demo, other], demo)
    assert [row.button.text() for row in page.findChildren(RecentRow)] == ["Demo library", "library"]


def test_showing_recent_again_replaces_the_list(page, qtbot, tmp_path):
    for _ in range(3):
        page.show_recent([str(tmp_path)])
        qtbot.wait(5)
    assert len([r for r in page.findChildren(RecentRow) if r.isVisible()]) == 1


def test_the_demo_in_the_making_can_be_stopped(page, qtbot):
    line = JobLine(3, "demo", "Weaving", 40, 300)
    page.show_demo(line)
    assert page.progress.isVisible()
    assert not card(page, "demoCard").isEnabled()
    with qtbot.waitSignal(page.stop_demo):
        qtbot.mouseClick(page.progress.stop_button, Qt.MouseButton.LeftButton)
    page.show_demo(None)
    assert page.progress.isHidden() and card(page, "demoCard").isEnabled()


@pytest.mark.parametrize("name", ["system", "light", "dark", "grey"])
def test_the_light_can_be_chosen(page, qtbot, name):
    with qtbot.waitSignal(page.theme_chosen) as chosen:
        qtbot.mouseClick(page.findChild(QToolButton, f"light-{name}"), Qt.MouseButton.LeftButton)
    assert chosen.args == [name]


def test_the_promise_is_on_the_page(page):
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "never leaves this computer" in words and "No account" in words
