"""A library's own heads: what the encoder believes, corrected by what people have said.

Nothing is looked at again. A head stands on what the library keeps of every swatch anyway, the
code's bits and the beliefs the encoder came to, so thousands of labels are learned from in seconds
and every picture there is gets its new belief at once. Weights are shrunk towards none at all,
where a head says just what the encoder said. numpy only: the standard edition has no torch.
"""

import base64
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.labelling.minimum import lowest

Steps = Generator[Progress, None, Any]
SURENESSES = (1e-2, 3e-3, 1e-3, 3e-4)  # λ, the pull towards the encoder's own word
RIDGES = (3.0, 1.0, 0.3, 0.1)  # the same for tightness, whose squares are larger
_FLOOR = 1e-3  # mixed into a belief before its logarithm is taken
_BIT = 0.5  # a bit counts half as much as a belief
_BIAS_PULL = 0.01
_BLOCK = 8192
_FORMAT = 1
_ARRAYS = ("centre", "spread", "weight", "bias")


def inputs(table: DescriptorTable) -> np.ndarray:
    """What a head stands on, float32 (n, d): log beliefs of both textures and the code's bits.

    Args:
        table: as the encoder itself sees the swatches, nobody's label merged in.
    """
    bits = np.unpackbits(table.codes, axis=1).astype(np.float32) * (2 * _BIT) - _BIT
    logs = [np.log(np.maximum(b, np.float32(1e-4))) for b in (table.coarse, table.fine)]
    return np.hstack([*logs, bits]).astype(np.float32)


def scales(x: np.ndarray, n_beliefs: int) -> tuple[np.ndarray, np.ndarray]:
    """Centre and spread of inputs, float32 (d,) each; bits keep their own size.

    Args:
        x: float32 (n, d), without nan.
        n_beliefs: how many of the columns are logs of beliefs.
    """
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-3
    spread[n_beliefs:] = 1.0
    return centre.astype(np.float32), (spread * np.sqrt(n_beliefs)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Head:
    """One dimension's head.

    Attributes:
        dimension: "coarse", "fine" or "tightness".
        encoder: id of the encoder whose beliefs it corrects.
        classes: the terms that were said, k of them; () for tightness.
        columns: int (k,), the taxonomy's column each counts as.
        centre, spread: float32 (d,), see ``scales``.
        weight, bias: float32 (d, k), (k,); for tightness (d, 1), (1,) in percent.
        labels: how many it was fitted on.
        at: when, seconds since 1970.
        deviation: of tightness after the fit, percent.
    """

    dimension: str
    encoder: str
    classes: tuple[str, ...]
    columns: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    labels: int = 0
    at: int = 0
    deviation: float = 0.0

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """Inputs (n, d) as the weights are meant for."""
        return (x - self.centre) / self.spread

    def chances(self, x: np.ndarray, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Chance of each class, (n, k), and belief over the taxonomy, (n, columns).

        What counts as one shipped term shares what the encoder believed of it; terms nobody said
        keep the encoder's word, scaled so that all sums to 1.

        Args:
            x: float32 (n, d) by ``inputs``.
            prior: float (n, columns), what the encoder believes.
        """
        logits = offsets(prior, self.columns)[0] + self.scaled(x) @ self.weight + self.bias
        rest = _rest(prior, self.columns)
        top = np.maximum(logits.max(axis=1, keepdims=True), 0.0)
        said = np.exp(logits - top)
        rest = rest * np.exp(-top)
        whole = said.sum(axis=1, keepdims=True) + rest.sum(axis=1, keepdims=True)
        chances, beliefs = said / whole, rest / whole
        np.add.at(beliefs.T, self.columns, chances.T)
        return chances.astype(np.float32), beliefs.astype(np.float32)

    def corrected(self, table: DescriptorTable) -> np.ndarray:
        """What is believed of swatches with this head, in the shape of the table's own column.

        Swatches the encoder could not judge keep their nan.
        """
        own = getattr(table, self.dimension)
        found = own.copy()
        for start in range(0, len(table), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(table)))
            x = inputs(table.take(rows))
            judged = np.isfinite(x).all(axis=1) & np.isfinite(own[rows]).all(axis=1)
            x, rows = x[judged], rows[judged]
            if not len(rows):
                continue
            if self.dimension == "tightness":
                found[rows, 0] = np.clip(self.covers(x, own[rows, 0]), 0, 100)
                found[rows, 1] = self.deviation
            else:
                found[rows] = self.chances(x, own[rows])[1]
        return found

    def covers(self, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Tightness in percent, (n,), from inputs and what the encoder estimated."""
        return mean + with_cover(self.scaled(x), mean) @ self.weight[:, 0] + self.bias[0]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the inverse of ``head_from``."""
        arrays = {name: _packed(getattr(self, name)) for name in _ARRAYS}
        return {
            "format": _FORMAT, "dimension": self.dimension, "encoder": self.encoder,
            "classes": list(self.classes), "columns": self.columns.tolist(), "labels": self.labels,
            "at": self.at, "deviation": self.deviation, **arrays,
        }  # fmt: skip


def head_from(told: dict[str, Any]) -> Head:
    """Read ``to_json``; raises FabricFinderError when it is none of this program's."""
    try:
        if told["format"] > _FORMAT:
            raise ValueError("newer")
        arrays = {name: _unpacked(told[name]) for name in _ARRAYS}
        columns = np.array(told["columns"], np.int64)
        return Head(
            told["dimension"], told["encoder"], tuple(told["classes"]), columns, **arrays,
            labels=told["labels"], at=told["at"], deviation=told["deviation"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise FabricFinderError("What was learned of the labels cannot be read.") from error


def _packed(array: np.ndarray) -> dict[str, Any]:
    raw = np.ascontiguousarray(array, "<f4")
    return {"shape": raw.shape, "f4": base64.b64encode(raw.tobytes()).decode("ascii")}


def _unpacked(told: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(told["f4"]), "<f4").reshape(told["shape"])


def with_cover(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Scaled inputs and the estimate itself as one more, float (n, d + 1)."""
    return np.hstack([x, (mean[:, None] - 50.0) / 25.0])


def offsets(prior: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the encoder believed of each class, as logs (n, k), and of all others together (n,)."""
    mixed = _mixed(prior)
    shares = _shares(columns)
    return np.log(mixed[:, columns] * shares), np.log(_rest(prior, columns).sum(axis=1))


def _mixed(prior: np.ndarray) -> np.ndarray:
    return (prior + _FLOOR) / (1 + _FLOOR * prior.shape[1])


def _shares(columns: np.ndarray) -> np.ndarray:
    """The share of its column's belief each class gets: as many as count as it, and it itself."""
    return 1.0 / (1.0 + np.array([(columns == c).sum() for c in columns]))


def _rest(prior: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What is left to the taxonomy's columns beside the classes, (n, columns)."""
    rest = _mixed(prior)
    np.subtract.at(rest.T, columns, (_mixed(prior)[:, columns] * _shares(columns)).T)
    return rest


@dataclass(frozen=True, eq=False)
class Lessons:
    """What a head is fitted on: n labelled swatches.

    Attributes:
        x: float32 (n, d), scaled inputs.
        prior: float (n, columns), or (n, 2) for tightness.
        said: int (n,) into ``classes``, or percent for tightness.
        columns: int (k,), of the classes.
        groups: (n,), swatches of one article share one.
        trust: float (n,), deviation of each value in percent; of tightness only.
    """

    x: np.ndarray
    prior: np.ndarray
    said: np.ndarray
    columns: np.ndarray
    groups: np.ndarray
    trust: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.said)

    def part(self, rows: np.ndarray) -> "Lessons":
        """Some of them."""
        trust = None if self.trust is None else self.trust[rows]
        return replace(self, x=self.x[rows], prior=self.prior[rows], said=self.said[rows],
                       groups=self.groups[rows], trust=trust)  # fmt: skip


def fit_classes(
    lessons: Lessons, pull: float, start: np.ndarray | None = None, steps: int = 60
) -> np.ndarray:
    """Weights of a multinomial logistic head whose offset is the encoder's belief.

    Minimises mean cross entropy + λ/2 ‖W‖² + a little on the biases; terms nobody said are one
    further class without weights.

    Args:
        lessons: what was said.
        pull: λ.
        start: where to begin, float (d + 1, k), the last row biases.
        steps: at most so many.

    Returns:
        float64 (d + 1, k).
    """
    n, k = len(lessons), len(lessons.columns)
    x = np.hstack([lessons.x, np.ones((n, 1), lessons.x.dtype)]).astype(np.float32)
    logs, rest = offsets(lessons.prior, lessons.columns)
    pulls = np.full((x.shape[1], 1), pull)
    pulls[-1] = _BIAS_PULL

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weight = flat.reshape(-1, k)
        logits = np.hstack([logs + x @ weight.astype(np.float32), rest[:, None]])
        top = logits.max(axis=1, keepdims=True)
        chance = np.exp(logits - top)
        whole = chance.sum(axis=1, keepdims=True)
        own = logits[np.arange(n), lessons.said] - top[:, 0] - np.log(whole[:, 0])
        slope = (chance / whole)[:, :k]
        slope[np.arange(n), lessons.said] -= 1
        value = -own.mean() + 0.5 * float((pulls * weight**2).sum())
        return value, ((x.T @ slope.astype(np.float32)) / n + pulls * weight).ravel()

    begin = np.zeros((x.shape[1], k)) if start is None else start
    return lowest(cost, begin.ravel(), steps).reshape(-1, k)


def class_logs(lessons: Lessons, weight: np.ndarray) -> np.ndarray:
    """Log chances of the classes and of all the rest, (n, k + 1); zeros of weight = the encoder."""
    logs, rest = offsets(lessons.prior, lessons.columns)
    logits = np.hstack([logs + lessons.x @ weight[:-1] + weight[-1], rest[:, None]])
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


def fit_cover(lessons: Lessons, pull: float) -> np.ndarray:
    """Ridge regression of what the encoder's tightness was off by, float64 (d + 2,), bias last.

    Weighted by how far each value can be trusted; closed form.
    """
    x = with_cover(lessons.x, lessons.prior[:, 0]).astype(np.float64)
    x = np.hstack([x, np.ones((len(x), 1))])
    weight = np.ones(len(x)) if lessons.trust is None else 64.0 / lessons.trust**2
    weight = np.minimum(weight, 4.0)
    pulls = np.full(x.shape[1], pull)
    pulls[-1] = 0.02
    off = lessons.said - lessons.prior[:, 0]
    return np.linalg.solve((x.T * weight) @ x + np.diag(pulls * 10), (x.T * weight) @ off)


def cover_of(lessons: Lessons, weight: np.ndarray) -> np.ndarray:
    """Tightness with fitted weights in percent, (n,), 0..100."""
    x = with_cover(lessons.x, lessons.prior[:, 0])
    return np.clip(lessons.prior[:, 0] + x @ weight[:-1] + weight[-1], 0, 100)


def folds(groups: Sequence[object], n_folds: int) -> np.ndarray:
    """A number 0..n_folds - 1 for each row, no group parted, by the groups' names alone, int (n,)."""
    import hashlib

    names = [repr(g) for g in groups]
    sizes: dict[str, int] = {}
    for name in names:
        sizes[name] = sizes.get(name, 0) + 1
    full = [0] * n_folds
    fold_of: dict[str, int] = {}
    for name in sorted(sizes, key=lambda s: hashlib.sha256(s.encode("utf-8", "replace")).digest()):
        fold_of[name] = int(np.argmin(full))
        full[fold_of[name]] += sizes[name]
    return np.array([fold_of[name] for name in names], np.int64)
