"""Measuring goes through the app's own eyes and search, and is honest about its floors."""

import csv
import json

import numpy as np
import pytest

from fabricfinder import eyes, measuring
from fabricfinder.jobs import run_to_end


@pytest.fixture
def labelled_folder(swatch_folder):
    """Twelve swatches in two labels and ten near-duplicate groups."""
    with (swatch_folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "near_duplicate_group"))
        for i in range(12):
            writer.writerow((f"swatch-{i:02}.png", "plaid" if i % 2 else "stripe", f"g{i // 2 * 2}"))
    return swatch_folder


def test_photos_are_ranked_by_every_system(labelled_folder, fake_encoder) -> None:
    reports = run_to_end(measuring.evaluate_photos(fake_encoder, labelled_folder))
    names = [report.system for report in reports]
    assert names[:2] == [name for name, _ in measuring.ROWS] and "HSV histogram" in names
    for report in reports:
        figure = report.figure("P@1")
        assert figure.n == 12 and 0 <= figure.low <= figure.value <= figure.high <= 1
        assert 0 < figure.floor < 1
        assert json.loads(report.to_json())["figures"][0]["floor"] == pytest.approx(figure.floor)


def test_scores_are_the_search_of_the_app(labelled_folder, fake_encoder) -> None:
    paths = sorted(labelled_folder.glob("*.png"))
    descriptors, hsv, lbp = run_to_end(measuring.look_at_all(fake_encoder, paths))
    assert len(descriptors) == 12 and hsv.shape[0] == lbp.shape[0] == 12
    table = measuring.table_of(descriptors, [str(i) for i in range(12)])
    searches = measuring.Searches(fake_encoder, descriptors, table)
    run_to_end(searches.run())
    four = searches.scores[measuring.ROWS[0][0]]
    assert np.array_equal(four.argmax(axis=1), np.arange(12))  # each finds itself first
    bits = np.unpackbits(table.codes, axis=1).astype(int)
    naive = (bits[:, None] != bits[None]).sum(axis=2)
    assert np.array_equal(searches.scores[measuring.CODE_ONLY], -naive)


def test_the_processor_serves_where_there_is_no_card(monkeypatch) -> None:
    loaded = object()
    monkeypatch.setattr("fabricfinder.encoding.load_default_encoder", lambda: loaded)
    monkeypatch.setattr(eyes, "may_have_graphics_card", lambda: False)
    assert eyes.best_encoder(print) is loaded


def test_a_card_that_torch_cannot_use_is_passed_over(monkeypatch) -> None:
    import torch

    loaded = object()
    monkeypatch.setattr("fabricfinder.encoding.load_default_encoder", lambda: loaded)
    monkeypatch.setattr(eyes, "may_have_graphics_card", lambda: True)
    monkeypatch.setattr(
        "fabricfinder.hashing.torch_encoder.best_device", lambda: torch.device("cpu")
    )
    assert eyes.best_encoder(print) is loaded


def test_a_card_gets_the_checkpoint(monkeypatch) -> None:
    import torch

    made = []
    monkeypatch.setattr(eyes, "may_have_graphics_card", lambda: True)
    monkeypatch.setattr(
        "fabricfinder.hashing.torch_encoder.best_device", lambda: torch.device("cuda")
    )
    monkeypatch.setattr(
        "fabricfinder.hashing.torch_encoder.TorchEncoder",
        lambda path, device, notify: made.append((path.name, device.type)) or "card",
    )
    assert eyes.best_encoder(print) == "card"
    assert made == [("dvsh-128.safetensors", "cuda")]
