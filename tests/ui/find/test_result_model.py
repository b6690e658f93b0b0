"""The results model against Qt's own model tester, and what its roles hand out."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from fabricfinder.domain.search import Preference, Query
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.result_model import ResultModel, ResultRole, tab_separated
from fabricfinder.ui.result_order import Column
from fabricfinder.ui.swatch_mime import swatch_ids

PREFERENCES = (
    Preference(),
    Preference(Weights(0, 0, 1, 0)),
    Preference(floor=0.75),
    Preference(locked=frozenset({"fine"})),
    Preference(order="tightness"),
    Preference(floor=1.0),
    Preference(free=frozenset({"color"})),
)


@pytest.fixture
def model(fake_thumbnails):
    return ResultModel(fake_thumbnails, default_taxonomy())


def ids(model):
    return [model.data(model.index(r, 0), ResultRole.SWATCH_ID) for r in range(model.rowCount())]


def test_qt_finds_no_fault_while_orders_change(model, new_result):
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    result = new_result()
    for preference in PREFERENCES:
        model.show_result(result, preference)
        assert ids(model) == [r.swatch.id for r in result.ranked(preference)]
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    model.show_result(new_result(n=7), Preference())
    assert model.rowCount() == 7
    model.show_result(None, Preference())
    assert model.rowCount() == 0
    del tester


def test_the_chosen_swatch_is_followed_through_every_order(model, new_result):
    result = new_result()
    model.show_result(result, Preference())
    selection = QItemSelectionModel(model)
    index = model.index(3, 0)
    wanted = index.data(ResultRole.SWATCH_ID)
    kept = QPersistentModelIndex(index)
    selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    for preference in PREFERENCES[1:]:
        model.show_result(result, preference)
        if wanted in ids(model):
            assert kept.data(ResultRole.SWATCH_ID) == wanted
            assert selection.currentIndex().data(ResultRole.SWATCH_ID) == wanted
        else:
            assert not kept.isValid()
            break
    else:
        pytest.fail("no preference left the swatch out")


def test_another_order_by_dimension_drops_the_tables_sort(model, new_result):
    result = new_result()
    model.show_result(result, Preference())
    model.sort(Column.NAME, Qt.SortOrder.AscendingOrder)
    model.show_result(result, Preference(Weights(1, 0, 0, 0)))
    assert model.view.column is Column.NAME, "a weight keeps the table's sort"
    model.show_result(result, Preference(order="color"))
    assert model.view.column is Column.RANK


def test_roles_of_a_card(model, new_result):
    result = new_result()
    model.show_result(result, Preference())
    one = result.ranked(Preference())[0]
    index = model.index(0, 0)
    assert index.data(ResultRole.TITLE) == wording.swatch_title(one.swatch)
    assert index.data(ResultRole.SCORES) == one.breakdown.as_tuple()
    assert index.data(ResultRole.SENTENCE) == wording.result_sentence(
        result, one.row, default_taxonomy()
    )
    assert index.data(ResultRole.BAND_WORD) in ("Same quality", "Close", "Related", "Not close")
    assert not index.data(ResultRole.PICTURE).isNull()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == model.view.spoken(0)
    assert index.data(ResultRole.SENTENCE) in index.data(Qt.ItemDataRole.ToolTipRole)


def test_data_never_raises_for_any_role_column_or_stale_index(model, new_result):
    nothing = np.full((40, 4), np.nan, np.float32)
    model.show_result(new_result(scores=nothing), Preference())
    stale = model.index(39, Column.PATH)
    roles = [*Qt.ItemDataRole, *ResultRole]
    for row in (0, 5, 39):
        for column in Column:
            for role in roles:
                model.data(model.index(row, column), role)
    model.show_result(new_result(n=3), Preference())
    assert all(model.data(stale, role) is None for role in roles)


def test_an_unfamiliar_query_and_an_early_answer_say_so(model, new_result):
    result = new_result()
    odd = replace(result.descriptor.encoding, unfamiliarity=1.2)
    result = replace(
        result, descriptor=replace(result.descriptor, encoding=odd), complete=False
    )
    model.show_result(result, Preference())
    assert model.index(0, 0).data(ResultRole.FAMILIAR) is False
    assert model.index(0, 0).data(ResultRole.COMPLETE) is False


def test_a_picture_that_arrives_repaints_its_own_row(model, new_result, fake_thumbnails, qtbot):
    result = new_result()
    late = result.ranked(Preference())[4].swatch.id
    fake_thumbnails.late.add(late)
    model.show_result(result, Preference())
    assert model.index(4, 0).data(ResultRole.PICTURE) is None
    with qtbot.waitSignal(model.dataChanged) as changed:
        fake_thumbnails.late.clear()
        fake_thumbnails.ready.emit(late)
        fake_thumbnails.ready.emit("of another library")
    assert changed.args[0].row() == 4
    assert model.index(4, 0).data(ResultRole.PICTURE) is not None


def test_a_drag_carries_files_text_picture_and_ids(model, new_result):
    model.show_result(new_result(), Preference())
    mime = model.mimeData([model.index(0, c) for c in Column])
    one = model.view.ranked(0).swatch
    assert [u.toLocalFile() for u in mime.urls()] == [one.path]
    assert mime.text() == one.path
    assert mime.hasImage()
    assert swatch_ids(mime) == [one.id]
    several = model.mimeData([model.index(r, 0) for r in (2, 0, 2)])
    assert swatch_ids(several) == [model.view.ranked(0).swatch.id, model.view.ranked(2).swatch.id]


def test_a_name_that_is_not_utf8_keeps_its_bytes_in_a_drag(model, new_result):
    result = new_result(n=3)
    odd = replace(result.swatches[0], path="/cloth/t\udce9st.jpg", name="t\udce9st")
    model.show_result(replace(result, swatches=(odd, *result.swatches[1:])), Preference())
    index = model.index_of(odd.id)
    mime = model.mimeData([index])
    assert bytes(mime.urls()[0].toEncoded().data()) == b"file:///cloth/t%E9st.jpg"
    assert index.data(ResultRole.TITLE) == "t\ufffdst"


def test_rows_copy_as_a_table_for_a_spreadsheet(model, new_result):
    model.show_result(new_result(), Preference())
    lines = tab_separated(model, [0, 2]).splitlines()
    assert [line.count("\t") for line in lines] == [len(Column) - 2] * 3
    assert lines[0].split("\t")[:3] == ["No.", "Name", "Match"]
    assert lines[2].split("\t")[0] == "3"


def test_twenty_thousand_results_are_put_in_a_new_order_quickly(model, new_result):
    result = new_result(query=Query(path="/cloth/scrap.jpg"), n=20_000)
    model.show_result(result, Preference())
    times = []
    for share in np.linspace(0.1, 0.9, 7):
        preference = Preference(Weights(1, float(share), 1, 1))
        start = time.perf_counter()
        model.show_result(result, preference)
        times.append(time.perf_counter() - start)
    alone = []
    for _ in range(5):
        start = time.perf_counter()
        result.order(Preference())
        alone.append(time.perf_counter() - start)
    # The model adds little to the sort itself; generous, for busy machines.
    assert np.median(times) < 5 * np.median(alone) + 0.05
    assert np.median(times) < 0.25
