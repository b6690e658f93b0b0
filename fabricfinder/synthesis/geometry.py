"""Yarns drawn one by one: where a yarn is three pixels wide or more.

Every pixel asks which end and which pick it lies over, how high each of them is there (an
elliptical section riding on a crimp that rounds the ends of floats), and shows the higher one.
"""

import cv2
import numpy as np

from fabricfinder.domain.textile import yarn_diameter_mm
from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.light import Light, shade, to_linear
from fabricfinder.synthesis.structure import lift_window, surface_relief
from fabricfinder.synthesis.window import Window

# A yarn in cloth is pressed flat: it is seen this much wider than its free diameter.
FLATTENING = 1.42
CRIMP = 0.36
# Between the yarns one sees shadow, and fibres and table behind of much the same colour.
GAP_LIGHT = 0.22


class _Threads:
    """One thread system over the window: which thread, where in it, and along it.

    ``across`` and ``along`` are thread coordinates float32 (px, px).
    """

    def __init__(
        self, fabric: Fabric, across: np.ndarray, along: np.ndarray, warp: bool
    ) -> None:
        self.yarn: Yarn = fabric.warp_yarn if warp else fabric.weft_yarn
        self.plan: Plan = fabric.warp if warp else fabric.weft
        self.density = fabric.ends_per_cm if warp else fabric.picks_per_cm
        other = fabric.picks_per_cm if warp else fabric.ends_per_cm
        self.salt = fabric.seed % 9973 + (0 if warp else 211)
        self.first = int(np.floor(across.min())) - 1
        floor = np.floor(across)
        self.index = floor.astype(np.int32) - self.first
        self.count = int(self.index.max()) + 2
        self.offset = across - floor - np.float32(0.5)
        self.along_mm = along * np.float32(10.0 / other)
        diameter = yarn_diameter_mm(self.yarn.tex, self.yarn.fibre)
        self.width = min(1.12, FLATTENING * diameter * self.density / 10.0)

    def swell(self) -> np.ndarray:
        """Relative width of the yarn at each pixel: yarn to yarn, and slub along it."""
        each = noise.per_thread(self.first, self.count, self.salt)
        width = (1 + 0.035 * each)[self.index]
        wander = noise.along_thread(
            self.index + self.first, self.along_mm / np.float32(2.5), self.salt
        )
        width += np.float32(0.03) * wander
        if self.yarn.slub > 0:
            slow = noise.along_thread(
                self.index + self.first,
                self.along_mm / np.float32(self.yarn.slub_mm), self.salt + 5
            )
            width += np.float32(0.7 * self.yarn.slub) * np.maximum(slow - 0.9, 0)
        return width

    def colour(self, colours: np.ndarray) -> np.ndarray:
        """Linear albedo at each pixel, float32 (px, px, 3)."""
        order = np.asarray(self.plan.threads)
        which = order[(np.arange(self.count) + self.first) % len(order)]
        lot = noise.per_thread(self.first, self.count, self.salt + 17)
        table = colours[which] * (1 + 0.02 * lot)[:, None]
        return table.astype(np.float32)[self.index]


def draw(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Draw the yarns of a window.

    Args:
        fabric: the recipe.
        window: the square of cloth.
        light: the lamp, or None for albedo alone.
        ink: linear print colours (px, px, 3), or None.

    Returns:
        linear light, float32 (px, px, 3).
    """
    u, v = _thread_coordinates(fabric, window)
    warp, weft = _Threads(fabric, u, v, True), _Threads(fabric, v, u, False)
    up = _crimp(fabric, warp, weft, window)
    pitch = window.px_per_cm / np.float32(max(fabric.ends_per_cm, fabric.picks_per_cm))
    swell_w, swell_f = warp.swell(), weft.swell()
    rise_w, beside_w = _section(warp, swell_w)
    rise_f, beside_f = _section(weft, swell_f)
    thick_w, thick_f = _thickness(warp, fabric), _thickness(weft, fabric)
    height_w = np.where(rise_w > 0, rise_w * thick_w + CRIMP * up[0], -9)
    height_f = np.where(rise_f > 0, rise_f * thick_f - CRIMP * up[1], -9)
    warp_seen = height_w >= height_f
    height = np.maximum(np.where(warp_seen, height_w, height_f), -0.75)
    # How far a pixel lies from both yarns: a hair's gap is no hole.
    gap = np.minimum(np.minimum(beside_w, beside_f) * np.float32(2.5), 1)
    gap *= np.float32(1 - _gap_light(fabric))
    clear = 1 - gap
    colours = to_linear(np.array(fabric.colours))
    colour = np.where(warp_seen[..., None], warp.colour(colours), weft.colour(colours))
    if ink is not None:
        colour = ink * (colour / max(float(colours.mean()), 0.05)).clip(0.7, 1.15)
    grain = _fibres(fabric, warp, weft, warp_seen, window, pitch)
    colour = _flecks(fabric, warp, weft, warp_seen, colour * (1 + grain)[..., None])
    if light is None:
        return colour * clear[..., None]
    return _lit(fabric, window, colour, height * pitch, warp_seen, clear, light)


def _thread_coordinates(fabric: Fabric, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Warp and weft coordinates in threads at each pixel: bowed and wandering a little."""
    px = window.px
    steps = (np.arange(px, dtype=np.float64) + 0.5) / window.px_per_cm
    u = ((window.x_cm + steps) * fabric.ends_per_cm)[None, :]
    v = ((window.y_cm + steps) * fabric.picks_per_cm)[:, None]
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 3)
    cells = min(24.0, max(2.0, window.side_cm * 3.5))
    drift_u, drift_v = (noise.field(rng, px, px, cells) for _ in range(2))
    u = (u + 0.10 * drift_u).astype(np.float32)
    v = (v + 0.10 * drift_v).astype(np.float32)
    hair = 0.5 * (fabric.warp_yarn.hairiness + fabric.weft_yarn.hairiness)
    if hair > 0.05:
        # Loose fibres make a yarn's outline rough.
        salt = fabric.seed % 499
        rough = noise.window(noise.blurred(0.8, 0.8), salt, salt * 7, px, px)
        u += rough * np.float32(0.055 * hair)
        v += rough[::-1] * np.float32(0.055 * hair)
    weave = fabric.weave
    if weave.gather_strength > 0:
        u = _gathered(u, weave.gather[0], weave.gather_strength)
        v = _gathered(v, weave.gather[1], weave.gather_strength)
    return u, v


def _gathered(t: np.ndarray, period: int, strength: float) -> np.ndarray:
    """Crowd threads towards the middle of groups of ``period``; the ends of groups open."""
    if period < 2:
        return t
    turn = np.float32(2 * np.pi / period)
    return t - np.float32(strength / turn * 0.62) * np.sin(turn * t)


def _section(threads: _Threads, swell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Height of the yarn's elliptical section at each pixel (1 on its crown, 0 beside it), and
    how far beside the yarn the pixel lies (0 on it)."""
    q = threads.offset * (np.float32(2.0 / threads.width) / swell)
    inside = 1 - q * q
    return np.sqrt(np.maximum(inside, 0)), np.maximum(-inside, 0)


def _thickness(threads: _Threads, fabric: Fabric) -> np.float32:
    """Half height of the yarn in units of the wider spacing."""
    diameter = yarn_diameter_mm(threads.yarn.tex, threads.yarn.fibre)
    pitch_mm = 10.0 / max(fabric.ends_per_cm, fabric.picks_per_cm)
    return np.float32(min(0.5, 0.42 * diameter / pitch_mm + 0.08))


def _crimp(
    fabric: Fabric, warp: _Threads, weft: _Threads, window: Window
) -> tuple[np.ndarray, np.ndarray]:
    """How high warp and weft ride, -1..1, eased from crossing to crossing along each thread."""
    lift = lift_window(
        fabric, weft.first - 1, warp.first - 1, weft.count + 2, warp.count + 2
    ).astype(np.float32) * 2 - 1
    columns = lift.shape[1]
    flat = lift.ravel()

    def eased(base: np.ndarray, offset: np.ndarray, stride: int) -> np.ndarray:
        # From this crossing's middle towards the neighbour on the pixel's side.
        here = flat[base]
        there = flat[base + np.where(offset >= 0, stride, -stride).astype(np.int32)]
        t = np.abs(offset)
        t = t * t * (3 - 2 * t) * np.float32(1.0)
        return here + (there - here) * t

    base = (weft.index + 1) * columns + warp.index + 1
    return eased(base, weft.offset, columns), eased(base, warp.offset, 1)


def _fibres(
    fabric: Fabric,
    warp: _Threads,
    weft: _Threads,
    warp_seen: np.ndarray,
    window: Window,
    pitch: float,
) -> np.ndarray:
    """Relative brightness of fibre, twist and mélange at each pixel, mean about 0."""
    px, salt = window.px, fabric.seed % 509
    fine = 0.35 + min(1.0, pitch / 12)
    grain_w = noise.window(noise.blurred(0.6, 2.2), salt, salt * 3, px, px)
    grain_f = noise.window(noise.blurred(2.2, 0.6), salt * 5, salt, px, px)
    grain = np.where(warp_seen, grain_w, grain_f)
    grain *= np.float32(0.05 * fine)
    for threads, seen in ((warp, warp_seen), (weft, ~warp_seen)):
        yarn = threads.yarn
        if yarn.twist > 0 and pitch >= 5:
            sign = 1.0 if yarn.z_twist else -1.0
            diameter = yarn_diameter_mm(yarn.tex, yarn.fibre)
            phase = threads.along_mm * np.float32(2 * np.pi / (1.7 * diameter))
            phase += np.float32(sign * 4.2 / threads.width) * threads.offset
            ply = np.sin(phase)
            grain += seen * ply * np.float32(0.10 * yarn.twist * min(1.0, (pitch - 4) / 6))
        if yarn.melange > 0:
            fibre = noise.along_thread(
                threads.index + threads.first, threads.along_mm / np.float32(1.6),
                threads.salt + 29
            )
            grain += seen * np.tanh(fibre) * np.float32(0.4 * yarn.melange)
    return grain


def _flecks(
    fabric: Fabric,
    warp: _Threads,
    weft: _Threads,
    warp_seen: np.ndarray,
    colour: np.ndarray,
) -> np.ndarray:
    """Put neps (flecks of the last colours of the cloth) on the yarns that have them."""
    for threads, seen in ((warp, warp_seen), (weft, ~warp_seen)):
        if threads.yarn.nep <= 0:
            continue
        place = threads.along_mm / np.float32(1.3)
        draw_ = noise.along_thread(threads.index + threads.first, place, threads.salt + 43)
        # A normal tail: share nep of the places carry a fleck.
        spot = seen & (draw_ > nep_threshold(threads.yarn.nep))
        flecks = to_linear(np.array(fabric.colours[1:] or fabric.colours))
        which = ((place + 0.5).astype(np.int32) * 7 + threads.index) % len(flecks)
        colour = np.where(spot[..., None], flecks[which], colour)
    return colour


def nep_threshold(share: float) -> float:
    """Standard normal value that ``share`` (0.001..0.5) of draws exceed (Abramowitz 26.2.23)."""
    t = np.sqrt(-2 * np.log(min(0.5, max(1e-4, share))))
    return float(t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t))


def _gap_light(fabric: Fabric) -> float:
    """Brightness between yarns: the tighter the cloth, the more its own fibres fill them."""
    return GAP_LIGHT + 0.45 * (fabric.tightness / 100) ** 4


def _lit(
    fabric: Fabric,
    window: Window,
    colour: np.ndarray,
    height: np.ndarray,
    warp_seen: np.ndarray,
    clear: np.ndarray,
    light: Light,
) -> np.ndarray:
    """Light the yarns: Lambert, sheen, darkness between yarns; mean brightness is kept."""
    relief = surface_relief(fabric, window)
    rounded = cv2.GaussianBlur(height, (0, 0), 0.6 + 0.9 * fabric.nap)
    total = rounded if relief is None else rounded + relief
    diffuse, gloss = shade(total, light, depth=0.9)
    sunk = cv2.blur(rounded, (7, 7)) - rounded
    occlusion = np.clip(1 - np.float32(0.16) * np.maximum(sunk, 0), 0.35, 1)
    diffuse *= occlusion
    diffuse *= clear
    diffuse *= np.float32(1 / max(float(diffuse.mean()), 1e-3))
    np.minimum(diffuse, 2.2, out=diffuse)
    gloss -= gloss.mean()
    lustre = (fabric.weft_yarn.lustre * 0.22, fabric.warp_yarn.lustre * 0.22)
    gloss *= np.array(lustre, np.float32)[warp_seen.view(np.uint8)]
    return cv2.merge([band * diffuse + gloss for band in cv2.split(colour)])
