"""Gather, order, note, preview, save: the basket and the sheet's window, by real events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import JobRunner
from fabricfinder.sheets.basket import KEY, basket_from_text, basket_to_text
from fabricfinder.sheets.request import Pick
from fabricfinder.ui.basket import Basket
from fabricfinder.ui.basket_dock import BasketDock
from fabricfinder.ui.sheet_dialog import SheetDialog
from fabricfinder.ui.thumbnails import ThumbnailCache

N = 8


def make_searched(folder: Path) -> tuple[Catalog, SearchResult]:
    """A small library of drawn cloth with a search over it, no encoder needed."""
    folder.mkdir(exist_ok=True)
    rng, taxonomy = np.random.default_rng(2), default_taxonomy()
    swatches = []
    for i in range(N):
        path = folder / f"cloth-{i}.png"
        picture = np.full((120, 120, 3), rng.integers(0, 255, 3), np.uint8)
        Image.fromarray(picture).save(path)
        fields = {"article": f"A{i:03}", "ends_per_cm": 20.0 + i}
        swatches.append(Swatch(f"{i:032x}", str(path), f"A{i:03}", 120, 120, 40.0, fields=fields))
    palettes = np.zeros((N, 10, 5), np.float32)
    palettes[:, 0] = (8, 220, 0.6, 0.5, 1.0)
    table = DescriptorTable(
        "fake-64/fp32", tuple(s.id for s in swatches), rng.integers(0, 255, (N, 8), np.uint8),
        rng.dirichlet(np.ones(len(taxonomy.coarse)), N).astype(np.float32),
        rng.dirichlet(np.ones(len(taxonomy.fine)), N).astype(np.float32),
        np.full((N, 2), 60.0, np.float32), palettes, np.zeros(N, np.float32),
        np.zeros((N, 3), bool),
    )  # fmt: skip
    scores = np.linspace(0.95, 0.5, N)[:, None].repeat(4, axis=1).astype(np.float32)
    result = SearchResult(
        Query(path=swatches[0].path), table.descriptor(0), tuple(swatches), table, np.arange(N),
        np.linspace(0.95, 0.5, N).astype(np.float32), scores, np.full(4, 0.6), (0.4, 0.2), N, N,
        0.1, (), (120, 120), 40.0,
    )  # fmt: skip
    return Catalog(1, folder, "shelf", tuple(swatches), table), result


class KeptWords:
    """The finder's two words for a basket."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def keep(self, key: str, value: str) -> None:
        self.words[key] = value

    def kept(self, key: str) -> str:
        return self.words.get(key, "")


class SteppedDesk(QObject):
    """A desk that steps its jobs on this thread, when it is told to."""

    job_event = Signal(object)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self.catalog, self.finder, self._runner = catalog, KeptWords(), JobRunner()

    def run(self, name: str, start: Any, replaces: str = "") -> int:
        return self._runner.submit(name, lambda: start(self.finder), replaces=replaces)

    def cancel(self, job: int) -> None:
        self._runner.cancel(job)

    def step(self, times: int = 400) -> None:
        for _ in range(times):
            for event in self._runner.step():
                self.job_event.emit(event)


@pytest.fixture
def searched(tmp_path: Path) -> tuple[Catalog, SearchResult]:
    return make_searched(tmp_path / "library")


@pytest.fixture
def desk(qapp, searched) -> SteppedDesk:
    return SteppedDesk(searched[0])


@pytest.fixture
def basket(desk) -> Basket:
    basket = Basket(desk)
    basket.set_catalog(desk.catalog)
    desk.step()
    return basket


@pytest.fixture
def dialog(qtbot, desk, basket, searched) -> Iterator[SheetDialog]:
    dialog = SheetDialog(desk, basket, lambda: (searched[1], Preference()))
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    desk.step()


def shown_page(dialog: SheetDialog, desk: SteppedDesk, qtbot) -> Any:
    """Let the preview come, and return it."""

    def come() -> None:
        desk.step()
        assert dialog.preview.shown is not None

    QTest.qWait(250)
    qtbot.waitUntil(lambda: come() is None, timeout=15_000)
    return dialog.preview.shown


def ids(n: int) -> list[str]:
    return [f"{i:032x}" for i in range(n)]


def test_a_basket_survives_as_text() -> None:
    picks = (Pick("ab", "für Ana, 丝绸"), Pick("cd"))
    assert basket_from_text(basket_to_text(picks)) == picks
    for broken in ("", "{", "5", '[["a"]]', "null"):
        assert basket_from_text(broken) == ()


def test_what_is_gathered_is_kept_with_the_library_and_found_again(desk, basket) -> None:
    assert basket.add(ids(3)) == 3
    assert basket.add(ids(4)) == 1
    basket.note(ids(1)[0], "for Ana")
    basket.arrange(ids(4)[::-1])
    basket.save_now()
    desk.step()
    kept = basket_from_text(desk.finder.words[KEY])
    assert [p.swatch_id for p in kept] == ids(4)[::-1]
    assert kept[-1].note == "for Ana"
    again = Basket(desk)
    again.set_catalog(desk.catalog)
    desk.step()
    assert again.picks == kept


def test_a_library_open_to_read_only_keeps_no_basket(desk, basket) -> None:
    from dataclasses import replace

    basket.set_catalog(replace(desk.catalog, read_only=True))
    basket.add(ids(1))
    basket.save_now()
    desk.step()
    assert KEY not in desk.finder.words
    assert len(basket) == 1


def test_the_panel_notes_orders_and_takes_out_by_key(qtbot, desk, basket) -> None:
    dock = BasketDock(basket, ThumbnailCache())
    qtbot.addWidget(dock)
    dock.set_catalog(desk.catalog)
    dock.show()
    assert dock.hint.isVisible()
    basket.add(ids(3))
    assert not dock.hint.isVisible()
    assert [dock.list.item(i).text() for i in range(3)] == ["A000", "A001", "A002"]
    dock.list.setCurrentRow(0)
    dock.note.setFocus()
    QTest.keyClicks(dock.note, "three metres")
    assert basket.picks[0].note == "three metres"
    assert dock.list.item(0).text() == "A000\nthree metres"
    QTest.keyClick(dock.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [p.swatch_id for p in basket.picks] == [ids(3)[1], ids(3)[0], ids(3)[2]]
    assert basket.picks[1].note == "three metres"
    QTest.keyClick(dock.list, Qt.Key.Key_Delete)
    assert [p.swatch_id for p in basket.picks] == [ids(3)[1], ids(3)[2]]


def test_picks_drag_out_as_files_and_text(qtbot, desk, basket) -> None:
    dock = BasketDock(basket, ThumbnailCache())
    qtbot.addWidget(dock)
    dock.set_catalog(desk.catalog)
    basket.add(ids(3))
    dock.list.selectAll()
    mime = dock.list.drag_mime()
    assert [Path(url.toLocalFile()) for url in mime.urls()] == [
        Path(s.path) for s in desk.catalog.swatches[:3]
    ]
    assert "cloth-1.png" in mime.text()
    assert mime.hasImage()


def test_the_preview_follows_every_choice(qtbot, desk, basket, dialog) -> None:
    first = shown_page(dialog, desk, qtbot)
    assert first.total == 2  # eight results and the query, six cells a page
    assert abs(first.image.height() / first.image.width() - 297 / 210) < 0.01
    dialog.choices.top.setValue(3)
    QTest.qWait(250)
    desk.step()
    assert dialog.preview.shown.total == 1
    dialog.choices.paper.setCurrentIndex(dialog.choices.paper.findData("Letter"))
    QTest.qWait(250)
    desk.step()
    image = dialog.preview.shown.image
    assert abs(image.height() / image.width() - 279.4 / 215.9) < 0.01


def test_pages_turn(qtbot, desk, dialog) -> None:
    shown_page(dialog, desk, qtbot)
    assert not dialog.before_button.isEnabled()
    qtbot.mouseClick(dialog.after_button, Qt.MouseButton.LeftButton)
    desk.step()
    assert dialog.preview.shown.number == 1
    assert dialog.page_label.text() == "Page 2 of 2"
    assert not dialog.after_button.isEnabled()


def test_the_basket_comes_first_and_its_order_is_the_sheets(desk, basket, dialog) -> None:
    basket.add([ids(8)[5], ids(8)[2]])
    dialog.refresh()
    dialog.choices.cloths.setCurrentIndex(0)
    request = dialog.request()
    assert [p.swatch_id for p in request.picks] == [ids(8)[5], ids(8)[2]]
    assert request.result is not None
    dialog.choices.with_query.setChecked(False)
    assert dialog.request().result is None


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".html", ".csv", ".png"])
def test_a_sheet_is_saved_in_every_format(desk, dialog, tmp_path, suffix) -> None:
    dialog.choices.top.setValue(2)
    target = tmp_path / f"sheet{suffix}"
    dialog.save_to(target)
    assert dialog.progress.isVisible()
    desk.step()
    assert target.stat().st_size > 100
    assert dialog.said.text() == f"Written to {target}."
    assert dialog.open_button.isVisible()
    assert dialog.save_button.isEnabled()


def test_stop_leaves_nothing(desk, dialog, tmp_path) -> None:
    target = tmp_path / "sheet.pdf"
    dialog.save_to(target)
    desk.step(4)
    dialog.stop_button.click()
    desk.step()
    assert dialog.said.text() == "Stopped; nothing was written."
    assert list(tmp_path.glob("*.pdf")) == []
    assert list(tmp_path.glob(".*")) == []


def test_a_folder_that_is_gone_is_said_in_the_window(desk, dialog, tmp_path) -> None:
    dialog.save_to(tmp_path / "gone" / "sheet.pdf")
    desk.step()
    assert dialog.said.text().startswith("There is no folder")
    dialog.save_to(tmp_path / "sheet.doc")
    assert "ends in .pdf" in dialog.said.text()


def test_the_file_is_called_by_date_season_and_reader(dialog) -> None:
    dialog.choices.season.setText("SS28")
    name = dialog._usual_name()
    assert name.endswith("_SS28_query-cloth-0_internal.pdf")
    dialog.choices.profile.setCurrentIndex(dialog.choices.profile.findData("customer"))
    assert "cloth-0" not in dialog._usual_name()
