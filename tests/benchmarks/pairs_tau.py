"""How many answers to “which is tighter?” put 60 rendered fabrics in order; prints a table.

    python tests/benchmarks/pairs_tau.py [--seeds N] [--answers N] [--no-model]

Each seed samples 60 woven cloths and orders them by true cover; an answerer tells the truth but for
10 % of the answers, drawn by lot whatever the difference. The program chooses every pair. "answers
only" knows nothing else; "joined" begins with what the encoder guesses from one photograph of each.
Kendall's tau against the true cover; the aim is 0.93 within 600 answers on every seed.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from fabricfinder.domain.pairs import fit_scale, kendall_tau, next_pair
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.sampling import sample_fabric

CLOTHS, MISTAKES, AIM = 60, 0.10, 0.93
MARKS = (100, 200, 300, 400, 500, 600)


def cloths(seed: int) -> list[Fabric]:
    """60 woven cloths of a seed."""
    return [sample_fabric(generator(9_000 + seed, i)) for i in range(CLOTHS)]


def answered(
    true: np.ndarray, rng: np.random.Generator, most: int,
    mean: np.ndarray | None = None, sd: np.ndarray | None = None,
) -> list[float]:  # fmt: skip
    """Tau after 0, 1, … answers."""
    answers: list[tuple[int, int]] = []
    scale = fit_scale(len(true), [], mean, sd)
    taus = [kendall_tau(scale.mean, true)]
    for _ in range(most):
        i, j = next_pair(scale)
        tighter = (true[i] > true[j]) != (rng.random() < MISTAKES)
        answers.append((i, j) if tighter else (j, i))
        scale = fit_scale(len(true), answers, mean, sd, start=scale.mean)
        taus.append(kendall_tau(scale.mean, true))
    return taus


def guesses(fabrics: list[Fabric], seed: int) -> np.ndarray:
    """The encoder's tightness of one photograph of each, float64 (60, 2): mean and sd."""
    from fabricfinder.eyes import best_encoder
    from fabricfinder.importing import look_at
    from fabricfinder.synthesis.camera import capture
    from fabricfinder.synthesis.dataset import save_photo

    encoder = best_encoder(print)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for i, fabric in enumerate(fabrics):
            path = Path(folder) / f"{i}.png"
            save_photo(path, capture(fabric, generator(seed, 7, i)))
            found.append(encoder.encode([look_at(str(path)).views])[0].tightness)
    return np.array(found, float)


def main() -> None:
    """Print tau at the marks, each seed and the worst of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--answers", type=int, default=600)
    parser.add_argument("--no-model", action="store_true")
    asked = parser.parse_args()
    marks = [m for m in MARKS if m <= asked.answers]
    print("seed  way           guess " + " ".join(f"{m:>6}" for m in marks) + "  first ≥ .93")
    rows: dict[str, list[list[float]]] = {}
    for seed in range(asked.seeds):
        fabrics = cloths(seed)
        true = np.array([fabric.tightness for fabric in fabrics])
        ways: dict[str, tuple] = {"answers only": (None, None)}
        if not asked.no_model:
            guess = guesses(fabrics, seed)
            spread = max(5.0, float(np.nanmean(guess[:, 1])))
            known = np.isfinite(guess[:, 0])
            ways["joined"] = (np.where(known, guess[:, 0], 50.0), np.where(known, spread, 25.0))
        for way, (mean, sd) in ways.items():
            taus = answered(true, np.random.default_rng(seed), asked.answers, mean, sd)
            rows.setdefault(way, []).append(taus)
            first = next((k for k, tau in enumerate(taus) if tau >= AIM), None)
            cells = " ".join(f"{taus[m]:6.3f}" for m in marks)
            print(f"{seed:>4}  {way:<12} {taus[0]:6.3f} {cells}  {first}", flush=True)
    for way, taus in rows.items():
        table = np.array(taus)
        for name, of in (("worst", table.min(0)), ("mean", table.mean(0))):
            cells = " ".join(f"{of[m]:6.3f}" for m in marks)
            print(f"{name:>5} {way:<12} {of[0]:6.3f} {cells}")


if __name__ == "__main__":
    main()
