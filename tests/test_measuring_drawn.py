"""Answers go into a file and come back; what is drawn from them is the same picture."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.beliefs import BeliefFigures
from fabricfinder.evaluation.calibration import reliability
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.report import BitsPoint, Figure, Report
from fabricfinder.evaluation.saved import load_evaluation, save_evaluation
from fabricfinder.measuring.asked import Answer
from fabricfinder.measuring.drawn import load_answers, save_answers
from fabricfinder.measuring.pictures import EVEN
from fabricfinder.measuring.plotting import drawings_of, look_like, png_of

NAN = float("nan")


def recaptures() -> Answer:
    """T1 with kinds and siblings, the app's own order second."""
    breakdown = tuple(
        Figure(name, 0.4 + 0.1 * i, 20, 0.5, 0.3, 0.8, 0, group)
        for i, (name, group) in enumerate((
            ("recall@1", "kind base"), ("recall@1", "kind colour"),
            ("told apart", "sibling colour"), ("told apart", "sibling weave"),
        ))
    )  # fmt: skip
    reports = tuple(
        Report(
            system, "v1, T1: re-captured among 50 fabrics",
            (Figure("recall@1", 0.61, 4, 0.02, 0.58, NAN),), breakdown,
            per_query={"recall@1": np.array([1, 0.5, NAN, 0])}, clusters=("a", "a", "b", "b"),
        )
        for system in ("LSH", EVEN)
    )  # fmt: skip
    return Answer(reports, details=(1,), notes=("One was left out.",))


def codes() -> Answer:
    """Curves and lengths."""
    curve = PrecisionRecall(np.array([1, 10]), np.array([0.5, 0.25]), np.array([0.1, NAN]))
    report = Report("DVSH 64 bits", "v1, T2: similarity to absent cloth", ())
    return Answer(
        (report,), curves={"DVSH 64 bits": curve},
        by_bits={"ITQ": (BitsPoint(32, 0.5), BitsPoint(64, 0.6, 0.55, 0.65))}, levels=(0.3, 0.7),
    )  # fmt: skip


def beliefs() -> Answer:
    """Two patterns and how sure it was."""
    minors = default_taxonomy().coarse[:3]
    sure = np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.6, 0.4, 0.0]])
    bins = reliability(sure, np.array([0, 1, 1]))
    report = Report("fake", "v1, beliefs about new captures", ())
    table = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]])
    found = BeliefFigures(report, table, minors, {"coarse": bins, "fine": bins})
    return Answer((report,), details=(0,), beliefs=found)


@pytest.fixture
def answers() -> list[Answer]:
    return [recaptures(), codes(), beliefs()]


@pytest.mark.parametrize("queries", (True, False))
def test_answers_come_back_as_they_were(answers, tmp_path, queries) -> None:
    path = tmp_path / "figures.json"
    save_answers(path, answers, {"encoder": "fake"}, queries=queries)
    back = load_answers(path)
    assert back.made == {"encoder": "fake"} and len(back.answers) == 3
    for before, after in zip(answers, back.answers, strict=True):
        assert after.details == before.details and after.notes == before.notes
        assert [repr(r.figures) for r in after.reports] == [repr(r.figures) for r in before.reports]
        assert repr(after.reports[0].breakdown) == repr(before.reports[0].breakdown)
    first = back.answers[0].reports[0]
    assert len(first.per_query) == len(first.clusters[:1]) == int(queries)
    curve, kept = codes().curves["DVSH 64 bits"], back.answers[1].curves["DVSH 64 bits"]
    assert np.array_equal(kept.at, curve.at)
    assert np.array_equal(kept.recall, curve.recall, equal_nan=True)
    assert repr(back.answers[1].by_bits["ITQ"]) == repr(codes().by_bits["ITQ"])
    assert back.answers[1].levels == (0.3, 0.7)
    found, was = back.answers[2].beliefs, answers[2].beliefs
    assert np.array_equal(found.confusion, was.confusion) and found.minors == was.minors
    for one, other in zip(found.reliability["fine"], was.reliability["fine"], strict=True):
        assert (one.n, one.low) == (other.n, pytest.approx(other.low, abs=1e-4))
        assert one.accuracy == pytest.approx(other.accuracy, abs=1e-4, nan_ok=True)


def test_what_comes_back_is_drawn_alike(answers, tmp_path) -> None:
    path = tmp_path / "figures.json"
    save_answers(path, answers, {})
    before = [d for answer in answers for d in drawings_of(answer)]
    after = [d for answer in load_answers(path).answers for d in drawings_of(answer)]
    assert [d.key for d in after] == [d.key for d in before] == [
        "siblings-told-apart", "recall-by-sibling", "precision-recall", "ndcg-by-bits",
        "reliability", "confusion",
    ]  # fmt: skip
    look = look_like(True, surface="#383838")
    for one, other in zip(before[:3], after[:3], strict=True):
        first, second = (
            np.asarray(Image.open(io.BytesIO(png_of(d.draw, look, 400)))) for d in (one, other)
        )
        assert abs(first.shape[1] - 400) <= 1 and tuple(first[2, 2, :3]) == (0x38, 0x38, 0x38)
        assert np.array_equal(first, second)
        assert len(np.unique(first.reshape(-1, first.shape[2]), axis=0)) > 20  # something is drawn


def test_the_apps_own_order_is_what_counts(answers, tmp_path) -> None:
    path = tmp_path / "figures.json"
    save_answers(path, answers, {})
    measured = load_answers(path)
    assert measured.first("T1: re-captured").system == EVEN
    assert measured.first("T1: re-captured", "LSH").system == "LSH"
    assert measured.first("T2: similarity").system == "DVSH 64 bits"
    assert measured.first("no such protocol") is None


def test_a_saved_run_of_before_has_what_its_reports_tell(answers, tmp_path) -> None:
    path = tmp_path / "old.json"
    save_evaluation(path, [r for a in answers for r in a.reports], {"encoder": "fake"})
    content = json.loads(path.read_text())
    del content["drawn"]
    path.write_text(json.dumps(content))
    (only,) = load_answers(path).answers
    assert len(only.reports) == 4 and only.details == (0, 2, 3)
    assert [d.key for d in drawings_of(only)] == ["siblings-told-apart", "recall-by-sibling"]
    assert len(load_evaluation(path).reports) == 4


def test_labels_are_drawn_commonest_first() -> None:
    figures = tuple(
        Figure("P@1", 0.5, n, 0.1, 0.4, 0.6, 0, f"label {n}") for n in range(1, 31)
    )
    report = Report("fake", "photos, leave one out", (), figures)
    (drawing,) = drawings_of(Answer((report, report), details=(0, 1)))
    assert drawing.key == "by-label"
    labels = [t.get_text() for t in drawing.draw(look_like(False)).axes[0].get_yticklabels()]
    assert labels[0] == "label 30 (30)" and len(labels) == 24 and labels[-1] == "label 7 (7)"


def test_a_damaged_file_is_told(answers, tmp_path) -> None:
    path = tmp_path / "figures.json"
    with pytest.raises(FabricFinderError, match="cannot be read"):
        load_answers(path)
    save_answers(path, answers, {})
    content = json.loads(path.read_text())
    del content["drawn"][1]["levels"]
    path.write_text(json.dumps(content))
    with pytest.raises(FabricFinderError, match="damaged"):
        load_answers(path)
    path.write_text("[]")
    with pytest.raises(FabricFinderError, match="no evaluation"):
        load_answers(path)
