"""Measuring goes through the app's own eyes and search, and is honest about its floors."""

import csv
import json

import numpy as np
import pytest

from fabricfinder import eyes
from fabricfinder.domain.descriptor import table_of
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.saved import load_evaluation
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring import asked, benchmark, pictures
from fabricfinder.measuring.command import evaluate, made_of
from fabricfinder.measuring.drawn import load_answers
from fabricfinder.measuring.labels_sheet import labels_of_sheet, palette_of_text
from fabricfinder.synthesis.benchmark import load_recipe
from fabricfinder.synthesis.dataset import write_dataset


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
    answer = run_to_end(asked.ask_photos(fake_encoder, labelled_folder))
    names = [report.system for report in answer.reports]
    assert names[:2] == [name for name, _ in pictures.ROWS[:2]] and asked.HSV in names
    for report in answer.reports:
        figure = report.figure("P@1")
        assert figure.n == 12 and 0 <= figure.low <= figure.value <= figure.high <= 1
        assert 0 < figure.floor < 1
        assert json.loads(report.to_json())["figures"][0]["floor"] == pytest.approx(figure.floor)
    assert [c.before for c in answer.changes] == names[1:]
    assert {c.after for c in answer.changes} == {names[0]}


def test_scores_are_the_search_of_the_app(labelled_folder, fake_encoder) -> None:
    paths = sorted(labelled_folder.glob("*.png"))
    seen = run_to_end(pictures.look_at_all(fake_encoder, paths))
    assert len(seen) == 12 and seen.hsv.shape == (12, 128) and seen.lbp.shape == (12, 54)
    table = table_of(seen.descriptors, [str(i) for i in range(12)])
    searches = pictures.Searches(fake_encoder, seen.descriptors, table)
    run_to_end(searches.run())
    four = searches.scores[pictures.EVEN]
    assert np.array_equal(four.argmax(axis=1), np.arange(12))  # each finds itself first
    bits = np.unpackbits(table.codes, axis=1).astype(int)
    naive = (bits[:, None] != bits[None]).sum(axis=2)
    assert np.array_equal(searches.scores[pictures.CODE_ONLY], -naive)
    assert np.array_equal(seen.codes, table.codes)
    assert searches.dimensions.shape == (12, 12, 4)
    own = searches.dimensions[np.arange(12), np.arange(12)]
    assert own[:, 1:] == pytest.approx(np.ones((12, 3)), abs=1e-5)  # fine, colour, tightness


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Four rendered fabrics, two captures each, with their exact labels."""
    folder = tmp_path_factory.mktemp("rendered")
    run_to_end(write_dataset(folder, 4, 2, seed=5))
    return folder


@pytest.fixture
def bench(rendered, fake_encoder):
    """Those, looked at by the fake encoder."""
    return run_to_end(benchmark.open_benchmark(fake_encoder, rendered))


def test_the_labels_of_rendered_cloth_are_exact(rendered, bench) -> None:
    labels = labels_of_sheet(rendered / "labels.csv")
    assert len(labels) == 4 and set(bench.captures.gallery_fabrics) == set(labels.fabric.tolist())
    similarity = bench.truth.similarity
    own = bench.truth.same_fabric
    assert similarity[own] == pytest.approx(np.ones(4)) and similarity.min() >= 0
    assert (similarity[~own] < 1).any()
    dimensions = bench.true_dimensions
    assert similarity[~own] == pytest.approx(dimensions.mean(axis=2)[~own], abs=1e-5)


def test_palettes_survive_their_text() -> None:
    palette = palette_of_text("blue #1f2b4d 0.6; white #f4f3ee 0.4")
    assert [(c.name, round(c.share, 3)) for c in palette.colors] == [("blue", 0.6), ("white", 0.4)]
    for color, rgb in zip(palette.colors, ((0x1F, 0x2B, 0x4D), (0xF4, 0xF3, 0xEE)), strict=True):
        assert np.abs(np.subtract(color.rgb, rgb)).max() <= 3
    with pytest.raises(ValueError, match="no palette"):
        palette_of_text("blue")


def test_a_sheet_without_exact_labels_is_a_sentence(labelled_folder) -> None:
    with pytest.raises(FabricFinderError, match="exact labels"):
        labels_of_sheet(labelled_folder / "labels.csv")


def test_every_question_about_the_benchmark_has_an_answer(bench, fake_encoder, monkeypatch) -> None:
    def few(folder, recipe):
        return list(bench.captures.gallery) + list(bench.captures.queries)
        yield

    monkeypatch.setattr(benchmark, "training_pictures", few)
    fake_encoder.n_bits = 8  # of the classic hashes: eight pictures span few principal axes
    questions = (asked.ask_recaptures, asked.ask_graded, asked.ask_codes, asked.ask_beliefs,
                 asked.ask_bands, asked.ask_colorways)  # fmt: skip
    answers = {ask: run_to_end(ask(fake_encoder, bench)) for ask in questions}
    for answer in answers.values():
        assert answer.reports
        for report in answer.reports:
            for figure in (*report.figures, *report.breakdown):
                if not np.isnan(figure.low):
                    assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9, figure
    codes = answers[asked.ask_codes]
    systems = {report.system for report in codes.reports}
    for method in ("LSH", "PCAH", "SH", "ITQ"):
        assert f"{method} on hand-crafted" in systems
    assert codes.health is not None and "random codes" in codes.curves
    oracle = answers[asked.ask_graded].reports[-1]
    assert oracle.figure("skill@50").value == pytest.approx(1)


def test_a_run_is_saved_and_compared(rendered, fake_encoder, tmp_path, capsys) -> None:
    import argparse

    def arguments(**changes) -> argparse.Namespace:
        return argparse.Namespace(**{
            "protocol": ["recaptures", "bands"], "recipe": "v1", "folder": str(rendered),
            "photos": None, "cloth": (), "other": (), "save": "", "compare": "", "figures": "",
            "plots": "", "json": False, "model": "", **changes,
        })  # fmt: skip

    kept = tmp_path / "kept.json"
    small = tmp_path / "figures.json"
    asked_for = arguments(save=str(kept), figures=str(small))
    assert evaluate(asked_for, fake_encoder, run_to_end) == 0
    shown = load_answers(small)
    assert [len(answer.reports) for answer in shown.answers][1] == 1 and len(shown.answers) == 2
    assert shown.first("T1: re-captured").system == pictures.EVEN
    assert small.stat().st_size < kept.stat().st_size
    printed = capsys.readouterr().out
    assert "recall@1" in printed and "Same quality" in printed and "random" in printed
    saved = load_evaluation(kept)
    assert saved.made["encoder"] == fake_encoder.id and len(saved.reports) >= 5
    told = [made_of(arguments(model=m), fake_encoder)["command"] for m in ("", "dah", "x/y-64.onnx")]
    again = "fabricfinder evaluate recaptures bands --recipe v1"  # whose eyes, as it was asked for
    assert told == [again, f"{again} --model dah", f"{again} --model y-64.onnx"]
    evaluate(arguments(compare=str(kept)), fake_encoder, run_to_end)
    printed = capsys.readouterr().out
    assert "no difference" in printed and "better" not in printed and "worse" not in printed


def test_classic_hashes_are_fitted_on_cloth_that_is_never_asked(tmp_path) -> None:
    recipe = load_recipe("v2")
    drawn = run_to_end(benchmark.training_pictures(tmp_path, recipe, 2))
    assert len(drawn) == 2
    again = run_to_end(benchmark.training_pictures(tmp_path, recipe, 2))
    assert again == drawn


def test_unfamiliar_is_counted_over_folders(labelled_folder, fake_encoder) -> None:
    answer = run_to_end(asked.ask_unfamiliar(fake_encoder, (labelled_folder,), (labelled_folder,)))
    assert [r.figures[0].name for r in answer.reports] == [
        "flagged of cloth", "flagged of other things",
    ]  # fmt: skip
    assert all(r.figures[0].value == 0 and r.figures[0].n == 12 for r in answer.reports)


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
