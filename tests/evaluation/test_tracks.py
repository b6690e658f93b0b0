"""Both tracks on small made sets, beside the single-query metrics and by hand."""

import numpy as np
import pytest

from fabricfinder.evaluation import metrics
from fabricfinder.evaluation.classic_codes import hamming_matrix
from fabricfinder.evaluation.code_figures import evaluate_codes, rank_curve
from fabricfinder.evaluation.tracks import (
    evaluate_graded,
    evaluate_reidentification,
    sibling_kind,
    told_apart,
    weak_classes,
)
from fabricfinder.evaluation.truth import Captures, CaptureTruth, FabricTruth


def made_truth(n_families: int = 12, seed: int = 0) -> CaptureTruth:
    """Families of a base, a colour and a sett sibling; every fabric asks once."""
    rng = np.random.default_rng(seed)
    kinds = ("base", "colour-1", "sett-10")
    fabrics = tuple(f"b{f}-{k}" for f in range(n_families) for k in kinds)
    side = Captures(
        fabrics, tuple(f"b{f}" for f in range(n_families) for _ in kinds),
        tuple(k for _ in range(n_families) for k in kinds),
        tuple(("plaid/gingham", "plaid/glen", "stripe/pin")[f % 3]
              for f in range(n_families) for _ in kinds),
        tuple(("plain", "twill-2-2")[f % 2] for f in range(n_families) for _ in kinds),
    )  # fmt: skip
    similarity = rng.integers(0, 9, (len(fabrics),) * 2) / 8
    return CaptureTruth("made", side, side, similarity.astype(np.float32))


def tied_scores(truth: CaptureTruth, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 5, truth.similarity.shape).astype(float)
    return scores + 2 * truth.same_fabric


def test_reidentification_equals_the_metrics_of_each_query() -> None:
    truth = made_truth()
    scores = tied_scores(truth)
    report = evaluate_reidentification(scores, truth, resamples=50)
    for i, (row, own, family) in enumerate(
        zip(scores, truth.same_fabric, truth.same_family, strict=True)
    ):
        assert report.per_query["recall@1"][i] == pytest.approx(metrics.hit_at(row, own, 1))
        assert report.per_query["recall@10"][i] == pytest.approx(metrics.hit_at(row, own, 10))
        assert report.per_query["MRR"][i] == pytest.approx(metrics.average_precision(row, own))
        assert report.per_query["design@1"][i] == pytest.approx(metrics.hit_at(row, family, 1))
    n = scores.shape[1]
    assert report.figure("recall@1").floor == pytest.approx(1 / n)
    assert report.figure("recall@10").floor == pytest.approx(10 / n)
    assert report.figure("design@1").floor == pytest.approx(3 / n)
    gingham = [m == "plaid/gingham" for m in truth.queries.minors]
    by_class = report.figure("recall@1", "coarse plaid/gingham")
    assert by_class.value == pytest.approx(report.per_query["recall@1"][gingham].mean())
    assert report.figure("recall@1", "kind colour").n == 12
    assert set(report.clusters) == {f"b{f}" for f in range(12)}


def test_random_scores_lie_at_their_floors() -> None:
    truth = made_truth(60)
    scores = np.random.default_rng(3).random(truth.similarity.shape)
    for report in (
        evaluate_reidentification(scores, truth, resamples=400),
        evaluate_graded(scores, truth, resamples=400),
    ):
        for figure in report.figures:
            if not figure.name.endswith("labels"):
                assert figure.low - 0.02 <= figure.floor <= figure.high + 0.02, figure.name


def test_told_apart_compares_base_and_sibling_only() -> None:
    truth = made_truth(2)
    scores = np.zeros((6, 6))
    scores[0] = [3, 3, 1, 9, 9, 9]  # base: ties with its colour, beats its sett; others never count
    scores[1] = [0, 5, 9, 0, 0, 0]  # colour sibling: beats its base; its sett sibling does not count
    scores[2] = [4, 0, 3, 0, 0, 0]  # sett sibling: its base lies above
    apart = told_apart(scores, truth)
    assert apart["colour"][:3].tolist() == pytest.approx([0.5, 1.0, np.nan], nan_ok=True)
    assert apart["sett 10 %"][:3].tolist() == pytest.approx([1.0, np.nan, 0.0], nan_ok=True)
    assert np.isnan(apart["weave"]).all()
    report = evaluate_reidentification(scores, truth, resamples=20)
    figure = report.figure("told apart", "sibling colour")
    assert (figure.floor, figure.n) == (0.5, 4)


def test_classes_below_60_percent_are_named_worst_first() -> None:
    truth = made_truth()
    scores = truth.same_fabric.astype(float)
    glen = np.array([m == "plaid/glen" for m in truth.queries.minors])
    pin = np.array([m == "stripe/pin" for m in truth.queries.minors])
    scores[glen] *= -1
    scores[np.flatnonzero(pin)[:6]] *= -1
    notes = evaluate_reidentification(scores, truth, resamples=20).notes
    (coarse,) = [note for note in notes if "coarse" in note]
    assert coarse.startswith("2 of 3 coarse classes below 60%: plaid/glen 0.00 (n=12), stripe/pin")
    assert weak_classes([]) == ()


def test_graded_leaves_out_the_own_fabric_and_equals_single_queries() -> None:
    truth = made_truth()
    scores = tied_scores(truth)
    report = evaluate_graded(scores, truth, resamples=50)
    for i in range(len(scores)):
        kept = ~truth.same_fabric[i]
        row, s = scores[i, kept], truth.similarity[i, kept]
        value = report.per_query["NDCG@50"][i]
        assert value == pytest.approx(metrics.ndcg_at(row, s, 50))
        precision = metrics.average_precision(row, truth.same_classes[i, kept])
        assert report.per_query["mAP same pattern and weave"][i] == pytest.approx(precision)
    floor = np.mean([
        metrics.floor_of(metrics.ndcg_at, truth.similarity[i, ~truth.same_fabric[i]], 50)
        for i in range(len(scores))
    ])  # fmt: skip
    main = report.figure("NDCG@50")
    assert main.floor == pytest.approx(floor)
    skill = (main.value - floor) / (1 - floor)
    assert report.figure("skill@50").value == pytest.approx(skill)
    changed = scores.copy()
    changed[truth.same_fabric] = 99
    again = evaluate_graded(changed, truth, resamples=50)
    assert again.figures == report.figures


def test_the_oracle_has_skill_1_and_beats_coarse_labels() -> None:
    truth = made_truth()
    report = evaluate_graded(truth.similarity, truth, resamples=50)
    assert report.figure("skill@50").value == pytest.approx(1)
    assert report.figure("mAP S≥0.75").value == pytest.approx(1)
    assert report.figure("NDCG@50 of coarse labels").value < 1


def test_codes_are_judged_by_their_distances() -> None:
    truth = made_truth()
    rng = np.random.default_rng(5)
    gallery = rng.integers(0, 256, (36, 2), dtype=np.uint8)
    queries = gallery ^ (rng.random((36, 2)) < 0.3).astype(np.uint8)
    relaxed = np.unpackbits(queries, axis=1) * 2.0 - 1 + rng.normal(0, 0.3, (36, 16))
    found = evaluate_codes(queries, gallery, truth, relaxed=relaxed, system="x", resamples=30)
    distances = hamming_matrix(queries, gallery)
    plain = evaluate_reidentification(-distances, truth, resamples=30)
    assert found.reidentification.per_query["MRR"] == pytest.approx(plain.per_query["MRR"])
    ball = [
        metrics.precision_within(
            distances[i, ~truth.same_fabric[i]], truth.same_classes[i, ~truth.same_fabric[i]], 2
        )
        for i in range(36)
    ]
    assert found.graded.figure("P@H≤2").value == pytest.approx(np.mean([p for p, _ in ball]))
    assert found.graded.figure("empty ball").value == np.mean([size == 0 for _, size in ball])
    soft = relaxed @ (np.unpackbits(gallery, axis=1).T * 2.0 - 1)
    first = evaluate_reidentification(soft, truth, resamples=30)
    assert found.asymmetric[0].per_query["recall@1"] == pytest.approx(first.per_query["recall@1"])
    assert [r.protocol[:8] for r in found.reports] == ["made, T1", "made, T2"] * 2
    assert found.health.n_bits == 16 and found.by_radius.at[-1] == 16


def test_the_rank_curve_is_the_mean_of_single_queries() -> None:
    truth = made_truth()
    scores = tied_scores(truth)
    curve = rank_curve(scores, truth, 10)
    naive = metrics.curve_by_rank(
        [(scores[i, ~own], truth.same_classes[i, ~own]) for i, own in enumerate(truth.same_fabric)],
        10,
    )
    assert curve.precision == pytest.approx(naive.precision)
    assert curve.recall == pytest.approx(naive.recall)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="scores are"):
        evaluate_graded(np.zeros((2, 2)), made_truth())


@pytest.mark.parametrize(
    ("kind", "means"),
    [("base", "base"), ("weave", "weave"), ("sett-10", "sett 10 %"), ("width-narrower", "width"),
     ("", "")],
)  # fmt: skip
def test_kinds_of_siblings(kind: str, means: str) -> None:
    assert sibling_kind(kind) == means


def test_truth_survives_its_file(tmp_path) -> None:
    from fabricfinder.domain.errors import FabricFinderError

    truth = FabricTruth(
        np.array(["a", "b"]), np.array([0, 0]), np.array(["base", "colour-1"]),
        np.array(["plaid/glen"] * 2), np.array(["plain"] * 2), np.array([60.0, 61.0]),
        np.ones((2, 2)), np.zeros((2, 10, 5)),
    )  # fmt: skip
    truth.save(tmp_path / "truth.npz")
    read = FabricTruth.load(tmp_path / "truth.npz")
    side = Captures.of(["b", "a", "b"], read)
    assert side.kinds == ("colour-1", "base", "colour-1") and side.families == ("0", "0", "0")
    with pytest.raises(FabricFinderError, match="draw the benchmark again"):
        FabricTruth.load(tmp_path / "none.npz")
    with pytest.raises(KeyError):
        Captures.of(["c"], read)


def test_two_thousand_among_two_thousand_take_seconds() -> None:
    import time

    rng = np.random.default_rng(0)
    names = tuple(f"f{i}" for i in range(2000))
    minors = tuple(f"plaid/m{i % 50}" for i in range(2000))
    side = Captures(names, tuple(f"{i // 8}" for i in range(2000)), ("base",) * 2000, minors,
                    ("plain",) * 2000)  # fmt: skip
    truth = CaptureTruth("big", side, side, rng.random((2000, 2000)).astype(np.float32))
    codes = rng.integers(0, 256, (2000, 16), dtype=np.uint8)
    began = time.process_time()
    evaluate_codes(codes, codes, truth)
    assert time.process_time() - began < 30  # about 6 on one quiet core
