"""Comparisons pair queries, correct for their number, and never call noise a difference."""

from types import MappingProxyType

import numpy as np
import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.differences import (
    changes_text,
    compare_runs,
    compare_systems,
    differences_table,
    pooled,
)
from fabricfinder.evaluation.intervals import Difference, cluster_bootstrap, holm
from fabricfinder.evaluation.report import Figure, Report, figure_from
from fabricfinder.evaluation.saved import load_evaluation, save_evaluation

CLUSTERS = tuple(f"b{i // 2}" for i in range(80))


def report(system: str, values: np.ndarray, name: str = "recall@1") -> Report:
    interval = cluster_bootstrap(values, CLUSTERS, resamples=60)
    figures = (figure_from(name, interval, values, 0.1), Figure("skill@50", 0.3, 80, 0.0, 0.2, 0.4))
    return Report(system, "T1", figures, (Figure(name, 0.5, 4, 0.1, 0.2, 0.8, 0, "coarse x"),),
                  per_query=MappingProxyType({name: values}), clusters=CLUSTERS)  # fmt: skip


@pytest.fixture
def values() -> np.ndarray:
    drawn = np.random.default_rng(0).random(80)
    drawn[3] = np.nan
    return drawn


def test_a_shift_is_seen_and_noise_is_not(values) -> None:
    rng = np.random.default_rng(1)
    old = report("a", values)
    noisy = report("noise", values + rng.normal(0, 0.2, 80))
    better = report("better", values + 0.1 + rng.normal(0, 0.05, 80))
    found = compare_systems([noisy, better], old, "recall@1", resamples=2000)
    assert [c.verdict for c in found] == ["no difference", "better"]
    assert [c.p_holm for c in found] == pytest.approx(holm([c.difference.p for c in found]))
    assert found[1].difference.value == pytest.approx(np.nanmean(better.per_query["recall@1"] - values))
    (back,) = compare_systems([old], better, "recall@1", resamples=2000)
    assert back.verdict == "worse"
    (ball,) = compare_systems([report("x", values + 0.2, "empty ball")],
                              report("y", values, "empty ball"), "empty ball", resamples=500)  # fmt: skip
    assert ball.verdict == "worse"  # of empty balls fewer is better


def test_a_table_of_differences_corrects_over_all_of_them() -> None:
    found = [Difference(0.04, 0.01, 0.07, 0.012), Difference(-0.2, -0.3, -0.1, 0.004)]
    asked = [("corrected", "signs", "recall@1"), ("no attention", "TSN + DSDH", "MAP@500")]
    head, *rows = differences_table(asked, found).splitlines()
    assert head.split()[0] == "against"
    assert rows[0].startswith("corrected") and "signs" in rows[0]
    assert rows[0].split()[-5:] == ["+0.040", "+0.010", "to", "+0.070", "0.0120"]
    assert rows[1].split()[-5:] == ["-0.200", "-0.300", "to", "-0.100", "0.0080"]


def test_runs_are_matched_by_system_and_protocol(values, tmp_path) -> None:
    before, after = [report("a", values), report("gone", values)], [report("a", values + 0.3)]
    save_evaluation(tmp_path / "old.json", before, {"encoder": "dvsh"})
    saved = load_evaluation(tmp_path / "old.json")
    assert saved.made == {"encoder": "dvsh"}
    assert saved.reports[0].figures == before[0].figures
    kept = saved.reports[0].per_query["recall@1"]
    assert kept == pytest.approx(values, abs=1e-6, nan_ok=True)
    (change,), alone = compare_runs(saved.reports, [*after, report("new", values)], resamples=300)
    assert (change.verdict, change.name, alone) == (
        "better", "recall@1", ["new · T1: not measured before."],
    )  # fmt: skip
    text = changes_text([change])
    assert "+0.300" in text and "better" in text and "T1" in text


def test_other_queries_are_not_compared(values) -> None:
    import dataclasses

    other = dataclasses.replace(report("a", values), clusters=tuple(range(80)))
    changes, alone = compare_runs([report("a", values)], [other], resamples=30)
    assert changes == [] and "not the same queries" in alone[0]
    with pytest.raises(ValueError, match="same queries"):
        compare_systems([other], report("a", values), "recall@1")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "x"}', '{"format": 1, "version": 1}'])
def test_what_is_no_evaluation_is_said_so(tmp_path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(FabricFinderError, match="is no evaluation"):
        load_evaluation(tmp_path / "x.json")


def test_a_newer_or_missing_file_is_said_so(tmp_path) -> None:
    with pytest.raises(FabricFinderError, match="cannot be read"):
        load_evaluation(tmp_path / "none.json")
    save_evaluation(tmp_path / "x.json", [], {})
    text = (tmp_path / "x.json").read_text().replace('"version": 1', '"version": 9')
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(FabricFinderError, match="another version"):
        load_evaluation(tmp_path / "x.json")
    with pytest.raises(FabricFinderError, match="cannot be written"):
        save_evaluation(tmp_path, [], {})


def test_seeds_are_averaged_query_by_query(values) -> None:
    seeds = [report("a", values + shift) for shift in (0.0, 0.1, 0.2)]
    one = pooled(seeds, resamples=200)
    assert one.figure("recall@1").value == pytest.approx(np.nanmean(values) + 0.1)
    assert one.figure("recall@1").n == 79
    assert one.figure("skill@50").value == pytest.approx(0.3)
    assert "3 seeds: recall@1" in one.notes[-1]
    assert pooled(seeds[:1]) is seeds[0]
    with pytest.raises(ValueError, match="one system"):
        pooled([report("a", values), report("b", values)])
