"""The library's model: Qt's own tester, growth without a reset, orders, drags."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui.library_model import LibraryModel, LibraryRole
from fabricfinder.ui.swatch_mime import swatch_ids


@pytest.fixture
def model(thumbnails):
    return LibraryModel(thumbnails)


@pytest.fixture
def tester(model):
    return QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )


def names(model):
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def test_qts_own_tester_is_content_with_all_that_happens(
    model, tester, catalog, new_catalog, tmp_path
):
    model.show(None)
    model.show(catalog)
    model.show(new_catalog(catalog.folder, 45))
    model.set_order("name")
    model.set_order("newest")
    model.show(catalog, np.array([3, 1, 2]))
    model.set_order("arrival")
    model.show(new_catalog(tmp_path / "other", 4))
    model.show(None)


def test_a_growing_library_inserts_rows_and_never_resets(model, catalog, new_catalog, qtbot):
    model.show(catalog)
    inserted = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    with qtbot.assertNotEmitted(model.modelReset):
        model.show(new_catalog(catalog.folder, 36))
        model.show(new_catalog(catalog.folder, 36))
    assert inserted == [(30, 35)]
    assert names(model)[30] == "swatch-00030"


def test_a_changed_swatch_is_shown_without_a_reset(model, catalog, qtbot):
    model.show(catalog)
    renamed = replace(catalog.swatches[4], name="Firenze")
    swatches = (*catalog.swatches[:4], renamed, *catalog.swatches[5:])
    with qtbot.assertNotEmitted(model.modelReset):
        model.show(replace(catalog, swatches=swatches))
    assert names(model)[4] == "Firenze"


def test_another_library_resets(model, catalog, new_catalog, tmp_path, qtbot):
    model.show(catalog)
    with qtbot.waitSignal(model.modelReset):
        model.show(new_catalog(tmp_path / "other", 31))


def test_orders(model, catalog):
    shuffled = tuple(catalog.swatches[i] for i in (2, 0, 1))
    small = replace(catalog, swatches=shuffled)
    model.show(small)
    assert names(model) == ["swatch-00002", "swatch-00000", "swatch-00001"]
    model.set_order("newest")
    assert names(model) == ["swatch-00001", "swatch-00000", "swatch-00002"]
    model.set_order("name")
    assert names(model) == ["swatch-00000", "swatch-00001", "swatch-00002"]
    with pytest.raises(ValueError, match="unknown order"):
        model.set_order("colour")


def test_a_word_search_keeps_its_own_order(model, catalog):
    model.show(catalog, np.array([7, 2, 9]))
    assert names(model) == ["swatch-00007", "swatch-00002", "swatch-00009"]
    assert model.index_of(catalog.swatches[9].id).row() == 2
    assert not model.index_of(catalog.swatches[0].id).isValid()
    assert not model.index_of("unknown").isValid()


def test_every_index_leads_back_to_its_swatch(model, catalog):
    model.set_order("newest")
    model.show(catalog)
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        assert model.index_of(index.data(LibraryRole.SWATCH_ID)).row() == row


def test_rows_that_are_gone_are_none(model, catalog):
    model.show(catalog)
    assert model.data(QModelIndex(), Qt.ItemDataRole.DisplayRole) is None
    assert model.swatch(QModelIndex()) is None
    assert model.index(99, 0).data() is None


def test_only_beliefs_worth_saying_are_said(model, catalog):
    taxonomy = default_taxonomy()
    fine = np.zeros_like(catalog.table.fine)
    coarse = np.full_like(catalog.table.coarse, 1 / len(taxonomy.coarse))
    twill = taxonomy.fine_index["twill-2-2"]
    fine[:, twill] = 0.9
    fine[1] = 1 / len(taxonomy.fine)
    table = replace(catalog.table, fine=fine, coarse=coarse)
    model.show(replace(catalog, table=table))
    assert model.index(0, 0).data(LibraryRole.SUBTITLE) == taxonomy.names["twill-2-2"]
    assert model.index(1, 0).data(LibraryRole.SUBTITLE) == ""


def test_a_swatch_not_looked_at_yet_says_so(model, catalog):
    table = catalog.table.take(np.arange(29))
    model.show(replace(catalog, table=table))
    assert model.index(29, 0).data(LibraryRole.SUBTITLE) == "not looked at yet"


def test_the_spoken_text_says_name_and_scale(model, catalog):
    model.show(catalog)
    spoken = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "swatch-00001" in spoken and "236 px/cm" in spoken
    article = replace(
        catalog.swatches[0], fields={"article": "20341", "colourway": "07"}, labels=Labels()
    )
    model.show(replace(catalog, swatches=(article, *catalog.swatches[1:])))
    assert "Article 20341-07" in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_drag_carries_files_and_ids(model, catalog):
    model.show(catalog)
    mime = model.mimeData([model.index(0, 0), model.index(3, 0)])
    assert [u.toLocalFile() for u in mime.urls()] == [
        catalog.swatches[0].path, catalog.swatches[3].path,
    ]  # fmt: skip
    assert swatch_ids(mime) == [catalog.swatches[0].id, catalog.swatches[3].id]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_pictures_that_arrive_repaint_their_card_only(
    model, catalog, thumbnails, plain_thumbnails, qtbot
):
    plain_thumbnails(catalog)
    thumbnails.set_library(catalog.folder)
    model.show(catalog)
    assert model.index(5, 0).data(LibraryRole.PICTURE) is None
    with qtbot.waitSignal(model.dataChanged) as changed:
        pass
    top, bottom, roles = changed.args
    assert (top.row(), bottom.row(), roles) == (5, 5, [LibraryRole.PICTURE])
    assert model.index(5, 0).data(LibraryRole.PICTURE) is not None
