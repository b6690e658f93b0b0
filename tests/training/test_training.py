"""The lab: exact similarities, the camera, and a loop that learns, resumes and repeats itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.training import garment
from fabricfinder.training.batches import choose_rows, exact_similarities, photograph_batch
from fabricfinder.training.camera import Light, close_view, drape, macro_view, native_view
from fabricfinder.training.cloth import ClothSet, Part, Stack, open_cloth_set, write_cloth_set
from fabricfinder.training.finish import BLENDS, finish, fit_stretch, least_blend, scored
from fabricfinder.training.loop import Schedule, figures, look, split_rows, train


def small_set(n: int = 24) -> ClothSet:
    """Striped squares of n colours: enough to learn from, made in milliseconds."""
    rng = np.random.default_rng(3)
    taxonomy = default_taxonomy()
    macro = np.empty((n, 384, 384, 3), np.uint8)
    palettes = np.zeros((n, 10, 5), np.float32)
    for i in range(n):
        color, period = rng.integers(0, 255, 3), int(rng.integers(20, 90))
        stripe = (np.arange(384) % period < period // 2)[None, :, None]
        macro[i] = np.where(stripe, color, 255 - color)
        palettes[i, 0] = (i % 10, 36 * (i % 10), 0.5, 0.8, 1.0)
    return ClothSet(
        Stack([macro]), Stack([macro[:, :224, :224].copy()]), np.full(n, 30, np.float32),
        rng.integers(0, len(taxonomy.coarse), n), rng.integers(0, len(taxonomy.fine), n),
        rng.uniform(40, 95, n).astype(np.float32), rng.uniform(15, 40, (n, 2)).astype(np.float32),
        palettes, np.arange(n) // 2,
    )  # fmt: skip


def test_exact_similarity_is_the_table_of_the_paper() -> None:
    cloth = small_set()
    rows = np.arange(len(cloth))
    s, each = exact_similarities(cloth, rows)
    taxonomy = default_taxonomy()
    assert np.allclose(np.diag(s), 1)
    assert np.allclose(s, s.T, atol=1e-5)
    for i, j in ((0, 1), (2, 9), (5, 20)):
        coarse = taxonomy.coarse_table[cloth.coarse[i], cloth.coarse[j]]
        fine = float(cloth.fine[i] == cloth.fine[j])
        a, b = cloth.palettes[i, 0], cloth.palettes[j, 0]

        def at(c: np.ndarray) -> np.ndarray:
            h = np.deg2rad(c[1])
            return np.array([c[2] * c[3] * np.cos(h), c[2] * c[3] * np.sin(h), c[3]])

        color = max(0.0, 1 - float(np.linalg.norm(at(a) - at(b))))
        kinds = {taxonomy.constructions[taxonomy.fine[cloth.fine[k]]] for k in (i, j)}
        gap = abs(float(cloth.tightness[i] - cloth.tightness[j]))
        tight = 0.0 if kinds == {"knit", "woven"} else max(0.0, 1 - gap / 40)
        assert s[i, j] == pytest.approx((coarse + fine + color + tight) / 4, abs=1e-4)
        assert each[:, i, j] == pytest.approx([coarse, fine, color, tight], abs=1e-4)


def test_the_camera_keeps_size_and_kind_and_repeats() -> None:
    cloth = small_set(2)
    for size in (96, 128):
        views = []
        for _ in range(2):
            rng = np.random.default_rng(8)
            light = Light.sample(rng)
            shots = (
                macro_view(cloth.macro[0], light, rng, 0.1, size),
                close_view(cloth.micro[0], light, rng, 0.1, size),
                native_view(cloth.macro[0], light, rng, 0.1, size),
            )
            for shot in shots:
                assert shot.view.shape == (size, size, 3) and shot.view.dtype == np.uint8
                assert shot.zoom > 0
            views.append([shot.view for shot in shots])
        assert all(np.array_equal(a, b) for a, b in zip(*views, strict=True))
    rng = np.random.default_rng(0)
    flat = np.full((128, 128, 3), 120, np.uint8)
    assert drape(flat, rng).shape == flat.shape


def test_zoom_says_how_large_the_cloth_is_shown() -> None:
    """A stripe of a known period keeps it, times the zoom, in a flat straight view."""
    master = np.where((np.arange(384) % 32 < 16)[None, :, None], 250, 5).astype(np.uint8)
    master = np.repeat(np.repeat(master, 384, axis=0), 3, axis=2)
    light = Light(np.ones(3, np.float32), 1.0, 0.0, 0)
    told = []
    for seed in range(40):
        shot = close_view(master[:224, :224], light, np.random.default_rng(seed), 0.0, 128)
        power = np.abs(np.fft.rfft(shot.view[..., 1].mean(0) - 128, 1 << 14))
        told.append((1 << 14) / power.argmax() / (32 * shot.zoom))
    assert np.median(np.abs(np.array(told) - 1)) < 0.05


@pytest.mark.parametrize("deed", ["seam", "pocket", "opening", "front", "folds", "make_up"])
def test_a_garment_is_made_of_the_same_cloth(deed: str) -> None:
    rng = np.random.default_rng(1)
    cloth = rng.integers(90, 110, (128, 128, 3)).astype(np.uint8)
    takes_cut = deed in ("seam", "pocket", "opening", "make_up")
    shares, touched = [], []
    for _ in range(12):
        arguments = (lambda turn: cloth, rng) if takes_cut else (rng,)
        made = getattr(garment, deed)(cloth.copy(), *arguments)
        assert made.shape == cloth.shape and made.dtype == np.uint8
        shares.append(float((np.abs(made.astype(int) - 100) < 45).mean()))
        touched.append(not np.array_equal(made, cloth))
    assert np.mean(shares) > 0.5  # most of what is seen is still the cloth
    assert any(touched)


def test_a_batch_holds_each_fabric_twice_and_its_labels() -> None:
    cloth = small_set()
    rows = np.array([4, 5, 9])
    batch = photograph_batch(cloth, rows, np.random.default_rng(0), 96)
    assert batch.fabric.tolist() == [4, 4, 5, 5, 9, 9]
    assert batch.macro.shape == (6, 3, 96, 96) and batch.micro.shape == (6, 1, 3, 96, 96)
    assert batch.scale.shape == (6, 4) and batch.similarities.shape == (4, 6, 6)
    assert batch.family.tolist() == np.repeat(cloth.family[rows], 2).tolist()
    known = batch.scale[:, 0] > 0
    assert (batch.scale[~known] == 0).all() and (batch.scale[:, 2] <= batch.scale[:, 0]).all()
    assert batch.similarity.shape == (6, 6)
    assert torch.allclose(batch.similarity[0, 1], torch.tensor(1.0))
    assert batch.coarse.tolist() == np.repeat(cloth.coarse[rows], 2).tolist()
    assert not torch.equal(batch.macro[0], batch.macro[1])  # two captures, not one twice


def test_siblings_meet_in_a_batch_and_rows_stay_distinct() -> None:
    cloth = small_set()
    rows = np.arange(0, 20)
    chosen = choose_rows(cloth, rows, 12, np.random.default_rng(1))
    assert len(set(chosen.tolist())) == 12 and set(chosen) <= set(rows)
    families = cloth.family[chosen]
    assert len(set(families.tolist())) < 12
    assert set(choose_rows(cloth, rows[:5], 12, np.random.default_rng(1))) == set(range(5))


def test_families_never_cross_the_split() -> None:
    cloth = small_set()
    split = split_rows(cloth, 0.25, 0.25)
    assert set(np.concatenate(split).tolist()) == set(range(len(cloth)))
    assert sum(map(len, split)) == len(cloth) and min(map(len, split)) > 0
    a, b, c = (set(cloth.family[rows].tolist()) for rows in split)
    assert not (a & b or a & c or b & c)


def test_a_family_stays_where_it_is_when_the_set_grows() -> None:
    small, large = small_set(24), small_set(60)
    for before, after in zip(split_rows(small, 0.2, 0.2), split_rows(large, 0.2, 0.2), strict=True):
        assert set(small.family[before].tolist()) <= set(large.family[after].tolist())


def test_the_split_keeps_its_shares() -> None:
    cloth = replace(small_set(2), family=np.arange(40_000), coarse=np.zeros(40_000, int))
    split = split_rows(cloth)
    assert len(split.validation) / 40_000 == pytest.approx(0.02, abs=0.004)
    assert len(split.test) / 40_000 == pytest.approx(0.05, abs=0.006)


def test_figures_are_tie_aware() -> None:
    seen = {
        "bits": np.array([[0, 0], [0, 0], [0, 0], [0, 0]]), "known": np.ones(4),
        "coarse_logits": np.eye(4), "coarse": np.arange(4), "fine_logits": np.eye(4),
        "fine": np.array([0, 1, 0, 0]), "tightness": np.zeros((4, 2)),
        "tightness_true": np.full(4, 3.0),
    }  # fmt: skip
    result = figures(seen)
    assert result["recall@1"] == 0.5  # two fabrics, all codes equal: a coin
    assert result["coarse"] == 1 and result["fine"] == 0.5
    assert result["tightness_error"] == 3


def test_the_code_is_given_no_more_weight_than_it_earns() -> None:
    figures_at = [0.5, 0.6, 0.697, 0.7, 0.701, 0.7, 0.69, 0.6]
    assert least_blend(figures_at) == BLENDS[2]
    assert least_blend([0.1] * 8) == 0.0


def test_the_code_is_stretched_to_where_the_bars_stand() -> None:
    rng = np.random.default_rng(4)
    n, taxonomy = 60, default_taxonomy()
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = [0, 0, 0.5, 0.5, 1]
    u = np.clip(rng.normal(0.3, 0.6, (n, 32)), -1, 1).astype(np.float32)
    seen = {
        "u": u, "bits": (u >= 0).astype(np.uint8), "palettes": palettes,
        "coarse_logits": rng.normal(size=(n, len(taxonomy.coarse))),
        "fine_logits": rng.normal(size=(n, len(taxonomy.fine))),
        "tightness": np.tile([0.6, -4.0], (n, 1)), "coarse": np.zeros(n, int),
    }  # fmt: skip
    card = new_card(tiny_model())
    stretch = fit_stretch(card, seen)
    queries, gallery = np.arange(1, n, 2), np.arange(0, n, 2)
    away = np.zeros(2)
    for parts in scored(replace(card, blend=(0.0, 0.0, stretch)), seen, queries, gallery):
        nearest = np.argsort(-parts.whole, kind="stable")[:10]
        away += [(1 - parts.whole[nearest]).sum(), (1 - parts.code[nearest]).sum()]
    assert stretch == 1.0 or away[1] == pytest.approx(away[0], rel=0.02)


def tiny_model() -> DVSH:
    torch.manual_seed(0)
    backbone = BackboneConfig(width=16, features=64)
    return DVSH(DVSHConfig(backbone=backbone, n_bits=32, list_per_item=True, weight_coarse=1.0,
                           weight_fine=1.0, weight_recapture=1.0))  # fmt: skip


def test_the_loop_learns_and_goes_on_after_a_kill(tmp_path) -> None:
    cloth = small_set(16)
    rows, held, _ = split_rows(cloth, 0.3, 0.0)
    schedule = Schedule(steps=12, fabrics=6, validate_every=6, warmup=2, small_px=64, seed=2)
    operation = train(tiny_model(), cloth, rows, held, schedule, tmp_path)
    first = next(p.partial for p in operation if p.partial)
    operation.close()  # killed after the first validation
    operation = train(tiny_model(), cloth, rows, held, schedule, tmp_path)
    last = [p.partial for p in operation if p.partial][-1]
    assert first["step"] == 6 and last["step"] == 12
    assert last["loss_coarse"] < first["loss_coarse"]
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


def test_a_finished_run_is_an_encoder_by_itself(tmp_path) -> None:
    cloth = small_set(24)
    rows, held, _ = split_rows(cloth, 0.3, 0.0)
    told: list[str] = []
    made = {"command": "fabricfinder train dvsh --out x", "seed": 3, "images_seen": 96, "minutes": 0.1}
    path = finish(tiny_model(), cloth, rows, held, tmp_path, made, told.append)
    encoder = OnnxEncoder(path.with_suffix(".onnx"))
    card = load_checkpoint(path).card
    assert encoder.id == f"{card.id}/fp32" and encoder.n_bits == 32
    assert (card.command, card.seed, card.images_seen) == (made["command"], 3, 96)
    assert card.coarse_temperature > 0 and set(card.blend[:2]) <= set(BLENDS)
    assert card.blend[2] >= 1
    assert any("recall@1" in line for line in told)


def test_looking_twice_gives_the_same_codes() -> None:
    cloth = small_set(6)
    model = tiny_model()
    a, b = (look(model, cloth, np.arange(6), seed=4) for _ in range(2))
    assert np.array_equal(a["bits"], b["bits"])
    assert set(np.unique(a["bits"])) <= {0.0, 1.0}


def test_a_cloth_set_is_drawn_in_parts_with_exact_labels(tmp_path) -> None:
    parts = (
        Part("woven", 5, "woven", 1, ("plaid/gingham", "stripe/candy"), 0.6),
        Part("knit", 6, "knit", 2, ("solid/plain",), 0.4),
    )
    for progress in write_cloth_set(tmp_path, 5, parts, workers=1):
        assert progress.total in (2, 3)
    cloth = open_cloth_set(tmp_path, parts)
    assert len(cloth) == len(cloth.macro) == 5 and cloth.macro[4].shape == (384, 384, 3)
    assert np.allclose(cloth.palettes[..., 4].sum(1), 1, atol=1e-3)
    assert (cloth.tightness > 0).all() and (cloth.tightness <= 100).all()
    taxonomy = default_taxonomy()
    kinds = [taxonomy.constructions[taxonomy.fine[f]] for f in cloth.fine]
    assert kinds == ["woven"] * 3 + ["knit"] * 2
    assert not set(cloth.family[:3]) & set(cloth.family[3:])
    before = (tmp_path / "woven" / "macro.npy").stat().st_mtime_ns
    assert not list(write_cloth_set(tmp_path, 5, parts, workers=1))  # nothing is drawn twice
    assert (tmp_path / "woven" / "macro.npy").stat().st_mtime_ns == before
