"""The archive's front door under real typing, clicks and keys: spec sheet, undo, collections."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemDelegate, QLineEdit, QMenu, QUndoView

from fabricfinder.domain.tables import Column
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.search import Filters
from fabricfinder.domain.units import IMPERIAL, METRIC
from fabricfinder.ui import field_words
from fabricfinder.ui.app import make_window
from fabricfinder.ui.composition_editor import CompositionEditor
from fabricfinder.ui.conditions import range_text
from fabricfinder.ui.menus import spoken_keys
from fabricfinder.ui.session import Session
from fabricfinder.ui.settings import SettingsSheet
from fabricfinder.ui.side_docks import is_seen
from fabricfinder.ui.spec_panel import read_dpi
from fabricfinder.ui.table_dialog import TableDialog

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, finder, tmp_path):
    window = make_window(Session(tmp_path / "settings.ini"), lambda: finder, tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    yield window
    field_words.set_display_units(METRIC)
    window.close()


@pytest.fixture
def page(window, catalog, qtbot):
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(catalog.folder)
    window.show_page("library")
    window.library.bar.spec.click()
    return window.library


def choose(page, *rows):
    """Choose cards as clicks with Ctrl would."""
    page.grid.clearSelection()
    for row in rows:
        index = page.model.index(row, 0)
        page.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    page.grid.selection.emit()


def say(qtbot, page, field, text):
    """Type into a field of the spec sheet and press Enter."""
    edit = page.spec.rows[field].edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def values(page, field):
    return [s.fields.get(field) for s in page.model.catalog.swatches[:4]]


def test_many_swatches_are_said_something_of_at_once(page, qtbot, finder):
    choose(page, 0, 1)
    say(qtbot, page, "supplier", "Reda")
    qtbot.waitUntil(lambda: values(page, "supplier") == ["Reda", "Reda", None, None])
    choose(page, 1, 2)
    row = page.spec.rows["supplier"]
    assert row.edit.text() == "" and row.edit.placeholderText() == "various"
    assert "Reda × 1" in row.edit.toolTip() and "nothing × 1" in row.edit.toolTip()
    say(qtbot, page, "supplier", "Vitale")
    qtbot.waitUntil(lambda: values(page, "supplier") == ["Reda", "Vitale", "Vitale", None])
    ids, fields, name = finder.calls[-1][1]
    assert len(ids) == 2 and fields == {"supplier": "Vitale"}
    assert name == "Change the supplier of 2 swatches"
    assert len(page.selected()) == 2  # what is chosen stays chosen


def test_a_mixed_field_left_alone_changes_nothing(page, qtbot, finder):
    choose(page, 0, 1)
    say(qtbot, page, "supplier", "Reda")
    qtbot.waitUntil(lambda: values(page, "supplier")[1] == "Reda")
    choose(page, 1, 2)
    n = len(finder.calls)
    edit = page.spec.rows["supplier"].edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert [name for name, _ in finder.calls[n:] if name == "edit"] == []


def test_measures_are_typed_in_her_units_or_any(page, window, qtbot):
    choose(page, 0)
    say(qtbot, page, "ends_per_cm", "28")
    qtbot.waitUntil(lambda: values(page, "ends_per_cm")[0] == 28.0)
    say(qtbot, page, "weight", "5.3 oz/yd2")
    qtbot.waitUntil(lambda: values(page, "weight")[0] == pytest.approx(179.7, abs=0.01))
    window.archive.set_units(IMPERIAL)
    ends = page.spec.rows["ends_per_cm"]
    assert (ends.edit.text(), ends.unit.text()) == ("71.12", "per inch")
    say(qtbot, page, "width", "59")
    qtbot.waitUntil(lambda: values(page, "width")[0] == pytest.approx(149.86))
    assert "per inch" in window.line.units.text()
    assert range_text(("width", 139.7, 149.86)) == "width 55–59 in"


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [("composition", "60 CO 39 PES", "99 %"), ("composition", "60 CO 41 PES", "1 % too much"),
     ("ends_per_cm", "-3", "0 or more"), ("weight", "180 g/m", "width")],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_the_field(page, qtbot, finder, field, text, why):
    choose(page, 0)
    say(qtbot, page, field, text)
    row = page.spec.rows[field]
    assert row.problem.isVisible() and why in row.problem.text()
    assert row.edit.text() == text and "edit" not in [name for name, _ in finder.calls]
    qtbot.keyClick(row.edit, Qt.Key.Key_Escape)
    assert row.edit.text() == ""


def test_a_composition_is_made_fibre_by_fibre(page, qtbot):
    choose(page, 0)
    qtbot.mouseClick(page.spec.rows["composition"].button, CLICK)
    editor = page.spec.findChild(CompositionEditor)
    assert not editor.save.isEnabled() and editor.rest.isHidden()
    first, second = editor.rows[0], editor._add()
    first.fibre.setCurrentText("Baumwolle")
    qtbot.keyClicks(first.share, "61")
    second.fibre.setCurrentText("wool")
    qtbot.keyClicks(second.share, "40")
    assert editor.total.text() == "The fibres add up to 101 %; that is 1 % too much."
    assert not editor.save.isEnabled()
    second.share.clear()
    second.share.textEdited.emit("")
    assert editor.rest.text() == "The rest is 39 %"
    qtbot.mouseClick(editor.rest, CLICK)
    assert editor.total.text() == "100 %: 61 % cotton, 39 % wool"
    qtbot.mouseClick(editor.save, CLICK)
    qtbot.waitUntil(lambda: values(page, "composition")[0] == "61 % cotton, 39 % wool")


def test_what_the_article_shares_reaches_all_its_pictures(page, qtbot):
    choose(page, 0, 1, 2)
    say(qtbot, page, "article", "20341")
    qtbot.waitUntil(lambda: values(page, "article") == ["20341"] * 3 + [None])
    choose(page, 1)
    assert "all 3 pictures" in page.spec._heads["article"].text()
    say(qtbot, page, "finish", "brushed")
    qtbot.waitUntil(lambda: values(page, "finish") == ["brushed"] * 3 + [None])
    assert [b.swatch.id for b in page.spec.strip.buttons()] == [
        s.id for s in page.model.catalog.swatches[:3]
    ]
    qtbot.mouseClick(page.spec.strip.buttons()[2], CLICK)
    assert page.grid.current_id() == page.model.catalog.swatches[2].id
    page.bar.piles.click()
    assert page.model.rowCount() == 28 and "28 cards" in page.bar.count.text()
    choose(page, 0)
    assert len(page.selected()) == 3  # the card stands for the article
    assert page.model.index(0, 0).data(page.model.index(0, 0).data and 259) == "3 pictures"


def test_undo_and_redo_by_key_and_by_the_history(page, window, qtbot, finder):
    choose(page, 0)
    for n, lot in enumerate(("1", "2", "3")):
        say(qtbot, page, "lot", lot)
        qtbot.waitUntil(lambda n=n: window.archive.steps.count() == n + 1)
    assert window.archive.undo.text() == "Undo Change the lot of swatch-00000"
    assert ("Edit", "Undo", "Ctrl+Z") in spoken_keys(window.menus)
    page.grid.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: values(page, "lot")[0] == "2")
    window.archive.undo.trigger()
    qtbot.waitUntil(lambda: values(page, "lot")[0] == "1")
    assert window.archive.steps.canRedo()
    window.archive.history.trigger()
    view = window.archive.dock.findChild(QUndoView)
    assert view.isVisible() and view.model().rowCount() == 4
    n = len(finder.calls)
    view.setCurrentIndex(view.model().index(3, 0))
    qtbot.waitUntil(lambda: values(page, "lot")[0] == "3")
    assert [c for c in finder.calls[n:] if c[0] in ("undo", "redo")] == [("redo", 3)]  # one wish
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.waitUntil(lambda: values(page, "lot")[0] is None)
    assert not window.archive.steps.canUndo()


def test_basket_and_history_share_the_side_and_each_comes_to_the_front(page, window, qtbot):
    history, basket = window.archive.dock, window.sheets.dock
    window.archive.history.trigger()
    qtbot.waitUntil(lambda: is_seen(history))
    window.actions_by_key["basket"].trigger()
    qtbot.waitUntil(lambda: is_seen(basket))
    assert window.tabifiedDockWidgets(history) == [basket]
    assert not is_seen(history) and basket.height() > 300
    window.archive.history.trigger()  # it is open, but behind: it comes to the front
    qtbot.waitUntil(lambda: is_seen(history))
    assert window.archive.history.isChecked()
    assert not window.actions_by_key["basket"].isChecked()
    window.archive.history.trigger()
    qtbot.waitUntil(lambda: not history.isVisible())
    qtbot.waitUntil(lambda: is_seen(basket))


def test_a_change_that_is_refused_is_told_and_leaves_the_steps(page, window, qtbot, finder):
    finder.archive.refusal = LibraryError("The disk is full.")
    choose(page, 0)
    say(qtbot, page, "lot", "1")
    qtbot.waitUntil(lambda: "failed" in window.banners.shown())
    assert "The disk is full." in window.banners.shown()["failed"]
    assert window.archive.steps.count() == 0


def test_what_is_taken_out_comes_back_by_undo(page, window, qtbot):
    choose(page, 1, 2)
    page.grid.setFocus()
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 28)
    assert "2 swatches were taken out" in window.line.message.text()
    window.archive.undo.trigger()
    qtbot.waitUntil(lambda: page.model.rowCount() == 30)


def test_originals_go_to_the_trash_only_when_asked(page, window, qtbot, tmp_path):
    thrown = []
    page.deeds.trash = lambda path: (thrown.append(path), path.endswith("1.jpg"), "")[1:]
    choose(page, 1, 2)
    page.grid.setFocus()
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page.model.rowCount() == 28)
    assert thrown == ["/cloth/swatch-00001.jpg", "/cloth/swatch-00002.jpg"]
    assert "1 could not be moved" in window.line.message.text()


# -- collections, searches -------------------------------------------------------------------------


def test_a_collection_is_made_named_and_filled(page, qtbot, finder):
    choose(page, 0, 1)
    page.grid.customContextMenuRequested.emit(
        page.grid.visualRect(page.model.index(0, 0)).center()
    )
    menu = next(m for m in page.findChildren(QMenu) if m.isVisible())
    into = next(a.menu() for a in menu.actions() if a.menu())
    into.actions()[-1].trigger()
    menu.close()
    lines = page.collections.lines
    qtbot.waitUntil(lambda: lines.count() == 2)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)  # it is shown, and being named
    lines.setFocus()
    if lines.state() != lines.State.EditingState:  # the menu that closed took the keys with it
        qtbot.keyClick(lines, Qt.Key.Key_F2)
    editor = next(e for e in lines.findChildren(QLineEdit) if e.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, "SS28")
    lines.commitData(editor)  # as Enter does; who has the keys is the desktop's to say
    lines.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
    qtbot.waitUntil(lambda: [c.name for c in page.model.catalog.collections] == ["SS28"])
    assert page.model.rowCount() == 2
    lines.setCurrentRow(0)
    assert page.model.rowCount() == 30
    page.collections.dropped.emit("SS28", [page.model.catalog.swatches[5].id])
    qtbot.waitUntil(lambda: finder.calls[-1][0] == "gather")
    lines.setCurrentRow(1)
    qtbot.keyClick(lines, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: lines.count() == 1)
    assert page.model.rowCount() == 30


def test_a_search_becomes_a_collection_that_follows_it(page, qtbot, finder):
    assert not page.collections.rule_action.isEnabled()
    qtbot.keyClicks(page.bar.search, "name:0001")
    qtbot.waitUntil(lambda: page.model.rowCount() == 11)
    page.choice.set_filters(Filters(scale_known=True))
    page.collections.rule_action.trigger()
    qtbot.waitUntil(lambda: page.collections.lines.count() == 2)
    (made,) = page.model.catalog.collections
    assert made.rule == "name:0001 scale:yes" and made.is_smart


def test_a_search_that_cannot_be_understood_is_explained(page, qtbot):
    qtbot.keyClicks(page.bar.search, "suplier:reda")
    qtbot.waitUntil(lambda: bool(page.choice.refusal))
    assert "no field" in page.nothing.sentence.text() and page.nothing.isVisible()
    page.bar.search.clear()
    qtbot.waitUntil(lambda: page.model.rowCount() == 30)


def test_a_measured_facet_narrows(page, qtbot):
    for n, grams in enumerate(("120", "180", "240")):
        choose(page, n)
        say(qtbot, page, "weight", grams)
        qtbot.waitUntil(lambda n=n, g=grams: values(page, "weight")[n] == float(g))
    row = page.facets.ranges.rows()["weight"]
    assert row.isVisible() and row.low.placeholderText() == "120"
    row.low.setFocus()
    qtbot.keyClicks(row.low, "150")
    qtbot.keyClick(row.low, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert page.choice.rule == "weight:150g/m².."


# -- health ----------------------------------------------------------------------------------------


def test_the_health_page_says_what_to_do(page, window, qtbot, finder):
    finder.archive.missing = frozenset(s.id for s in page.model.catalog.swatches[:3])
    window.archive.health.trigger()
    qtbot.waitUntil(lambda: page.model.missing == finder.archive.missing)
    cards = {c.finding.title: c for c in page.health.cards()}
    assert page.health.isVisible() and all(c.finding.words for c in cards.values())
    lost = cards["Originals not where they were"]
    assert lost.finding.count == 3 and "/cloth" in lost.finding.words
    asked = []
    page.deeds.ask_file = lambda *a: (asked.append(a[1]), ("/elsewhere/swatch.jpg", ""))[1]
    qtbot.mouseClick(lost.buttons[0], CLICK)
    qtbot.waitUntil(lambda: "relinked" in window.banners.shown())
    assert "3 originals are linked again" in window.banners.shown()["relinked"]
    assert "Where is" in asked[0]
    qtbot.waitUntil(lambda: page.model.missing == frozenset())
    scale = next(c for c in page.health.cards() if "scale" in c.finding.title)
    assert scale.finding.count == 10
    qtbot.mouseClick(scale.buttons[0], CLICK)
    assert page.bar.search.text() == "scale:no" and page.bar.isVisible()


def test_doubles_and_what_was_taken_out(page, window, qtbot, finder):
    choose(page, 4)
    page.deeds.take_out(page.selected())
    qtbot.waitUntil(lambda: page.model.rowCount() == 29)
    window.archive.health.trigger()
    qtbot.waitUntil(lambda: any(c.finding.count == 1 and "twice" in c.finding.title
                                for c in page.health.cards()))  # fmt: skip
    cards = {c.finding.title: c for c in page.health.cards()}
    qtbot.mouseClick(cards["Swatches taken out"].buttons[0], CLICK)
    qtbot.waitUntil(lambda: finder.calls[-1][0] == "put_back" or not finder.catalog.removed)
    double = next(c for c in page.health.cards() if "twice" in c.finding.title)
    qtbot.mouseClick(double.buttons[0], CLICK)
    assert page.model.rowCount() == 2


def test_missing_originals_keep_their_card_and_say_so(page):
    page.model.set_missing(frozenset({page.model.catalog.swatches[0].id}))
    index = page.model.index(0, 0)
    assert "original missing" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "not there" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert not page.grid.grab().isNull()


def test_units_are_chosen_in_the_settings_and_kept(page, window, qtbot, finder, tmp_path):
    window.commands._show_settings()
    sheet = window.findChild(SettingsSheet)
    radio = next(b for b in sheet._systems.buttons() if b.objectName() == "units-imperial")
    radio.click()
    assert field_words.display_units() == IMPERIAL
    sheet._yarn.setCurrentIndex(sheet._yarn.findData("den"))
    sheet._yarn.activated.emit(0)
    assert field_words.display_units().yarn == "den"
    window.session.sync()
    kept = Session(tmp_path / "settings.ini")
    assert (kept.text("units/system"), kept.text("units/yarn")) == ("imperial", "den")


@pytest.mark.parametrize(
    ("text", "scale"),
    [("600 dpi", 600 / 2.54), ("236 px/cm", 236.0), ("300ppi", 300 / 2.54), ("600", None),
     ("a lot dpi", None), ("0 dpi", None)],
)  # fmt: skip
def test_scales_need_their_unit(text, scale):
    assert read_dpi(text) == (scale and pytest.approx(scale))


def test_pictures_are_told_what_they_show(page, qtbot):
    choose(page, 0, 1)
    page.spec.view.setCurrentIndex(page.spec.view.findData("back"))
    page.spec.view.activated.emit(2)
    qtbot.waitUntil(lambda: page.model.catalog.swatches[1].view == "back")
    page.spec.scale.setFocus()
    qtbot.keyClicks(page.spec.scale, "600 dpi")
    qtbot.keyClick(page.spec.scale, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._desk._worker.finder.calls[-1][0] == "set_scale")


# -- tables ----------------------------------------------------------------------------------------


def test_a_table_is_read_once_its_units_are_told(page, window, qtbot, finder):
    tables = window.archive.tables
    tables.ask_open = lambda *a: ("/tables/mill.xlsx", "")
    tables.read.trigger()
    qtbot.waitUntil(lambda: window.findChild(TableDialog) is not None)
    dialog = window.findChild(TableDialog)
    assert [c.name for c in dialog.columns()] == ["article", "width", ""]
    assert not dialog.read_button.isEnabled() and "Width" in dialog.why.text()
    row = dialog.rows[1]
    assert row.unit.isVisible() and row.unit.currentText() == "which unit?"
    row.unit.setCurrentIndex(row.unit.findData("in"))
    row.unit.activated.emit(2)
    assert dialog.read_button.isEnabled() and dialog.why.isHidden()
    price = dialog.rows[2]
    price.field.setCurrentIndex(price.field.findData("notes"))
    price.field.activated.emit(1)
    qtbot.mouseClick(dialog.read_button, CLICK)
    qtbot.waitUntil(lambda: "table" in window.banners.shown())
    path, columns, name = next(a for c, a in reversed(finder.calls) if c == "take_table")
    assert (path.name, name) == ("mill.xlsx", "Read mill.xlsx")
    assert columns == (Column("article"), Column("width", "in"), Column("notes"))
    assert "12 swatches" in window.banners.shown()["table"]
    assert "no article “C”" in window.banners.shown()["table"]


def test_a_table_of_everything_is_written(page, window, qtbot, finder, tmp_path):
    tables = window.archive.tables
    tables.ask_save = lambda *a: (str(tmp_path / "all"), "CSV (*.csv)")
    tables.write.trigger()
    qtbot.waitUntil(lambda: "table" in window.banners.shown())
    path, ids, units = next(a for c, a in reversed(finder.calls) if c == "write_table")
    assert (path, ids, units) == (tmp_path / "all.csv", None, METRIC)
    assert "30 swatches" in window.banners.shown()["table"]
