"""Openwork: leno's crossed warp pairs with holes between, and eyelets with embroidered rims."""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from fabricfinder.domain.textile import yarn_diameter_mm
from fabricfinder.synthesis.canvas import Canvas, placed
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.light import Light, to_linear
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.pile import Openwork
from fabricfinder.synthesis.piled import thread_line
from fabricfinder.synthesis.surfaces import cloth_noise, face, laid, soft
from fabricfinder.synthesis.window import Window

# Warp pairs and picks in the leno tile, and pixels to each.
PAIRS, PAIR_PX = 8, 56
EYELET_PX = 640

Woven = Callable[[Fabric, Window, Light | None, np.ndarray | None], np.ndarray]


def draw(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None, woven: Woven
) -> np.ndarray:
    """Draw a window of a cloth with ``openwork``.

    Args:
        fabric: the recipe.
        window: the square of cloth.
        light: the lamp, or None for albedo alone.
        ink: linear print colours (px, px, 3), or None.
        woven: draws the ground of an eyelet cloth, with these first four arguments.

    Returns:
        linear light, float32 (px, px, 3).
    """
    work = fabric.openwork
    assert work is not None
    if work.kind == "leno":
        return _leno(fabric, work, window, light, ink)
    return _punched(fabric, work, window, light, woven(fabric, window, light, ink))


def _lit(
    colour: np.ndarray, dx: np.ndarray, dy: np.ndarray, reach: np.ndarray, light: Light | None
) -> np.ndarray:
    """Light raised threads; without a lamp only the dark of their sides stays."""
    if light is None:
        return colour * reach[..., None]
    lx, ly, lz = light.direction
    lambert = np.maximum(lz - dx * lx - dy * ly, 0) / np.sqrt(1 + dx * dx + dy * dy)
    diffuse = reach * (light.ambient + (1 - light.ambient) / max(lz, 0.3) * lambert)
    return colour * np.minimum(diffuse, 2.2)[..., None]


@lru_cache(maxsize=4)
def leno_tile(warp_width: float, weft_width: float) -> tuple[np.ndarray, np.ndarray]:
    """Crossed pairs: the doup end over every pick, left and right of its standing end in turn.

    Args:
        warp_width: width of a warp yarn over the distance between pairs.
        weft_width: width of a weft yarn over the distance between picks.

    Returns:
        a face (h, w, 4) and the shares of warp and of weft seen, float32 (h, w, 2).
    """
    px = PAIRS * PAIR_PX
    rng = generator(64)
    y, x = np.indices((px, px), np.float32) / PAIR_PX
    pick = np.floor(y).astype(int) % PAIRS
    pair = np.floor(x).astype(int) % PAIRS
    u = x % 1 - 0.5 + (0.035 * rng.standard_normal(PAIRS))[pair].astype(np.float32)
    v = y % 1 - 0.5 + (0.05 * rng.standard_normal(PAIRS))[pick].astype(np.float32)
    turn = np.cos(np.pi * (y - 0.5))
    swing = np.float32(0.62 * warp_width)
    each = (1 + 0.08 * rng.standard_normal((2, PAIRS))).astype(np.float32)
    best = np.full((px, px), -9, np.float32)
    seen = np.zeros((px, px, 2), np.float32)
    slope = np.abs(np.pi * swing * np.sin(np.pi * (y - 0.5)))
    lift = np.cos(2 * np.pi * (y - 0.5))
    for sign in (1, -1):
        half = warp_width / 2 * each[0][pair]
        # A slanting yarn is as thick across itself as an upright one.
        q = (u - sign * swing * turn) / (half * np.sqrt(1 + slope * slope))
        inside = 1 - q * q
        height = np.sqrt(np.maximum(inside, 0)) * half + sign * np.float32(0.6 * warp_width) * lift
        over = (inside > 0) & (height > best)
        best[over], seen[over] = height[over], (1, 0)
    half = weft_width / 2 * each[1][pick]
    inside = 1 - (v / half) ** 2
    height = np.sqrt(np.maximum(inside, 0)) * half
    over = (inside > 0) & (height > best)
    best[over], seen[over] = height[over], (0, 1)
    covered = seen.sum(2)
    low = np.where(covered > 0, best, -0.6 * warp_width)
    height = soft(low.astype(np.float32), 0.8) * PAIR_PX
    reach = np.clip(0.62 + 0.9 * (low / max(warp_width, 0.05)) * 0.5, 0.4, 1) * covered
    twist = np.sin((x * 2.2 + y) * np.float32(2 * np.pi * 0.55 / max(warp_width, 0.05)))
    tone = 1 + np.float32(0.07) * twist
    return face(height, reach, tone), np.ascontiguousarray(seen)


def _leno(
    fabric: Fabric, work: Openwork, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    pair_mm, pick_mm = 20 / fabric.ends_per_cm, 10 / fabric.picks_per_cm
    widths = [
        round(float(np.clip(1.2 * yarn_diameter_mm(yarn.tex, yarn.fibre) / mm, 0.06, 0.46)), 2)
        for yarn, mm in ((fabric.warp_yarn, pair_mm), (fabric.weft_yarn, pick_mm))
    ]
    salt = fabric.seed % 89
    shift = tuple(
        np.float32(0.10 * mm) * cloth_noise(window, (4 * mm, 4 * mm), salt + k)
        + np.float32(0.05 * mm) * cloth_noise(window, (0.5 * mm, 0.5 * mm), salt + k + 2)
        for k, mm in ((1, pair_mm), (2, pick_mm))
    )
    tile, seen_tile = leno_tile(*widths)
    size = (PAIRS * pair_mm, PAIRS * pick_mm)
    lie = laid(tile, size, window, shift)
    seen = laid(seen_tile, size, window, shift)
    if ink is None:
        colours = to_linear(np.array(fabric.colours))
        warp = thread_line(fabric.warp, colours, window.x_cm, fabric.ends_per_cm, window)[None]
        weft = thread_line(fabric.weft, colours, window.y_cm, fabric.picks_per_cm, window)[:, None]
    else:
        warp = weft = ink
    thread = seen[..., :1] * warp + seen[..., 1:] * weft
    covered = np.clip(seen.sum(2), 0, 1)
    # Reach already carries the share covered; the colours do too: take it out once.
    reach = np.clip(lie[..., 2] / np.maximum(covered, 0.05), 0, 1)
    wander = 1 + np.float32(0.04) * cloth_noise(window, (0.3, 12), salt + 7)
    lit = _lit(thread * (lie[..., 3] * wander)[..., None], lie[..., 0], lie[..., 1], reach, light)
    return lit + _behind(work, covered, light)[..., None]


def _behind(work: Openwork, covered: np.ndarray, light: Light | None) -> np.ndarray:
    """What lies behind the holes, shadowed by the threads above it, linear (px, px)."""
    shadow = 1.0 if light is None else 0.75 + 0.25 * light.ambient
    return (1 - covered) * np.float32(work.behind * shadow)


@lru_cache(maxsize=4)
def eyelet_tile(kind: str, hole: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Embroidered holes on a tile of one motif by one.

    Args:
        kind: ``rows``, ``flowers`` or ``sprays``.
        hole: width of a hole over the step between motifs.
        seed: chooses the motif.

    Returns:
        a face (h, w, 4) of the stitching, and the shares of hole and of stitching, (h, w, 2).
    """
    px = EYELET_PX
    rng = generator(seed, 65)
    shapes, stems = _motif(kind, hole * px, rng)
    holes, rims, stitch = (Canvas((px, px)) for _ in range(3))
    rim = float(np.clip(0.34 * hole * px, 5, 30))
    for points, open_ in shapes:
        middle = points.mean(0)
        outward = points - middle
        long = np.linalg.norm(outward, axis=1, keepdims=True)
        wider = middle + outward * (1 + rim / np.maximum(long, 1))
        rims.fill(wider, 1)
        if open_:
            holes.fill(points, 1)
        # Satin stitches run across the rim, one beside the other.
        for k in range(len(points)):
            pair = np.stack([middle + outward[k] * (0.9 if open_ else 0.0), wider[k]])
            stitch.line(pair, int(rng.integers(60, 250)), 2)
    for stem in stems:
        rims.line(stem, 1, max(4.0, 0.5 * rim))
        stitch.line(stem, 150, max(4.0, 0.5 * rim))
        for k in range(0, len(stem) - 1):
            stitch.line(stem[k : k + 2], int(rng.integers(60, 250)), max(3.0, 0.5 * rim))
    hole_mask = holes.ink.astype(np.float32)
    rim_mask = rims.ink.astype(np.float32) * (1 - hole_mask)
    wrapped = np.pad(rim_mask, 40, mode="wrap").astype(np.uint8)
    inward = cv2.distanceTransform(wrapped, cv2.DIST_L2, 5)[40:-40, 40:-40]
    dome = np.sqrt(np.clip(inward / (0.5 * rim), 0, 1)) * np.float32(0.55 * rim)
    thread = soft(stitch.ink.astype(np.float32) / 255, 0.7) * rim_mask
    height = soft(dome.astype(np.float32), 1.0) + thread * np.float32(0.05 * rim)
    tone = 1 + (thread - 0.6) * np.float32(0.22) * rim_mask
    shares = np.stack([soft(hole_mask, 0.7), soft(rim_mask, 0.7)], 2)
    return face(height, np.clip(0.8 + 0.2 * dome / max(rim, 1), 0, 1), tone), shares


def _round(x: float, y: float, wide: float, long: float, angle: float) -> np.ndarray:
    """An oval with a stitch at every point, (n, 2)."""
    n = int(np.clip(2.4 * (wide + long) / 2, 24, 160))
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    oval = np.stack([np.cos(t) * long / 2, np.sin(t) * wide / 2], 1)
    return placed(oval, x, y, 1.0, angle)


def _motif(
    kind: str, hole: float, rng: np.random.Generator
) -> tuple[list[tuple[np.ndarray, bool]], list[np.ndarray]]:
    """Holes and satin leaves ((points, is a hole)) and stems of one tile, in pixels."""
    px = EYELET_PX
    if kind == "rows":
        small = hole * float(rng.uniform(0.3, 0.9))
        return [
            (_round(0.25 * px, 0.25 * px, hole, hole, 0), True),
            (_round(0.75 * px, 0.75 * px, hole, hole, 0), True),
            (_round(0.75 * px, 0.25 * px, small, small, 0), bool(rng.random() < 0.7)),
            (_round(0.25 * px, 0.75 * px, small, small, 0), bool(rng.random() < 0.7)),
        ], []
    shapes: list[tuple[np.ndarray, bool]] = []
    stems: list[np.ndarray] = []
    petals = int(rng.integers(5, 9))
    long = hole * float(rng.uniform(1.0, 1.7))
    centres = [(0.27, 0.27), (0.77, 0.77)] if kind == "flowers" else [(0.30, 0.62)]
    for cx, cy in centres:
        start = float(rng.uniform(0, 2 * np.pi))
        ring = max(0.85 * long, hole * petals / 5.2)
        shapes.append((_round(cx * px, cy * px, 0.7 * hole, 0.7 * hole, 0), True))
        for k in range(petals):
            angle = start + 2 * np.pi * k / petals
            x, y = cx * px + ring * np.cos(angle), cy * px + ring * np.sin(angle)
            shapes.append((_round(x, y, 0.62 * hole, long * 0.8, angle), True))
    if kind == "sprays":
        t = np.linspace(0, 1, 60)
        stem = np.stack([(0.30 + 0.55 * t) * px, (0.45 - 0.35 * t + 0.12 * np.sin(5 * t)) * px], 1)
        stems.append(stem)
        for k, at in enumerate((14, 28, 42, 56)):
            side = 1 if k % 2 else -1
            x, y = stem[at] + np.array([0.6, 0.8]) * side * 1.1 * hole
            shapes.append((_round(x, y, 0.55 * hole, 1.3 * hole, 0.93 * side + 0.5), k % 2 == 0))
    else:
        for cx, cy in ((0.77, 0.27), (0.27, 0.77)):
            shapes.append((_round(cx * px, cy * px, 0.5 * hole, 0.5 * hole, 0), True))
    return shapes, stems


def _punched(
    fabric: Fabric, work: Openwork, window: Window, light: Light | None, ground: np.ndarray
) -> np.ndarray:
    """Lay the embroidery over the ground, and open the holes."""
    tile, shares = eyelet_tile(work.kind, round(work.hole_mm / work.step_mm, 3), work.seed)
    size = (work.step_mm, work.step_mm)
    lie, seen = laid(tile, size, window), laid(shares, size, window)
    hole, rim = seen[..., :1], np.clip(seen[..., 1:], 0, 1)
    # Whole cloth is embroidered in its own yarn, or in the last colour of the recipe.
    thread = to_linear(np.array(fabric.colours[-1]))
    colour = thread * lie[..., 3:4]
    stitched = _lit(colour, lie[..., 0], lie[..., 1], lie[..., 2], light)
    picture = ground * (1 - rim) + stitched * rim
    if light is not None:
        # The rim stands up: a soft shadow falls beside it, away from the lamp.
        lx, ly, _ = light.direction
        reach = 0.03 * work.step_mm * window.px_per_cm / 10
        matrix = np.float32([[1, 0, -lx * reach], [0, 1, -ly * reach]])
        shade = cv2.warpAffine(rim[..., 0], matrix, (window.px, window.px),
                               borderMode=cv2.BORDER_REFLECT_101)  # fmt: skip
        picture *= 1 - np.float32(0.28) * (shade * (1 - rim[..., 0]))[..., None]
    hole = np.clip(hole, 0, 1)
    return picture * (1 - hole) + _behind(work, 1 - hole[..., 0], light)[..., None]
