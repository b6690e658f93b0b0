"""A scale of tightness from answers to “which is tighter?”, joined with what is known already.

Bradley and Terry (1952) with a Gaussian prior on the percent scale itself: a measured value is a
narrow prior, a model's guess a wide one, nothing known a very wide one. The chance that swatch i
is called tighter than j is ε + (1 − 2 ε) · σ((cᵢ − cⱼ) / β): β is the difference the eye just
sees, ε how often a hand slips whatever the cloth. ε = 0 is Bradley-Terry as printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

JUST_SEEN = 6.0  # β, percent of cover
MISTAKES = 0.08  # ε
UNKNOWN = (50.0, 25.0)  # prior of a swatch of which nothing is known: mean, standard deviation
_STEPS = 60
# A quantised normal distribution: differences spread far wider than β, so the nodes lie close.
_NODES = np.linspace(-4, 4, 65)
_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


@dataclass(frozen=True, eq=False)
class PairScale:
    """The scale that answers make likely.

    Attributes:
        mean: float64 (n,), percent of cover.
        covariance: float64 (n, n) of the Laplace approximation; too wide rather than too narrow
            for a swatch that lay far from all it was compared with.
    """

    mean: np.ndarray
    covariance: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of each, float64 (n,)."""
        return np.sqrt(np.diag(self.covariance))


def answer_chance(
    difference: np.ndarray, beta: float = JUST_SEEN, mistakes: float = MISTAKES
) -> np.ndarray:
    """Chance that the first is called tighter when it is by ``difference`` percent."""
    return mistakes + (1 - 2 * mistakes) * _sigmoid(np.asarray(difference, float) / beta)


def log_posterior(
    cover: np.ndarray,
    answers: np.ndarray,
    prior_mean: np.ndarray,
    prior_sd: np.ndarray,
    beta: float = JUST_SEEN,
    mistakes: float = MISTAKES,
) -> float:
    """What ``fit_scale`` maximises, up to a constant.

    Args:
        cover: float64 (n,), percent.
        answers: int (k, 2): the tighter, the looser.
        prior_mean, prior_sd: float64 (n,).
        beta, mistakes: see the module.
    """
    said = answer_chance(cover[answers[:, 0]] - cover[answers[:, 1]], beta, mistakes)
    return float(np.log(said).sum() - 0.5 * (((cover - prior_mean) / prior_sd) ** 2).sum())


def fit_scale(
    n: int,
    answers: Sequence[tuple[int, int]] | np.ndarray,
    prior_mean: np.ndarray | None = None,
    prior_sd: np.ndarray | None = None,
    *,
    beta: float = JUST_SEEN,
    mistakes: float = MISTAKES,
    start: np.ndarray | None = None,
) -> PairScale:
    """The most likely scale and how sure it is, by Fisher scoring with step halving.

    Args:
        n: swatches.
        answers: (tighter, looser) pairs of indices.
        prior_mean, prior_sd: float64 (n,), percent; ``UNKNOWN`` where not given.
        beta, mistakes: see the module.
        start: where to begin, float64 (n,); the scale of one answer ago saves steps.
    """
    mean = np.full(n, UNKNOWN[0]) if prior_mean is None else np.asarray(prior_mean, float)
    sd = np.full(n, UNKNOWN[1]) if prior_sd is None else np.asarray(prior_sd, float)
    pairs = np.asarray(answers, np.int64).reshape(-1, 2)
    cover = mean.copy() if start is None else start.copy()
    value = log_posterior(cover, pairs, mean, sd, beta, mistakes)
    for _ in range(_STEPS):
        gradient, information = _slopes(cover, pairs, mean, sd, beta, mistakes)
        step = np.linalg.solve(information, gradient)
        for _ in range(30):
            tried = log_posterior(cover + step, pairs, mean, sd, beta, mistakes)
            if tried >= value:
                break
            step = step / 2
        else:
            break
        cover, gain, value = cover + step, tried - value, tried
        if gain < 1e-9:
            break
    information = _slopes(cover, pairs, mean, sd, beta, mistakes)[1]
    return PairScale(cover, np.linalg.inv(information))


def _slopes(
    cover: np.ndarray, pairs: np.ndarray, mean: np.ndarray, sd: np.ndarray, beta: float,
    mistakes: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Gradient (n,) and expected information (n, n) of the log posterior."""
    won, lost = pairs[:, 0], pairs[:, 1]
    sigma = _sigmoid((cover[won] - cover[lost]) / beta)
    chance = mistakes + (1 - 2 * mistakes) * sigma
    slope = (1 - 2 * mistakes) * sigma * (1 - sigma) / beta
    pull = slope / chance
    gradient = (mean - cover) / sd**2
    np.add.at(gradient, won, pull)
    np.add.at(gradient, lost, -pull)
    # Where σ has run into 0 or 1 the slope is 0 as well: nothing is learned there.
    weight = slope**2 / np.maximum(chance * (1 - chance), 1e-12)
    information = np.diag(1 / sd**2)
    np.add.at(information, (won, won), weight)
    np.add.at(information, (lost, lost), weight)
    np.add.at(information, (won, lost), -weight)
    np.add.at(information, (lost, won), -weight)
    return gradient, information


def expected_information(
    scale: PairScale,
    pairs: np.ndarray,
    *,
    beta: float = JUST_SEEN,
    mistakes: float = MISTAKES,
) -> np.ndarray:
    """Bits an answer to each pair is expected to tell of the scale, float64 (k,).

    H(E[p]) − E[H(p)] over the difference's normal distribution, by quadrature.
    """
    i, j = pairs[:, 0], pairs[:, 1]
    v = scale.covariance
    spread = np.sqrt(np.maximum(v[i, i] + v[j, j] - 2 * v[i, j], 1e-12))
    differences = (scale.mean[i] - scale.mean[j])[:, None] + spread[:, None] * _NODES
    chances = answer_chance(differences, beta, mistakes)
    return _entropy(chances @ _WEIGHTS) - _entropy(chances) @ _WEIGHTS


def next_pair(
    scale: PairScale,
    *,
    beta: float = JUST_SEEN,
    mistakes: float = MISTAKES,
    rng: np.random.Generator | None = None,
    most: int = 4000,
) -> tuple[int, int]:
    """The pair whose answer tells most; with many swatches the best of ``most`` drawn by lot.

    Raises:
        ValueError: fewer than two swatches.
    """
    n = len(scale.mean)
    if n < 2:
        raise ValueError("a pair needs two swatches")
    if n * (n - 1) // 2 <= most:
        pairs = np.stack(np.triu_indices(n, 1), axis=1)
    else:
        rng = rng or np.random.default_rng(0)
        first = rng.integers(0, n, most)
        pairs = np.stack([first, (first + rng.integers(1, n, most)) % n], axis=1)
    told = expected_information(scale, pairs, beta=beta, mistakes=mistakes)
    best = int(np.argmax(told))
    return int(pairs[best, 0]), int(pairs[best, 1])


def kendall_tau(first: np.ndarray, second: np.ndarray) -> float:
    """Kendall's tau-a of two orders of the same n things: 1 equal, −1 reversed."""
    i, j = np.triu_indices(len(first), 1)
    same = np.sign(first[i] - first[j]) * np.sign(second[i] - second[j])
    return float(same.mean())


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _entropy(p: np.ndarray) -> np.ndarray:
    """Bits of a yes with chance p."""
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
