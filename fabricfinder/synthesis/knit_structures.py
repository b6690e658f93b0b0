"""Stitch charts of the named knits, by their textbook definitions.

After Spencer, *Knitting Technology* (3rd ed., ch. 7, 18, 20, 27-29). Rows from top to bottom.
"""

import numpy as np

from fabricfinder.synthesis.knit import Knit, Rope
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator

# Fine ids whose chart is fixed: chart, rows per course, rib.
CHARTS: dict[str, tuple[tuple[tuple[str, ...], ...], int, float]] = {
    "single-jersey": ((("K",),), 1, 0.0),
    "reverse-jersey": ((("P",),), 1, 0.0),
    "rib-1-1": ((("KP",),), 1, 1.0),
    "rib-2-2": ((("KKPP",),), 1, 1.0),
    # Two 1×1 ribs locked together: each row knits every other face wale.
    "interlock": ((("K-", "-K"),), 2, 0.0),
    # Single piqué (cross tuck with knit rows between) and Lacoste, from both sides.
    "pique": (
        (("PT", "PP", "TP", "PP"), ("PT", "PT", "TP", "TP"), ("KT", "KK", "TK", "KK"),
         ("PT", "PT", "PP", "TP", "TP", "PP")), 1, 0.0,
    ),
    # Punto di Roma: two interlock rows, then each bed knits a plain row of its own.
    "ponte": ((("KK", "K-", "-K"),), 2, 0.0),
    "french-terry": ((("PPPP",) * 4,), 1, 0.0),
    "fleece": ((("PPPP",) * 4,), 1, 0.0),
    "jacquard-knit": ((("K",),), 1, 0.0),
    "tricot": ((("K", "K"),), 1, 0.0),
}  # fmt: skip
KNIT_FINES = (*CHARTS, "cable", "raschel", "lace-knit")


def structure(rng: Rng, fine: str) -> Knit:
    """A structure of a fine class, its finish still plain.

    Raises:
        KeyError: no such knit.
    """
    if fine == "cable":
        return _cable(rng)
    if fine == "raschel":
        return _raschel(rng)
    if fine == "lace-knit":
        return _lace(rng)
    charts, rows, rib = CHARTS[fine]
    knit = Knit(fine, choose(rng, charts), rows_per_course=rows, rib=rib * rng.uniform(0.5, 1.1))
    if fine in ("french-terry", "fleece"):
        step = int(choose(rng, (2, 4, 4)))
        return Knit(fine, ("P" * 4,) * 4, inlay=step, nap=1.0 if fine == "fleece" else 0.0)
    if fine == "tricot":
        leaning = choose(rng, (("/", "\\"), ("/", "\\"), ("P", "P"), ("PP", "PP")))
        return Knit(fine, leaning, lap=int(choose(rng, (1, 2, 3))) if "P" in leaning[0] else 0)
    return knit


def _cable(rng: Rng) -> Knit:
    """Cables between back-stitch gutters: ropes, plaits, mirrored pairs and ribs of knit."""
    rows = int(choose(rng, (8, 12)))
    turns = {1: (4,), 2: (4, 6) if rows == 12 else (4, 8), 3: (6, 12) if rows == 12 else (8,)}
    ropes: list[Rope] = []
    line = ""
    for _ in range(int(choose(rng, (1, 1, 2, 2, 3)))):
        line += "P" * int(choose(rng, (1, 2, 2, 3)))
        kind = choose(rng, ("rope", "rope", "rope", "plait", "pair", "column"))
        wide = int(choose(rng, (1, 2, 2, 3)))
        turn = int(choose(rng, turns[wide]))
        if kind == "column":
            line += "K" * int(choose(rng, (1, 2)))
        elif kind == "plait":
            wide = min(wide, 2)
            turned = bool(rng.random() < 0.5)
            ropes.append(Rope(len(line), 3, wide, rows if wide == 2 else rows // 2, 1.0 * wide,
                              turned))  # fmt: skip
            line += "K" * (3 * wide)
        else:
            for k in range(2 if kind == "pair" else 1):
                turned = bool(k) if kind == "pair" else bool(rng.random() < 0.5)
                ropes.append(Rope(len(line), 2, wide, turn, wide / 2, turned))
                line += "K" * (2 * wide)
    if not ropes:
        line += "P"
        ropes.append(Rope(len(line), 2, 2, 4, 1.0))
        line += "KKKK"
    # Moss stitch in the gutters of some.
    moss = line.translate(str.maketrans("P", "K")) if rng.random() < 0.15 else line
    chart = tuple(line if r % 2 else moss for r in range(rows))
    return Knit("cable", chart, ropes=tuple(ropes), rib=float(rng.uniform(0.25, 0.55)))


def _raschel(rng: Rng) -> Knit:
    """Nets: pillars of loops that swing from neighbour to neighbour and leave holes."""
    rows = int(choose(rng, (4, 6, 8, 10, 12, 16)))
    wide = int(choose(rng, (1, 1, 2, 2, 3)))
    gap = int(choose(rng, (1, 1, 2))) if wide > 1 else 1
    swing = (gap + 0.15) / 2
    step = wide + gap
    ropes = (
        Rope(0, 1, wide, rows, swing),
        Rope(step, 1, wide, rows, swing, True),
    )
    line = ("K" * wide + "." * gap) * 2
    plain = rows // 2 if rng.random() < 0.2 else 0
    chart = tuple(line.replace(".", "-" if r < plain else ".") for r in range(rows))
    return Knit("raschel", chart, ropes=ropes)


def _lace(rng: Rng) -> Knit:
    """Eyelets and the decreases that pay for them: spots, diamonds, chevrons, ladders."""
    kind = choose(rng, ("spots", "diamond", "chevron", "ladder", "zigzag"))
    if kind == "spots":
        wide, high = int(choose(rng, (4, 6, 8))), int(choose(rng, (4, 6, 8)))
        marks = [(0, 0, "L"), (high // 2, wide // 2, "L")]
    elif kind == "ladder":
        wide, high = int(choose(rng, (4, 6, 8))), 2
        marks = [(0, 0, "L")]
    elif kind == "zigzag":
        wide, n = int(choose(rng, (6, 8))), int(choose(rng, (4, 5, 6)))
        high = 4 * n
        marks = [(2 * k, k, "R") for k in range(n)]
        marks += [(2 * n + 2 * k, n - 1 - k, "L") for k in range(n)]
    else:
        n = int(choose(rng, (3, 4, 5)))
        wide = 2 * n + 2
        high = 4 * n if kind == "diamond" else 2 * n + 2
        marks = [(2 * k, n - k, "R") for k in range(n)] + [(2 * k, n + k, "L") for k in range(n)]
        if kind == "diamond":
            marks += [(2 * n + 2 * k, 1 + k, "L") for k in range(n)]
            marks += [(2 * n + 2 * k, 2 * n - 1 - k, "R") for k in range(n)]
    grid = [["K"] * wide for _ in range(high)]
    for r, w, side in marks:
        grid[r % high][w % wide] = "O"
        beside = (w + (1 if side == "L" else -1)) % wide
        if grid[r % high][beside] == "K":
            grid[r % high][beside] = "\\" if side == "L" else "/"
    return Knit("lace-knit", tuple("".join(line) for line in grid))
