"""Threads per centimetre from a picture of known scale, as readings for the weave to settle.

A small network, fitted on rendered cloth (``training.density``), weighs every pair of peaks of the
spectrum under every weave it might belong to, beside "none of them". Its numbers are a resource of
the program; nothing is learned here.
"""

import json
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from fabricfinder.domain.density import TOO_COARSE, DensityReadings
from fabricfinder.domain.resources import resource_path
from fabricfinder.vision.yarn_spectrum import (
    MIN_SIDE,
    PeakPairs,
    flattened,
    peak_pairs,
    standing,
)

MIN_PX_PER_CM = 60.0
SIDE_PX = 512
RESOURCE = "yarn-density.json"

TOO_SMALL = "The picture shows too little cloth to count yarns."
NO_YARNS = "No regular yarns are to be seen."


@dataclass(frozen=True, slots=True, eq=False)
class PairWeigher:
    """The network that weighs pairs of peaks, one hidden layer of rectifiers.

    Attributes:
        weaves: taxonomy ids of its outputs, w of them.
        middle, scale: facts are centred by the one and divided by the other, (f,).
        hidden, hidden_bias: (f, h), (h,).
        output, output_bias: (h, w), (w,).
        none: log weight of "no pair is right" under each weave, (w,).
        least: the probability a reading must have to be given.
        spread: (5,): constant and slopes of the log of a frequency's relative error.
    """

    weaves: tuple[str, ...]
    middle: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray
    none: np.ndarray
    least: float
    spread: np.ndarray

    def weights(self, facts: np.ndarray) -> np.ndarray:
        """Log weight of n pairs, and of none, under each weave: float (n + 1, w)."""
        inside = np.maximum((facts - self.middle) / self.scale @ self.hidden + self.hidden_bias, 0)
        return np.concatenate([inside @ self.output + self.output_bias, self.none[None]])

    def within(self, spread: np.ndarray) -> np.ndarray:
        """Half width of the 90 % interval of each frequency, relative, (n, 2) of (n, 2, 4)."""
        return np.clip(np.exp(self.spread[0] + spread @ self.spread[1:]), 0.002, 0.05)


@cache
def pair_weigher() -> PairWeigher:
    """The network that ships with the program."""
    raw = json.loads(resource_path(RESOURCE).read_text("utf-8"))
    arrays = {
        name: np.array(raw[name], np.float32)
        for name in ("middle", "scale", "hidden", "hidden_bias", "output", "output_bias", "none",
                     "spread")
    }  # fmt: skip
    return PairWeigher(weaves=tuple(raw["weaves"]), least=float(raw["least"]), **arrays)


def density_readings(rgb: np.ndarray, px_per_cm: float | None) -> DensityReadings:
    """What a picture says of the threads of its cloth; it may lie up to 15° askew.

    Args:
        rgb: uint8 (h, w, 3) sRGB at its own resolution; the central 1,024 px are looked at.
        px_per_cm: its scale; None or under 60 is refused.
    """
    weigher = pair_weigher()
    if px_per_cm is None or px_per_cm < MIN_PX_PER_CM:
        return no_readings(TOO_COARSE)
    if min(rgb.shape[:2]) < MIN_SIDE:
        return no_readings(TOO_SMALL)
    pairs = pairs_in(rgb, px_per_cm)
    if not len(pairs):
        return no_readings(NO_YARNS)
    within = weigher.within(pairs.spread)
    ends, picks = pairs.across * px_per_cm, pairs.along * px_per_cm
    return DensityReadings(
        ends, picks, ends * within[:, 0], picks * within[:, 1], weigher.weights(pairs.facts),
        weigher.weaves, px_per_cm, weigher.least,
    )  # fmt: skip


def no_readings(reason: str) -> DensityReadings:
    """Nothing to settle, with the sentence why."""
    none = np.zeros(0)
    return DensityReadings(none, none, none, none, np.zeros((1, 0)), (), 0.0, 1.0, reason)


def pairs_in(rgb: np.ndarray, px_per_cm: float) -> PeakPairs:
    """Pairs of peaks of a picture, fine yarns from its middle, coarse ones from a wider part.

    Frequencies are in cycles per pixel of ``rgb``; args as ``density_readings``.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    fine = peak_pairs(*standing(flattened(_middle(grey, SIDE_PX))), px_per_cm, False)
    if min(grey.shape) < 2 * MIN_SIDE:
        return fine
    wide = _middle(grey, 2 * SIDE_PX)
    half = (wide.shape[1] // 2, wide.shape[0] // 2)
    halved = cv2.resize(wide, half, interpolation=cv2.INTER_AREA)
    coarse = peak_pairs(*standing(flattened(halved)), px_per_cm / 2, True)
    return PeakPairs(
        np.concatenate([fine.across, coarse.across / 2]),
        np.concatenate([fine.along, coarse.along / 2]),
        np.concatenate([fine.facts, coarse.facts]),
        np.concatenate([fine.spread, coarse.spread]),
    )


def _middle(grey: np.ndarray, side: int) -> np.ndarray:
    """The central part of at most ``side`` px each way."""
    top, left = (max(0, (n - side) // 2) for n in grey.shape)
    return grey[top : top + side, left : left + side]
