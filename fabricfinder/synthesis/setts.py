"""Tartan setts written as thread counts, and new ones made in the manner of the old.

A sett is written as weavers publish it: ``"K/4 R24 K24 Y/4"`` gives a colour letter and a thread
count for each stripe from one pivot (``/``) to the other; the cloth runs back and forth between
its pivots. Without pivots it repeats straight on.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from fabricfinder.synthesis.colours import Colour, pick
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator
Runs = tuple[tuple[int, int], ...]

# The registers' letters and the shades of this room they stand for.
LETTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "R": ("red", "scarlet", "crimson"), "G": ("bottle", "emerald"), "B": ("navy", "indigo"),
        "K": ("black", "ink"), "W": ("white", "optic", "cream"), "Y": ("gold", "lemon"),
        "A": ("sky", "powder"), "N": ("grey", "slate", "silver"), "T": ("tobacco", "chocolate"),
        "O": ("orange", "saffron"), "P": ("plum", "violet"), "C": ("camel", "sand", "oat"),
        "D": ("charcoal", "slate"), "M": ("burgundy", "wine"), "S": ("royal", "denim"),
        "F": ("pink", "rose", "salmon"), "Q": ("turquoise", "teal", "petrol"),
    }
)  # fmt: skip
_STRIPE = re.compile(r"([A-Z])(/?)(\d+)")

# Manners of old setts, our own counts: two grounds with tramlines, dark government kind,
# camel with bars and a red line, dress on white, two colours graded, shirting flannel, madras-like.
MANNERS = (
    "R/48 {a}6 R6 {a}18 {b}6 {c}4 {b}30 R/4", "{a}/6 {b}6 {a}24 {b}24 {d}24 {b}4 {d}/4",
    "C/44 K6 W4 K6 W4 K6 C44 R/4", "W/40 {a}6 W6 {a}24 {b}12 {c}4 {b}/20",
    "{a}/40 {b}4 {a}8 {b}8 {a}4 {b}/36", "R/32 K32 R4 K4 R4 K/4", "{a}/30 {b}30 {a}6 {c}2 {a}/6",
    "{a}/24 {c}2 {a}4 {c}2 {a}24 {b}24 {d}4 {b}/24", "{a}/36 {c}4 {a}12 {b}/20",
    "K/20 {a}4 K4 {a}36 {c}4 {a}6 {d}/4", "G/32 {c}4 G6 {b}20 R4 {b}/20", "{a}/56 {b}/56",
    "{a}/30 {b}12 {a}4 {b}4 {a}4 {b}12 {c}/3", "B/28 G28 K6 {c}3 K6 G28 R/4",
)  # fmt: skip


def parse_sett(text: str) -> tuple[tuple[str, ...], Runs]:
    """Colour letters and runs (index, threads) of one whole repeat, mirrored at its pivots.

    Raises:
        ValueError: the text is no thread count.
    """
    parts = text.split()
    found = [_STRIPE.fullmatch(part) for part in parts]
    if not parts or not all(found) or any(int(m[3]) < 1 for m in found if m):
        raise ValueError(f"“{text}” is not a thread count like “K/4 R24 K24 Y/4”")
    letters = tuple(dict.fromkeys(m[1] for m in found if m))
    half = [(letters.index(m[1]), int(m[3])) for m in found if m]
    if len(half) > 1 and found[0][2] and found[-1][2]:
        return letters, (*half, *half[-2:0:-1])
    return letters, tuple(half)


def sett_colours(letters: Sequence[str], rng: Rng) -> tuple[Colour, ...]:
    """A dye lot of each letter's colour."""
    return tuple(pick(rng, LETTERS[letter]) for letter in letters)


def sample_sett(rng: Rng) -> tuple[tuple[Colour, ...], Runs]:
    """Colours and one repeat of runs in threads: an old manner with new colours and counts."""
    manner = choose(rng, MANNERS)
    grounds = list(rng.permutation(list("RGBKMSDNCPTQF")))
    lines = list(rng.permutation(list("WYWAROKWFQ")))
    text = manner.format(a=grounds[0], b=grounds[1], c=lines[0], d=lines[1])
    counts = [
        part if rng.random() < 0.3 else _STRIPE.sub(
            lambda m: f"{m[1]}{m[2]}{max(2, round(int(m[3]) * rng.uniform(0.6, 1.6)))}", part)
        for part in text.split()
    ]  # fmt: skip
    letters, runs = parse_sett(" ".join(counts))
    merged: list[tuple[int, int]] = []
    for colour, n in runs:
        if merged and merged[-1][0] == colour:
            merged[-1] = (colour, merged[-1][1] + n)
        else:
            merged.append((colour, n))
    return sett_colours(letters, rng), tuple(merged)
